"""Which files `--include`, `--exclude` and `--since` take up."""

from __future__ import annotations

from datetime import datetime

import pytest

from mmi_cli.datamodel.source import SourceFile
from mmi_cli.errors import UsageError
from mmi_cli.runner.selection import Selection, check_patterns, parse_since


def a_file(path: str, *, modified_s: float | None = 1_000.0, uri: str = "file:///in/x") -> SourceFile:
    members = tuple(path.split("!")[1:])
    return SourceFile(uri=uri, path=path, size_bytes=1, modified_s=modified_s, members=members)


@pytest.mark.parametrize(
    ("pattern", "path", "is_match"),
    [
        ("*.pdf", "a.pdf", True),
        ("*.pdf", "x/y/a.pdf", True),  # no slash: at any depth
        ("*.pdf", "a.pdf.txt", False),
        ("*.pdf", ".hidden.pdf", True),
        ("*.PDF", "a.pdf", False),
        ("/*.pdf", "a.pdf", True),
        ("/*.pdf", "x/a.pdf", False),  # a slash before the end: from the top
        ("x/*.pdf", "x/a.pdf", True),
        ("x/*.pdf", "x/y/a.pdf", False),  # a star stays within a name
        ("x/*.pdf", "w/x/a.pdf", False),
        ("x/**/*.pdf", "x/a.pdf", True),
        ("x/**/*.pdf", "x/y/z/a.pdf", True),
        ("**/y/*.pdf", "x/y/a.pdf", True),
        ("x/**", "x/y/a.pdf", True),
        ("x/**", "x", False),
        ("**", "a", True),
        ("x", "x/y/a.pdf", True),  # a folder: all below it
        ("x", "x", True),
        ("x/", "x/a.pdf", True),
        ("x/", "w/x/a.pdf", True),
        ("x/", "w/x", False),  # a file of that name
        ("/x/", "w/x/a.pdf", False),
        ("2026/*/in", "2026/07/in/a.pdf", True),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("[!a]*", "b.txt", True),
        ("x[!y]z", "x/z", False),
        ("[", "[", True),
        ("a!b.txt", "a!b.txt", True),
        ("**/a/**/a/**/a/**/b", "a/" * 200 + "c", False),
    ],
)
def test_a_pattern_is_read_as_gitignore_reads_it(pattern: str, path: str, is_match: bool) -> None:
    file = SourceFile(uri="file:///in/x", path=path, size_bytes=1, modified_s=0)
    assert Selection(include=(pattern,)).takes(file) is is_match
    assert Selection(exclude=(pattern,)).takes(file) is not is_match


@pytest.mark.parametrize(
    ("pattern", "is_match"),
    [("*.pdf", True), ("a.zip", True), ("*.zip/", True), ("in/a.zip!x/*.pdf", True), ("in/a.zip/x/*.pdf", True), ("x/*.pdf", False)],
)  # fmt: skip
def test_an_archive_is_a_folder_for_its_members(pattern: str, is_match: bool) -> None:
    assert Selection(include=(pattern,)).takes(a_file("in/a.zip!x/b.pdf")) is is_match


def test_an_archive_is_opened_for_what_may_be_in_it_unless_it_is_excluded() -> None:
    archive = a_file("in/a.zip")
    assert Selection(include=("*.pdf",)).looks_into(archive)
    assert not Selection(include=("*.pdf",)).looks_into(a_file("in/a.txt"))
    assert not Selection(include=("*.pdf",), exclude=("*.zip",)).looks_into(archive)
    assert not Selection(include=("in/x/*.pdf",)).looks_into(archive)  # nothing in it can match
    assert Selection(include=("in/*/*.pdf",)).looks_into(archive)
    assert Selection(include=("in/a.zip!*.pdf",)).looks_into(archive)
    assert Selection(include=("*.pdf",)).is_no_archive_after_all(archive, "ok")
    assert not Selection(include=("*.pdf",)).is_no_archive_after_all(archive, "failed")
    assert not Selection(include=("*.zip",)).is_no_archive_after_all(archive, "ok")


def test_exclude_wins_and_several_patterns_add_up() -> None:
    selection = Selection(include=("*.pdf", "*.txt"), exclude=("drafts/", "old-*"))
    taken = [path for path in ("a.pdf", "b.txt", "c.png", "drafts/d.pdf", "old-e.pdf") if selection.takes(a_file(path))]
    assert taken == ["a.pdf", "b.txt"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2d", 172_800), ("6h", 21_600), ("30m", 1_800), ("90s", 90), ("1w", 604_800), ("1.5 h", 5_400)],
)
def test_since_counts_back_from_now(text: str, seconds: float) -> None:
    assert parse_since(text, now_s=1e9) == 1e9 - seconds


def test_since_is_a_moment_of_this_machine_or_of_the_zone_it_names() -> None:
    now_s = datetime(2027, 1, 1).timestamp()
    assert parse_since("2026-03-04", now_s=now_s) == datetime(2026, 3, 4).timestamp()
    assert parse_since("2026-03-04T18:00", now_s=now_s) == datetime(2026, 3, 4, 18).timestamp()
    assert parse_since("2026-03-04T18:00:00Z", now_s=now_s) == 1_772_647_200
    assert parse_since("2026-03-04T18:00:00+02:00", now_s=now_s) == 1_772_640_000


@pytest.mark.parametrize("text", ["", "yesterday", "2 fortnights", "-3d", "2026-13-01", "9" * 40 + "d", "2126-01-01"])
def test_since_refuses_what_is_no_moment_and_what_is_still_to_come(text: str) -> None:
    with pytest.raises(UsageError, match="--since"):
        parse_since(text, now_s=1.8e9)


def test_since_takes_what_was_modified_then_or_later() -> None:
    selection = Selection(since_s=1_000.0)
    assert [selection.takes(a_file("a", modified_s=each)) for each in (999.9, 1_000.0, 1_001.0)] == [False, True, True]
    assert not selection.looks_into(a_file("a.zip", modified_s=999.9))


def test_since_is_refused_for_storage_that_knows_no_times() -> None:
    with pytest.raises(UsageError, match="does not know when a was modified"):
        Selection(since_s=1.0, since_text="2d").takes(a_file("a", modified_s=None, uri="https://host/c/a"))
    # A local file that cannot be looked at is taken, so that its record says why.
    assert Selection(since_s=1.0).takes(a_file("a", modified_s=None))


@pytest.mark.parametrize("pattern", ["", "/", " "])
def test_a_pattern_of_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError, match="--exclude"):
        check_patterns("--exclude", (pattern,))
