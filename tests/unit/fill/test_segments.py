"""Segments: what stands together in a row of a page, what is right of it, below it and in its block."""

from __future__ import annotations

import time
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from mmi_cli.datamodel.content import Content, Page, PageBox, ParagraphPlace
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.fill.segments import Segment, Segments
from tests.support.pages import page_of

FORM = page_of(
    "Advertiser           Order #        Order Date",
    "Meridian Optics LLC  4711-A         3 May 2021",
)


def table_without_boxes(*rows: Sequence[str]) -> Content:
    """Cells that are parted by tabs, as readers of Office files give them."""
    builder = ContentBuilder()
    builder.add_table([[[(word, ParagraphPlace(1), None) for word in cell.split()] for cell in row] for row in rows])
    return builder.build()


def texts(segments: Sequence[Segment]) -> list[str]:
    return [segment.text for segment in segments]


def named(segments: Segments, text: str) -> Segment:
    return next(segment for segment in segments.all if segment.text == text)


def test_a_gap_wider_than_a_space_parts_two_segments() -> None:
    assert texts(Segments(FORM).all) == [
        "Advertiser", "Order #", "Order Date", "Meridian Optics LLC", "4711-A", "3 May 2021",
    ]  # fmt: skip


def test_words_of_different_pages_are_never_one_segment() -> None:
    builder = ContentBuilder()
    for number in (1, 2):
        builder.add_page(Page(number=number, width=600, height=800, unit="pt", source="text_layer", reason="made"))
    box = (10.0, 10.0, 60.0, 20.0)
    builder.add_block("paragraph", [[("Order", PageBox(1, box), None), ("Date", PageBox(2, box), None)]])
    found = Segments(builder.build())
    assert [(segment.text, segment.page) for segment in found.all] == [("Order", 1), ("Date", 2)]


def seen_from_aside(rows: int, *, score: float | None) -> Content:
    """Names and amounts of a page whose rows fall to the right at its top and rise at its bottom, as the reader put them in lines."""
    builder = ContentBuilder()
    builder.add_page(Page(number=1, width=900, height=900, unit="px", source="ocr", reason="made for a test"))
    lines = []
    for row in range(rows):
        words = []
        for text, x in ((f"Name{row}", 40.0), (f"{row}.00", 800.0)):
            y = 40.0 * row + 40 + (0.05 - 0.11 * row / rows) * (x - 450)
            words.append((text, PageBox(1, (x, y, x + 80, y + 30)), score))
        lines.append(words)
    builder.add_block("paragraph", lines)
    return builder.build()


def test_rows_of_a_photograph_that_is_askew_hold_what_the_reader_put_into_one_line() -> None:
    found = Segments(seen_from_aside(18, score=0.9))
    for row in range(18):
        right = found.right_of(named(found, f"Name{row}"))
        assert right is not None
        assert right[0].text == f"{row}.00"


def test_boxes_of_a_page_that_is_no_photograph_stay_as_they_are() -> None:
    assert [segment.box for segment in Segments(seen_from_aside(18, score=None)).all][1] == (800.0, 57.5, 880.0, 87.5)
    level = Segments(page_of(*(f"Name{row}          {row}.00" for row in range(9)), scores=0.9))
    assert [segment.box[1] for segment in level.all if segment.box][:3] == [40.0, 40.0, 54.0]


def test_the_next_segment_of_the_row_is_right_with_its_gap_in_heights_of_the_row() -> None:
    found = Segments(page_of("Order Date     3 May 2021", "Order #        4711-A"))
    right = found.right_of(named(found, "Order Date"))
    assert right is not None
    assert right[0].text == "3 May 2021"
    assert abs(right[1] - 5 * 6 / 11) < 1e-6
    assert found.right_of(named(found, "4711-A")) is None


