"""Holds the records of a run against labels and adds up what was right."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import UsageError
from .compare import plain
from .labels import Label, LabelIndex
from .metrics import Counts, Judged, accepted_unseen, auroc, calibration_error
from .places import overlap_of
from .scoring import Judgement, Reading, RowJudgement, Rules, judge_missing, judge_record

PRECISIONS = (0.95, 0.98, 0.99)
_UNFILLED = ("failed", "empty", "unsupported")


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A value that is not the labelled one."""

    path: str
    field: str
    value: Any
    truth: Any
    confidence: float


@dataclass(slots=True)
class OnPlace:
    """Evidence of right values against the places that labels name."""

    compared: int = 0
    on_place: int = 0
    iou_sum: float = 0.0
    with_iou: int = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "compared": self.compared,
            "on_place": self.on_place / self.compared if self.compared else None,
            "iou": self.iou_sum / self.with_iou if self.with_iou else None,
        }


@dataclass(slots=True)
class Evaluation:
    """Everything counted over the records that have a label."""

    right_documents: dict[str, bool] = field(default_factory=dict)
    """Path of a file with a record and a label → whether all of its records are wholly right."""
    without_label: int = 0
    without_record: int = 0
    exact: dict[str, Counts] = field(default_factory=dict)
    similar: dict[str, Counts] = field(default_factory=dict)
    members: dict[str, dict[str, Counts]] = field(default_factory=dict)
    """Of an array or object, the same by path: `line_items` → `line_items.amount`."""
    rows: dict[str, Counts] = field(default_factory=dict)
    """Whole rows of an array, by its path."""
    judged: list[Judged] = field(default_factory=list)
    grounded: int = 0
    """Extracted values with evidence."""
    extracted: int = 0
    on_line: int = 0
    """Right values whose evidence lies on a labelled line with the value."""
    with_line: int = 0
    """Right values for which the label has such a line."""
    boxes: OnPlace = field(default_factory=OnPlace)
    times: OnPlace = field(default_factory=OnPlace)
    misses: list[Miss] = field(default_factory=list)
    unscored_fields: tuple[str, ...] = ()
    """Fields of the labels that no record has."""

    @property
    def documents(self) -> int:
        return len(self.right_documents)

    @property
    def documents_right(self) -> int:
        return sum(self.right_documents.values())

    def overall(self, counts: dict[str, Counts]) -> Counts:
        total = Counts()
        for each in counts.values():
            total += each
        return total

    def to_json(self) -> dict[str, Any]:
        """Every measure; those of nothing are None."""
        total, similar, rows = self.overall(self.exact), self.overall(self.similar), self.overall(self.rows)
        out: dict[str, Any] = {
            "documents": self.documents,
            "documents_right": self.documents_right,
            "without_label": self.without_label,
            "without_record": self.without_record,
            "unscored_fields": list(self.unscored_fields),
            "precision": total.precision,
            "recall": total.recall,
            "f1": total.f1,
            "fuzzy_f1": similar.f1,
            "rows": _counted(rows),
            "grounded": self.grounded / self.extracted if self.extracted else None,
            "evidence_on_labelled_line": self.on_line / self.with_line if self.with_line else None,
            "evidence_boxes": self.boxes.to_json(),
            "evidence_times": self.times.to_json(),
            "ece": calibration_error(self.judged),
            "auroc": auroc(self.judged),
            "values": len(self.judged),
        }
        for precision in PRECISIONS:
            share, threshold = accepted_unseen(self.judged, precision)
            out[f"accepted_at_{round(100 * precision)}"] = {"share": share, "threshold": threshold}
        out["fields"] = {name: self._field(name) for name in self.exact}
        return out

    def _field(self, name: str) -> dict[str, Any]:
        counts = _counted(self.exact[name])
        out: dict[str, Any] = {key: counts.pop(key) for key in ("precision", "recall", "f1")}
        out["fuzzy_f1"] = self.similar[name].f1
        out |= counts
        if name in self.rows:
            out["rows"] = _counted(self.rows[name])
        below = {path.removeprefix(f"{name}."): each for path, each in self.members.get(name, {}).items()}
        if below:
            out["members"] = {path: _counted(each) for path, each in below.items()}
        return out


def _counted(counts: Counts) -> dict[str, Any]:
    return {
        "precision": counts.precision,
        "recall": counts.recall,
        "f1": counts.f1,
        "right": counts.right,
        "wrong": counts.wrong,
        "missed": counts.missed,
        "truly_absent": counts.truly_absent,
    }


def read_records(path: Path) -> Iterator[dict[str, Any]]:
    """The records of `results.jsonl`, or of the folder that holds it.

    Raises:
        UsageError: there is none, or a line is no record.
    """
    path = path / "results.jsonl" if path.is_dir() else path
    try:
        with path.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, start=1):
                try:
                    record = json.loads(line)
                    if not isinstance(record["fields"], dict) or not isinstance(record["source"]["path"], str):
                        raise TypeError
                except (ValueError, KeyError, TypeError, RecursionError):
                    raise UsageError(f"{path}:{number}: not a record") from None
                yield record
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not a record: it is no UTF-8 text") from error
    except OSError as error:
        raise UsageError(f"cannot read the results {path}: {error.strerror}") from error


