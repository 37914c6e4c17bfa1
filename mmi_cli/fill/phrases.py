"""Finds values that the schema itself spells out: values of an enum by their words, and phrases like a field's examples.

Values of an enum are looked for in every text, phrases like the examples in speech, where what is said is about the case at hand.
Number words and digits, plurals, case and hyphens are one (`12-ounce`, `twelve ounce`). In speech a phrase of several words may be slightly
misheard (`dark rose` for `dark roast`). The longest find takes its words: `medium roast` leaves no `medium` for the size.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..datamodel.content import TimeSpan
from ..datamodel.record import MatchKind
from ..datamodel.schema import Field
from ..sounding import likeness, sound_of
from .alignment import locate
from .phrase_grammar import grammar_of, runs
from .plain_words import PlainWord, plain_words
from .proposals import Proposal, with_margins
from .reading import Reading
from .text_index import TextIndex

_ALIKE = 0.6
"""Of the misheard word of a phrase whose other words are heard well: rose and roast, not hot and house."""
_WHOLLY_ALIKE = 0.65
"""Of a word that stands alone, when the recogniser itself doubts it."""
_DOUBTED = 0.75
"""The recogniser's own score below which it does."""
_LEAST_SOUNDS = 4
"""Below which a word that stands alone is found exactly or not at all."""
_MISREAD = 0.8
"""Strength of a find in which a scan took letters for others."""
_MISHEARD = 0.6
"""Strength of a find that takes a word for another."""
_DENIALS = frozenset(
    ["no", "not", "without", "dont", "never", "hold", "skip", "kein", "keine", "keinen", "ohne", "nicht", "sans", "pas", "sin", "ningun"]
)  # fmt: skip


class _Said(NamedTuple):
    """The text as it is searched."""

    words: tuple[PlainWord, ...]
    parts: list[int]
    """For each word the number of its part of a sentence; no find goes over its border."""
    is_doubted: list[bool]
    """For each word whether its recogniser doubts it; nobody doubts writing."""
    places: dict[str, list[int]]
    """Plain word → where it stands."""
    is_spoken: bool


class _Claim(NamedTuple):
    """A field's find: words [first, last) of the text."""

    field: str
    first: int
    last: int
    value: str
    strength: float
    match: MatchKind


def find_phrases(reading: Reading, fields: Sequence[Field]) -> dict[str, list[Proposal]]:
    """Field name → proposals, best first, of the fields (lists too) whose schema spells out what they may hold."""
    looked_for = [(each.name, _leaf(each)) for each in fields]
    is_spoken = is_speech(reading)
    names = [name for name, leaf in looked_for if _spells_out(leaf, fields, is_spoken=is_spoken)]
    if not names:
        return {}
    said, text = _said(reading, is_spoken=is_spoken), reading.content.text
    claims: list[_Claim] = []
    for name, leaf in looked_for:
        if leaf.enum and name in names:
            claims += _of_enum(name, leaf, said, reading.index if reading.index.is_ocr else None)
        elif is_spoken and (grammar := grammar_of(leaf, [other for _, other in looked_for])) is not None:
            for first, last, strength in runs(grammar, said.words, said.parts):
                value = " ".join(text[said.words[first].start : said.words[last - 1].end].split())
                claims.append(_Claim(name, first, last, value, strength, "exact"))
    kept = _settled([claim for claim in claims if not _is_denied(claim, said)])
    found: dict[str, list[Proposal]] = {name: [] for name in names}
    for claim in sorted(kept, key=lambda claim: (-claim.strength, claim.first - claim.last, claim.first)):
        # Writing speaks of more than the case at hand: every other value that is named makes each less likely.
        rivals = 1 if is_spoken else len({other.value for other in kept if other.field == claim.field})
        found[claim.field].append(_proposal(claim, text, said.words, rivals))
    return {name: with_margins(proposals) for name, proposals in found.items()}


def spelled_out(field: Field, phrases: Sequence[Proposal], labelled: Sequence[Proposal]) -> Proposal | None:
    """The best find of a field that may hold nothing but what its schema spells out; in writing a label decides between several."""
    if (
        labelled
        and labelled[0].value in field.enum
        and not any(each.value == labelled[0].value for each in phrases[:1])
    ):
        return labelled[0]
    return phrases[0] if phrases else None


def is_closed(reading: Reading, field: Field, fields: Sequence[Field]) -> bool:
    """Whether what `find_phrases` does not find is not there: in speech, which says what a schema spells out in the schema's words."""
    return is_speech(reading) and _spells_out(_leaf(field), fields, is_spoken=True)


def is_speech(reading: Reading) -> bool:
    """Whether the words of the file were said."""
    words = reading.content.words
    return bool(words) and isinstance(words[0].place, TimeSpan) and isinstance(words[-1].place, TimeSpan)


def _leaf(field: Field) -> Field:
    return field.items if field.type == "array" and field.items is not None else field


def _spells_out(leaf: Field, fields: Sequence[Field], *, is_spoken: bool) -> bool:
    if leaf.type != "string" or leaf.kind != "extracted" or leaf.expression is not None:
        return False
    return bool(leaf.enum) or (is_spoken and grammar_of(leaf, [_leaf(each) for each in fields]) is not None)


