"""EPUB books: the chapters in the order of the spine, each read as HTML."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import unquote

from ..datamodel.content import Content
from ..errors import CorruptFile, EncryptedFile, FileError
from .figure_captions import is_figure_caption
from .flow_text import FlowWriter
from .html import decode_html
from .html_flow import add_html
from .interface import ExtractContext
from .packed import Package
from .pictures import may_be_figure
from .xml_text import parse_xml

# Fonts are often scrambled with these, which hides no text.
_FONT_SCRAMBLING = (b"http://www.idpf.org/2008/embedding", b"http://ns.adobe.com/pdf/enc#RC")
_ALGORITHM = re.compile(rb'Algorithm="([^"]+)"')
# XHTML closes elements that HTML would leave open: <a id="x"/>, <title/>.
_SELF_CLOSED = re.compile(
    r"<(?!(?:br|hr|img|input|meta|link|base|col|area|source|track|wbr|embed|param)\b)([A-Za-z][\w:]*)((?:\s[^<>]*?)?)/>"
)
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_FACTS = ("title", "creator", "publisher", "date", "identifier", "language")
_READ = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")


def extract(path: Path, context: ExtractContext) -> Content:
    """Reads a book.

    Raises:
        CorruptFile: not an EPUB, or a damaged one.
        EncryptedFile: protected against copying.
        LimitExceeded: unpacks to too much, or holds too much.
    """
    package = Package(path, context.name, context.settings)
    if "META-INF/encryption.xml" in package:
        used = set(_ALGORITHM.findall(package.read("META-INF/encryption.xml")))
        if used - set(_FONT_SCRAMBLING):
            raise EncryptedFile(f"{context.name}: the book is protected against copying and cannot be read")
    container = parse_xml(package.read("META-INF/container.xml"), f"{context.name}: container.xml")
    book = next((element.get("full-path") for element in container.iter() if element.tag.endswith("}rootfile")), None)
    if not book:
        raise CorruptFile(f"{context.name}: the container names no book")
    flow = FlowWriter(context.settings)
    for part in _spine(package, unquote(book), flow):
        if part not in package:
            flow.builder.add_warning("corrupt", f"the chapter {part} is missing")
            continue
        html, _ = decode_html(package.read(part))
        find = partial(_member, package, posixpath.dirname(part))
        add_html(flow, _SELF_CLOSED.sub(r"<\1\2></\1>", html), find_source=find)
    flow.builder.link_captions(is_figure_caption)
    return flow.builder.build()


def _member(package: Package, folder: str, address: str) -> str | None:
    """The member of the book that an address in a chapter means; small ornaments are none."""
    name = posixpath.normpath(posixpath.join(folder, address)).lstrip("/")
    if name not in package or name.startswith(".."):
        return None
    try:
        return name if may_be_figure(package.read(name)) else None
    except FileError:
        return None


def _spine(package: Package, book: str, flow: FlowWriter) -> Iterator[str]:
    """The parts of the chapters in reading order; title and author go to the metadata."""
    root = parse_xml(package.read(book), f"{package.name}: {book}")
    folder = posixpath.dirname(book)
    items: dict[str, tuple[str, str]] = {}
    order = []
    for element in root.iter():
        name = element.tag.rpartition("}")[2]
        if name == "item":
            items[element.get("id") or ""] = (element.get("href") or "", element.get("media-type") or "")
        elif name == "itemref":
            order.append(element.get("idref") or "")
        elif element.tag.startswith(_DUBLIN_CORE) and name in _FACTS and element.text:
            flow.builder.add_metadata(name, element.text)
    for identifier in order:
        href, media_type = items.get(identifier, ("", ""))
        if href and media_type in _READ:
            yield posixpath.normpath(posixpath.join(folder, unquote(href.partition("#")[0])))
