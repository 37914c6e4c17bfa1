"""How fast the page of `mmi report` is: made from 1,000 and 10,000 records, opened, filtered and scrolled in a real Chromium.

    python -m bench.report [--records 1000 10000] [--save]

The records are those of the sample invoice, each with other values and confidences under a path of its own; every file is read and
drawn anew, but for more than 2,000. A filter is typed letter by letter: from the input event to the frame that shows the rows.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from .record import save

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("Amber", "Birch", "Cobalt", "Dune", "Ember", "Fjord", "Grove", "Harbour", "Indigo", "Juniper")
TYPED = "harbour conf<0.9"
ROUNDS = 3
LONG_TASKS = """() => new Promise((done) => {
    const tasks = [];
    const note = (list) => tasks.push(...list.getEntries().map((each) => each.duration));
    new PerformanceObserver(note).observe({ type: 'longtask', buffered: true });
    setTimeout(() => done(tasks), 100);
})"""
KEYSTROKES = """async (text) => {
    const query = document.getElementById('query'), times = [];
    for (let at = 1; at <= text.length; at++) {
        await new Promise((go) => setTimeout(go, 40));
        query.value = text.slice(0, at);
        const started = performance.now();
        query.dispatchEvent(new Event('input', { bubbles: true }));
        await new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
        times.push(performance.now() - started);
    }
    return times;
}"""
SCROLLING = """async () => {
    const gaps = [];
    document.getElementById('table').scrollIntoView();
    await new Promise((go) => requestAnimationFrame(go));
    let before = await new Promise((go) => requestAnimationFrame(go));
    for (let step = 0; step < 120; step++) {
        scrollBy(0, 900);
        const now = await new Promise((go) => requestAnimationFrame(go));
        gaps.push(now - before);
        before = now;
    }
    return gaps;
}"""
MOST_DRAWN = 2_000
"""Of more records the files are not there: what is measured is the page, and drawing them would take half an hour."""
OPENING = """async (number) => {
    const started = performance.now();
    location.hash = `#${number}`;
    while (open.record?.number !== number) await new Promise((go) => setTimeout(go));
    await new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
    return performance.now() - started;
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument(
        "--keep", metavar="FOLDER", type=Path, help="leave the pages here, and take those that are there"
    )
    parser.add_argument("--save", action="store_true")
    asked = parser.parse_args()
    numbers: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        sample = sample_record(folder)
        for count in asked.records:
            numbers |= {f"{count}.{name}": value for name, value in measure(folder, sample, count).items()}
            print(
                json.dumps({name: value for name, value in numbers.items() if name.startswith(f"{count}.")}, indent=1)
            )
    if asked.save:
        save(
            "report",
            numbers,
            data="the sample invoice under other values",
            packages=("playwright", "pypdfium2", "pillow"),
        )


def sample_record(folder: Path) -> dict[str, Any]:
    shutil.copy(ROOT / "sample_data" / "invoice" / "invoice.pdf", folder)
    subprocess.run(
        [*mmi(), "run", "invoice.pdf", "-s", "invoice", "-o", "one", "-q", "--set", "language_model=none", "--set", "jobs=1"],
        cwd=folder, check=True,
    )  # fmt: skip
    record: dict[str, Any] = json.loads((folder / "one" / "results.jsonl").read_text("utf-8"))
    return record


def mmi() -> list[str]:
    return [sys.executable, "-m", "mmi_cli"]


def measure(folder: Path, sample: dict[str, Any], count: int) -> dict[str, Any]:
    out = folder / str(count)
    if (page := out / "report.html").is_file():
        return {"html_mb": round(page.stat().st_size / 1e6, 2), **in_browser(page)}
    out.mkdir(exist_ok=True)
    draw = random.Random(count)
    with (out / "results.jsonl").open("w", encoding="utf-8") as stream:
        for number in range(count):
            stream.write(
                json.dumps(other(sample, number, draw, has_file=count <= MOST_DRAWN), ensure_ascii=False) + "\n"
            )
    started = time.monotonic()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([*mmi(), "report", str(out), "-q"], check=True, env=environment, stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - started
    return {"made_s": round(seconds, 1), "html_mb": round(page.stat().st_size / 1e6, 2), **in_browser(page)}


def other(sample: dict[str, Any], number: int, draw: random.Random, *, has_file: bool) -> dict[str, Any]:
    """The record with values of its own."""
    record = copy.deepcopy(sample)
    record["source"]["path"] = f"{NAMES[number % 10].lower()}/{number // 1000:03}/{number:06}/invoice.pdf"
    record["id"] = f"{number:032x}"
    record["status"] = draw.choices(("ok", "partial"), (9, 1))[0]

    def change(value: Any) -> None:
        if isinstance(value, dict) and isinstance(value.get("evidence"), list):
            value["confidence"] = round(draw.betavariate(8, 1), 4)
            if isinstance(value["value"], str):
                value["value"] = f"{draw.choice(NAMES)} {value['value']}"
            elif isinstance(value["value"], float):
                value["value"] = round(draw.uniform(1, 5000), 2)
        elif isinstance(value, dict):
            for each in value.values():
                change(each)
        elif isinstance(value, list):
            for each in value:
                change(each)

    change(record["fields"])
    if not has_file:
        record["source"]["uri"] = "file:///nowhere/invoice.pdf"
    return record


def in_browser(page_file: Path) -> dict[str, Any]:
    from playwright.sync_api import sync_playwright

    program = os.environ.get("MMI_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        loads = []
        for _ in range(3):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(page_file.absolute().as_uri(), wait_until="load")
            loads.append(
                page.evaluate("""() => [performance.getEntriesByName('ready')[0].startTime,
                performance.getEntriesByType('paint').find((each) => each.name === 'first-contentful-paint')?.startTime ?? null,
                performance.timing.loadEventEnd - performance.timing.navigationStart]""")
            )
            if len(loads) < 3:
                page.close()
        tasks = page.evaluate(LONG_TASKS)
        out: dict[str, Any] = {
            "ready_ms": round(min(load[0] for load in loads)),
            "first_paint_ms": round(min(load[1] or load[0] for load in loads)),
            "loaded_ms": round(min(load[2] for load in loads)),
            "longest_task_of_load_ms": round(max(tasks, default=0)),
        }
        for kind in ("records", "values"):
            page.evaluate(f"setKind('{kind}')")
            clock = Clock(page)
            times = best(page, KEYSTROKES, TYPED)
            out[f"keystroke_{kind}_cpu_ms"] = clock.spent_ms(ROUNDS * len(TYPED))
            out[f"keystroke_{kind}_median_ms"] = round(times[len(times) // 2], 1)
            out[f"keystroke_{kind}_worst_ms"] = round(times[-1], 1)
            page.evaluate("ask('')")
            clock = Clock(page)
            gaps = best(page, SCROLLING, None)
            out[f"scroll_{kind}_cpu_ms"] = clock.spent_ms(ROUNDS * len(gaps))
            out[f"scroll_{kind}_median_frame_ms"] = round(gaps[len(gaps) // 2], 1)
            out[f"scroll_{kind}_worst_frame_ms"] = round(gaps[-1], 1)
        times = [page.evaluate(OPENING, number) for number in (3, 500, 999, 40, 700)]
        out["open_record_median_ms"] = round(sorted(times)[2], 1)
        out["open_record_worst_ms"] = round(max(times), 1)
        browser.close()
    return out


class Clock:
    """Processor time of the page's main thread, whatever else runs on the machine."""

    def __init__(self, page: Any) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._before_s = self._now_s()

    def spent_ms(self, times: int) -> float:
        """Milliseconds since this was made, divided."""
        return round(1000 * (self._now_s() - self._before_s) / times, 1)

    def _now_s(self) -> float:
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))


def best(page: Any, script: str, argument: Any) -> list[float]:
    """Times of the best of three rounds, ascending: other work on the machine counts as little as it can."""
    rounds: list[list[float]] = [sorted(page.evaluate(script, argument)) for _ in range(ROUNDS)]
    return min(rounds, key=sum)


if __name__ == "__main__":
    main()
