"""`mmi run --shard I/N` and `mmi merge`: the same bytes as one run, and a clear word where that cannot be."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.azurite import HOW, azurite_program, running_azurite
from tests.support.command_line import Ran
from tests.support.command_line import mmi_in_this_process as mmi

SCHEMA = "total number, date date"


@pytest.fixture
def inputs(receipts: Path, odd_names: Path) -> Path:
    """Receipts, an archive, names that no shell likes and one that is not UTF-8; 20 files, two of them failing."""
    for path in odd_names.iterdir():
        shutil.copyfile(path, os.path.join(os.fsencode(receipts), os.fsencode(path.name)))
    with zipfile.ZipFile(receipts / "may" / "scans.zip", "w") as archive:
        for name in ("one", "two", "three"):
            archive.writestr(f"{name}/receipt.txt", f"Date: 2026-01-02\nTotal: {len(name)}.00\n")
    (receipts / "not-a.zip").write_bytes(b"PK\x03\x04 and no more")
    return receipts


def run(inputs: Path, output: str, *more: str, env: dict[str, str] | None = None) -> Ran:
    return mmi("run", inputs.name, "-s", SCHEMA, "-o", output, *more, cwd=inputs.parent, env=env)


def run_shards(inputs: Path, output: str, count: int, *more: str, env: dict[str, str] | None = None) -> None:
    for index in range(1, count + 1):
        assert run(inputs, output, "--shard", f"{index}/{count}", *more, env=env).code in (0, 3)


def tree(folder: Path) -> dict[str, bytes]:
    """Everything below a folder but times and state."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".mmi" not in path.parts and path.name != "summary.json"
    }


def summary(folder: Path) -> dict[str, object]:
    loaded: dict[str, object] = json.loads((folder / "summary.json").read_text("utf-8"))
    return loaded


def test_merged_shards_are_byte_for_byte_one_run(inputs: Path) -> None:
    assert run(inputs, "one", "--content", "-s", "receipt").code == 3
    one = tree(inputs.parent / "one")
    for count in (1, 3):
        run_shards(inputs, f"of-{count}", count, "--content", "-s", "receipt")
        merged = mmi("merge", f"of-{count}", cwd=inputs.parent)
        assert merged.code == 3, merged.err
        assert tree(inputs.parent / f"of-{count}") == one
        for told in ("records", "errors", "schemas"):
            assert summary(inputs.parent / f"of-{count}")[told] == summary(inputs.parent / "one")[told]
    assert len(one["results.jsonl"].splitlines()) > 30 and len(one["failures.jsonl"].splitlines()) == 4
    assert any(name.startswith("content/may/scans.zip/") for name in one)


def test_each_file_is_in_one_shard_and_members_are_where_their_archive_is(inputs: Path) -> None:
    run_shards(inputs, "out", 4)
    paths = []
    for index in range(1, 5):
        lines = (inputs.parent / "out" / ".mmi" / "shards" / f"{index}-of-4" / "results.jsonl").read_text().splitlines()
        paths.append([json.loads(line)["source"]["path"] for line in lines])
    assert sum(any("scans.zip!" in path for path in part) for part in paths) == 1
    everything = [path for part in paths for path in part]
    assert run(inputs, "one").code == 3
    one = (inputs.parent / "one" / "results.jsonl").read_text().splitlines()
    assert sorted(everything) == sorted(json.loads(line)["source"]["path"] for line in one)


def test_shards_of_other_machines_are_named(inputs: Path) -> None:
    run(inputs, "one")
    assert run(inputs, "here", "--shard", "1/2").code in (0, 3)
    assert run(inputs, "there", "--shard", "2/2").code in (0, 3)
    assert mmi("merge", "all", "here", "there/.mmi/shards/2-of-2", cwd=inputs.parent).code == 3
    assert tree(inputs.parent / "all") == tree(inputs.parent / "one")


def test_a_results_file_alone_and_stdout_can_be_merged_to(inputs: Path) -> None:
    run(inputs, "one.jsonl")
    run_shards(inputs, "r.jsonl", 2)
    assert mmi("merge", "r.jsonl", cwd=inputs.parent).code == 3
    one = (inputs.parent / "one.jsonl").read_bytes()
    assert (inputs.parent / "r.jsonl").read_bytes() == one
    printed = mmi("merge", "-", "r.jsonl", "--fail-on", "never", cwd=inputs.parent)
    assert (printed.code, printed.out.encode()) == (0, one)


