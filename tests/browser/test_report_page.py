"""The page in a real Chromium: what it shows, how it is worked, and that its labels are labels."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.command_line import mmi
from tests.support.report_pages import index_of

from .conftest import SAMPLES, leaf, open_record, record, until, write_results

Visit = Callable[..., Any]


def number_of(page_file: Path, path: str, schema: str) -> int:
    index = index_of(page_file)
    return next(
        number for number, row in enumerate(index["records"]) if row[0] == path and index["schemas"][row[3]] == schema
    )


def leaf_node(page: Any, path: str) -> Any:
    number = page.evaluate(f"[...marks.leaves.values()].find((leaf) => leaf.path === {json.dumps(path)}).number")
    return page.locator(f"[data-leaf='{number}']")


def test_the_overview_counts_and_the_table_lists_every_record(samples: Path, visit: Visit) -> None:
    page = visit(samples)
    assert page.locator(".row").count() == 8
    assert page.locator("#shown-count").inner_text() == "8 records"
    text = page.locator("#overview").inner_text()
    assert "Status" in text and "Confidence of the values found" in text and "Slowest" in text


def test_a_value_and_its_place_are_linked_both_ways(samples: Path, visit: Visit) -> None:
    page = visit(samples, f"#{number_of(samples, 'invoice.pdf', 'invoice')}")
    until(page, "open.record !== null")
    value = leaf_node(page, "total")
    value.hover()
    assert page.locator(".box.is-near").count() == 1
    box = page.locator(".box.is-near")
    told = page.evaluate("[...marks.leaves.values()].find((leaf) => leaf.path === 'total').value.evidence[0]")
    sheet, drawn = page.locator(".sheet").first.bounding_box(), box.bounding_box()
    middle = (drawn["x"] + drawn["width"] / 2 - sheet["x"]) / sheet["width"]
    assert abs(middle - (told["box"][0] + told["box"][2]) / 2 / told["page_size"][0]) < 0.005
    page.mouse.move(5, 5)
    box = page.locator(".box[title^='total:']").first
    box.click()
    assert "is-on" in value.get_attribute("class")
    assert page.locator(".sheet img").first.evaluate("(image) => image.complete && image.naturalWidth > 500")


def test_cells_paragraphs_and_pages_of_attachments_are_marked(samples: Path, visit: Visit) -> None:
    page = visit(samples)
    open_record(page, number_of(samples, "expenses.xlsx", "document"))
    assert page.locator(".grid td.is-marked").count() > 4
    open_record(page, number_of(samples, "order.eml", "invoice"))
    assert page.locator("mark").count() > 3
    assert page.locator(".page-name", has_text="invoice-AD-2026-118.pdf").count() == 1


def test_a_recording_plays_from_where_a_value_was_said(tmp_path: Path, visit: Visit) -> None:
    shutil.copy(SAMPLES / "call" / "call.mp3", tmp_path)
    assert mmi("run", "call.mp3", "-s", "name string", "-o", "out", "-q", cwd=tmp_path).code == 0
    results = tmp_path / "out" / "results.jsonl"
    line = json.loads(results.read_text())
    line["status"] = "ok"
    line["fields"] = {
        "name": leaf(
            "Carter", {"text": "Carter", "match": "exact", "start_s": 16.5, "end_s": 17.0, "speaker": "Speaker 2"}
        )
    }
    results.write_text(json.dumps(line) + "\n")
    assert mmi("report", "out", cwd=tmp_path).code == 0
    page = visit(tmp_path / "out" / "report.html", "#0")
    until(page, "document.querySelector('audio')?.readyState >= 1")
    page.evaluate("document.querySelector('audio').muted = true")
    page.click(".chip")
    until(page, "document.querySelector('audio').currentTime >= 16.4 && !document.querySelector('audio').paused")
    assert page.locator(".span").count() == 1


def test_the_keyboard_goes_everywhere(samples: Path, visit: Visit) -> None:
    page = visit(samples)
    page.keyboard.press("/")
    page.keyboard.type("invoice.pdf schema:invoice")
    assert page.locator(".row").count() == 1
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    until(page, "open.record?.path === 'invoice.pdf'")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("marks.on") == 0
    page.keyboard.press("Escape")
    until(page, "open.record === null")
    assert page.evaluate("document.activeElement.className").startswith("row")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    until(page, "open.record !== null")
    first = page.evaluate("open.record.number")
    page.keyboard.press("j")
    until(page, f"open.record.number === {first + 1}")
    page.keyboard.press("k")
    until(page, f"open.record.number === {first}")
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()


def test_filters_sort_and_values(samples: Path, visit: Visit) -> None:
    page = visit(samples)
    page.click("#filters button:text-is('Values')")
    page.fill("#query", "field:total schema:invoice")
    assert page.locator(".row .cell-field").all_inner_texts() == ["total"] * page.locator(".row").count()
    page.fill("#query", "conf<0.6")
    confidences = [float(text) for text in page.locator(".row .meter-number").all_inner_texts()]
    assert confidences and max(confidences) < 0.6
    page.fill("#query", "is:found")
    page.click(".sort:has-text('Confidence')")
    confidences = [float(text) for text in page.locator(".row .meter-number").all_inner_texts()]
    assert confidences == sorted(confidences)


def test_what_is_reviewed_is_taken_by_eval_and_calibrate(tmp_path: Path, visit: Visit) -> None:
    rows = {
        "type": "array",
        "value": [
            {"name": leaf("Tea"), "amount": leaf(3.5, type_="number")},
            {"name": leaf("Total"), "amount": leaf(9, type_="number")},
        ],
    }
    files = ("a.txt", "in/a.txt", 'b "c", é.txt')
    records = [
        record(
            path,
            {
                "total": leaf(9.5, type_="number"),
                "date": leaf("2026-03-04", type_="date"),
                "note": leaf(None),
                "paid": leaf(True, type_="boolean"),
                "rows": rows,
                "tags": {"type": "array", "value": []},
            },
        )
        for path in files
    ]  # fmt: skip
    out = write_results(tmp_path / "out", records)
    assert mmi("report", "out", cwd=tmp_path).code == 0
    page = visit(out / "report.html", accept_downloads=True)
    for number in range(len(files)):
        open_record(page, number)
        leaf_node(page, "total").locator(".tool.is-ok").click()
        leaf_node(page, "note").locator(".tool.is-ok").click()
        leaf_node(page, "date").locator("[title^=Correct]").click()
        page.keyboard.type("2026-04-03")
        page.keyboard.press("Enter")
        leaf_node(page, "paid").locator("[title^=Correct]").click()
        page.locator(".edit select").select_option("false")
        page.click(".edit .is-primary")
        page.click("[aria-label$='row 2']")
        page.click(".group:has-text('rows') .small-button:has-text('List is right')")
        page.click(".group:has-text('tags') .small-button:has-text('There is none')")
    page.reload()  # what was reviewed outlives the page
    until(page, "performance.getEntriesByName('ready').length > 0")
    page.click("#corrections")
    with page.expect_download() as download:
        page.click("#save .is-primary")
    labels = tmp_path / download.value.suggested_filename
    download.value.save_as(labels)
    wanted = {
        "total": 9.5,
        "date": "2026-04-03",
        "note": None,
        "paid": False,
        "rows": [{"name": "Tea", "amount": 3.5}],
        "tags": [],
    }
    assert [json.loads(line) for line in labels.read_text("utf-8").splitlines()] == [
        {"file": path, "fields": wanted} for path in files
    ]
    told = mmi("eval", "out", labels.name, "--json", cwd=tmp_path)
    assert told.code == 0, told.err
    facts = json.loads(told.out)
    assert facts["documents"] == 3 and facts["without_label"] == 0
    right = {name: (row["right"], row["wrong"], row["truly_absent"]) for name, row in facts["fields"].items()}
    assert (
        right["total"] == (3, 0, 0)
        and right["date"] == (0, 3, 0)
        and right["note"] == (0, 0, 3)
        and right["paid"] == (0, 3, 0)
    )
    assert right["rows"] == (6, 6, 0)
    fitted = mmi("calibrate", "out", labels.name, "--force", cwd=tmp_path)
    assert fitted.code == 0, fitted.err
    assert (tmp_path / "calibration.json").is_file()


def test_a_list_that_was_looked_at_in_part_is_no_label(tmp_path: Path, visit: Visit) -> None:
    items = {"type": "array", "value": [leaf("a"), leaf("b")]}
    out = write_results(tmp_path / "out", [record("x.txt", {"items": items, "total": leaf(1, type_="number")})])
    assert mmi("report", "out", cwd=tmp_path).code == 0
    page = visit(out / "report.html", "#0")
    until(page, "open.record !== null")
    leaf_node(page, "items[0]").locator(".tool.is-ok").click()
    leaf_node(page, "total").locator(".tool.is-ok").click()
    collect = "collectLabels().then(({ texts, waiting }) => [texts.map((each) => each.text).join(''), waiting])"
    assert page.evaluate(collect) == ['{"file":"x.txt","fields":{"total":1}}\n', 1]
    leaf_node(page, "items[1]").locator(".tool.is-ok").click()
    assert page.evaluate(collect) == ['{"file":"x.txt","fields":{"items":["a","b"],"total":1}}\n', 0]


def test_a_computed_value_without_text_is_drawn_by_its_box_alone(tmp_path: Path, visit: Visit) -> None:
    place = {"text": "", "match": "computed", "page": 1, "box": [10, 10, 90, 40], "page_size": [100, 100], "unit": "px"}
    out = write_results(tmp_path / "out", [record("chart.png", {"kind": leaf("bar", place)})])
    assert mmi("report", "out", cwd=tmp_path).code == 0
    page = visit(out / "report.html", "#0")
    until(page, "open.record !== null")
    assert page.locator(".box.is-computed").count() == 1
    assert "not there any more" in page.locator(".right .note").inner_text()


def test_nothing_is_wider_than_a_phone(samples: Path, visit: Visit) -> None:
    page = visit(samples, viewport={"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".row").first.bounding_box()["height"] > 60
    for number in range(0, 8, 3):
        open_record(page, number)
        for side in ("file", "values"):
            page.click(f".sides [data-side={side}]")
            assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_light_dark_and_print(samples: Path, visit: Visit) -> None:
    page = visit(samples, color_scheme="dark")
    paper = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(paper)
    page.keyboard.press("t")
    assert page.evaluate(paper) != dark
    page.keyboard.press("t")
    assert page.evaluate(paper) == dark
    open_record(page, 0)
    assert page.pdf()[:5] == b"%PDF-"


def test_every_control_has_a_name(samples: Path, visit: Visit) -> None:
    page = visit(samples)
    nameless = """[...document.querySelectorAll('button, a[href], input, select, textarea, [role=button], img, audio, video, [role=grid]')]
        .filter((each) => each.getClientRects().length)
        .filter((each) => !(each.getAttribute('aria-label') || each.textContent.trim() || each.labels?.length || each.hasAttribute('alt')))
        .map((each) => each.outerHTML.slice(0, 120))"""
    assert page.evaluate(nameless) == []
    for number in range(8):
        open_record(page, number)
        assert page.evaluate(nameless) == []


def test_what_all_records_come_to_leads_to_them(tmp_path: Path, visit: Visit) -> None:
    records = [
        record(
            f"{number}.vtt",
            {
                "duration_s": leaf(None, type_="number") | {"value": 60.0 * number},
                "silence_share": leaf(0.1 * number, type_="number"),
                "agent_talk_share": leaf(0.5, type_="number"),
                "resolution": leaf(how),
            },
        )
        for number, how in enumerate(["resolved", "follow_up", "resolved", "unresolved"], start=1)
    ]
    out = write_results(tmp_path / "out", records)
    assert mmi("report", "out", cwd=tmp_path).code == 0
    page = visit(out / "report.html", viewport={"width": 390, "height": 800})
    assert "4 calls, 50 % resolved" in page.locator(".totals .card-title").inner_text()
    assert "2:30 min" in page.locator(".tile").first.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click(".bars-entry[aria-label^='follow_up']")
    assert page.input_value("#query") == "resolution=follow_up"
    assert page.locator(".row").count() == 1 and "2.vtt" in page.locator(".row").inner_text()
    page.fill("#query", "duration_s>=120 duration_s<240")
    assert page.locator(".row").count() == 2
    page.fill("#query", "silence_share<0.15 resolution=resolved")
    assert page.locator(".row").count() == 1
    for button in page.locator(".spread").first.locator("[role=button]").all():
        button.focus()
        page.keyboard.press("Enter")
    assert page.locator(".row").count() == 1


def test_of_very_many_values_the_table_has_the_first_and_the_record_all(tmp_path: Path, visit: Visit) -> None:
    turns = {"type": "array", "value": [leaf(f"said {number}") for number in range(1_000)]}
    out = write_results(tmp_path / "out", [record(f"{n}.vtt", {"name": leaf("x"), "turns": turns}) for n in range(50)])
    assert mmi("report", "out", cwd=tmp_path).code == 0
    assert len(index_of(out / "report.html")["records"][0][11]) == 800
    page = visit(out / "report.html", "#3.900")
    until(page, "open.record !== null")
    assert page.locator("[data-leaf='900']").count() == 1
    page.keyboard.press("Escape")
    assert "1001/1001" in page.locator(".row").first.inner_text()
