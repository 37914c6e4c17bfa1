"""Holds the records of a run against labels."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ..datamodel.schema import FieldType
from ..errors import UsageError
from .compare import is_same, is_similar
from .labels import Label, LabelIndex
from .metrics import Counts, Judged, accepted_unseen, auroc, calibration_error

Reading = Literal["absent", "unknown"]
PRECISIONS = (0.95, 0.98, 0.99)


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A value that is not the labelled one."""

    path: str
    field: str
    value: Any
    truth: Any
    confidence: float


@dataclass(slots=True)
class Evaluation:
    """Everything counted over the records that have a label."""

    documents: int = 0
    documents_right: int = 0
    without_label: int = 0
    without_record: int = 0
    exact: dict[str, Counts] = field(default_factory=dict)
    similar: dict[str, Counts] = field(default_factory=dict)
    judged: list[Judged] = field(default_factory=list)
    grounded: int = 0
    """Extracted values with evidence."""
    extracted: int = 0
    on_line: int = 0
    """Right values whose evidence lies on a labelled line with the value."""
    with_line: int = 0
    """Right values for which the label has such a line."""
    misses: list[Miss] = field(default_factory=list)

    def overall(self, counts: dict[str, Counts]) -> Counts:
        total = Counts()
        for each in counts.values():
            total += each
        return total

    def to_json(self) -> dict[str, Any]:
        total, similar = self.overall(self.exact), self.overall(self.similar)
        out: dict[str, Any] = {
            "documents": self.documents,
            "documents_right": self.documents_right,
            "without_label": self.without_label,
            "without_record": self.without_record,
            "precision": total.precision,
            "recall": total.recall,
            "f1": total.f1,
            "fuzzy_f1": similar.f1,
            "grounded": self.grounded / self.extracted if self.extracted else None,
            "evidence_on_labelled_line": self.on_line / self.with_line if self.with_line else None,
            "ece": calibration_error(self.judged),
            "auroc": auroc(self.judged),
            "values": len(self.judged),
        }
        for precision in PRECISIONS:
            share, threshold = accepted_unseen(self.judged, precision)
            out[f"accepted_at_{round(100 * precision)}"] = {"share": share, "threshold": threshold}
        out["fields"] = {
            name: {
                "precision": counts.precision,
                "recall": counts.recall,
                "f1": counts.f1,
                "fuzzy_f1": self.similar[name].f1,
                "right": counts.right,
                "wrong": counts.wrong,
                "missed": counts.missed,
            }
            for name, counts in self.exact.items()
        }
        return out


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
                    record["fields"], record["source"]["path"]
                except (ValueError, KeyError, TypeError):
                    raise UsageError(f"{path}:{number}: not a record") from None
                yield record
    except OSError as error:
        raise UsageError(f"cannot read the results {path}: {error.strerror}") from error


def evaluate(
    records: Iterable[dict[str, Any]],
    labels: tuple[Label, ...],
    *,
    null: Reading = "absent",
    missing: Reading = "unknown",
) -> Evaluation:
    """Compares field by field; only fields that the schema of a record has are scored.

    Args:
        null: what a labelled null says: the file has no such value, or nobody looked.
        missing: the same for a field that a label does not name.
    """
    index, result = LabelIndex(labels), Evaluation()
    seen = set()
    for record in records:
        label = index.find(record["source"]["path"]) or index.find(record["source"]["uri"])
        if label is None:
            result.without_label += 1
            continue
        seen.add(label.file)
        _score_document(result, record, label, null=null, missing=missing)
    result.without_record = sum(label.file not in seen for label in labels)
    return result


def _score_document(
    result: Evaluation, record: dict[str, Any], label: Label, *, null: Reading, missing: Reading
) -> None:
    path = record["source"]["path"]
    result.documents += 1
    misses_before = len(result.misses)
    for name, value in record["fields"].items():
        truth = label.fields.get(name)
        if truth is None and (missing if name not in label.fields else null) == "unknown":
            continue
        counts = result.exact.setdefault(name, Counts())
        similar = result.similar.setdefault(name, Counts())
        if "evidence" in value:
            _score_leaf(result, counts, similar, path, name, value, truth, label)
        else:
            predicted = list(_leaves(value))
            for suffix, leaf, leaf_truth in _pair(predicted, truth):
                _score_leaf(result, counts, similar, path, name + suffix, leaf, leaf_truth, label)
    for name, truth in label.fields.items():
        if truth is not None and record["status"] == "failed" and name not in record["fields"]:
            for counts_by_field in (result.exact, result.similar):
                counts_by_field.setdefault(name, Counts()).missed += 1
            result.misses.append(Miss(path=path, field=name, value=None, truth=truth, confidence=0.0))
    result.documents_right += len(result.misses) == misses_before


