"""Whoever kills `mmi embed` leaves an index that can be asked, and the same command makes it whole."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from mmi_cli.datamodel.source import SourceFile
from mmi_cli.search.index import Index
from mmi_cli.search.items import Embedded
from mmi_cli.search.workers import Task, Workers
from mmi_cli.storage.local import uri_of
from tests.support.command_line import COMMAND, environment, mmi_here
from tests.support.models import need_model, real_settings

pytestmark = pytest.mark.models
ENV = {"MMI_EMBEDDING": "minilm", "MMI_THREADS": "1"}
FILES = 40


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    need_model(real_settings(), "all-MiniLM-L6-v2")
    folder = tmp_path / "letters"
    folder.mkdir()
    for number in range(FILES):
        lines = [f"Letter {number} speaks of subject {number * 7 + line}, and of little else." for line in range(30)]
        (folder / f"{number:02}.txt").write_text("\n\n".join(lines))
    return folder


def check_whole(index: Path) -> int:
    """Every file is there whole or not at all; how many there are."""
    with Index(index) as opened:
        assert opened.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        files = list(opened.files())
        vectors = {name: len(rows.rows) for name, rows in opened.spaces.items()}
        items = sum(opened.counts().values())
        if opened.spaces:
            owners = opened.spaces["text"].rows["item"]
            assert {item.id for item in opened.items()} <= set(owners.tolist())
            assert vectors["text"] >= items
    return len(files)


def test_killed_at_any_moment_each_file_is_as_it_was_or_as_it_is_and_the_same_command_goes_on(letters: Path) -> None:
    assert mmi_here("embed", "letters", "-o", "index", cwd=letters.parent, env=ENV).code == 0
    for number in range(0, FILES, 2):
        with (letters / f"{number:02}.txt").open("a") as stream:
            stream.write("\n\nA line about penguins that was added later.\n")
    (letters / "01.txt").unlink()
    index = letters.parent / "index"
    for delay_s in (0.7, 1.5, 2.2):
        process = subprocess.Popen(
            [*COMMAND, "embed", "letters", "-o", "index"],
            cwd=letters.parent, env=environment(ENV), stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        time.sleep(delay_s)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert check_whole(index) in (FILES, FILES - 1)
    ran = mmi_here("embed", "letters", "-o", "index", cwd=letters.parent, env=ENV)
    assert ran.code == 0, ran.err
    assert check_whole(index) == FILES - 1
    asked = ("search", "index", "penguins", "--format", "json")
    after_kills = mmi_here(*asked, cwd=letters.parent, env=ENV)
    shutil.rmtree(index)
    mmi_here("embed", "letters", "-o", "index", cwd=letters.parent, env=ENV)
    assert after_kills.out == mmi_here(*asked, cwd=letters.parent, env=ENV).out
    assert "penguins" in after_kills.out


def test_interrupted_politely_what_was_done_is_kept(letters: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "embed", "letters", "-o", "index", "--log-format", "json"],
        cwd=letters.parent, env=environment(ENV), stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if json.loads(line)["event"] == "finished":
            process.send_signal(signal.SIGINT)
            break
    process.stderr.read()
    assert process.wait(30) == 130
    assert 1 <= check_whole(letters.parent / "index") < FILES


def done(workers: Workers, task: Task) -> Embedded:
    workers.give(task)
    while True:
        for embedded, _ in workers.done():
            return embedded


def test_a_worker_that_dies_hangs_or_grows_costs_its_file_alone(letters: Path) -> None:
    file = letters / "00.txt"
    info = file.stat()
    source = SourceFile(uri=uri_of(file), path="00.txt", size_bytes=info.st_size, modified_s=info.st_mtime)
    settings = real_settings(threads=1, speech="none", ocr="none", cache="off")
    with Workers([str(letters)], settings, jobs=1, memory_bytes=1 << 40) as workers:
        workers.give(Task(source))
        os.kill(workers._workers[0].process.pid, signal.SIGKILL)
        (crashed,) = _until_something(workers)
        assert (crashed.status, crashed.error and crashed.error.code) == ("failed", "crashed")
        assert done(workers, Task(source)).status == "ok"
    hurried = settings.model_copy(update={"timeout_s": 0.001})
    with Workers([str(letters)], hurried, jobs=1, memory_bytes=1 << 40) as workers:
        late = done(workers, Task(source)).error
        assert late is not None
        assert (late.code, late.retryable) == ("timeout", True)
    with Workers([str(letters)], settings, jobs=1, memory_bytes=1) as workers:
        greedy = done(workers, Task(source)).error
        assert greedy is not None
        assert greedy.code == "out_of_memory"


def _until_something(workers: Workers) -> list[Embedded]:
    while True:
        found = [embedded for embedded, _ in workers.done()]
        if found:
            return found
