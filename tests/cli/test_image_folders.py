"""`image-folder` on the sample pictures: what is a copy of what, and what is written where."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.command_line import mmi

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data" / "scenarios" / "image-folders"


def test_copies_in_a_folder_are_found_and_what_only_looks_alike_is_none(tmp_path: Path) -> None:
    command = ("run", SAMPLE / "pictures", "-s", "photo", "-s", "image-folder", "--sidecars", "xmp", "-o", "out")
    env = {"MMI_OCR": "rapidocr", "MMI_CASE_FOLDERS": "input"}
    done = mmi(*command, cwd=tmp_path, env=env, timeout_s=300)
    assert done.code == 3, done.err  # one of them is broken
    records = [json.loads(line) for line in (tmp_path / "out" / "results.jsonl").read_text("utf-8").splitlines()]
    (case,) = [record for record in records if record["schema"]["name"] == "image-folder"]
    found = {row["file"]["value"]: row["copy_of"]["value"] for row in case["fields"]["duplicates"]["value"]}
    assert found == json.loads((SAMPLE / "copies.json").read_text("utf-8"))
    assert [item["value"] for item in case["fields"]["blurred"]["value"]] == ["archive/harbour.jpg"]
    photos = {record["source"]["path"]: record for record in records if record["schema"]["name"] == "photo"}
    for line in (SAMPLE / "labels.jsonl").read_text("utf-8").splitlines():
        label = json.loads(line)
        lines = photos[label["file"]]["fields"]["text"]["value"]
        assert [item["value"] for item in lines] == label["fields"]["text"]
        assert all(item["evidence"][0]["box"] and item["evidence"][0]["match"] == "exact" for item in lines)
    xmp = (tmp_path / "out" / "content" / "archive" / "IMG_0042.jpg.xmp").read_text("utf-8")
    assert "<rdf:li>balloon</rdf:li>" in xmp and "AltTextAccessibility" in xmp
