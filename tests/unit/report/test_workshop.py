"""One bad file costs its own picture: a worker that hangs, dies or fills the memory is replaced."""

from __future__ import annotations

import os
import time
from pathlib import Path

from mmi_cli.report.task import View, ViewTask
from mmi_cli.report.workshop import draw_all
from mmi_cli.settings import Settings


def task(name: str) -> ViewTask:
    return ViewTask(
        uri=f"file:///{name}", path=name, sha256=None, media_type=None, modality=None, engines=(), evidence=(), folder="", address=None,
        has_pictures=True, reads_again=True, copies_media=False, settings=Settings.model_validate({}),
    )  # fmt: skip


def behave(task: ViewTask) -> View:
    """As its name says."""
    if task.path == "hangs":
        time.sleep(600)
    if task.path == "dies":
        os._exit(11)
    if task.path == "eats":
        return View(notes=[str(len(bytearray(6_000_000_000)))])
    return View(thumb=task.path)


def test_each_task_has_its_view_whatever_the_others_do() -> None:
    names = ["a", "hangs", "b", "dies", "c", "eats", "d", "e", "f"]
    views = dict(draw_all([task(name) for name in names], processes=2, file_s=4, work=behave))
    told = {name: views[number] for number, name in enumerate(names)}
    assert [told[name].thumb for name in "abcdef"] == list("abcdef")
    assert "longer than 4 s" in told["hangs"].notes[0]
    assert "ended" in told["dies"].notes[0] and "ended" in told["eats"].notes[0]


def test_nothing_to_draw_starts_no_process(tmp_path: Path) -> None:
    assert list(draw_all([], processes=4)) == []
