"""Results in the service's shape load in the models of its own SDK, with every key known there and every span on its text."""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from azure.ai.contentunderstanding.models import (
    AudioVisualContent,
    ContentAnalyzer,
    DocumentContent,
)
from azure.ai.contentunderstanding.models._models import ContentAnalyzerAnalyzeOperationStatus

from mmi_cli.schema_file import built_in_names, load_schema, to_analyzer
from tests.support.command_line import mmi
from tests.support.pdf_files import lines, write_pdf

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_data"
DATA = Path(os.environ.get("MMI_BENCH_DATA", ROOT.parent / "shared" / "data")) / "content_understanding"
_SOURCE = re.compile(r"(D\(\d+(,-?\d+(\.\d+)?){8}\)|AV\(\d+(,\d+,\d+,\d+,\d+)?\))(;(D|AV)\([\d.,-]+\))*")


def results(ran: Any) -> list[dict[str, Any]]:
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in ran.out.splitlines()]


def extracted(path: Path, schema: str, *, env: dict[str, str] | None = None) -> dict[str, Any]:
    """The AnalyzeResult of one file; with the engines that `env` gives back, or none."""
    ran = mmi("extract", str(path), "-s", schema, "--format", "content-understanding", cwd=ROOT, env=env)
    (found,) = results(ran)
    return found


def unknown_keys(model: Any, where: str = "") -> Iterator[str]:
    """Keys of the JSON below a model of the SDK that its models have no name for."""
    known = {each._rest_name for each in getattr(model, "_attr_to_rest_field", {}).values()}
    for key in dict(model):
        if key not in known:
            yield f"{where}/{key}"
        attribute = next((name for name, each in model._attr_to_rest_field.items() if each._rest_name == key), None)
        inner = getattr(model, attribute) if attribute else None
        for each in inner if isinstance(inner, list) else inner.values() if type(inner) is dict else [inner]:
            if hasattr(each, "_attr_to_rest_field"):
                yield from unknown_keys(each, f"{where}/{key}")


