"""Makes pages whose figures, captions and formulas are known: vector charts, photos, flow charts, among text, tables and ornaments.

Drawn with matplotlib, page by page with a seed of its own, so that the same pages come out every time. Boxes are in points from the top
left of the page; a chart's box holds its axis labels, its title and its legend, as a reader would cut it out.
"""

from __future__ import annotations

import random
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WIDTH, HEIGHT = 595.0, 842.0
_PROSE = (
    "The harbour was rebuilt after the storm and opened to ships of every size in the second year of the plan. "
    "Most of the cost was borne by the towns along the coast which had asked for it since the old pier fell. "
    "Engineers measured the tide each hour and wrote what they saw into tables that were printed every month. "
    "None of this was known when the first stones were laid and few believed that the work would be finished. "
    "A second survey found that the ground was softer than thought and that the wall would have to be moved. "
)


@dataclass(slots=True)
class Truth:
    """What is known of one page."""

    name: str
    figures: list[tuple[str, tuple[float, float, float, float], str]] = field(default_factory=list)
    """(kind, box, caption; empty when it has none)."""


def make_pages(folder: Path) -> list[Truth]:
    """Writes `page-01.pdf` and so on; gives what is known of each."""
    import matplotlib

    matplotlib.use("pdf")
    matplotlib.rcParams.update({"mathtext.fontset": "cm", "pdf.fonttype": 42, "font.size": 9})
    folder.mkdir(parents=True, exist_ok=True)
    return [_Page(number, folder).draw() for number in range(1, 37)]


