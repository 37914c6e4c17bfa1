"""Labels of all three forms, and which label is a record's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mmi_cli.errors import UsageError
from mmi_cli.evaluate.labels import Label, LabelIndex, read_labels
from mmi_cli.evaluate.places import Place


def written(path: Path, value: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value), "utf-8")
    return path


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


@pytest.mark.parametrize(
    "line",
    [
        '{"file": "", "fields": {}}',
        '{"file": "a", "fields": ["x"]}',
        '{"file": "a", "fields": {}, "lines": [{"text": "x", "bbox": [1, 2]}]}',
        '{"file": "a", "fields": {}, "evidence": {"x": [{"page": 1, "box": [1, 2]}]}}',
        '{"file": "a", "fields": {}, "evidence": {"x": [{"page": 1, "box": [1, 2, 3, 4], "unit": "cm"}]}}',
        '{"file": "a", "fields": {}, "evidence": {"x": [{"start_s": 3, "end_s": 2}]}}',
        '{"file": "a", "fields": {}, "evidence": {"x": "D(1,2"}}',
        "[" * 100_000,
        "7",
    ],
)
def test_a_label_that_is_not_of_the_form_is_refused_with_its_line(line: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"labels\.jsonl:1: not a label"):
        read_labels(written(tmp_path / "labels.jsonl", line))


def test_a_file_that_is_labelled_twice_is_refused(tmp_path: Path) -> None:
    line = '{"file": "x/a", "fields": {}}\n'
    with pytest.raises(UsageError, match=r"labels\.jsonl:2: 'x/a' has a label already, at .*labels\.jsonl:1"):
        read_labels(written(tmp_path / "labels.jsonl", line + line))


def test_a_corrected_record_is_a_label(tmp_path: Path) -> None:
    total = {
        "type": "number",
        "kind": "extracted",
        "value": 9.0,
        "confidence": 0.9,
        "evidence": [{"text": "9", "page": 2, "box": [1, 2, 3, 4], "unit": "pt"}],
    }
    fields = {
        "total": total,
        "said": {"value": "yes", "evidence": [{"start_s": 1.5, "end_s": 2}]},
        "items": {"type": "array", "value": [{"amount": total}]},
        "rate": {"type": "percentage", "value": 5},
    }  # fmt: skip
    (label,) = read_labels(written(tmp_path / "labels.jsonl", {"file": "a", "fields": fields}))
    assert label.fields == {
        "total": 9.0,
        "said": "yes",
        "items": [{"amount": 9.0}],
        "rate": {"type": "percentage", "value": 5},
    }
    box = (Place(page=2, box=(1, 2, 3, 4), unit="pt"),)
    assert label.places == {"total": box, "said": (Place(start_s=1.5, end_s=2.0),), "items[0].amount": box}


def test_evidence_may_stand_beside_the_values(tmp_path: Path) -> None:
    evidence = {
        "total": [{"page": 1, "box": [1, 2, 3, 4]}],
        "date": [{"boundingRegions": [{"pageNumber": 2, "polygon": [1, 1, 3, 1, 3, 2, 1, 2]}]}],
        "name": "D(1,0,0,2,0,2,1,0,1);D(2)",
        "said": {"start_s": 4},
        "cell": [{"sheet": "A", "cell": "B2"}],
    }
    (label,) = read_labels(written(tmp_path / "l.jsonl", {"file": "a", "fields": {}, "evidence": evidence}))
    assert label.places == {
        "total": (Place(page=1, box=(1, 2, 3, 4)),),
        "date": (Place(page=2, box=(1, 1, 3, 2), unit="service"),),
        "name": (Place(page=1, box=(0, 0, 2, 1), unit="service"), Place(page=2, unit="service")),
        "said": (Place(start_s=4.0, end_s=4.0),),
        "cell": (),
    }


def service_leaf(kind: str, value: Any, source: str | None = None) -> dict[str, Any]:
    return {
        "type": kind.lower(), f"value{kind}": value, "spans": [], "confidence": None, "source": source, "kind": "confirmed",
        "metadata": {},
    }  # fmt: skip


SERVICE = {
    "$schema": "https://schema.ai.azure.com/mmi/2025-11-01/labels.json",
    "fileId": "",
    "fieldLabels": {
        "vendor": service_leaf("String", "Blue Yonder", "D(1,1,1,2,1,2,1.2,1,1.2);D(1,2.1,1,3,1,3,1.2,2.1,1.2)"),
        "total": service_leaf("Number", 129.05, "D(2,4,5,5,5,5,5.5,4,5.5)"),
        "issued": service_leaf("Date", "2026-02-01"),
        "paid": service_leaf("Boolean", False),
        "count": service_leaf("Integer", 0),
        "empty": service_leaf("String", "", "D(1,0,0,8,0,8,8,0,8)"),
        "none": {"type": "date"},
        "lines": {
            "type": "array",
            "kind": "confirmed",
            "valueArray": [
                {
                    "type": "object",
                    "valueObject": {
                        "name": service_leaf("String", "Ink", "D(1,1,3,2,3,2,4,1,4)"),
                        "amount": service_leaf("Number", None),
                    },
                }
            ],
        },
        "address": {"type": "object", "valueObject": {"city": service_leaf("String", "Ulm")}},
    },
}


def test_labels_of_content_understanding_are_read(tmp_path: Path) -> None:
    (label,) = read_labels(written(tmp_path / "a b.pdf.labels.json", SERVICE))
    assert label.file == "a b.pdf"
    assert label.fields == {
        "vendor": "Blue Yonder",
        "total": 129.05,
        "issued": "2026-02-01",
        "paid": False,
        "count": 0,
        "empty": None,
        "none": None,
        "lines": [{"name": "Ink", "amount": None}],
        "address": {"city": "Ulm"},
    }
    assert set(label.places) == {"vendor", "total", "lines[0].name"}
    first, second = label.places["vendor"]
    assert first.box_in("pt", (612, 792)) == (72, 72, 144, pytest.approx(86.4)), "inches where the record has points"
    assert second.box_in("px", (612, 792)) == (2.1, 1, 3, 1.2), "pixels where it has pixels"


def test_boxes_that_a_converter_wrote_as_shares_of_the_page_are_taken_for_these(tmp_path: Path) -> None:
    value = {"fieldLabels": {"total": service_leaf("Number", 9, "D(1,0.5,0.25,0.6,0.25,0.6,0.3,0.5,0.3)")}}
    (label,) = read_labels(written(tmp_path / "a.pdf.labels.json", value))
    assert label.places["total"][0].box_in("pt", (600, 800)) == pytest.approx((300, 200, 360, 240))


def test_labels_of_document_intelligence_are_read(tmp_path: Path) -> None:
    def word(text: str, x: float) -> dict[str, Any]:
        return {"page": 1, "text": text, "boundingBoxes": [[x, 0.1, x + 0.1, 0.1, x + 0.1, 0.2, x, 0.2]]}

    value = {
        "$schema": "https://schema.cognitiveservices.azure.com/formrecognizer/2021-03-01/labels.json",
        "document": "a.pdf",
        "labels": [
            {"label": "vendor", "value": [word("Blue", 0.1), word("Yonder", 0.3)]},
            {"label": "ticked", "value": [word("selected", 0.1)]},
            {"label": "signature", "value": [word("", 0.1)], "labelType": "region"},
            {"label": "lines/1/name", "value": [word("Pad", 0.1)]},
            {"label": "lines/0/name", "value": [word("Ink", 0.5)]},
            {"label": "seller/city", "value": [word("Ulm", 0.5)]},
            {"label": "a~1b", "value": []},
        ],
    }
    (label,) = read_labels(written(tmp_path / "a.pdf.labels.json", value))
    assert label.fields == {
        "vendor": "Blue Yonder",
        "ticked": "selected",
        "signature": None,
        "lines": [{"name": "Ink"}, {"name": "Pad"}],
        "seller": {"city": "Ulm"},
        "a/b": None,
    }
    assert len(label.places["vendor"]) == 2
    assert label.places["lines[0].name"][0].box_in("px", (100, 200)) == pytest.approx((50, 20, 60, 40))
    assert set(label.places) == {"vendor", "ticked", "lines[0].name", "lines[1].name", "seller.city"}


def test_a_folder_of_such_files_is_read_with_the_paths_below_it(tmp_path: Path) -> None:
    for name in ("a.pdf", "may/b.jpg"):
        written(tmp_path / "truth" / f"{name}.labels.json", "\ufeff" + json.dumps(SERVICE))
        written(tmp_path / "truth" / f"{name}.result.json", {})
    assert [label.file for label in read_labels(tmp_path / "truth")] == ["a.pdf", "may/b.jpg"]
    with pytest.raises(UsageError, match=r"no \*\.labels\.json in this folder"):
        read_labels(written(tmp_path / "empty" / "labels.jsonl", "").parent)


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "7", "[]", "{}", '{"labels": 3}', '{"labels": [{"value": []}]}', '{"fieldLabels": []}',
        '{"fieldLabels": {"a": 3}}', '{"fieldLabels": {"a": {"type": "string", "valueString": "x", "source": "E(1)"}}}',
        '{"fieldLabels": {"a": {"type": "string", "valueString": "x", "source": "D(1,2,3,4)"}}}',
        '{"labels": [{"label": "a", "value": [{"page": 1, "text": "x", "boundingBoxes": []}]}, {"label": "a/b", "value": []}]}',
        "[" * 100_000,
    ],
)  # fmt: skip
def test_a_labels_file_that_is_none_is_refused_by_name(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a\.pdf\.labels\.json: not a labels file"):
        read_labels(written(tmp_path / "a.pdf.labels.json", text))


def test_a_label_of_the_path_itself_goes_before_those_that_end_alike() -> None:
    index = LabelIndex((Label(file="in/a.txt", fields={"v": 1}), Label(file="a.txt", fields={"v": 2})))
    found = index.find("a.txt")
    assert found is not None and found.fields == {"v": 2}
    assert index.find("other/a.txt") is None
