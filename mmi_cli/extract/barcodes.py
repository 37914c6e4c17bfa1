"""Barcodes and QR codes of a page as blocks of their own, behind its text."""

from __future__ import annotations

from collections.abc import Sequence

from ..datamodel.content import PageBox
from ..datamodel.content_builder import ContentBuilder
from ..pictures.codes import Code


def add_codes(builder: ContentBuilder, codes: Sequence[Code], *, page: int) -> None:
    """A block a code, whose label is its symbology and whose words all have the box of the code, in the unit of the page."""
    for code in codes:
        builder.add_text_block("barcode", code.text, PageBox(page, code.box), label=code.symbology)