def labelled_records(
    records: Iterable[dict[str, Any]], labels: tuple[Label, ...], unlabelled: list[str] | None = None
) -> Iterator[tuple[dict[str, Any], Label]]:
    """Each record with its label; paths of those that have none are added to `unlabelled`."""
    index = LabelIndex(labels)
    for record in records:
        source = record["source"]
        label = index.find(source["path"]) or (index.find(source["uri"]) if source.get("uri") else None)
        if label is not None:
            yield record, label
        elif unlabelled is not None:
            unlabelled.append(source["path"])


def evaluate(
    records: Iterable[dict[str, Any]],
    labels: tuple[Label, ...],
    *,
    null: Reading = "absent",
    missing: Reading = "unknown",
) -> Evaluation:
    """Compares field by field; only fields that the schema of a record has are scored.

    A file that failed, was empty or of no known format has nothing right: its labelled values are missed. One that the schema
    skips by its modality does not count.

    Args:
        null: what a labelled null says: the file has no such value, or nobody looked.
        missing: the same for a field that a label does not name.

    Raises:
        UsageError: a label has a list or an object where the schema has a single value, or the other way round.
    """
    result, rules = Evaluation(), Rules(null=null, missing=missing)
    seen: set[str] = set()
    without_label: list[str] = []
    of_schema: dict[str, dict[str, None]] = {}
    unfilled: list[tuple[dict[str, Any], Label]] = []
    for record, label in labelled_records(records, labels, without_label):
        seen.add(label.file)
        if record.get("status") in _UNFILLED:
            unfilled.append((record, label))
        elif record.get("status") != "skipped":
            of_schema.setdefault(_schema(record), {}).update(dict.fromkeys(record["fields"]))
            _add(result, record["source"]["path"], judge_record(record, label, rules), label, is_right=True)
    for record, label in unfilled:
        names = of_schema.get(_schema(record)) or dict.fromkeys(label.fields)
        is_right = record["status"] != "failed"
        _add(result, record["source"]["path"], judge_missing(names, label), label, is_right=is_right)
    result.without_label = len(without_label)
    result.without_record = sum(label.file not in seen for label in labels)
    scored = {name for names in of_schema.values() for name in names}
    if scored:
        result.unscored_fields = tuple(dict.fromkeys(n for label in labels for n in label.fields if n not in scored))
    return result


def _schema(record: dict[str, Any]) -> str:
    return str((record.get("schema") or {}).get("name", ""))


def _add(
    result: Evaluation, path: str, judged: Iterable[Judgement | RowJudgement], label: Label, *, is_right: bool
) -> None:
    misses_before = len(result.misses)
    for each in judged:
        if isinstance(each, RowJudgement):
            rows = result.rows.setdefault(each.path, Counts())
            rows.right += each.outcome == "right"
            rows.wrong += each.outcome == "wrong"
            rows.missed += each.outcome == "missed" or (each.outcome == "wrong" and each.is_matched)
        else:
            _add_value(result, path, each, label)
    is_right = is_right and len(result.misses) == misses_before
    result.right_documents[path] = result.right_documents.get(path, True) and is_right


def _add_value(result: Evaluation, path: str, each: Judgement, label: Label) -> None:
    _count(result.exact.setdefault(each.field, Counts()), each, same=each.is_right)
    _count(result.similar.setdefault(each.field, Counts()), each, same=each.is_similar)
    if each.path != each.field:
        members = result.members.setdefault(each.field, {})
        _count(members.setdefault(each.path, Counts()), each, same=each.is_right)
    if each.confidence is not None:
        result.judged.append((each.confidence, each.is_right))
    if each.value is not None and each.kind == "extracted":
        result.extracted += 1
        result.grounded += bool(each.evidence)
    if each.is_right and each.value is not None:
        _compare_places(result, each, label)
    if not each.is_right:
        confidence = each.confidence or 0.0
        result.misses.append(
            Miss(path=path, field=each.path, value=each.value, truth=each.truth, confidence=confidence)
        )


def _count(counts: Counts, each: Judgement, *, same: bool) -> None:
    if each.truth is None:
        counts.truly_absent += each.value is None
        counts.wrong += each.value is not None
    else:
        counts.right += same
        counts.missed += not same
        counts.wrong += each.value is not None and not same


def _compare_places(result: Evaluation, each: Judgement, label: Label) -> None:
    if label.lines and (on_line := evidence_on_line(each, label)) is not None:
        result.with_line += 1
        result.on_line += on_line
    if each.places and (overlap := overlap_of(each.evidence, each.places)) is not None:
        total = result.boxes if overlap.kind == "box" else result.times
        total.compared += 1
        total.on_place += overlap.is_on_place
        if overlap.iou is not None:
            total.with_iou += 1
            total.iou_sum += overlap.iou


def evidence_on_line(each: Judgement, label: Label) -> bool | None:
    """Whether each piece of evidence lies on a labelled line that holds part of the value; None when no line does."""
    from rapidfuzz import fuzz

    shown = each.value if isinstance(each.truth, list) else each.truth
    if each.evidence and each.type != "string":
        shown = each.evidence[0]["text"]
    wanted = plain(str(shown))
    lines = [
        box
        for text, box in label.lines
        if fuzz.partial_ratio(plain(text), wanted) >= 90 and len(plain(text)) >= min(3, len(wanted))
    ]
    if not lines:
        return None
    boxes = [piece["box"] for piece in each.evidence if "box" in piece]
    return bool(boxes) and all(any(_middle_in(box, line) for line in lines) for box in boxes)


def _middle_in(box: list[float], line: tuple[float, float, float, float]) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return line[0] <= x <= line[2] and line[1] <= y <= line[3]
