"""Which of several kinds a paper is: by the labels of each kind's fields, by its title, and by what it is about."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..datamodel.content import Content
from ..datamodel.schema import Category, Field, Schema
from ..engines.interface import TextEmbedder
from ..fill.label_hits import label_words
from ..fill.letter_case import lowered
from .paper_titles import senses_of, title_senses, typical_share

_FITTED = Path(__file__).with_name("weights.json")
_WORD = re.compile(r"[^\W\d_]{2,}|\d{3,4}")
# ruff: noqa: SIM905 - long word lists read better without quotes
_STOP = frozenset(
    "a an and are as at be by for from in into is it its of on one or our ours that the their them this to was were which who with other "
    "another all any person company sends file document paper page form".split()
)
_MOST_TITLES = 12
_SAID = 700
"""Characters of a page that say what it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSignals:
    """How well a page or file fits one kind; each about 0 to 1."""

    labels: float
    """Share of the labels of the kind's fields that stand in it, rare ones counting more."""
    title: float
    """How much of a line at the top is a title that papers of the kind bear, less the lower it stands."""
    named: float
    """Share of the words that name the kind which stand together in a title."""
    typical: float
    """How much it speaks like papers of the kind."""
    words: float
    """The same of the words of its description, anywhere."""
    nearness: float
    """Cosine between its beginning and the description."""


class Classifier:
    """Judges pages and files by the categories of one router."""

    def __init__(self, categories: Sequence[Category], embedder: TextEmbedder | None) -> None:
        self.categories = tuple(categories)
        self._embedder = embedder
        phrases = [_phrases(category) for category in self.categories]
        self._phrases = [
            {phrase: strength / sum(phrase in other for other in phrases) for phrase, strength in each.items()}
            for each in phrases
        ]
        self._names = [_name_words(category) for category in self.categories]
        self._senses = [senses_of(_ways_to_say(category)) for category in self.categories]
        self._told = [_told_words(category) for category in self.categories]
        self._vectors = embedder.embed([_description(each) for each in self.categories]) if embedder else None

    def signals(self, content: Content, titles: Sequence[str]) -> tuple[KindSignals, ...]:
        """One a category.

        Args:
            titles: headings and short lines at the top.
        """
        text = " ".join(lowered(content.text).split())
        padded = " " + re.sub(r"[^\w#]+", " ", text) + " "
        words = set(_WORD.findall(text))
        near = [0.0] * len(self.categories)
        if self._embedder is not None and self._vectors is not None and text:
            (vector,) = self._embedder.embed([content.text[:_SAID]])
            near = [float(each) for each in self._vectors @ vector]
        return tuple(
            KindSignals(
                labels=_share_of_labels(padded, self._phrases[index]),
                title=_title_of_sense(titles, self._senses[index]),
                named=max((_title_fit(each, self._names[index]) for each in titles[:_MOST_TITLES]), default=0.0),
                typical=typical_share(padded, self._senses[index]),
                words=len(self._told[index] & words) / max(1, len(self._told[index])),
                nearness=near[index],
            )
            for index in range(len(self.categories))
        )


def score_of(signals: KindSignals) -> float:
    """The fitted weight of evidence, a logit before the softmax over the kinds."""
    weights = fitted()["kind"]
    return (
        weights["labels"] * signals.labels
        + weights["title"] * signals.title
        + weights["named"] * signals.named
        + weights["typical"] * signals.typical
        + weights["words"] * signals.words
        + weights["nearness"] * signals.nearness
    )


@cache
def fitted() -> dict[str, dict[str, float]]:
    """Weights by `bench/packets.py`."""
    loaded: dict[str, dict[str, float]] = json.loads(_FITTED.read_text("utf-8"))
    return loaded


def log_probabilities(signals: Sequence[KindSignals]) -> list[float]:
    """Of the categories, by what a page or file shows alone."""
    return log_softmax([score_of(each) for each in signals])


def log_softmax(scores: Sequence[float]) -> list[float]:
    top = max(scores)
    total = top + math.log(sum(math.exp(each - top) for each in scores))
    return [each - total for each in scores]


def _phrases(category: Category) -> dict[str, float]:
    """Labels of the fields of a kind, as words with single spaces → how telling each is."""
    found: dict[str, float] = {}
    for field in _fields(category.filled_by):
        for phrase, strength in label_words(field):
            plain = " ".join(re.findall(r"[^\W_]+|#", phrase))
            if len(plain) >= 3:
                found[plain] = max(found.get(plain, 0.0), strength * min(1.0, 0.4 + 0.3 * plain.count(" ")))
    return found


def _fields(schema: Schema | None) -> list[Field]:
    return [] if schema is None else [leaf for field in schema.fields for _, leaf in field.leaves()] + [*schema.fields]


def _share_of_labels(padded: str, phrases: dict[str, float]) -> float:
    if not phrases:
        return 0.0
    found = sum(weight for phrase, weight in phrases.items() if f" {phrase} " in padded)
    return 1 - math.exp(-found / 2)


def _name_words(category: Category) -> tuple[frozenset[str], ...]:
    """Ways to name a kind: its own name, that of its schema, and the first words of what is said of it."""
    names = [category.name, category.filled_by.name if category.filled_by else ""]
    names += re.findall(r"[^,.;()]+", category.description)[:3]
    found = [frozenset(_WORD.findall(re.sub(r"[\W_]+", " ", name).casefold())) - _STOP for name in names]
    return tuple(each for each in found if 0 < len(each) <= 4)


def _ways_to_say(category: Category) -> list[str]:
    schema = category.filled_by.name if category.filled_by else ""
    return [category.name.replace("_", " "), schema.replace("-", " "), category.description]


def _title_of_sense(titles: Sequence[str], senses: frozenset[str]) -> float:
    best = 0.0
    for at, title in enumerate(titles[:_MOST_TITLES]):
        found = title_senses(title)
        fit = max((found[each] for each in senses if each in found), default=0.0)
        best = max(best, fit * (1 - 0.04 * at))
    return best


def _told_words(category: Category) -> frozenset[str]:
    said = f"{category.name} {category.description} {category.filled_by.description if category.filled_by else ''}"
    return frozenset(_WORD.findall(re.sub(r"[\W_]+", " ", said).casefold())) - _STOP


def _description(category: Category) -> str:
    said = category.filled_by.description if category.filled_by else ""
    return f"{category.name.replace('_', ' ').replace('-', ' ')}. {category.description} {said}".strip()


def _title_fit(title: str, names: Sequence[frozenset[str]]) -> float:
    """How much of a title is a name of the kind: `TAX INVOICE` → 1 of `invoice`, and less the more other words stand beside it."""
    words = frozenset(_WORD.findall(lowered(title)))
    best = 0.0
    for name in names:
        shared = len(name & words) / len(name)
        if shared == 1.0:
            best = max(best, 0.6 + 0.4 * len(name) / max(len(words), 1))
        else:
            best = max(best, 0.4 * shared * len(name & words) / max(len(words), 1))
    return best
