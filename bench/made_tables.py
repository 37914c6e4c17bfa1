"""Draws invoices and bank statements whose table goes on over two to four pages, ruled, unruled and in zebra stripes.

Headings are repeated on each page or not; sums are carried over; a description may go on in a second line, and a page may end between
the two. Which of these a paper has is drawn by lot.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.made_papers import LETTER, Pen, amount, us_date
from tests.support.pdf_files import PdfFile, filled, line

LOOKS = ("ruled", "unruled", "zebra")
_PITCH = 16.0
_BOTTOM = 730.0
_CARRIED = (
    ("Carried forward", "Brought forward"),
    ("Subtotal carried over", "Carried over"),
    ("Balance carried forward", "Balance brought forward"),
)


@dataclass(slots=True)
class LongTable:
    """A paper with a table over several pages."""

    kind: str
    """`invoice` or `bank_statement`."""
    look: str
    pages: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    """Members of `line_items` or of `transactions`."""
    row_pages: list[int] = field(default_factory=list)
    """The page, from 1, that each row begins on."""
    total: float = 0.0


class _TablePen(Pen):
    """A pen that begins a new page when the table reaches the end of one."""

    def __init__(self, lot: random.Random, fake: Any, look: str, columns: tuple[tuple[float, str, bool], ...]) -> None:
        super().__init__(lot, fake)
        self.look, self.columns = look, columns
        self.repeats, self.carries = lot.random() < 0.75, lot.random() < 0.5
        self.words = lot.choice(_CARRIED)
        self.name = ""
        self.stripe = 0
        self.carried = 0.0

    def headings(self) -> None:
        self._frame(is_heading=True)
        for x, words, is_number in self.columns:
            self._cell(x, words, is_number, bold=True)
        self.down(_PITCH)

    def _cell(self, x: float, words: str, is_number: bool, *, bold: bool = False) -> None:
        """Numbers end at x, texts begin there."""
        left = x - len(words) * 4.9 if is_number else x
        self.at(left, words, size=9, bold=bold)

    def _frame(self, *, is_heading: bool = False) -> None:
        top, bottom = self.y - 11.5, self.y - 11.5 + _PITCH
        if self.look == "zebra" and (self.stripe % 2 or is_heading):
            self.pages[-1] += filled(50, top, 562, bottom, rgb="0.75 0.8 0.9" if is_heading else "0.92 0.92 0.92")
        if self.look == "ruled":
            lefts = [x if not is_number else x - 62 for x, _, is_number in self.columns]
            self.pages[-1] += line(50, top, 562, top) + line(50, bottom, 562, bottom)
            for x in (50.0, *(left - 6 for left in lefts[1:]), 562.0):
                self.pages[-1] += line(x, top, x, bottom)
        self.stripe += not is_heading

    def row_of(self, cells: list[str], *, goes_on: str = "") -> int:
        """Writes a row; its page. A second line of its first text may come on the next page."""
        self._break_if_full()
        page = len(self.pages)
        self._frame()
        for (x, _, is_number), words in zip(self.columns, cells, strict=True):
            self._cell(x, words, is_number)
        self.down(_PITCH)
        if goes_on:
            if self.y + _PITCH > _BOTTOM:
                self._new_page(carries=False)
            self.stripe += self.look == "zebra"
            self._frame()
            self._cell(next(x for x, words, is_number in self.columns if words == "Description"), goes_on, False)
            self.down(_PITCH)
        return page

    def _break_if_full(self) -> None:
        if self.y + _PITCH > _BOTTOM:
            self._new_page(carries=self.carries)

    def _new_page(self, *, carries: bool) -> None:
        if carries:
            self._carry(self.words[0])
        self.at(280, f"Page {len(self.pages)}", size=8, y=770)
        self.page()
        self.at(60, self.name, size=9)
        self.down(24)
        if self.repeats:
            self.headings()
        if carries:
            self._carry(self.words[1])

    def _carry(self, words: str) -> None:
        self._frame()
        self._cell(self.columns[1][0], words, False)
        self._cell(self.columns[-1][0], amount(self.carried), True)
        self.down(_PITCH)


def draw_invoice(look: str, seed: int) -> LongTable:
    """An invoice of 45 to 130 rows."""
    lot, fake = _lots(seed)
    columns = (
        (60.0, "Pos", False),
        (95.0, "Description", False),
        (330.0, "Qty", True),
        (430.0, "Unit price", True),
        (550.0, "Amount", True),
    )
    pen = _TablePen(lot, fake, look, columns)
    number, day = f"INV-{lot.randint(1000, 99999)}", fake.date_between("-3y", "-1y").isoformat()
    pen.name = f"{pen.company()}   Invoice {number}"
    pen.row((60, pen.name.split("   ")[0]), (400, f"Invoice number: {number}"))
    for each in pen.address():
        pen.row((60, each))
    pen.row((60, "Bill to:"), (400, f"Invoice date: {us_date(day)}"))
    pen.row((60, pen.company()))
    pen.down(14)
    paper = LongTable("invoice", look)
    pen.headings()
    for at in range(lot.randint(45, 130)):
        count, price = lot.randint(1, 9), pen.money(3, 200)
        worth = round(count * price, 2)
        words = f"{fake.color_name()} {lot.choice(('lamp', 'chair', 'paper', 'cable', 'desk', 'folder'))}"
        more = lot.choice(
            (
                "",
                "",
                "",
                f"in {fake.color_name().lower()} cloth",
                f"with {lot.choice(('two', 'three', 'four'))} year warranty",
            )
        )
        page = pen.row_of([str(at + 1), words, str(count), amount(price), amount(worth)], goes_on=more)
        paper.total = pen.carried = round(paper.total + worth, 2)
        paper.rows.append(
            {"description": f"{words} {more}".strip(), "quantity": count, "unit_price": price, "amount": worth}
        )
        paper.row_pages.append(page)
    tax = round(paper.total * 0.08, 2)
    pen.down(6)
    for label, value in (("Subtotal", paper.total), ("Sales tax", tax), ("Total due", round(paper.total + tax, 2))):
        if pen.y + 20 > _BOTTOM + 24:
            pen.page()
        pen.at(370, label)
        pen._cell(550, amount(value), True)
        pen.down()
    return _done(paper, pen)


def draw_statement(look: str, seed: int) -> LongTable:
    """A bank statement of 45 to 130 movements."""
    lot, fake = _lots(seed)
    columns = ((60.0, "Date", False), (130.0, "Description", False), (430.0, "Amount", True), (550.0, "Balance", True))
    pen = _TablePen(lot, fake, look, columns)
    month, year, opening = lot.randint(1, 12), lot.randint(2021, 2025), pen.money(500, 9_000)
    account = str(lot.randint(10**9, 10**10 - 1))
    pen.name = f"{fake.last_name()} Bank   Account {account}"
    pen.row((60, pen.name.split("   ")[0]), (400, "Statement of Account"))
    pen.row((60, f"Account number: {account}"))
    pen.row((60, f"Statement period: {month:02}/01/{year} to {month:02}/28/{year}"))
    pen.row((60, "Opening balance"), (480, amount(opening)))
    pen.down(10)
    paper, balance = LongTable("bank_statement", look), opening
    pen.carried = opening
    pen.headings()
    movements = lot.randint(45, 130)
    for at in range(movements):
        change = pen.money(-300, 320)
        words = f"{fake.last_name()} {lot.choice(('payment', 'transfer', 'card', 'check'))}"
        more = lot.choice(("", "", "", "", f"Ref {lot.randint(10**5, 10**6)}"))
        balance = round(balance + change, 2)
        day = 1 + 27 * at // movements
        page = pen.row_of([f"{month:02}/{day:02}/{year}", words, amount(change), amount(balance)], goes_on=more)
        pen.carried = balance
        paper.rows.append(
            {"date": f"{year}-{month:02}-{day:02}", "description": f"{words} {more}".strip(), "amount": change, "balance": balance}
        )  # fmt: skip
        paper.row_pages.append(page)
    paper.total = balance
    pen.down(6)
    pen.row((60, "Closing balance"), (480, amount(balance)))
    return _done(paper, pen)


def _lots(seed: int) -> tuple[random.Random, Any]:
    from faker import Faker

    fake = Faker("en_US")
    fake.seed_instance(seed)
    return random.Random(seed), fake


def _done(paper: LongTable, pen: Pen) -> LongTable:
    paper.pages = [page.encode("cp1252", "replace").decode("cp1252") for page in pen.pages]
    return paper


def write_table(path: Path, paper: LongTable) -> Path:
    pdf = PdfFile()
    for page in paper.pages:
        pdf.add_page(page, size=LETTER)
    return pdf.save(path)
