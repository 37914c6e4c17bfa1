"""Pages, words, lines, paragraphs, sections, tables and figures of a document, as that service lists them."""

from __future__ import annotations

from typing import Any

from ..chartjs import to_chartjs
from ..content import Block, Content, Page, SheetCell, Word
from .markdown import ServiceMarkdown, Span, page_of
from .places import in_unit, polygon, source_of_word, source_of_words

_ROLES = {
    "title": "title", "heading": "sectionHeading", "header": "pageHeader", "footer": "pageFooter", "footnote": "footnote",
}  # fmt: skip
_NO_PARAGRAPH = ("table", "figure", "barcode")
_BARCODES = {
    "qr code": "QRCode", "qrcode": "QRCode", "micro qr code": "MicroQRCode", "ean-13": "EAN13", "ean-8": "EAN8", "upc-a": "UPCA",
    "upc-e": "UPCE", "code 128": "Code128", "code 39": "Code39", "code 93": "Code93", "data matrix": "DataMatrix", "pdf417": "PDF417",
    "aztec": "Aztec", "codabar": "Codabar", "itf": "ITF", "databar": "DataBar", "databar expanded": "DataBarExpanded",
    "maxicode": "MaxiCode", "ean13": "EAN13", "ean8": "EAN8", "upca": "UPCA", "upce": "UPCE", "code128": "Code128", "code39": "Code39",
    "code93": "Code93", "datamatrix": "DataMatrix",
}  # fmt: skip


def span_json(span: Span, shift: int = 0) -> dict[str, int]:
    return {"offset": span[0] - shift, "length": span[1]}


