"""Records against labels: types, rows as sets, nulls, evidence on labelled lines."""

from __future__ import annotations

from typing import Any

import pytest

from mmi_cli.errors import UsageError
from mmi_cli.evaluate.compare import is_same, is_similar
from mmi_cli.evaluate.evaluation import Evaluation, evaluate
from mmi_cli.evaluate.labels import Label
from mmi_cli.evaluate.places import Place


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
        (0.1 + 0.2, 0.3, "number"),
        (19.999999, 20, "number"),
        (0, 0, "integer"),
        (True, "selected", "boolean"),
        (False, ":unselected:", "boolean"),
        (True, True, "boolean"),
    ],
)
def test_the_same_value_written_otherwise_is_right(value: Any, truth: Any, kind: Any) -> None:
    assert is_same(value, truth, kind)


@pytest.mark.parametrize(
    ("value", "truth", "kind"),
    [
        ("2018-12-26", "25/12/2018", "date"),
        (5625.1, "$5,625.00", "number"),
        (0.074, 0.07, "number"),
        (0.0, 0.004, "number"),
        (float("inf"), 5, "number"),
        (True, "unselected", "boolean"),
        ("", "x", "string"),
        (None, "x", "string"),
    ],
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


def rows_of(*rows: tuple[str, float]) -> dict[str, Any]:
    return {"type": "array", "value": [{"name": leaf(name), "amount": leaf(amount, "number")} for name, amount in rows]}


def test_whole_rows_and_members_are_counted_apart() -> None:
    truth = [{"name": "ink", "amount": 5}, {"name": "pen", "amount": 3}, {"name": "pad", "amount": 1}]
    facts = compare({"items": rows_of(("pen", 2), ("ink", 5))}, {"items": truth}).to_json()
    rows = facts["fields"]["items"]["rows"]
    assert (rows["right"], rows["wrong"], rows["missed"]) == (1, 1, 2)
    assert facts["rows"]["f1"] == rows["f1"] == pytest.approx(2 / 5)
    members = facts["fields"]["items"]["members"]
    assert [(name, each["right"], each["missed"]) for name, each in members.items()] == [
        ("name", 2, 1),
        ("amount", 1, 2),
    ]


def test_the_row_that_is_right_is_matched_before_one_that_is_only_similar() -> None:
    truth = [{"name": "item ABCDEFGH 1", "amount": 5}, {"name": "item ABCDEFGH 2", "amount": 5}]
    result = compare({"items": rows_of(("item ABCDEFGH 2", 5), ("item ABCDEFGH 1", 5))}, {"items": truth})
    assert not result.misses


def test_arrays_inside_rows_and_objects_are_scored_too() -> None:
    inner = {"type": "array", "value": [leaf("red"), leaf("blue")]}
    fields = {
        "boxes": {"type": "array", "value": [{"name": leaf("a"), "colours": inner}]},
        "seller": {"type": "object", "value": {"name": leaf("Acme"), "phones": inner}},
    }
    truth = {
        "boxes": [{"name": "a", "colours": ["blue", "green"]}],
        "seller": {"name": "Acme", "phones": ["red", "blue"]},
    }
    result = compare(fields, truth)
    assert {(miss.field, miss.value, miss.truth) for miss in result.misses} == {
        ("boxes.colours", "red", None),
        ("boxes.colours", None, "green"),
    }
    assert result.exact["seller"].f1 == 1
    assert result.rows["seller.phones"].right == 2


def test_a_single_label_for_an_array_is_one_row_and_not_its_letters() -> None:
    counts = compare({"party": {"type": "array", "value": [leaf("Nike")]}}, {"party": "Nike"}).exact["party"]
    assert (counts.right, counts.wrong, counts.missed) == (1, 0, 0)


def test_of_several_labelled_spellings_of_a_single_value_any_will_do() -> None:
    assert compare({"name": leaf("Acme Ltd")}, {"name": ["Acme", "Acme Ltd"]}).exact["name"].f1 == 1
    assert compare({"name": leaf("Other")}, {"name": ["Acme", "Acme Ltd"]}).exact["name"].f1 == 0
    assert compare({"name": leaf(None)}, {"name": []}).exact["name"].truly_absent == 1


@pytest.mark.parametrize(
    ("value", "truth"),
    [
        (leaf("x"), {"street": "x"}),
        (leaf("x"), [{"street": "x"}]),
        ({"type": "object", "value": {"street": leaf("x")}}, "x"),
        ({"type": "array", "value": [{"street": leaf("x")}]}, ["x"]),
    ],
)
def test_a_label_of_another_shape_is_refused_by_name(value: Any, truth: Any) -> None:
    row = {"type": "array", "value": [{"street": leaf("x"), "n": value}]}
    with pytest.raises(UsageError, match=r"label of files/a\.txt: (address|rows\[0\]\.n)"):
        compare({"address": value, "rows": row}, {"address": truth, "rows": [{"street": "x", "n": truth}]})


def test_what_was_not_read_has_nothing_right() -> None:
    labels = tuple(Label(file=name, fields={"total": 9, "note": "n", "date": None}) for name in "abcd")
    unread = {"source": {"path": "b"}, "schema": {"name": "s"}, "fields": {}}
    records = [
        record("a", total=leaf(9.0, "number"), date=leaf(None, "date")) | {"schema": {"name": "s"}},
        unread | {"status": "unsupported"},
        unread | {"status": "failed", "source": {"path": "c"}},
        unread | {"status": "skipped", "source": {"path": "d"}},
    ]
    result = evaluate(records, labels)
    assert (result.documents, result.documents_right) == (3, 1)
    assert (result.exact["total"].right, result.exact["total"].missed) == (1, 2)
    assert set(result.exact) == {"total", "date"}, "`note` is no field of the schema"
    assert result.unscored_fields == ("note",)


def test_a_file_with_two_records_is_one_document() -> None:
    labels = (Label(file="a", fields={"total": 9, "date": "2026-01-02"}),)
    records = [record("a", total=leaf(9.0, "number")), record("a", date=leaf("2026-01-03", "date"))]
    result = evaluate(records, labels)
    assert (result.documents, result.documents_right) == (1, 0)


def test_a_record_that_is_none_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match=r"record of files/a\.txt: total is no value"):
        compare({"total": 9}, {"total": 9})


