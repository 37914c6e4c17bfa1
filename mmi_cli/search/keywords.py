"""Words of texts and of questions as the keyword index holds them, and the question that is put to it."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from dataclasses import dataclass
from math import log

from ..function_words import telling_words

_WORD = re.compile(r"[^\W_]+")
# Scripts written without spaces: every pair of characters is a word, as search engines do where there is no dictionary.
_UNSPACED = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f\u0e80-\u0eff\u1780-\u17ff\u1000-\u109f]+"
)
MOST_ROWS = 30_000
"""Items that a question's words may stand in, all told: scoring more by BM25 would take longer than comparing all vectors."""
_MOST_WORDS = 32
_COMMON = 0.2
"""A word that stands in more than this share of many items says nothing beside one that is rarer."""
_MANY = 200


def words_of(text: str) -> list[str]:
    """Words in the form in which they are compared: no case, no width, no ligatures; accents are left to the index."""
    plain = unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode()).casefold()
    found: list[str] = []
    for match in _WORD.finditer(plain):
        at = 0
        for run in _UNSPACED.finditer(match[0]):
            if run.start() > at:
                found.append(match[0][at : run.start()])
            found += _pairs(run[0])
            at = run.end()
        if at < len(match[0]):
            found.append(match[0][at:])
    return found


def indexable(text: str) -> str:
    """A text as it is given to the keyword index: the same text always gives the same, so that it can be taken out again."""
    return " ".join(words_of(text))


@dataclass(frozen=True, slots=True)
class WeightedWord:
    """A word of the question that stands in some item."""

    word: str
    items: int
    weight: float
    """Its inverse document frequency, as BM25 has it."""


def weighted_words(connection: sqlite3.Connection, question: str, *, total: int) -> tuple[WeightedWord, ...]:
    """The words of a question that are worth asking for, rarest first, within the bound of rows.

    Args:
        total: items of the index.
    """
    found = []
    for word in telling_words(words_of(question))[: 4 * _MOST_WORDS]:
        if (stem := _stem(connection, word)) is None:
            continue
        row = connection.execute("SELECT doc FROM vocabulary WHERE term = ?", (stem,)).fetchone()
        if row is not None:
            found.append(WeightedWord(word, int(row[0]), log(1 + (total - row[0] + 0.5) / (row[0] + 0.5))))
    found.sort(key=lambda each: (each.items, each.word))
    rare = [each for each in found if total < _MANY or each.items <= _COMMON * total]
    kept: list[WeightedWord] = []
    rows = 0
    for each in (rare or found)[:_MOST_WORDS]:
        rows += each.items
        if kept and rows > MOST_ROWS:
            break
        kept.append(each)
    return tuple(kept)


def match_any(words: tuple[WeightedWord, ...]) -> str:
    """The question in the index's own language: any of the words."""
    return " OR ".join(f'"{each.word}"' for each in words)


def _stem(connection: sqlite3.Connection, word: str) -> str | None:
    """The word as the tokenizer of the index stores it."""
    connection.execute("DELETE FROM temp.stemmer")
    connection.execute("INSERT INTO temp.stemmer(body) VALUES (?)", (word,))
    row = connection.execute("SELECT term FROM temp.stemmed").fetchone()
    return None if row is None else str(row[0])


def prepare_stemmer(connection: sqlite3.Connection, tokenizer: str) -> None:
    """A table of one word, by which the tokenizer tells how it stores it."""
    connection.execute(f"CREATE VIRTUAL TABLE temp.stemmer USING fts5(body, tokenize='{tokenizer}')")
    connection.execute("CREATE VIRTUAL TABLE temp.stemmed USING fts5vocab(temp, stemmer, row)")


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]
