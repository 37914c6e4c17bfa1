"""Names along an axis: labels under, over or beside the marks, of several lines or turned, each matched to its mark."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..datamodel.boxes import hull
from ..datamodel.figure import Box
from .texts import Text

_LINE_GAP = 0.75
"""Between the lines of one label, in heights of a line."""

_SAME_SHAPE = frozenset("cosuvwxz")
"""Letters whose small form is the large one, smaller."""
_ENDS_LIKE_DIGIT = re.compile(r"^([A-Za-z]{1,3}[ -]?)([lILi|oO])$")
_FROM_ORDER = 0.7
"""Score of a name that its place in the alphabet says."""


class Label(NamedTuple):
    text: str
    box: Box
    at: float
    """Where it points to on the axis, pixels."""
    score: float


def axis_name(text: str) -> str:
    """Without the tick mark that a reader takes for a dash or a dot."""
    return text.rstrip("-–—ー一_.,'|: ") or text


def in_order(names: Sequence[tuple[str | None, float]]) -> list[tuple[str | None, float]]:
    """(name, score) of the places of an axis, where most are single letters in the order of the alphabet: the others too.

    A letter alone is what OCR misreads most, and the order says what it is. At least three, and half of all, have to agree.
    """
    votes: dict[int, float] = {}
    for place, (name, score) in enumerate(names):
        if name and len(name) == 1 and name.isascii() and name.isalpha():
            votes[ord(name.upper()) - place] = votes.get(ord(name.upper()) - place, 0.0) + score
    first = max(votes, key=lambda start: votes[start], default=0)
    right = [
        bool(name) and len(name or "") == 1 and ord((name or "").upper()) - at == first
        for at, (name, _) in enumerate(names)
    ]
    odd = any(len(name or "") > 2 for name, _ in names)
    if odd or sum(right) < max(3, 0.5 * len(names)) or first < ord("A") or first + len(names) - 1 > ord("Z"):
        return list(names)
    is_upper = sum((name or "").isupper() for (name, _), hit in zip(names, right, strict=True) if hit) * 2 >= sum(right)
    letters = [chr(first + at) if is_upper else chr(first + at).lower() for at in range(len(names))]
    return [
        (letter, score if hit and letter == name else _FROM_ORDER)
        for letter, hit, (name, score) in zip(letters, right, names, strict=True)
    ]


def in_one_form(names: Sequence[str]) -> list[str]:
    """Names of an axis or a legend in one form: `AL` beside `A2` is `A1`, and `X` beside `y` is `x`, which OCR cannot tell apart."""
    answer = []
    cases = [name.isupper() for name in names if len(name) == 1 and name.isalpha() and name.lower() not in _SAME_SHAPE]
    for name in names:
        match = _ENDS_LIKE_DIGIT.match(name)
        if match and any(re.fullmatch(re.escape(match[1]) + r"\d", other) for other in names):
            name = match[1] + ("0" if match[2] in "oO" else "1")
        elif len(name) == 1 and name.lower() in _SAME_SHAPE and cases and all(c == cases[0] for c in cases):
            name = name.upper() if cases[0] else name.lower()
        answer.append(name)
    return answer


def labels_beside(
    texts: Sequence[Text], places: Sequence[tuple[float, float]], edge: float, *, reach: float
) -> list[Label | None]:
    """The label of each place of a vertical axis: (top, bottom) of its marks; labels end left of `edge`."""
    left = [t for t in texts if t.box[2] <= edge + 4 and t.box[0] < edge and not t.turned and edge - t.box[2] < reach]
    if not left:
        return [None] * len(places)
    blocks = _blocks(left)
    answer: list[Label | None] = []
    taken: set[int] = set()
    for top, bottom in places:
        middle = (top + bottom) / 2
        near = sorted(
            (abs(block.at - middle), -block.box[2], number)
            for number, block in enumerate(blocks)
            if number not in taken and block.box[1] - 3 <= middle <= block.box[3] + 3
        )
        if near:
            taken.add(near[0][2])
            answer.append(blocks[near[0][2]])
        else:
            answer.append(None)
    return answer


def _blocks(texts: list[Text]) -> list[Label]:
    """Lines right above each other, with a common edge, are one label."""
    texts = sorted(texts, key=lambda t: (t.y, t.x))
    groups: list[list[Text]] = []
    for text in texts:
        for group in groups:
            last = group[-1]
            gap = text.box[1] - last.box[3]
            aligned = min(abs(text.box[0] - last.box[0]), abs(text.box[2] - last.box[2])) <= max(3.0, 0.5 * text.height)
            if (
                -0.5 * text.height <= gap <= 0.35 * text.height
                and aligned
                and abs(text.height - last.height) < 0.35 * text.height
            ):
                group.append(text)
                break
        else:
            groups.append([text])
    return [_label([*group], vertical=True) for group in groups]


def _label(group: list[Text], *, vertical: bool) -> Label:
    box = hull(*(t.box for t in group))
    at = (box[1] + box[3]) / 2 if vertical else group[0].at if len(group) == 1 else (box[0] + box[2]) / 2
    return Label(axis_name(" ".join(t.text for t in group)), box, at, min(t.score for t in group))


def labels_under(
    texts: Sequence[Text], places: Sequence[tuple[float, float]], edge: float, *, is_above: bool = False
) -> list[Label | None]:
    """The label of each place of a horizontal axis: (left, right) of its marks; labels begin below `edge` (or end above it)."""
    side = [t for t in texts if (t.box[3] <= edge + 4 if is_above else t.box[1] >= edge - 4)]
    if not side or not places:
        return [None] * len(places)
    first = _first_row(side, places, edge, is_above)
    if not first:
        return [None] * len(places)
    used = {id(t) for t in first}
    groups = [[t] for t in first]
    if not first[0].turned and not is_above:
        for text in sorted(side, key=lambda t: t.y):
            if id(text) in used or text.turned:
                continue
            for group in groups:
                last = group[-1]
                gap = text.box[1] - last.box[3]
                is_over = min(text.box[2], last.box[2]) - max(text.box[0], last.box[0]) > 0.5 * min(
                    text.box[2] - text.box[0], last.box[2] - last.box[0]
                )
                if (
                    is_over
                    and -0.6 * last.height <= gap <= _LINE_GAP * last.height * 0.6
                    and abs(text.height - last.height) < 0.3 * last.height
                ):
                    group.append(text)
                    break
    longer = [group for group in groups if len(group) > 1]
    middle = (min(p[0] for p in places) + max(p[1] for p in places)) / 2
    if len(longer) == 1 and len(groups) >= 3 and abs(longer[0][1].x - middle) < 12:
        del longer[0][1:]  # the title of the axis, which stands under one name only
    labels = [_label(group, vertical=False) for group in groups]
    answer: list[Label | None] = []
    width = min((right - left for left, right in places), default=0.0)
    pitch = min((b[0] - a[0] for a, b in zip(sorted(places), sorted(places)[1:], strict=False)), default=4 * width)
    taken: set[int] = set()
    for left, right in places:
        middle = (left + right) / 2
        near = sorted((abs(label.at - middle), number) for number, label in enumerate(labels) if number not in taken)
        if near and near[0][0] <= max(0.55 * pitch, (right - left) / 2 + 2):
            taken.add(near[0][1])
            answer.append(labels[near[0][1]])
        else:
            answer.append(None)
    return answer


def _first_row(side: list[Text], places: Sequence[tuple[float, float]], edge: float, is_above: bool) -> list[Text]:
    """Texts of the row nearest to the axis that reaches most of the places."""
    low, high = min(p[0] for p in places), max(p[1] for p in places)
    pitch = (high - low) / max(len(places), 1)
    inside = [t for t in side if low - pitch <= t.at <= high + pitch]
    if not inside:
        return []

    def hits(row: list[Text]) -> int:
        return sum(any(left - 0.3 * pitch <= t.at <= right + 0.3 * pitch for t in row) for left, right in places)

    rows: list[tuple[float, float, list[Text]]] = []
    for anchor in inside:
        start = anchor.box[3] if is_above else anchor.box[1]
        row = [
            t
            for t in inside
            if (abs((t.box[3] if is_above else t.box[1]) - start) <= 0.5 * anchor.height + 1)
            or (abs(t.y - anchor.y) <= 0.4 * anchor.height and not anchor.turned)
        ]
        row = [t for t in row if bool(t.turned) == bool(anchor.turned) or len(t.text) <= 2]
        away = edge - start if is_above else start - edge
        rows.append((-hits(row) / max(1, len(places)) + away / 150.0, away, row))
    return min(rows, key=lambda item: item[:2])[2]
