"""`mmi plan`: what a run would do, without doing it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.command_line import mmi


def test_a_plan_tells_each_file_and_why_and_what_would_be_skipped(receipts: Path) -> None:
    ran = mmi("plan", receipts, "-s", "receipt", "--each", cwd=receipts)
    assert (ran.code, ran.err) == (0, "")
    assert "a.txt\ttext/plain\t1 page\treadable text (utf-8)\n" in ran.out
    assert "empty.txt\tapplication/x-empty\tskipped (empty)\tthe file has no bytes\n" in ran.out
    assert "tool\tapplication/x-elf\tskipped (unsupported)\tstarts with an ELF program\n" in ran.out
    assert "6 files" in ran.out and "at most 0 model calls" in ran.out


def test_a_plan_as_json_sums_up_what_its_lines_say(receipts: Path) -> None:
    ran = mmi("plan", receipts, "-s", "receipt", "--each", "--json", cwd=receipts)
    *files, total = ran.records
    assert [each["path"] for each in files] == [
        "a.txt", "broken.pdf", "empty.txt", "may/b.txt", "naïve 日本.txt", "tool",
    ]  # fmt: skip
    assert total["files"] == 6 and total["size_bytes"] == sum(each["size_bytes"] for each in files)
    assert total["skipped"] == {"empty": 1, "unsupported": 1}
    assert json.loads(mmi("plan", receipts, "-s", "receipt", "--json", cwd=receipts).out) == total


def test_a_plan_counts_model_calls_only_where_there_is_a_model(good: Path) -> None:
    for name, calls in (("none", 0), ("llama-cpp", 2)):
        ran = mmi("plan", good, "-s", "company string", "--json", "--language-model", name, cwd=good)
        assert ran.records[-1]["model_calls"] == calls


def test_a_plan_writes_nothing(good: Path) -> None:
    before = sorted(good.parent.rglob("*"))
    assert mmi("plan", good, "-s", "receipt", cwd=good.parent).code == 0
    assert sorted(good.parent.rglob("*")) == before
