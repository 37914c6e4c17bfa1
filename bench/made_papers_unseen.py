# ruff: noqa: E501 - a row of a paper a line
"""Draws six kinds of papers in words and places that nothing was developed on, for a number that is nobody's own.

Made after the finders and the schemas of the other families were done; who changes a finder by what goes wrong here draws another family.
"""

from __future__ import annotations

from collections.abc import Callable

from bench.made_papers import Fields, Pen, amount


def _w2(pen: Pen) -> Fields:
    wages, name, company = pen.money(20_000, 140_000), pen.fake.name_nonbinary(), pen.company()
    home, street, ssn, ein = pen.address(), pen.address(), pen.fake.ssn(), pen.fake.ein()
    tax, year, state = (
        round(wages * 0.13, 2),
        pen.draw.randint(2021, 2025),
        pen.fake.state_abbr(include_territories=False),
    )
    social, medicare, local = round(wages * 0.062, 2), round(wages * 0.0145, 2), round(wages * 0.035, 2)
    pen.row((60, f"Wage and Tax Statement {year}  -  Form W-2  -  Copy C for employee's records"), bold=True)
    pen.rule()
    pen.row((60, "Employer"), (320, "Employee"))
    for left, right in zip((company, *street, f"EIN: {ein}"), (name, *home, f"SSN: {ssn}"), strict=True):
        pen.row((60, left), (320, right))
    pen.down(10)
    pen.row((60, "Box"), (100, "Description"), (420, "Amount"), bold=True)
    for box, label, value in (
        ("1", "Wages, tips, other compensation", wages), ("2", "Federal income tax withheld", tax), ("3", "Social security wages", wages),
        ("4", "Social security tax withheld", social), ("5", "Medicare wages and tips", wages), ("6", "Medicare tax withheld", medicare),
    ):  # fmt: skip
        pen.row((60, box), (100, label), (420, amount(value)))
    pen.row((60, "15"), (100, "State"), (420, state))
    pen.row((60, "16"), (100, "State wages, tips, etc."), (420, amount(wages)))
    pen.row((60, "17"), (100, "State income tax"), (420, amount(local)))
    return {
        "tax_year": year, "employee_name": name, "employee_ssn": ssn, "employee_address": ", ".join(home), "employer_name": company, "employer_ein": ein,
        "wages": wages, "federal_income_tax": tax, "social_security_wages": wages, "social_security_tax": social, "medicare_wages": wages,
        "medicare_tax": medicare, "state": state, "state_wages": wages, "state_income_tax": local,
    }  # fmt: skip


def _form_1099(pen: Pen) -> Fields:
    payer, name, home, pay = pen.company(), pen.fake.name_nonbinary(), pen.address(), pen.money(700, 60_000)
    payer_tin, tin, year, tax = (
        pen.fake.ein(),
        pen.fake.ssn(),
        pen.draw.randint(2021, 2025),
        round(pen.money(0, 900), 2),
    )
    pen.row((60, "Form 1099-NEC"), (300, "Nonemployee Compensation"), (500, str(year)), bold=True)
    pen.row((60, "Payer:"), (150, payer))
    for each in pen.address():
        pen.row((150, each))
    pen.row((60, "Payer TIN:"), (150, payer_tin))
    pen.down(8)
    pen.row((60, "Recipient:"), (150, name))
    for each in home:
        pen.row((150, each))
    pen.row((60, "Recipient TIN:"), (150, tin))
    pen.down(8)
    pen.row((60, "Box 1 - Nonemployee compensation"), (400, f"${amount(pay)}"))
    pen.row((60, "Box 4 - Federal income tax withheld"), (400, f"${amount(tax)}"))
    return {
        "variant": "1099-NEC", "tax_year": year, "payer_name": payer, "payer_tin": payer_tin, "recipient_name": name, "recipient_tin": tin,
        "recipient_address": ", ".join(home), "nonemployee_compensation": pay, "federal_income_tax": tax,
    }  # fmt: skip


def _pay_slip(pen: Pen) -> Fields:
    company, name, gross = pen.company(), pen.fake.name_nonbinary(), pen.money(1_500, 7_000)
    tax, pension = round(gross * 0.2, 2), round(gross * 0.05, 2)
    day = pen.fake.date_between("-3y", "-1y").replace(day=25)
    out, number = round(tax + pension, 2), str(pen.draw.randint(100, 9999))
    pen.row((60, company), (420, "Pay Advice"), bold=True)
    pen.row((60, f"Name: {name}"), (250, f"Payroll no. {number}"), (420, f"Paid on {day:%d %B %Y}"))
    pen.down(10)
    pen.row((60, "Payments"), (200, "This period"), (320, "Deductions"), (460, "This period"), bold=True)
    pen.row((60, "Salary"), (200, amount(gross)), (320, "Income tax"), (460, amount(tax)))
    pen.row((320, "Pension"), (460, amount(pension)))
    pen.rule()
    pen.row((60, "Gross pay"), (200, amount(gross)), (320, "Total deductions"), (460, amount(out)))
    pen.down(6)
    pen.row((320, "Take-home pay"), (460, amount(round(gross - out, 2))), bold=True)
    return {
        "employer_name": company, "employee_name": name, "employee_id": number, "pay_date": day.isoformat(), "gross_pay": gross, "tax": tax,
        "deductions": out, "net_pay": round(gross - out, 2),
    }  # fmt: skip


