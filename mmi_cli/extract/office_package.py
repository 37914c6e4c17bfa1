"""Office Open XML packages: parts, relationships and XML trees without entities; strict files are read as transitional ones."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from ..errors import CorruptFile, FileError
from .interface import ExtractContext
from .office_password import decrypt_office, is_ole
from .packed import Package

if TYPE_CHECKING:
    from lxml.etree import _Element

    from .flow_text import FlowWriter

_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONSHIP_ID = f"{{{_RELATIONSHIPS}}}id"
RELATIONSHIP_EMBED = f"{{{_RELATIONSHIPS}}}embed"
_DECLARATIONS = tuple(
    text.encode(encoding) for text in ("<!DOCTYPE", "<!ENTITY") for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)


class Relationship(NamedTuple):
    """A link from one part to another."""

    kind: str
    """Last name of its type: `image`, `hyperlink`, `footnotes`, …"""
    target: str
    """Name of the part, or an address outside that is never followed."""
    is_external: bool


class OfficePackage(Package):
    """A package of Word, Excel or PowerPoint."""

    def __init__(self, path: Path, context: ExtractContext) -> None:
        """Opens it, with a password where it needs one.

        Raises:
            CorruptFile, EncryptedFile, LimitExceeded: as `Package`.
        """
        self.source: Path | io.BytesIO = decrypt_office(path, context) if is_ole(path) else path
        super().__init__(self.source, context.name, context.settings)

    def main_part(self) -> str:
        """The part the package is about.

        Raises:
            CorruptFile: it names none.
        """
        for relationship in self.relationships("").values():
            if relationship.kind == "officeDocument":
                return relationship.target
        raise CorruptFile(f"{self.name}: the package names no main document")

    def xml(self, part: str) -> _Element:
        """The root of an XML part.

        Raises:
            CorruptFile: missing, not well-formed, or it declares a document type.
        """
        return parse_office_xml(self.read(part), f"{self.name}: {part}")

    def relationships(self, part: str) -> dict[str, Relationship]:
        """The relationships of a part by id; of the package itself for the empty name."""
        folder, _, base = part.rpartition("/")
        file = posixpath.join(folder, "_rels", f"{base}.rels")
        if file not in self:
            return {}
        found = {}
        for element in self.xml(file):
            kind = (element.get("Type") or "").rpartition("/")[2]
            target = element.get("Target") or ""
            is_external = element.get("TargetMode") == "External"
            if not is_external:
                target = posixpath.normpath(posixpath.join("/", folder, unquote(target.partition("#")[0]))).lstrip("/")
            found[element.get("Id") or ""] = Relationship(kind, target, is_external)
        return found

    def related(self, part: str, kind: str) -> Iterator[str]:
        """Names of the existing parts that `part` relates to as `kind`, in the order of their ids in the file."""
        for relationship in self.relationships(part).values():
            if relationship.kind == kind and not relationship.is_external and relationship.target in self:
                yield relationship.target

    def checked(self) -> Path | io.BytesIO:
        """The package for a library that reads it by itself: no XML in it declares entities, strict ones are rewritten.

        Raises:
            CorruptFile: a part declares a document type.
        """
        rewritten: dict[str, bytes] = {}
        for part in self.parts:
            if part.lower().endswith((".xml", ".rels", ".vml")):
                data = self.read(part)
                refuse_declarations(data, f"{self.name}: {part}")
                if _STRICT.search(data):
                    rewritten[part] = _STRICT.sub(_TRANSITIONAL, data)
        if not rewritten:
            return self.source
        copy = io.BytesIO()
        with zipfile.ZipFile(copy, "w") as target:
            for part in self.parts:
                target.writestr(part, rewritten[part] if part in rewritten else self.read(part))
        copy.seek(0)
        return copy

    def add_properties(self, flow: FlowWriter) -> None:
        """Title, author and dates of the document's properties as metadata."""
        for part in self.related("", "core-properties"):
            try:
                root = self.xml(part)
            except FileError:
                return
            for element in root:
                if isinstance(element.tag, str) and element.text:
                    name = element.tag.rpartition("}")[2]
                    if name in (
                        "title",
                        "subject",
                        "creator",
                        "keywords",
                        "description",
                        "created",
                        "modified",
                        "category",
                    ):
                        flow.builder.add_metadata(name, element.text)


def parse_office_xml(data: bytes, name: str) -> _Element:
    """The root of a part, in transitional namespaces, comments left out.

    Raises:
        CorruptFile: not well-formed, nested deeper than 256, or it declares a document type.
    """
    from lxml import etree

    refuse_declarations(data, name)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(_STRICT.sub(_TRANSITIONAL, data), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise CorruptFile(f"{name}: not well-formed XML: {error}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise CorruptFile(f"{name}: declares a document type, which no Office file has")
    return root


def refuse_declarations(data: bytes, name: str) -> None:
    """Raises CorruptFile when XML declares a document type or entities: Office never does, bombs do."""
    if any(declaration in data for declaration in _DECLARATIONS):
        raise CorruptFile(f"{name}: declares a document type or entities, which are not expanded")
