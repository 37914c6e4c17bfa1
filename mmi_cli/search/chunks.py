"""A content as chunks for retrieval: bounded in tokens, under their headings, each with its place and, where wanted, its vector."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from ..datamodel.content import Content
from ..datamodel.record import dump_line
from ..engines.interface import TextEmbedder
from .passages import MOST_TOKENS, CountTokens, Passage, estimate_tokens, split_passages

_DIGITS = 6
"""Of a component of a vector: float32 holds about seven."""
_AT_ONCE = 64


def chunk_lines(
    content: Content,
    *,
    most_tokens: int = MOST_TOKENS,
    embedder: TextEmbedder | None = None,
    count_tokens: CountTokens | None = None,
) -> Iterator[str]:
    """One JSON line a chunk, in the order of the file; every word of it is in exactly one.

    Keys: `id` (the same for the same text at the same place), `number` from 1, `text`, `headings` (outermost first), `tokens`
    (headings included), `is_spoken`, `place` (as evidence in a record), and with an embedder `vector` (a unit vector of text and
    headings) and `model`.

    Args:
        most_tokens: of a chunk, headings included.
        embedder: makes the vectors; None: no vectors.
        count_tokens: of a text; None: the embedder's own where it counts, else an estimate.
    """
    own = getattr(embedder, "count_tokens", None)
    count = count_tokens or own or estimate_tokens
    passages = split_passages(content, count_tokens=count, most_tokens=most_tokens)
    for first in range(0, len(passages), _AT_ONCE):
        some = passages[first : first + _AT_ONCE]
        vectors = embedder.embed([each.text_with_headings for each in some]) if embedder is not None else None
        for at, passage in enumerate(some):
            chunk = _chunk(first + at + 1, passage, count)
            if embedder is not None and vectors is not None:
                chunk["vector"] = [round(float(each), _DIGITS) for each in vectors[at]]
                chunk["model"] = embedder.name
            yield dump_line(chunk)


def _chunk(number: int, passage: Passage, count: CountTokens) -> dict[str, Any]:
    place = passage.place.to_json()
    del place["text"], place["match"]
    key = dump_line({"place": place, "text": passage.text, "headings": list(passage.headings)})
    return {
        "id": hashlib.sha256(key.encode()).hexdigest()[:32],
        "number": number,
        "text": passage.text,
        "headings": list(passage.headings),
        "tokens": count(passage.text_with_headings),
        "is_spoken": passage.is_spoken,
        "place": place,
    }
