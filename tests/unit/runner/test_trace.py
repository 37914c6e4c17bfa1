"""The trace file, and spans without one."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from mmi_cli import meter
from mmi_cli.runner.telling.distribution import Distribution
from mmi_cli.runner.telling.trace import TraceWriter, traced_run, writer


def names(path: Path) -> list[str]:
    return [event["name"] for event in json.loads(path.read_text("ascii"))["traceEvents"] if event["ph"] == "X"]


def test_a_line_that_a_killed_process_left_half_written_is_blanked(tmp_path: Path) -> None:
    path = tmp_path / "trace.json"
    with traced_run(path):
        with meter.span("before", "run"):
            pass
        writer().flush()  # type: ignore[union-attr]
        killed = os.open(path, os.O_WRONLY | os.O_APPEND)
        os.write(killed, b'{"ph":"X","name":"torn","ts":12')
        os.close(killed)
        with meter.span("swallowed", "run"):
            pass
        writer().flush()  # type: ignore[union-attr]
        with meter.span("after", "run"):
            pass
    assert names(path) == ["before", "after"]


def test_a_torn_last_line_is_blanked(tmp_path: Path) -> None:
    path = tmp_path / "trace.json"
    with traced_run(path):
        writer().flush()  # type: ignore[union-attr]
        other = TraceWriter(path, name="other", order=1)
        other.close()
        with path.open("ab") as stream:
            stream.write(b'{"ph":"X","name":"torn')
    assert names(path) == []


def test_a_run_that_fails_still_leaves_whole_json(tmp_path: Path) -> None:
    path = tmp_path / "trace.json"
    with pytest.raises(ZeroDivisionError), traced_run(path), meter.span("fails", "run"):
        _ = 1 / 0
    assert names(path) == ["fails"]


def test_what_looks_like_an_event_in_a_name_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "trace.json"
    with traced_run(path), meter.span("file", "file", path='{"ph":"X"},\n\udcff'):
        pass
    assert names(path) == ["file"]


def test_nobody_listens_after_a_run(tmp_path: Path) -> None:
    with traced_run(tmp_path / "trace.json"):
        assert meter.span("x", "run") is not meter.span("y", "run")
    assert writer() is None
    assert meter.span("x", "run") is meter.span("y", "run")


def test_steps_give_the_same_items_whether_someone_listens_or_not() -> None:
    heard: list[meter.Span] = []
    plain = list(meter.steps(range(3), "step", "library"))
    meter.listen(heard.append)
    try:
        assert list(meter.steps(range(3), "step", "library")) == plain == [0, 1, 2]
    finally:
        meter.listen(None)
    assert heard == []  # too short to tell


def test_counts_are_taken_once() -> None:
    meter.take_counts()
    meter.count("a")
    meter.count("a", 2)
    assert meter.take_counts() == (("a", 3.0),)
    assert meter.take_counts() == ()


def test_percentiles_are_right_to_two_and_a_half_per_cent() -> None:
    times = Distribution()
    for number in range(1, 1001):
        times.add(number / 1000)
    assert times.percentile(50) == pytest.approx(0.5, rel=0.026)
    assert times.percentile(95) == pytest.approx(0.95, rel=0.026)
    assert (times.largest, times.count) == (1.0, 1000)
    assert times.total == pytest.approx(500.5)


def test_nothing_has_no_percentile() -> None:
    assert Distribution().to_json() == {"count": 0, "sum": 0.0, "mean": 0.0, "p50": 0.0, "p95": 0.0, "max": 0.0}