class Layout:
    """The layout of the pages of one content entry.

    Args:
        bounds: (offset, length) of the entry's own markdown in that of the whole; its spans count from there.
        page_range: first and last page of the entry; None: all.
    """

    def __init__(self, markdown: ServiceMarkdown, bounds: Span, page_range: tuple[int, int] | None) -> None:
        self.markdown = markdown
        self.content: Content = markdown.content
        self._begin, self._end = bounds[0], sum(bounds)
        self._range = page_range
        self.pages: dict[int, Page] = {page.number: page for page in self.content.pages if page.part is None}
        self._blocks = self.content.blocks or (
            (Block(kind="paragraph", first=0, last=len(self.content.words)),) if self.content.words else ()
        )
        self._barcode_blocks = [(at, block) for at, block in enumerate(self._blocks) if block.kind == "barcode"]
        self._paragraphs: list[dict[str, Any]] = []
        self._paragraph_of: dict[int, list[int]] = {}
        """Numbers of the paragraphs of each block."""
        self._paragraph_of_cell: dict[tuple[int, int], int] = {}
        self._lay_paragraphs()

    def to_json(self) -> dict[str, Any]:
        """Only the lists that hold something."""
        found = {
            "pages": self._pages(),
            "paragraphs": self._paragraphs,
            "sections": self._sections(),
            "tables": self._tables(),
            "figures": self._figures(),
        }
        return {name: each for name, each in found.items() if each}

    def _has(self, span: Span) -> bool:
        return span[1] > 0 and self._begin <= span[0] and sum(span) <= self._end

    def _pages(self) -> list[dict[str, Any]]:
        words: dict[int, list[int]] = {}
        sheets: dict[str, int] = {}
        for index, word in enumerate(self.content.words):
            start = self.markdown.starts[index]
            if start < self._begin or start >= self._end or self.content.part_at(word.offset) is not None:
                continue
            if isinstance(word.place, SheetCell):
                number: int | None = sheets.setdefault(word.place.sheet, len(sheets) + 1)
            else:
                number = page_of(word)
            if number is not None:
                words.setdefault(number, []).append(index)
        first, last = self._range or (1, max([*words, *self.pages], default=0))
        return [self._page(number, words.get(number, [])) for number in range(first, last + 1)]

    def _page(self, number: int, words: list[int]) -> dict[str, Any]:
        page = self.pages.get(number)
        out: dict[str, Any] = {"pageNumber": number}
        if page is not None:
            out |= {
                "angle": 0,
                "width": in_unit(page.width, page.unit),
                "height": in_unit(page.height, page.unit),
            }
        begin = min((self.markdown.starts[index] for index in words), default=None)
        if begin is not None:
            end = max(self.markdown.end_of(index) for index in words)
            out["spans"] = [span_json((begin, end - begin), self._begin)]
        if page is not None:
            out["words"] = [self._word(index) for index in words]
            out["lines"] = self._lines(words)
            if barcodes := self._barcodes(number):
                out["barcodes"] = barcodes
        return out

    def _word(self, index: int) -> dict[str, Any]:
        word: Word = self.content.words[index]
        start = self.markdown.starts[index]
        out: dict[str, Any] = {
            "content": word.text,
            "span": span_json((start, self.markdown.end_of(index) - start), self._begin),
        }
        if word.score is not None:
            out["confidence"] = round(word.score, 3)
        if source := source_of_word(self.content, self.pages, index):
            out["source"] = source
        return out

    def _lines(self, words: list[int]) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = []
        begin = 0
        for at in range(1, len(words) + 1):
            before = self.content.words[words[at - 1]]
            end = before.offset + len(before.text)
            if (
                at < len(words)
                and words[at] == words[at - 1] + 1
                and not set("\t\n") & set(self.content.text[end : self.content.words[words[at]].offset])
            ):
                continue
            lines.append(self._piece(words[begin], words[at - 1] + 1))
            begin = at
        return lines

    def _piece(self, first: int, last: int) -> dict[str, Any]:
        out: dict[str, Any] = {"content": " ".join(self.content.text_of(first, last).split())}
        if source := source_of_words(self.content, self.pages, first, last):
            out["source"] = source
        if span := self.markdown.span_of_words(first, last):
            out["span"] = span_json(span, self._begin)
        return out

    def _barcodes(self, page: int) -> list[dict[str, Any]]:
        found = []
        for number, block in self._barcode_blocks:
            if block.first == block.last or not self._has(self.markdown.blocks[number]):
                continue
            if page_of(self.content.words[block.first]) != page:
                continue
            piece = self._piece(block.first, block.last)
            kind = _BARCODES.get((block.label or "").lower(), block.label or "QRCode")
            found.append({"kind": kind, "value": piece.pop("content"), **piece})
        return found

    def _lay_paragraphs(self) -> None:
        tables = {table.block: (index, table) for index, table in enumerate(self.content.tables)}
        for number, block in enumerate(self._blocks):
            if not self._has(self.markdown.blocks[number]):
                continue
            if number in tables:
                index, table = tables[number]
                for at, cell in enumerate(table.cells):
                    if cell.first < cell.last and (index, at) in self.markdown.cells:
                        self._paragraph_of_cell[index, at] = len(self._paragraphs)
                        self._paragraphs.append(self._piece(cell.first, cell.last))
                continue
            if block.first < block.last and block.kind not in _NO_PARAGRAPH:
                role = {"role": _ROLES[block.kind]} if block.kind in _ROLES else {}
                self._paragraph_of[number] = [len(self._paragraphs)]
                self._paragraphs.append({**role, **self._piece(block.first, block.last)})

    def _sections(self) -> list[dict[str, Any]]:
        """A section begins at each title or heading; the first one is the whole."""
        tables = {self.content.tables[index].block: at for at, index in enumerate(self._kept_tables())}
        figures = {self.content.figures[index].block: at for at, index in enumerate(self._kept_figures())}
        whole: dict[str, Any] = {"elements": []}
        found: list[dict[str, Any]] = [whole]
        spans: list[list[int]] = [[]]
        for number, block in enumerate(self._blocks):
            span = self.markdown.blocks[number]
            if not self._has(span):
                continue
            if block.kind in ("title", "heading"):
                whole["elements"].append(f"/sections/{len(found)}")
                found.append({"elements": []})
                spans.append([])
            elements = [f"/paragraphs/{each}" for each in self._paragraph_of.get(number, ())]
            elements += [f"/tables/{tables[number]}"] if number in tables else []
            elements += [f"/figures/{figures[number]}"] if number in figures else []
            found[-1]["elements"] += elements
            for at in {0, len(found) - 1}:
                spans[at] += [span[0], sum(span)]
        return [
            {"span": span_json((min(ends), max(ends) - min(ends)), self._begin), **section}
            for section, ends in zip(found, spans, strict=True)
            if ends
        ]

    def _kept_tables(self) -> list[int]:
        return [at for at, table in enumerate(self.content.tables) if self._has(self.markdown.blocks[table.block])]

    def _kept_figures(self) -> list[int]:
        return [at for at in range(len(self.content.figures)) if self._has(self.markdown.figures.get(at, (0, 0)))]

    def _tables(self) -> list[dict[str, Any]]:
        return [self._table(index) for index in self._kept_tables()]

    def _table(self, index: int) -> dict[str, Any]:
        table = self.content.tables[index]
        cells = []
        for at, cell in enumerate(table.cells):
            if (index, at) not in self.markdown.cells:
                continue  # under a cell that spans it
            out: dict[str, Any] = {
                "kind": "columnHeader" if cell.is_header else "content",
                "rowIndex": cell.row,
                "columnIndex": cell.column,
                "rowSpan": cell.row_span,
                "columnSpan": cell.column_span,
                "content": "",
                "span": span_json(self.markdown.cells[index, at], self._begin),
                "elements": [],
            }
            if cell.first < cell.last:
                out |= self._piece(cell.first, cell.last)
            if (paragraph := self._paragraph_of_cell.get((index, at))) is not None:
                out["elements"] = [f"/paragraphs/{paragraph}"]
            cells.append(out)
        made: dict[str, Any] = {"rowCount": table.rows, "columnCount": table.columns, "cells": cells}
        page = self.pages.get(table.page) if table.page is not None else None
        if page is not None and table.box is not None:
            made["source"] = polygon(page.number, table.box, page.unit)
        made["span"] = span_json(self.markdown.blocks[table.block], self._begin)
        return made

    def _figures(self) -> list[dict[str, Any]]:
        charts = iter(to_chartjs(self.content))
        found = []
        for index, figure in enumerate(self.content.figures):
            config = next(charts, {}) if figure.chart is not None and figure.chart.marks else None
            span = self.markdown.figures.get(index, (0, 0))
            if not self._has(span):
                continue
            out: dict[str, Any] = {
                "kind": "unknown" if config is None else "chart",
                "id": f"{figure.page or 1}.{index + 1}",
                "span": span_json(span, self._begin),
            }
            page = self.pages.get(figure.page) if figure.page is not None and figure.part is None else None
            if page is not None and figure.box is not None:
                out["source"] = polygon(page.number, figure.box, page.unit)
            if config is not None:
                out["content"] = config
            if figure.description:
                out["description"] = figure.description
            if figure.caption is not None and figure.caption[0] < figure.caption[1]:
                out["caption"] = self._piece(*figure.caption)
            found.append(out)
        return found
