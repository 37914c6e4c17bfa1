# ruff: noqa: E501 - a country a row
"""Draws labelled till receipts, so that finders that one real set alone exercises can be fitted without that set.

    python -m bench.made_receipts FOLDER [--count N]      (needs `pip install '.[bench]'`)

Shops, addresses and goods come from Faker in five countries; heads vary as real ones do (a name over two lines, a slogan or an owner
above it, a number or a branch between name and address), and so do the pictures (size, blur, noise, a slight turn).
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from faker import Faker
from PIL import Image, ImageDraw, ImageFilter, ImageFont

_FONTS = Path("/usr/share/fonts/truetype")
_WIDTH = 640


class _Country(NamedTuple):
    code: str
    dates: tuple[str, ...]
    total: tuple[str, ...]
    date: tuple[str, ...]
    titles: tuple[str, ...]
    phone: str
    number: str
    comma: bool
    currency: str


_COUNTRIES = (
    _Country("en_US", ("%m/%d/%Y", "%b %d, %Y"), ("TOTAL", "Amount due", "Grand total"), ("Date", "DATE"), ("RECEIPT", "SALES RECEIPT"), "Tel", "Receipt #", False, "$"),
    _Country("en_GB", ("%d/%m/%Y", "%d %b %Y", "%d-%m-%Y"), ("TOTAL", "Total to pay", "BALANCE DUE"), ("Date", "DATE"), ("TAX INVOICE", "RECEIPT", "CASH BILL"), "Tel", "Receipt no", False, "£"),
    _Country("de_DE", ("%d.%m.%Y",), ("SUMME", "Gesamtbetrag", "Zu zahlen"), ("Datum",), ("KASSENBON", "RECHNUNG", "Quittung"), "Tel.", "Beleg-Nr.", True, "EUR"),
    _Country("fr_FR", ("%d/%m/%Y",), ("TOTAL", "TOTAL TTC", "A PAYER"), ("Date", "Le"), ("TICKET", "FACTURE", "Reçu"), "Tél", "Ticket n°", True, "EUR"),
    _Country("es_ES", ("%d/%m/%Y", "%d-%m-%Y"), ("TOTAL", "IMPORTE TOTAL", "TOTAL A PAGAR"), ("Fecha",), ("FACTURA SIMPLIFICADA", "TICKET"), "Tel", "Factura nº", True, "EUR"),
)  # fmt: skip
_SHOPS = (
    "{} Stores", "{} Bakery", "Cafe {}", "{} & {} Trading", "{} Hardware", "{} Market", "Restaurant {}", "{} Pharmacy", "{} Electronics", "Hotel {}",
)  # fmt: skip
_GOODS = (
    "Bread", "Milk 1L", "Coffee", "Screws M6", "Paper A4", "Notebook", "Chicken rice", "Batteries AA", "Soap", "Olive oil", "Shirt", "Parking", "Tea",
)  # fmt: skip


class _Receipt(NamedTuple):
    lines: list[tuple[str, bool, str]]
    """(text, bold, left, centre or spread)."""
    fields: dict[str, Any]


def _made(chance: random.Random, country: _Country, fake: Faker) -> _Receipt:
    company = (
        fake.company() if chance.random() < 0.6 else chance.choice(_SHOPS).format(fake.last_name(), fake.last_name())
    )
    if chance.random() < 0.4:
        company = company.upper()
    address = [
        part.strip().upper() if company.isupper() and chance.random() < 0.7 else part.strip()
        for part in fake.address().split("\n")
    ]
    head: list[tuple[str, bool, str]] = []
    if chance.random() < 0.15:
        head.append((fake.name(), False, "centre"))
    if chance.random() < 0.12:
        head.append((chance.choice(("Welcome!", "Quality since 1987", "Thank you for shopping", "Customer copy")), False, "centre"))  # fmt: skip
    words = company.split()
    if len(words) > 2 and chance.random() < 0.2:
        head += [(" ".join(words[:2]), True, "centre"), (" ".join(words[2:]), True, "centre")]
    else:
        head.append((company, True, "centre"))
    if chance.random() < 0.35:
        head.append((f"({chance.randint(100000, 999999)}-{chance.choice('VXMK')})", False, "centre"))
    if chance.random() < 0.15:
        head.append((f"{fake.city()} branch", False, "centre"))
    head += [(line, False, "centre") for line in address]
    if chance.random() < 0.7:
        head.append((f"{country.phone}: {fake.phone_number()}", False, "centre"))
    if chance.random() < 0.8:
        head.append((chance.choice(country.titles), True, "centre"))
    day = fake.date_between("-9y", "-1y")
    shown = day.strftime(chance.choice(country.dates))
    if chance.random() < 0.5:
        shown += f" {chance.randint(8, 21):02}:{chance.randint(0, 59):02}"
    labelled = chance.random() < 0.6
    body = [
        (f"{country.number} {chance.randint(1000, 999999)}", False, "left"),
        (f"{chance.choice(country.date)}: {shown}" if labelled else shown, False, "left"),
        ("-" * 36, False, "left"),
    ]

    def money(value: int) -> str:
        text = f"{value // 100}.{value % 100:02}"
        return text.replace(".", ",") if country.comma else text

    total = 0
    for _ in range(chance.randint(1, 7)):
        price = chance.randint(50, 6000)
        total += price
        body.append((f"{chance.choice(_GOODS)}\t{money(price)}", False, "spread"))
    body.append((f"{chance.choice(country.total)}\t{chance.choice(('', country.currency + ' '))}{money(total)}", True, "spread"))  # fmt: skip
    if chance.random() < 0.5:
        paid = -(-total // 500) * 500
        body += [
            (f"CASH\t{money(paid)}", False, "spread"),
            (f"CHANGE\t{money(paid - total)}", False, "spread"),
        ]
    fields = {
        "company": company,
        "date": day.isoformat(),
        "address": " ".join(address),
        "total": f"{total // 100}.{total % 100:02}",
    }
    return _Receipt(head + body, fields)


def _drawn(chance: random.Random, receipt: _Receipt) -> Image.Image:
    family = chance.choice(
        ("dejavu/DejaVuSansMono", "dejavu/DejaVuSans", "liberation/LiberationSans-Regular", "liberation/LiberationMono-Regular")
    )  # fmt: skip
    size = chance.randint(15, 24)
    plain = ImageFont.truetype(str(_FONTS / f"{family}.ttf"), size)
    bold_name = f"{family.removesuffix('-Regular')}-Bold"
    bold = ImageFont.truetype(str(_FONTS / f"{bold_name}.ttf"), round(size * chance.choice((1.0, 1.2))))
    step = round(size * 1.5)
    page = Image.new("L", (_WIDTH, step * (len(receipt.lines) + 4)), chance.randint(225, 255))
    pen, ink, y = ImageDraw.Draw(page), chance.randint(10, 90), step * 2
    for text, is_bold, place in receipt.lines:
        font = bold if is_bold else plain
        left, _, right = text.partition("\t")
        width = pen.textlength(left, font=font)
        pen.text(((_WIDTH - width) / 2 if place == "centre" else 40, y), left, fill=ink, font=font)
        if right:
            pen.text((_WIDTH - 40 - pen.textlength(right, font=font), y), right, fill=ink, font=font)
        y += step
    if chance.random() < 0.5:
        page = page.rotate(chance.uniform(-1.5, 1.5), fillcolor=240, resample=Image.Resampling.BICUBIC)
    page = page.filter(ImageFilter.GaussianBlur(chance.choice((0.0, 0.4, 0.8, 1.3))))
    if chance.random() < 0.4:  # a small picture of it, made large again
        small = page.resize((int(page.width * 0.55), int(page.height * 0.55)), resample=Image.Resampling.BILINEAR)
        page = small.resize(page.size, resample=Image.Resampling.BICUBIC)
    noise = np.random.default_rng(chance.randrange(2**32)).normal(0, chance.uniform(2, 16), (page.height, page.width))
    return Image.fromarray(np.clip(np.asarray(page) + noise, 0, 255).astype("uint8"))


def make(folder: Path, *, count: int, seed: int = 7) -> None:
    """Writes `folder/files/*.jpg` and `folder/labels.jsonl`; the same seed makes the same."""
    chance = random.Random(seed)
    (folder / "files").mkdir(parents=True, exist_ok=True)
    lines = []
    for number in range(count):
        country = _COUNTRIES[number % len(_COUNTRIES)]
        fake = Faker(country.code)
        fake.seed_instance(chance.randrange(2**32))
        receipt = _made(chance, country, fake)
        name = f"files/{number:03}.jpg"
        _drawn(chance, receipt).save(folder / name, quality=chance.randint(45, 92))
        lines.append(json.dumps({"file": name, "fields": receipt.fields}, ensure_ascii=False))
    (folder / "labels.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=90)
    options = parser.parse_args()
    make(options.folder, count=options.count)
