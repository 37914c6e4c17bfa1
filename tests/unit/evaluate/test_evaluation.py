"""Records against labels: types, rows as sets, nulls, evidence on labelled lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mmi_cli.errors import UsageError
from mmi_cli.evaluate.compare import is_same, is_similar
from mmi_cli.evaluate.evaluation import Evaluation, evaluate
from mmi_cli.evaluate.labels import Label, LabelIndex, read_labels


def leaf(
    value: Any, kind: str = "string", *, confidence: float = 0.9, box: list[float] | None = None
) -> dict[str, Any]:
    evidence = [{"text": str(value), "match": "exact", **({"box": box} if box else {})}] if value is not None else []
    return {"type": kind, "kind": "extracted", "value": value, "confidence": confidence, "evidence": evidence}


def record(path: str, **fields: Any) -> dict[str, Any]:
    return {"source": {"path": path, "uri": f"file:///in/{path}"}, "status": "ok", "fields": fields}


def compare(fields: dict[str, Any], truth: dict[str, Any], **more: Any) -> Evaluation:
    return evaluate([record("a.txt", **fields)], (Label(file="files/a.txt", fields=truth),), **more)


@pytest.mark.parametrize(
    ("value", "truth", "kind"),
    [
        ("2018-12-25", "25/12/2018", "date"),
        ("2018-05-03", "03/05/2018", "date"),
        ("2018-03-05", "03/05/2018", "date"),
        (5625.0, "$5,625.00", "number"),
        (1234.56, "1.234,56", "number"),
        ("ACME  Ltd.", "Acme Ltd", "string"),
        ("a ,b", "A, B", "string"),
        (None, None, "string"),
    ],
)
def test_the_same_value_written_otherwise_is_right(value: Any, truth: Any, kind: Any) -> None:
    assert is_same(value, truth, kind)


@pytest.mark.parametrize(
    ("value", "truth", "kind"),
    [("2018-12-26", "25/12/2018", "date"), (5625.1, "$5,625.00", "number"), ("", "x", "string"), (None, "x", "string")],
)
def test_another_value_is_wrong(value: Any, truth: Any, kind: Any) -> None:
    assert not is_same(value, truth, kind)


def test_slips_are_forgiven_only_fuzzily_and_only_in_strings() -> None:
    assert is_similar("KAWANG PERDANA", "RAWANG PERDANA", "string")
    assert not is_same("KAWANG PERDANA", "RAWANG PERDANA", "string")
    assert not is_similar(1234.0, 1235.0, "number")


def test_right_wrong_and_missed_are_counted_per_field() -> None:
    result = compare(
        {"total": leaf(9.0, "number"), "company": leaf("B"), "date": leaf(None, "date")},
        {"total": "9.00", "company": "A", "date": "25/12/2018"},
    )
    counts = {name: (c.right, c.wrong, c.missed) for name, c in result.exact.items()}
    assert counts == {"total": (1, 0, 0), "company": (0, 1, 1), "date": (0, 0, 1)}
    assert (result.documents, result.documents_right) == (1, 0)
    assert [miss.field for miss in result.misses] == ["company", "date"]


def test_nulls_and_missing_labels_are_scored_only_when_they_say_absent() -> None:
    fields = {"total": leaf(9.0, "number"), "date": leaf(None, "date")}
    assert compare(fields, {"total": None}).exact["total"].wrong == 1
    assert compare(fields, {"total": None}, null="unknown").exact == {}
    counted = compare(fields, {"total": 9}, missing="absent").exact["date"]
    assert counted.truly_absent == 1


def test_rows_are_matched_as_a_set() -> None:
    rows = [{"name": leaf("pen"), "amount": leaf(2.0, "number")}, {"name": leaf("ink"), "amount": leaf(5.0, "number")}]
    truth = [{"name": "ink", "amount": 5}, {"name": "pen", "amount": 3}, {"name": "pad", "amount": 1}]
    counts = compare({"items": {"type": "array", "value": rows}}, {"items": truth}).exact["items"]
    assert (counts.right, counts.wrong, counts.missed) == (3, 1, 3)


def test_lists_of_strings_are_matched_as_a_set() -> None:
    rows = [leaf("Nike Inc."), leaf("Nobody")]
    counts = compare({"party": {"type": "array", "value": rows}}, {"party": ["Eric Sprunk", "Nike Inc."]}).exact[
        "party"
    ]
    assert (counts.right, counts.wrong, counts.missed) == (1, 1, 1)


def test_evidence_is_held_against_the_line_that_holds_the_value() -> None:
    label = Label(
        file="a.jpg", fields={"total": "9.00"}, lines=(("TOTAL 9.00", (0, 100, 200, 120)), ("SHOP", (0, 0, 200, 20)))
    )
    for box, expected in (([150, 102, 190, 118], 1), ([150, 2, 190, 18], 0)):
        result = evaluate(
            [record("a.jpg", total=leaf(9.0, "number", box=box) | {"evidence": [{"text": "9.00", "box": box}]})],
            (label,),
        )
        assert (result.with_line, result.on_line) == (1, expected)


def test_a_label_is_found_by_the_longest_common_ending() -> None:
    index = LabelIndex((Label(file="x/1/a.txt", fields={"v": 1}), Label(file="x/2/a.txt", fields={"v": 2})))
    found = index.find("2/a.txt")
    assert found is not None
    assert found.fields == {"v": 2}
    assert index.find("a.txt") is None
    assert index.find("b.txt") is None


def test_a_line_that_is_no_label_is_refused_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text('{"file": "a", "fields": {}}\n{"file": "b"}\n')
    with pytest.raises(UsageError, match=r"labels\.jsonl:2"):
        read_labels(path)