def test_what_begins_under_the_label_is_below_it_and_other_columns_are_not() -> None:
    found = Segments(FORM)
    assert texts(found.below(named(found, "Order #"))) == ["4711-A"]
    assert texts(found.below(named(found, "Order Date"))) == ["3 May 2021"]
    assert found.below(named(found, "4711-A")) == ()


def test_a_row_too_far_down_is_not_below() -> None:
    found = Segments(page_of("Order Date", "", "", "", "", "3 May 2021"))
    assert found.below(named(found, "Order Date")) == ()


def test_a_block_is_what_stands_close_under_one_another_at_one_left_edge() -> None:
    found = Segments(
        page_of(
            "Harbour Light AG       Page 1", "Quay Road 5            Copy", "80331 Munich", "", "", "Dear customer,"
        )
    )
    block = ["Harbour Light AG", "Quay Road 5", "80331 Munich"]
    for text in block:
        assert texts(found.block_of(named(found, text))) == block
    assert texts(found.block_of(named(found, "Dear customer,"))) == ["Dear customer,"]


def test_without_boxes_cells_part_segments_and_the_cell_of_the_next_row_is_below() -> None:
    found = Segments(table_without_boxes(("Advertiser", "Order #"), ("Meridian Optics LLC", "4711-A"), ("Alone",)))
    assert texts(found.all) == ["Advertiser", "Order #", "Meridian Optics LLC", "4711-A", "Alone"]
    right = found.right_of(named(found, "Advertiser"))
    assert right is not None
    assert (right[0].text, right[1]) == ("Order #", 1.0)
    assert texts(found.below(named(found, "Order #"))) == ["4711-A"]
    assert found.below(named(found, "4711-A")) == ()


def test_the_segment_of_a_character_is_the_one_that_holds_it() -> None:
    found = Segments(FORM)
    at = FORM.text.index("4711-A") + 3
    segment = found.at(at)
    assert segment is not None
    assert segment.text == "4711-A"
    assert Segments(page_of()).at(0) is None


coordinates = st.floats(min_value=-50, max_value=700, allow_nan=False)
boxes = st.tuples(coordinates, coordinates, coordinates, coordinates).map(
    lambda b: (min(b[0], b[2]), min(b[1], b[3]), max(b[0], b[2]), max(b[1], b[3]))
)
places = st.one_of(st.builds(PageBox, st.integers(1, 2), boxes), st.just(ParagraphPlace(1)))
words = st.tuples(st.text("aZ0:#.é契ש", min_size=1, max_size=6), places, st.none())


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(words, min_size=1, max_size=6), max_size=8))
def test_any_words_anywhere_are_covered_once_in_order_and_every_question_ends(
    lines: list[list[tuple[str, PageBox | ParagraphPlace, None]]],
) -> None:
    builder = ContentBuilder()
    for number in (1, 2):
        builder.add_page(Page(number=number, width=600, height=800, unit="pt", source="text_layer", reason="made"))
    builder.add_block("paragraph", lines)
    content = builder.build()
    found = Segments(content)
    covered = [word for segment in found.all for word in segment.text.split()]
    assert covered == [word.text for word in content.words]
    assert [segment.number for segment in found.all] == list(range(len(found.all)))
    assert all(a.end <= b.start for a, b in zip(found.all, found.all[1:], strict=False))
    for segment in found.all:
        assert content.text[segment.start : segment.end] == segment.text
        assert found.at(segment.start) is segment
        right = found.right_of(segment)
        assert right is None or right[0] is not segment
        below = found.below(segment)
        assert segment not in below
        assert len(below) <= 3
        block = found.block_of(segment)
        assert segment in block
        assert len({each.number for each in block}) == len(block)


def test_a_page_of_many_thousand_segments_is_asked_quickly() -> None:
    found = Segments(page_of(*("  ".join("ab" for _ in range(20)) for _ in range(400))))
    assert len(found.all) == 8_000
    begin = time.process_time()
    for segment in found.all[::20]:
        found.right_of(segment)
        found.below(segment)
        found.block_of(segment)
    assert time.process_time() - begin < 2
