"""A real Chromium, driven without a window; tests are skipped, and say so, where none is installed."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import mmi

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SAMPLES = Path(__file__).parents[2] / "sample_data"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One for the tests of a file: while it is there, no other test can run an event loop. Each opens a page of its own."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = os.environ.get("MMI_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip(f"no Chromium is installed ({', '.join(NAMES)}); MMI_CHROMIUM names one")
    with api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens a file from disk; fails at the end where the page had an error, a refused script, or asked for anything but its own files."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def asked(request: Any) -> None:
        if not request.url.startswith(("file://", "blob:", "data:")):
            wrong.append(f"asked for {request.url}")

    def open_page(path: Path, hash_: str = "", **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8_000)
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", asked)
        page.goto(path.absolute().as_uri() + hash_)
        until(page, "performance.getEntriesByName('ready').length > 0")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong, wrong


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of a run over samples that need no model, with their content; two schemas."""
    folder = tmp_path_factory.mktemp("samples")
    inputs = folder / "in"
    inputs.mkdir()
    for name in ("invoice/invoice.pdf", "email/order.eml", "spreadsheet/expenses.xlsx", "call/call.mp3"):
        shutil.copy(SAMPLES / name, inputs)
    ran = mmi("run", "in", "-s", "invoice", "-s", "document", "-o", "out", "--content", "--quiet", cwd=folder)
    assert ran.code in (0, 3), ran.err
    told = mmi("report", "out", cwd=folder)
    assert told.code == 0, told.err
    return folder / "out" / "report.html"


def until(page: Any, expression: str, *, seconds: float = 8.0) -> None:
    """Waits for an expression to hold. Playwright's own way would have the page evaluate text, which its policy refuses."""
    deadline_s = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < deadline_s, f"does not come to hold: {expression}"
        page.wait_for_timeout(25)


def open_record(page: Any, number: int) -> None:
    """Goes to a record and waits until it stands."""
    page.evaluate(f"location.hash = '#{number}'")
    until(page, f"open.record?.number === {number} && document.querySelectorAll('.right .pane').length > 0")


def leaf(value: Any, *evidence: dict[str, Any], type_: str = "string", confidence: float = 0.9) -> dict[str, Any]:
    """A value as a record writes it."""
    return {"type": type_, "kind": "extracted", "value": value, "confidence": confidence, "evidence": list(evidence)}


def record(path: str, fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A record of a file that is not there."""
    return {
        "record_version": 1,
        "id": path,
        "source": {"uri": "file:///nowhere/file", "path": path, "size_bytes": 1, "sha256": "0" * 64, "etag": None, "media_type": None},
        "modality": "document",
        "schema": {"name": "invoice", "version": "1", "digest": "0"},
        "status": "ok",
        "fields": fields,
        "checks": [],
        "segment": None,
        "errors": [],
        "warnings": [],
        "usage": {},
        "engines": {},
        **more,
    }  # fmt: skip


def write_results(folder: Path, records: list[dict[str, Any]]) -> Path:
    """A DEST with these records."""
    folder.mkdir(exist_ok=True)
    (folder / "results.jsonl").write_text("".join(json.dumps(each) + "\n" for each in records), "utf-8")
    return folder
