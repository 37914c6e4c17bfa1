"""Texts that the model writes: each sentence is held against the file, and says which passages support it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..datamodel.content import Notice
from ..datamodel.record import Evidence, LeafValue
from ..datamodel.schema import Field
from .citing import cite_lines, supporting_lines
from .confidence import Signals, confidence_of
from .passages import words_of
from .proposals import absent, cited
from .reading import Line, Reading
from .text_index import fold_text

_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[\"'“„(]?[A-ZÄÖÜÀ-Ý0-9])")
_NUMBER = re.compile(r"\d[\d.,:/-]*\d|\d")
_NAME = re.compile(r"(?<![.!?…] )(?<!^)\b[A-ZÄÖÜ][^\W\d_]{2,}\b")
_MIN_SUPPORT = 0.34
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
    words = set(words_of(reading.content.text))
    kept, notices, shares = [], [], []
    lines: dict[int, Line] = {}
    for sentence in _SENTENCE.split(" ".join(text.split())):
        if not sentence:
            continue
        if strange := _strangers(sentence, folded):
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


def _strangers(sentence: str, folded: str) -> str:
    """The first number or name of a sentence that does not stand in the file."""
    for match in (*_NUMBER.finditer(sentence), *_NAME.finditer(sentence)):
        if fold_text(match[0]).text not in folded:
            return match[0]
    return ""


def _stands(word: str, words: set[str]) -> bool:
    """Whether a word, or another form of it, stands in the file."""
    return word in words or (len(word) > 4 and any(other[:5] == word[:5] for other in words))


def _notice(field: Field, message: str) -> Notice:
    return Notice(code="unsupported", message=f"{field.name}: {message[:300]}")
