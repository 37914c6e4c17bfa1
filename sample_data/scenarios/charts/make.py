"""Makes report.pdf: a made-up report of a museum with five charts, drawn with matplotlib, and text that speaks about them.

One sentence is wrong on purpose: it says that the school groups are the largest share of the visitors; the pie says families.

    python sample_data/scenarios/charts/make.py
"""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import matplotlib

matplotlib.use("pdf")

from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

HERE = Path(__file__).resolve().parent
WIDTH, HEIGHT = 595.0, 842.0
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun"]
VISITORS = [820, 960, 1150, 1380, 1620, 1490]
YEARS = ["2018", "2019", "2020", "2021", "2022", "2023", "2024"]
REVENUE = [410, 455, 190, 260, 430, 505, 560]
GROUPS = {"Families": 42, "School groups": 23, "Tourists": 20, "Members": 15}
SITES = ["Harbour", "Old Town", "Park"]
STAFF = {"2023": [34, 21, 12], "2024": [38, 19, 16]}
PRICES = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]
SOLD = [95, 91, 84, 86, 71, 66, 58, 55, 41, 44, 28, 20]
WRONG = "School groups were the largest group of visitors."
TEXT = [
    "The museum counted more visitors in the first half of 2024 than ever before. Visitors per month were highest in May with 1,620; January "
    "was the lowest month with 820.",
    "Revenue fell in 2020, when the house was closed, and rose from 2020 to 2024. In 2024 revenue was 560 thousand euros.",
    f"Who came is shown in Figure 3. {WRONG} Tourists were 20 % of the visitors.",
    "The staff of the Harbour site grew from 34 in 2023 to 38 in 2024. In the Old Town it became smaller.",
    "The dearer a catalogue is, the fewer are sold: at a price of 13 euros 20 copies were sold.",
]


class Page:
    """Text and charts from top to bottom."""

    def __init__(self) -> None:
        self.sheet, self.y = Figure(figsize=(WIDTH / 72, HEIGHT / 72)), 60.0

    def write(self, words: str, *, size: float = 10, bold: bool = False) -> None:
        for line in textwrap.wrap(words, int(900 / size)):
            self.sheet.text(60 / WIDTH, 1 - self.y / HEIGHT, line, size=size, weight="bold" if bold else "normal")
            self.y += 1.4 * size
        self.y += 0.6 * size

    def axes(self, title: str, caption: str, *, high: float = 170.0):  # noqa: ANN201
        top = self.y + 22
        axes = self.sheet.add_axes((110 / WIDTH, 1 - (top + high) / HEIGHT, 340 / WIDTH, high / HEIGHT))
        axes.set_title(title, size=11)
        self.y = top + high + 48
        self.write(caption, size=9)
        return axes


def draw() -> list[Figure]:
    first, second, third = Page(), Page(), Page()
    first.write("Harbour Museum: first half of 2024", size=16, bold=True)
    first.write(TEXT[0])
    axes = first.axes("Visitors by month", "Figure 1: Visitors by month, January to June 2024.")
    axes.bar(MONTHS, VISITORS, color="#4477aa", width=0.6)
    axes.set_ylabel("Visitors")
    first.write(TEXT[1])
    axes = first.axes("Revenue by year", "Figure 2: Revenue by year in thousand euros.")
    axes.plot(YEARS, REVENUE, color="#cc4422", marker="o", linewidth=1.6)
    axes.set_ylabel("Thousand euros")
    axes.set_ylim(0, 600)
    second.write(TEXT[2])
    axes = second.axes("Visitors by group", "Figure 3: Visitors by group, per cent.", high=190)
    axes.pie(list(GROUPS.values()), labels=list(GROUPS), autopct="%d%%", colors=["#4477aa", "#ee9944", "#66aa55", "#aa66aa"], startangle=90)
    second.write(TEXT[3])
    axes = second.axes("Staff by site", "Figure 4: Staff by site in 2023 and 2024.")
    for at, (year, values) in enumerate(STAFF.items()):
        axes.bar([x + 0.38 * at - 0.19 for x in range(len(SITES))], values, width=0.36, label=year, color=("#4477aa", "#ee9944")[at])
    axes.set_xticks(range(len(SITES)), SITES)
    axes.set_ylim(0, 50)
    axes.set_ylabel("People")
    axes.legend(loc="upper right")
    third.write(TEXT[4])
    axes = third.axes("Catalogues sold by price", "Figure 5: Copies sold by price of the catalogue.")
    axes.scatter(PRICES, SOLD, color="#cc3377", s=16)
    axes.set_xlim(0, 15)
    axes.set_ylim(0, 100)
    axes.set_xlabel("Price in euros")
    axes.set_ylabel("Copies sold")
    return [first.sheet, second.sheet, third.sheet]


def main() -> None:
    matplotlib.rcParams.update({"pdf.fonttype": 42, "font.size": 9})
    with PdfPages(HERE / "report.pdf", metadata={"CreationDate": None}) as pdf:
        for sheet in draw():
            pdf.savefig(sheet)
    charts = [
        ("Visitors by month", "bar", [("", x, y) for x, y in zip(MONTHS, VISITORS)]),
        ("Revenue by year", "line", [("", x, y) for x, y in zip(YEARS, REVENUE)]),
        ("Visitors by group", "pie", [("", x, y) for x, y in GROUPS.items()]),
        ("Staff by site", "bar", [(year, x, y) for year, values in STAFF.items() for x, y in zip(SITES, values)]),
        ("Catalogues sold by price", "scatter", [("", x, y) for x, y in zip(PRICES, SOLD)]),
    ]
    fields = {"charts": [{"title": title, "kind": kind, "rows": [{"series": s or None, "x": str(x), "y": y} for s, x, y in rows]} for title, kind, rows in charts]}
    fields["disagreements"] = [{"sentence": WRONG, "chart": "Visitors by group"}]
    (HERE / "labels.jsonl").write_text(json.dumps({"file": "report.pdf", "schema": "chart-report", "fields": fields}) + "\n", "utf-8")


if __name__ == "__main__":
    main()
