"""`mmi extract` and `mmi read`: one file, now."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.support.command_line import mmi

ROOT = Path(__file__).parents[2]


def test_extract_gives_the_record_that_a_run_gives(good: Path) -> None:
    extracted = mmi("extract", "a.txt", "-s", "total number", "-s", "receipt", cwd=good)
    ran = mmi("run", "a.txt", "-s", "total number", "-s", "receipt", "-o", "-", cwd=good)
    assert (extracted.code, extracted.err) == (0, "")
    assert extracted.out == ran.out
    assert [each["schema"]["name"] for each in extracted.records] == ["ad-hoc", "receipt"]


def test_extract_gives_a_record_whatever_the_file_is_and_tells_by_its_exit_code_when_it_failed(receipts: Path) -> None:
    for name, status, code in (
        ("broken.pdf", "failed", 3), ("empty.txt", "empty", 0), ("tool", "unsupported", 0), ("a.txt", "ok", 0),
    ):  # fmt: skip
        ran = mmi("extract", name, "-s", "total number", cwd=receipts)
        assert (ran.code, [each["status"] for each in ran.records]) == (code, [status])


def test_extract_does_the_members_of_an_archive(good: Path) -> None:
    with zipfile.ZipFile(good / "z.zip", "w") as archive:
        for name in ("b.txt", "a.txt"):
            archive.write(good / name, f"in/{name}")
    ran = mmi("extract", "z.zip", "-s", "total number", cwd=good)
    assert [(each["source"]["path"], each["fields"]["total"]["value"]) for each in ran.records] == [
        ("z.zip!in/a.txt", 9.5), ("z.zip!in/b.txt", 12),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "head"), [("a.7z", b"7z\xbc\xaf\x27\x1c\x00\x04"), ("a.rar", b"Rar!\x1a\x07\x01\x00")]
)
def test_an_archive_that_is_not_read_is_unsupported_and_says_what_to_do(name: str, head: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(head + bytes(64))
    ran = mmi("extract", name, "-s", "receipt", cwd=tmp_path)
    (record,) = ran.records
    assert (ran.code, record["status"], record["errors"]) == (0, "unsupported", [])
    assert "unpack it and read its files" in record["warnings"][0]["message"]


def test_a_member_encrypted_with_aes_fails_as_encrypted_and_says_what_to_do(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("open.txt", "Total: 1.00")
        archive.writestr("secret.txt", "Total: 2.00")
    data = bytearray((tmp_path / "a.zip").read_bytes())
    for mark, flags, method, name in ((b"PK\x03\x04", 6, 8, 30), (b"PK\x01\x02", 8, 10, 46)):
        at = data.rfind(mark)  # the second entry
        assert data[at + name : at + name + 6] == b"secret"
        data[at + flags], data[at + method] = 1, 99
    (tmp_path / "a.zip").write_bytes(data)
    ran = mmi("extract", "a.zip", "-s", "total number", cwd=tmp_path)
    assert (ran.code, [each["status"] for each in ran.records]) == (3, ["ok", "failed"])
    (error,) = ran.records[1]["errors"]
    assert error["code"] == "encrypted" and "unpack it first" in error["message"]


def test_a_file_that_is_not_there_is_exit_code_4(tmp_path: Path) -> None:
    for command in (("extract", "no.pdf", "-s", "receipt"), ("read", "no.pdf")):
        ran = mmi(*command, cwd=tmp_path)
        assert (ran.code, ran.out, ran.err) == (4, "", "mmi: no.pdf: No such file or directory\n")


def test_read_writes_what_stands_in_a_file_in_each_form(tmp_path: Path) -> None:
    (tmp_path / "talk.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.500\n<v Ann>Good morning.\n")
    read = {
        form: mmi("read", "talk.vtt", "--format", form, cwd=tmp_path)
        for form in ("text", "markdown", "json", "vtt", "srt")
    }
    assert {(ran.code, ran.err) for ran in read.values()} == {(0, "")}
    assert read["text"].out == "Good morning.\n"
    assert "Ann" in read["markdown"].out and "Good morning." in read["markdown"].out
    assert read["vtt"].out == "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n<v Ann>Good morning.\n"
    assert "1\n00:00:01,000 --> 00:00:02,500\n" in read["srt"].out
    word = json.loads(read["json"].out)["words"][0]
    assert (word["text"], word["offset"], word["start_s"], word["end_s"]) == ("Good", 0, 1, 2.5)
    assert mmi("read", "talk.vtt", cwd=tmp_path).out == read["markdown"].out


def test_read_says_when_there_is_nothing_and_when_nothing_has_a_time(receipts: Path) -> None:
    empty = mmi("read", "empty.txt", cwd=receipts)
    assert (empty.code, empty.out.strip(), empty.err) == (0, "", "mmi: empty: the file has no bytes\n")
    untimed = mmi("read", "a.txt", "-f", "vtt", cwd=receipts)
    assert (untimed.code, untimed.out) == (0, "WEBVTT\n") and "nothing in it has a time" in untimed.err
    for name, said in (("broken.pdf", "corrupt: "), ("tool", "cannot be read: ")):
        ran = mmi("read", name, cwd=receipts)
        assert (ran.code, ran.out) == (3, "")
        assert ran.err.startswith(f"mmi: {name}: {said}")


def test_the_place_of_a_value_is_its_span_in_the_text_that_read_gives(good: Path) -> None:
    text = mmi("read", "a.txt", "-f", "text", cwd=good).out
    (record,) = mmi("extract", "a.txt", "-s", "total number, date date", cwd=good).records
    for field, value in (("total", 9.5), ("date", "2026-03-04")):
        (evidence,) = record["fields"][field]["evidence"]
        offset, length = evidence["span"]
        assert text[offset : offset + length] == evidence["text"]
        assert record["fields"][field]["value"] == value


@pytest.mark.models
def test_the_language_model_fills_what_only_it_can(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("The parcel came broken, and nobody answers my letters. I am very angry.\n")
    schema = "mood (happy|angry) 'how the writer feels'"
    ran = mmi(
        "extract",
        "note.txt",
        "-s",
        schema,
        cwd=tmp_path,
        model_free=False,
        env={"MMI_EMBEDDING": "none"},
        timeout_s=120,
    )
    assert ran.code == 0
    (record,) = ran.records
    assert record["fields"]["mood"]["value"] == "angry"
    assert record["engines"] and record["usage"]["model_input_tokens"] > 0


def test_chunks_are_lines_with_places_and_vectors_go_with_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Terms\n\nGoods are sent within ten days of the order.\n", "utf-8")
    lines = mmi("read", "a.txt", "--format", "chunks", cwd=tmp_path).out.splitlines()
    assert [json.loads(line)["number"] for line in lines] == list(range(1, len(lines) + 1))
    refused = mmi("read", "a.txt", "--vectors", cwd=tmp_path)
    assert (refused.code, refused.out) == (2, "")
    assert "--vectors goes with --format chunks" in refused.err
    off = mmi("read", "a.txt", "--format", "chunks", "--vectors", "--set", "embedding=none", cwd=tmp_path)
    assert off.code == 2
    assert "embedding = none" in off.err
