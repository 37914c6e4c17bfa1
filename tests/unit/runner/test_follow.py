"""When a dropped file is taken up, and when the results are written; the clock and the folder are the test's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from mmi_cli.datamodel.record import ErrorInfo
from mmi_cli.datamodel.source import SourceFile
from mmi_cli.errors import StorageDown
from mmi_cli.runner.follow import Drops, Writing, check_followed, is_temporary
from mmi_cli.runner.work import RecordLine, WorkResult


class Folder:
    """What is there, as the watch sees it, and what it told and asked."""

    def __init__(self, **drops_arguments: Any) -> None:
        self.now_s = 100.0
        self.files: dict[str, tuple[int, float]] = {}
        self.is_away = False
        self.looks = 0
        self.notes: list[str] = []
        self.withdrawn: list[str] = []
        self.done_before: set[str] = set()
        self.drops = Drops(
            self.listing,
            take_up=self.take_up,
            withdraw=lambda file: self.withdrawn.append(file.path),
            note=self.notes.append,
            clock_s=lambda: self.now_s,
            **{"interval_s": 5.0, "settle_s": 3.0, "max_attempts": 3, **drops_arguments},
        )

    def listing(self) -> Iterator[SourceFile]:
        self.looks += 1
        if self.is_away:
            raise StorageDown("in: Stale file handle")
        for path, (size, modified_s) in sorted(self.files.items()):
            yield SourceFile(uri=f"file:///in/{path}", path=path, size_bytes=size, modified_s=modified_s)

    def take_up(self, files: Sequence[SourceFile]) -> list[SourceFile]:
        return [file for file in files if file.path not in self.done_before]

    def taken(self, *, until_s: float) -> list[tuple[float, str]]:
        """(when, path) of what is given away while the clock runs on."""
        out = []
        while self.now_s < until_s:
            out += [(self.now_s, file.path) for file in self.drops]
            self.now_s += 0.5
        return out


def failed(code: Any, *, retryable: bool) -> WorkResult:
    error = ErrorInfo(stage="storage", code=code, message="", retryable=retryable)
    line = RecordLine(schema_index=0, status="failed", is_retryable=retryable, line="{}")
    return WorkResult(lines=(line,), status="failed", error=error)


def test_a_file_is_given_once_when_it_has_come_to_rest() -> None:
    folder = Folder()
    folder.files = {"b": (1, 1.0), "a": (1, 1.0)}
    assert folder.taken(until_s=130) == [(103.0, "a"), (103.0, "b")]


def test_a_file_that_grows_is_waited_for() -> None:
    folder, out = Folder(), []
    for size in range(1, 9):
        folder.files["a"] = (size, 1.0)
        out += folder.taken(until_s=folder.now_s + 2)
    assert out == []
    assert len(folder.taken(until_s=folder.now_s + 10)) == 1


def test_a_file_whose_time_alone_changes_is_waited_for_and_a_changed_one_is_given_again() -> None:
    folder = Folder()
    folder.files["a"] = (1, 1.0)
    folder.taken(until_s=102)
    folder.files["a"] = (1, 2.0)
    first = folder.taken(until_s=120)
    assert len(first) == 1 and first[0][0] > 104
    folder.files["a"] = (1, 0.5)  # a clock that was set back gives an older time, and that is a change, too
    assert len(folder.taken(until_s=140)) == 1


def test_what_an_earlier_run_did_is_not_given() -> None:
    folder = Folder()
    folder.files, folder.done_before = {"a": (1, 1.0), "b": (1, 1.0)}, {"a"}
    assert [path for _, path in folder.taken(until_s=130)] == ["b"]


def test_between_looks_the_folder_is_left_alone() -> None:
    folder = Folder(interval_s=30.0)
    folder.files["a"] = (1, 1.0)
    folder.taken(until_s=200)
    assert folder.looks <= 2 + 100 / 30 + 1


def test_a_folder_that_goes_away_is_told_once_and_looked_for_ever_more_rarely_until_it_is_back() -> None:
    folder = Folder()
    folder.files["a"] = (1, 1.0)
    folder.taken(until_s=110)
    folder.is_away = True
    looks = folder.looks
    assert folder.taken(until_s=700) == []
    assert folder.looks - looks < 20
    assert len(folder.notes) == 1 and "Stale file handle" in folder.notes[0]
    folder.is_away = False
    folder.files["b"] = (1, 1.0)
    assert [path for _, path in folder.taken(until_s=folder.now_s + 80)] == ["b"]  # `a` is as it was
    assert folder.notes[1:] == ["can be listed again"]


def test_a_failure_that_may_pass_is_tried_again_after_a_minute_and_not_for_ever() -> None:
    folder = Folder()
    folder.files["a"] = (1, 1.0)
    times = []
    for _ in range(6):
        for when, _path in folder.taken(until_s=folder.now_s + 400):
            times.append(when)
            folder.drops.was_done(next(folder.listing()), failed("timeout", retryable=True))
    assert len(times) == 3
    assert times[1] - times[0] >= 60


def test_a_failure_that_will_not_pass_is_not_tried_again() -> None:
    folder = Folder()
    folder.files["a"] = (1, 1.0)
    folder.taken(until_s=110)
    folder.drops.was_done(next(folder.listing()), failed("corrupt", retryable=False))
    assert folder.taken(until_s=500) == []


def test_a_file_that_failed_because_it_was_renamed_is_withdrawn() -> None:
    folder = Folder()
    folder.files["a.pdf.new"] = (1, 1.0)
    folder.taken(until_s=110)
    file = next(folder.listing())
    folder.files = {"a.pdf": (1, 1.0)}
    folder.drops.was_done(file, failed("io", retryable=True))
    assert [path for _, path in folder.taken(until_s=130)] == ["a.pdf"]
    assert folder.withdrawn == ["a.pdf.new"]


@pytest.mark.parametrize(
    "name",
    [
        "a.pdf.part",
        "b/x.crdownload",
        "~$report.docx",
        ".~lock.a.odt#",
        "a.TMP",
        ".a.pdf.Xy12Zq",
        "a.txt~",
        ".#a",
        "x.filepart",
    ],
)
def test_what_programs_call_a_file_while_they_write_it_is_left_out(name: str) -> None:
    assert is_temporary(name)


@pytest.mark.parametrize("name", ["a.pdf", ".hidden.pdf", "part.txt", "b.part/a.pdf", "tmp"])
def test_other_names_are_not(name: str) -> None:
    assert not is_temporary(name)


def test_results_are_written_at_quiet_moments_and_otherwise_when_they_are_old() -> None:
    now_s, written = [0.0], []
    writing = Writing(lambda: written.append(now_s[0]), write_s=60.0, clock_s=lambda: now_s[0])
    for now_s[0] in range(200):  # a file a second, never quiet
        writing.was_done()
    assert written == [60, 120, 180]
    writing.is_quiet()
    writing.is_quiet()
    writing.end()
    assert written == [60, 120, 180, 199]


def test_writing_takes_no_more_than_a_tenth_of_the_time() -> None:
    now_s, written = [0.0], []

    def write() -> None:
        written.append(now_s[0])
        now_s[0] += 10

    writing = Writing(write, write_s=1.0, clock_s=lambda: now_s[0])
    while now_s[0] < 1000:
        writing.was_done()
        writing.is_quiet()
        now_s[0] += 1
    assert len(written) <= 11


def test_what_is_followed_must_be_there_at_the_beginning_unless_it_is_a_pattern_or_a_container(tmp_path: Any) -> None:
    check_followed([str(tmp_path), str(tmp_path / "*.pdf"), "az://container/in"])
    with pytest.raises(StorageDown, match="must be there"):
        check_followed([str(tmp_path / "nowhere")])
