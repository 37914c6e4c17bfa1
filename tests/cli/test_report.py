"""`mmi report`: the page is written, whole, the same each time, and says calmly what it cannot show."""

from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path

from tests.support.command_line import mmi
from tests.support.report_pages import details_of, index_of, texts_of

SAMPLES = Path(__file__).parents[2] / "sample_data"


def filled(folder: Path, receipts: Path, *more: str) -> Path:
    ran = mmi("run", receipts, "-s", "total number, date date", "-o", "out", "--quiet", *more, cwd=folder)
    assert ran.code in (0, 3), ran.err
    return folder / "out"


def test_a_run_becomes_one_page_with_every_record(receipts: Path, tmp_path: Path) -> None:
    out = filled(tmp_path, receipts)
    ran = mmi("report", "out", cwd=tmp_path)
    assert (ran.code, ran.out) == (0, "out/report.html\n"), ran.err
    records = [json.loads(line) for line in (out / "results.jsonl").read_text("utf-8").splitlines()]
    index = index_of(out / "report.html")
    assert [row[0] for row in index["records"]] == [record["source"]["path"] for record in records]
    assert [detail.get("fields", {}) for detail in details_of(out / "report.html")] == [
        record["fields"] for record in records
    ]


def test_the_same_run_gives_the_same_bytes(receipts: Path, tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "invoice" / "invoice.pdf", receipts)
    out = filled(tmp_path, receipts, "--content")
    mmi("report", "out", cwd=tmp_path)
    first = (out / "report.html").read_bytes()
    pictures = {path.name: path.read_bytes() for path in (out / "report_files").iterdir()}
    mmi("report", "out", cwd=tmp_path)
    assert (out / "report.html").read_bytes() == first
    assert {path.name: path.read_bytes() for path in (out / "report_files").iterdir()} == pictures
    assert pictures


def test_the_page_asks_no_network_and_runs_only_its_own_scripts(good: Path, tmp_path: Path) -> None:
    out = filled(tmp_path, good)
    mmi("report", "out", cwd=tmp_path)
    page = (out / "report.html").read_text("utf-8")
    assert "default-src 'none'" in html.unescape(page)
    assert not re.search(r"<(?:script|img|link|iframe)[^>]+(?:src|href)=", page)
    assert not re.search(r"https?://(?!www\.w3\.org/)", page)


def test_a_changed_or_missing_source_is_told_and_its_values_are_shown(good: Path, tmp_path: Path) -> None:
    out = filled(tmp_path, good)
    (good / "a.txt").write_text("Total: 99.00\n")
    (good / "b.txt").unlink()
    ran = mmi("report", "out", cwd=tmp_path)
    assert ran.code == 0, ran.err
    changed, gone = details_of(out / "report.html")
    assert "changed since the run" in changed["view"]["notes"][0]
    assert "not there any more" in gone["view"]["notes"][0]
    assert changed["fields"]["total"]["value"] == 9.5


def test_labels_add_measures_and_mark_what_is_wrong(good: Path, tmp_path: Path) -> None:
    out = filled(tmp_path, good)
    (tmp_path / "labels.jsonl").write_text(
        '{"file": "a.txt", "fields": {"total": 9.5, "date": "2026-03-04"}}\n{"file": "b.txt", "fields": {"total": 13}}\n'
    )
    ran = mmi("report", "out", "--labels", "labels.jsonl", cwd=tmp_path)
    assert ran.code == 0, ran.err
    index = index_of(out / "report.html")
    told = json.loads(mmi("eval", "out", "labels.jsonl", "--json", cwd=tmp_path).out)
    assert index["measures"]["f1"] == round(told["f1"], 4)
    assert [row[10] for row in index["records"]] == [[2, 0], [0, 1]]
    assert details_of(out / "report.html")[1]["judged"] == {"0": [0, 13]}


def test_members_of_an_archive_are_found_in_it(good: Path, tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "invoice" / "invoice.pdf", good)
    shutil.make_archive(str(tmp_path / "packed" / "letters"), "zip", good)
    out = filled(tmp_path, tmp_path / "packed")
    assert mmi("report", "out", cwd=tmp_path).code == 0
    details = {detail["source"]["path"]: detail for detail in details_of(out / "report.html")}
    pages = details["letters.zip!invoice.pdf"]["view"]["pages"]
    assert (out / "report_files" / pages[0]["src"]).is_file()
    assert not details["letters.zip!a.txt"]["view"].get("notes")


