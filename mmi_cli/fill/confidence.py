"""The probability that a value is right, from how it was found; fitted on labelled data by `bench/fit_confidence.py`."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FITTED = Path(__file__).with_name("confidence.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What is known of how a value was found, or of how its absence was."""

    finder: str
    """`label`, `model`, `label+model`, `listed` (by the model, as one of several), `clause`, `learned`, `phrase`, `head`, `heading`,
    `named` (by its form), `sole`, `pattern`, `table`, `words`, `chosen`, `written`; for an absence `unsaid` where the
    schema spells out what could be said, `none` after the model was asked, `unasked` else."""
    match: str = "exact"
    """How a model's answer matches the text."""
    strength: float = 1.0
    """The finder's own, in (0, 1]."""
    margin: float = 1.0
    """Distance to the runner-up, in [0, 1]."""
    source_score: float | None = None
    """The reader's least score over the words; None for digital text."""
    source_doubt: float = 0.0
    """Expected number of words that the reader has misread: the sum of 1 - score over the words."""
    support: int = 1
    """How many places of the file the finder found the value at."""
    token_logprob: float | None = None
    """Mean log-probability of the model's tokens for the value."""
    is_summed: bool = False
    """Other amounts of the file add up to it."""
    is_outdone: bool = False
    """Asked for as the whole of several amounts, while nothing adds up to it and the file holds a larger one."""
    is_one_word: bool = False
    """A name of one word only."""
    is_ambiguous: bool = False
    """Could be read in another way, and nothing in the file decides."""
    field_type: str = "string"
    other: str = "alone"
    """What the other finder says: `alone`, `agrees`, `differs`, `denies`."""


def confidence_of(signals: Signals) -> float:
    """The fitted probability in (0, 1)."""
    weights = _weights()
    score = sum(weights.get(name, 0.0) * value for name, value in features_of(signals).items())
    probability = 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
    return round(min(0.995, max(0.005, probability)), 4)


def features_of(signals: Signals) -> dict[str, float]:
    """The signals as numbers, each about 0 to 1."""
    finder, kind = signals.finder, _KINDS.get(signals.field_type, "text")
    if finder == "learned":  # its strength is a probability, which was fitted on labelled files of the same kind
        chance = min(0.995, max(0.005, signals.strength))
        return {
            "learned/log_odds": math.log(chance / (1 - chance)) / 4,
            "learned/slips": 0.0 if signals.source_score is None else 1.0 - signals.source_score,
            f"learned/{signals.other}": 1.0,
        }
    features = {
        f"finder={finder}": 1.0,
        f"{finder}/{kind}": 1.0,
        f"{finder}/strength": signals.strength,
        f"{finder}/margin": max(0.0, min(1.0, signals.margin)),
        f"{finder}/{signals.other}": 1.0,
        f"kind={kind}": 1.0,
        "strength": signals.strength,
        "margin": max(0.0, min(1.0, signals.margin)),
        f"match={signals.match}": 1.0,
        "is_summed": float(signals.is_summed),
        "is_outdone": float(signals.is_outdone),
        "is_one_word": float(signals.is_one_word),
        "is_ambiguous": float(signals.is_ambiguous),
        "source_slips": 0.0 if signals.source_score is None else 1.0 - signals.source_score,
        "source_doubt": min(1.0, signals.source_doubt),
        "is_supported": 1.0 if signals.support > 1 else 0.0,
        "is_read": 0.0 if signals.source_score is None else 1.0,
    }
    if finder == "heading":  # on a picture labels and numbers are large, too
        features["heading/is_read"] = features["is_read"]
    if signals.token_logprob is not None:
        features["token_doubt"] = min(1.0, -signals.token_logprob)
    return features


_KINDS = {"date": "date", "time": "date", "number": "number", "integer": "number", "boolean": "choice"}


@cache
def _weights() -> dict[str, float]:
    loaded: dict[str, float] = json.loads(_FITTED.read_text("utf-8"))
    return loaded
