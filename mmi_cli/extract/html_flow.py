"""The visible text of an HTML tree as headings, lists, tables and paragraphs; nothing is run or fetched.

The tree is walked with a stack of its own: a document may nest deeper than Python's.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_to_bytes

from ..datamodel.content import BlockKind
from ..datamodel.figure import Figure
from ..errors import LimitExceeded
from .flow_text import FlowWriter

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_UNSEEN = frozenset({
    "script", "style", "noscript", "template", "head", "title", "meta", "link", "base", "iframe", "object", "embed",
    "audio", "video", "canvas", "datalist", "param", "source", "track", "area", "annotation", "annotation-xml",
    "colgroup", "col",
})  # fmt: skip
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "optgroup", "option", "p", "pre", "search",
    "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_HIDDEN_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
_LINE_BREAK = "\x00"  # cannot come from a document: the parser turns NUL into U+FFFD
_NESTING_TAG = re.compile(
    r"<(/?)(?:div|ul|ol|dl|table|blockquote|section|article|fieldset|form|center|main|nav|pre)\b", re.I
)
_MAX_DEPTH = 10_000
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{40000,}")
_ATTRIBUTE = re.compile(r"\s[^\s=/]")
_MAX_ATTRIBUTES = 5_000
_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_LEAST_WRITTEN = 200  # characters; a shorter picture is a dot
FindSource = Callable[[str], "str | None"]
"""Address of a picture, as the page has it → where it lies in the document that holds the page; None: nowhere in it."""
_MAX_SPAN = 1000  # what the HTML standard allows for colspan


def add_html(flow: FlowWriter, html: str, *, find_source: FindSource = lambda address: None) -> str:
    """Adds what a reader of the page would see; returns its title.

    Raises:
        LimitExceeded: more than `max_text_chars` or `max_cells`, or elements nested deeper or with more attributes than any page needs.
    """
    from selectolax.lexbor import LexborHTMLParser

    _check_depth(html)
    _check_attributes(html)
    tree = LexborHTMLParser(html)
    title = tree.css_first("head title")
    root = tree.root
    if root is not None:
        _Walk(flow, find_source).walk(root)
    return " ".join((title.text(deep=True) or "").split()) if title is not None else ""


def written_pictures(html: str) -> Iterator[tuple[str, bytes]]:
    """(source of the figure, bytes) of the pictures that are written into a page, as `add_html` numbers them."""
    from selectolax.lexbor import LexborHTMLParser

    _check_depth(html)
    _check_attributes(html)
    root = LexborHTMLParser(html).root
    for number, node in enumerate(_written(root) if root is not None else (), start=1):
        head, _, body = (node.attributes.get("src") or "").partition(",")
        try:
            data = base64.b64decode(unquote(body)) if head.endswith(";base64") else unquote_to_bytes(body)
        except (ValueError, binascii.Error):
            continue
        yield f"data:{number}", data


def _written(root: LexborNode) -> Iterator[LexborNode]:
    return (node for node in root.css("img") if (node.attributes.get("src") or "").startswith("data:image/"))


def _check_attributes(html: str) -> None:
    """Stops tags with attributes without end: parsing takes time that grows with the square of their number."""
    for tag in _LONG_TAG.finditer(html):
        count = sum(1 for _ in _ATTRIBUTE.finditer(tag[0]))
        if count > _MAX_ATTRIBUTES:
            raise LimitExceeded(
                f"an HTML element with {count:,} attributes; no page needs more than {_MAX_ATTRIBUTES:,}"
            )


def _check_depth(html: str) -> None:
    """Stops pages that nest without end: parsing takes time that grows with the square of the depth."""
    if len(html) < 2 * _MAX_DEPTH:
        return
    depth = 0
    for match in _NESTING_TAG.finditer(html):
        depth += -1 if match.group(1) else 1
        if depth > _MAX_DEPTH:
            raise LimitExceeded(f"HTML elements nested deeper than {_MAX_DEPTH:,}")


class _Walk:
    """One pass over a tree: inline text gathers in a buffer, block borders flush it."""

    def __init__(self, flow: FlowWriter, find_source: FindSource) -> None:
        self._flow = flow
        self._find_source = find_source
        self._written: dict[int, int] = {}
        """Picture whose bytes are written into the page → its number among them."""
        self._buffer: list[str] = []
        self._kinds: list[tuple[LexborNode, BlockKind, int, str | None]] = []
        self._lists: list[list[int | None]] = []
        """Open lists: one number, the last one given, or None where they have bullets."""
        self._preformatted = 0
        self._done: set[int] = set()
        self._nesting: set[int] = set()

    def walk(self, root: LexborNode) -> None:
        """Visits every visible node below `root`, in document order."""
        self._nesting = _tables_with_tables(root)
        self._written = {picture.mem_id: number for number, picture in enumerate(_written(root), start=1)}
        ancestors: list[LexborNode] = []
        node = root.first_child if root.tag == "-document" else root
        while True:
            if node is None:
                if not ancestors:
                    break
                parent = ancestors.pop()
                self._close(parent)
                node = parent.next
            elif self._open(node):
                ancestors.append(node)
                node = node.first_child
            else:
                node = node.next
        self._flush()

    def _open(self, node: LexborNode) -> bool:
        """Takes a node; whether its children are to be visited."""
        if node.is_text_node:
            self._buffer.append(node.text_content or "")
            return False
        tag = node.tag or ""
        if not node.is_element_node or is_hidden(node) or node.mem_id in self._done:
            return False
        if tag in _BLOCKS:
            self._flush()
        if tag == "br":
            self._buffer.append(_LINE_BREAK)
        elif tag == "img":
            self._add_figure(node, node.attributes.get("alt"), node.attributes.get("src") or "")
        elif tag == "math" and node.attributes.get("display") == "block":
            self._flush()
            self._flow.add_figure(Figure(kind="formula", block=0))
        elif tag in ("input", "select", "textarea"):
            self._buffer.append(f" {_control_text(node)} ")
        elif tag in ("ul", "ol", "menu"):
            start = _number(node.attributes.get("start"), 1)
            self._lists.append([start - 1 if tag == "ol" else None])
        elif tag == "table" and node.mem_id not in self._nesting and _is_data_table(node):
            self._add_table(_rows(node), node)
            return False
        elif tag == "tr" and (rows := _simple_rows_from(node)):
            self._done.update(row.mem_id for row in rows)
            self._add_table(rows)
            return False
        elif kind := self._kind_of(node, tag):
            self._kinds.append((node, *kind))
        if tag == "pre":
            self._preformatted += 1
        return tag not in ("br", "img", "input", "select", "textarea")

    def _close(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag in _BLOCKS:
            self._flush()
        if tag in ("ul", "ol", "menu") and self._lists:
            self._lists.pop()
        if tag == "pre":
            self._preformatted -= 1
        if self._kinds and self._kinds[-1][0].mem_id == node.mem_id:
            self._kinds.pop()

    def _kind_of(self, node: LexborNode, tag: str) -> tuple[BlockKind, int, str | None] | None:
        if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
            return "heading", int(tag[1]), None
        if tag == "li":
            if not self._lists or self._lists[-1][0] is None:
                return "list_item", max(0, len(self._lists) - 1), "•"
            self._lists[-1][0] = number = _number(node.attributes.get("value"), self._lists[-1][0] + 1)
            return "list_item", len(self._lists) - 1, f"{number}."
        if tag == "pre":
            return "code", 0, None
        if tag in ("caption", "figcaption"):
            return "caption", 0, None
        return None

    def _flush(self) -> None:
        text = "".join(self._buffer)
        self._buffer.clear()
        if not text or (text.isspace() and _LINE_BREAK not in text):
            return
        if not self._preformatted:
            text = "\n".join(" ".join(line.split()) for line in text.split(_LINE_BREAK))
        kind, level, label = self._kinds[-1][1:] if self._kinds else ("paragraph", 0, None)
        text = text.replace(_LINE_BREAK, "\n")
        if text.isspace() or not text:
            return
        self._flow.add(kind, text, level=level, label=label)
        if kind == "list_item":  # a second paragraph of the item has no marker of its own
            self._kinds[-1] = (self._kinds[-1][0], kind, level, None)

    def _add_figure(self, node: LexborNode, alternative: str | None, address: str) -> None:
        """A picture: one with an alternative text, written into the page, or a file that the document brings along."""
        source = None
        if address.startswith("data:image/"):
            source = f"data:{self._written[node.mem_id]}" if len(address) >= _LEAST_WRITTEN else None
        elif address and not _REMOTE.match(address):
            source = self._find_source(unquote(address.partition("#")[0].partition("?")[0]))
        has_label = bool(alternative) and not str(alternative).isspace()
        if source is not None:
            self._flush()
            self._flow.add_figure(Figure(kind="picture", block=0, source=source), label=alternative)
        elif has_label:
            self._flush()
            self._flow.add("figure", "", label=alternative)

    def _add_table(self, rows: list[LexborNode], table: LexborNode | None = None) -> None:
        caption = next((child for child in table.iter() if child.tag == "caption"), None) if table is not None else None
        if caption is not None and not is_hidden(caption):
            self._flow.add("caption", visible_text(caption))
        taken: dict[tuple[int, int], str] = {}
        spans: dict[tuple[int, int], tuple[int, int]] = {}
        header_rows = 0
        for number, row in enumerate(rows):
            column = 0
            cells = [cell for cell in row.iter() if cell.tag in ("td", "th") and not is_hidden(cell)]
            in_head = row.parent is not None and row.parent.tag == "thead"
            if header_rows == number and cells and (in_head or all(cell.tag == "th" for cell in cells)):
                header_rows += 1
            for cell in cells:
                while (number, column) in taken:
                    column += 1
                height = _number(cell.attributes.get("rowspan"), 1) or len(rows)
                height = max(1, min(height, len(rows) - number))
                width = max(1, min(_number(cell.attributes.get("colspan"), 1), _MAX_SPAN))
                self._flow.limits.add_cells(height * width)
                for down in range(height):
                    for right in range(width):
                        taken.setdefault((number + down, column + right), "")
                taken[number, column] = visible_text(cell)
                if height > 1 or width > 1:
                    spans[number, column] = (height, width)
                column += width
        columns = 1 + max((column for _, column in taken), default=-1)
        grid = [[taken.get((number, column), "") for column in range(columns)] for number in range(len(rows))]
        self._flow.add_table(grid, spans=spans, header_rows=header_rows if header_rows < len(rows) else 0)


def is_hidden(node: LexborNode) -> bool:
    """Whether an element, by its own tag, attributes or style, is not shown."""
    if node.tag in _UNSEEN:
        return True
    attributes = node.attributes
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or (node.tag == "input" and attributes.get("type") == "hidden")
        or bool((style := attributes.get("style")) and _HIDDEN_STYLE.search(style))
    )


def visible_text(root: LexborNode) -> str:
    """The visible text below an element on one line."""
    pieces: list[str] = []
    ancestors: list[LexborNode] = []
    node = root.first_child
    while node is not None or ancestors:
        if node is None:
            parent = ancestors.pop()
            if parent.tag in _BLOCKS:
                pieces.append(" ")
            node = parent.next
            continue
        if node.is_text_node:
            pieces.append(node.text_content or "")
        elif node.is_element_node and not is_hidden(node):
            if node.tag in ("input", "select", "textarea"):
                pieces.append(f" {_control_text(node)} ")
            elif node.tag in _BLOCKS or node.tag == "br":
                pieces.append(" ")
            if node.first_child is not None and node.tag not in ("select", "textarea"):
                ancestors.append(node)
                node = node.first_child
                continue
        node = node.next
    return " ".join("".join(pieces).split())


def _control_text(node: LexborNode) -> str:
    """What a form control shows."""
    attributes = node.attributes
    if node.tag == "textarea":
        return node.text(deep=True)
    if node.tag == "select":
        options = node.css("option")
        chosen = [option for option in options if "selected" in option.attributes] or options[:1]
        return ", ".join(" ".join(option.text(deep=True).split()) for option in chosen)
    kind = (attributes.get("type") or "text").lower()
    if kind in ("checkbox", "radio"):
        return "☒" if "checked" in attributes else "☐"
    return "" if kind in ("password", "image", "file", "range", "color") else attributes.get("value") or ""


def _rows(table: LexborNode) -> list[LexborNode]:
    """The rows of a table, those of its sections included, those of nested tables not."""
    rows = []
    for child in table.iter():
        if is_hidden(child):
            continue
        if child.tag == "tr":
            rows.append(child)
        elif child.tag in ("thead", "tbody", "tfoot"):
            rows.extend(row for row in child.iter() if row.tag == "tr" and not is_hidden(row))
    return rows


def _tables_with_tables(root: LexborNode) -> set[int]:
    """The tables that have another one inside."""
    found = set()
    for table in root.css("table"):
        parent = table.parent
        while parent is not None and parent.tag != "table":
            parent = parent.parent
        if parent is not None:
            found.add(parent.mem_id)
    return found


def _is_data_table(table: LexborNode) -> bool:
    """Whether a table without tables in it holds data; most tables of e-mails only arrange the page and hold whole sections."""
    if table.attributes.get("role") in ("presentation", "none"):
        return False
    if table.css_first("th") is not None:
        return True
    rows = _rows(table)
    if max((sum(cell.tag in ("td", "th") for cell in row.iter()) for row in rows), default=0) < 2:
        return False
    return table.css_first("h1, h2, h3, h4, ol, ul") is None


def _simple_rows_from(row: LexborNode) -> list[LexborNode]:
    """This row of an arranging table and those after it, as far as they hold several plain cells: data between sections."""
    rows: list[LexborNode] = []
    node: LexborNode | None = row
    while node is not None:
        if node.tag == "tr" and not is_hidden(node):
            cells = [cell for cell in node.iter() if cell.tag in ("td", "th") and not is_hidden(cell)]
            if node.css_first("table, h1, h2, h3, h4, p, ul, ol, div div") is not None:
                break
            if sum(bool(visible_text(cell)) for cell in cells) < 2:
                break
            rows.append(node)
        node = node.next
    return rows


def _number(value: str | None, default: int) -> int:
    try:
        return int(value) if value else default
    except ValueError:
        return default
