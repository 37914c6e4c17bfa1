"""Paragraph styles of Word documents: what a paragraph is by its own properties and by the styles it is based on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .numbering import W

if TYPE_CHECKING:
    from lxml.etree import _Element

_VAL = f"{W}val"
_HEADING = re.compile(r"heading (\d)")
_MAX_BASES = 20
"""Styles may be based on each other in a circle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """A style with what it takes over from those it is based on."""

    name: str = ""
    """Lower case; built-in styles have English names in every language."""
    outline_level: int | None = None
    """Heading level from 1."""
    list_id: str | None = None
    depth: int | None = None


class WordStyles:
    """The styles of a document by id."""

    def __init__(self, root: _Element | None) -> None:
        self._elements: dict[str, _Element] = {}
        self._styles: dict[str, Style] = {}
        self._default = Style()
        for element in root.iter(f"{W}style") if root is not None else ():
            self._elements[element.get(f"{W}styleId") or ""] = element

    def of(self, paragraph: _Element) -> Style:
        """The style of a paragraph."""
        reference = paragraph.find(f"{W}pPr/{W}pStyle")
        return self._style(reference.get(_VAL) or "") if reference is not None else self._default

    def heading_level(self, paragraph: _Element, style: Style) -> int | None:
        """Level from 1 of a heading; None for what is none."""
        if (match := _HEADING.fullmatch(style.name)) is not None:
            return int(match.group(1))
        own = _outline_level(paragraph.find(f"{W}pPr/{W}outlineLvl"))
        return own or style.outline_level

    def numbering(self, paragraph: _Element) -> tuple[str | None, int]:
        """List id and depth from 0 of a paragraph; list id None when it is in no list."""
        list_id, depth = _numbering(paragraph.find(f"{W}pPr"))
        style = self.of(paragraph)
        if list_id is None:
            list_id = style.list_id
            depth = style.depth if depth is None else depth
        return (None if list_id in (None, "0") else list_id), depth or 0

    def list_of_style(self, style_id: str) -> str | None:
        """The list id that a (numbering) style brings."""
        return self._style(style_id).list_id

    def has_first_row(self, style_id: str) -> bool:
        """Whether a table style sets its first row apart."""
        for _ in range(_MAX_BASES):
            element = self._elements.get(style_id)
            if element is None:
                return False
            if any(part.get(f"{W}type") == "firstRow" for part in element.iterchildren(f"{W}tblStylePr")):
                return True
            base = element.find(f"{W}basedOn")
            style_id = base.get(_VAL) or "" if base is not None else ""
        return False

    def _style(self, style_id: str) -> Style:
        if style_id not in self._styles:
            self._styles[style_id] = self._resolve(style_id)
        return self._styles[style_id]

    def _resolve(self, style_id: str) -> Style:
        name, outline, list_id, depth = "", None, None, None
        for _ in range(_MAX_BASES):
            element = self._elements.get(style_id)
            if element is None:
                break
            own = element.find(f"{W}name")
            own_name = (own.get(_VAL) or "").lower() if own is not None else ""
            name = name or own_name
            if outline is None and (match := _HEADING.fullmatch(own_name)) is not None:
                outline = int(match.group(1))
            properties = element.find(f"{W}pPr")
            if properties is not None:
                if outline is None:
                    outline = _outline_level(properties.find(f"{W}outlineLvl"))
                own_list, own_depth = _numbering(properties)
                list_id = own_list if list_id is None else list_id
                depth = own_depth if depth is None else depth
            base = element.find(f"{W}basedOn")
            if base is None:
                break
            style_id = base.get(_VAL) or ""
        return Style(name=name or style_id.lower(), outline_level=outline, list_id=list_id, depth=depth)


def _outline_level(element: _Element | None) -> int | None:
    value = element.get(_VAL) if element is not None else None
    return int(value) + 1 if value and value.isdigit() and int(value) < 9 else None


def _numbering(properties: _Element | None) -> tuple[str | None, int | None]:
    if properties is None:
        return None, None
    list_id, depth = properties.find(f"{W}numPr/{W}numId"), properties.find(f"{W}numPr/{W}ilvl")
    depth_value = depth.get(_VAL) if depth is not None else None
    return (
        list_id.get(_VAL) if list_id is not None else None,
        int(depth_value) if depth_value and depth_value.isdigit() else None,
    )
