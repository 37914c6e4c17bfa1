"""List markers of OpenDocument files: which style numbers a depth, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .numbering import format_number
from .odf_parts import STYLE, TEXT, OdfPackage

if TYPE_CHECKING:
    from lxml.etree import _Element

_FORMATS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "1": "decimal"}


class ListStyles:
    """The list styles of a document by name."""

    def __init__(self, document: OdfPackage) -> None:
        self._styles: dict[str, _Element] = {}
        for root in (document.styles, document.content):
            for style in root.iter(f"{TEXT}list-style") if root is not None else ():
                self._styles[style.get(f"{STYLE}name") or ""] = style

    def start(self, style: str | None, depth: int) -> int:
        """The number of the first item."""
        level = self._level(style, depth)
        value = level.get(f"{TEXT}start-value", "1") if level is not None else "1"
        return int(value) if value.isdigit() else 1

    def marker(self, style: str | None, depth: int, number: int) -> str:
        """`2.`, `b)`, or `•` where the style has bullets or says nothing; `depth` from 0."""
        level = self._level(style, depth)
        if level is None or level.tag != f"{TEXT}list-level-style-number":
            return "•"
        number_format = level.get(f"{STYLE}num-format", "1")
        if not number_format:
            return "•"
        shown = format_number(number, _FORMATS.get(number_format, "decimal"))
        return f"{level.get(f'{STYLE}num-prefix', '')}{shown}{level.get(f'{STYLE}num-suffix', '')}".strip()

    def _level(self, style: str | None, depth: int) -> _Element | None:
        for level in self._styles.get(style or "", ()):
            if level.get(f"{TEXT}level") == str(depth + 1):
                return level
        return None
