"""Finds the lines of a file that speak for a sentence or a choice, by meaning where there is an embedding model, else by shared words."""

from __future__ import annotations

from collections import Counter

from ..datamodel.record import Evidence
from .evidence import evidence_of_span
from .passages import words_of
from .reading import Line, Reading

_MOST_EMBEDDED = 80
_NEAR = 0.37
"""Cosine from which a line is taken to speak of a sentence; of 18,000 pairs of lines from unrelated files one in twenty is as near."""
_RARE_WORDS = 0.15
"""How much shared words count beside the meaning: they hold names and numbers, which vectors blur."""


def supporting_lines(reading: Reading, words: str) -> list[Line]:
    """Lines that speak of the same as some words, best first; none where no line does."""
    shared = _by_words(reading, words)
    if reading.embedder is None:
        return [reading.lines[number] for number, _ in shared]
    few = len(reading.lines) <= _MOST_EMBEDDED
    numbers = list(range(len(reading.lines))) if few else [number for number, _ in shared[:_MOST_EMBEDDED]]
    if not numbers:
        return []
    most = max((score for _, score in shared), default=1.0)
    by_words = {number: score / most for number, score in shared}
    near = reading.nearness(words, numbers)
    scores = {number: near[number] + _RARE_WORDS * by_words.get(number, 0.0) for number in numbers}
    chosen = [number for number in numbers if scores[number] >= _NEAR]
    return [reading.lines[number] for number in sorted(chosen, key=lambda number: (-scores[number], number))]


def cite_lines(reading: Reading, lines: list[Line]) -> tuple[Evidence, ...]:
    """The lines as evidence, in order of the text."""
    ordered = sorted(lines, key=lambda line: line.number)
    return tuple(
        piece for line in ordered for piece in evidence_of_span(reading.content, line.start, line.end, "cited")
    )


def _by_words(reading: Reading, words: str) -> list[tuple[int, float]]:
    """(line number, score) of the lines that share words, best first; rare words count more."""
    wanted = set(words_of(words))
    frequency = Counter(word for line in reading.lines for word in set(words_of(line.text)))
    scored = []
    for line in reading.lines:
        shared = wanted & set(words_of(line.text))
        if shared:
            scored.append((line.number, sum(1 / frequency[word] ** 0.5 for word in shared)))
    return sorted(scored, key=lambda pair: (-pair[1], pair[0]))
