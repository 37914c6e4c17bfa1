"""OpenDocument text, spreadsheets and presentations, packed or flat.

The XML is walked directly: odfpy builds a tree of Python objects many times slower and expands entities.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..datamodel.content import Content
from ..errors import CorruptFile, EncryptedFile
from .interface import ExtractContext
from .odf_parts import META, OFFICE, OdfPackage
from .odf_sheets import read_sheets
from .odf_slides import read_slides
from .odf_text import read_text
from .office_package import parse_office_xml
from .packed import Package

if TYPE_CHECKING:
    from lxml.etree import _Element


def extract(path: Path, context: ExtractContext) -> Content:
    """Reads a document of any OpenDocument kind by what its body holds.

    Raises:
        CorruptFile: not an OpenDocument, or a damaged one.
        EncryptedFile: encrypted (passwords are not tried).
        LimitExceeded: unpacks to too much, or holds too much.
    """
    package = _open(path, context)
    body = package.content.find(f"{OFFICE}body")
    if body is None:
        raise CorruptFile(f"{context.name}: no document body")
    for element in body:
        if element.tag == f"{OFFICE}text":
            return read_text(package, element, context)
        if element.tag == f"{OFFICE}spreadsheet":
            return read_sheets(package, element, context)
        if element.tag in (f"{OFFICE}presentation", f"{OFFICE}drawing"):
            return read_slides(package, element, context)
    raise CorruptFile(f"{context.name}: a kind of OpenDocument without text")


def _open(path: Path, context: ExtractContext) -> OdfPackage:
    with path.open("rb") as stream:
        head = stream.read(4)
    if head != b"PK\x03\x04":
        root = parse_office_xml(path.read_bytes(), context.name)
        return OdfPackage(package=None, content=root, styles=root, metadata=_metadata(root))
    package = Package(path, context.name, context.settings)
    if "META-INF/manifest.xml" in package and b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise EncryptedFile(f"{context.name}: encrypted; save it without a password to have it read")
    content = parse_office_xml(package.read("content.xml"), f"{context.name}: content.xml")
    styles, metadata = (
        parse_office_xml(package.read(part), f"{context.name}: {part}") if part in package else None
        for part in ("styles.xml", "meta.xml")
    )
    return OdfPackage(package=package, content=content, styles=styles, metadata=_metadata(metadata))


def _metadata(root: _Element | None) -> dict[str, str]:
    found = {}
    for meta in root.iter(f"{OFFICE}meta") if root is not None else ():
        for element in meta:
            name = str(element.tag).rpartition("}")[2]
            if element.text and name in (
                "title",
                "subject",
                "creator",
                "description",
                "creation-date",
                "date",
                "keyword",
            ):
                found[name] = element.text
            elif element.tag == f"{META}initial-creator" and element.text:
                found.setdefault("creator", element.text)
    return found
