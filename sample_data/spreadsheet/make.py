"""Makes expenses.xlsx and subscriptions.csv: the made-up expenses of a made-up studio.

The same bytes each time (XlsxWriter dates everything in the file 1980-01-01); run it only to make the samples anew:

    python sample_data/spreadsheet/make.py
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

import xlsxwriter

HERE = Path(__file__).resolve().parent
EXPENSES = [
    (dt.date(2026, 1, 8), "Rail ticket Leeds to London", "Travel", 84.5),
    (dt.date(2026, 1, 21), "Hotel, two nights", "Travel", 236.0),
    (dt.date(2026, 2, 3), "Monitor arm", "Equipment", 119.95),
    (dt.date(2026, 2, 17), "Team lunch", "Meals", 68.2),
    (dt.date(2026, 3, 5), "Printer paper", "Office", 24.75),
    (dt.date(2026, 3, 30), "Taxi to client", "Travel", 31.4),
]
BUDGETS = {"Travel": 400.0, "Equipment": 150.0, "Meals": 80.0, "Office": 50.0}
SUBSCRIPTIONS = [
    ("Service", "Company", "Renews on", "Monthly fee"),
    ("Design tool", "Pixelwerk GmbH", "2026-05-01", "22.00"),
    ("Cloud storage", "Nimbus Ltd", "2026-06-15", "9.99"),
    ('Fonts, "Studio" plan', "Typeforge Inc", "2026-09-30", "14.50"),
]


def make_workbook(path: Path) -> None:
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"title": "Quarterly expenses", "author": "Mara Lindqvist", "created": dt.datetime(2026, 4, 2)})
    bold, date = book.add_format({"bold": True}), book.add_format({"num_format": "dd mmm yyyy"})
    money = book.add_format({"num_format": '"£"#,##0.00'})
    bold_money = book.add_format({"num_format": '"£"#,##0.00', "bold": True})
    percent = book.add_format({"num_format": "0.0%"})

    sheet = book.add_worksheet("Q1 2026")
    sheet.merge_range("A1:D1", "Quarterly expenses, January to March 2026", bold)
    sheet.write_row("A2", ["Company", "Brightwater Studio"])
    sheet.write_row("A3", ["Prepared by", "Mara Lindqvist"])
    sheet.write_row("A5", ["Date", "Description", "Category", "Amount"], bold)
    for row, (day, what, category, amount) in enumerate(EXPENSES, start=5):
        sheet.write_datetime(row, 0, dt.datetime.combine(day, dt.time()), date)
        sheet.write_row(row, 1, [what, category])
        sheet.write_number(row, 3, amount, money)
    total = round(sum(amount for *_, amount in EXPENSES), 2)
    sheet.write_string(11, 0, "Total", bold)
    sheet.write_formula(11, 3, "=SUM(D6:D11)", bold_money, total)
    sheet.set_column("A:A", 14)
    sheet.set_column("B:B", 30)
    sheet.set_column("C:D", 12)

    summary = book.add_worksheet("By category")
    summary.write_row("A1", ["Category", "Spent", "Budget", "Used"], bold)
    for row, (category, budget) in enumerate(BUDGETS.items(), start=1):
        spent = round(sum(amount for _, _, name, amount in EXPENSES if name == category), 2)
        summary.write_string(row, 0, category)
        summary.write_formula(row, 1, f"=SUMIF('Q1 2026'!C6:C11,A{row + 1},'Q1 2026'!D6:D11)", money, spent)
        summary.write_number(row, 2, budget, money)
        summary.write_formula(row, 3, f"=B{row + 1}/C{row + 1}", percent, spent / budget)
    book.close()


def main() -> None:
    make_workbook(HERE / "expenses.xlsx")
    with (HERE / "subscriptions.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(SUBSCRIPTIONS)
    labels = [
        {
            "file": "expenses.xlsx",
            "schema": "document",
            "fields": {
                "title": "Quarterly expenses, January to March 2026",
                "language": "en",
                "dates": [day.isoformat() for day, *_ in EXPENSES],
                "people": ["Mara Lindqvist"],
                "organisations": ["Brightwater Studio"],
            },
        },
        {
            "file": "subscriptions.csv",
            "schema": "document",
            "fields": {
                "language": "en",
                "dates": [row[2] for row in SUBSCRIPTIONS[1:]],
                "organisations": [row[1] for row in SUBSCRIPTIONS[1:]],
            },
        },
    ]
    with (HERE / "labels.jsonl").open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(label, ensure_ascii=False) + "\n" for label in labels)


if __name__ == "__main__":
    main()
