"""A run whose output is on blob, looked at and its failures done again: on its own machine and on another."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import Ran, mmi
from tests.support.fault_proxy import FaultProxy

Machine = Callable[..., Ran]


@pytest.fixture
def machine(tmp_path: Path, proxy: FaultProxy) -> Callable[[str], Machine]:
    """Machines by name: each has a home folder of its own."""

    def named(name: str) -> Machine:
        home = tmp_path / name
        home.mkdir(exist_ok=True)
        return lambda *arguments: mmi(*arguments, cwd=home, env={"HOME": str(home), "MMI_LEASE_S": "15"})

    return named


def test_another_machine_tells_how_it_ended_and_does_the_failures_again(
    container: Any, machine: Callable[[str], Machine], tmp_path: Path
) -> None:
    container.upload_blob("in/a.txt", b"Total: 1.50\n")
    container.upload_blob("in/b.pdf", b"%PDF-1.4\n1 0 obj\n")
    into = f"az://{container.container_name}/out"
    ran = machine("one")("run", f"az://{container.container_name}/in", "-s", "total number", "-o", into)
    assert ran.code == 3, ran.err
    for name in ("one", "two"):
        told = json.loads(machine(name)("status", into, "--json").out)
        assert told["state"] == "finished"
        assert told["copy"] == (name == "two")
        assert told["failed"] == {"corrupt": 1}
        assert told["records"] == {"failed": 1, "ok": 1}
        assert told["failures"][0]["path"] == "b.pdf"
    before = container.download_blob("out/results.jsonl").readall()
    (tmp_path / "two").mkdir(exist_ok=True)
    Path(tmp_path / "one").rename(tmp_path / "gone")
    (tmp_path / "one").mkdir()
    again = machine("two")("retry", into)
    assert again.code == 3, again.err
    assert "1 of 2 files were done by an earlier run" in again.err
    assert container.download_blob("out/results.jsonl").readall() == before


def test_where_no_run_has_written_it_says_so(container: Any, machine: Callable[[str], Machine]) -> None:
    ran = machine("one")("status", f"az://{container.container_name}/nothing")
    assert ran.code == 2
    assert "no run has written there" in ran.err
