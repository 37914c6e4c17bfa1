"""The journal and the manifest survive whatever a run is stopped by."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mmi_cli.datamodel.source import SourceFile
from mmi_cli.errors import StorageDown
from mmi_cli.runner.state.keys import RunKeys, SchemaKey
from mmi_cli.runner.state.manifest import Manifest
from mmi_cli.runner.work import RecordLine
from mmi_cli.settings import Settings

FILES = tuple(
    SourceFile(uri=f"file:///in/{name}", path=name, size_bytes=size, modified_s=1.0)
    for name, size in (("b.txt", 10), ("a.txt", 30), ("ü\udcff.txt", 20))
)


def open_manifest(
    folder: Path,
    *,
    keys: tuple[str, ...] = ("s:1",),
    max_attempts: int = 3,
    settings: Settings | None = None,
    **more: Any,
) -> Manifest:
    schemas = tuple(SchemaKey(*key.split(":")) for key in keys)
    of_run = RunKeys(schemas=schemas, settings=settings or Settings())
    return Manifest(folder, keys=of_run, max_attempts=max_attempts, sync_every=2, **more)


def line_of(
    file: SourceFile, *, status: str = "ok", schema_index: int = 0, retryable: bool = False, **more: Any
) -> tuple[RecordLine, ...]:
    text = f'{{"path":{file.path.encode("utf-8", "replace").decode()!r},"schema":{schema_index}}}'
    return (
        RecordLine(schema_index=schema_index, status=status, is_retryable=retryable, line=text, touched=(), **more),  # type: ignore[arg-type]
    )


def paths(manifest: Manifest) -> list[str]:
    return [file.path for file in manifest.pending()]


def test_largest_files_come_first_and_results_come_in_the_order_of_their_paths(tmp_path: Path) -> None:
    manifest = open_manifest(tmp_path)
    manifest.list_inputs(FILES)
    assert paths(manifest) == ["a.txt", "ü\udcff.txt", "b.txt"]
    for file in FILES:
        manifest.add(file, line_of(file))
    assert [done.path for done in manifest.results()] == ["a.txt", "b.txt", "ü\udcff.txt"]


def test_a_second_run_has_only_what_is_left_to_do(tmp_path: Path) -> None:
    manifest = open_manifest(tmp_path)
    manifest.list_inputs(FILES)
    manifest.add(FILES[0], line_of(FILES[0]))
    manifest.close()
    again = open_manifest(tmp_path)
    again.list_inputs(FILES)
    assert again.counts() == (3, 60, 1)
    assert paths(again) == ["a.txt", "ü\udcff.txt"]


def test_a_changed_file_is_done_again(tmp_path: Path) -> None:
    manifest = open_manifest(tmp_path)
    manifest.list_inputs(FILES[:1])
    manifest.add(FILES[0], line_of(FILES[0]))
    newer = SourceFile(uri=FILES[0].uri, path=FILES[0].path, size_bytes=10, modified_s=2.0)
    manifest.list_inputs((newer,))
    assert paths(manifest) == ["b.txt"]


def test_another_schema_does_every_file_for_itself(tmp_path: Path) -> None:
    manifest = open_manifest(tmp_path)
    manifest.list_inputs(FILES[:1])
    manifest.add(FILES[0], line_of(FILES[0]))
    manifest.close()
    both = open_manifest(tmp_path, keys=("s:1", "t:1"))
    both.list_inputs(FILES[:1])
    assert paths(both) == ["b.txt"]
    both.add(FILES[0], line_of(FILES[0], schema_index=1))
    assert paths(both) == []
    assert len(list(both.results())) == 2


def test_inputs_that_are_no_longer_named_have_no_results(tmp_path: Path) -> None:
    manifest = open_manifest(tmp_path)
    manifest.list_inputs(FILES)
    for file in FILES:
        manifest.add(file, line_of(file))
    manifest.close()
    again = open_manifest(tmp_path)
    again.list_inputs(FILES[:1])
    assert [done.path for done in again.results()] == ["b.txt"]


def test_retryable_failures_are_tried_again_up_to_the_limit_and_others_never(tmp_path: Path) -> None:
    for attempt in range(3):
        manifest = open_manifest(tmp_path, max_attempts=2)
        manifest.list_inputs(FILES[:2])
        assert paths(manifest) == (["a.txt", "b.txt"] if attempt == 0 else ["b.txt"] if attempt == 1 else [])
        if attempt == 0:
            manifest.add(FILES[1], line_of(FILES[1], status="failed"))
        if attempt < 2:
            manifest.add(FILES[0], line_of(FILES[0], status="failed", retryable=True))
        manifest.close()


def test_an_archive_gives_way_to_its_members(tmp_path: Path) -> None:
    manifest = open_manifest(tmp_path)
    archive = SourceFile(uri="file:///in/a.zip", path="a.zip", size_bytes=5, modified_s=1.0)
    member = SourceFile(uri=archive.uri, path="a.zip!x/y.txt", size_bytes=3, modified_s=1.0, members=("x/y.txt",))
    manifest.list_inputs((archive, FILES[0]))
    manifest.unpack(archive, (member,))
    assert [file.path for file in manifest.pending(parent=archive)] == ["a.zip!x/y.txt"]
    assert next(iter(manifest.pending(parent=archive))).members == ("x/y.txt",)
    assert sorted(paths(manifest)) == ["a.zip!x/y.txt", "b.txt"]


@pytest.mark.parametrize("cut", range(0, 420, 7))
def test_a_journal_cut_at_any_byte_loses_only_records_that_are_not_whole(tmp_path: Path, cut: int) -> None:
    manifest = open_manifest(tmp_path)
    manifest.list_inputs(FILES[:2])
    for file in FILES[:2]:
        manifest.add(file, line_of(file))
    manifest.close()
    journal = tmp_path / "journal.jsonl"
    whole = journal.read_bytes()
    ends = [at + 1 for at, byte in enumerate(whole) if byte == 10]
    journal.write_bytes(whole[: max(0, len(whole) - cut)])
    again = open_manifest(tmp_path)
    again.list_inputs(FILES[:2])
    left = len(whole) - cut
    expected = [file for file, end in zip(FILES[:2], ends[-2:], strict=True) if left < end]
    assert sorted(paths(again)) == sorted(file.path for file in expected)
    for file in expected:
        again.add(file, line_of(file))
    assert [done.line for done in again.results()] == [line_of(f)[0].line for f in (FILES[1], FILES[0])]


@pytest.mark.parametrize("more", [b"1", b"00000000 {", b"00000000 {}\n", b"x" * 300])
def test_what_stands_behind_the_last_row_is_cut_off(tmp_path: Path, more: bytes) -> None:
    manifest = open_manifest(tmp_path)
    manifest.list_inputs(FILES[:2])
    manifest.add(FILES[0], line_of(FILES[0]))
    manifest.close()
    with (tmp_path / "journal.jsonl").open("ab") as stream:
        stream.write(more)
    again = open_manifest(tmp_path)
    assert again.torn_bytes == len(more)
    again.list_inputs(FILES[:2])
    again.add(FILES[1], line_of(FILES[1]))
    assert [done.line for done in again.results()] == [line_of(f)[0].line for f in (FILES[1], FILES[0])]


def done_once(folder: Path, **more: Any) -> tuple[Manifest, list[str]]:
    """A manifest over three files that are done, and their records."""
    manifest = open_manifest(folder, **more)
    manifest.list_inputs(FILES)
    for file in FILES:
        manifest.add(file, line_of(file), sha256="00" * 32)
    manifest.was_listed()
    lines = [done.line for done in manifest.results()]
    manifest.close(is_whole=True)
    return manifest, lines


def test_a_deleted_manifest_is_built_again_from_the_journal(tmp_path: Path) -> None:
    _, lines = done_once(tmp_path)
    for path in tmp_path.glob("manifest.sqlite*"):
        path.unlink()
    again = open_manifest(tmp_path)
    assert again.notes == ("the manifest is gone: 3 records were found again in the journal",)
    again.list_inputs(FILES)
    assert paths(again) == []
    assert [done.line for done in again.results()] == lines


def test_a_manifest_of_another_version_is_built_again_from_the_journal(tmp_path: Path) -> None:
    _, lines = done_once(tmp_path)
    with sqlite3.connect(tmp_path / "manifest.sqlite") as database:
        database.execute("PRAGMA user_version=99")
        database.execute("DROP TABLE record")
        database.execute("CREATE TABLE record (anything TEXT)")
    again = open_manifest(tmp_path)
    again.list_inputs(FILES)
    assert paths(again) == []
    assert [done.line for done in again.results()] == lines


def test_a_journal_of_an_older_version_is_done_again_whole(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_text('{"record_version":1,"id":"0"}\n' * 3)
    with sqlite3.connect(tmp_path / "manifest.sqlite") as database:
        database.execute("PRAGMA user_version=1")
        database.execute("CREATE TABLE record (path BLOB, schema TEXT)")
        database.execute("CREATE TABLE input (path BLOB, run INTEGER)")
    manifest = open_manifest(tmp_path)
    manifest.list_inputs(FILES)
    assert len(paths(manifest)) == 3
    for file in FILES:
        manifest.add(file, line_of(file))
    assert len(list(manifest.results())) == 3


@pytest.mark.parametrize("harm", ["overwritten", "cut", "empty"])
def test_a_damaged_manifest_is_built_again_from_the_journal(tmp_path: Path, harm: str) -> None:
    _, lines = done_once(tmp_path)
    path = tmp_path / "manifest.sqlite"
    data = path.read_bytes()
    path.write_bytes({"overwritten": b"no database" * 900, "cut": data[: len(data) // 2], "empty": b""}[harm])
    again = open_manifest(tmp_path)
    again.list_inputs(FILES)
    assert paths(again) == []
    assert [done.line for done in again.results()] == lines


def test_a_deleted_journal_is_written_again(tmp_path: Path) -> None:
    _, lines = done_once(tmp_path)
    (tmp_path / "journal.jsonl").unlink()
    again = open_manifest(tmp_path)
    again.list_inputs(FILES)
    assert len(paths(again)) == 3
    for file in FILES:
        again.add(file, line_of(file))
    assert [done.line for done in again.results()] == lines


def test_a_record_that_the_disk_lost_is_found_after_a_crash_and_made_again(tmp_path: Path) -> None:
    manifest = open_manifest(tmp_path)
    manifest.list_inputs(FILES)
    for file in FILES:
        manifest.add(file, line_of(file))
    # No close: the machine went down, and the last block of the journal came back as zeros.
    journal = tmp_path / "journal.jsonl"
    data = journal.read_bytes()
    journal.write_bytes(data[:-40] + bytes(40))
    again = open_manifest(tmp_path)
    again.list_inputs(FILES)
    assert paths(again) == [FILES[2].path]
    again.add(FILES[2], line_of(FILES[2]))
    assert len(list(again.results())) == 3


PLACE = st.integers(0, 1000)
"""In thousandths of a file: its length depends on the clock."""


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_journal_and_the_manifest_lose_every_file_ends_with_its_record(
    tmp_path: Path, data: st.DataObject
) -> None:
    folder = tmp_path / "".join(data.draw(st.lists(st.sampled_from("0123456789"), min_size=12, max_size=12)))
    for each in (folder, tmp_path / "before"):
        shutil.rmtree(each, ignore_errors=True)
    manifest = open_manifest(tmp_path / "before")
    manifest.list_inputs(FILES)
    for file in FILES[: data.draw(st.integers(0, 3))]:
        manifest.add(file, line_of(file))
    is_killed = data.draw(st.booleans())
    if not is_killed:
        manifest.close()
    shutil.copytree(tmp_path / "before", folder, ignore=shutil.ignore_patterns("*-shm"))
    if is_killed:
        manifest.close()
    for name in data.draw(
        st.sets(st.sampled_from(["journal.jsonl", "manifest.sqlite", "manifest.sqlite-wal"]), max_size=3)
    ):
        path = folder / name
        if not path.exists():
            continue
        whole = path.read_bytes()
        match data.draw(st.sampled_from(["gone", "cut", "zeros", "more"])):
            case "gone":
                path.unlink()
            case "cut":
                path.write_bytes(whole[: data.draw(PLACE) * len(whole) // 1000])
            case "zeros":
                start = data.draw(PLACE) * len(whole) // 1000
                path.write_bytes(whole[:start] + bytes(len(whole) - start))
            case "more":
                path.write_bytes(whole + data.draw(st.binary(max_size=50)))
    again = open_manifest(folder)
    again.list_inputs(FILES)
    for file in list(again.pending()):
        again.add(file, line_of(file))
    assert [done.line for done in again.results()] == [
        line_of(file)[0].line for file in sorted(FILES, key=lambda f: f.path)
    ]
    again.close()


def touched(file: SourceFile, *, modified_s: float = 9.0) -> SourceFile:
    return replace(file, modified_s=modified_s)


def test_a_file_with_another_time_and_the_same_bytes_is_not_done_again(tmp_path: Path) -> None:
    done_once(tmp_path)
    again = open_manifest(tmp_path)
    again.list_inputs(touched(file) for file in FILES)
    assert len(paths(again)) == 3
    looked_at: list[str] = []

    def hashes(files: Sequence[SourceFile]) -> list[str]:
        looked_at.extend(file.path for file in files)
        return ["00" * 32 if file.path != "a.txt" else "11" * 32 for file in files]

    assert again.recognise(hashes) == 2
    assert paths(again) == ["a.txt"]
    assert sorted(looked_at) == sorted(file.path for file in FILES)
    again.close()
    third = open_manifest(tmp_path)
    third.list_inputs(touched(file) for file in FILES)
    third.recognise(
        lambda files: (
            pytest.fail("looked at again") if [f for f in files if f.path != "a.txt"] else ["11" * 32] * len(files)
        )
    )
    assert paths(third) == ["a.txt"]


def test_a_file_of_another_size_is_done_again_without_a_look_at_it(tmp_path: Path) -> None:
    done_once(tmp_path)
    again = open_manifest(tmp_path)
    again.list_inputs(replace(file, size_bytes=99, modified_s=9.0) for file in FILES)
    assert again.recognise(lambda files: [pytest.fail("looked at") for _ in files]) == 0
    assert len(paths(again)) == 3


def test_a_file_that_lies_elsewhere_now_is_done_again(tmp_path: Path) -> None:
    """Its record names where it lies."""
    done_once(tmp_path)
    again = open_manifest(tmp_path)
    again.list_inputs(replace(file, uri=file.uri.replace("/in/", "/moved/")) for file in FILES)
    assert len(paths(again)) == 3


ARCHIVE = SourceFile(uri="file:///in/a.zip", path="a.zip", size_bytes=50, modified_s=1.0)
INNER = replace(ARCHIVE, path="a.zip!b.zip", size_bytes=20, members=("b.zip",))
LEAVES = tuple(
    replace(ARCHIVE, path=path, size_bytes=3, members=members)
    for path, members in (("a.zip!x.txt", ("x.txt",)), ("a.zip!b.zip!y.txt", ("b.zip", "y.txt")))
)


def unpacked_once(folder: Path) -> None:
    manifest = open_manifest(folder)
    manifest.list_inputs((ARCHIVE, FILES[0]))
    manifest.unpack(ARCHIVE, (INNER, LEAVES[0]), sha256="aa")
    manifest.unpack(INNER, (LEAVES[1],), sha256="bb")
    for file in (*LEAVES, FILES[0]):
        manifest.add(file, line_of(file), sha256="cc")
    assert paths(manifest) == []
    manifest.close(is_whole=True)


@pytest.mark.parametrize("time", [1.0, 2.0])
def test_an_archive_that_is_what_it_was_is_not_opened_again(tmp_path: Path, time: float) -> None:
    unpacked_once(tmp_path)
    again = open_manifest(tmp_path)
    again.list_inputs((touched(ARCHIVE, modified_s=time), FILES[0]))
    again.recognise(lambda files: ["aa"] * len(files))
    assert paths(again) == []
    assert [done.path for done in again.results()] == ["a.zip!b.zip!y.txt", "a.zip!x.txt", "b.txt"]
    again.close()
    third = open_manifest(tmp_path)
    third.list_inputs((touched(ARCHIVE, modified_s=time),))
    third.recognise(lambda files: pytest.fail("looked at again") if files else [])
    assert paths(third) == []


def test_an_archive_that_changed_is_opened_again(tmp_path: Path) -> None:
    unpacked_once(tmp_path)
    again = open_manifest(tmp_path)
    again.list_inputs((touched(ARCHIVE), FILES[0]))
    again.recognise(lambda files: ["dd"] * len(files))
    assert paths(again) == ["a.zip"]
    again.unpack(touched(ARCHIVE), (touched(LEAVES[0]),), sha256="dd")
    assert paths(again) == ["a.zip!x.txt"]
    again.add(touched(LEAVES[0]), line_of(LEAVES[0]))
    assert [done.path for done in again.results()] == ["a.zip!x.txt", "b.txt"]


def test_under_other_limits_an_archive_is_opened_again(tmp_path: Path) -> None:
    unpacked_once(tmp_path)
    again = open_manifest(tmp_path, settings=Settings(max_archive_entries=7_000_000))
    again.list_inputs((ARCHIVE, FILES[0]))
    again.recognise(lambda files: ["aa"] * len(files))
    assert paths(again) == ["a.zip"]


def failed_thrice(folder: Path) -> None:
    """a: a passing failure that was tried as often as it may be; b: a lasting one; ü: done."""
    manifest = open_manifest(folder, max_attempts=1)
    manifest.list_inputs(FILES)
    manifest.add(FILES[1], line_of(FILES[1], status="failed", retryable=True, code="timeout"))
    manifest.add(FILES[0], line_of(FILES[0], status="failed", code="corrupt"))
    manifest.add(FILES[2], line_of(FILES[2]))
    manifest.was_listed()
    manifest.close(is_whole=True)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [(None, []), ((), ["a.txt", "b.txt"]), (("corrupt",), ["b.txt"]), (("timeout", "io"), ["a.txt"]), (("out",), [])],
)
def test_failures_are_done_again_when_they_are_asked_for_by_code(
    tmp_path: Path, codes: tuple[str, ...] | None, expected: list[str]
) -> None:
    failed_thrice(tmp_path)
    again = open_manifest(tmp_path, max_attempts=1, retried=codes, is_new_listing=False)
    assert paths(again) == expected
    for file in list(again.pending()):
        again.add(file, line_of(file, status="failed", code="corrupt"))
    assert paths(again) == []  # tried once in this run
    assert len(list(again.results())) == 3


def test_going_on_with_the_inputs_of_the_run_before_takes_the_last_whole_listing(tmp_path: Path) -> None:
    failed_thrice(tmp_path)
    broken_off = open_manifest(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        broken_off.list_inputs(interrupted())
    broken_off.close()
    again = open_manifest(tmp_path, max_attempts=1, retried=(), is_new_listing=False)
    assert paths(again) == ["a.txt", "b.txt"]
    assert len(list(again.results())) == 3


def interrupted() -> Iterator[SourceFile]:
    yield FILES[0]
    raise KeyboardInterrupt


def test_a_run_waits_for_another_program_that_holds_the_manifest(tmp_path: Path) -> None:
    manifest = open_manifest(tmp_path)
    manifest.list_inputs(FILES)
    other = sqlite3.connect(tmp_path / "manifest.sqlite", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.3, lambda: other.execute("COMMIT")).start()
    manifest.add(FILES[0], line_of(FILES[0]))
    assert len(paths(manifest)) == 2


def test_a_manifest_that_stays_held_stops_the_run_with_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mmi_cli.runner.state.manifest_opening.BUSY_S", 0.1)
    manifest = open_manifest(tmp_path)
    manifest.list_inputs(FILES)
    other = sqlite3.connect(tmp_path / "manifest.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageDown, match="another program holds it"):
        manifest.add(FILES[0], line_of(FILES[0]))
    other.execute("COMMIT")
    other.close()
    again = open_manifest(tmp_path)
    again.list_inputs(FILES)
    assert len(paths(again)) == 3


def test_the_database_takes_in_what_is_written_while_files_are_taken_from_it(tmp_path: Path) -> None:
    files = [SourceFile(uri=f"file:///in/{n}", path=f"{n:04d}", size_bytes=1, modified_s=1.0) for n in range(1500)]
    manifest = open_manifest(tmp_path)
    manifest.list_inputs(files)
    for file in manifest.pending():
        manifest.add(file, line_of(file))
    assert (tmp_path / "manifest.sqlite-wal").stat().st_size < 6_000_000  # 15 MB where it cannot
    assert len(list(manifest.results())) == 1500


def test_files_are_taken_in_order_across_the_lots_in_which_they_are_fetched(tmp_path: Path) -> None:
    files = [SourceFile(uri=f"file:///in/{n}", path=f"{n:04d}", size_bytes=n % 7, modified_s=1.0) for n in range(1203)]
    manifest = open_manifest(tmp_path)
    manifest.list_inputs(files)
    taken = [(-file.size_bytes, file.path) for file in manifest.pending()]
    assert len(taken) == 1203 and taken == sorted(taken)
    assert [file.path for file in manifest.pending(by_path=True)] == [file.path for file in files]
