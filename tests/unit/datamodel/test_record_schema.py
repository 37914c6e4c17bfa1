"""`docs/record.schema.json` says what records are, no less and no more."""

from __future__ import annotations

import copy
import json
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from mmi_cli.datamodel import record as records
from mmi_cli.datamodel.content import Notice, Usage
from mmi_cli.datamodel.detection import MODALITIES
from mmi_cli.datamodel.record import (
    ArrayValue,
    CheckResult,
    ErrorInfo,
    Evidence,
    FileRecord,
    LeafValue,
    ObjectValue,
)
from mmi_cli.datamodel.schema import FIELD_KINDS, FIELD_TYPES
from mmi_cli.datamodel.source import SourceFile

SCHEMA: dict[str, Any] = json.loads((Path(__file__).parents[3] / "docs" / "record.schema.json").read_text("utf-8"))
PLACES = (
    Evidence(
        text="9.00", match="exact", span=(412, 4), page=1, box=(310, 882, 362, 901), page_size=(720, 1280), unit="px"
    ),
    Evidence(text="hello", match="fuzzy", span=(0, 5), start_s=0.08, end_s=2.24, speaker="Speaker 1"),
    Evidence(text="SALE", match="normalized", frame_s=12.5, box=(0.5, 1, 20.25, 30), unit="px"),
    Evidence(text="42", match="computed", sheet="Sheet1", cell="B7"),
    Evidence(text="Agenda", match="cited", slide=3, shape="Title 1"),
    Evidence(text="Dear", match="exact", paragraph=0, part="letter.docx", file="a/mail.eml"),
)


def leaf(type_: Any, value: Any, kind: Any = "extracted") -> LeafValue:
    return LeafValue(type=type_, kind=kind, value=value, confidence=0.97, evidence=PLACES if value is not None else ())


def record(**values: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "id": "0" * 32, "source": SourceFile(uri="file:///in/a.zip", path="a.zip!b.pdf", size_bytes=9, members=("0:b.pdf",)),
        "sha256": "a" * 64, "media_type": "application/pdf", "modality": "document", "schema_name": "x", "schema_version": "1",
        "schema_digest": "d", "status": "ok", "tool_version": "0.1.0", **values,
    }  # fmt: skip
    return json.loads(FileRecord(**given).to_line())


FULL = record(
    fields=(
        ("company", leaf("string", "ACME")),
        ("date", leaf("date", "2024-01-31")),
        ("time", leaf("time", "14:32:00")),
        ("total", leaf("number", 9.5)),
        ("count", leaf("integer", 3)),
        ("paid", leaf("boolean", True, "inferred")),
        ("missing", leaf("number", None)),
        ("tags", ArrayValue(items=(leaf("string", "a"), leaf("string", "b")))),
        ("lines", ArrayValue(items=(ObjectValue(members=(("amount", leaf("number", 1.0)),)),))),
        ("rows", ArrayValue(items=(ArrayValue(items=(leaf("number", 1),)),))),
        ("buyer", ObjectValue(members=(("name", leaf("string", "Bo")), ("tags", ArrayValue(items=()))))),
        ("summary", leaf("string", "Bought.", "abstracted")),
    ),
    checks=(CheckResult(expression="total > 0", passed=True), CheckResult(expression="a", passed=None, message="why")),
    segment={"category": "invoice", "pages": [1, 2]},
    warnings=(Notice(code="truncated", message="x"),),
    usage=Usage(pages=1, audio_seconds=2.5, model_input_tokens=3, model_output_tokens=4),
    engines=(("ocr", "rapidocr-3.10.0"),),
)


def problems(value: dict[str, Any]) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(SCHEMA).iter_errors(value)]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_a_record_with_every_kind_of_value_and_place_fits() -> None:
    assert problems(FULL) == []


@pytest.mark.parametrize("status", records.STATUSES)
def test_a_record_of_every_status_fits(status: str) -> None:
    error = ErrorInfo(stage="extract", code="corrupt", message="broken", retryable=False)
    assert problems(record(status=status, errors=(error,) if status == "failed" else ())) == []


