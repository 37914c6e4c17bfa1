"""Maps the confidences of a filled schema to those that a user's own labelled files speak for; fitted by `mmi calibrate`.

The map is a line in log odds: slope · logit(confidence) + offsets of the field, of how its evidence matches, of an absence and of a
failed check. Slope 1 and no offsets leave every confidence as it is.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..datamodel.filled import Filled
from ..datamodel.record import ArrayValue, FieldValue, LeafValue, ObjectValue
from ..errors import UsageError
from ..expressions import names, parse_expression

CALIBRATION_VERSION = 1
ENGINE = "calibration"
"""Its name among the engines of a record."""
LEAST, MOST = 0.005, 0.995
"""No value is surer than this, right or wrong: that is what a few hundred labelled values can speak for."""
_MATCHES = ("exact", "normalized", "fuzzy", "computed", "cited")
"""The best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalibration:
    """A fitted map of confidences."""

    slope: float = 1.0
    offset: float = 0.0
    null: float = 0.0
    """For a value that is said to be absent."""
    failed_check: float = 0.0
    """For a field that a failed check names."""
    match: Mapping[str, float] = field(default_factory=dict)
    """By the worst match among the pieces of evidence; `none` for a value without any."""
    fields: Mapping[str, float] = field(default_factory=dict)
    """By path: `total`, `line_items.amount`. A field that is not named has no offset of its own."""

    @property
    def digest(self) -> str:
        """The same for the same map, wherever its file lies and whatever else stands in it; 16 hex digits."""
        return hashlib.sha256(json.dumps(self.weights(), sort_keys=True).encode()).hexdigest()[:16]

    def weights(self) -> dict[str, float]:
        """One weight for each feature of `features_of`."""
        return {
            "logit": self.slope,
            "offset": self.offset,
            "null": self.null,
            "failed_check": self.failed_check,
            **{f"match={name}": value for name, value in self.match.items()},
            **{f"field={name}": value for name, value in self.fields.items()},
        }

    def map(self, features: Mapping[str, float], weights: Mapping[str, float] | None = None) -> float:
        """The mapped confidence, in [0.005, 0.995]."""
        weights = self.weights() if weights is None else weights
        return probability(sum(weights.get(name, 0.0) * value for name, value in features.items()))


def features_of(
    *, path: str, confidence: float, matches: Collection[str], is_null: bool, is_in_failed_check: bool
) -> dict[str, float]:
    """What the map sees of one value.

    Args:
        path: of the field, rows without their number: `line_items.amount`.
        matches: of its pieces of evidence.
    """
    features = {"logit": logit(confidence), "offset": 1.0, f"field={path}": 1.0}
    if is_null:
        features["null"] = 1.0
    else:
        worst = max((_MATCHES.index(match) for match in matches if match in _MATCHES), default=None)
        features[f"match={'none' if worst is None else _MATCHES[worst]}"] = 1.0
    if is_in_failed_check:
        features["failed_check"] = 1.0
    return features


def logit(confidence: float) -> float:
    """Log odds of a confidence, cut to what can be told apart."""
    kept = min(MOST, max(LEAST, confidence))
    return math.log(kept / (1 - kept))


def probability(log_odds: float) -> float:
    """The confidence of log odds, in [0.005, 0.995], as a record writes it."""
    return round(min(MOST, max(LEAST, 1 / (1 + math.exp(-max(-30.0, min(30.0, log_odds)))))), 4)


def recalibrated(filled: Filled, calibration: Recalibration | None) -> Filled:
    """The same values with mapped confidences, and the map named among the engines."""
    if calibration is None:
        return filled
    weights = calibration.weights()
    failed = fields_of_failed((check.expression, check.passed) for check in filled.checks)

    def mapped(value: FieldValue, path: str) -> FieldValue:
        match value:
            case LeafValue():
                features = features_of(
                    path=path,
                    confidence=value.confidence,
                    matches=[piece.match for piece in value.evidence],
                    is_null=value.value is None,
                    is_in_failed_check=path.partition(".")[0] in failed,
                )
                return dataclasses.replace(value, confidence=calibration.map(features, weights))
            case ArrayValue():
                return ArrayValue(items=tuple(mapped(item, path) for item in value.items))
            case ObjectValue():
                return ObjectValue(
                    members=tuple((name, mapped(member, f"{path}.{name}")) for name, member in value.members)
                )

    return dataclasses.replace(
        filled,
        fields=tuple((name, mapped(value, name)) for name, value in filled.fields),
        engines=(*filled.engines, (ENGINE, calibration.digest)),
    )


def fields_of_failed(checks: Iterable[tuple[str, bool | None]]) -> frozenset[str]:
    """Fields that failed checks name.

    Args:
        checks: (expression, whether it holds).
    """
    found: set[str] = set()
    for expression, passed in checks:
        if passed is False:
            found.update(name.partition(".")[0] for name in names(parse_expression(expression)))
    return frozenset(found)


def read_calibration(path: Path) -> Recalibration:
    """The map in a file that `mmi calibrate` wrote.

    Raises:
        UsageError: it is missing, or not of that form.
    """
    try:
        value = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read the calibration {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is no calibration: it is not JSON") from error
    if not isinstance(value, dict) or "calibration_version" not in value:
        raise UsageError(f"{path} is no calibration: it has no calibration_version; `mmi calibrate` writes one")
    if value["calibration_version"] != CALIBRATION_VERSION:
        raise UsageError(
            f"{path} is a calibration of version {value['calibration_version']}; this program reads version {CALIBRATION_VERSION}"
        )
    try:
        return Recalibration(
            slope=_number(value, "slope"),
            offset=_number(value, "offset"),
            null=_number(value, "null"),
            failed_check=_number(value, "failed_check"),
            match=_numbers(value, "match"),
            fields=_numbers(value, "fields"),
        )
    except (KeyError, TypeError) as error:
        raise UsageError(f"{path} is no calibration: {error.args[0]!r} is missing or no number") from error


def _number(value: Mapping[str, Any], name: str) -> float:
    number = value[name]
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        raise TypeError(name)
    return float(number)


def _numbers(value: Mapping[str, Any], name: str) -> dict[str, float]:
    if not isinstance(value[name], dict):
        raise TypeError(name)
    return {each: _number(value[name], each) for each in value[name]}
