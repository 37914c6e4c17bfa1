"""Chooses what the language model is shown of a file that is longer than its share of the prompt."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..datamodel.content import TimeSpan
from ..datamodel.schema import Field
from ..engines.interface import TextEmbedder
from .candidates import candidate_kinds
from .label_hits import LabelHit, label_words
from .reading import Reading

_MAX_WITH_SPEAKERS = 4000
"""Characters of a conversation that is shown whole with the names of its speakers, which the counted room has space for."""
_MAX_NAME_WORDS = 4
_PASSAGE_CHARS = 400
_MAX_EMBEDDED = 400
_GAP = "[…]"
_MOST_CHARS_PER_TOKEN = 8
"""Longer texts are not counted whole to learn that they do not fit."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole lines of the text, one after another."""

    start: int
    end: int


def choose_passages(
    reading: Reading,
    fields: Sequence[Field],
    hits: dict[str, list[LabelHit]],
    *,
    budget_tokens: int,
    count_tokens: Callable[[str], int],
    embedder: TextEmbedder | None,
) -> tuple[Passage, ...]:
    """Passages in the order of the text that fit the budget: the whole text when it does, else those that speak of the fields."""
    text = reading.content.text
    if len(text) <= budget_tokens * _MOST_CHARS_PER_TOKEN and (
        len(text.encode()) <= budget_tokens or count_tokens(text) <= budget_tokens
    ):
        return (Passage(0, len(text)),)
    passages = split_passages(reading)
    words = [frozenset(words_of(text[passage.start : passage.end])) for passage in passages]
    frequency = Counter(word for each in words for word in each)
    rankings = [_ranking(reading, passages, words, frequency, field, hits.get(field.name, [])) for field in fields]
    if embedder is not None and len(passages) <= _MAX_EMBEDDED:
        rankings.extend(_by_meaning(reading, passages, fields, embedder))
    chosen: set[int] = set()
    left = budget_tokens
    by_rank = [
        rank[depth] for depth in range(max(map(len, rankings), default=0)) for rank in rankings if depth < len(rank)
    ]
    for number in [*range(min(2, len(passages))), *by_rank]:
        if number in chosen:
            continue
        cost = count_tokens(text[passages[number].start : passages[number].end]) + 3
        if cost <= left:
            chosen.add(number)
            left -= cost
        if left < 40:
            break
    return _joined([passages[number] for number in sorted(chosen)])


def shown_text(reading: Reading, passages: Sequence[Passage]) -> str:
    """The text of the passages, with a mark where something was left out."""
    text = reading.content.text
    is_whole = tuple(passages) == (Passage(0, len(text)),) and len(text) <= _MAX_WITH_SPEAKERS
    if is_whole and (dialogue := _with_speakers(reading)):
        return dialogue
    pieces: list[str] = []
    at = 0
    for passage in passages:
        if passage.start > at:
            pieces.append(_GAP)
        pieces.append(text[passage.start : passage.end].strip("\n"))
        at = passage.end + 2
    if passages and passages[-1].end < len(text):
        pieces.append(_GAP)
    return "\n".join(pieces)


def _with_speakers(reading: Reading) -> str:
    """The lines of a short conversation, each turn behind the name of its speaker; "" where nobody is named."""
    lines: list[str] = []
    before: str | None = None
    for line in reading.lines:
        place = reading.content.words[line.first].place
        speaker = place.speaker if isinstance(place, TimeSpan) else None
        if speaker and len(speaker.split()) > _MAX_NAME_WORDS:
            return ""  # no name, and perhaps written to be read as an instruction
        lines.append(f"{speaker}: {line.text}" if speaker and speaker != before else line.text)
        before = speaker
    return "\n".join(lines) if before is not None else ""


def split_passages(reading: Reading) -> list[Passage]:
    """The text in runs of whole lines of some 400 characters; longer lines in runs of whole words."""
    passages: list[Passage] = []
    start = end = None
    for first, last in _pieces(reading):
        if start is not None and end is not None and last - start > _PASSAGE_CHARS:
            passages.append(Passage(start, end))
            start = None
        if start is None:
            start = first
        end = last
    if start is not None and end is not None:
        passages.append(Passage(start, end))
    return passages or [Passage(0, len(reading.content.text))]


def _pieces(reading: Reading) -> Iterator[tuple[int, int]]:
    """Lines; of lines, and of words, that are too long for a passage, parts that are not."""
    for line in reading.lines:
        if line.end - line.start <= 2 * _PASSAGE_CHARS:
            yield line.start, line.end
            continue
        for match in re.finditer(rf"\S(?:.{{0,{_PASSAGE_CHARS}}}(?<=\S)(?=\s|$)|.{{0,{_PASSAGE_CHARS}}})", line.text):
            yield line.start + match.start(), line.start + match.end()


def words_of(text: str) -> list[str]:
    """Words of three letters and more, or with a digit, without case."""
    return [word for word in re.findall(r"[^\W_]+", text.casefold()) if len(word) > 2 or word.isdigit()]


def _ranking(
    reading: Reading, passages: Sequence[Passage], words: Sequence[frozenset[str]], frequency: Mapping[str, int], field: Field,
    hits: Sequence[LabelHit],
) -> list[int]:  # fmt: skip
    """Passages that name the field or speak in its words, best first.

    Args:
        words: of each passage.
        frequency: of each word, the number of passages that hold it.
    """
    wanted = set(words_of(f"{field.name.replace('_', ' ')} {field.description}"))
    for phrase, _ in label_words(field):
        wanted.update(words_of(phrase))
    starts = [passage.start for passage in passages]
    named = dict.fromkeys(range(-1, len(passages)), 0.0)
    for hit in hits:
        named[bisect_right(starts, hit.start) - 1] += hit.strength
    candidates = reading.candidates(candidate_kinds(field))
    holding = {bisect_right(starts, candidate.start) - 1 for candidate in candidates}
    scores = []
    for number in range(len(passages)):
        score = sum(1 / (1 + frequency[word]) for word in words[number] & wanted)
        score += named[number] / (1 + len(hits) / 3)
        scores.append((-(score * (1.5 if number in holding else 1.0 if not candidates else 0.6)), number))
    return [number for score, number in sorted(scores) if score < 0][:12]


def _by_meaning(
    reading: Reading, passages: Sequence[Passage], fields: Sequence[Field], embedder: TextEmbedder
) -> list[list[int]]:
    """Passages nearest in meaning to each field's description, best first."""
    text = reading.content.text
    vectors = embedder.embed([text[passage.start : passage.end] for passage in passages])
    wanted = embedder.embed([f"{field.name.replace('_', ' ')}: {field.description}" for field in fields])
    similar = wanted @ vectors.T
    return [[int(number) for number in (-row).argsort(kind="stable")[:3]] for row in similar]


def _joined(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    out: list[Passage] = []
    for passage in passages:
        if out and passage.start - out[-1].end <= 2:
            out[-1] = Passage(out[-1].start, passage.end)
        else:
            out.append(passage)
    return tuple(out)
