"""`mmi eval`: results against labels."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command_line import mmi


@pytest.fixture
def done(good: Path) -> Path:
    mmi("run", good, "-s", "total number, date date", "-o", "out", "-q", cwd=good.parent)
    labels = [
        {"file": "a.txt", "fields": {"total": 9.5, "date": "2026-03-04"}},
        {"file": "b.txt", "fields": {"total": 13, "date": "2026-05-06"}},
        {"file": "c.txt", "fields": {"total": 1}},
    ]
    (good.parent / "labels.jsonl").write_text("".join(json.dumps(label) + "\n" for label in labels))
    return good.parent


def test_eval_counts_right_and_wrong_a_field(done: Path) -> None:
    ran = mmi("eval", "out", "labels.jsonl", "--json", cwd=done)
    facts = json.loads(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert (facts["documents"], facts["documents_right"], facts["without_record"]) == (2, 1, 1)
    assert (facts["fields"]["total"]["right"], facts["fields"]["total"]["wrong"], facts["fields"]["date"]["f1"]) == (
        1,
        1,
        1,
    )
    assert mmi("eval", "out/results.jsonl", "labels.jsonl", "--json", cwd=done).out == ran.out


def test_in_a_pipe_no_line_of_a_report_is_broken(done: Path) -> None:
    ran = mmi("eval", "out", "labels.jsonl", "--worst", "3", cwd=done, env={"COLUMNS": "40"})
    assert ran.code == 0
    assert "2 documents, 1 wholly right\n" in ran.out and "1 labels have no record\n" in ran.out
    assert any("total" in line and "12" in line and "13" in line for line in ran.out.splitlines())


@pytest.mark.parametrize("text", ["garbage\n", '["x"]\n', '{"file": 1}\n', "{}\n"])
def test_labels_and_results_that_are_none_are_exit_code_2_with_their_line(text: str, done: Path) -> None:
    (done / "bad.jsonl").write_text(text)
    for arguments in (("out", "bad.jsonl"), ("bad.jsonl", "labels.jsonl")):
        ran = mmi("eval", *arguments, cwd=done)
        assert ran.code == 2
        assert ran.err.startswith("mmi: bad.jsonl:1: ") and "Error(" not in ran.err


def test_a_condition_that_does_not_hold_is_exit_code_5_with_what_was_measured(done: Path) -> None:
    held = mmi("eval", "out", "labels.jsonl", "--assert", "f1 >= 0.7", "--assert", "fields.date.f1 == 1", cwd=done)
    assert (held.code, held.err) == (0, "")
    ran = mmi("eval", "out", "labels.jsonl", "--json", "--assert", "f1 >= 0.9", "--assert", "auroc > 2", cwd=done)
    assert ran.code == 5
    assert json.loads(ran.out)["f1"] == 0.75, "the numbers are told all the same"
    assert ran.err.splitlines()[0] == "mmi: does not hold: f1 >= 0.9: f1 is 0.75"
    assert len(ran.err.splitlines()) == 2


@pytest.mark.parametrize(
    ("condition", "told"),
    [("f11 >= 0.9", "did you mean 'f1'"), ("f1", "not a condition"), ("fields.total.reccall > 1", "'recall'")],
)
def test_a_condition_that_cannot_be_read_is_told_before_any_file_is_opened(
    condition: str, told: str, tmp_path: Path
) -> None:
    ran = mmi("eval", "nowhere", "nothing.jsonl", "--assert", condition, cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err and "nowhere" not in ran.err


def test_labels_of_content_understanding_are_found_by_the_name_of_their_file(done: Path) -> None:
    truth = done / "truth"
    truth.mkdir()
    for name, total in (("a", 9.5), ("b", 13)):
        fields = {"total": {"type": "number", "valueNumber": total, "spans": [], "confidence": None, "source": "D(1)"}}
        (truth / f"{name}.txt.labels.json").write_text(json.dumps({"fileId": "", "fieldLabels": fields}))
    facts = json.loads(mmi("eval", "out", "truth", "--json", cwd=done).out)
    assert (facts["documents"], facts["fields"]["total"]["right"], facts["fields"]["total"]["wrong"]) == (2, 1, 1)
    one = json.loads(mmi("eval", "out", truth / "a.txt.labels.json", "--json", cwd=done).out)
    assert (one["documents"], one["without_label"], one["f1"]) == (1, 1, 1)


def test_reliability_is_shown_as_lines_and_drawn_as_a_picture(done: Path) -> None:
    ran = mmi("eval", "out", "labels.jsonl", "--reliability", "--plot", "r.svg", cwd=done, env={"COLUMNS": "40"})
    assert (ran.code, ran.err) == (0, "")
    assert any(line.startswith("0.9 – 1.0 ") and "█" in line for line in ran.out.splitlines())
    assert (done / "r.svg").read_text("utf-8").startswith("<svg ")
    assert not list(done.glob(".*partial"))


@pytest.mark.parametrize(("name", "told"), [("r.png", "must end in .svg"), ("no/r.svg", "there is no folder no")])
def test_a_picture_that_cannot_be_written_is_told_before_any_work(name: str, told: str, tmp_path: Path) -> None:
    ran = mmi("eval", "nowhere", "nothing.jsonl", "--plot", name, cwd=tmp_path)
    assert ran.code == 2
    assert told in ran.err


def test_a_labelled_field_that_no_record_has_is_told(done: Path) -> None:
    (done / "l.jsonl").write_text('{"file": "a.txt", "fields": {"total": 9.5, "totl": 9.5}}\n')
    ran = mmi("eval", "out", "l.jsonl", cwd=done)
    assert "labelled fields that no record has: totl\n" in ran.out
