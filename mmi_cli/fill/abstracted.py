"""Texts that the model writes: each sentence is held against the file, and says which passages support it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..datamodel.content import Notice
from ..datamodel.record import Evidence, LeafValue, Scalar
from ..datamodel.schema import Field
from .character_forms import plain_forms
from .chart_claims import contradicted, stands_on_chart
from .chart_tables import ChartTable, chart_tables
from .citing import cite_lines, supporting_lines
from .confidence import Signals, confidence_of
from .dates import find_dates
from .passages import words_of
from .proposals import absent, cited
from .reading import Line, Reading
from .text_index import fold_text
from .values import read_number

_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[\"'“„(]?[A-ZÄÖÜÀ-Ý0-9])|(?<=[。！？])")
_NUMBER = re.compile(r"\d[\d.,:/-]*\d|\d")
_NAME = re.compile(r"(?<![.!?…] )(?<!^)\b[A-ZÄÖÜ][^\W\d_]{2,}\b")
_MIN_SUPPORT = 0.34
_STEM = 6
_LINES_A_SENTENCE = 2


@dataclass(frozen=True, slots=True)
class Supported:
    """What is left of a written text, the lines it rests on, and what was found wrong with it."""

    text: str
    lines: tuple[Line, ...]
    share: float
    """Share of its words of meaning that stand in the file."""
    notices: tuple[Notice, ...]


def write(reading: Reading, field: Field, text: str) -> tuple[LeafValue, tuple[Notice, ...]]:
    """A written value with its passages; null when nothing of it is supported."""
    supported = support(reading, field, text)
    if not supported.text:
        return absent(field, confidence_of(Signals(finder="none"))), supported.notices
    evidence: tuple[Evidence, ...] = cite_lines(reading, list(supported.lines))
    return cited(
        field, supported.text, confidence_of(Signals(finder="written", margin=supported.share)), evidence
    ), supported.notices


def support(reading: Reading, field: Field, text: str) -> Supported:
    """Sentences with a number or name that the file does not hold are taken out; those with few of its words are flagged."""
    folded = fold_text(reading.content.text).text
    tables = chart_tables(reading.content)
    words = set(words_of(reading.content.text))
    kept, notices, shares = [], [], []
    lines: dict[int, Line] = {}
    for sentence in _SENTENCE.split(" ".join(text.split())):
        if not sentence:
            continue
        if (against := contradicted(sentence, tables)) is not None:
            notices.append(
                _notice(field, f"left out, the chart {against[0].title!r} says otherwise ({against[2]}): {sentence}")
            )
            continue
        if strange := _stranger(reading, sentence, folded, tables):
            notices.append(_notice(field, f"left out, the file does not hold {strange!r}: {sentence}"))
            continue
        meant = words_of(sentence)
        share = sum(_stands(word, words) for word in meant) / len(meant) if meant else 0.0
        found = supporting_lines(reading, sentence)[:_LINES_A_SENTENCE]
        if share < _MIN_SUPPORT or not found:
            notices.append(_notice(field, f"the file hardly supports: {sentence}"))
        kept.append(sentence)
        shares.append(share)
        lines.update({line.number: line for line in found})
    mean = sum(shares) / len(shares) if shares else 0.0
    return Supported(" ".join(kept), tuple(lines[number] for number in sorted(lines)), mean, tuple(notices))


def _stranger(reading: Reading, sentence: str, folded: str, tables: Sequence[ChartTable]) -> str:
    """The first date, number or name of a sentence that the file does not hold, however it writes them; empty when it holds all.

    Args:
        tables: of the charts of the file, whose values stand nowhere in its text.
    """
    rest = plain_forms(sentence)
    for date in find_dates(rest, reading.hints):
        if date.iso not in _values(reading, "date"):
            return sentence[date.start : date.end]
        rest = rest[: date.start] + " " * (date.end - date.start) + rest[date.end :]
    for match in _NUMBER.finditer(rest):
        number = read_number(match[0], reading.hints)
        is_held = number is not None and (
            abs(float(number.value)) in _values(reading, "number") or stands_on_chart(float(number.value), tables)
        )
        if (
            not is_held
            and re.search(rf"(?<!\d)(?<!\d[.,]){re.escape(fold_text(match[0]).text)}(?!\d|[.,]\d)", folded) is None
        ):
            return sentence[match.start() : match.end()]
    for match in _NAME.finditer(rest):
        name = fold_text(match[0]).text
        # German nouns are written like names: another form of one, or a part of a compound, is enough.
        if name not in folded and not (reading.hints.language == "de" and name[:_STEM] in folded):
            return match[0]
    return ""


def _values(reading: Reading, kind: str) -> set[Scalar]:
    """What the file holds of dates, or of numbers (without their sign)."""
    if kind == "date":
        return {candidate.value for candidate in reading.candidates(frozenset({"date"}))}
    found = reading.candidates(frozenset({"amount", "number", "percent"}))
    return {abs(candidate.value) for candidate in found if isinstance(candidate.value, int | float)}


def _stands(word: str, words: set[str]) -> bool:
    """Whether a word, or another form of it, stands in the file."""
    return word in words or (len(word) > 4 and any(other[:5] == word[:5] for other in words))


def _notice(field: Field, message: str) -> Notice:
    return Notice(code="unsupported", message=f"{field.name}: {message[:300]}")
