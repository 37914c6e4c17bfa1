"""Draws papers of tax, finance and insurance with Faker, each with what is known of it, and packets of them.

    python -m bench.made_papers FOLDER [--count N] [--seed S]

Ten kinds, up to three layouts of each, one to three pages; numbers are made up and add up. Layouts of even number are for fitting, the
others for telling.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.pdf_files import PdfFile, line, text

LETTER = (612.0, 792.0)
Fields = dict[str, Any]


@dataclass(slots=True)
class Paper:
    """A paper that was drawn."""

    kind: str
    layout: int
    pages: list[str] = field(default_factory=list)
    fields: Fields = field(default_factory=dict)


class Pen:
    """Writes on pages of letter size, from top to bottom.

    `known` holds facts that a paper is to state in place of those drawn by lot: what is one in several papers of a case.
    """

    def __init__(self, draw: random.Random, fake: Any, known: Fields | None = None) -> None:
        self.draw, self.fake = draw, fake
        self.known = known or {}
        self.pages = [""]
        self.y = 60.0

    def told(self, name: str, drawn: Any) -> Any:
        """The known fact, else the drawn one (which is drawn either way, so that the same seed draws the same others)."""
        return self.known.get(name, drawn)

    def told_lines(self, x: float, name: str, *, label: str = "", past: float = 100) -> None:
        """Rows of a known fact of one or several lines, when it is known."""
        if name in self.known:
            for at, each in enumerate(str(self.known[name]).split("\n")):
                cells = ((x, label), (x + past, each)) if label and not at else ((x + (past if label else 0), each),)
                self.row(*cells)

    def one_line(self, *names: str) -> Fields:
        """Those of the facts that are known, their lines joined by commas."""
        return {name: str(self.known[name]).replace("\n", ", ") for name in names if name in self.known}

    def at(self, x: float, words: str, *, size: float = 10, bold: bool = False, y: float | None = None) -> None:
        self.pages[-1] += text(x, self.y if y is None else y, words, size=size + (1 if bold else 0), font="F3")

    def down(self, by: float = 15) -> None:
        self.y += by

    def row(self, *cells: tuple[float, str], bold: bool = False) -> None:
        for x, words in cells:
            self.at(x, words, bold=bold)
        self.down()

    def title(self, words: str, *, x: float = 60, size: float = 18) -> None:
        self.at(x, words, size=size, bold=True)
        self.down(size + 14)

    def rule(self) -> None:
        self.pages[-1] += line(50, self.y - 10, 562, self.y - 10)

    def page(self) -> None:
        self.pages.append("")
        self.y = 60.0

    def box(self, x: float, y: float, wide: float, label: str, value: str) -> None:
        """A box of a form: the label small at its top, the value below."""
        self.pages[-1] += line(x, y, x + wide, y) + line(x, y + 34, x + wide, y + 34) + line(x, y, x, y + 34)
        self.pages[-1] += (
            line(x + wide, y, x + wide, y + 34)
            + text(x + 3, y + 9, label, size=6.5, font="F3")
            + text(x + 8, y + 26, value, size=10, font="F3")
        )

    def money(self, low: float, high: float) -> float:
        return round(self.draw.uniform(low, high), 2)

    def company(self) -> str:
        trade = self.draw.choice(("Trading", "Foods", "Systems", "Partners", "Logistics"))
        return f"{self.fake.last_name()} {trade} {self.draw.choice(('Inc', 'LLC', 'Corp'))}"

    def address(self) -> list[str]:
        street = f"{self.draw.randint(1, 999)} {self.fake.last_name()} {self.draw.choice(('Street', 'Avenue', 'Road'))}"
        return [street, f"{self.fake.city()}, {self.fake.state_abbr(include_territories=False)} {self.fake.zipcode()}"]


def amount(value: float) -> str:
    return f"{value:,.2f}"


def us_date(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{month}/{day}/{year}"


def w2(pen: Pen, layout: int) -> Fields:
    wages = pen.told("wages", pen.money(20_000, 160_000))
    year, name = (
        pen.told("tax_year", pen.draw.randint(2021, 2025)),
        pen.told("employee_name", pen.fake.name_nonbinary()),
    )
    company, ssn = pen.told("employer_name", pen.company()), pen.told("employee_ssn", pen.fake.ssn())
    ein = pen.told("employer_ein", pen.fake.ein())
    state = pen.told("state", pen.fake.state_abbr(include_territories=False))
    tax, ss, medicare = round(wages * 0.12, 2), round(wages * 0.062, 2), round(wages * 0.0145, 2)
    state_tax, street = round(wages * 0.04, 2), pen.told("employer_address", pen.address())
    home = str(pen.known.get("employee_address", ""))
    boxes = [
        ("1 Wages, tips, other compensation", amount(wages)), ("2 Federal income tax withheld", amount(tax)),
        ("3 Social security wages", amount(wages)), ("4 Social security tax withheld", amount(ss)),
        ("5 Medicare wages and tips", amount(wages)), ("6 Medicare tax withheld", amount(medicare)),
    ]  # fmt: skip
    if layout == 0:
        pen.box(50, 50, 250, "a Employee's social security number", ssn)
        pen.at(310, "OMB No. 1545-0008", size=7, y=64)
        pen.box(50, 90, 250, "b Employer identification number (EIN)", ein)
        pen.box(50, 130, 250, "c Employer's name, address, and ZIP code", company)
        for at, each in enumerate(street):
            pen.at(58, each, y=176 + 12 * at, size=9)
        pen.box(50, 210, 250, "e Employee's first name and initial    Last name", name)
        for at, (label, value) in enumerate(boxes):
            pen.box(310 + 130 * (at % 2), 90 + 40 * (at // 2), 125, label, value)
        low = 260
        if home:
            pen.box(50, 250, 250, "f Employee's address and ZIP code", home.split("\n")[0])
            pen.at(58, home.split("\n")[1], y=296, size=9)
            low = 306
        pen.box(50, low, 60, "15 State", state)
        pen.box(120, low, 130, "16 State wages, tips, etc.", amount(wages))
        pen.box(260, low, 130, "17 State income tax", amount(state_tax))
        pen.at(60, "Form W-2  Wage and Tax Statement", size=14, bold=True, y=low + 70)
        pen.at(330, str(year), size=18, bold=True, y=low + 70)
        pen.at(430, "Department of the Treasury - Internal Revenue Service", size=6, y=low + 70)
    else:
        pen.title(f"{year} W-2 Wage and Tax Statement", size=14 + 2 * (layout % 2))
        pen.row((60, "Employer's name:"), (220, company))
        pen.row((60, "Employer identification number:"), (220, ein))
        pen.row((60, "Employee's name:"), (220, name))
        pen.told_lines(60, "employee_address", label="Employee's address:", past=160)
        pen.row((60, "Employee's social security number:"), (260, ssn))
        for label, value in boxes:
            pen.row((60, label), (300, value))
        pen.row((60, "15 State"), (300, state))
        pen.row((60, "16 State wages, tips, etc."), (300, amount(wages)))
        pen.row((60, "17 State income tax"), (300, amount(state_tax)))
    return {
        "tax_year": year, "employee_name": name, "employee_ssn": ssn, "employer_name": company, "employer_ein": ein, "wages": wages,
        "federal_income_tax": tax, "social_security_wages": wages, "social_security_tax": ss, "medicare_wages": wages,
        "medicare_tax": medicare, "state": state, "state_wages": wages, "state_income_tax": state_tax,
        **pen.one_line("employee_address"),
    }  # fmt: skip


def form_1099(pen: Pen, layout: int) -> Fields:
    variant, label, name = pen.draw.choice(
        (("1099-INT", "1 Interest income", "interest_income"), ("1099-DIV", "1a Total ordinary dividends", "ordinary_dividends"),
         ("1099-NEC", "1 Nonemployee compensation", "nonemployee_compensation"))
    )  # fmt: skip
    variant, label, name = pen.told("variant", (variant, label, name))
    year, payer = pen.told("tax_year", pen.draw.randint(2021, 2025)), pen.told("payer_name", pen.company())
    recipient = pen.told("recipient_name", pen.fake.name_nonbinary())
    payer_tin, recipient_tin = pen.told("payer_tin", pen.fake.ein()), pen.told("recipient_tin", pen.fake.ssn())
    value = pen.told("amount", pen.money(50, 40_000))
    tax = pen.told("federal_income_tax", round(value * 0.1, 2))
    heading = {
        "1099-INT": "Interest Income",
        "1099-DIV": "Dividends and Distributions",
        "1099-NEC": "Nonemployee Compensation",
    }[variant]
    if layout == 0:
        pen.box(50, 50, 280, "PAYER'S name, street address, city or town, state, ZIP code", payer)
        for at, each in enumerate(pen.address()):
            pen.at(58, each, y=96 + 12 * at, size=9)
        pen.at(350, f"Form {variant}", size=14, bold=True, y=64)
        pen.at(350, heading, size=12, bold=True, y=84)
        pen.at(350, f"For calendar year {year}", y=102)
        pen.box(50, 130, 135, "PAYER'S TIN", payer_tin)
        pen.box(195, 130, 135, "RECIPIENT'S TIN", recipient_tin)
        pen.box(50, 170, 280, "RECIPIENT'S name", recipient)
        if "recipient_address" in pen.known:
            street, city = pen.known["recipient_address"].split("\n")
            pen.box(50, 210, 280, "Street address (including apt. no.)", street)
            pen.box(50, 250, 280, "City or town, state, and ZIP code", city)
        pen.box(340, 130, 180, label, f"$ {amount(value)}")
        pen.box(340, 170, 180, "4 Federal income tax withheld", f"$ {amount(tax)}")
    else:
        pen.title(f"Form {variant} {heading}", size=14)
        pen.row((60, "Calendar year"), (240, str(year)))
        pen.row((60, "Payer's name"), (240, payer))
        pen.row((60, "Payer's TIN"), (240, payer_tin))
        pen.row((60, "Recipient's name"), (240, recipient))
        pen.told_lines(60, "recipient_address", label="Recipient's address", past=180)
        pen.row((60, "Recipient's TIN"), (240, recipient_tin))
        pen.row((60, label), (300, amount(value)))
        pen.row((60, "4 Federal income tax withheld"), (300, amount(tax)))
    return {
        "variant": variant, "tax_year": year, "payer_name": payer, "payer_tin": payer_tin, "recipient_name": recipient,
        "recipient_tin": recipient_tin, name: value, "federal_income_tax": tax, **pen.one_line("recipient_address"),
    }  # fmt: skip


def form_1040(pen: Pen, layout: int) -> Fields:
    year, name, ssn, wages = (
        pen.draw.randint(2021, 2025),
        pen.fake.name_nonbinary(),
        pen.fake.ssn(),
        pen.money(20_000, 180_000),
    )
    interest, dividends = pen.money(10, 900), pen.money(10, 900)
    total = round(wages + interest + dividends, 2)
    income, standard = round(total - 300, 2), 14_600.0
    pen.title(f"Form 1040  U.S. Individual Income Tax Return  {year}", size=13 + layout)
    pen.row((60, "Filing Status"), (150, "[X] Single   [ ] Married filing jointly   [ ] Head of household"))
    pen.row((60, "Your first name and middle initial"), (360, "Your social security number"))
    pen.row((60, name), (360, ssn))
    street = pen.address()
    pen.row((60, "Home address (number and street)"))
    pen.row((60, street[0]))
    pen.row((60, street[1]))
    pen.down(10)
    for label, value in (
        ("1a Total amount from Form(s) W-2, box 1", wages), ("2b Taxable interest", interest), ("3b Ordinary dividends", dividends),
        ("9 This is your total income", total), ("10 Adjustments to income", 300.0), ("11 This is your adjusted gross income", income),
        ("12 Standard deduction or itemized deductions", standard),
        ("15 This is your taxable income", round(max(0, income - standard), 2)),
    ):  # fmt: skip
        pen.row((60, label), (440, amount(value)))
    return {
        "tax_year": year, "filing_status": "single", "taxpayer_name": name, "taxpayer_ssn": ssn, "wages": wages,
        "taxable_interest": interest,
        "ordinary_dividends": dividends, "total_income": total, "adjusted_gross_income": income, "deductions": standard,
        "taxable_income": round(max(0, income - standard), 2),
    }  # fmt: skip


def pay_slip(pen: Pen, layout: int) -> Fields:
    company, name = pen.told("employer_name", pen.company()), pen.told("employee_name", pen.fake.name_nonbinary())
    gross = pen.told("gross_pay", pen.money(1_500, 9_000))
    tax, other = round(gross * 0.18, 2), round(gross * 0.08, 2)
    day = pen.told("pay_date", pen.fake.date_between("-3y", "-1y").replace(day=28).isoformat())
    number = str(pen.draw.randint(10_000, 99_999))
    deductions, net = round(tax + other, 2), round(gross - tax - other, 2)
    pen.title(("PAY SLIP", "Earnings Statement", "PAYSLIP")[layout], size=16)
    pen.row((60, company))
    for each in pen.told("employer_address", pen.address()):
        pen.row((60, each))
    pen.down(8)
    born = pen.known.get("date_of_birth")
    pen.row((60, "Employee:"), (160, name), (350, "Employee No:"), (450, number))
    pen.row((60, "Pay date:"), (160, us_date(day)), *(((350, "Date of birth:"), (450, us_date(born))) if born else ()))
    pen.told_lines(60, "employee_address", label="Address:")
    pen.down(8)
    pen.row((60, "Earnings"), (200, "Hours"), (300, "Rate"), (420, "Amount"), bold=True)
    pen.row((60, "Regular"), (200, "160.00"), (300, amount(gross / 160)), (420, amount(gross)))
    pen.row((60, "Gross pay"), (420, amount(gross)))
    pen.row((60, "Income tax"), (420, amount(tax)))
    pen.row((60, "Social security"), (420, amount(other)))
    pen.row((60, "Total deductions"), (420, amount(deductions)))
    pen.row((60, "Net pay"), (420, amount(net)), bold=True)
    return {
        "employer_name": company, "employee_name": name, "employee_id": number, "pay_date": day, "gross_pay": gross, "tax": tax,
        "deductions": deductions, "net_pay": net, **pen.one_line("employee_address", "date_of_birth"),
    }  # fmt: skip


def bank_statement(pen: Pen, layout: int) -> Fields:
    bank, name = (
        f"{pen.fake.last_name()} {pen.draw.choice(('Bank', 'Savings Bank', 'Credit Union'))}",
        pen.fake.name_nonbinary(),
    )
    bank, name = pen.told("bank_name", bank), pen.told("account_holder", name)
    number = pen.told("account_number", str(pen.draw.randint(10**9, 10**10 - 1)))
    opening = pen.money(500, 9_000)
    month, year = pen.told("month", pen.draw.randint(1, 12)), pen.told("tax_year", pen.draw.randint(2022, 2025))
    first, last = f"{year}-{month:02}-01", f"{year}-{month:02}-28"
    movements = pen.told("movements", pen.draw.randint(18, 70))
    pages = 1 + movements // 36

    def head(page: int) -> None:
        pen.title(bank, size=15)
        pen.row((60, ("Account Statement", "Statement of Account", "Bank Statement")[layout]), bold=True)
        pen.row(
            (60, "Account number:"), (170, number), (400, f"Page {page} of {pages}" if layout != 1 else f"Page {page}")
        )

    head(1)
    pen.row((60, "Account holder:"), (170, name))
    pen.told_lines(60, "account_holder_address", label="Address:", past=110)
    pen.row((60, f"Statement period: {us_date(first)} to {us_date(last)}"))
    pen.row((60, "Opening balance"), (440, amount(opening)))
    pen.row((60, "Date"), (140, "Description"), (360, "Amount"), (460, "Balance"), bold=True)
    balance = opening
    for at in range(movements):
        if at and at % 36 == 0:
            pen.page()
            head(1 + at // 36)
            pen.row((60, "Date"), (140, "Description"), (360, "Amount"), (460, "Balance"), bold=True)
        change, what = pen.money(-300, 320), pen.fake.last_name() + " payment"
        if at == movements - 1 and "interest" in pen.known:
            change, what = pen.known["interest"], f"Interest paid in {year}"
        balance = round(balance + change, 2)
        pen.row(
            (60, f"{month:02}/{1 + at % 28:02}/{year}"),
            (140, what),
            (360, amount(change)),
            (460, amount(balance)),
        )
    pen.row((60, "Closing balance"), (460, amount(balance)), bold=True)
    return {
        "bank_name": bank, "account_holder": name, "account_number": number, "period_from": first, "period_to": last,
        "opening_balance": opening, "closing_balance": balance, **pen.one_line("account_holder_address"),
    }  # fmt: skip


def _goods(pen: Pen, rows: int, per_page: int, again: Callable[[int], None]) -> float:
    total = 0.0
    pen.row((60, "Description"), (300, "Qty"), (370, "Unit price"), (470, "Amount"), bold=True)
    for at in range(rows):
        if at and at % per_page == 0:
            pen.page()
            again(1 + at // per_page)
            pen.row((60, "Description"), (300, "Qty"), (370, "Unit price"), (470, "Amount"), bold=True)
        count, price = pen.draw.randint(1, 9), pen.money(3, 200)
        row = round(count * price, 2)
        total = round(total + row, 2)
        pen.row((60, f"{pen.fake.color_name()} {pen.draw.choice(('lamp', 'chair', 'paper', 'cable', 'desk'))}"), (300, str(count)),
                (370, amount(price)), (470, amount(row)))  # fmt: skip
    return total


def invoice(pen: Pen, layout: int) -> Fields:
    company, customer = pen.told("vendor_name", pen.company()), pen.told("customer_name", pen.company())
    number = pen.told("invoice_id", f"INV-{pen.draw.randint(1000, 99999)}")
    day = pen.told("issue_date", pen.fake.date_between("-3y", "-1y").isoformat())
    rows = pen.told("rows", pen.draw.randint(2, 45))
    pages = 1 + (rows - 1) // 28
    pen.row((60, company), bold=True)
    for each in pen.address():
        pen.row((60, each))
    pen.title(("INVOICE", "Invoice", "TAX INVOICE")[layout], x=380, size=16)
    pen.row((60, "Bill to:"), (380, "Invoice number:"), (480, number))
    pen.row((60, customer), (380, "Invoice date:"), (480, us_date(day)))
    for each in str(pen.told("customer_address", "\n".join(pen.address()))).split("\n"):
        pen.row((60, each))
    pen.down(8)

    def again(page: int) -> None:
        pen.row((60, company), (380, number), (480, f"Page {page} of {pages}" if layout == 0 else f"Page {page}"))

    net = _goods(pen, rows, 28, again)
    tax = round(net * 0.08, 2)
    pen.row((370, "Subtotal"), (470, amount(net)))
    pen.row((370, "Sales tax"), (470, amount(tax)))
    pen.row((370, "Total due"), (470, amount(round(net + tax, 2))), bold=True)
    pen.row((60, "Payment terms: 30 days"))
    return {
        "vendor_name": company, "customer_name": customer, "invoice_id": number, "issue_date": day, "net_total": net, "tax_total": tax,
        "total": round(net + tax, 2), **pen.one_line("customer_address"),
    }  # fmt: skip


def receipt(pen: Pen, layout: int) -> Fields:
    company, day = (
        f"{pen.fake.last_name()}'s {pen.draw.choice(('Cafe', 'Grocery', 'Hardware Store'))}",
        pen.fake.date_between("-3y", "-1y").isoformat(),
    )
    day = pen.told("date", day)
    pen.title(company, x=200, size=13)
    for each in pen.address():
        pen.row((200, each))
    pen.row((200, ("RECEIPT", "Sales Receipt", "Receipt")[layout]))
    pen.row((200, f"Date: {us_date(day)}"), (330, f"Time: {pen.draw.randint(8, 20)}:{pen.draw.randint(10, 59)}"))
    pen.row((200, f"Cashier: {pen.fake.first_name()}"))
    pen.told_lines(200, "customer_name", label="Customer:", past=70)
    total = 0.0
    for _ in range(pen.draw.randint(2, 9)):
        price = pen.money(1, 30)
        total = round(total + price, 2)
        pen.row(
            (200, pen.draw.choice(("Tea", "Bread", "Milk", "Nails", "Soup", "Apples", "Paint"))), (350, amount(price))
        )
    pen.row((200, "TOTAL"), (350, amount(total)), bold=True)
    cash = float(int(total / 10 + 1) * 10)
    pen.row((200, "Cash"), (350, amount(cash)))
    pen.row((200, "Change"), (350, amount(round(cash - total, 2))))
    pen.row((200, "Thank you"))
    return {"company": company, "date": day, "total": total, **pen.one_line("customer_name")}


def purchase_order(pen: Pen, layout: int) -> Fields:
    buyer, supplier = pen.company(), pen.company()
    number, day = f"PO-{pen.draw.randint(1000, 99999)}", pen.fake.date_between("-3y", "-1y").isoformat()
    rows = pen.draw.randint(2, 40)
    pen.title(("PURCHASE ORDER", "Purchase Order", "PURCHASE ORDER")[layout], size=17)
    pen.row((60, "Buyer:"), (140, buyer), (360, "PO number:"), (450, number))
    pen.row((60, "Supplier:"), (140, supplier), (360, "Order date:"), (450, us_date(day)))
    street = pen.address()
    pen.row((60, "Ship to:"), (140, street[0]))
    pen.row((140, street[1]))
    pen.row((60, "Payment terms:"), (160, "Net 30"))
    pen.down(8)
    total = _goods(pen, rows, 30, lambda page: pen.row((60, f"Purchase Order {number}"), (450, f"Page {page}")))
    pen.row((370, "Order total"), (470, amount(total)), bold=True)
    pen.row((60, "Authorized by: ______________"))
    return {
        "order_number": number,
        "order_date": day,
        "buyer_name": buyer,
        "supplier_name": supplier,
        "payment_terms": "Net 30",
        "total": total,
    }


def insurance_policy(pen: Pen, layout: int) -> Fields:
    insurer, insured = f"{pen.fake.last_name()} Mutual Insurance Company", pen.fake.name_nonbinary()
    number, first = f"{pen.draw.choice('ABH')}P-{pen.draw.randint(100000, 999999)}", pen.fake.date_between("-3y", "-1y")
    last, premium, deductible = (
        first.replace(year=first.year + 1, day=min(first.day, 28)),
        pen.money(400, 4_000),
        float(pen.draw.choice((250, 500, 1000))),
    )
    limit = float(pen.draw.choice((100_000, 250_000, 500_000)))
    pen.title(("Policy Declarations", "DECLARATIONS", "Insurance Policy")[layout], size=16)
    pen.row((60, insurer), bold=True)
    for label, value in (
        ("Policy number:", number), ("Named insured:", insured), ("Effective date:", us_date(first.isoformat())),
        ("Expiration date:", us_date(last.isoformat())), ("Limit of liability:", f"${limit:,.0f}"), ("Deductible:", f"${deductible:,.0f}"),
        ("Total premium:", f"${amount(premium)}"),
    ):  # fmt: skip
        pen.row((60, label), (220, value))
    for _ in range(8):
        pen.row((60, pen.fake.sentence(12)[:95]))
    if layout != 1:
        pen.page()
        pen.row((60, f"Policy {number}"), (440, "Page 2 of 2"))
        pen.row((60, "COVERAGES AND ENDORSEMENTS"), bold=True)
        for _ in range(20):
            pen.row((60, pen.fake.sentence(12)[:95]))
    return {
        "policy_number": number, "insurer": insurer, "named_insured": insured, "effective_date": first.isoformat(),
        "expiration_date": last.isoformat(), "premium": premium, "deductible": deductible, "coverage_limit": limit,
    }  # fmt: skip


def insurance_claim(pen: Pen, layout: int) -> Fields:
    number, policy = (
        f"CL-{pen.draw.randint(100000, 999999)}",
        f"{pen.draw.choice('ABH')}P-{pen.draw.randint(100000, 999999)}",
    )
    name, day = pen.fake.name_nonbinary(), pen.fake.date_between("-3y", "-1y")
    told, claimed = day.replace(day=28).isoformat(), pen.money(300, 30_000)
    place = f"{pen.fake.city()}, {pen.fake.state_abbr(include_territories=False)}"
    pen.title(("INSURANCE CLAIM FORM", "Notice of Loss", "Claim Form")[layout], size=16)
    for label, value in (
        ("Claim number:", number), ("Policy number:", policy), ("Claimant:", name), ("Date of loss:", us_date(day.isoformat())),
        ("Date reported:", us_date(told)), ("Location of loss:", place), ("Amount claimed:", f"${amount(claimed)}"),
    ):  # fmt: skip
        pen.row((60, label), (200, value))
    pen.row((60, "Description of the incident:"))
    for _ in range(5):
        pen.row((60, pen.fake.sentence(12)[:95]))
    pen.row((60, "Signature of claimant: ____________"))
    return {
        "claim_number": number, "policy_number": policy, "claimant": name, "date_of_loss": day.isoformat(), "date_reported": told,
        "place_of_loss": place, "amount_claimed": claimed,
    }  # fmt: skip


KINDS: dict[str, Callable[[Pen, int], Fields]] = {
    "w2": w2, "form_1099": form_1099, "form_1040": form_1040, "pay_slip": pay_slip, "bank_statement": bank_statement, "invoice": invoice,
    "receipt": receipt, "purchase_order": purchase_order, "insurance_policy": insurance_policy, "insurance_claim": insurance_claim,
}  # fmt: skip
LAYOUTS = 3


def draw_paper(kind: str, layout: int, seed: int, known: Fields | None = None) -> Paper:
    """A paper, its facts by lot but for those that are known."""
    from faker import Faker

    fake = Faker("en_US")
    fake.seed_instance(seed)
    pen = Pen(random.Random(seed), fake, known)
    fields = KINDS[kind](pen, layout)
    return Paper(kind, layout, [page.encode("cp1252", "replace").decode("cp1252") for page in pen.pages], fields)


def make_packet(path: Path, papers: list[Paper]) -> Path:
    """One PDF with the pages of the papers, in order."""
    pdf = PdfFile()
    for paper in papers:
        for page in paper.pages:
            pdf.add_page(page, size=LETTER)
    return pdf.save(path)


def draw_packets(*, count: int, seed: int, layouts: tuple[int, ...]) -> list[list[Paper]]:
    """Packets of two to six papers, kinds and layouts by lot; of one kind there may be several."""
    lot = random.Random(seed)
    return [
        [
            draw_paper(lot.choice(sorted(KINDS)), lot.choice(layouts), lot.randrange(10**9))
            for _ in range(lot.randint(2, 6))
        ]
        for _ in range(count)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with (options.folder / "papers.jsonl").open("w") as stream:
        for number, packet in enumerate(draw_packets(count=options.count, seed=options.seed, layouts=(0, 1, 2))):
            name = make_packet(options.folder / f"packet-{number:03}.pdf", packet).name
            papers = [{"kind": each.kind, "pages": len(each.pages), "fields": each.fields} for each in packet]
            stream.write(json.dumps({"file": name, "papers": papers}) + "\n")


if __name__ == "__main__":
    main()