def test_a_shard_to_stdout_prints_its_part(inputs: Path) -> None:
    parts = [run(inputs, "-", "--shard", f"{index}/2").out.splitlines() for index in (1, 2)]
    whole = run(inputs, "-").out.splitlines()
    assert parts[0] and parts[1] and sorted(parts[0] + parts[1]) == sorted(whole)


def test_an_output_in_the_input_is_no_input_of_any_shard(inputs: Path) -> None:
    run(inputs, "one")
    for _ in range(2):
        run_shards(inputs, inputs.name, 2, "--content")
        assert mmi("merge", inputs.name, cwd=inputs.parent).code == 3
        merged = (inputs / "results.jsonl").read_bytes()
        assert merged == (inputs.parent / "one" / "results.jsonl").read_bytes()


def test_a_shard_goes_on_where_it_was_and_forgets_with_fresh(inputs: Path) -> None:
    assert run(inputs, "out", "--shard", "1/2").code in (0, 3)
    where = inputs.parent / "out" / ".mmi" / "shards" / "1-of-2"
    first = summary(where)["files"]
    assert run(inputs, "out", "--shard", "1/2").code in (0, 3)
    again = summary(where)["files"]
    assert isinstance(first, dict) and isinstance(again, dict)
    assert first["done_before"] == 0 and again["done_before"] == first["done_now"]
    assert run(inputs, "out", "--shard", "1/2", "--fresh").code in (0, 3)
    assert summary(where)["files"] == first


@pytest.mark.parametrize("shard", ["0/4", "5/4", "4", "1/0", "-1/4", "1/4/2", "a/b", "1.0/4", "1/4x", ""])
def test_a_shard_that_cannot_be_is_refused_before_work(shard: str, good: Path) -> None:
    ran = mmi("run", good, "-s", SCHEMA, "-o", "out", f"--shard={shard}", cwd=good.parent)
    assert ran.code == 2
    assert "write I/N with I from 1 to N" in ran.err
    assert not (good.parent / "out").exists()


def refused(cwd: Path, *arguments: str) -> str:
    """What `mmi merge` says when it refuses; it must have written nothing."""
    ran = mmi("merge", "out", *arguments, cwd=cwd)
    assert ran.code == 2, ran.err
    assert not (cwd / "out" / "results.jsonl").exists()
    assert len(ran.err.splitlines()) == 1
    return ran.err


def test_a_missing_shard_is_named_and_may_be_left_out(good: Path) -> None:
    run(good, "out", "--shard", "2/3")
    said = refused(good.parent)
    assert "2 shards (1, 3) of 3 are missing" in said and "--shard 1/3" in said
    ran = mmi("merge", "out", "--allow-missing", cwd=good.parent)
    assert ran.code == 0 and "left out: 1, 3" in ran.err
    assert summary(good.parent / "out")["missing_shards"] == [1, 3]


def test_an_unfinished_shard_is_named_and_may_be_left_out(good: Path) -> None:
    run_shards(good, "out", 2)
    (good.parent / "out" / ".mmi" / "shards" / "2-of-2" / "summary.json").unlink()
    said = refused(good.parent)
    assert "shard 2/2 is not finished" in said and "run it again" in said
    assert mmi("merge", "out", "--allow-missing", cwd=good.parent).code == 0


def test_no_shard_at_all_and_what_is_none_are_told(good: Path) -> None:
    assert "no shard lies below out" in refused(good.parent)
    run(good, "whole")
    assert "whole is no shard and holds none" in refused(good.parent, "whole")


def test_a_shard_that_is_there_twice_is_refused(good: Path) -> None:
    run_shards(good, "a", 2)
    shutil.copytree(good.parent / "a" / ".mmi" / "shards" / "2-of-2", good.parent / "copy")
    said = refused(good.parent, "a", "copy")
    assert "shard 2/2 is there twice" in said and "copy" in said


def test_shards_of_two_divisions_are_refused(good: Path) -> None:
    run(good, "out", "--shard", "1/2")
    run(good, "out", "--shard", "2/3")
    assert "of different divisions" in refused(good.parent)


