"""Where one paper of a packet ends and the next begins, and of what kind each is: the likeliest way to part the pages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..datamodel.content import Content
from ..engines.interface import TextEmbedder
from .classifying import Classifier, KindSignals, fitted, log_probabilities, log_softmax
from .page_views import PageView, page_views

_SIZE_TOLERANCE = 0.02
_NO_NEW = -9.0
"""Log-odds that a blank page begins a paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Pages that are one paper."""

    first: int
    """Page number from 1."""
    last: int
    category: str
    confidence: float
    """Probability in [0, 1] that the category is right."""
    boundary_confidence: float
    """Probability in [0, 1] that it begins and ends where it is said to."""


def split_pages(content: Content, classifier: Classifier, embedder: TextEmbedder | None) -> tuple[Segment, ...]:
    """The papers of a packet, in order; together they hold every page once."""
    return split_views(page_views(content), classifier, embedder)


def split_views(
    views: Sequence[PageView], classifier: Classifier, embedder: TextEmbedder | None
) -> tuple[Segment, ...]:
    seen = [classifier.signals(view.content, view.titles) for view in views]
    kinds = [
        [0.0] * len(each) if view.is_blank else log_probabilities(each) for view, each in zip(views, seen, strict=True)
    ]
    begins = [0.0, *(log_odds(each) for each in boundary_signals(views, seen, embedder))]
    return _likeliest(views, classifier, kinds, begins)


def boundary_signals(
    views: Sequence[PageView], seen: Sequence[Sequence[KindSignals]], embedder: TextEmbedder | None
) -> list[dict[str, float]]:
    """What speaks for and against a new paper at each page after the first; each signal about 0 to 1.

    Args:
        seen: what each page shows of each kind.
    """
    vectors = embedder.embed([view.content.text[:1000] or "blank" for view in views]) if embedder is not None else None
    out = []
    for at in range(1, len(views)):
        before, view = views[at - 1], views[at]
        number, of = view.counted
        number_before, of_before = before.counted
        counts_on = (
            number is not None and number_before is not None and number == number_before + 1 and of in (None, of_before)
        )
        is_first = number == 1
        likeness = float(vectors[at] @ vectors[at - 1]) if vectors is not None else _jaccard(view.words, before.words)
        shared = view.codes & before.codes
        out.append(
            {
                "bias": 1.0,
                "counts_as_first": float(is_first),
                "counts_on": float(counts_on),
                "counts_back": float(number is not None and number_before is not None and number <= number_before),
                "title": max((each.title for each in seen[at]), default=0.0),
                "any_title": view.title_fit,
                "same_number": float(bool(view.labelled_codes & before.labelled_codes)),
                "other_number": float(
                    bool(view.labelled_codes) and bool(before.labelled_codes) and not view.labelled_codes & before.codes
                ),
                "address_on_top": float(view.has_address_on_top),
                "date_on_top": float(view.has_date_on_top),
                "ended": float(before.ends_with_sum),
                "emptiness_before": before.emptiness,
                "says_it_goes_on": float(view.says_it_goes_on),
                "in_a_sentence": float(view.begins_in_a_sentence and before.ends_in_a_sentence),
                "other_size": float(_is_other_size(view, before)),
                "same_codes": min(1.0, len(shared) / 2),
                "other_codes": float(not shared and bool(view.codes) and bool(before.codes)),
                "same_letterhead": _jaccard(view.letterhead, before.letterhead),
                "same_footer": _jaccard(view.footer, before.footer),
                "likeness": likeness,
                "other_source": float(view.page.source != before.page.source),
                "blank": float(view.is_blank),
            }
        )
    return out


def log_odds(signals: dict[str, float]) -> float:
    if signals["blank"]:
        return _NO_NEW
    weights = fitted()["begins"]
    return sum(weights.get(name, 0.0) * value for name, value in signals.items())


def _likeliest(
    views: Sequence[PageView], classifier: Classifier, kinds: Sequence[Sequence[float]], begins: Sequence[float]
) -> tuple[Segment, ...]:
    """Viterbi over (kind, whether a paper begins): a paper that goes on keeps its kind."""
    count = len(classifier.categories)
    best = [list(kinds[0])]
    came: list[list[tuple[int, bool]]] = [[(-1, True)] * count]
    for at in range(1, len(views)):
        new, on = _log_sigmoid(begins[at]), _log_sigmoid(-begins[at])
        top = max(range(count), key=lambda kind: best[-1][kind])
        row, steps = [], []
        for kind in range(count):
            fresh, further = best[-1][top] + new, best[-1][kind] + on
            row.append(kinds[at][kind] + max(fresh, further))
            steps.append((top, True) if fresh > further else (kind, False))
        best.append(row)
        came.append(steps)
    kind = max(range(count), key=lambda each: best[-1][each])
    starts: list[tuple[int, int]] = []
    for at in range(len(views) - 1, -1, -1):
        before, is_new = came[at][kind]
        if is_new:
            starts.append((at, kind))
        kind = before if at and is_new else kind
    starts.reverse()
    segments = []
    for index, (at, kind) in enumerate(starts):
        end = starts[index + 1][0] if index + 1 < len(starts) else len(views)
        odds = log_softmax([sum(kinds[page][each] for page in range(at, end)) for each in range(count)])
        sure = 1.0
        for page in range(at, min(end + 1, len(views))):
            if page:
                is_edge = page in (at, end)
                sure *= math.exp(_log_sigmoid(begins[page] if is_edge else -begins[page]))
        segments.append(
            Segment(
                first=views[at].number,
                last=views[end - 1].number,
                category=classifier.categories[kind].name,
                confidence=round(math.exp(odds[kind]), 4),
                boundary_confidence=round(sure, 4),
            )
        )
    return tuple(segments)


def _log_sigmoid(value: float) -> float:
    return -math.log1p(math.exp(-value)) if value > -30 else value


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0


def _is_other_size(one: PageView, other: PageView) -> bool:
    return any(
        abs(a - b) > _SIZE_TOLERANCE * max(a, b)
        for a, b in ((one.page.width, other.page.width), (one.page.height, other.page.height))
    )
