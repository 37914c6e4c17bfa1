"""Lines of a photographed page that rise by more than their height: read line by line, their boxes where they stand."""

from __future__ import annotations

import numpy as np
import pytest

from mmi_cli.datamodel.content import PageBox
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.engines.interface import OcrLine, OcrWord
from mmi_cli.extract.layout import lay_out_page
from mmi_cli.extract.ocr_page import read_page_image

_WIDTH, _HEIGHT, _TALL, _WIDE = 1000, 900, 30, 90


def line(text: str, *, left: float, top: float, slope: float) -> OcrLine:
    """A line as an engine gives it: its corners, and an upright box a word."""

    def at(x: float) -> float:
        return top + slope * (x - left)

    words, right = [], left
    for position, word in enumerate(text.split()):
        x0, x1 = left + position * (_WIDE + 10), left + position * (_WIDE + 10) + _WIDE
        y0, y1 = sorted((at(x0), at(x1)))
        words.append(OcrWord(text=word, box=(x0, y0, x1, y1 + _TALL), score=0.99))
        right = x1
    quad = ((left, at(left)), (right, at(right)), (right, at(right) + _TALL), (left, at(left) + _TALL))
    xs, ys = zip(*quad, strict=True)
    hull = (min(xs), min(ys), max(xs), max(ys))
    return OcrLine(text=text, box=hull, quad=quad, score=0.99, words=tuple(words))


class Reads:
    name = "scripted"

    def __init__(self, *lines: OcrLine) -> None:
        self.lines = lines

    def read(self, image: object) -> tuple[OcrLine, ...]:
        return self.lines


@pytest.mark.parametrize("slope", [-0.12, -0.06, 0.0, 0.06, 0.12])
def test_lines_are_not_mixed_and_amounts_stay_beside_their_labels(slope: float) -> None:
    rows = [("one two three four five", None), ("Sub Total", "12.00"), ("Total", "13.50"), ("Cash", "20.00")]
    lines = []
    for number, (text, amount) in enumerate(rows):
        lines.append(line(text, left=100, top=300 + 40 * number, slope=slope))
        if amount:
            lines.append(line(amount, left=800, top=300 + 40 * number + slope * 700, slope=slope))
    read = read_page_image(np.full((_HEIGHT, _WIDTH, 3), 255, np.uint8), Reads(*lines))
    builder = ContentBuilder()
    lay_out_page(builder, page=1, width=read.width, height=read.height, words=read.words)
    content = builder.build()
    wanted = [f"{text} {amount or ''}".strip() for text, amount in rows]
    assert content.text.split() == " ".join(wanted).split()
    (total,) = [word for word in content.words if word.text == "13.50"]
    assert isinstance(total.place, PageBox)
    true = lines[4].words[0].box
    assert total.place.box == pytest.approx(true, abs=0.1)