def test_shards_of_other_schemas_settings_versions_or_content_are_refused(good: Path) -> None:
    run(good, "a", "--shard", "1/2")
    run(good, "b", "--shard", "2/2")
    where = good.parent / "b" / ".mmi" / "shards" / "2-of-2" / "summary.json"
    told = json.loads(where.read_text("utf-8"))
    where.write_text(json.dumps({**told, "tool": {"name": "mmi", "version": "9.9"}}))
    assert "versions 0.4.0 and 9.9 of mmi" in refused(good.parent, "a", "b")
    mmi("run", "good", "-s", "total number", "-o", "c", "--shard", "2/2", cwd=good.parent)
    assert "of different runs: schemas ad-hoc" in refused(good.parent, "a", "c")
    run(good, "d", "--shard", "2/2", "--set", "ocr_dpi=300")
    assert "settings ocr_dpi = 200 and 300" in refused(good.parent, "a", "d")
    run(good, "e", "--shard", "2/2", "--content")
    assert "one with --content and one without" in refused(good.parent, "a", "e")
    run(good, "f", "--shard", "2/2", "--jobs", "3", "--fail-on", "never")
    assert mmi("merge", "out", "a", "f", cwd=good.parent).code == 0, "how a run is done makes no other run"


def test_an_input_that_changed_between_the_shards_is_told(good: Path) -> None:
    run(good, "out", "--shard", "1/2")
    (good / "new.txt").write_text("Total: 3.00\n")
    run(good, "out", "--shard", "2/2")
    assert "saw different inputs (2 and 3 files" in refused(good.parent)
    run(good, "out", "--shard", "1/2")
    assert mmi("merge", "out", cwd=good.parent).code == 0
    run(good, "one")
    assert tree(good.parent / "out") == tree(good.parent / "one")
    (good / "newer.txt").write_text("Total: 3.00\n")
    run(good, "out", "--shard", "2/2")
    assert mmi("merge", "out", "--allow-changed", cwd=good.parent).code == 0


@pytest.mark.parametrize("harm", ["cut", "edited", "gone"])
def test_results_that_are_not_what_the_shard_wrote_are_refused(harm: str, good: Path) -> None:
    run_shards(good, "out", 1)
    results = good.parent / "out" / ".mmi" / "shards" / "1-of-1" / "results.jsonl"
    data = results.read_bytes()
    if harm == "gone":
        results.unlink()
    else:
        results.write_bytes(data[:-9] if harm == "cut" else data.replace(b"9.5", b"8.5"))
    said = refused(good.parent)
    assert "results.jsonl of shard 1/1 is not what that shard wrote" in said and "run the shard again" in said


def test_a_shard_that_is_being_run_is_waited_for(good: Path) -> None:
    import fcntl

    run_shards(good, "out", 1)
    with (good.parent / "out" / ".mmi" / "shards" / "1-of-1" / ".mmi" / "lock").open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        assert "shard 1/1 is being run" in refused(good.parent)


def test_merging_loads_no_engine_and_no_numpy(good: Path) -> None:
    import subprocess
    import sys

    run_shards(good, "out", 2)
    script = (
        "import sys\nsys.argv = ['mmi', 'merge', 'out']\nfrom mmi_cli.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "loaded = {'numpy', 'onnxruntime', 'av', 'rapidocr', 'xllamacpp', 'azure', 'mmi_cli.engines.bundle'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {loaded}' if loaded else 0)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=good.parent, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


@pytest.fixture
def blobs() -> Iterator[dict[str, str]]:
    """The environment that leads to a container `data` of an emulator."""
    program = azurite_program()
    if program is None:
        pytest.skip(HOW)
    from azure.storage.blob import BlobServiceClient

    with running_azurite(program) as connection:
        BlobServiceClient.from_connection_string(connection).create_container("data")
        yield {"AZURE_STORAGE_CONNECTION_STRING": connection}


def test_shards_on_blob_are_merged_on_blob_and_from_there_to_a_folder(
    inputs: Path, blobs: dict[str, str], tmp_path: Path
) -> None:
    env = {**blobs, "HOME": str(tmp_path / "home")}
    run(inputs, "one", "--content")
    run_shards(inputs, "az://data/out", 2, "--content", env=env)
    assert mmi("merge", "az://data/out", cwd=inputs.parent, env=env).code == 3
    assert mmi("merge", "local", "az://data/out", cwd=inputs.parent, env=env).code == 3
    assert tree(inputs.parent / "local") == tree(inputs.parent / "one")

    from azure.storage.blob import BlobServiceClient

    client = BlobServiceClient.from_connection_string(blobs["AZURE_STORAGE_CONNECTION_STRING"]).get_container_client(
        "data"
    )
    merged = {
        blob.name.removeprefix("out/"): client.download_blob(blob.name).readall()
        for blob in client.list_blobs("out/")
        if "/.mmi/" not in blob.name and not blob.name.endswith("summary.json")
    }
    assert merged == tree(inputs.parent / "one")
