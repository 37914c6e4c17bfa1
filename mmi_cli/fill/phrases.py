"""Finds values that the schema itself spells out: values of an enum by their words, and phrases like a field's examples.

Values of an enum are looked for in every text, phrases like the examples in speech, where what is said is about the case at hand.
Number words and digits, plurals, case and hyphens are one (`12-ounce`, `twelve ounce`). In speech a phrase of several words may be slightly
misheard (`dark rose` for `dark roast`). The longest find takes its words: `medium roast` leaves no `medium` for the size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..datamodel.content import TimeSpan
from ..datamodel.record import MatchKind
from ..datamodel.schema import Field
from ..sounding import likeness, sound_of
from .phrase_grammar import grammar_of, runs
from .plain_words import PlainWord, plain_words
from .proposals import Proposal, with_margins
from .reading import Reading

_ALIKE = 0.65
"""Of the misheard word of a phrase whose other words are heard well."""
_WHOLLY_ALIKE = 0.8
"""Of a word that stands alone."""
_LEAST_SOUNDS = 4
"""Below which a word that stands alone is found exactly or not at all."""
_MISHEARD = 0.6
"""Strength of a find that takes a word for another."""
_LEAST_GUESSED = 4
"""Letters of an enum value of one word that is looked for in speech by its sound."""
_DENIALS = frozenset(
    ["no", "not", "without", "dont", "never", "hold", "skip", "kein", "keine", "keinen", "ohne", "nicht", "sans", "pas", "sin", "ningun"]
)  # fmt: skip


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
    spelled_out = [name for name, leaf in looked_for if _spells_out(leaf, fields, is_spoken=is_spoken)]
    if not spelled_out:
        return {}
    text = reading.content.text
    words = plain_words(text, reading.content.language or reading.hints.language)
    parts = _parts(text, words, is_spoken=is_spoken)
    claims: list[_Claim] = []
    for name, leaf in looked_for:
        if leaf.enum and leaf.kind == "extracted" and leaf.type == "string":
            claims += _of_enum(name, leaf, words, parts, is_spoken=is_spoken)
        elif is_spoken and (grammar := grammar_of(leaf, [other for _, other in looked_for])) is not None:
            for first, last, strength in runs(grammar, words, parts):
                value = " ".join(text[words[first].start : words[last - 1].end].split())
                claims.append(_Claim(name, first, last, value, strength, "exact"))
    kept = _settled([claim for claim in claims if not _is_denied(claim, words, parts)])
    found: dict[str, list[Proposal]] = {name: [] for name in spelled_out}
    for claim in sorted(kept, key=lambda claim: (-claim.strength, claim.first - claim.last, claim.first)):
        # Writing speaks of more than the case at hand: every other value that is named makes each less likely.
        rivals = 1 if is_spoken else len({other.value for other in kept if other.field == claim.field})
        found[claim.field].append(_proposal(claim, text, words, rivals))
    return {name: with_margins(proposals) for name, proposals in found.items()}


def by_phrases(reading: Reading, field: Field, fields: Sequence[Field]) -> list[Proposal]:
    """The finds of one field among all fields of its schema, best first."""
    return find_phrases(reading, fields).get(field.name, [])


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


def _parts(text: str, words: Sequence[PlainWord], *, is_spoken: bool) -> list[int]:
    """For each word the number of its part of a sentence; commas part writing only, a recogniser sets them as it likes."""
    border = re.compile(r"[.;:!?\n\t]" if is_spoken else r"[.,;:!?()\t]|\n\s*\n")
    numbers, number = [], 0
    for before, word in zip((None, *words), words, strict=False):
        if before is not None and border.search(text, before.end, word.start):
            number += 1
        numbers.append(number)
    return numbers


def _of_enum(
    name: str, leaf: Field, words: Sequence[PlainWord], parts: Sequence[int], *, is_spoken: bool
) -> Iterator[_Claim]:
    places: dict[str, list[int]] = {}
    for at, word in enumerate(words):
        places.setdefault(word.plain, []).append(at)
    for value in leaf.enum:
        wanted = [word.plain for word in plain_words(value.replace("_", " "))]
        if not wanted:
            continue
        for at in places.get(wanted[0], []):
            last = at + len(wanted)
            if [word.plain for word in words[at:last]] == wanted and parts[at] == parts[last - 1]:
                yield _Claim(name, at, last, value, 1.0, "normalized")
        if is_spoken:
            yield from _misheard(name, value, wanted, words, parts, places)


def _misheard(
    name: str,
    value: str,
    wanted: list[str],
    words: Sequence[PlainWord],
    parts: Sequence[int],
    places: dict[str, list[int]],
) -> Iterator[_Claim]:
    """Places that sound like the value: one of its words is off and the others anchor it, or it is a single word of some length."""
    if len(wanted) == 1:
        if len(wanted[0]) < _LEAST_GUESSED or len(sound_of(wanted[0])) < _LEAST_SOUNDS:
            return
        for at, word in enumerate(words):
            alike = _likeness(word.plain, wanted[0])
            if word.plain != wanted[0] and alike >= _WHOLLY_ALIKE:
                yield _Claim(name, at, at + 1, value, _MISHEARD * alike, "fuzzy")
        return
    for off in range(len(wanted)):
        anchor = next(place for place in range(len(wanted)) if place != off)
        for at in places.get(wanted[anchor], []):
            first, last = at - anchor, at - anchor + len(wanted)
            if first < 0 or last > len(words) or parts[first] != parts[last - 1]:
                continue
            heard = [word.plain for word in words[first:last]]
            if heard[off] == wanted[off] or any(
                one != other for place, (one, other) in enumerate(zip(heard, wanted, strict=True)) if place != off
            ):
                continue
            alike = max(_likeness(heard[off], wanted[off]), _rebracketed(first, off, wanted, words, parts))
            if alike >= _ALIKE and not (heard[off].isdecimal() or wanted[off].isdecimal()):
                yield _Claim(name, first, last, value, _MISHEARD * alike, "fuzzy")


def _rebracketed(first: int, off: int, wanted: list[str], words: Sequence[PlainWord], parts: Sequence[int]) -> float:
    """`a nice coffee` sounds like `an iced coffee`: the n of an English article may have gone over to the next word."""
    if off or not first or words[first - 1].plain != "a" or parts[first - 1] != parts[first]:
        return 0.0
    heard = words[first].plain
    return _likeness(heard[1:], wanted[0]) if heard.startswith("n") and len(heard) > 2 else 0.0


def _likeness(heard: str, wanted: str) -> float:
    """How alike two words sound that begin alike: a recogniser seldom loses the beginning of a word."""
    return likeness(heard, wanted) if sound_of(heard)[:1] == sound_of(wanted)[:1] else 0.0


def _is_denied(claim: _Claim, words: Sequence[PlainWord], parts: Sequence[int]) -> bool:
    before = claim.first - 1
    return before >= 0 and parts[before] == parts[claim.first] and words[before].plain in _DENIALS


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
        strength=round(claim.strength / rivals, 4), is_ambiguous=claim.match == "fuzzy" and claim.strength < _MISHEARD * _WHOLLY_ALIKE,
    )  # fmt: skip
