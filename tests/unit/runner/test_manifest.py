"""The journal and the manifest survive whatever a run is stopped by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mmi_cli.datamodel.source import SourceFile
from mmi_cli.runner.keys import RunKeys, SchemaKey
from mmi_cli.runner.manifest import Manifest
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
