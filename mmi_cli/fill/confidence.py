"""The probability that a value is right, from how it was found; fitted on labelled data by `bench/fit_confidence.py`."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

_FITTED = Path(__file__).with_name("confidence.json")


def confidence_of(
    finder: str,
    *,
    match: str = "exact",
    strength: float = 1.0,
    margin: float = 1.0,
    source_score: float | None = None,
    token_logprob: float | None = None,
    is_ambiguous: bool = False,
    field_type: str = "string",
) -> float:
    """The fitted probability in (0, 1).

    Args:
        finder: what found the value: `label`, `model`, `label+model`, `sole`, `pattern`, `table`, `words`, `written`, or `none` for
            its absence.
        match: how a model's answer matches the text.
        strength: the finder's own, in (0, 1].
        margin: distance to the runner-up, in [0, 1].
        source_score: the reader's least score over the words, None for digital text.
        token_logprob: mean log-probability of the model's tokens for the value.
    """
    features = features_of(
        finder, match=match, strength=strength, margin=margin, source_score=source_score, token_logprob=token_logprob,
        is_ambiguous=is_ambiguous, field_type=field_type,
    )  # fmt: skip
    weights = _weights()
    score = float(weights["bias"]) + sum(weights["weights"].get(name, 0.0) * value for name, value in features.items())
    probability = 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
    return round(min(0.995, max(0.005, probability)), 4)


def features_of(
    finder: str, *, match: str, strength: float, margin: float, source_score: float | None, token_logprob: float | None,
    is_ambiguous: bool, field_type: str,
) -> dict[str, float]:  # fmt: skip
    """The signals as numbers, each about 0 to 1."""
    features = {
        f"finder={finder}": 1.0,
        f"match={match}": 1.0,
        "is_ambiguous": float(is_ambiguous),
        f"type={field_type}": 1.0,
        "strength": strength,
        "margin": max(0.0, min(1.0, margin)),
        "source_slips": 0.0 if source_score is None else 1.0 - source_score,
    }
    if token_logprob is not None:
        features["token_doubt"] = min(1.0, -token_logprob)
    return features


@cache
def _weights() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(_FITTED.read_text("utf-8"))
    return loaded
