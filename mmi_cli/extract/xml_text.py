"""XML as readable lines: `Name: value` under the path of its element, tables for repeated elements, prose as prose.

An invoice in XML (UBL, CII) reads like a form; its line items are a table.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from ..datamodel.content import Content
from ..errors import CorruptFile, LimitExceeded
from .decoding import decode_text, read_bytes
from .flow_text import FlowWriter
from .html_flow import add_html
from .interface import ExtractContext

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_FLAT_ODF = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}document"
_MAX_COLUMNS = 60
_MAX_NAMES = 3
"""Names of a path that are written: enough to tell the seller's address from the buyer's."""
_COMPACT_DATE = re.compile(r"\d{8}")
"""The value of UN/EDIFACT date format 102, which CII invoices use."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def extract(path: Path, context: ExtractContext) -> Content:
    """Reads an XML document; names are written as words (`IssueDate` as `Issue Date`).

    Raises:
        CorruptFile: not well-formed, or it declares entities (which could grow without bound or name other files).
        LimitExceeded: more than `max_text_chars` or `max_cells`, or nested too deep to read.
    """
    data = read_bytes(path, context.settings)
    root = parse_xml(data, context.name)
    if root.tag == _FLAT_ODF:
        from .odf import extract as extract_odf

        return extract_odf(path, context)
    flow = FlowWriter(context.settings)
    flow.builder.add_metadata("root_element", _local(root.tag))
    try:
        if _local(root.tag).lower() == "html":
            flow.builder.add_metadata("title", add_html(flow, decode_text(data)[0]))
        else:
            _add(flow, root, ())
    except RecursionError:
        raise LimitExceeded(f"{context.name}: XML nested deeper than can be read") from None
    return flow.builder.build()


def parse_xml(data: bytes, name: str) -> Element:
    """The root of a document without entities of its own.

    Raises:
        CorruptFile: not well-formed, or it declares entities.
    """
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(data.lstrip() if data[:1].isspace() else data)
        return root
    except DefusedXmlException as error:
        raise CorruptFile(f"{name}: declares entities, which are not expanded ({type(error).__name__})") from None
    except (ParseError, ValueError, LookupError) as error:
        raise CorruptFile(f"{name}: not well-formed XML: {error}") from None


def _add(flow: FlowWriter, element: Element, path: tuple[str, ...]) -> None:
    """The element's own simple children as one block of lines, then what is nested, each under its path."""
    if _has_prose(element):
        flow.add("paragraph", _all_text(element))
        return
    lines = [f"{_words(_local(name))}: {value}" for name, value in element.attrib.items() if _is_telling(name, value)]
    if text := (element.text or "").strip():
        lines.append(f"{path[-1] if path else _words(_local(element.tag))}: {text}")
    groups: list[list[Element]] = []
    for child in element:
        if (leaf := _leaf_under(child)) is not None:
            lines.extend(_leaf_lines(leaf, _leaf_name(child, leaf)))
        elif groups and groups[-1][0].tag == child.tag:
            groups[-1].append(child)
        else:
            groups.append([child])
    if lines:
        if len(path) > 0:
            flow.add("heading", " / ".join(path[-_MAX_NAMES:]), level=min(6, len(path)))
        flow.add("key_value", "\n".join(lines))
    for group in groups:
        name = _words(_local(group[0].tag))
        if len(group) > 1 and (table := _table(group)):
            flow.add("heading", " / ".join((*path, name)[-_MAX_NAMES:]), level=min(6, 1 + len(path)))
            flow.add_table(table, header_rows=1, label=name)
            continue
        for number, child in enumerate(group, start=1):
            _add(flow, child, (*path, name if len(group) == 1 else f"{name} {number}"))


def _table(group: list[Element]) -> list[list[str]]:
    """Like elements as rows, everything simple below them as columns; empty when they are not alike enough."""
    rows = []
    for element in group:
        row: dict[tuple[str, ...], str] = {}
        if not _collect(element, (), row):
            return []
        rows.append(row)
    columns = list(dict.fromkeys(key for row in rows for key in row))
    if not columns or len(columns) > _MAX_COLUMNS:
        return []
    names = _column_names(columns)
    return [names, *([row.get(column, "") for column in columns] for row in rows)]


def _collect(element: Element, path: tuple[str, ...], row: dict[tuple[str, ...], str]) -> bool:
    """Puts every value below an element into `row` by its path; False when a path comes twice or there is prose."""
    if _has_prose(element) or len(row) > _MAX_COLUMNS or len(path) > 20:
        return False
    values = [(name, value) for name, value in element.attrib.items() if _is_telling(name, value)]
    own = [((*path, _local(name)), value) for name, value in values]
    if text := (element.text or "").strip():
        own.append((path or (_local(element.tag),), text))
    for key, value in own:
        if key in row:
            return False
        row[key] = value
    return all(_collect(child, (*path, _local(child.tag)), row) for child in element)


def _column_names(columns: list[tuple[str, ...]]) -> list[str]:
    """The last name of each path, with as many names before it as it takes to tell them apart."""
    names = []
    for column in columns:
        depth = 1
        while depth < len(column) and sum(other[-depth:] == column[-depth:] for other in columns) > 1:
            depth += 1
        names.append(" ".join(_words(name) for name in column[-depth:]))
    return names


def _leaf_under(element: Element) -> Element | None:
    """The element itself when it holds just a value, or the one it does nothing but wrap."""
    if len(element) == 0:
        return element
    bare = not any(_is_telling(name, value) for name, value in element.attrib.items())
    return element[0] if bare and len(element) == 1 and len(element[0]) == 0 and not _has_prose(element) else None


def _leaf_name(element: Element, leaf: Element) -> str:
    """`Issue Date Time` for a `DateTimeString` in an `IssueDateTime`, `Tax Scheme ID` for an `ID` in a `TaxScheme`."""
    name, inner = _words(_local(element.tag)), _words(_local(leaf.tag))
    return f"{name} {inner}" if leaf is not element and inner.lower() in ("id", "code", "value", "amount") else name


def _leaf_lines(element: Element, name: str) -> list[str]:
    text = " ".join((element.text or "").split())
    if element.get("format") == "102" and _COMPACT_DATE.fullmatch(text):
        return [f"{name}: {text[:4]}-{text[4:6]}-{text[6:]}"]
    lines = [f"{name}: {text}"] if text else []
    for key, value in element.attrib.items():
        if _is_telling(key, value):
            lines.append(f"{name} {_words(_local(key))}: {value}")
    return lines


def _is_telling(name: str, value: str) -> bool:
    """Attributes with a value a reader may want; not schema locations and the like."""
    return bool(value.strip()) and not name.startswith(("{http://www.w3.org/2001/XMLSchema-instance}", "xmlns"))


def _has_prose(element: Element) -> bool:
    """Text between child elements: a sentence with marks in it."""
    return len(element) > 0 and (
        any(child.tail and not child.tail.isspace() for child in element)
        or bool(element.text and not element.text.isspace())
    )


def _all_text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _words(name: str) -> str:
    return _CAMEL.sub(" ", name.replace("_", " "))