def test_evidence_is_held_against_labelled_boxes_and_times() -> None:
    label = Label(
        file="a.jpg",
        fields={"total": "9.00", "items": [{"n": "x"}, {"n": "y"}], "said": "yes"},
        places={
            "total": (Place(page=1, box=(100, 100, 140, 120)),),
            "items[1].n": (Place(page=1, box=(0, 0, 10, 10)),),
            "said": (Place(start_s=2.0, end_s=3.0),),
        },
    )

    def found(box: list[float], start_s: float) -> dict[str, Any]:
        values = {
            "total": leaf(9.0, "number") | {"evidence": [{"text": "9", "page": 1, "box": box}]},
            "items": {"type": "array", "value": [{"n": leaf("y") | {"evidence": [{"text": "y", "page": 1, "box": [1, 1, 9, 9]}]}}]},
            "said": leaf("yes") | {"evidence": [{"text": "yes", "start_s": start_s, "end_s": start_s + 1}]},
        }  # fmt: skip
        facts = evaluate([record("a.jpg", **values)], (label,)).to_json()
        return {"boxes": facts["evidence_boxes"], "times": facts["evidence_times"]}

    exact = found([100, 100, 140, 120], 2.0)
    assert exact["boxes"] == {"compared": 2, "on_place": 1, "iou": pytest.approx((1 + 0.64) / 2)}
    assert exact["times"] == {"compared": 1, "on_place": 1, "iou": 1}
    elsewhere = found([100, 200, 140, 220], 7.0)
    assert elsewhere["boxes"]["on_place"] == 0.5
    assert elsewhere["times"] == {"compared": 1, "on_place": 0, "iou": 0}


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
