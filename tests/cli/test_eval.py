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
