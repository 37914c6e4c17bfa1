"""Addresses by the blocks they stand in: whose they are says the heading over the block, and its first line who lives there."""

# ruff: noqa: E501 - a row a role
from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from ..datamodel.schema import Field
from .pairs import looks_like_label
from .proposals import Proposal, proposal_of_span
from .reading import Reading
from .segments import Segment

POSTAL = re.compile(
    r"\b[A-Z]{2},? \d{5}(?:-\d{4})?$|\b(?:[A-Z]{1,2}[- ])?\d{4,5} [^\W\d_]{3,}|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|, ?\d{5,6}$"
)
"""The line of a town: `Redmond WA, 98052`, `80333 München`, `London SW1A 1AA`."""
STREET = re.compile(r"\d|\bbox\b|postfach", re.IGNORECASE)
_ASKS_ADDRESS = re.compile(r"address|anschrift|adresse|direcci[oó]n|indirizzo", re.IGNORECASE)
_ASKS_NAME = re.compile(r"recipient|addressee|name|attention|empf[aä]nger|destinataire", re.IGNORECASE)
_ROLES: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (role, re.compile(rf"\b(?:{of_field})", re.IGNORECASE), re.compile(rf"\b(?:{of_heading})", re.IGNORECASE))
    for role, of_field, of_heading in (
        ("bill", r"bill|invoice|rechnung|factur", r"bill|invoice(?:d)? to|rechnung|factur"),
        ("ship", r"ship|deliver|consignee|liefer|livraison|env[ií]o", r"ship|deliver|consignee|liefer(?!ant)|livr|env[ií]"),
        ("remit", r"remit|payment", r"remit|payable to|pay to|mail payment"),
        ("service", r"service", r"service|leistungsort"),
        ("customer", r"customer|client|buyer|purchaser|kunde|k[äa]ufer", r"customer|client|buyer|sold|purchaser|kunde|k[äa]ufer|acheteur|comprador"),
        ("seller", r"vendor|seller|supplier|merchant|store|issuer|verk[äa]ufer|lieferant", r"from|vendor|seller|supplier|verk[äa]ufer|lieferant|vendeur|proveedor"),
    )
)  # fmt: skip
_HEADED, _UNHEADED = 0.9, 0.75
_REACH_UP = 3.0
"""How far above its block a heading stands, in heights of a line."""
_MAX_BLOCKS = 30
"""Blocks that are looked at; a list of addresses has no sides."""
_FIRST_WORD = re.compile(r"[^\W\d_]{3,}")


class _Block(NamedTuple):
    heading: str
    names: tuple[Segment, ...]
    lines: tuple[Segment, ...]


def by_address_blocks(reading: Reading, field: Field) -> list[Proposal]:
    """The address, or its recipient, of the side that a field's name says: billing, shipping, remittance, service, customer, vendor."""
    if field.type != "string" or not _ASKS_ADDRESS.search(field.name):
        return []
    spaced = re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", field.name))
    role, of_heading = next(((role, heading) for role, name, heading in _ROLES if name.search(spaced)), (None, None))
    if role is None or of_heading is None:
        return []
    blocks = list(islice(_blocks(reading), _MAX_BLOCKS))
    headed = [block for block in blocks if of_heading.search(block.heading)]
    strength = _HEADED if headed else _UNHEADED
    chosen = headed or [block for block in blocks if not block.heading and role == _side_of(reading, block)]
    for block in chosen[:1]:
        wanted = block.names[:1] if _ASKS_NAME.search(spaced) else block.lines
        proposal = _of_segments(reading, field, wanted, strength)
        if proposal is not None:
            return [proposal]
    return []


def _of_segments(reading: Reading, field: Field, segments: tuple[Segment, ...], strength: float) -> Proposal | None:
    if not segments:
        return None
    start, end = segments[0].start, segments[-1].end
    if reading.content.text[start:end].split() != " ".join(segment.text for segment in segments).split():
        return None  # another column stands between its lines
    return proposal_of_span(reading, field, start, end, "clause", strength=strength)


def _side_of(reading: Reading, block: _Block) -> str:
    """Whose a block without heading is: the vendor's when its first word heads the file, else the customer's."""
    first = _FIRST_WORD.search(reading.lines[0].text) if reading.lines else None
    name = " ".join(segment.text for segment in block.names)
    return "seller" if first is not None and first[0].casefold() in name.casefold() else "customer"


def _blocks(reading: Reading) -> Iterator[_Block]:
    for town in reading.segments.all:
        if not POSTAL.search(town.text) or len(town.text) > 60:
            continue
        block = [each for each in reading.segments.block_of(town) if each.number <= town.number]
        labels = [at for at, each in enumerate(block) if _is_heading(each.text)]
        heading = block[labels[-1]].text if labels else _heading_above(reading, block[0])
        inside = block[labels[-1] + 1 :] if labels else block
        first = next((at for at, each in enumerate(inside) if STREET.search(each.text)), None)
        if first is not None and len(inside) > 1:
            yield _Block(heading, tuple(inside[:first]), tuple(inside[first:]))


def _is_heading(text: str) -> bool:
    return text.rstrip().endswith(":") or looks_like_label(text)


def _heading_above(reading: Reading, segment: Segment) -> str:
    if segment.box is None:
        before = reading.segments.all[segment.number - 1] if segment.number else None
        return before.text if before is not None and _is_heading(before.text) else ""
    left, top, _, bottom = segment.box
    height = bottom - top
    above = [
        (top - each.box[3], each.text)
        for each in reading.segments.all
        if each.page == segment.page
        and each.box is not None
        and abs(each.box[0] - left) < height
        and -0.3 * height < top - each.box[3] < _REACH_UP * height
        and each.number != segment.number
    ]
    text = min(above)[1] if above else ""
    return text if _is_heading(text) else ""