class _Page:
    def __init__(self, number: int, folder: Path) -> None:
        from matplotlib.figure import Figure

        self.number = number
        self.random = random.Random(number)
        self.path = folder / f"page-{number:02}.pdf"
        self.truth = Truth(self.path.name)
        self.sheet = Figure(figsize=(WIDTH / 72, HEIGHT / 72))
        self.y = 60.0
        self.figure_number = self.random.randint(1, 9)
        self.pending: list[tuple[Any, str, str]] = []

    def draw(self) -> Truth:
        """One page of one of twelve plans."""
        plan = (self.number - 1) % 12
        self.ornaments()
        if plan in (0, 1, 2, 3):
            self.prose(4)
            self.chart(("bar", "line", "pie", "scatter")[plan], numbered=True)
            self.prose(3)
            if self.number > 12:
                self.chart("area", numbered=self.number % 2 == 0)
                self.prose(2)
        elif plan == 4:
            self.prose(3)
            self.photo(numbered=True)
            self.prose(2)
            self.photo(numbered=False)
        elif plan == 5:
            self.prose(2)
            self.flow_chart()
            self.prose(3)
        elif plan == 6:
            self.prose(2)
            self.table()
            self.prose(2)
            self.underlined()
            self.table(shaded=True)
        elif plan == 7:
            self.two_columns()
        elif plan == 8:
            self.prose(2)
            self.formula()
            self.prose(2)
            self.formula()
            self.prose(1)
            self.formula()
        elif plan == 9:
            self.prose(2)
            self.boxed()
            self.prose(1)
            self.form()
        elif plan == 10:
            self.prose(2)
            self.side_by_side()
            self.prose(3)
        else:
            self.prose(1)
            self.photo(numbered=True, above=True)
            self.prose(1)
            self.formula()
            self.prose(1)
            self.chart("bar", numbered=True)
        from matplotlib.backends.backend_pdf import FigureCanvasPdf

        canvas = FigureCanvasPdf(self.sheet)
        canvas.print_pdf(self.path, metadata={"CreationDate": None})
        self.sheet.dpi = 72
        renderer = self.sheet._get_renderer()  # type: ignore[attr-defined]
        self.sheet.draw(renderer)
        for artist, kind, caption in self.pending:
            bounds = artist.get_tightbbox(renderer) if hasattr(artist, "get_tightbbox") else artist.get_window_extent()
            box = (float(bounds.x0), HEIGHT - float(bounds.y1), float(bounds.x1), HEIGHT - float(bounds.y0))
            self.truth.figures.append((kind, tuple(round(side, 1) for side in box), caption))  # type: ignore[arg-type]
        return self.truth

    # --- what stands on a page

    def text(self, x: float, y: float, words: str, **style: Any) -> Any:
        return self.sheet.text(x / WIDTH, 1 - y / HEIGHT, words, va="top", **style)

    def rectangle(self, x0: float, y0: float, x1: float, y1: float, **style: Any) -> None:
        from matplotlib.patches import Rectangle

        self.sheet.add_artist(
            Rectangle(
                (x0 / WIDTH, 1 - y1 / HEIGHT),
                (x1 - x0) / WIDTH,
                (y1 - y0) / HEIGHT,
                transform=self.sheet.transFigure,
                **style,
            )
        )

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        from matplotlib.lines import Line2D

        self.sheet.add_artist(Line2D([x0 / WIDTH, x1 / WIDTH], [1 - y0 / HEIGHT, 1 - y1 / HEIGHT], lw=0.6, color="k"))

    def axes(self, x0: float, y0: float, x1: float, y1: float) -> Any:
        return self.sheet.add_axes((x0 / WIDTH, 1 - y1 / HEIGHT, (x1 - x0) / WIDTH, (y1 - y0) / HEIGHT))

    def ornaments(self) -> None:
        self.text(60, 30, "Annual report of the harbour board", size=7)
        self.line(60, 42, 535, 42)
        self.text(290, 812, str(self.number), size=8)
        if self.number % 4 == 0:
            self.rectangle(0, 0, 595, 22, color="#224466")

    def prose(self, lines: int, *, x: float = 60, columns: int = 92, size: float = 9) -> None:
        words = _PROSE[self.random.randint(0, 80) :] + _PROSE
        for row in textwrap.wrap(words[words.index(" ") + 1 :], columns)[:lines]:
            self.text(x, self.y, row, size=size)
            self.y += 1.35 * size
        self.y += 10

    def caption(self, words: str, x: float = 60, right: float = 535) -> None:
        self.text((x + right) / 2, self.y, words, size=8, ha="center")
        self.y += 24

    def next_caption(self, what: str) -> str:
        self.figure_number += 1
        word = self.random.choice(("Figure", "Fig.", "Abb.", "Abbildung"))
        return f"{word} {self.figure_number}{self.random.choice((':', '.'))} {what}"

    def fill_axes(self, axes: Any, kind: str) -> None:
        values = [self.random.randint(10, 90) for _ in range(6)]
        names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun"]
        if kind == "bar":
            axes.bar(names, values, color="#4477aa")
            axes.set_ylabel("ships")
        elif kind == "line":
            axes.plot(range(30), [self.random.random() * 4 + step for step in range(30)], color="#aa3344", label="wind")
            axes.plot(
                range(30), [self.random.random() * 4 + step / 2 for step in range(30)], color="#33aa44", label="tide"
            )
            axes.legend()
            axes.set_xlabel("day")
        elif kind == "pie":
            axes.pie(values, labels=names)
        elif kind == "scatter":
            axes.scatter([self.random.random() for _ in range(60)], [self.random.random() for _ in range(60)], s=12)
            axes.set_xlabel("depth in metres")
            axes.set_ylabel("speed")
        else:
            axes.fill_between(range(20), [self.random.random() + step / 4 for step in range(20)], color="#88aadd")
            axes.grid(True)

    def chart(self, kind: str, *, numbered: bool) -> None:
        high = self.random.randint(130, 190)
        axes = self.axes(110, self.y + 14, 480, self.y + high)
        self.fill_axes(axes, kind)
        if self.random.random() < 0.5:
            axes.set_title("Traffic of the year", size=10)
        words = self.next_caption("Ships that called at the port.") if numbered else "Traffic as counted by the board"
        self.pending.append((axes, "drawing", words))
        self.y += high + 42
        self.caption(words)

    def photo(self, *, numbered: bool, above: bool = False) -> None:
        import numpy as np

        high = self.random.randint(100, 170)
        words = self.next_caption("The old pier seen from the west.") if numbered else ""
        if above:
            self.caption(words)
            self.y -= 8
        left = self.random.randint(80, 160)
        axes = self.axes(left, self.y, left + 260, self.y + high)
        axes.set_axis_off()
        noise = np.random.default_rng(self.number).random((60, 90, 3))
        axes.imshow(np.clip(noise * 0.4 + np.linspace(0, 0.6, 90)[None, :, None], 0, 1), aspect="auto")
        self.pending.append((axes, "picture", words))
        self.y += high + 8
        if numbered and not above:
            self.caption(words, left, left + 260)
        self.y += 12

    def flow_chart(self) -> None:
        axes = self.axes(120, self.y, 470, self.y + 170)
        axes.set_axis_off()
        axes.set_xlim(0, 10)
        axes.set_ylim(0, 5)
        style = {"boxstyle": "round,pad=0.5", "fc": "#eef3ff", "ec": "k"}
        middles = [(1.2, 4), (5, 4), (8.6, 4), (5, 1.2)]
        for (x, y), words in zip(middles, ("Order", "Check stock", "Ship", "Buy more"), strict=True):
            axes.text(x, y, words, ha="center", va="center", bbox=style)
        for start, end in (((2.2, 4), (3.5, 4)), ((6.5, 4), (7.7, 4)), ((5, 3.3), (5, 1.9))):
            axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": "k"})
        words = self.next_caption("How an order is handled.")
        self.pending.append((_Hull(axes.texts), "drawing", words))
        self.y += 182
        self.caption(words)

    def table(self, *, shaded: bool = False) -> None:
        rows, columns = 6, 4
        self.text(60, self.y, f"Table {self.random.randint(1, 9)}: Tonnage by year", size=8)
        self.y += 14
        if shaded:
            self.rectangle(60, self.y, 535, self.y + 16, color="#ccd8ee")
        for row in range(rows + 1):
            self.line(60, self.y + 16 * row, 535, self.y + 16 * row)
        for column in range(columns + 1):
            self.line(60 + 118.75 * column, self.y, 60 + 118.75 * column, self.y + 16 * rows)
        for row in range(rows):
            for column in range(columns):
                words = ("Year", "Ships", "Tons", "Share")[column] if row == 0 else str(self.random.randint(100, 9999))
                self.text(66 + 118.75 * column, self.y + 4 + 16 * row, words, size=8)
        self.y += 16 * rows + 20

    def underlined(self) -> None:
        self.text(60, self.y, "Of the wall and its foundation", size=9)
        self.line(60, self.y + 11, 190, self.y + 11)
        self.y += 24

    def boxed(self) -> None:
        self.rectangle(60, self.y, 535, self.y + 66, fc="#f4f4e8", ec="k")
        self.y += 8
        self.prose(4, x=70, columns=86)
        self.y += 14

    def form(self) -> None:
        for label in ("Name of ship", "Port of call", "Date", "Signature"):
            self.text(60, self.y, label, size=9)
            self.rectangle(180, self.y - 3, 420, self.y + 14, fc="none", ec="k")
            self.y += 26
        for _ in range(3):
            self.rectangle(60, self.y, 68, self.y + 8, fc="none", ec="k")
            self.text(76, self.y, "I agree to the terms", size=8)
            self.y += 16

    def formula(self) -> None:
        number = self.random.randint(1, 20)
        words = self.random.choice(
            (
                r"$\sum_{i=1}^{n} x_i^2 = \frac{n(n+1)(2n+1)}{6}$",
                r"$F(\omega) = \int_{-\infty}^{\infty} f(t)\, e^{-i\omega t}\, dt$",
                r"$\sigma = \sqrt{\frac{1}{N}\sum_{k=1}^{N} (x_k - \mu)^2}$",
                r"$\mathcal{L}(\theta) = -\log p_\theta(y \mid x) + \lambda \Vert \theta \Vert_2$",
                r"$y = \alpha x + \beta$",
            )
        )
        artist = self.text(WIDTH / 2, self.y + 6, words, size=12, ha="center")
        self.text(535, self.y + 12, f"({number})", size=9, ha="right")
        self.pending.append((artist, "formula", ""))
        self.y += 50

    def two_columns(self) -> None:
        top = self.y
        self.prose(14, columns=44, x=60)
        axes = self.axes(95, self.y + 10, 275, self.y + 120)
        self.fill_axes(axes, "line")
        words = self.next_caption("Wind and tide.")
        self.pending.append((axes, "drawing", words))
        self.y += 152
        self.caption(words, 60, 285)
        self.prose(10, columns=44, x=60)
        self.y = top
        self.prose(20, columns=44, x=310)
        axes = self.axes(320, self.y, 525, self.y + 120)
        axes.set_axis_off()
        axes.imshow([[1, 2, 3], [3, 1, 2], [2, 3, 1]], aspect="auto", cmap="viridis")
        words = self.next_caption("The plan of the yard.")
        self.pending.append((axes, "picture", words))
        self.y += 128
        self.caption(words, 310, 535)
        self.prose(8, columns=44, x=310)

    def side_by_side(self) -> None:
        words = self.next_caption("Left by month, right by depth.")
        for left, kind in ((90, "bar"), (340, "scatter")):
            axes = self.axes(left, self.y, left + 180, self.y + 130)
            self.fill_axes(axes, kind)
            self.pending.append((axes, "drawing", words))
        self.y += 165
        self.caption(words)


class _Hull:
    """The box around texts with frames."""

    def __init__(self, texts: list[Any]) -> None:
        self._texts = [text for text in texts if text.get_text()]

    def get_tightbbox(self, renderer: Any) -> Any:
        from matplotlib.transforms import Bbox

        return Bbox.union([text.get_bbox_patch().get_window_extent(renderer) for text in self._texts])
