"""Writes running text into a `ContentBuilder`: one paragraph number a paragraph, limits counted on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..datamodel.content import BlockKind, ParagraphPlace
from ..datamodel.content_builder import ContentBuilder, clean_text
from ..datamodel.figure import Figure
from ..errors import LimitExceeded
from ..settings import Settings

Spans = Mapping[tuple[int, int], tuple[int, int]]
"""(row, column) → (row span, column span), where either is above 1."""


class TextLimits:
    """Counts what a file has given so far."""

    def __init__(self, settings: Settings) -> None:
        self._max_characters = settings.max_text_chars
        self._max_cells = settings.max_cells
        self._characters = 0
        self._cells = 0

    def add_characters(self, count: int) -> None:
        """Raises LimitExceeded past `max_text_chars`."""
        self._characters += count
        if self._characters > self._max_characters:
            raise LimitExceeded(f"more text than max_text_chars = {self._max_characters:,} characters")

    def add_cells(self, count: int) -> None:
        """Raises LimitExceeded past `max_cells`."""
        self._cells += count
        if self._cells > self._max_cells:
            raise LimitExceeded(f"more table cells than max_cells = {self._max_cells:,}")


class FlowWriter:
    """Adds paragraphs and tables of a flowing text; every paragraph and table cell counts as one `ParagraphPlace`."""

    def __init__(self, settings: Settings, builder: ContentBuilder | None = None) -> None:
        self.builder = builder or ContentBuilder()
        self.limits = TextLimits(settings)
        self._paragraph = 0
        self._max_figures = settings.max_figures

    def add(self, kind: BlockKind, text: str, *, level: int = 0, label: str | None = None) -> None:
        """A block with its own paragraph number; newlines in `text` stay line breaks. Nothing without text or label."""
        if not clean_text(text).strip():
            if not label:
                return
            text = ""
        self.limits.add_characters(len(text))
        self._paragraph += 1
        self.builder.add_text_block(kind, text, ParagraphPlace(self._paragraph), level=level, label=clean_label(label))

    def add_figure(self, figure: Figure, *, label: str | None = None) -> int | None:
        """A figure with its alternative text; its number, or None past `max_figures`."""
        return add_figure(self.builder, figure, self._max_figures, label)

    def add_table(
        self,
        rows: Sequence[Sequence[str]],
        *,
        spans: Spans | None = None,
        header_rows: int = 0,
        label: str | None = None,
    ) -> None:
        """A table of cell texts; cells under a span are empty strings. Nothing when no cell has text."""
        self.limits.add_cells(sum(map(len, rows)))
        if not any(cell and not cell.isspace() for row in rows for cell in row):
            return
        self.limits.add_characters(sum(len(cell) for row in rows for cell in row))
        placed = []
        for row in rows:
            cells = []
            for cell in row:
                self._paragraph += 1
                place = ParagraphPlace(self._paragraph)
                cells.append([(word, place, None) for word in cell.split()])
            placed.append(cells)
        self.builder.add_table(placed, spans=dict(spans or {}), header_rows=header_rows, label=clean_label(label))

    def add_paragraphs(self, text: str) -> None:
        """Plain text, a paragraph between blank lines or form feeds."""
        lines: list[str] = []
        for line in text.replace("\f", "\n\n").splitlines():
            if line and not line.isspace():
                lines.append(line)
            elif lines:
                self.add("paragraph", "\n".join(lines))
                lines = []
        if lines:
            self.add("paragraph", "\n".join(lines))


def add_figure(builder: ContentBuilder, figure: Figure, limit: int, label: str | None) -> int | None:
    """A figure with its alternative text; its number, or None past the limit, which a warning tells of once."""
    if builder.figure_count >= limit:
        builder.warn_once("limit_exceeded", f"more figures than max_figures = {limit:,}; the others are left out")
        return None
    builder.add_figure(figure, label=clean_label(label))
    return builder.figure_count - 1


def clean_label(label: str | None) -> str | None:
    """A label on one line, without control characters, at most 500 characters; None when nothing is left."""
    return " ".join(clean_text(label).split())[:500] or None if label else None
