"""Choices that words decide: the language of a text, its currency, and enum values that stand in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ..datamodel.record import LeafValue
from ..datamodel.schema import Field
from .checkboxes import by_boxes
from .citing import cite_lines, supporting_lines
from .confidence import Signals, confidence_of
from .currencies import CODES
from .evidence import evidence_of_span
from .proposals import cited
from .reading import Reading

_MAX_CITED = 3
_LEAST_CODE = 4
_ASKS_PAPER = re.compile(r"\b(?:kind|type|sort) of (?:an? )?(?:identity )?(?:document|paper|form)\b", re.IGNORECASE)
_TITLE_LINES = 4


def choose_by_words(reading: Reading, field: Field, labels: Sequence[tuple[int, int]] = ()) -> LeafValue | None:
    """The value of an enum, or yes or no, that the text itself decides; None when it takes more than words.

    Args:
        labels: where the field is named; check boxes there decide before anything else.
    """
    if (field.enum or field.type == "boolean") and (boxed := by_boxes(reading, field, labels)):
        first = boxed[0]
        confidence = confidence_of(Signals(finder="words", margin=1.0, field_type=field.type))
        return cited(field, first.value, confidence, evidence_of_span(reading.content, first.start, first.end, "cited"))
    if not field.enum or field.type != "string":
        return None
    if _names(field, "currency", "währung", "devise", "moneda") and set(field.enum) & CODES:
        return _currency(reading, field)
    if _names(field, "language", "sprache", "langue", "idioma"):
        return _language(reading, field)
    return _code(reading, field) or _kind_of_paper(reading, field)


def cite_choice(reading: Reading, field: Field, value: str, confidence: float) -> LeafValue:
    """A chosen value with the lines that speak for it."""
    described = dict(field.enum_descriptions).get(value) or value
    asked = f"{field.name.replace('_', ' ')}: {field.description}"
    lines = supporting_lines(reading, f"{described}. {asked}" if field.enum else asked)
    return cited(field, value, confidence, cite_lines(reading, lines[:_MAX_CITED]))


def _names(field: Field, *words: str) -> bool:
    name = f"{field.name} {field.description}".casefold()
    return any(word in name for word in words)


def _code(reading: Reading, field: Field) -> LeafValue | None:
    """The one value with digits in it that stands in the text as it is written: `1099-INT`."""
    found = []
    for value in field.enum:
        if any(character.isdigit() for character in value) and len(value) >= _LEAST_CODE:
            match = re.search(rf"(?<![\w-]){re.escape(value)}(?![\w-])", reading.content.text, re.IGNORECASE)
            if match is not None:
                found.append((value, match))
    if len(found) != 1:
        return None
    value, match = found[0]
    confidence = confidence_of(Signals(finder="words", margin=1.0, field_type=field.type))
    return cited(field, value, confidence, evidence_of_span(reading.content, match.start(), match.end(), "cited"))


def _kind_of_paper(reading: Reading, field: Field) -> LeafValue | None:
    """What a paper calls itself in its first lines, when a field asks what it is: by a value, or words of its description."""
    if not _ASKS_PAPER.search(field.description):
        return None
    end = reading.lines[:_TITLE_LINES][-1].end if reading.lines else 0
    described = dict(field.enum_descriptions)
    found: dict[str, re.Match[str]] = {}
    for value in field.enum:
        for words in (value, *described.get(value, "").split(",")):
            phrase = re.escape(words.strip()).replace(r"\ ", r"\s+")
            match = (
                re.search(rf"(?<![^\W_]){phrase}(?![^\W_])", reading.content.text[:end], re.IGNORECASE)
                if phrase
                else None
            )
            if match is not None and len(match[0]) >= _LEAST_CODE:
                found.setdefault(value, match)
    if len(found) != 1:
        return None
    ((value, match),) = found.items()
    confidence = confidence_of(Signals(finder="words", margin=1.0, field_type=field.type))
    return cited(field, value, confidence, evidence_of_span(reading.content, match.start(), match.end(), "cited"))


def _currency(reading: Reading, field: Field) -> LeafValue | None:
    """The currency that most amounts are given in."""
    found = [candidate for candidate in reading.candidates(frozenset({"currency"})) if candidate.value in field.enum]
    if not found:
        return None
    counts = Counter(str(candidate.value) for candidate in found)
    value, count = min(counts.items(), key=lambda item: (-item[1], field.enum.index(item[0])))
    places = [candidate for candidate in found if candidate.value == value][:_MAX_CITED]
    evidence = tuple(
        piece for place in places for piece in evidence_of_span(reading.content, place.start, place.end, "cited")
    )
    return cited(field, value, confidence_of(Signals(finder="words", margin=count / len(found))), evidence)


def _language(reading: Reading, field: Field) -> LeafValue | None:
    value = reading.content.language or reading.hints.language
    if value not in field.enum:
        return None
    longest = sorted(reading.lines, key=lambda line: (-len(re.findall(r"[^\W\d_]{2,}", line.text)), line.number))
    return cited(field, value, confidence_of(Signals(finder="words")), cite_lines(reading, longest[:1]))
