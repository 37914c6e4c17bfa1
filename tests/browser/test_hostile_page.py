"""A hostile file runs nothing in the page, whatever it puts into names, values, evidence, sheets or markdown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mmi_cli.datamodel.content import SheetCell, TimeSpan
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.datamodel.content_json import to_json
from tests.support.command_line import mmi

from .conftest import leaf, open_record, record, write_results

ATTACKS = (
    "</script><script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    '"><svg onload=window.pwned=1>',
    "javascript:window.pwned=1",
    "<!--<script>",
    "]]><iframe srcdoc='<script>parent.pwned=1</script>'>",
    "__proto__",
    "constructor",
    "\u2028\u2029\u202e\x00\x1b[31m",
    "[click](javascript:window.pwned=1) ![](x onerror=1)",
    "' style='position:fixed;inset:0' onclick='window.pwned=1",
)


def hostile_records() -> list[dict[str, Any]]:
    out = []
    for number, attack in enumerate(ATTACKS):
        places: list[dict[str, Any]] = [
            {
                "text": attack,
                "match": "exact",
                "page": 1,
                "box": [1, 1, 9, 9],
                "page_size": [10, 10],
                "unit": "pt",
                "part": attack,
            },
            {"text": attack, "match": attack, "sheet": attack, "cell": "A1", "span": [0, 4]},
            {"text": attack, "match": "exact", "start_s": 1, "end_s": 2, "speaker": attack, "span": [0, 4]},
            {"text": attack, "match": "cited", "slide": 1, "shape": attack, "paragraph": 1, "file": attack},
        ]
        fields = {
            attack: leaf(attack, *places),
            f"{attack} list": {"type": "array", "value": [{attack: leaf(attack, *places), "b": leaf(None)}]},
            f"{attack} one": {"type": "object", "value": {attack: leaf(True, type_="boolean")}},
        }
        path = f"{number} {attack}"
        more = {
            "source": {"uri": f"javascript:window.pwned=1//{attack}", "path": path, "sha256": attack, "media_type": attack},
            "id": attack + str(number),
            "schema": {"name": attack, "version": attack, "digest": attack},
            "status": "failed" if number % 2 else attack,
            "modality": attack if number % 3 else "audio",
            "segment": {"number": attack},
            "checks": [{"expression": attack, "passed": False, "message": attack}, {"expression": attack, "passed": attack}],
            "errors": [{"stage": attack, "code": attack, "message": attack, "retryable": False}],
            "warnings": [{"code": attack, "message": attack}] * 5,
            "engines": {attack: attack},
        }  # fmt: skip
        out.append(record(path, fields, **more))
    return out


def hostile_content(folder: Path) -> None:
    """Beside the results of files that are not there lies what was read of them."""
    for number, attack in enumerate(ATTACKS):
        if "/" in attack or not attack.isprintable():
            continue
        builder = ContentBuilder()
        builder.add_block("heading", [[(attack, SheetCell(attack, "A1"), None)]], label=attack)
        builder.add_block("utterance", [[(attack, TimeSpan(1, 2, attack), None)]])
        (folder / "content").mkdir(exist_ok=True)
        (folder / "content" / f"{number} {attack}.json").write_text(json.dumps(to_json(builder.build())), "utf-8")


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    out = write_results(folder / "out", hostile_records())
    hostile_content(out)
    summary = {
        "seconds": 1.0,
        "slowest": [{"path": attack, "seconds": 1.0, "status": attack} for attack in ATTACKS],
        "started_at": ATTACKS[0],
    }
    (out / "summary.json").write_text(json.dumps(summary))
    ran = mmi("report", "out", cwd=folder)
    assert ran.code == 0, ran.err
    return out / "report.html"


def test_nothing_of_a_hostile_file_runs(page_file: Path, visit: Callable[..., Any]) -> None:
    page = visit(page_file)
    own = page.evaluate("document.scripts.length")
    for number in range(len(ATTACKS)):
        open_record(page, number)
        for tab in page.query_selector_all("[role=tab]"):
            tab.click()
        page.keyboard.press("ArrowDown")
    page.evaluate("location.hash = ''")
    for query in (*ATTACKS, 'constructor:x "', "is:constructor", "field:__proto__", "conf<x"):
        page.fill("#query", query)
    page.fill("#query", "")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.click("#filters button:text-is('Values')")
    assert page.evaluate("typeof window.pwned") == "undefined"
    assert page.evaluate("document.scripts.length") == own
    assert (
        page.evaluate(
            "document.querySelectorAll('main iframe, main [onerror], main [onclick], main [onload], main script').length"
        )
        == 0
    )
    addresses = page.evaluate(
        "[...document.querySelectorAll('[href],[src]')].map(each => each.getAttribute('href') || each.getAttribute('src'))"
    )
    assert not [address for address in addresses if "pwned" in address.lower()]


def test_the_policy_refuses_what_would_get_in_all_the_same(samples: Path, browser: Any) -> None:
    page = browser.new_page()
    page.goto(samples.as_uri())
    refused = page.evaluate("""async () => {
        const refused = [];
        addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective));
        const script = document.createElement('script');
        try { script.text = 'window.pwned = 1'; document.body.append(script); } catch { refused.push('trusted-types'); }
        try { document.body.innerHTML += '<b>'; } catch { refused.push('trusted-types'); }
        const image = new Image(); image.src = 'https://example.invalid/x.png'; document.body.append(image);
        await fetch('https://example.invalid/').catch(() => {});
        await new Promise((go) => setTimeout(go, 200));
        return refused;
    }""")
    page.close()
    assert {"trusted-types", "img-src", "connect-src"} <= set(refused)


def test_labels_of_hostile_fields_come_out_as_they_went_in(page_file: Path, visit: Callable[..., Any]) -> None:
    page = visit(page_file)
    for number in range(len(ATTACKS)):
        open_record(page, number)
        page.evaluate("for (const leaf of marks.leaves.values()) review.setRight(open.record, leaf.path)")
    texts = page.evaluate("collectLabels().then(({ texts }) => texts.map((each) => each.text).join(''))")
    given = {json.loads(line)["file"]: json.loads(line)["fields"] for line in texts.splitlines()}
    for number, attack in enumerate(ATTACKS):
        fields = given[f"{number} {attack}"]
        assert fields[attack] == attack
        assert fields[f"{attack} list"] == [{attack: attack, "b": None}]
        assert fields[f"{attack} one"] == {attack: True}
