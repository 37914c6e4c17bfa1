"""Fits a map of confidences to labelled records, and says how it does on documents that it was not fitted on.

The map is `mmi_cli.fill.recalibration`; it is a logistic regression with a ridge that pulls it towards no change, so that few labels
change little. It sees only what stands in a record, so any records with labels will do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import UsageError
from ..fill.recalibration import CALIBRATION_VERSION, ENGINE, Recalibration, features_of, fields_of_failed
from .evaluation import labelled_records
from .labels import Label
from .metrics import Judged, auroc, calibration_error, log_loss
from .scoring import Judgement, Rules, judge_record

RIDGE = {"logit": 30.0, "offset": 6.0, "null": 12.0, "failed_check": 12.0, "match": 12.0, "field": 12.0}
"""Pull of each weight towards no change. A value of confidence 0.85 pulls an offset with an eighth, so that some fifty values weigh as
much as the pull of `offset`, some hundred of one field as much as that of the field."""
PULLS = (0.15, 0.4, 1.0, 3.0)
"""By which all of these are multiplied. How far confidences are off differs from case to case, so each pull counts by how probable it
makes the labels: where they are about right, the strongest holds them; where a field is far off, the weakest lets it go."""
MOST_ALONE = 200
"""Documents up to which each is left out alone; of more, one of `GROUPS` at a time: the fits differ little by then."""
GROUPS = 20
PAIRED_GROUPS = 10
"""Of documents, two of which are left out at a time to compare their values."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One value of a labelled record."""

    document: str
    features: Mapping[str, float]
    confidence: float
    is_right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """All that a map is fitted to."""

    samples: tuple[Sample, ...]
    schemas: tuple[str, ...]
    without_label: int

    @property
    def documents(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(sample.document for sample in self.samples))


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What confidences are worth."""

    ece: float | None
    auroc: float | None
    log_loss: float | None

    def to_json(self) -> dict[str, Any]:
        return {"ece": _rounded(self.ece), "auroc": _rounded(self.auroc), "log_loss": _rounded(self.log_loss)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refit:
    """A map, and what confidences were worth without it and with it."""

    calibration: Recalibration
    before: Quality
    after: Quality
    """Of confidences that were mapped by a fit without their own document.

    A fit without a wrong value is a little surer of everything, so values of different fits must not be ranked or sorted into bins
    together: the bins are those of the whole fit, and two values are compared by a fit without the documents of either.
    """
    gain: float
    """By which the log loss falls, mean over documents."""
    gain_error: float
    """Standard error of that mean."""

    @property
    def helps(self) -> bool:
        """Whether the log loss of documents that were left out falls by more than chance explains, and their calibration error with it."""
        before, after = self.before.ece, self.after.ece
        return self.gain > self.gain_error and before is not None and after is not None and after <= before


def samples_of(records: Iterable[dict[str, Any]], labels: tuple[Label, ...], rules: Rules) -> Samples:
    """The judged values of labelled records.

    Raises:
        UsageError: a record whose confidences were mapped already; a label that does not fit the schema.
    """
    samples: list[Sample] = []
    schemas: dict[str, None] = {}
    without_label: list[str] = []
    for record, label in labelled_records(records, labels, without_label):
        path = record["source"]["path"]
        if ENGINE in (record.get("engines") or {}):
            raise UsageError(f"the confidences of {path} were calibrated already; fit to records of a run without it")
        schemas[str((record.get("schema") or {}).get("name", ""))] = None
        failed = fields_of_failed((each["expression"], each["passed"]) for each in record.get("checks") or ())
        for each in judge_record(record, label, rules):
            if isinstance(each, Judgement) and each.confidence is not None:
                features = features_of(
                    path=each.path, confidence=each.confidence, matches=[piece["match"] for piece in each.evidence],
                    is_null=each.value is None, is_in_failed_check=each.field in failed,
                )  # fmt: skip
                samples.append(
                    Sample(document=path, features=features, confidence=each.confidence, is_right=each.is_right)
                )
    return Samples(samples=tuple(samples), schemas=tuple(sorted(schemas)), without_label=len(without_label))


def refit(samples: Samples) -> Refit:
    """Fits to all documents, and to all but each in turn to see how it does on those it has not seen.

    Raises:
        UsageError: fewer than two documents.
    """
    documents = samples.documents
    if len(documents) < 2:
        raise UsageError(
            f"{len(documents)} labelled documents: a fit needs two at least, and about thirty to be of use"
        )
    names = _names(samples.samples)
    x, y = _matrix(samples.samples, names), np.array([float(each.is_right) for each in samples.samples])
    folds = len(documents) if len(documents) <= MOST_ALONE else GROUPS
    number = {document: index % folds for index, document in enumerate(documents)}
    fold = np.array([number[each.document] for each in samples.samples])
    whole = fit(x, y, names)
    before = [(each.confidence, each.is_right) for each in samples.samples]
    after: list[Judged] = list(before)
    for left_out in range(folds):
        kept = fold != left_out
        mapped = calibration_of(names, fit(x[kept], y[kept], names, start=whole))
        weights = mapped.weights()
        for index in np.flatnonzero(~kept):
            sample = samples.samples[index]
            after[index] = (mapped.map(sample.features, weights), sample.is_right)
    gains = _gains(samples.samples, before, after)
    error = float(np.std(gains, ddof=1) / np.sqrt(len(gains)))
    calibration = calibration_of(names, whole)
    weights = calibration.weights()
    bins = [calibration.map(sample.features, weights) for sample in samples.samples]
    group = np.array([number[each.document] % PAIRED_GROUPS for each in samples.samples])
    return Refit(
        calibration=calibration,
        before=Quality(ece=calibration_error(before), auroc=auroc(before), log_loss=log_loss(before)),
        after=Quality(
            ece=calibration_error(after, by=bins),
            auroc=_auroc_left_out(x, y, names, group, whole),
            log_loss=log_loss(after),
        ),
        gain=float(np.mean(gains)),
        gain_error=error,
    )


def _auroc_left_out(
    x: Floats, y: Floats, names: Sequence[str], group: NDArray[np.int64], whole: Floats
) -> float | None:
    """Chance that a right value ranks above a wrong one, each pair by a fit without the groups of both."""
    won, pairs = 0.0, 0
    groups = np.unique(group)
    for first in groups:
        for second in groups[groups >= first]:
            left_out = (group == first) | (group == second)
            right, wrong = left_out & (y == 1), left_out & (y == 0)
            if left_out.all() or not right.any() or not wrong.any():
                continue
            weights = fit(x[~left_out], y[~left_out], names, start=whole)
            weights[names.index("logit")] = max(0.0, weights[names.index("logit")])
            above = np.round((x[right] @ weights)[:, None] - (x[wrong] @ weights)[None, :], 6)
            is_pair = (group[right][:, None] != group[wrong][None, :]) | (first == second)
            won += float(((above > 0) + 0.5 * (above == 0))[is_pair].sum())
            pairs += int(is_pair.sum())
    return won / pairs if pairs else None


def fit(x: Floats, y: Floats, names: Sequence[str], *, start: Floats | None = None) -> Floats:
    """Weights for each pull, averaged by the evidence for it (Laplace's approximation, all pulls alike before).

    Args:
        x: features, shape (values, names).
        y: 1 for a right value, else 0, shape (values,).
        start: saves steps; the loss is convex, so that the weights do not depend on it.
    """
    prior = np.array([1.0 if name == "logit" else 0.0 for name in names])
    strength = np.array([RIDGE[name.partition("=")[0]] for name in names])
    solutions, evidence = [], []
    for pull in PULLS:
        ridge = pull * strength
        solution = start = _newton(x, y, prior, ridge, prior if start is None else start)
        log_odds = x @ solution
        p = _sigmoid(log_odds)
        likelihood = float((y * log_odds - np.logaddexp(0, log_odds)).sum())
        held = float((ridge * (solution - prior) ** 2).sum())
        width = np.linalg.slogdet((x * (p * (1 - p))[:, None]).T @ x + np.diag(ridge))[1]
        solutions.append(solution)
        evidence.append(likelihood - held / 2 + float(np.log(ridge).sum() - width) / 2)
    share = np.exp(np.array(evidence) - max(evidence))
    return np.asarray(np.average(solutions, axis=0, weights=share), dtype=np.float64)


def _newton(x: Floats, y: Floats, prior: Floats, ridge: Floats, start: Floats) -> Floats:
    solution = start
    for _ in range(100):
        p = _sigmoid(x @ solution)
        gradient = x.T @ (p - y) + ridge * (solution - prior)
        curvature = (x * (p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        move = np.linalg.solve(curvature, gradient)
        move /= max(1.0, float(np.abs(move).max()))  # never far at once, where the loss is flat
        solution = solution - move
        if np.abs(move).max() < 1e-7:
            break
    return solution


def _sigmoid(log_odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -30, 30))), dtype=np.float64)


def calibration_of(names: Sequence[str], solution: Floats) -> Recalibration:
    """The fitted weights as a map, rounded; a surer value never becomes the less sure one."""
    weights = {name: round(float(value), 4) + 0.0 for name, value in zip(names, solution, strict=True)}

    def below(kind: str) -> dict[str, float]:
        return {name.partition("=")[2]: value for name, value in weights.items() if name.startswith(f"{kind}=")}

    return Recalibration(
        slope=max(0.0, weights["logit"]), offset=weights["offset"], null=weights["null"],
        failed_check=weights["failed_check"], match=below("match"), fields=below("field"),
    )  # fmt: skip


def calibration_file(found: Refit, samples: Samples, *, tool_version: str) -> str:
    """The text of a calibration file; the same records and labels give the same bytes."""
    calibration = found.calibration
    value: dict[str, Any] = {
        "calibration_version": CALIBRATION_VERSION,
        "schemas": list(samples.schemas),
        "documents": len(samples.documents),
        "values": len(samples.samples),
        "right": sum(each.is_right for each in samples.samples),
        "measured": {
            "how": "each document mapped by a fit without it",
            "before": found.before.to_json(),
            "after": found.after.to_json(),
        },
        "slope": calibration.slope,
        "offset": calibration.offset,
        "null": calibration.null,
        "failed_check": calibration.failed_check,
        "match": dict(calibration.match),
        "fields": dict(calibration.fields),
        "tool": {"name": "mmi", "version": tool_version},
    }
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def _names(samples: Sequence[Sample]) -> list[str]:
    return sorted({name for each in samples for name in each.features} | {"logit", "offset", "null", "failed_check"})


def _matrix(samples: Sequence[Sample], names: Sequence[str]) -> Floats:
    column = {name: index for index, name in enumerate(names)}
    x = np.zeros((len(samples), len(names)))
    for row, sample in enumerate(samples):
        for name, value in sample.features.items():
            x[row, column[name]] = value
    return x


def _gains(samples: Sequence[Sample], before: Sequence[Judged], after: Sequence[Judged]) -> list[float]:
    """Mean fall of the log loss, by document."""
    of_document: dict[str, list[float]] = {}
    for sample, old, new in zip(samples, before, after, strict=True):
        of_document.setdefault(sample.document, []).append((log_loss([old]) or 0.0) - (log_loss([new]) or 0.0))
    return [sum(each) / len(each) for each in of_document.values()]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
