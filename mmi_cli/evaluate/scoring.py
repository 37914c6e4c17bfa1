"""Holds the values of one record against its label, one judgement a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..datamodel.schema import FieldType
from ..errors import UsageError
from .compare import is_same, is_similar
from .labels import Label
from .places import Place

Reading = Literal["absent", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a label says where it holds nothing."""

    null: Reading = "absent"
    """A labelled null: the file has no such value, or nobody looked."""
    missing: Reading = "unknown"
    """The same for a field that a label does not name."""

    def is_unknown(self, truths: Mapping[str, Any], name: str) -> bool:
        """Whether the label leaves open what the value is."""
        if truths.get(name) is not None:
            return False
        return (self.null if name in truths else self.missing) == "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One value of a record, or one that the record lacks, and whether it is the labelled one."""

    field: str
    """The schema's field that it belongs to."""
    path: str
    """Below that field too, rows without their number: `line_items.amount`."""
    type: FieldType
    kind: str
    value: Any
    truth: Any
    confidence: float | None
    """None: the record has no such row, so it says nothing of it."""
    evidence: tuple[Mapping[str, Any], ...]
    is_right: bool
    is_similar: bool
    places: tuple[Place, ...] = ()
    """Where the label says that the value stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowJudgement:
    """One row of an array: a row of the record, or a labelled one that it lacks."""

    field: str
    path: str
    outcome: Literal["right", "wrong", "missed"]
    """`wrong` also says that the labelled row it was matched with, if any, is missed."""
    is_matched: bool = True


Judged = Judgement | RowJudgement


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    """Where in a record and in its label."""

    field: str
    path: str
    label_path: str
    places: Mapping[str, tuple[Place, ...]]
    file: str
    rules: Rules

    def below(self, path: str, label_path: str | None = None) -> _Node:
        return _Node(
            field=self.field, path=self.path + path, label_path=self.label_path + (path if label_path is None else label_path),
            places=self.places, file=self.file, rules=self.rules,
        )  # fmt: skip


def judge_record(record: Mapping[str, Any], label: Label, rules: Rules) -> Iterator[Judged]:
    """Judges every value of a record that its label knows of.

    Raises:
        UsageError: the label has a list or an object where the schema has a single value, or the other way round.
    """
    for name, value in record["fields"].items():
        if not rules.is_unknown(label.fields, name):
            yield from _judge(value, label.fields.get(name), _node(name, label, rules))


def judge_missing(names: Mapping[str, Any], label: Label) -> Iterator[Judged]:
    """Every labelled value of these fields, for a file that was not filled."""
    for name in names:
        yield from _judge_lacking(label.fields.get(name), _node(name, label, Rules()))


def _node(name: str, label: Label, rules: Rules) -> _Node:
    return _Node(field=name, path=name, label_path=name, places=label.places, file=label.file, rules=rules)


def _judge(value: Any, truth: Any, node: _Node) -> Iterator[Judged]:
    if _is_leaf(value):
        yield _judge_leaf(value, truth, node)
    elif isinstance(value, dict) and value.get("type") == "array":
        if truth is not None and not isinstance(truth, list):
            truth = [truth]
        yield from _judge_rows(value["value"], truth or [], node)
    elif isinstance(value, dict):
        members = _members(value, node)
        if truth is not None and not isinstance(truth, dict):
            raise UsageError(f"the label of {node.file}: {node.label_path} is an object in the schema, not {truth!r}")
        truths = truth or {}
        for name, member in members.items():
            if truth is None or not node.rules.is_unknown(truths, name):
                yield from _judge(member, truths.get(name), node.below(f".{name}"))
    else:
        raise UsageError(f"the record of {node.file}: {node.path} is no value of a record")


def _judge_leaf(leaf: Mapping[str, Any], truth: Any, node: _Node) -> Judgement:
    if isinstance(truth, dict) or (isinstance(truth, list) and any(isinstance(each, dict | list) for each in truth)):
        raise UsageError(f"the label of {node.file}: {node.label_path} is a single value in the schema, not {truth!r}")
    value, field_type = leaf["value"], leaf["type"]
    # Of several labelled spellings of a single value any will do.
    truths = truth or [None] if isinstance(truth, list) else [truth]
    return Judgement(
        field=node.field,
        path=node.path,
        type=field_type,
        kind=leaf.get("kind", "extracted"),
        value=value,
        truth=truth or None if isinstance(truth, list) else truth,
        confidence=leaf.get("confidence"),
        evidence=tuple(leaf["evidence"]),
        is_right=any(is_same(value, each, field_type) for each in truths),
        is_similar=any(is_similar(value, each, field_type) for each in truths),
        places=node.places.get(node.label_path, ()),
    )


def _judge_rows(rows: list[Any], truths: list[Any], node: _Node) -> Iterator[Judged]:
    """Rows matched with labelled rows as a set: the pairs with most equal values first."""
    for j, truth in enumerate(truths):
        if rows and truth is not None and _is_leaf(rows[0]) == isinstance(truth, dict):
            shape = "a single value" if _is_leaf(rows[0]) else "an object"
            raise UsageError(
                f"the label of {node.file}: {node.label_path}[{j}] is {shape} in the schema, not {truth!r}"
            )
    pairs = _pairs(rows, truths)
    for i, j in sorted(pairs.items()):
        judged = list(_judge(rows[i], truths[j], node.below("", f"[{j}]")))
        yield from judged
        values = [each for each in judged if isinstance(each, Judgement)]
        outcome: Literal["right", "wrong"] = "right" if all(each.is_right for each in values) else "wrong"
        yield RowJudgement(field=node.field, path=node.path, outcome=outcome)
    known = {name for truth in truths for name in _flat(truth)}
    for i, row in enumerate(rows):
        if i not in pairs:
            leaves = {name: leaf for name, leaf in _leaves(row).items() if leaf["value"] is not None}
            for name, leaf in leaves.items():
                if not known or name in known:
                    yield _judge_leaf(leaf, None, node.below(name, f"[none]{name}"))
            if leaves:
                yield RowJudgement(field=node.field, path=node.path, outcome="wrong", is_matched=False)
    for j, truth in enumerate(truths):
        if j not in pairs.values():
            lacking = list(_judge_lacking(truth, node.below("", f"[{j}]")))
            yield from lacking
            if lacking:
                yield RowJudgement(field=node.field, path=node.path, outcome="missed")


def _judge_lacking(truth: Any, node: _Node) -> Iterator[Judged]:
    """Every value of a labelled row, object or field that the record has nothing for."""
    if isinstance(truth, dict):
        for name, each in truth.items():
            yield from _judge_lacking(each, node.below(f".{name}"))
    elif isinstance(truth, list):
        for row, each in enumerate(truth):
            yield from _judge_lacking(each, node.below("", f"[{row}]"))
    elif truth is not None:
        yield Judgement(
            field=node.field, path=node.path, type="string", kind="extracted", value=None, truth=truth, confidence=None,
            evidence=(), is_right=False, is_similar=False,
        )  # fmt: skip


def _pairs(rows: list[Any], truths: list[Any]) -> dict[int, int]:
    """Row of the record → labelled row; each at most once."""
    flat_rows, flat_truths = [_leaves(row) for row in rows], [_flat(truth) for truth in truths]
    scores = sorted(
        (-_likeness(row, truth), i, j) for i, row in enumerate(flat_rows) for j, truth in enumerate(flat_truths)
    )
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for score, i, j in scores:
        if score < 0 and i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


def _likeness(row: Mapping[str, Any], truth: Mapping[str, Any]) -> float:
    """Values in common; one that is only similar counts a little less, so that the row which is right goes first."""
    score = 0.0
    for name, leaf in row.items():
        known = truth.get(name)
        if leaf["value"] is not None and known is not None and is_similar(leaf["value"], known, leaf["type"]):
            score += 1.0 if is_same(leaf["value"], known, leaf["type"]) else 0.9
    return score


def _is_leaf(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("evidence"), list) and "value" in value and "type" in value


def _members(value: Mapping[str, Any], node: _Node) -> Mapping[str, Any]:
    """Of an object; one inside an array stands as its bare members."""
    members = value["value"] if value.get("type") == "object" and isinstance(value.get("value"), dict) else value
    if not all(isinstance(member, dict) for member in members.values()):
        raise UsageError(f"the record of {node.file}: {node.path} is no value of a record")
    return members


def _leaves(row: Any, prefix: str = "") -> dict[str, Mapping[str, Any]]:
    """Path below the row → leaf; arrays inside a row are left out."""
    if _is_leaf(row):
        return {prefix: row}
    if not isinstance(row, dict) or row.get("type") == "array":
        return {}
    members = row["value"] if row.get("type") == "object" and isinstance(row.get("value"), dict) else row
    out: dict[str, Mapping[str, Any]] = {}
    for name, member in members.items():
        out |= _leaves(member, f"{prefix}.{name}")
    return out


def _flat(truth: Any, prefix: str = "") -> dict[str, Any]:
    if isinstance(truth, dict):
        out: dict[str, Any] = {}
        for name, each in truth.items():
            out |= _flat(each, f"{prefix}.{name}")
        return out
    return {} if isinstance(truth, list) else {prefix: truth}
