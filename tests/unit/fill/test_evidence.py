"""A span of the text is shown where it stands."""

from __future__ import annotations

import pytest

from mmi_cli.datamodel.content import (
    FrameBox,
    Page,
    PageBox,
    ParagraphPlace,
    Place,
    SheetCell,
    SlideShape,
    TimeSpan,
)
from mmi_cli.datamodel.content_builder import ContentBuilder, WordIn
from mmi_cli.datamodel.record import Evidence
from mmi_cli.fill.evidence import evidence_of_span


def evidence(lines: list[list[WordIn]], value: str) -> tuple[Evidence, ...]:
    builder = ContentBuilder()
    builder.add_page(Page(number=1, width=600, height=800, unit="pt", source="text_layer", reason="made"))
    builder.add_block("paragraph", lines)
    content = builder.build()
    start = content.text.index(value)
    return evidence_of_span(content, start, start + len(value), "exact")


def boxed(text: str, x0: float, y0: float, x1: float, y1: float, page: int = 1) -> WordIn:
    return text, PageBox(page, (x0, y0, x1, y1)), None


def test_words_of_a_line_have_one_box_with_page_size_and_unit() -> None:
    (piece,) = evidence(
        [[boxed("Total", 10, 10, 50, 20), boxed("due", 55, 9, 80, 21), boxed("9.00", 85, 10, 110, 20)]], "Total due"
    )
    assert piece.to_json() == {
        "text": "Total due", "match": "exact", "span": [0, 9], "page": 1, "box": [10, 9, 80, 21], "page_size": [600, 800], "unit": "pt",
    }  # fmt: skip


def test_lines_are_shown_one_by_one() -> None:
    lines = [[boxed("1", 0, 0, 5, 9), boxed("High", 6, 0, 30, 9)], [boxed("Street", 0, 12, 40, 20)]]
    assert [(piece.text, piece.box) for piece in evidence(lines, "1 High\nStreet")] == [
        ("1 High", (0, 0, 30, 9)),
        ("Street", (0, 12, 40, 20)),
    ]


def test_a_number_glued_to_letters_has_its_share_of_the_box() -> None:
    (piece,) = evidence([[boxed("RM9.00", 0, 0, 60, 10)]], "9.00")
    assert (piece.text, piece.box) == ("9.00", (20, 0, 60, 10))


def test_punctuation_beside_a_value_does_not_cut_its_box() -> None:
    (piece,) = evidence([[boxed("(9.00):", 0, 0, 70, 10)]], "9.00")
    assert piece.box == (0, 0, 70, 10)


def test_text_that_runs_upwards_keeps_its_whole_box() -> None:
    (piece,) = evidence([[boxed("RM9.00", 0, 0, 10, 60)]], "9.00")
    assert piece.box == (0, 0, 10, 60)


def test_speech_is_one_stretch_of_time_a_speaker() -> None:
    words: list[WordIn] = [
        ("two", TimeSpan(1.0, 1.2, "A"), 0.9), ("coffees", TimeSpan(1.3, 1.9, "A"), 0.8), ("yes", TimeSpan(2.5, 2.8, "B"), 0.9),
    ]  # fmt: skip
    assert [
        (piece.text, piece.start_s, piece.end_s, piece.speaker) for piece in evidence([words], "two coffees yes")
    ] == [
        ("two coffees", 1.0, 1.9, "A"),
        ("yes", 2.5, 2.8, "B"),
    ]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (SheetCell("S", "A1"), SheetCell("S", "A1"), [{"sheet": "S", "cell": "A1"}]),
        (SheetCell("S", "A1"), SheetCell("S", "B1"), [{"sheet": "S", "cell": "A1"}, {"sheet": "S", "cell": "B1"}]),
        (SlideShape(2, "Title"), SlideShape(2, "Title"), [{"slide": 2, "shape": "Title"}]),
        (ParagraphPlace(3), ParagraphPlace(4), [{"paragraph": 3}, {"paragraph": 4}]),
        (FrameBox(1.5, (0, 0, 9, 9)), FrameBox(1.5, (10, 0, 19, 9)), [{"box": [0, 0, 19, 9], "frame_s": 1.5}]),
        (FrameBox(1.5, (0, 0, 9, 9)), PageBox(2, (0, 0, 9, 9)), [{"box": [0, 0, 9, 9], "frame_s": 1.5}, {"page": 2, "box": [0, 0, 9, 9]}]),
    ],
)  # fmt: skip
def test_each_cell_shape_paragraph_and_frame_is_a_piece(
    first: Place, second: Place, expected: list[dict[str, object]]
) -> None:
    pieces = [piece.to_json() for piece in evidence([[("a", first, None), ("b", second, None)]], "a b")]
    assert [
        {key: value for key, value in piece.items() if key not in ("text", "match", "span")} for piece in pieces
    ] == expected


def test_words_of_an_attachment_name_their_part_and_its_page() -> None:
    inner = ContentBuilder()
    inner.add_page(Page(number=1, width=100, height=50, unit="px", source="ocr", reason="made"))
    inner.add_block("paragraph", [[boxed("inside", 1, 1, 9, 9)]])
    outer = ContentBuilder()
    outer.add_page(Page(number=1, width=600, height=800, unit="pt", source="text_layer", reason="made"))
    outer.add_block("paragraph", [[boxed("outside", 1, 1, 9, 9)]])
    outer.add_part("scan.png", "image/png", inner.build())
    content = outer.build()
    start = content.text.index("inside")
    (piece,) = evidence_of_span(content, start, start + 6, "fuzzy")
    assert (piece.part, piece.page_size, piece.unit) == ("scan.png", (100, 50), "px")


def test_a_span_without_words_has_no_evidence() -> None:
    builder = ContentBuilder()
    builder.add_block("paragraph", [[boxed("a", 0, 0, 1, 1)], [boxed("b", 0, 2, 1, 3)]])
    assert evidence_of_span(builder.build(), 1, 2, "exact") == ()
