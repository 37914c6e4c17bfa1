"""Sends a file, or each paper of a packet, to the schema of its category."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..datamodel.content import Content
from ..datamodel.schema import Schema
from ..engines.interface import Engines, TextEmbedder
from ..errors import MissingEngine
from ..fill.picture_facts import what_is_asked
from .classifying import Classifier, log_softmax, score_of
from .media_named import by_medium
from .page_views import has_pages
from .slices import Slice, own_pages, slice_of_pages
from .splitting import split_pages

_MAX_TITLE_WORDS, _TITLE_LINES = 8, 14
_SEEN = 0.9
"""That a picture without a word belongs to the only category that asks what is seen; a guess that nobody measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """One paper of a file and the schema that fills it."""

    number: int
    """From 1."""
    category: str
    confidence: float
    """Probability in [0, 1] that the category is right."""
    schema: Schema
    part: Slice
    pages: tuple[int, int] | None = None
    """First and last page; None where the file has none, or was not split."""
    boundary_confidence: float | None = None
    """Probability in [0, 1] that it begins and ends there; None where the file was not split."""

    def to_json(self) -> dict[str, object]:
        """As the `segment` of a record."""
        out: dict[str, object] = {"number": self.number, "category": self.category, "confidence": self.confidence}
        if self.pages is not None:
            out["pages"] = list(self.pages)
        if self.boundary_confidence is not None:
            out["boundary_confidence"] = self.boundary_confidence
        return out


def route(content: Content, router: Schema, engines: Engines) -> tuple[Routed, ...]:
    """The papers of a file, in order: one, or several where the router splits.

    Args:
        router: a schema with categories, each with the schema that fills it.
    """
    if not content.words:
        return _by_looks(content, router)
    embedder = _embedder(engines)
    classifier = Classifier(router.categories, embedder)
    schemas = {each.name: each.filled_by for each in router.categories}
    if router.split and has_pages(content) and len(own_pages(content)) > 1:
        routed = []
        segments = split_pages(content, classifier, embedder)
        for number, each in enumerate(segments, start=1):
            whole = len(segments) == 1
            part = Slice(content=content, offset=0) if whole else slice_of_pages(content, each.first, each.last)
            schema = schemas[each.category]
            if schema is not None:
                routed.append(
                    Routed(
                        number=number,
                        category=each.category,
                        confidence=each.confidence,
                        schema=schema,
                        part=part,
                        pages=(each.first, each.last),
                        boundary_confidence=each.boundary_confidence,
                    )
                )
        return tuple(routed)
    category, confidence = classify(content, classifier)
    schema = schemas[category]
    if schema is None:
        return ()
    pages = own_pages(content)
    return (
        Routed(
            number=1,
            category=category,
            confidence=confidence,
            schema=schema,
            part=Slice(content=content, offset=0),
            pages=(pages[0], pages[-1]) if pages else None,
        ),
    )


def may_be_seen(content: Content, router: Schema) -> bool:
    """Whether a picture without a word belongs to a category: to the only one that asks what is seen."""
    return bool(content.figures) and len(_of_looks(router)) == 1


def _by_looks(content: Content, router: Schema) -> tuple[Routed, ...]:
    if not may_be_seen(content, router):
        return ()
    ((name, schema),) = _of_looks(router)
    sure = 1.0 if len(router.categories) == 1 else _SEEN
    pages = own_pages(content)
    part = Slice(content=content, offset=0)
    return (
        Routed(
            number=1, category=name, confidence=sure, schema=schema, part=part, pages=(pages[0], pages[-1]) if pages else None
        ),
    )  # fmt: skip


def _of_looks(router: Schema) -> list[tuple[str, Schema]]:
    """Categories whose schema asks for the things on a picture."""
    return [
        (each.name, each.filled_by)
        for each in router.categories
        if each.filled_by is not None and any(what_is_asked(field) == "tags" for field in each.filled_by.fields)
    ]


def classify(content: Content, classifier: Classifier) -> tuple[str, float]:
    """The category of a whole file and the probability that it is right."""
    scores = [score_of(each) for each in classifier.signals(content, titles_of(content))]
    odds = log_softmax(
        [score + medium for score, medium in zip(scores, by_medium(content, classifier.categories), strict=True)]
    )
    best = max(range(len(odds)), key=lambda each: odds[each])
    return classifier.categories[best].name, round(math.exp(odds[best]), 4)


def titles_of(content: Content) -> list[str]:
    """Headings, and short lines at the beginning."""
    headings = [
        content.text_of(block.first, block.last) for block in content.blocks[:40] if block.kind in ("title", "heading")
    ]
    lines = [line for line in content.text[:4000].splitlines() if line.strip()][:_TITLE_LINES]
    return [*headings[:6], *(line for line in lines if len(line.split()) <= _MAX_TITLE_WORDS)]


def _embedder(engines: Engines) -> TextEmbedder | None:
    try:
        return engines.text_embedder()
    except MissingEngine:
        return None  # titles and labels decide alone
