"""What the readers of OpenDocument text, sheets and slides share: names, the package, the text of a paragraph."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..datamodel.content_builder import ContentBuilder
from ..errors import FileError
from .embedded import add_embedded
from .flow_text import FlowWriter
from .interface import ExtractContext
from .office_package import parse_office_xml
from .packed import Package
from .pictures import may_be_figure

if TYPE_CHECKING:
    from lxml.etree import _Element

_URN = "urn:oasis:names:tc:opendocument:xmlns:"
OFFICE = f"{{{_URN}office:1.0}}"
TEXT = f"{{{_URN}text:1.0}}"
TABLE = f"{{{_URN}table:1.0}}"
DRAW = f"{{{_URN}drawing:1.0}}"
STYLE = f"{{{_URN}style:1.0}}"
META = f"{{{_URN}meta:1.0}}"
PRESENTATION = f"{{{_URN}presentation:1.0}}"
SVG = f"{{{_URN}svg-compatible:1.0}}"
HREF = "{http://www.w3.org/1999/xlink}href"
_MATH = "{http://www.w3.org/1998/Math/MathML}"

_UNSEEN = frozenset(
    {f"{TEXT}tracked-changes", f"{TEXT}note", f"{OFFICE}annotation", f"{OFFICE}annotation-end", f"{TEXT}ruby-text"}
)
_MAX_SPACES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class OdfPackage:
    """An opened document."""

    package: Package | None
    """None for a flat XML file."""
    content: _Element
    styles: _Element | None
    metadata: dict[str, str]

    def add_metadata(self, builder: ContentBuilder) -> None:
        for key, value in self.metadata.items():
            builder.add_metadata(key, value)

    def object_root(self, reference: str | None) -> _Element | None:
        """The content of an object inside the document (a chart, a formula); None when there is none to read."""
        part = posixpath.normpath(posixpath.join(reference or "", "content.xml"))
        if self.package is None or not reference or part not in self.package:
            return None
        try:
            return parse_office_xml(self.package.read(part), part)
        except FileError:
            return None


@dataclass(slots=True)
class OdfParagraph:
    """The text of a paragraph and what is anchored in it."""

    pieces: list[str] = field(default_factory=list)
    frames: list[_Element] = field(default_factory=list)
    """`draw:` shapes."""
    notes: list[_Element] = field(default_factory=list)
    annotations: list[_Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces)


def read_paragraph(element: _Element) -> OdfParagraph:
    """A `text:p` or `text:h`."""
    paragraph = OdfParagraph()
    _inline(element, paragraph)
    return paragraph


def _inline(element: _Element, paragraph: OdfParagraph) -> None:
    paragraph.pieces.append(_collapse(element.text))
    for child in element:
        tag = child.tag
        if tag == f"{TEXT}s":
            count = child.get(f"{TEXT}c", "1")
            paragraph.pieces.append(" " * min(int(count) if count.isdigit() else 1, _MAX_SPACES))
        elif tag == f"{TEXT}tab":
            paragraph.pieces.append("\t")
        elif tag == f"{TEXT}line-break":
            paragraph.pieces.append("\n")
        elif tag == f"{TEXT}note":
            paragraph.notes.append(child)
        elif tag == f"{OFFICE}annotation":
            paragraph.annotations.append(child)
        elif isinstance(tag, str) and tag.startswith(DRAW):
            paragraph.frames.append(child)
        elif tag not in _UNSEEN:
            _inline(child, paragraph)
        paragraph.pieces.append(_collapse(child.tail))


def _collapse(text: str | None) -> str:
    """White space of the XML is one space, as in HTML."""
    return " ".join(text.split("\n")).replace("\t", " ") if text else ""


def all_text(elements: Iterable[_Element]) -> str:
    """The text of all paragraphs below, a line each, those in shapes included."""
    lines = (
        read_paragraph(child).text.strip() for element in elements for child in element.iter(f"{TEXT}p", f"{TEXT}h")
    )
    return "\n".join(line for line in lines if line)


def formula_text(root: _Element) -> str:
    """A MathML object as one line."""
    return " ".join(
        text.text.strip()
        for text in root.iter(f"{_MATH}mi", f"{_MATH}mn", f"{_MATH}mo", f"{_MATH}mtext")
        if text.text and text.text.strip()
    )


class OdfFiles:
    """Pictures and embedded files of a document, each once, to be read at the end."""

    def __init__(self, document: OdfPackage) -> None:
        self._document = document
        self._names: dict[str, list[int]] = {}

    def collect(self, shape: _Element) -> str | None:
        """Takes the pictures of a shape; the first that may be a figure."""
        first = None
        for image in shape.iter(f"{DRAW}image", f"{DRAW}object-ole"):
            name = posixpath.normpath(image.get(HREF) or "")
            if self._document.package is not None and name in self._document.package:
                self._names.setdefault(name, [])
                is_preview = name.startswith("ObjectReplacements/") or name.endswith(".svm")
                is_picture = image.tag == f"{DRAW}image" and not is_preview
                if first is None and is_picture and may_be_figure(self._document.package.read(name)):
                    first = name
        return first

    def shows(self, name: str, figure: int | None) -> None:
        """A figure shows a picture that was collected."""
        if figure is not None:
            self._names[name].append(figure)

    def add_to(self, builder: ContentBuilder, context: ExtractContext) -> None:
        """Reads them as parts."""
        flow = FlowWriter(context.settings, builder)
        for name, figures in self._names.items():
            # A picture that stands in for an object that was read is none of its own.
            if self._document.package is not None and not name.startswith("ObjectReplacements/"):
                add_embedded(flow, context, name, self._document.package.read(name), figures=figures)


def repeated(element: _Element, name: str) -> int:
    """How often a row or cell is repeated, at least once."""
    value = element.get(f"{TABLE}{name}", "1")
    return max(1, int(value)) if value.isdigit() else 1


def span_of(cell: _Element) -> tuple[int, int]:
    """Rows and columns a cell covers."""
    return repeated(cell, "number-rows-spanned"), repeated(cell, "number-columns-spanned")
