"""How a run shares the machine among workers and the threads of their engines."""

from __future__ import annotations

import pytest

from mmi_cli.datamodel.source import SourceFile
from mmi_cli.runner.inputs import Listed
from mmi_cli.runner.workers import machine
from mmi_cli.settings import Settings


def shared(monkeypatch: pytest.MonkeyPatch, *names: str, **settings: int) -> tuple[int, int]:
    """(workers, threads of each) on a machine of eight cores."""
    monkeypatch.setattr(machine, "usable_cores", lambda: 8)
    monkeypatch.setattr(machine, "default_jobs", lambda: 8)
    listed = Listed()
    files = [SourceFile(uri=f"file:///in/{name}", path=name, size_bytes=1, etag=None) for name in names]
    assert list(listed.watch(files)) == files
    of_worker, jobs = machine.share_machine(
        Settings.model_validate(settings), files=listed.files, may_grow=listed.may_grow
    )
    return jobs, of_worker.threads


def test_one_file_has_the_whole_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shared(monkeypatch, "a.pdf") == (1, 8)
    assert shared(monkeypatch, "a.pdf", "b.mp3") == (2, 4)


def test_many_files_have_a_core_each(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shared(monkeypatch, *(f"{number}.pdf" for number in range(20))) == (8, 1)


def test_an_archive_may_hold_many_files(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shared(monkeypatch, "scans.ZIP") == (8, 1)


def test_what_is_asked_for_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shared(monkeypatch, "a.pdf", "b.pdf", "c.pdf", jobs=2, threads=3) == (2, 3)
