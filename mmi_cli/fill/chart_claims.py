"""What a sentence says of a chart, held against the chart's table: the highest, a value, up or down. English sentences only.

A sentence is only contradicted where it is clear which chart, which bar and what it claims: one name for a superlative or a value, two
names or none for a direction. Everything else is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..datamodel.content import Content
from ..datamodel.figure import ChartMark
from .chart_tables import ChartTable, label_of

_HIGH = re.compile(r"\b(?:highest|largest|biggest|greatest|peak(?:ed|s)?|maximum)\b", re.IGNORECASE)
_LOW = re.compile(r"\b(?:lowest|smallest|fewest|minimum|bottomed)\b", re.IGNORECASE)
_UP = re.compile(r"\b(?:rose|rises?|risen|grew|grows?|grown|increased?|increases|climbed|went up)\b", re.IGNORECASE)
_DOWN = re.compile(
    r"\b(?:fell|falls?|fallen|declined?|declines|decreased?|decreases|dropped|shrank|went down|became smaller)\b",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"\b(?:not|never|no longer|one of|among|second|third|nearly|almost|without|except|would|could|might|expected?|plan(?:ned)?|target)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?![\w]|[.,]\d)")
_FIGURE = re.compile(r"\b(?:figure|fig\.|chart)\s*(\d{1,3})\b", re.IGNORECASE)
_CLAUSE = re.compile(r";\s+|,\s+(?:and|but|while|whereas)\s+|\s+(?:while|whereas)\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"“])")
_MONTHS = "january february march april may june july august september october november december".split()  # noqa: SIM905
_TITLE_WORD = re.compile(r"[^\W\d_]{4,}")
_STEM = 5
_CLOSE_PRINTED, _CLOSE_MEASURED, _CLOSE_OF_RANGE = 0.011, 0.06, 0.02
_CLEARLY = 0.03
"""Part of the highest value by which another one must lie below it to be clearly lower."""
_MAX_SENTENCES, _MAX_CHARS = 2_000, 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A sentence that a chart contradicts."""

    start: int
    end: int
    table: ChartTable
    mark: ChartMark
    """What the chart shows instead."""
    shows: str
    """In words."""


def disagreements(content: Content, tables: Sequence[ChartTable]) -> Iterator[Disagreement]:
    """Every sentence of a file that one of its charts contradicts, in order."""
    for start, end in _sentences(content) if tables else ():
        if (found := contradicted(content.text[start:end], tables)) is not None:
            table, mark, shows = found
            yield Disagreement(start=start, end=end, table=table, mark=mark, shows=shows)


def contradicted(sentence: str, tables: Sequence[ChartTable]) -> tuple[ChartTable, ChartMark, str] | None:
    """(chart, what it shows instead, in words) when a chart says otherwise than the sentence."""
    plain = " ".join(sentence.split())
    for clause in _CLAUSE.split(plain):
        if _HEDGED.search(clause) or (table := _chart_of(clause, plain, tables)) is None:
            continue
        for judge in (_superlative, _value, _direction):
            if (found := judge(clause, table)) is not None:
                return table, *found
    return None


def stands_on_chart(number: float, tables: Sequence[ChartTable]) -> bool:
    """Whether a chart has about this value."""
    return any(_is_close(number, mark, table) for table in tables for mark in table.marks)


def _sentences(content: Content) -> Iterator[tuple[int, int]]:
    count = 0
    for block in content.blocks:
        if block.kind not in ("paragraph", "list_item") or block.first >= block.last:
            continue
        begin, text = content.words[block.first].offset, content.text_of(block.first, block.last)
        at = 0
        for piece in _SENTENCE_END.split(text):
            at = text.index(piece, at)
            if len(piece) <= _MAX_CHARS and count < _MAX_SENTENCES:
                count += 1
                yield begin + at, begin + at + len(piece)
            at += len(piece)


def _chart_of(clause: str, sentence: str, tables: Sequence[ChartTable]) -> ChartTable | None:
    """The one chart that a clause speaks of: by its number, else by the names of its marks and the words of its title."""
    if number := _FIGURE.search(sentence):
        return next((table for table in tables if table.number == number[1]), None)
    words = {word[:_STEM].casefold() for word in _TITLE_WORD.findall(sentence)}
    scored = []
    for table in tables:
        names = len(_named(clause, table, "x")) + len(_named(clause, table, "series"))
        about = f"{table.title} {table.chart.y_title or ''}"
        shared = len(words & {word[:_STEM].casefold() for word in _TITLE_WORD.findall(about)})
        if names:
            scored.append((names + shared, table))
    best = max((score for score, _ in scored), default=0)
    chosen = [table for score, table in scored if score == best]
    if len(chosen) != 1:
        return None
    is_number_only = all(label.isdigit() for label in _named(clause, chosen[0], "x"))
    return chosen[0] if best > 1 or not is_number_only else None


def _named(clause: str, table: ChartTable, side: str) -> list[str]:
    """The names of marks (`x`) or of series that stand in a clause, in the order of the chart."""
    labels = dict.fromkeys(_x_of(mark) if side == "x" else mark.series or "" for mark in table.marks)
    return [label for label in labels if label and any(_stands(form, clause) for form in _forms(label))]


def _x_of(mark: ChartMark) -> str:
    return mark.x if isinstance(mark.x, str) else ""


