"""The word index: whatever is put in, offsets point at words and blocks cover them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmi_cli.datamodel.content import Content, Page, PageBox, ParagraphPlace, SheetCell, TimeSpan
from mmi_cli.datamodel.content_builder import ContentBuilder, clean_text
from mmi_cli.datamodel.figure import Figure

hostile_text = st.text(alphabet=st.characters(codec=None), max_size=30) | st.sampled_from(
    ["plain", "a b", " ", "", "\x00", "\u202eevil", "\ud800", "x\u200by", "\r\n", "é\tü", "\x85", "漢字", "\ufeff"]
)
places = st.one_of(
    st.builds(ParagraphPlace, st.integers(1, 99)),
    st.builds(PageBox, st.integers(1, 3), st.tuples(*[st.floats(0, 1000)] * 4)),
    st.builds(TimeSpan, st.floats(0, 9), st.floats(0, 9), st.none() | st.just("Speaker 1")),
    st.builds(SheetCell, st.just("S"), st.just("A1")),
)
words = st.tuples(hostile_text, places, st.none() | st.floats(0, 1))
lines = st.lists(st.lists(words, max_size=4), max_size=3)
tables = st.lists(st.lists(st.lists(words, max_size=2), max_size=3), max_size=3)
actions = st.lists(
    st.one_of(
        st.tuples(st.just("block"), lines),
        st.tuples(st.just("text"), hostile_text),
        st.tuples(st.just("table"), tables),
        st.tuples(st.just("figure"), st.just(None)),
    ),
    max_size=6,
)


def build(steps: list[tuple[str, object]], parts: list[Content] = []) -> Content:  # noqa: B006 - never changed
    builder = ContentBuilder()
    for kind, given_value in steps:
        if kind == "block":
            builder.add_block("paragraph", given_value)  # type: ignore[arg-type]
        elif kind == "text":
            builder.add_text_block("paragraph", str(given_value), ParagraphPlace(1))
        elif kind == "table":
            builder.add_table(given_value)  # type: ignore[arg-type]
        else:
            builder.add_block("figure", [], label="a figure")
    for part in parts:
        builder.add_part("part.txt", "text/plain", part)
    return builder.build()


contents = st.builds(build, actions)
nested = st.builds(build, actions, st.lists(contents, max_size=2))


@given(nested)
def test_offsets_always_point_at_their_words(content: Content) -> None:
    for word in content.words:
        assert content.text[word.offset : word.offset + len(word.text)] == word.text
        assert word.text
        assert not any(character.isspace() for character in word.text)
        assert clean_text(word.text) == word.text


@given(nested)
def test_between_words_is_only_white_space_and_words_are_in_order(content: Content) -> None:
    end = 0
    for word in content.words:
        assert word.offset >= end
        gap = content.text[end : word.offset]
        assert gap == "" if end == 0 else gap in (" ", "\t", "\n", "\n\n")
        end = word.offset + len(word.text)
    assert end == len(content.text)


@given(nested)
def test_blocks_cover_all_words_in_order(content: Content) -> None:
    at = 0
    for block in content.blocks:
        assert block.first == at
        assert block.last >= block.first
        at = block.last
    assert at == len(content.words)


@given(nested)
def test_cells_cover_their_block_in_order(content: Content) -> None:
    for table in content.tables:
        block = content.blocks[table.block]
        assert block.kind == "table"
        at = block.first
        for cell in table.cells:
            assert cell.first == at
            assert cell.row < table.rows
            assert cell.column < table.columns
            at = cell.last
        assert at == block.last


@given(nested, st.data())
def test_a_span_maps_back_to_the_words_it_touches(content: Content, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(content.text)))
    end = data.draw(st.integers(start, len(content.text)))
    touched = [
        index for index, word in enumerate(content.words) if word.offset < end and word.offset + len(word.text) > start
    ]
    assert list(content.words_of_span(start, end)) == touched


@given(nested)
def test_lines_cover_all_words_and_never_cross_a_line_break(content: Content) -> None:
    at = 0
    for first, last in content.lines():
        assert first == at < last
        assert "\n" not in content.text_of(first, last)
        at = last
    assert at == len(content.words)


@given(contents, contents)
def test_a_part_keeps_its_text_and_places(parent: Content, inner: Content) -> None:
    builder = ContentBuilder()
    builder.add_part("parent", "text/plain", parent)
    builder.add_part("inner.txt", "text/plain", inner)
    content = builder.build()
    first, second = content.parts
    assert content.text[first.start : first.end] == parent.text
    assert content.text[second.start : second.end] == inner.text
    assert [word.place for word in content.words] == [word.place for word in (*parent.words, *inner.words)]
    for word in content.words:
        part = content.part_at(word.offset)
        assert part is not None
        assert part.start <= word.offset < part.end


def test_parts_of_the_same_name_are_told_apart_and_nested_ones_named_by_path() -> None:
    inner = ContentBuilder()
    inner.add_text_block("paragraph", "deep", ParagraphPlace(1))
    inner.add_page(Page(number=1, width=1, height=1, unit="pt", source="none", reason=""))
    middle = ContentBuilder()
    middle.add_part("a.txt", "text/plain", inner.build())
    outer = ContentBuilder()
    for _ in range(2):
        outer.add_part("mail.eml", "message/rfc822", middle.build())
    content = outer.build()
    assert [part.name for part in content.parts] == ["mail.eml", "mail.eml/a.txt", "mail.eml (2)", "mail.eml (2)/a.txt"]
    assert [page.part for page in content.pages] == ["mail.eml/a.txt", "mail.eml (2)/a.txt"]
    found = content.part_at(content.text.rindex("deep"))
    assert found is not None
    assert found.name == "mail.eml (2)/a.txt"
    assert content.usage.pages == 2


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n", "\x0b", "\x0c", "\x1e", "\x85", "\u2028"])
def test_whatever_ends_a_line_parts_words(end: str) -> None:
    builder = ContentBuilder()
    builder.add_block("paragraph", [[(f"one{end}two", ParagraphPlace(1), None)]])
    builder.add_metadata("title", f"one{end}two")
    content = builder.build()
    assert [word.text for word in content.words] == ["one", "two"]
    assert "\r" not in dict(content.metadata)["title"] and dict(content.metadata)["title"] != "onetwo"


def test_a_figure_has_a_block_of_its_own_and_moves_with_its_part() -> None:
    inner = ContentBuilder()
    inner.add_text_block("caption", "Figure 1. A peak", PageBox(1, (0, 90, 50, 100)))
    inner.add_figure(Figure(kind="picture", block=-1, page=1, box=(0, 0, 50, 80), caption=(0, 4)), label="a mountain")
    outer = ContentBuilder()
    outer.add_text_block("paragraph", "See below", PageBox(1, (0, 0, 50, 10)))
    outer.add_part("a.pdf", "application/pdf", inner.build())
    content = outer.build()
    (figure,) = content.figures
    assert (content.blocks[figure.block].kind, content.blocks[figure.block].label) == ("figure", "a mountain")
    assert figure.part == "a.pdf"
    assert figure.caption is not None and content.text_of(*figure.caption) == "Figure 1. A peak"
