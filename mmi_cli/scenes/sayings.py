"""What a stretch of speech is about, in its own words: its most telling sentences and phrases; no language model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..datamodel.content import Content
from ..engines.interface import TextEmbedder
from ..function_words import is_function_word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SENTENCE_END = (".", "?", "!", "…", "。", "？", "！", '."', '?"', '!"')
_LEAST_WORDS = 4
"""Of a sentence that can stand for others: `Thank you.` says nothing."""
_MOST_EMBEDDED = 400
_TELLS, _MANY_TELLING = 0.3, 8
"""What a sentence gains that holds eight words of meaning and more: the middle of a talk is often what says nothing in particular."""
_MOST_PHRASE_WORDS = 3
_MOST_PHRASES = 150
_LONGER = 0.2
"""What each more word of a phrase is worth where no model says how near the phrase is to the whole."""
_STEM = 6
"""Letters by which a word and another form of it are known as one."""
_STRIPPED = ".,;:!?…\"'“”‘’()[]«»-–—。、！？"
_WORD = re.compile(r"[^\W\d_][\w'’-]*")


class Sentence(NamedTuple):
    first: int
    """Index of its first word in `Content.words`."""
    last: int
    text: str


class Phrase(NamedTuple):
    text: str
    """As it is said first."""
    first: int
    last: int
    weight: float
    """How much it stands for the whole; comparable within one text only."""


Runs = Sequence[tuple[int, int]]
"""(first, after the last) words of each utterance."""


def sentences_of(content: Content, runs: Runs) -> tuple[Sentence, ...]:
    """Utterances cut where a sentence ends."""
    return tuple(_sentences(content, runs))


def central_sentences(
    content: Content, runs: Runs, *, most: int, embedder: TextEmbedder | None
) -> tuple[Sentence, ...]:
    """The sentences that stand nearest to all the others, in their order; none where none is long enough to say anything."""
    sentences = [each for each in sentences_of(content, runs) if each.last - each.first >= _LEAST_WORDS]
    if len(sentences) > _MOST_EMBEDDED:
        step = len(sentences) / _MOST_EMBEDDED
        sentences = [sentences[int(number * step)] for number in range(_MOST_EMBEDDED)]
    if len(sentences) <= most:
        return tuple(sentences)
    weights = _by_meaning(sentences, embedder) if embedder is not None else _by_words(sentences)
    chosen = sorted(range(len(sentences)), key=lambda number: (-weights[number], number))[:most]
    return tuple(sentences[number] for number in sorted(chosen))


def telling_phrases(
    content: Content, runs: Runs, *, most: int, embedder: TextEmbedder | None, but: frozenset[str] = frozenset()
) -> tuple[Phrase, ...]:
    """Phrases of one to three words that stand for the whole, the most telling first; no two share a word.

    Args:
        but: words, in lower case, that are part of none.
    """
    found: dict[str, tuple[int, int, int]] = {}
    counts: Counter[str] = Counter()
    for run in runs:
        for first, last in _grams(content, run, but):
            key = _plain(content, first, last)
            counts[key] += 1
            found.setdefault(key, (first, last, len(found)))
    keys = sorted(found, key=lambda key: (-counts[key] * (1 + 0.5 * key.count(" ")), found[key][2]))[:_MOST_PHRASES]
    if not keys:
        return ()
    nearness = {key: 1.0 + _LONGER * key.count(" ") for key in keys}
    if embedder is not None:
        whole = " ".join(" ".join(content.text_of(*run).split()) for run in runs)
        vectors = embedder.embed([whole[:2000], *keys])
        nearness = {key: max(0.01, float(vectors[0] @ vector)) for key, vector in zip(keys, vectors[1:], strict=True)}
    weights = {key: nearness[key] * (1 + counts[key]) ** 0.5 for key in keys}
    chosen: list[str] = []
    for key in sorted(keys, key=lambda key: (-weights[key], found[key][2])):
        if len(chosen) == most:
            break
        if not any(_stems(key) & _stems(other) for other in chosen):
            chosen.append(key)
    return tuple(
        Phrase(
            " ".join(word.text for word in content.words[found[key][0] : found[key][1]]).strip(_STRIPPED),
            found[key][0],
            found[key][1],
            round(weights[key], 4),
        )
        for key in chosen
    )


def _sentences(content: Content, runs: Runs) -> Iterator[Sentence]:
    for first, last in runs:
        begin = first
        for index in range(first, last):
            if index + 1 == last or content.words[index].text.endswith(_SENTENCE_END):
                yield Sentence(begin, index + 1, " ".join(content.text_of(begin, index + 1).split()))
                begin = index + 1


def _stems(phrase: str) -> set[str]:
    """Beginnings of its words: those of `refund` and `refunds` are one."""
    return {word[:_STEM] for word in phrase.split()}


def _grams(content: Content, run: tuple[int, int], but: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Runs of up to three words of meaning without a mark between them; a single word has five letters or a capital inside a sentence.

    Of a German text the last one is a noun, which has a capital there.
    """
    words, ends_in_noun = content.words, content.language == "de"
    for first in range(*run):
        for last in range(first + 1, min(first + _MOST_PHRASE_WORDS, run[1]) + 1):
            if not _is_telling(words[last - 1].text, but):
                break
            if ends_in_noun and not words[last - 1].text.strip(_STRIPPED)[:1].isupper():
                continue
            text = words[first].text.strip(_STRIPPED)
            is_name = text[:1].isupper() and first > run[0] and not words[first - 1].text.endswith(_SENTENCE_END)
            if last - first > 1 or len(text) >= 5 or is_name:
                yield first, last
            if words[last - 1].text[-1:] in _STRIPPED:
                break


def _is_telling(word: str, but: frozenset[str] = frozenset()) -> bool:
    plain = word.strip(_STRIPPED)
    return _WORD.fullmatch(plain) is not None and not is_function_word(plain.casefold()) and plain.casefold() not in but


def _plain(content: Content, first: int, last: int) -> str:
    return " ".join(word.text.strip(_STRIPPED).casefold() for word in content.words[first:last])


def _by_meaning(sentences: Sequence[Sentence], embedder: TextEmbedder) -> list[float]:
    vectors: NDArray[np.float32] = embedder.embed([each.text for each in sentences])
    middle = vectors.mean(axis=0)
    return [
        float(vector @ middle) + _TELLS * _tells(each.text) for each, vector in zip(sentences, vectors, strict=True)
    ]


def _tells(text: str) -> float:
    """How much a sentence tells, in [0, 1]: words of meaning, numbers and names."""
    words = [word.strip(_STRIPPED) for word in text.split()]
    telling = [word for word in words if _is_telling(word) or any(character.isdigit() for character in word)]
    names = sum(word[:1].isupper() or any(character.isdigit() for character in word) for word in telling[1:])
    return min(1.0, (len(telling) + 0.5 * names) / _MANY_TELLING)


def _by_words(sentences: Sequence[Sentence]) -> list[float]:
    words = [
        {word for word in (each.strip(_STRIPPED).casefold() for each in one.text.split()) if _is_telling(word)}
        for one in sentences
    ]
    counts = Counter(word for each in words for word in each)
    return [sum(counts[word] - 1 for word in each) / (len(each) + 3) for each in words]