_NOTHING: dict[str, Any] = {"type": "string", "kind": "extracted", "value": None, "confidence": None, "evidence": []}


def _score_leaf(
    result: Evaluation, exact: Counts, similar: Counts, path: str, name: str, leaf: dict[str, Any], truth: Any, label: Label
) -> None:  # fmt: skip
    value, field_type = leaf["value"], leaf["type"]
    right = _count(exact, value, truth, same=is_same(value, truth, field_type))
    _count(similar, value, truth, same=is_similar(value, truth, field_type))
    if leaf["confidence"] is not None:
        result.judged.append((leaf["confidence"], right))
    if value is not None and leaf["kind"] == "extracted":
        result.extracted += 1
        result.grounded += bool(leaf["evidence"])
    if right and value is not None and label.lines:
        on_line = evidence_on_line(leaf, truth, field_type, label)
        if on_line is not None:
            result.with_line += 1
            result.on_line += on_line
    if not right:
        confidence = leaf["confidence"] or 0.0
        result.misses.append(Miss(path=path, field=name, value=value, truth=truth, confidence=confidence))


def _count(counts: Counts, value: Any, truth: Any, *, same: bool) -> bool:
    if truth is None:
        counts.truly_absent += value is None
        counts.wrong += value is not None
        return value is None
    counts.right += same
    counts.missed += not same
    counts.wrong += value is not None and not same
    return same


def _leaves(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows of an array or the members of an object, each as {suffix: leaf}."""
    inner = value["value"]
    if value["type"] == "array":
        for item in inner:
            yield {"": item} if "evidence" in item else _members(item)
    else:
        yield _members(inner)


def _members(item: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    out = {}
    for name, member in item.items():
        if "evidence" in member:
            out[f"{prefix}.{name}"] = member
        elif member["type"] == "object":
            out.update(_members(member["value"], f"{prefix}.{name}"))
    return out


def _pair(rows: list[dict[str, Any]], truth: Any) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Rows of an array matched with labelled rows as a set: the pairs with most equal leaves first."""
    labelled = [truth] if isinstance(truth, dict) else list(truth or ())
    truths = [_flat(row) if isinstance(row, dict) else {"": row} for row in labelled]
    scores = sorted(
        (
            (-sum(is_similar(leaf["value"], known.get(name), leaf["type"]) for name, leaf in row.items()), i, j)
            for i, row in enumerate(rows)
            for j, known in enumerate(truths)
        ),
    )
    used_rows: set[int] = set()
    used_truths: set[int] = set()
    for score, i, j in scores:
        if score < 0 and i not in used_rows and j not in used_truths:
            used_rows.add(i)
            used_truths.add(j)
            for name, leaf in rows[i].items():
                if name in truths[j]:
                    yield name, leaf, truths[j][name]
    for i, row in enumerate(rows):
        if i not in used_rows:
            known_names = {name for known in truths for name in known} or set(row)
            for name, leaf in row.items():
                if name in known_names and leaf["value"] is not None:
                    yield name, leaf, None
    for j, known in enumerate(truths):
        if j not in used_truths:
            for name, value in known.items():
                if value is not None:
                    yield name, dict(_NOTHING), value


def _flat(row: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            out.update(_flat(value, f"{prefix}.{name}"))
        else:
            out[f"{prefix}.{name}"] = value
    return out


def evidence_on_line(leaf: dict[str, Any], truth: Any, field_type: FieldType, label: Label) -> bool | None:
    """Whether each piece of evidence lies on a labelled line that holds part of the value; None when no line does."""
    from rapidfuzz import fuzz

    from .compare import plain

    wanted = plain(str(leaf["evidence"][0]["text"] if leaf["evidence"] and field_type != "string" else truth))
    lines = [
        box
        for text, box in label.lines
        if fuzz.partial_ratio(plain(text), wanted) >= 90 and len(plain(text)) >= min(3, len(wanted))
    ]
    if not lines:
        return None
    boxes = [piece["box"] for piece in leaf["evidence"] if "box" in piece]
    return bool(boxes) and all(any(_middle_in(box, line) for line in lines) for box in boxes)


def _middle_in(box: list[float], line: tuple[float, float, float, float]) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return line[0] <= x <= line[2] and line[1] <= y <= line[3]
