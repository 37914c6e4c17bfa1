"""The feed of a Ray run, without Ray, and what an actor refuses."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from mmi_cli.runner.workers.ray_actor import Feed
from tests.support.command_line import environment, mmi


def test_a_file_stands_at_its_number_until_it_is_done() -> None:
    async def story() -> list[object]:
        feed = Feed()
        await feed.put(0, b"a", 0)
        await feed.put(1, b"b", 0)
        first = [await feed.take(0), await feed.take(1), await feed.take(0)]
        await feed.done(0)
        return [*first, await feed.take(0), await feed.begin(0), await feed.begin(1)]

    assert asyncio.run(story()) == [b"a", b"b", b"a", b"", 0, 1]


def test_who_asks_for_the_next_file_waits_for_it_or_for_the_end() -> None:
    async def story() -> list[object]:
        feed = Feed()
        waiting = asyncio.create_task(feed.take(0))
        await asyncio.sleep(0)
        assert not waiting.done()
        await feed.put(0, b"a", 0)
        got = await waiting
        waiting = asyncio.create_task(feed.take(1))
        await asyncio.sleep(0)
        await feed.close()
        return [got, await waiting]

    assert asyncio.run(story()) == [b"a", None]


def test_how_often_a_file_was_begun_is_counted_over_actors_and_streams() -> None:
    async def story() -> tuple[int, int, dict[int, int]]:
        feed = Feed()
        await feed.put(0, b"a", 2)
        quiet = await feed.begun()
        assert quiet == {}, "no actor has it"
        times = await feed.begin(0)
        await feed.sign(0)
        return times, await feed.begin(0), {number: count for number, (count, _) in (await feed.begun()).items()}

    assert asyncio.run(story()) == (3, 4, {0: 4})


def test_without_ray_the_run_says_how_to_get_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Total: 4.00\n")
    (tmp_path / "absent" / "ray").mkdir(parents=True)
    (tmp_path / "absent" / "ray" / "__init__.py").write_text("raise ImportError('no module named ray')\n")
    root = str(Path(__file__).parents[3])
    env = environment({"PYTHONPATH": f"{tmp_path / 'absent'}:{root}", "MMI_INLINE": "false"})
    ran = subprocess.run(
        [sys.executable, "-m", "mmi_cli", "run", "a.txt", "-s", "total number", "--runner", "ray"],
        cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert ran.returncode == 2
    assert "pip install 'mmi-cli[ray]'" in ran.stderr


def test_what_cannot_be_done_together_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Total: 4.00\n")
    both = mmi("run", "a.txt", "-s", "total number", "--runner", "ray", cwd=tmp_path)
    assert both.code == 2 and "--inline and --runner ray exclude each other" in both.err
    alone = mmi("run", "a.txt", "-s", "total number", "--address", "10.0.0.7:6379", cwd=tmp_path)
    assert alone.code == 2 and "add --runner ray" in alone.err
    bad = mmi("run", "a.txt", "-s", "total number", "--runner", "spark", cwd=tmp_path)
    assert bad.code == 2 and "runner" in bad.err
