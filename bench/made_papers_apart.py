# ruff: noqa: E501 - a row of a form a line
"""Draws the papers of `bench/made_papers.py` in other arrangements: forms as the tax office prints them, and a family set aside.

`AS_PRINTED` are W-2, 1099-INT and 1040 in grids whose boxes adjoin, with the many boxes that stay empty. `APART` are all kinds in other words
and places: they were measured before anything was done for them (0.73 of the fields right); then their words were added to the schemas.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from bench.made_papers import Fields, Paper, Pen, amount, us_date
from tests.support.pdf_files import line, text


def _cell(pen: Pen, x: float, y: float, wide: float, high: float, label: str, *values: str) -> None:
    """A box of a form; the values one below the other."""
    pen.pages[-1] += line(x, y, x + wide, y) + line(x, y + high, x + wide, y + high)
    pen.pages[-1] += line(x, y, x, y + high) + line(x + wide, y, x + wide, y + high)
    pen.pages[-1] += text(x + 2, y + 8, label, size=6, font="F3")
    for at, value in enumerate(values):
        pen.pages[-1] += text(x + 6, y + 21 + 12 * at, value, size=9.5, font="F3")


def _wage_facts(pen: Pen) -> Fields:
    wages, saved = pen.money(20_000, 150_000), pen.money(0, 6_000)
    base = round(wages + saved, 2)
    return {
        "tax_year": pen.draw.randint(2021, 2025), "employee_name": pen.fake.name_nonbinary(), "employee_ssn": pen.fake.ssn(),
        "employee_address": ", ".join(pen.address()), "employer_name": pen.company(), "employer_ein": pen.fake.ein(),
        "wages": wages, "federal_income_tax": round(wages * pen.draw.uniform(0.08, 0.2), 2), "social_security_wages": base,
        "social_security_tax": round(base * 0.062, 2), "medicare_wages": base, "medicare_tax": round(base * 0.0145, 2),
        "state": pen.fake.state_abbr(include_territories=False), "state_wages": wages, "state_income_tax": round(wages * 0.043, 2),
    }  # fmt: skip


def _printed_w2(pen: Pen) -> Fields:
    it = _wage_facts(pen)
    street, home = pen.address(), it["employee_address"].split(", ", 1)
    first, last = it["employee_name"].rsplit(" ", 1)
    _cell(pen, 40, 40, 100, 26, "22222")
    _cell(pen, 140, 40, 150, 26, "a  Employee's social security number", it["employee_ssn"])
    _cell(pen, 290, 40, 280, 26, "For Official Use Only      OMB No. 1545-0008")
    _cell(pen, 40, 66, 290, 26, "b  Employer identification number (EIN)", it["employer_ein"])
    _cell(pen, 40, 92, 290, 66, "c  Employer's name, address, and ZIP code", it["employer_name"], *street)
    _cell(pen, 40, 158, 290, 26, "d  Control number", str(pen.draw.randint(10_000, 99_999)))
    pen.pages[-1] += text(200, 192, "Last name", size=6, font="F3") + text(310, 192, "Suff.", size=6, font="F3")
    _cell(pen, 40, 184, 290, 26, "e  Employee's first name and initial", f"{first}   {last}")
    _cell(pen, 40, 210, 290, 62, "f  Employee's address and ZIP code", *home)
    right = (
        ("1  Wages, tips, other compensation", "wages"), ("2  Federal income tax withheld", "federal_income_tax"),
        ("3  Social security wages", "social_security_wages"), ("4  Social security tax withheld", "social_security_tax"),
        ("5  Medicare wages and tips", "medicare_wages"), ("6  Medicare tax withheld", "medicare_tax"),
        ("7  Social security tips", ""), ("8  Allocated tips", ""), ("9", ""), ("10  Dependent care benefits", ""),
        ("11  Nonqualified plans", ""), ("12a  See instructions for box 12", "D"),
    )  # fmt: skip
    saved = amount(it["social_security_wages"] - it["wages"])
    for at, (label, name) in enumerate(right):
        value = () if not name else (f"D   {saved}",) if name == "D" else (amount(it[name]),)
        _cell(pen, 330 + 120 * (at % 2), 66 + 26 * (at // 2), 120, 26, label, *value)
    _cell(pen, 330, 222, 120, 50, "13  Statutory employee   Retirement plan   Third-party sick pay", "X")
    _cell(pen, 450, 222, 120, 50, "12b", "DD   4,120.00")
    foot = (
        (120, "15  State    Employer's state ID number", f"{it['state']}  {pen.draw.randint(100_000, 999_999)}"), (85, "16  State wages, tips, etc.", amount(it["state_wages"])),
        (85, "17  State income tax", amount(it["state_income_tax"])), (90, "18  Local wages, tips, etc.", ""), (80, "19  Local income tax", ""),
        (70, "20  Locality name", ""),
    )  # fmt: skip
    x = 40.0
    for wide, label, value in foot:
        _cell(pen, x, 272, wide, 34, label, *((value,) if value else ()))
        x += wide
    pen.at(40, "Form", size=8, y=324)
    pen.at(62, "W-2", size=18, y=326, bold=True)
    pen.at(110, "Wage and Tax Statement", size=12, y=324)
    pen.at(290, str(it["tax_year"]), size=20, y=326)
    pen.at(400, "Department of the Treasury - Internal Revenue Service", size=7, y=320)
    pen.at(40, "Copy B - To Be Filed With Employee's FEDERAL Tax Return.", size=7, y=340)
    pen.at(40, "This information is being furnished to the Internal Revenue Service.", size=7, y=350)
    return it


def _interest_facts(pen: Pen) -> Fields:
    interest = pen.money(20, 9_000)
    return {
        "variant": "1099-INT", "tax_year": pen.draw.randint(2021, 2025), "payer_name": f"{pen.fake.last_name()} {pen.draw.choice(('Bank', 'Credit Union'))}",
        "payer_tin": pen.fake.ein(), "recipient_name": pen.fake.name_nonbinary(), "recipient_tin": pen.fake.ssn(),
        "interest_income": interest, "federal_income_tax": round(interest * 0.24, 2), "recipient_address": ", ".join(pen.address()),
    }  # fmt: skip


def _printed_1099(pen: Pen) -> Fields:
    it = _interest_facts(pen)
    home = it["recipient_address"].split(", ", 1)
    pen.at(250, "CORRECTED (if checked)", size=8, y=34)
    _cell(pen, 40, 40, 270, 74, "PAYER'S name, street address, city or town, state or province, country, ZIP")
    pen.pages[-1] += text(42, 55, "or foreign postal code, and telephone no.", size=6, font="F3")
    for at, each in enumerate(
        (it["payer_name"], *pen.address(), f"({pen.draw.randint(200, 900)}) 555-0{pen.draw.randint(100, 199)}")
    ):
        pen.pages[-1] += text(46, 68 + 12 * at, each, size=9.5, font="F3")
    _cell(pen, 310, 40, 110, 26, "Payer's RTN (optional)")
    _cell(pen, 310, 66, 110, 48, "1 Interest income", f"$ {amount(it['interest_income'])}")
    pen.at(430, "OMB No. 1545-0112", size=7, y=50)
    pen.at(430, "Form 1099-INT", size=10, y=66)
    pen.at(430, "For calendar year", size=7, y=84)
    pen.at(430, str(it["tax_year"]), size=12, y=98)
    pen.at(500, "Interest Income", size=11, y=84)
    _cell(pen, 310, 114, 110, 30, "2 Early withdrawal penalty", "$")
    _cell(pen, 40, 114, 135, 30, "PAYER'S TIN", it["payer_tin"])
    _cell(pen, 175, 114, 135, 30, "RECIPIENT'S TIN", it["recipient_tin"])
    _cell(pen, 310, 144, 220, 30, "3 Interest on U.S. Savings Bonds and Treasury obligations", "$")
    _cell(pen, 40, 144, 270, 40, "RECIPIENT'S name", it["recipient_name"])
    _cell(pen, 310, 174, 110, 30, "4 Federal income tax withheld", f"$ {amount(it['federal_income_tax'])}")
    _cell(pen, 420, 174, 110, 30, "5 Investment expenses", "$")
    _cell(pen, 40, 184, 270, 40, "Street address (including apt. no.)", home[0])
    _cell(pen, 310, 204, 110, 30, "6 Foreign tax paid", "$")
    _cell(pen, 420, 204, 110, 30, "7 Foreign country or U.S. territory")
    _cell(pen, 40, 224, 270, 40, "City or town, state or province, country, and ZIP or foreign postal code", home[1])
    _cell(pen, 310, 234, 110, 30, "8 Tax-exempt interest", "$")
    _cell(pen, 420, 234, 110, 30, "9 Specified private activity bond interest", "$")
    _cell(pen, 40, 264, 270, 30, "Account number (see instructions)", str(pen.draw.randint(10**8, 10**9)))
    pen.at(40, "Form 1099-INT (Rev. January 2024)   (keep for your records)   www.irs.gov/Form1099INT", size=7, y=306)
    return it


def _printed_1040(pen: Pen) -> Fields:
    name, ssn, wages = pen.fake.name_nonbinary(), pen.fake.ssn(), pen.money(30_000, 180_000)
    interest, dividends, less = pen.money(10, 900), pen.money(10, 900), pen.money(100, 2_000)
    total = round(wages + interest + dividends, 2)
    adjusted, standard, year = round(total - less, 2), 14_600.0, pen.draw.randint(2021, 2025)
    first, last = name.rsplit(" ", 1)
    married = pen.draw.random() < 0.5
    pen.at(40, "Form", size=8, y=40)
    pen.at(60, "1040", size=18, y=42)
    pen.at(120, "U.S. Individual Income Tax Return", size=13, y=42)
    pen.at(360, str(year), size=18, y=42)
    pen.at(420, "OMB No. 1545-0074", size=7, y=40)
    _cell(pen, 40, 56, 200, 28, "Your first name and middle initial", first)
    _cell(pen, 240, 56, 180, 28, "Last name", last)
    _cell(pen, 420, 56, 140, 28, "Your social security number", ssn)
    _cell(pen, 40, 84, 200, 28, "If joint return, spouse's first name and middle initial")
    _cell(pen, 240, 84, 180, 28, "Last name")
    _cell(pen, 420, 84, 140, 28, "Spouse's social security number")
    street = pen.address()
    _cell(
        pen, 40, 112, 380, 28, "Home address (number and street). If you have a P.O. box, see instructions.", street[0]
    )
    _cell(pen, 40, 140, 380, 28, "City, town, or post office.", street[1])
    pen.y = 186
    ticks = ("[ ]", "[X]") if married else ("[X]", "[ ]")
    pen.row(
        (40, "Filing Status"),
        (140, f"{ticks[0]} Single"),
        (210, f"{ticks[1]} Married filing jointly (even if only one had income)"),
    )
    pen.row((140, "[ ] Married filing separately (MFS)"), (330, "[ ] Head of household (HOH)"))
    pen.row((40, "Digital Assets"), (140, "At any time did you receive a digital asset?   [ ] Yes   [X] No"))
    pen.down(6)

    def number(code: str, words: str, value: float | None, x: float = 60) -> None:
        pen.row((x, code), (x + 24, f"{words} . . ."), (470, code), (500, amount(value) if value else ""))

    number("1a", "Total amount from Form(s) W-2, box 1 (see instructions)", wages)
    number("b", "Household employee wages not reported on Form(s) W-2", None)
    number("z", "Add lines 1a through 1h", wages)
    pen.row(
        (60, "2a"), (84, "Tax-exempt interest . ."), (250, "2a"), (300, "b"), (314, "Taxable interest . . ."), (470, "2b"), (500, amount(interest))
    )  # fmt: skip
    pen.row(
        (60, "3a"), (84, "Qualified dividends . ."), (250, "3a"), (300, "b"), (314, "Ordinary dividends . ."), (470, "3b"), (500, amount(dividends))
    )  # fmt: skip
    number("7", "Capital gain or (loss). Attach Schedule D if required", None)
    number("8", "Additional income from Schedule 1, line 10", None)
    number("9", "Add lines 1z, 2b, 3b, 4b, 5b, 6b, 7, and 8. This is your total income", total)
    number("10", "Adjustments to income from Schedule 1, line 26", less)
    number("11", "Subtract line 10 from line 9. This is your adjusted gross income", adjusted)
    number("12", "Standard deduction or itemized deductions (from Schedule A)", standard)
    number("13", "Qualified business income deduction from Form 8995", None)
    number("14", "Add lines 12 and 13", standard)
    number(
        "15",
        "Subtract line 14 from line 11. If zero or less, enter -0-. This is your taxable income",
        max(0.01, round(adjusted - standard, 2)),
    )
    return {
        "tax_year": year, "filing_status": "married filing jointly" if married else "single", "taxpayer_name": name, "taxpayer_ssn": ssn,
        "wages": wages, "taxable_interest": interest, "ordinary_dividends": dividends, "total_income": total,
        "adjusted_gross_income": adjusted, "deductions": standard, "taxable_income": max(0.01, round(adjusted - standard, 2)),
    }  # fmt: skip


def _under(pen: Pen, *cells: tuple[float, str, str]) -> None:
    """Small labels in a row, each with its value below."""
    for x, label, value in cells:
        pen.at(x, label, size=7)
        pen.at(x, value, y=pen.y + 13)
    pen.down(32)


def _apart_w2(pen: Pen) -> Fields:
    it = _wage_facts(pen)
    street, home = pen.address(), it["employee_address"].split(", ", 1)
    pen.row((60, f"{it['tax_year']} W-2 and EARNINGS SUMMARY"), bold=True)
    pen.row((60, "Employee Reference Copy"), (330, f"OMB No. 1545-0008   Dept. {pen.draw.randint(100, 999)}"))
    pen.down(6)
    pen.at(60, "c  Employer's name, address, and ZIP code", size=7)
    for at, each in enumerate((it["employer_name"].upper(), *street)):
        pen.at(60, each, y=pen.y + 13 + 12 * at)
    pen.at(60, "e/f  Employee's name, address, and ZIP code", size=7, y=pen.y + 64)
    for at, each in enumerate((it["employee_name"].upper(), *home)):
        pen.at(60, each, y=pen.y + 77 + 12 * at)
    for at, (label, value) in enumerate((
        ("1  Wages, tips, other comp.", "wages"), ("2  Federal income tax withheld", "federal_income_tax"), ("3  Social security wages", "social_security_wages"),
        ("4  Social security tax withheld", "social_security_tax"), ("5  Medicare wages and tips", "medicare_wages"), ("6  Medicare tax withheld", "medicare_tax"),
    )):  # fmt: skip
        pen.at(330 + 130 * (at % 2), label, size=7, y=pen.y + 30 * (at // 2))
        pen.at(350 + 130 * (at % 2), amount(it[value]), y=pen.y + 13 + 30 * (at // 2))
    pen.down(120)
    _under(
        pen,
        (60, "b  Employer's FED ID number", it["employer_ein"]),
        (200, "a  Employee's SSA number", it["employee_ssn"]),
        (340, "d  Control number", "0417"),
    )
    _under(pen, (60, "15 State", it["state"]), (110, "Employer's state ID no.", "44-1287"), (200, "16 State wages, tips, etc.", amount(it["state_wages"])),
           (330, "17 State income tax", amount(it["state_income_tax"])))  # fmt: skip
    return {**it, "employer_name": it["employer_name"].upper(), "employee_name": it["employee_name"].upper()}


def _apart_1099(pen: Pen) -> Fields:
    it = _interest_facts(pen)
    home = it["recipient_address"].split(", ", 1)
    pen.row((60, it["payer_name"]), (330, f"{it['tax_year']} Tax Reporting Statement"), bold=True)
    for each in pen.address():
        pen.row((60, each))
    pen.row((60, f"Payer's Fed ID Number: {it['payer_tin']}"), (330, "Copy B for Recipient   OMB No. 1545-0112"))
    pen.down(16)
    pen.row((60, it["recipient_name"]), (330, f"Recipient's ID No.: {it['recipient_tin']}"))
    for each in home:
        pen.row((60, each))
    pen.down(16)
    pen.row((60, f"Form 1099-INT   Interest Income   {it['tax_year']}"), bold=True)
    pen.rule()
    for box, label, value in (
        ("1", "Interest Income", amount(it["interest_income"])), ("2", "Early Withdrawal Penalty", "0.00"), ("3", "Interest on U.S. Savings Bonds", "0.00"),
        ("4", "Federal Income Tax Withheld", amount(it["federal_income_tax"])), ("8", "Tax-Exempt Interest", "0.00"),
    ):  # fmt: skip
        pen.row((60, box), (80, label), (430, value))
    return it


def _apart_pay_slip(pen: Pen) -> Fields:
    company, name, gross = pen.company(), pen.fake.name_nonbinary(), pen.money(1_200, 6_000)
    tax, social, health = round(gross * 0.15, 2), round(gross * 0.0765, 2), pen.money(20, 200)
    out = round(tax + social + health, 2)
    day = pen.fake.date_between("-3y", "-1y").replace(day=15)
    first, last = day.replace(day=1), day.replace(day=14)
    number, times = f"E{pen.draw.randint(1000, 9999)}", pen.draw.randint(3, 20)
    home = pen.address()
    pen.row((60, company), (400, "Statement of Earnings"), bold=True)
    for each in pen.address():
        pen.row((60, each))
    pen.down(10)
    _under(pen, (60, "EMPLOYEE NAME", name), (220, "EMPLOYEE ID", number), (330, "PAY PERIOD", f"{us_date(first.isoformat())} - {us_date(last.isoformat())}"),
           (480, "CHECK DATE", us_date(day.isoformat())))  # fmt: skip
    for each in home:
        pen.row((60, each))
    pen.down(8)
    pen.row(
        (60, "EARNINGS"),
        (150, "HOURS"),
        (200, "CURRENT"),
        (260, "YTD"),
        (330, "DEDUCTIONS"),
        (430, "CURRENT"),
        (500, "YTD"),
        bold=True,
    )
    pen.rule()
    pen.row(
        (60, "Regular"),
        (150, "80.00"),
        (200, amount(gross)),
        (260, amount(gross * times)),
        (330, "Federal Withholding"),
        (430, amount(tax)),
        (500, amount(tax * times)),
    )
    pen.row((330, "FICA"), (430, amount(social)), (500, amount(social * times)))
    pen.row((330, "Medical"), (430, amount(health)), (500, amount(health * times)))
    pen.rule()
    pen.row(
        (60, "TOTAL GROSS"),
        (200, amount(gross)),
        (260, amount(gross * times)),
        (330, "TOTAL DEDUCTIONS"),
        (430, amount(out)),
        (500, amount(out * times)),
    )
    pen.row(
        (330, "NET PAY"), (430, amount(round(gross - out, 2))), (500, amount(round(gross - out, 2) * times)), bold=True
    )
    return {
        "employer_name": company, "employee_name": name, "employee_id": number, "pay_date": day.isoformat(), "period_from": first.isoformat(),
        "period_to": last.isoformat(), "gross_pay": gross, "tax": tax, "deductions": out, "net_pay": round(gross - out, 2),
        "employee_address": ", ".join(home),
    }  # fmt: skip


def _apart_bank_statement(pen: Pen) -> Fields:
    bank, name, home = f"{pen.fake.last_name()} National Bank", pen.fake.name_nonbinary(), pen.address()
    number, opening = (
        f"{pen.draw.randint(100, 999)}-{pen.draw.randint(100000, 999999)}-{pen.draw.randint(1, 9)}",
        pen.money(500, 9_000),
    )
    month, year = pen.draw.randint(1, 12), pen.draw.randint(2022, 2025)
    pen.row((60, bank), (420, "Checking Account Statement"), bold=True)
    pen.row((60, "Member FDIC"), (420, f"Page 1 of {1}"))
    pen.down(12)
    for each in (name, *home):
        pen.row((60, each))
    pen.down(8)
    pen.row((330, "Account #"), (430, number))
    pen.row((330, "Statement dates"), (430, f"{month:02}/01/{year} thru {month:02}/28/{year}"))
    balance, rows, paid_in, paid_out = opening, [], 0.0, 0.0
    for at in range(pen.draw.randint(8, 22)):
        change = pen.money(-400, 420)
        balance = round(balance + change, 2)
        paid_in, paid_out = paid_in + max(change, 0), paid_out + max(-change, 0)
        rows.append(
            (
                f"{month:02}/{1 + at:02}/{year}",
                f"{pen.fake.last_name()} {pen.draw.choice(('ACH', 'POS', 'Check', 'Transfer'))}",
                change,
                balance,
            )
        )
    pen.row((60, "Beginning balance"), (200, amount(opening)))
    pen.row((60, "Total deposits"), (200, amount(paid_in)))
    pen.row((60, "Total withdrawals"), (200, amount(paid_out)))
    pen.row((60, "Ending balance"), (200, amount(balance)))
    pen.down(10)
    pen.row((60, "Posted"), (130, "Transaction"), (300, "Withdrawals"), (390, "Deposits"), (480, "Balance"), bold=True)
    pen.rule()
    for day, what, change, after in rows:
        pen.row((60, day), (130, what), (300 if change < 0 else 390, amount(abs(change))), (480, amount(after)))
    return {
        "bank_name": bank, "account_holder": name, "account_number": number, "period_from": f"{year}-{month:02}-01", "period_to": f"{year}-{month:02}-28",
        "opening_balance": opening, "closing_balance": balance, "account_holder_address": ", ".join(home),
    }  # fmt: skip


def _apart_invoice(pen: Pen) -> Fields:
    company, customer, home = pen.company(), pen.fake.name_nonbinary(), pen.address()
    number, day = f"{pen.draw.randint(2021, 2025)}-{pen.draw.randint(100, 999)}", pen.fake.date_between("-3y", "-1y")
    pen.at(380, "I N V O I C E" if pen.draw.random() < 0.2 else "INVOICE", size=20)
    pen.row((60, company), bold=True)
    for each in (*pen.address(), f"Phone: (555) {pen.draw.randint(200, 999)}-0{pen.draw.randint(100, 199)}"):
        pen.row((60, each))
    pen.down(16)
    _under(
        pen,
        (60, "INVOICE #", number),
        (180, "DATE", f"{day:%b} {day.day}, {day.year}"),
        (300, "TERMS", "Net 30"),
        (400, "CUSTOMER ID", str(pen.draw.randint(100, 999))),
    )
    pen.row((60, "INVOICED TO"), (330, "DELIVERED TO"), bold=True)
    for each in (customer, *home):
        pen.row((60, each), (330, each))
    pen.down(10)
    pen.row((60, "QTY"), (110, "ITEM"), (330, "RATE"), (470, "LINE TOTAL"), bold=True)
    pen.rule()
    net = 0.0
    for _ in range(pen.draw.randint(2, 12)):
        count, price = pen.draw.randint(1, 9), pen.money(3, 200)
        net = round(net + count * price, 2)
        pen.row(
            (60, str(count)),
            (110, f"{pen.fake.color_name()} {pen.draw.choice(('folder', 'printer ink', 'monitor', 'service'))}"),
            (330, amount(price)),
            (470, amount(round(count * price, 2))),
        )
    pen.rule()
    tax = round(net * 0.07, 2)
    for label, value in (("Sub-total", net), ("Tax 7%", tax), ("Balance Due", round(net + tax, 2))):
        pen.row((370, label), (470, f"${amount(value)}"))
    return {
        "vendor_name": company, "customer_name": customer, "customer_address": ", ".join(home), "invoice_id": number, "issue_date": day.isoformat(),
        "net_total": net, "tax_total": tax, "total": round(net + tax, 2),
    }  # fmt: skip


def _apart_receipt(pen: Pen) -> Fields:
    company, day, name = (
        f"{pen.fake.city()} {pen.draw.choice(('Office Supply', 'Pharmacy', 'Books'))}",
        pen.fake.date_between("-3y", "-1y"),
        pen.fake.name_nonbinary(),
    )
    pen.row((230, company.upper()), bold=True)
    for each in (*pen.address(), "TEL 555-0142"):
        pen.row((220, each))
    pen.down(6)
    total = 0.0
    for _ in range(pen.draw.randint(2, 8)):
        price = pen.money(2, 60)
        total = round(total + price, 2)
        pen.row(
            (200, pen.draw.choice(("PAPER A4", "PENS BLUE", "STAPLER", "VITAMIN C", "NOTEBOOK"))), (370, amount(price))
        )
    tax = round(total * 0.06, 2)
    pen.row((200, "SUBTOTAL"), (370, amount(total)))
    pen.row((200, "TAX"), (370, amount(tax)))
    pen.row((200, "AMOUNT PAID"), (370, f"${amount(round(total + tax, 2))}"), bold=True)
    pen.row((200, "VISA ****1234"), (370, amount(round(total + tax, 2))))
    pen.row((200, f"MEMBER: {name}"))
    pen.row((200, f"{day:%m/%d/%y} {pen.draw.randint(9, 19)}:{pen.draw.randint(10, 59)}  TILL 3"))
    return {
        "company": company.upper(),
        "date": day.isoformat(),
        "total": round(total + tax, 2),
        "tax": tax,
        "customer_name": name,
    }


def _apart_purchase_order(pen: Pen) -> Fields:
    buyer, supplier, day = pen.company(), pen.company(), pen.fake.date_between("-3y", "-1y")
    number = str(pen.draw.randint(4_500_000, 4_599_999))
    pen.row((60, buyer), bold=True)
    for each in pen.address():
        pen.row((60, each))
    pen.title("Purchase Order", x=360, size=16)
    _under(
        pen, (60, "P.O. NO.", number), (180, "P.O. DATE", f"{day:%B} {day.day}, {day.year}"), (330, "TERMS", "Net 45")
    )
    pen.row((60, "VENDOR"), (330, "SHIP TO"), bold=True)
    for left, right in zip((supplier, *pen.address()), (buyer, *pen.address()), strict=True):
        pen.row((60, left), (330, right))
    pen.down(10)
    pen.row((60, "ITEM"), (300, "QTY"), (370, "UNIT PRICE"), (470, "EXT. PRICE"), bold=True)
    total = 0.0
    for _ in range(pen.draw.randint(2, 12)):
        count, price = pen.draw.randint(1, 20), pen.money(2, 90)
        total = round(total + count * price, 2)
        pen.row(
            (60, f"{pen.fake.color_name()} bolts"),
            (300, str(count)),
            (370, amount(price)),
            (470, amount(round(count * price, 2))),
        )
    pen.row((370, "TOTAL"), (470, amount(total)), bold=True)
    return {
        "order_number": number, "order_date": day.isoformat(), "buyer_name": buyer, "supplier_name": supplier, "payment_terms": "Net 45", "total": total,
    }  # fmt: skip


def _apart_insurance_policy(pen: Pen) -> Fields:
    insurer, insured = f"{pen.fake.last_name()} Casualty Insurance Co.", pen.fake.name_nonbinary()
    number, first = (
        f"{pen.draw.randint(10, 99)}-{pen.draw.randint(1000, 9999)}-{pen.draw.randint(100, 999)}",
        pen.fake.date_between("-3y", "-1y"),
    )
    last, premium = first.replace(year=first.year + 1, day=min(first.day, 28)), pen.money(300, 3_000)
    pen.row((60, insurer), (400, "Homeowners Policy Declarations"), bold=True)
    pen.down(10)
    _under(
        pen,
        (60, "POLICY NUMBER", number),
        (220, "POLICY PERIOD", f"From {us_date(first.isoformat())} to {us_date(last.isoformat())}"),
    )
    pen.row((60, "NAMED INSURED AND MAILING ADDRESS"))
    for each in (insured, *pen.address()):
        pen.row((60, each))
    pen.down(10)
    pen.row((60, "Personal liability limit"), (300, "$300,000"))
    pen.row((60, "All perils deductible"), (300, "$1,500"))
    pen.row((60, "Total annual premium"), (300, f"${amount(premium)}"))
    return {
        "policy_number": number, "insurer": insurer, "named_insured": insured, "effective_date": first.isoformat(), "expiration_date": last.isoformat(),
        "premium": premium, "deductible": 1_500.0, "coverage_limit": 300_000.0,
    }  # fmt: skip


def _apart_insurance_claim(pen: Pen) -> Fields:
    day, name, claimed = pen.fake.date_between("-3y", "-1y"), pen.fake.name_nonbinary(), pen.money(200, 20_000)
    number, policy, told = (
        f"{pen.draw.randint(10**7, 10**8)}",
        f"HO-{pen.draw.randint(10**5, 10**6)}",
        day.replace(day=28),
    )
    place = f"{pen.fake.city()}, {pen.fake.state_abbr(include_territories=False)}"
    pen.title("PROPERTY LOSS NOTICE", size=15)
    _under(pen, (60, "CLAIM #", number), (200, "POLICY #", policy), (340, "DATE OF LOSS", us_date(day.isoformat())))
    _under(pen, (60, "INSURED'S NAME", name), (340, "REPORTED ON", us_date(told.isoformat())))
    _under(pen, (60, "LOSS LOCATION", place), (340, "ESTIMATED LOSS", f"${amount(claimed)}"))
    pen.row((60, "DESCRIPTION OF LOSS"))
    for _ in range(4):
        pen.row((60, pen.fake.sentence(12)[:90]))
    return {
        "claim_number": number, "policy_number": policy, "claimant": name, "date_of_loss": day.isoformat(), "date_reported": told.isoformat(),
        "place_of_loss": place, "amount_claimed": claimed,
    }  # fmt: skip


def _apart_id_document(pen: Pen) -> Fields:
    first, last = pen.fake.first_name(), pen.fake.last_name()
    born, issued = pen.fake.date_of_birth(minimum_age=20, maximum_age=70), pen.fake.date_between("-5y", "-1y")
    expires, number = (
        issued.replace(year=issued.year + 8, day=min(issued.day, 28)),
        f"{pen.draw.choice('CDF')}{pen.draw.randint(10**7, 10**8 - 1)}",
    )
    sex = pen.draw.choice("MF")
    pen.title("DRIVER LICENSE", size=14)
    for label, value in (
        ("4d DL NO.", number), ("4b EXP", us_date(expires.isoformat())), ("1 LAST NAME", last.upper()), ("2 FIRST NAME", first.upper()),
        ("8 ADDRESS", ", ".join(pen.address())), ("3 DOB", us_date(born.isoformat())), ("15 SEX", sex), ("4a ISS", us_date(issued.isoformat())),
    ):  # fmt: skip
        pen.row((60, label), (160, value))
    return {
        "kind": "driving licence", "surname": last.upper(), "given_names": first.upper(), "document_number": number, "date_of_birth": born.isoformat(),
        "date_of_issue": issued.isoformat(), "date_of_expiry": expires.isoformat(), "sex": sex,
    }  # fmt: skip


def _id_document(pen: Pen) -> Fields:
    first, last = pen.fake.first_name(), pen.fake.last_name()
    born, issued = pen.fake.date_of_birth(minimum_age=20, maximum_age=70), pen.fake.date_between("-5y", "-1y")
    expires, number = (
        issued.replace(year=issued.year + 10, day=min(issued.day, 28)),
        f"{pen.draw.randint(10**8, 10**9 - 1)}",
    )
    sex = pen.draw.choice("MF")
    pen.title("PASSPORT   UNITED STATES OF AMERICA", size=14)
    _under(pen, (60, "Type", "P"), (140, "Code", "USA"), (240, "Passport No.", number))
    _under(pen, (60, "Surname", last.upper()))
    _under(pen, (60, "Given names", first.upper()))
    _under(pen, (60, "Nationality", "UNITED STATES OF AMERICA"))
    _under(pen, (60, "Date of birth", f"{born:%d %b %Y}"), (240, "Sex", sex))
    _under(pen, (60, "Date of issue", f"{issued:%d %b %Y}"), (240, "Date of expiration", f"{expires:%d %b %Y}"))
    return {
        "kind": "passport", "surname": last.upper(), "given_names": first.upper(), "document_number": number, "date_of_birth": born.isoformat(),
        "date_of_issue": issued.isoformat(), "date_of_expiry": expires.isoformat(), "nationality": "UNITED STATES OF AMERICA", "sex": sex,
    }  # fmt: skip


AS_PRINTED: dict[str, Callable[[Pen], Fields]] = {
    "w2": _printed_w2, "form_1099": _printed_1099, "form_1040": _printed_1040, "id_document": _id_document,
}  # fmt: skip
APART: dict[str, Callable[[Pen], Fields]] = {
    "w2": _apart_w2, "form_1099": _apart_1099, "pay_slip": _apart_pay_slip, "bank_statement": _apart_bank_statement,
    "invoice": _apart_invoice, "receipt": _apart_receipt, "purchase_order": _apart_purchase_order, "insurance_policy": _apart_insurance_policy,
    "insurance_claim": _apart_insurance_claim, "id_document": _apart_id_document,
}  # fmt: skip


def draw_other(family: dict[str, Callable[[Pen], Fields]], kind: str, seed: int) -> Paper:
    """A paper of `AS_PRINTED` or `APART`."""
    from faker import Faker

    fake = Faker("en_US")
    fake.seed_instance(seed)
    pen = Pen(random.Random(seed), fake)
    fields = family[kind](pen)
    return Paper(kind, 3, [page.encode("cp1252", "replace").decode("cp1252") for page in pen.pages], fields)
