"""Phrases like the examples of a field: the examples' words in other orders and combinations, ending in what examples end in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..datamodel.schema import Field
from .plain_words import PlainWord, plain_words

# Words that lead to a phrase and are no part of it where an example does not begin with them.
_LINKS = frozenset({
    "of", "and", "or", "with", "to", "in", "on", "for", "the",
    "von", "und", "oder", "mit", "zu", "der", "die", "das", "den", "dem", "ein", "eine", "einen",
    "de", "du", "des", "et", "ou", "avec", "le", "la", "les", "d", "l",
    "y", "o", "con", "el", "los", "las", "del",
})  # fmt: skip
_NUMBER = "#"
"""Stands for any number where an example has one: `twelve ounce` teaches `16-ounce`."""
_LONGEST = 12
"""Words."""
_LEAST_EXAMPLES = 3
_HEADS_AN_EXAMPLE = 0.7


@dataclass(frozen=True, slots=True)
class Grammar:
    """What the examples of one field teach."""

    words: frozenset[str]
    heads: frozenset[str]
    """Words that an example ends in: what the phrase is about."""
    first: frozenset[str]
    """Words that an example begins with."""
    shared: frozenset[str]
    """Words that lead up to a head in the examples of any field (`a little bit of`, `some`)."""


def grammar_of(field: Field, fields: Sequence[Field]) -> Grammar | None:
    """None where examples are no phrases (names, codes, a pattern, other types than texts), or no two of them end alike.

    Examples that end in the same few words (`some whole milk`, `lots of soy milk`) say what the field is about; others are single cases
    of something open (`late delivery`, `wrong item`).
    """
    if not _has_phrases(field):
        return None
    own = _plain_examples(field)
    heads = frozenset(example[-1] for example in own)
    if len(own) < _LEAST_EXAMPLES or len(heads) > _HEADS_AN_EXAMPLE * len(own):
        return None
    others = [example for other in fields if _has_phrases(other) for example in _plain_examples(other)]
    return Grammar(
        frozenset(word for example in own for word in example),
        heads,
        frozenset(example[0] for example in own),
        frozenset(word for example in (*own, *others) for word in example[:-1]),
    )


def _has_phrases(field: Field) -> bool:
    if field.type != "string" or field.enum or field.pattern or field.kind != "extracted" or not field.examples:
        return False
    names = sum(all(word[:1].isupper() for word in example.split()) for example in field.examples)
    return names * 2 <= len(field.examples) and not any(_is_code(example) for example in field.examples)


def _is_code(example: str) -> bool:
    """`INV-100`, `2026`: digits alone or among letters; `12 ounce` is none."""
    words = example.split()
    return all(word.isdecimal() for word in words) or any(
        any(character.isdecimal() for character in word) and not word.isdecimal() for word in words
    )


def _sort(plain: str) -> str:
    return _NUMBER if plain.isdecimal() else plain


def _plain_examples(field: Field) -> list[list[str]]:
    found = ([_sort(word.plain) for word in plain_words(example)] for example in field.examples)
    return [example for example in found if example]


def runs(grammar: Grammar, words: Sequence[PlainWord], parts: Sequence[int]) -> Iterator[tuple[int, int, float]]:
    """(first, last, strength) of phrases, by their words' indices; strength is the share of their words that the examples hold.

    A word that no example holds may stand once inside a phrase, right before its head (`some oat milk`).

    Args:
        parts: for each word the number of the sentence part it stands in; a phrase does not go beyond it.
    """
    known = grammar.words | grammar.shared
    sorts = [_sort(word.plain) for word in words]
    at = 0
    while at < len(words):
        if sorts[at] not in known:
            at += 1
            continue
        end, head, unknown = at, None, 0
        while end < len(words) and end - at < _LONGEST and parts[end] == parts[at]:
            if sorts[end] in grammar.heads:
                head = end
            elif sorts[end] not in known:
                follows = end + 1 < len(words) and parts[end + 1] == parts[at] and sorts[end + 1] in grammar.heads
                if unknown or not follows or end == at or sorts[end] in _LINKS:
                    break
                unknown += 1
            end += 1
        if head is None:
            at += 1
            continue
        first = at
        while first < head and sorts[first] in _LINKS and sorts[first] not in grammar.first:
            first += 1
        count = head + 1 - first
        held = sum(sort in known for sort in sorts[first : head + 1])
        yield first, head + 1, held / count
        at = head + 1