def leaves(fields: dict[str, Any], where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, field in fields.items():
        if field["type"] == "array":
            yield from leaves({f"{name}[{at}]": each for at, each in enumerate(field["valueArray"])}, where)
        elif field["type"] == "object":
            yield from leaves(field["valueObject"], f"{where}{name}.")
        else:
            yield f"{where}{name}", field


def words_of(text: str) -> list[str]:
    return html.unescape(text.replace("\\", "")).split()


def check(result: dict[str, Any]) -> ContentAnalyzerAnalyzeOperationStatus:
    """What must hold for every result, whatever the file is."""
    loaded = ContentAnalyzerAnalyzeOperationStatus(result)
    assert loaded.status == "Succeeded" and loaded.result is not None
    odd = {re.sub(r"\d+", "", each) for each in unknown_keys(loaded)}
    assert odd <= {"/result/contents/KeyFrameTimesMs"}, odd  # the service's own spelling, which its SDK knows, too
    for content, entry in zip(loaded.result.contents, result["result"]["contents"], strict=True):
        markdown = content.markdown

        def text_of(span: dict[str, int], markdown: str = markdown) -> str:
            assert span["offset"] >= 0 and span["offset"] + span["length"] <= len(markdown)
            return markdown[span["offset"] : span["offset"] + span["length"]]

        for name, leaf in leaves(entry["fields"]):
            assert 0 <= leaf["confidence"] <= 1
            assert "source" not in leaf or _SOURCE.fullmatch(leaf["source"]), (name, leaf["source"])
            for span in leaf.get("spans", ()):
                assert text_of(span).strip()
        for page in entry.get("pages", ()):
            for piece in (*page.get("words", ()), *page.get("lines", ())):
                assert words_of(text_of(piece["span"])) == words_of(piece["content"])
                assert _SOURCE.fullmatch(piece["source"])
        for paragraph in entry.get("paragraphs", ()):
            assert words_of(text_of(paragraph["span"])) == words_of(paragraph["content"])
        for table in entry.get("tables", ()):
            assert text_of(table["span"]).startswith("<table>")
            for cell in table["cells"]:
                assert words_of(text_of(cell["span"])) == words_of(cell["content"])
                for element in cell["elements"]:
                    assert entry["paragraphs"][int(element.rpartition("/")[2])]["content"] == cell["content"]
        for section in entry.get("sections", ()):
            for element in section["elements"]:
                _, kind, number = element.split("/")
                assert int(number) < len(entry[kind])
        for phrase in entry.get("transcriptPhrases", ()):
            assert words_of(text_of(phrase["span"])) == words_of(phrase["text"])
            for word in phrase["words"]:
                assert text_of(word["span"]) and phrase["startTimeMs"] <= word["startTimeMs"] <= phrase["endTimeMs"]
    return loaded


def test_a_pdf_is_a_document_in_inches() -> None:
    result = extracted(SAMPLES / "invoice" / "invoice.pdf", "invoice")
    loaded = check(result)
    (content,) = loaded.result.contents
    assert isinstance(content, DocumentContent) and (content.unit, content.mime_type) == ("inch", "application/pdf")
    assert content.pages[0].width == pytest.approx(8.27, abs=0.01) or content.pages[0].width == 8.5
    assert content.pages[0].words and content.tables and content.fields["total"].value > 0
    assert isinstance(content.fields["issue_date"].value, date)
    (_, leaf), *_ = [each for each in leaves(result["result"]["contents"][0]["fields"]) if each[0] == "total"]
    box = [float(each) for each in leaf["source"][2:-1].split(",")]
    assert box[0] == 1 and 0 < box[1] < box[3] < content.pages[0].width and 0 < box[2] < box[6]


@pytest.mark.models
def test_a_picture_is_a_document_in_pixels() -> None:
    loaded = check(extracted(SAMPLES / "receipt" / "receipt.jpg", "receipt", env={"MMI_OCR": "rapidocr"}))
    (content,) = loaded.result.contents
    assert isinstance(content, DocumentContent) and content.unit == "pixel"
    assert content.pages[0].words[0].confidence is not None and content.fields["total"].source.startswith("D(1,")


@pytest.mark.models
def test_a_recording_is_audio_visual_with_its_phrases() -> None:
    loaded = check(extracted(SAMPLES / "call" / "call.mp3", "caller string", env={"MMI_SPEECH": "faster-whisper"}))
    (content,) = loaded.result.contents
    assert isinstance(content, AudioVisualContent) and content.end_time_ms > 1000
    assert content.transcript_phrases[0].words and content.markdown.startswith("# Audio: 00:00.000 => ")


@pytest.mark.models
def test_a_video_has_shots_and_key_frames() -> None:
    loaded = check(extracted(SAMPLES / "video" / "report.mp4", "title string", env={"MMI_OCR": "rapidocr"}))
    (content,) = loaded.result.contents
    assert isinstance(content, AudioVisualContent) and content.width and content.height
    assert content.key_frame_times_ms and "Key Frames\n- " in content.markdown
    assert all(0 < each < content.end_time_ms for each in content.camera_shot_times_ms)


def test_a_transcript_is_audio_visual(tmp_path: Path) -> None:
    (tmp_path / "a.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.500\n<v Ann>I owe AT&amp;T 40 dollars\n")
    result = extracted(tmp_path / "a.vtt", "amount integer")
    (content,) = check(result).result.contents
    field = content.fields["amount"]
    assert isinstance(content, AudioVisualContent) and (field.value, field.source) == (40, "AV(1000)")
    assert content.markdown == (
        "# Audio: 00:00.000 => 00:02.500\n\nTranscript\n```\nWEBVTT\n\n"
        "00:01.000 --> 00:02.500\n<v Ann>I owe AT&amp;T 40 dollars\n```\n"
    )
    assert [content.markdown[each.offset :][: each.length] for each in field.spans] == ["40"]


def test_spans_hold_where_text_is_escaped_and_where_a_value_runs_over_cells(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        "<p>Company: R&amp;D &lt;b&gt; Ltd</p><table><tr><th>Item</th><th>Price</th></tr>"
        "<tr><td>Nuts &amp; bolts</td><td>4.00</td></tr></table><p># Total: 9.50</p>"
    )
    result = extracted(tmp_path / "a.html", "company, total number, lines[] {item, price number}")
    (content,) = check(result).result.contents
    markdown = content.markdown
    found = {
        name: [html.unescape(markdown[s["offset"] :][: s["length"]]) for s in leaf.get("spans", ())]
        for name, leaf in leaves(result["result"]["contents"][0]["fields"])
    }
    assert found["company"] == ["R&D <b> Ltd"] and found["total"] == ["9.50"]
    assert found["lines[0].item"] == ["Nuts & bolts"] and found["lines[0].price"] == ["4.00"]


def test_a_file_without_pages_says_no_size_and_a_sheet_counts_as_a_page(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["Total", 12.5])
    book.create_sheet("Second").append(["Date", "2026-01-02"])
    book.save(tmp_path / "a.xlsx")
    (content,) = check(extracted(tmp_path / "a.xlsx", "total number, date date")).result.contents
    assert [page.page_number for page in content.pages] == [1, 2] and content.pages[0].width is None
    assert (content.end_page_number, content.unit) == (2, None)
    assert content.fields["total"].value == 12.5 and content.fields["total"].source is None


def test_what_cannot_be_read_has_failed_and_what_is_empty_has_no_contents(tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4\n1 0 obj\n")
    (tmp_path / "empty.txt").write_bytes(b"")
    ran = mmi("extract", str(tmp_path / "broken.pdf"), "-s", "a string", "--format", "content-understanding", cwd=ROOT)
    failed = ContentAnalyzerAnalyzeOperationStatus(json.loads(ran.out))
    assert (ran.code, failed.status, failed.error.code) == (3, "Failed", "corrupt")
    empty = ContentAnalyzerAnalyzeOperationStatus(extracted(tmp_path / "empty.txt", "a string"))
    assert (empty.status, empty.result.contents, empty.result.warnings[0].code) == ("Succeeded", [], "empty")


def test_a_packet_has_one_content_a_paper_and_its_spans_count_there(tmp_path: Path) -> None:
    write_pdf(
        tmp_path / "p.pdf",
        lines(60, 760, ["INVOICE", "Invoice number: INV-7", "Due date: 2026-02-03", "Total: 12.00"]),
        lines(60, 760, ["RECEIPT", "Corner Shop", "Cash 5.00", "Change 1.00", "Total: 4.00"]),
    )
    (tmp_path / "r.yaml").write_text(
        "name: packet\nsplit: true\ncategories:\n"
        "  bill: {description: An invoice, schema: invoice}\n  slip: {description: A shop receipt, schema: receipt}\n"
    )
    result = extracted(tmp_path / "p.pdf", str(tmp_path / "r.yaml"))
    whole, *papers = check(result).result.contents
    assert [(each.category, each.start_page_number, each.end_page_number) for each in whole.segments] == [
        ("bill", 1, 1), ("slip", 2, 2),
    ]  # fmt: skip
    assert [(each.path, each.category, each.pages[0].page_number) for each in papers] == [
        ("input1/segment1", "bill", 1), ("input1/segment2", "slip", 2),
    ]  # fmt: skip
    for each, segment, total in zip(papers, whole.segments, ("12.00", "4.00"), strict=True):
        assert whole.markdown[segment.span.offset :][: segment.span.length] == each.markdown
        (span,) = each.fields["total"].spans
        assert each.markdown[span.offset :][: span.length] == total


def test_a_run_writes_one_result_a_file_and_does_a_file_again_that_lacks_it(good: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = ("run", ".", "-s", "total number", "-o", str(out))
    assert mmi(*run, "--content", cwd=good).code == 0 and not list(out.rglob("*.result.json"))
    assert mmi(*run, "--format", "content-understanding", cwd=good).code == 0
    files = sorted(out.rglob("*.result.json"))
    assert [path.relative_to(out).as_posix() for path in files] == [
        "content/a.txt.result.json", "content/b.txt.result.json",
    ]  # fmt: skip
    assert [check(json.loads(path.read_text())).result.contents[0].fields["total"].value for path in files] == [9.5, 12]
    stamps = [path.stat().st_mtime_ns for path in files]
    assert mmi(*run, "--format", "content-understanding", cwd=good).code == 0
    assert [path.stat().st_mtime_ns for path in files] == stamps
    assert len((out / "results.jsonl").read_text().splitlines()) == 2
    refused = mmi(*run[:-1], "-", "--format", "content-understanding", cwd=good)
    assert refused.code == 2 and "--output is a folder" in refused.err


def test_read_gives_the_content_without_fields(good: Path) -> None:
    (result,) = results(mmi("read", "a.txt", "--format", "content-understanding", cwd=good))
    (content,) = check(result).result.contents
    assert content.fields == {} and "Total: 9.50" in content.markdown and content.mime_type == "text/plain"


def test_every_exported_analyzer_loads() -> None:
    for name in built_in_names():
        analyzer, _ = to_analyzer(load_schema(name))
        loaded = ContentAnalyzer(analyzer)
        odd = {re.sub(r"/fields/.*/", "/fields/", each) for each in unknown_keys(loaded)}
        assert not odd, (name, odd)


_STORED = (
    # (stored result, file, schema; None: read alone)
    ("01_invoice_custom/expected_result_full.json", "invoice.pdf", "template.json"),
    ("16_policy_layout/expected_policy_driver_1.result.json", "policy_driver_1.pdf", None),
    ("16_policy_layout/expected_policy_driver_2.result.json", "policy_driver_2.pdf", None),
    ("09_call_transcript_to_fields/expected_result_full.json", "transcript.vtt.txt", "template.json"),
)


@pytest.mark.skipif(not DATA.is_dir(), reason=f"no stored results of the service at {DATA}")
@pytest.mark.parametrize(("stored", "file", "template"), _STORED, ids=[each[0] for each in _STORED])
def test_the_stored_results_of_the_service_have_no_key_that_ours_lacks(
    stored: str, file: str, template: str | None
) -> None:
    theirs = json.loads((DATA / stored).read_text("utf-8"))
    folder = (DATA / stored).parent
    if template is None:
        (ours,) = results(mmi("read", folder / file, "--format", "content-understanding", cwd=ROOT))
    else:
        ours = extracted(folder / file, str(folder / template))

    def keys(value: Any, where: str = "") -> Iterator[str]:
        if isinstance(value, dict):
            for key, each in value.items():
                yield f"{where}/{key}"
                yield from keys(each, f"{where}/{key}")
        for each in value if isinstance(value, list) else ():
            yield from keys(each, where)

    lacking = {
        each
        for each in set(keys(theirs)) - set(keys(ours))
        if not each.startswith(("/usage/", "/result/contents/fields/"))
    }
    # No clock in results; text that was not recognised has no probability, and a transcript no language.
    assert lacking <= {
        "/result/createdAt", "/result/contents/pages/words/confidence", "/result/contents/transcriptPhrases/confidence",
        "/result/contents/transcriptPhrases/locale",
    }  # fmt: skip
    (there,), (here,) = (each["result"]["contents"] for each in (theirs, ours))
    assert [each["text"] for each in here.get("transcriptPhrases", ())] == [
        each["text"] for each in there.get("transcriptPhrases", ())
    ]
    if template is None:
        assert_same_words_in_the_same_places(there, here)


def assert_same_words_in_the_same_places(there: dict[str, Any], here: dict[str, Any]) -> None:
    found = placed = count = 0
    for theirs, ours in zip(there["pages"], here["pages"], strict=True):
        assert (theirs["width"], theirs["height"]) == pytest.approx((ours["width"], ours["height"]), abs=0.01)
        middles = [(each["content"], middle_of(each["source"])) for each in ours["words"]]
        for word in theirs["words"]:
            same = [middle for text, middle in middles if text == word["content"]]
            x, y = middle_of(word["source"])
            count, found = count + 1, found + bool(same)
            placed += any(abs(x - a) < 0.06 and abs(y - b) < 0.06 for a, b in same)  # inches
    assert found >= 0.98 * count and placed >= 0.98 * found, (count, found, placed)


def middle_of(source: str) -> tuple[float, float]:
    numbers = [float(each) for each in source[2:-1].split(",")][1:]
    return sum(numbers[0::2]) / 4, sum(numbers[1::2]) / 4


_TEMPLATES = sorted(DATA.glob("*/template*.json")) if DATA.is_dir() else []
_INPUTS = {"01": ("invoice.pdf", {}), "03": ("receipt.png", {"MMI_OCR": "rapidocr"}), "09": ("transcript.vtt.txt", {})}


@pytest.mark.skipif(not _TEMPLATES, reason=f"no analyzers of the service at {DATA}")
@pytest.mark.models
@pytest.mark.parametrize("template", _TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_service_s_own_analyzers_run_unchanged(template: Path) -> None:
    name, env = _INPUTS.get(template.parent.name[:2], ("", {}))
    path = template.parent / name if name else DATA / "09_call_transcript_to_fields" / "transcript.vtt.txt"
    result = extracted(path, str(template), env=env)
    check(result)
    (entry,) = result["result"]["contents"]
    asked = json.loads(template.read_text("utf-8"))["fieldSchema"]["fields"]
    assert {field: value["type"] for field, value in entry["fields"].items()} == {
        field: value["type"] for field, value in asked.items()
    }