def _bank_statement(pen: Pen) -> Fields:
    bank, name, home, opening = (
        f"{pen.fake.last_name()} Trust Bank",
        pen.fake.name_nonbinary(),
        pen.address(),
        pen.money(500, 9_000),
    )
    number, month, year = f"{pen.draw.randint(10**7, 10**8)}", pen.draw.randint(1, 12), pen.draw.randint(2021, 2025)
    pen.title(bank, size=14)
    pen.row((60, name), (360, "Your account summary"), bold=True)
    for left, right in zip(
        home, (f"Account no. {number}", f"From {month:02}/01/{year} through {month:02}/28/{year}"), strict=True
    ):
        pen.row((60, left), (360, right))
    pen.down(8)
    rows, balance = [], opening
    for at in range(pen.draw.randint(6, 16)):
        change = pen.money(-250, 260)
        balance = round(balance + change, 2)
        rows.append((f"{month:02}/{1 + at:02}/{year}", f"{pen.fake.last_name()} store", change, balance))
    pen.row((360, "Previous balance"), (480, amount(opening)))
    pen.row((360, "New balance"), (480, amount(balance)))
    pen.down(8)
    pen.row((60, "Date"), (140, "Details"), (380, "Amount"), (480, "Running balance"), bold=True)
    for day, what, change, after in rows:
        pen.row((60, day), (140, what), (380, amount(change)), (480, amount(after)))
    return {
        "bank_name": bank, "account_holder": name, "account_holder_address": ", ".join(home), "account_number": number, "period_from": f"{year}-{month:02}-01",
        "period_to": f"{year}-{month:02}-28", "opening_balance": opening, "closing_balance": balance,
    }  # fmt: skip


def _invoice(pen: Pen) -> Fields:
    company, customer, home = pen.company(), pen.company(), pen.address()
    number, day = f"{pen.draw.choice('ABC')}{pen.draw.randint(1000, 9999)}", pen.fake.date_between("-3y", "-1y")
    pen.title("Invoice", x=60, size=20)
    pen.row((60, "From"), (320, "To"), bold=True)
    for left, right in zip((company, *pen.address()), (customer, *home), strict=True):
        pen.row((60, left), (320, right))
    pen.down(8)
    pen.row((60, f"Invoice no: {number}"), (320, f"Issued: {day:%B} {day.day}, {day.year}"))
    pen.down(8)
    pen.row((60, "Service"), (300, "Hours"), (380, "Rate"), (480, "Total"), bold=True)
    net = 0.0
    for _ in range(pen.draw.randint(2, 8)):
        count, price = pen.draw.randint(1, 12), pen.money(20, 150)
        net = round(net + count * price, 2)
        pen.row(
            (60, f"{pen.draw.choice(('Consulting', 'Design', 'Repair', 'Training'))} {pen.fake.last_name()}"),
            (300, str(count)),
            (380, amount(price)),
            (480, amount(round(count * price, 2))),
        )
    tax = round(net * 0.06, 2)
    for label, value in (("Net", net), ("Tax", tax), ("Total to pay", round(net + tax, 2))):
        pen.row((380, label), (480, amount(value)))
    return {
        "vendor_name": company, "customer_name": customer, "customer_address": ", ".join(home), "invoice_id": number, "issue_date": day.isoformat(),
        "net_total": net, "tax_total": tax, "total": round(net + tax, 2),
    }  # fmt: skip


def _receipt(pen: Pen) -> Fields:
    company, day = f"{pen.fake.last_name()} Garden Center", pen.fake.date_between("-3y", "-1y")
    pen.row((210, company), bold=True)
    for each in pen.address():
        pen.row((210, each))
    pen.row((200, f"{day:%b %d, %Y}  {pen.draw.randint(9, 19)}:{pen.draw.randint(10, 59)}"))
    total = 0.0
    for _ in range(pen.draw.randint(2, 7)):
        price = pen.money(2, 50)
        total = round(total + price, 2)
        pen.row((200, pen.draw.choice(("Roses", "Soil 20L", "Pot", "Seeds", "Gloves"))), (360, amount(price)))
    pen.row((200, "Order total"), (360, amount(total)), bold=True)
    pen.row((200, "Mastercard"), (360, amount(total)))
    return {"company": company, "date": day.isoformat(), "total": total}


UNSEEN: dict[str, Callable[[Pen], Fields]] = {
    "w2": _w2, "form_1099": _form_1099, "pay_slip": _pay_slip, "bank_statement": _bank_statement, "invoice": _invoice, "receipt": _receipt,
}  # fmt: skip