def _said(reading: Reading, *, is_spoken: bool) -> _Said:
    text = reading.content.text
    words = plain_words(text, reading.content.language or reading.hints.language)
    # A recogniser sets commas as it likes; in writing they part.
    border = re.compile(r"[.;:!?\n\t]" if is_spoken else r"[.,;:!?()\t]|\n\s*\n")
    parts, number = [], 0
    places: dict[str, list[int]] = {}
    for at, word in enumerate(words):
        if at and border.search(text, words[at - 1].end, word.start):
            number += 1
        parts.append(number)
        places.setdefault(word.plain, []).append(at)
    is_doubted = [
        is_spoken and min(reading.source_scores(word.start, word.end), default=1.0) < _DOUBTED for word in words
    ]
    return _Said(words, parts, is_doubted, places, is_spoken)


def _of_enum(name: str, leaf: Field, said: _Said, index: TextIndex | None) -> Iterator[_Claim]:
    """Args:
    index: of a text that was read from a picture, in which a letter in eight may be misread.
    """
    starts = [word.start for word in said.words]
    for value in leaf.enum:
        wanted = [word.plain for word in plain_words(value.replace("_", " "))]
        if not wanted:
            continue
        for at in said.places.get(wanted[0], []):
            last = at + len(wanted)
            if [word.plain for word in said.words[at:last]] == wanted and said.parts[at] == said.parts[last - 1]:
                yield _Claim(name, at, last, value, 1.0, "normalized")
        if said.is_spoken:
            misheard = _word_misheard(wanted[0], said) if len(wanted) == 1 else _phrase_misheard(wanted, said)
            for first, last, alike in misheard:
                yield _Claim(name, first, last, value, _MISHEARD * alike, "fuzzy")
        elif index is not None:
            for place in locate(index, value, limit=3):
                first = bisect_left(starts, place.start)
                last = bisect_left(starts, place.end)
                if first < last and said.words[first].start == place.start:
                    strength = _MISREAD * place.score if place.match == "fuzzy" else 1.0
                    yield _Claim(name, first, last, value, strength, place.match)


def _word_misheard(wanted: str, said: _Said) -> Iterator[tuple[int, int, float]]:
    """(first, last, likeness) of doubted words that sound like a single word of some length."""
    if len(sound_of(wanted)) >= _LEAST_SOUNDS:
        for at, word in enumerate(said.words):
            alike = _likeness(word.plain, wanted) if said.is_doubted[at] and word.plain != wanted else 0.0
            if alike >= _WHOLLY_ALIKE:
                yield at, at + 1, alike


def _phrase_misheard(wanted: list[str], said: _Said) -> Iterator[tuple[int, int, float]]:
    """(first, last, likeness of the word that is off) of places where one word of a phrase is off and the others stand."""
    for off, word in enumerate(wanted):
        anchor = 0 if off else 1
        for at in said.places.get(wanted[anchor], []):
            first, last = at - anchor, at - anchor + len(wanted)
            if first < 0 or last > len(said.words) or said.parts[first] != said.parts[last - 1]:
                continue
            heard = [each.plain for each in said.words[first:last]]
            others = [place for place in range(len(wanted)) if place != off]
            if heard[off] == word or any(heard[place] != wanted[place] for place in others):
                continue
            if heard[off].isdecimal() or word.isdecimal():
                continue
            alike = max(_likeness(heard[off], word), 0.0 if off else _rebracketed(first, word, said))
            if alike >= _ALIKE:
                yield first, last, alike


def _rebracketed(first: int, wanted: str, said: _Said) -> float:
    """`a nice coffee` sounds like `an iced coffee`: the n of an English article may have gone over to the next word."""
    if not first or said.words[first - 1].plain != "a" or said.parts[first - 1] != said.parts[first]:
        return 0.0
    heard = said.words[first].plain
    return _likeness(heard[1:], wanted) if heard.startswith("n") and len(heard) > 2 else 0.0


def _likeness(heard: str, wanted: str) -> float:
    """How alike two words are in sound and in letters, if they begin alike: a recogniser seldom loses the beginning of a word."""
    from rapidfuzz.distance import Levenshtein

    if sound_of(heard)[:1] != sound_of(wanted)[:1]:
        return 0.0
    return (likeness(heard, wanted) + Levenshtein.normalized_similarity(heard, wanted)) / 2


def _is_denied(claim: _Claim, said: _Said) -> bool:
    before = claim.first - 1
    return before >= 0 and said.parts[before] == said.parts[claim.first] and said.words[before].plain in _DENIALS


def _settled(claims: Sequence[_Claim]) -> list[_Claim]:
    """Claims of which none takes words of a longer one; the same words may serve several fields."""
    kept: list[_Claim] = []
    for claim in sorted(claims, key=lambda claim: (claim.first - claim.last, -claim.strength, claim.first)):
        if all(
            claim.last <= other.first
            or other.last <= claim.first
            or ((claim.first, claim.last) == (other.first, other.last) and claim.strength == other.strength)
            for other in kept
        ):
            kept.append(claim)
    return kept


def _proposal(claim: _Claim, text: str, words: Sequence[PlainWord], rivals: int) -> Proposal:
    start, end = words[claim.first].start, words[claim.last - 1].end
    is_as_written = text[start:end] == claim.value
    return Proposal(
        start=start, end=end, value=claim.value, finder="phrase", match="exact" if is_as_written else claim.match,
        strength=round(claim.strength / rivals, 4), is_ambiguous=claim.match == "fuzzy",
    )  # fmt: skip