def test_a_file_of_which_nothing_is_known_fits() -> None:
    source = SourceFile(uri="https://a.blob.core.windows.net/c/b", path="b", size_bytes=0, etag="0x8D")
    error = ErrorInfo(stage="storage", code="io", message="gone", retryable=True)
    assert (
        problems(record(source=source, sha256=None, media_type=None, modality=None, status="failed", errors=(error,)))
        == []
    )


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("status", "done"), ("modality", "text"), ("id", "7"), ("record_version", 2), ("source.size_bytes", -1),
        ("fields.total.confidence", 1.2), ("fields.total.value", "9.5"), ("fields.count.value", 3.5),
        ("fields.date.value", "31/01/2024"), ("fields.company.evidence", []), ("fields.company.kind", "guessed"),
        ("fields.company.evidence.0.box", [1, 2, 3]), ("fields.company.evidence.0.match", "near"),
        ("errors", [{"stage": "fill", "code": "internal", "message": "x", "retryable": False}]), ("usage.pages", None), ("extra", 1),
        ("fields.company.score", 1), ("checks.0.passed", "yes"),
    ],
)  # fmt: skip
def test_what_is_no_record_does_not_fit(where: str, value: Any) -> None:
    changed = copy.deepcopy(FULL)
    *path, last = where.split(".")
    target: Any = changed
    for key in path:
        target = target[int(key)] if isinstance(target, list) else target[key]
    target[last] = value
    assert problems(changed)


def test_every_key_is_needed() -> None:
    for key in FULL:
        assert problems({name: value for name, value in FULL.items() if name != key}), key


CASE = record(
    fields=(("total", leaf("number", 9.5)),),
    case={
        "files": [
            {
                "path": "a/1.pdf", "uri": "file:///in/a/1.pdf", "sha256": "a" * 64,
                "papers": [{"status": "ok", "category": "w2", "confidence": 0.99, "pages": [1, 1]}],
            }
        ],
        "conflicts": [
            {
                "field": "total",
                "values": [{"value": each, "confidence": 0.5, "evidence": []} for each in (9.5, 9.6)],
            }
        ],
        "missing": ["slip"],
        "unassigned": [],
    },
)  # fmt: skip
"""Of a case of several files: only such a record has a case."""


def test_the_record_of_a_case_is_of_the_published_form() -> None:
    Draft202012Validator(SCHEMA).validate(CASE)


def test_keys_and_words_are_those_of_the_program() -> None:
    defs = SCHEMA["$defs"]
    assert list(SCHEMA["properties"]) == list(CASE)
    assert [name for name in CASE if name != "case"] == list(FULL)
    assert list(defs["Source"]["properties"]) == list(FULL["source"])
    assert list(defs["Evidence"]["properties"]) == [field.name for field in fields(Evidence)]
    assert SCHEMA["properties"]["status"]["enum"] == list(records.STATUSES)
    assert SCHEMA["properties"]["modality"]["enum"] == [*MODALITIES, None]
    assert defs["Error"]["properties"]["code"]["enum"] == list(get_args(records.ErrorCode))
    assert defs["Error"]["properties"]["stage"]["enum"] == list(get_args(records.Stage))
    assert defs["Evidence"]["properties"]["match"]["enum"] == list(get_args(records.MatchKind))
    leaf_schema = defs["Leaf"]["properties"]
    assert leaf_schema["kind"]["enum"] == list(FIELD_KINDS)
    assert leaf_schema["type"]["enum"] == [each for each in FIELD_TYPES if each not in ("array", "object")]


def test_the_example_on_the_page_fits() -> None:
    page = (Path(__file__).parents[3] / "docs" / "record.md").read_text("utf-8")
    example = json.loads(page.split("```json\n", 1)[1].split("\n```", 1)[0])
    assert problems(example) == []
    assert list(example) == list(FULL)
