"""The words that a schema leads a reader to expect: its vocabulary first, then what its fields may hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..datamodel.schema import Field, Schema

_MOST = 500
"""Entries; a recogniser is shown the first of them, and knows the others again by their sound."""
_LONGEST = 60
"""Characters; longer texts are sentences, not words to listen for."""
_WORD = re.compile(r"[^\W\d_]{2,}")


def words_to_expect(schemas: Iterable[Schema]) -> tuple[str, ...]:
    """Words and short phrases, each once, what is likeliest to be said first.

    The explicit `vocabulary` of all schemas, then the values of enums of what is extracted, then examples, then aliases. Descriptions are
    left out, they are about the file and not in it; so are the enums of what is inferred, which name a judgement (`complaint`), and
    examples with digits, which are one case's own (`INV-100`).
    """
    schemas = tuple(_with_categories(schemas))
    leaves = [leaf for schema in schemas for field in schema.fields for leaf in _string_leaves(field)]
    found: list[str] = [word for schema in schemas for word in schema.vocabulary]
    found += [value for leaf in leaves if leaf.kind == "extracted" for value in leaf.enum]
    found += [example for leaf in leaves for example in leaf.examples if not re.search(r"\d", example)]
    found += [alias for leaf in leaves if leaf.kind == "extracted" for alias in leaf.aliases]
    once: dict[str, str] = {}
    for each in found:
        phrase = " ".join(each.replace("_", " ").split())
        if _WORD.search(phrase) and len(phrase) <= _LONGEST:
            once.setdefault(phrase.casefold(), phrase)
    return tuple(once.values())[:_MOST]


def _with_categories(schemas: Iterable[Schema]) -> Iterator[Schema]:
    """The schemas, and behind a router those that it leads to."""
    for schema in schemas:
        yield schema
        yield from (category.filled_by for category in schema.categories if category.filled_by is not None)


def _string_leaves(field: Field) -> Iterator[Field]:
    """The texts of a field, of its rows and of its members."""
    for _, leaf in field.leaves():
        if leaf.type == "string" and leaf.kind != "abstracted" and leaf.expression is None:
            yield leaf
