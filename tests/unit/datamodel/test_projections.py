"""Markdown, plain text and JSON of what was read, and JSON back again."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace

import pytest
from hypothesis import given

from mmi_cli.datamodel.content import (
    Content,
    FrameBox,
    Media,
    Page,
    PageBox,
    ParagraphPlace,
    SheetCell,
    Shot,
    SlideShape,
    TimeSpan,
    Usage,
)
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.datamodel.content_json import from_json, to_json
from mmi_cli.datamodel.figure import Chart, ChartMark, Colour, Figure, Tag
from mmi_cli.datamodel.markdown import clock, to_markdown
from mmi_cli.datamodel.plain_text import to_text
from mmi_cli.datamodel.record import dump_line
from tests.unit.datamodel.test_content_builder import nested

PLACE = ParagraphPlace(1)


def a_document() -> ContentBuilder:
    builder = ContentBuilder()
    builder.add_text_block("title", "Report", PageBox(1, (1.0, 2.0, 3.5, 4.25)), level=1)
    builder.add_text_block("list_item", "first", PageBox(1, (1, 2, 3, 4)), label="1.")
    builder.add_text_block("list_item", "inner", PageBox(1, (1, 2, 3, 4)), level=1, label="•")
    builder.add_text_block("paragraph", "Next page", PageBox(2, (0, 0, 1, 1)))
    return builder


def test_structure_becomes_markdown() -> None:
    assert to_markdown(a_document().build()) == (
        "# Report\n\n1. first\n    - inner\n\n<!-- PageBreak -->\n\nNext page\n"
    )


def test_plain_text_keeps_list_markers() -> None:
    assert to_text(a_document().build()) == "Report\n\n1. first\n    • inner\n\nNext page\n"


def cells(*rows: list[str]) -> list[list[list[tuple[str, ParagraphPlace, None]]]]:
    return [[[(word, PLACE, None) for word in cell.split()] for cell in row] for row in rows]


def test_simple_tables_are_pipes_and_bars_in_cells_are_escaped() -> None:
    builder = ContentBuilder()
    builder.add_table(cells(["Name", "Sum"], ["a|b", ""], ["", "3"]), header_rows=1)
    assert to_markdown(builder.build()) == "| Name | Sum |\n| --- | --- |\n| a\\|b |  |\n|  | 3 |\n"
    assert to_text(builder.build()) == "Name\tSum\na|b\n\t3\n"


def test_spanning_tables_are_html() -> None:
    builder = ContentBuilder()
    builder.add_table(cells(["Both", ""], ["a<b", "c"]), spans={(0, 0): (1, 2)}, header_rows=1)
    assert to_markdown(builder.build()) == (
        '<table>\n<tr><th colspan="2">Both</th></tr>\n<tr><td>a&lt;b</td><td>c</td></tr>\n</table>\n'
    )


def test_sheets_and_slides_are_marked() -> None:
    builder = ContentBuilder()
    builder.add_table([[[("1", SheetCell("Costs", "A1"), None)]]], label="Costs")
    builder.add_text_block("paragraph", "x", SlideShape(1, "Title"))
    builder.add_text_block("paragraph", "y", SlideShape(2, "Title"))
    assert to_markdown(builder.build()) == (
        "## Costs\n\n| 1 |\n| --- |\n\n<!-- Slide 1 -->\n\nx\n\n<!-- PageBreak -->\n\n<!-- Slide 2 -->\n\ny\n"
    )


def test_parts_are_marked_where_they_begin() -> None:
    inner = ContentBuilder()
    inner.add_text_block("paragraph", "inside", PLACE)
    builder = ContentBuilder()
    builder.add_text_block("metadata", "From: a\nTo: b", PLACE)
    builder.add_part("a.txt", "text/plain", inner.build())
    assert to_markdown(builder.build()) == "From: a  \nTo: b\n\n---\n\n**File inside: a.txt**\n\ninside\n"


def test_speech_and_shots_have_their_times() -> None:
    builder = ContentBuilder()
    builder.media = Media(
        duration_s=9, has_audio=True, has_video=True, shots=(Shot(start_s=0, end_s=3.2, start_frame=0),)
    )
    builder.add_block("shot", [])
    builder.add_block(
        "utterance", [[("Hello", TimeSpan(3.21, 3.5, "Speaker 1"), 0.9), ("there", TimeSpan(3.5, 4, "Speaker 1"), 0.9)]]
    )
    builder.add_text_block("on_screen_text", "SALE\n50 %", FrameBox(1.0, (0, 0, 1, 1)))
    assert to_markdown(builder.build()) == (
        "## Shot 1 00:00:00.0 – 00:00:03.2\n\n**Speaker 1** [00:00:03.2] Hello there\n\n> SALE\n> 50 %\n"
    )


def test_text_cannot_become_markup() -> None:
    builder = ContentBuilder()
    for text in (
        "# no heading",
        "- no item",
        "1. no item",
        "> no quote",
        "<script>alert(1)</script>",
        "---",
        "```",
        "=",
        "[a](javascript:x)",
        "![a](http://x)",
        "a | b\n--- | ---",
    ):
        builder.add_text_block("paragraph", text, PLACE)
    builder.add_text_block("header", "--> <script>", PLACE)
    builder.add_text_block("code", "a ``` b", PLACE)
    markdown = to_markdown(builder.build())
    assert "<script" not in markdown.replace("&lt;script", "")
    from markdown_it import MarkdownIt

    html = MarkdownIt("commonmark").enable("table").render(markdown)
    assert not re.search(r"<(h\d|li|blockquote|hr|script|a|img|table)\b", html)
    assert html.count("<pre>") == 1


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "00:00:00.0"), (3.25, "00:00:03.2"), (59.96, "00:01:00.0"), (3723.4, "01:02:03.4")]
)
def test_clock(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


@given(nested)
def test_json_comes_back_as_it_was(content: Content) -> None:
    assert from_json(json.loads(dump_line(to_json(content)))) == content


def test_every_field_survives_json() -> None:
    builder = a_document()
    builder.add_table(
        cells(["a", "b"], ["c", "d"]), spans={(0, 0): (2, 1)}, header_rows=1, label="t", page=2, box=(0, 1.5, 2, 3)
    )
    builder.add_text_block("paragraph", "seen", FrameBox(1.25, (1, 2, 3, 4)))
    builder.add_block("utterance", [[("said", TimeSpan(0.5, 1.0), 0.75)]])
    builder.add_text_block("paragraph", "shape", SlideShape(1, "Title 1"))
    builder.add_page(Page(number=1, width=595.5, height=842, unit="pt", source="ocr", reason="no text", rotation=90))
    builder.media = Media(
        duration_s=9.5, has_audio=True, has_video=True, width=640, height=480,
        shots=(Shot(start_s=0, end_s=3, start_frame=0, key_frames_s=(1.5, 2.0)), Shot(start_s=3, end_s=9.5, start_frame=75)),
    )  # fmt: skip
    builder.language = "de"
    builder.add_metadata("title", "Größe")
    builder.add_warning("code", "message")
    builder.add_usage(Usage(audio_seconds=9.5))
    builder.add_engine("ocr", "x-1")
    builder.add_part("p.txt", "text/plain", a_document().build())
    content = builder.build()
    again = from_json(json.loads(json.dumps(to_json(content))))
    assert again == content
    assert again.words[0].place == content.words[0].place
    assert type(again.words[0].place) is type(content.words[0].place)
    assert hash(again) == hash(content)


def test_what_is_no_content_is_refused() -> None:
    good = to_json(a_document().build())
    for bad in (
        {},
        {**good, "content_version": 2},
        {**good, "words": [{}]},
        {**good, "blocks": [{"kind": "x", "odd": 1}]},
    ):
        with pytest.raises(ValueError, match="content"):
            from_json(bad)


def test_words_without_blocks_are_still_projected() -> None:
    content = replace(a_document().build(), blocks=(), tables=())
    assert to_text(content) == content.text + "\n"
    assert "Next page" in to_markdown(content)


def test_a_hundred_pages_take_less_than_a_few_seconds() -> None:
    builder = ContentBuilder()
    for page in range(1, 101):
        for line in range(50):
            builder.add_block(
                "paragraph", [[(f"word{n}", PageBox(page, (n, line, n + 1, line + 1)), None) for n in range(10)]]
            )
    content = builder.build()
    started = time.perf_counter()
    to_markdown(content)
    to_text(content)
    from_json(json.loads(dump_line(to_json(content))))
    assert time.perf_counter() - started < 5.0  # 0.5 s on an idle core; the machines of tests are not


def test_figures_come_back_from_json_as_they_were() -> None:
    builder = ContentBuilder()
    mark = ChartMark(series="a", x="Mon", y=2.5, box=(1, 2, 3, 4), confidence=0.9, y_text="2.5")
    chart = Chart(
        kind="bar", confidence=0.8, title="T", series=("a", "b"), marks=(mark,), title_box=(0, 0, 1, 1), warnings=("w",)
    )
    builder.add_figure(Figure(kind="chart", block=-1, page=1, box=(0.0, 0.0, 9.0, 9.0), caption=(0, 0), chart=chart))
    builder.add_figure(
        Figure(kind="picture", block=-1, tags=(Tag("cat", 0.7),), colours=(Colour("red", "#ff0000", 0.5),))
    )
    content = builder.build()
    assert from_json(json.loads(json.dumps(to_json(content)))) == content
