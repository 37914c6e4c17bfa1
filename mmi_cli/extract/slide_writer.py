"""Adds the text of slides to a `ContentBuilder`, limits counted; shared by the readers of presentations."""

from __future__ import annotations

from collections.abc import Sequence

from ..datamodel.content import BlockKind, SlideShape
from ..datamodel.content_builder import ContentBuilder
from ..datamodel.figure import Figure
from ..settings import Settings
from .flow_text import Spans, TextLimits, add_figure, clean_label


class SlideWriter:
    """Blocks and tables that stand in a shape of a slide."""

    def __init__(self, settings: Settings) -> None:
        self.builder = ContentBuilder()
        self._limits = TextLimits(settings)
        self._max_figures = settings.max_figures

    def add(self, kind: BlockKind, text: str, place: SlideShape, *, level: int = 0, label: str | None = None) -> None:
        """A block; nothing without text or label."""
        if text.strip() or label:
            self._limits.add_characters(len(text))
            self.builder.add_text_block(kind, text, place, level=level, label=clean_label(label))

    def add_figure(self, figure: Figure, *, label: str | None = None) -> int | None:
        """A figure with its alternative text; its number, or None past `max_figures`."""
        return add_figure(self.builder, figure, self._max_figures, label)

    def add_table(
        self,
        rows: Sequence[Sequence[str]],
        place: SlideShape,
        *,
        spans: Spans | None = None,
        header_rows: int = 0,
        label: str | None = None,
    ) -> None:
        """A table of cell texts; nothing when no cell has text."""
        self._limits.add_cells(sum(map(len, rows)))
        if any(cell.strip() for row in rows for cell in row):
            self._limits.add_characters(sum(len(cell) for row in rows for cell in row))
            placed = [[[(word, place, None) for word in cell.split()] for cell in row] for row in rows]
            self.builder.add_table(placed, spans=dict(spans or {}), header_rows=header_rows, label=clean_label(label))
