"""Lines of text as a chart uses them: apart where labels stand side by side, with their direction and the number they say."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from ..datamodel.figure import Box
from ..engines.interface import OcrLine, OcrWord

_GAP = 1.1
"""Between two words, in heights of the line: beyond it they are two labels."""
_NUMBER = re.compile(
    r"^[~≈<>≤≥+]?\s*(?P<minus>[-−–—]?)\s*(?P<unit>[$€£¥])?\s*(?P<minus2>[-−–]?)(?P<digits>\d[\d,.' ]*|[.,]\d+)"
    r"(?P<power>[eE][+-]?\d+)?\s*(?P<scale>[kKMmBGTb]n?|%|°|€|\$|£)?[.*\-:_']?$"
)
_SCALES = {"k": 1e3, "K": 1e3, "M": 1e6, "m": 1e6, "B": 1e9, "b": 1e9, "bn": 1e9, "Bn": 1e9, "G": 1e9, "T": 1e12}
_TICK = re.compile(
    r"^(\d{4}-\d\d(-\d\d)?|\d\d:\d\d(:\d\d)?|(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Q[1-4])[a-z]*)$"
)
"""Labels of an axis that stand in a row."""
_STUCK = re.compile(r"^(\d+\.\d)(\d+\.\d)$")
_POWER = re.compile(r"^1[0OQ]([⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2})$")
_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_LOOKALIKES = {"o": "0", "O": "0", "i": "1", "l": "1", "I": "1", "|": "1"}


class Text(NamedTuple):
    """A label: one line of print, or part of one."""

    text: str
    box: Box
    turned: int
    """Clockwise degrees by which it would have to be turned to be read: 0, 45 (it climbs), 90 (it runs upwards), 270, 315."""
    score: float
    tip: float | None = None
    """Column of the end that points at the axis, of a slanting label."""

    @property
    def at(self) -> float:
        """Column to which it belongs on a horizontal axis."""
        return self.x if self.tip is None else self.tip

    @property
    def x(self) -> float:
        return (self.box[0] + self.box[2]) / 2

    @property
    def y(self) -> float:
        return (self.box[1] + self.box[3]) / 2

    @property
    def height(self) -> float:
        """Of its letters."""
        return self.box[2] - self.box[0] if self.turned else self.box[3] - self.box[1]


def texts_of(lines: Sequence[OcrLine]) -> tuple[Text, ...]:
    """Labels, in the order of the lines; a line of several numbers, or with wide gaps, is several labels."""
    return tuple(text for line in lines for text in _labels(line))


def _labels(line: OcrLine) -> list[Text]:
    (ax, ay), (bx, by), (cx, _cy), _ = line.quad
    if 0.3 < abs(by - ay) / max(abs(bx - ax), 1e-6) < 3.5 and bx > ax and len(line.text.strip()) > 2:
        # A climbing label ends at its tick, a falling one begins there.
        tip = (bx + cx) / 2 if by < ay else ax
        return [Text(line.text.strip(), line.box, 45 if by < ay else 315, line.score, tip)]
    if abs(by - ay) > 1.2 * abs(bx - ax) and len(line.text.strip()) > 1:
        return [Text(line.text.strip(), line.box, 90 if by < ay else 270, line.score)]
    words = [part for word in line.words if word.text.strip() for part in _unstuck(word, len(line.words))]
    if len(words) < 2:
        return [Text(line.text.strip(), line.box, 0, line.score)] if line.text.strip() else []
    height = line.box[3] - line.box[1]
    ticks = sum(number_of(word.text) is not None or _TICK.match(word.text) is not None for word in words)
    is_row_of_numbers = ticks == len(words) or (ticks >= 4 and ticks >= 0.7 * len(words))
    groups = [[words[0]]]
    for before, word in itertools.pairwise(words):
        if is_row_of_numbers or word.box[0] - before.box[2] > _GAP * height:
            groups.append([word])
        else:
            groups[-1].append(word)
    return [
        Text(
            " ".join(word.text for word in group),
            (group[0].box[0], min(w.box[1] for w in group), group[-1].box[2], max(w.box[3] for w in group)),
            0,
            min(word.score for word in group),
        )
        for group in groups
    ]


def _unstuck(word: OcrWord, among: int) -> list[OcrWord]:
    """Two numbers of a row of ticks that were read as one word: `0.81.0`."""
    match = _STUCK.match(word.text.strip())
    if match is None or among < 3:
        return [word]
    x0, y0, x1, y1 = word.box
    cut = x0 + (x1 - x0) * len(match[1]) / (len(match[1]) + len(match[2]))
    return [
        OcrWord(text=match[1], box=(x0, y0, cut, y1), score=word.score),
        OcrWord(text=match[2], box=(cut, y0, x1, y1), score=word.score),
    ]


def number_of(text: str, *, is_lenient: bool = False) -> float | None:
    """The number that a label says, `12`, `1,200`, `$3.5M`, `−4`, `12%` (12), or None.

    `is_lenient`: single letters that look like a digit count, as on an axis, where the other labels have to agree.
    """
    text = text.strip()
    if is_lenient and text in _LOOKALIKES:
        text = _LOOKALIKES[text]
    if power := _POWER.match(text):
        return math.pow(10.0, int(power[1].translate(_SUPERSCRIPTS)))
    match = _NUMBER.match(text)
    if match is None:
        return None
    digits = _plain(match["digits"].strip(" '.,") if match["digits"][0] not in ".," else "0" + match["digits"])
    if digits is None:
        return None
    value = float(digits + (match["power"] or "")) * _SCALES.get(match["scale"] or "", 1.0)
    if not math.isfinite(value):
        return None
    return -value if match["minus"] or match["minus2"] else value


def _plain(digits: str) -> str | None:
    """Digits with a decimal point at most: groups of three are joined, a comma before other than three digits is a decimal one."""
    digits = digits.replace("'", "").replace(" ", "")
    if "," in digits and "." in digits:
        last = max(digits.rfind(","), digits.rfind("."))
        whole = digits[:last].replace(",", "").replace(".", "")
        return f"{whole}.{digits[last + 1 :]}"
    for mark in ",.":
        parts = digits.split(mark)
        if len(parts) > 2:
            return "".join(parts) if all(len(part) == 3 for part in parts[1:]) else None
        if len(parts) == 2 and mark == ",":
            return "".join(parts) if len(parts[1]) == 3 and parts[0] != "0" else ".".join(parts)
    return digits


def is_percent(text: str) -> bool:
    return text.rstrip().endswith("%")