def _forms(label: str) -> list[str]:
    months = (
        [month for month in _MONTHS if month.startswith(label.casefold().rstrip("."))] if 3 <= len(label) <= 9 else []
    )
    return [label, *months] if len(months) == 1 else [label]


def _stands(label: str, clause: str) -> bool:
    return re.search(rf"(?<![^\W_]){re.escape(label)}(?![^\W_])", clause, re.IGNORECASE) is not None


def _numbers(clause: str, table: ChartTable) -> list[float]:
    """Numbers that are no names of marks, no years and no number of a figure."""
    names = {*_named(clause, table, "x"), *_named(clause, table, "series")}
    rest = _FIGURE.sub(" ", clause)
    found = [match[0] for match in _NUMBER.finditer(rest) if match[0] not in names]
    return [float(each.replace(",", "")) for each in found if not re.fullmatch(r"(?:19|20)\d\d", each)]


def _cell(clause: str, table: ChartTable) -> ChartMark | None:
    """The one mark that a clause names."""
    names, series = _named(clause, table, "x"), _named(clause, table, "series")
    has_series = len({mark.series for mark in table.marks}) > 1
    if len(names) != 1 or (has_series and len(series) != 1):
        return None
    return next((m for m in table.marks if _x_of(m) == names[0] and (not has_series or m.series == series[0])), None)


def _superlative(clause: str, table: ChartTable) -> tuple[ChartMark, str] | None:
    names, series = _named(clause, table, "x"), _named(clause, table, "series")
    is_high, is_low = _HIGH.search(clause) is not None, _LOW.search(clause) is not None
    if is_high == is_low or len(names) != 1 or len(series) > 1:
        return None
    marks = table.of_series(series[0]) if series else table.marks
    if not series and len({mark.series for mark in marks}) > 1:
        return None
    extreme = (max if is_high else min)(marks, key=lambda mark: mark.y or 0.0)
    said = next((mark for mark in marks if _x_of(mark) == names[0]), None)
    if said is None or _x_of(extreme) == names[0]:
        return None
    apart = abs((extreme.y or 0.0) - (said.y or 0.0))
    if apart <= _CLEARLY * max(abs(extreme.y or 0.0), abs(said.y or 0.0)):
        return None
    word = "highest" if is_high else "lowest"
    return extreme, f"{label_of(extreme)} is the {word} with {shown(extreme)}, {label_of(said)} has {shown(said)}"


def _value(clause: str, table: ChartTable) -> tuple[ChartMark, str] | None:
    numbers, mark = _numbers(clause, table), _cell(clause, table)
    if (
        len(numbers) != 1
        or mark is None
        or _is_close(numbers[0], mark, table)
        or re.search(r"\bby\b|\btimes\b", clause)
    ):
        return None
    return mark, f"{label_of(mark)} has {shown(mark)}"


def _direction(clause: str, table: ChartTable) -> tuple[ChartMark, str] | None:
    is_up, is_down = _UP.search(clause) is not None, _DOWN.search(clause) is not None
    pair = _pair(clause, table) if is_up != is_down else None
    if pair is None:
        return None
    first, last = pair
    step = (last.y or 0.0) - (first.y or 0.0)
    if abs(step) <= _CLEARLY * max(abs(first.y or 0.0), abs(last.y or 0.0)) or (step > 0) == is_up:
        return None
    return last, f"{label_of(first)} has {shown(first)}, {label_of(last)} has {shown(last)}"


def _pair(clause: str, table: ChartTable) -> tuple[ChartMark, ChartMark] | None:
    """From which mark to which a clause speaks of a way up or down."""
    names, series = _named(clause, table, "x"), _named(clause, table, "series")
    all_series = list(dict.fromkeys(mark.series for mark in table.marks))
    if len(all_series) > 1 and len(names) == 1 and len(series) in (0, 2):
        row = [mark for mark in table.marks if _x_of(mark) == names[0]]
        row = [mark for mark in row if not series or mark.series in series]
        return (row[0], row[-1]) if len(row) > 1 else None
    if table.chart.kind not in ("line", "area", "bar") or (len(all_series) > 1 and len(series) != 1):
        return None
    marks = table.of_series(series[0]) if series and len(all_series) > 1 else table.marks
    at = [next((n for n, mark in enumerate(marks) if _x_of(mark) == name), None) for name in names]
    places = sorted(each for each in at if each is not None)
    if len(places) == 2:
        return marks[places[0]], marks[places[1]]
    if len(places) == 1 and places[0] > 0 and table.trend is not None and re.search(r"\bin\b", clause):
        return marks[places[0] - 1], marks[places[0]]
    return None


def _is_close(number: float, mark: ChartMark, table: ChartTable) -> bool:
    value = mark.y or 0.0
    part = _CLOSE_PRINTED if mark.y_text is not None else _CLOSE_MEASURED
    highest = max(abs(each.y or 0.0) for each in table.marks)
    slack = max(part * abs(value), 0.0 if mark.y_text is not None else _CLOSE_OF_RANGE * highest)
    is_share = table.chart.kind == "pie" and highest <= 1.0
    return abs(number - value) <= slack or (is_share and abs(number - 100 * value) <= 100 * slack)


def shown(mark: ChartMark) -> str:
    """The value of a mark as it is printed, else as it was measured."""
    if mark.y_text is not None:
        return mark.y_text
    value = mark.y or 0.0
    return f"about {round(value):,}" if abs(value) >= 1000 else f"about {value:.4g}"