def test_results_that_lie_alone_have_their_page_beside_them(good: Path, tmp_path: Path) -> None:
    assert mmi("run", good, "-s", "total number", "-o", "rows.jsonl", "--quiet", cwd=tmp_path).code == 0
    ran = mmi("report", "rows.jsonl", cwd=tmp_path)
    assert (ran.code, ran.out) == (0, "rows.html\n"), ran.err
    assert any("9.50" in block[2] for block in texts_of(tmp_path / "rows.html")[0]["blocks"])


def test_no_pictures_draws_none(good: Path, tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "invoice" / "invoice.pdf", good)
    out = filled(tmp_path, good)
    assert mmi("report", "out", "--no-pictures", "--limit", "2", "-o", "small.html", cwd=tmp_path).code == 0
    assert len(index_of(tmp_path / "small.html")["records"]) == 2
    assert not (tmp_path / "small_files").exists()
    assert not (out / "report.html").exists()


def test_a_dest_without_results_is_a_calm_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for dest, told in (("nowhere", "no such folder"), ("empty", "no results.jsonl in it"), ("a.jsonl", "no such file")):
        ran = mmi("report", dest, cwd=tmp_path)
        assert ran.code == 2
        assert told in ran.err
        assert len(ran.err.splitlines()) == 1


def test_lines_that_are_no_records_are_told_with_their_number(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"fields": {}, "source": {"path": "a"}}\n[]\n')
    ran = mmi("report", "rows.jsonl", cwd=tmp_path)
    assert ran.code == 2
    assert "rows.jsonl:2: not a record" in ran.err


def test_recordings_are_copied_where_asked_and_odd_formats_become_ones_that_browsers_play(tmp_path: Path) -> None:
    write_aiff(tmp_path / "in" / "call.aiff")
    assert mmi("run", "in", "-s", "name string", "-o", "out", "--quiet", cwd=tmp_path).code == 0
    assert mmi("report", "out", cwd=tmp_path).code == 0
    as_it_is = details_of(tmp_path / "out" / "report.html")[0]["view"]
    assert as_it_is["media"]["href"] == "./../in/call.aiff"
    assert "may not play audio/aiff" in as_it_is["notes"][0]
    assert mmi("report", "out", "--copy-media", cwd=tmp_path).code == 0
    media = details_of(tmp_path / "out" / "report.html")[0]["view"]["media"]
    assert media["type"] == "audio/webm"
    assert (tmp_path / "out" / "report_files" / media["src"]).read_bytes()[:4] == b"\x1aE\xdf\xa3"


def test_a_report_beside_the_results_is_no_input_of_the_next_run(good: Path, tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "invoice" / "invoice.pdf", good)
    run = ("run", ".", "-s", "total number", "-o", "out", "--quiet")
    assert mmi(*run, cwd=good).code == 0
    before = (good / "out" / "results.jsonl").read_bytes()
    assert mmi("report", "out", cwd=good).code == 0
    assert (good / "out" / "report_files").is_dir()
    assert mmi(*run, cwd=good).code == 0
    assert (good / "out" / "results.jsonl").read_bytes() == before


def test_a_file_that_took_its_process_down_is_not_opened_again(tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "invoice" / "invoice.pdf", tmp_path)
    assert mmi("run", "invoice.pdf", "-s", "total number", "-o", "out", "--quiet", cwd=tmp_path).code == 0
    results = tmp_path / "out" / "results.jsonl"
    record = json.loads(results.read_text("utf-8"))
    error = {"stage": "run", "code": "crashed", "message": "its process ended", "retryable": False}
    results.write_text(json.dumps({**record, "status": "failed", "fields": {}, "errors": [error]}) + "\n")
    assert mmi("report", "out", cwd=tmp_path).code == 0
    assert "pages" not in details_of(tmp_path / "out" / "report.html")[0]["view"]


def write_aiff(path: Path) -> None:
    """A second of a tone."""
    import av
    import numpy as np

    path.parent.mkdir()
    with av.open(str(path), "w") as container:
        track = container.add_stream("pcm_s16be", rate=8000, layout="mono")
        tone = (8000 * np.sin(np.arange(8000) / 8)).astype(np.int16)[None, :]
        frame = av.AudioFrame.from_ndarray(tone, format="s16", layout="mono")
        frame.sample_rate = 8000
        container.mux(track.encode(frame))
        container.mux(track.encode(None))
