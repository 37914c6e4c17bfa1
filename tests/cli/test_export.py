"""`mmi export`: the same results as a table."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import mmi


def leaf(value: Any, confidence: float = 0.9, type: str = "string") -> dict[str, Any]:
    return {"type": type, "kind": "extracted", "value": value, "confidence": confidence, "evidence": []}


def record(path: str, fields: dict[str, Any], *, schema: str = "receipt", segment: Any = None) -> dict[str, Any]:
    source = {
        "uri": f"file:///in/{path}",
        "path": path,
        "size_bytes": 1,
        "sha256": "0",
        "etag": None,
        "media_type": None,
    }
    return {
        "record_version": 1, "id": path, "source": source, "modality": "document",
        "schema": {"name": schema, "version": "1", "digest": "d"}, "status": "ok", "fields": fields, "checks": [],
        "segment": segment, "errors": [], "warnings": [], "usage": {}, "engines": {}, "tool": {},
    }  # fmt: skip


@pytest.fixture
def out(tmp_path: Path) -> Path:
    rows = [{"name": leaf("tea"), "price": leaf(2.5, type="number")}, {"name": leaf("=1+1"), "price": leaf(None)}]
    folder = tmp_path / "out"
    folder.mkdir()
    records = [
        record("a.pdf", {"company": leaf("Käse, GmbH"), "total": leaf(9.0, 0.7, "number"), "lines": {"type": "array", "value": rows}}),
        record("b.pdf", {"company": leaf(None), "phone": leaf("+49 30 12"),
                         "seller": {"type": "object", "value": {"city": leaf("Leeds")}}}),
        record("c.pdf", {"tags": {"type": "array", "value": [leaf("x"), leaf("y")]}}, schema="photo",
               segment={"number": 1, "category": "picture", "confidence": 0.8, "pages": [3, 4]}),
    ]  # fmt: skip
    (folder / "results.jsonl").write_text(
        "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records), "utf-8"
    )
    return folder


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_one_row_a_record_and_a_column_for_every_field(out: Path) -> None:
    rows = table(mmi("export", out, cwd=out).out)
    assert list(rows[0])[:3] == ["path", "schema", "status"]
    assert (rows[0]["company"], rows[0]["total"], rows[1]["seller.city"]) == ("Käse, GmbH", "9.0", "Leeds")
    assert json.loads(rows[2]["tags"]) == ["x", "y"]
    assert (rows[2]["category"], rows[2]["pages"]) == ("picture", "3-4")


def test_one_row_an_item_of_a_list(out: Path) -> None:
    rows = table(mmi("export", out, "--rows", "lines", cwd=out).out)
    assert [(row["path"], row["item"], row["name"], row["price"]) for row in rows] == [
        ("a.pdf", "1", "tea", "2.5"), ("a.pdf", "2", "'=1+1", ""),
    ]  # fmt: skip
    assert [row["value"] for row in table(mmi("export", out, "--rows", "tags", cwd=out).out)] == ["x", "y"]


def test_a_formula_of_a_document_is_text_and_a_phone_number_stays_one(out: Path) -> None:
    assert table(mmi("export", out, cwd=out).out)[1]["phone"] == "+49 30 12"
    flat = [
        json.loads(line)
        for line in mmi("export", out, "--rows", "lines", "--format", "jsonl", cwd=out).out.splitlines()
    ]
    assert flat[1]["name"] == "=1+1"


def test_confidences_stand_beside_their_values(out: Path) -> None:
    assert table(mmi("export", out, "--confidence", "--schema", "receipt", cwd=out).out)[0]["total.confidence"] == "0.7"


def test_a_file_is_written_for_spreadsheets_and_its_ending_says_the_format(out: Path) -> None:
    ran = mmi("export", out, "--output", "t.csv", cwd=out)
    assert (ran.out, ran.code) == ("", 0)
    assert (out / "t.csv").read_bytes().startswith(b"\xef\xbb\xbfpath,")
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed: `make test` brings it")
    assert mmi("export", out, "--output", "t.parquet", cwd=out).code == 0
    read = parquet.read_table(out / "t.parquet").to_pylist()
    assert (read[0]["total"], read[1]["total"], read[0]["company"]) == (9.0, None, "Käse, GmbH")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--rows", "goods"), "no record has such a list; lists are: lines, tags"),
        (("--schema", "recipe"), "no record of it; there are: photo, receipt"),
        (("--output", "/nowhere/t.csv"), "cannot write /nowhere/t.csv"),
        (("--format", "xlsx"), "xlsx"),
    ],
)
def test_what_cannot_be_is_refused(out: Path, arguments: tuple[str, ...], said: str) -> None:
    ran = mmi("export", out, *arguments, cwd=out)
    assert ran.code == 2
    assert said in ran.err
