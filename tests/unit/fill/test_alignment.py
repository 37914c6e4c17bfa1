"""A value is found where it stands, and not where it does not."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmi_cli.datamodel.content import Content, PageBox
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.fill.alignment import locate, locate_pieces
from mmi_cli.fill.text_index import TextIndex, fold_text


def content(text: str) -> Content:
    return Content(text=text, words=())


def scanned(text: str) -> Content:
    builder = ContentBuilder()
    place = PageBox(1, (0, 0, 10, 10))
    builder.add_block("paragraph", [[(word, place, 0.9) for word in line.split()] for line in text.splitlines()])
    return builder.build()


def places(text: str, value: str) -> list[tuple[str, str]]:
    return [(text[each.start : each.end], each.match) for each in locate(content(text), value)]


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("the total is 9.00 due", "9.00", [("9.00", "exact")]),
        ("Total RM9.00", "9.00", [("9.00", "exact")]),
        ("TOTAL 19.00 and 9.001", "9.00", []),
        ("5.25 or 5", "5", [("5", "exact")]),
        ("category cat", "cat", [("cat", "exact")]),
        ("ACME  Corp.\nof Ohio", "Acme Corp. of Ohio", [("ACME  Corp.\nof Ohio", "normalized")]),
        ("Ben’s “Café”", 'Ben\'s "Cafe"', [("Ben’s “Café”", "normalized")]),
        ("the agree-\nment ends", "agreement", [("agree-\nment", "normalized")]),
        ("an oﬃce", "office", [("oﬃce", "normalized")]),
        ("12 High Street,\nLondon", "12 High Street London", [("12 High Street,\nLondon", "normalized")]),
        ("Smith & Sons", "Smith and Sons", [("Smith & Sons", "normalized")]),
        ("A (Pty) Ltd.", "a (pty) ltd.", [("A (Pty) Ltd.", "normalized")]),
        ("VAT DE 232 446 240", "DE232446240", [("DE 232 446 240", "normalized")]),
        ("qty 1 0 pieces", "10", []),
        ("12 34", "1234", []),
        ("paid 9,00 today", "9.00", []),
        ("東京都港区1丁目", "港区", [("港区", "exact")]),
        ("Aspect Medical Sistems Inc", "Aspect Medical Systems Inc", [("Aspect Medical Sistems Inc", "fuzzy")]),
        ("metal", "total", []),
        ("number 123456789", "number 123456780", []),
        ("nothing like it", "something else altogether", []),
        ("x", "", []),
    ],
)
def test_a_value_is_found_with_the_least_forgiving_match(
    text: str, value: str, expected: list[tuple[str, str]]
) -> None:
    assert places(text, value) == expected


def test_digits_may_differ_from_a_scan_only_by_letters_that_look_like_them() -> None:
    text = "Invoice number INV2O18-77l9 of May"
    assert [each.match for each in locate(scanned(text), "INV2018-7719")] == ["fuzzy"]
    assert locate(content(text), "INV2018-7719") == ()
    assert locate(scanned("Invoice number INV2018-7719"), "INV2018-7718") == ()


def test_all_places_are_given_best_first_and_nearest_first() -> None:
    text = "ACME Corp … Acme Corp … acme corp … Acme Corp"
    assert [(each.start, each.match) for each in locate(content(text), "Acme Corp", near=40)] == [
        (36, "exact"),
        (12, "exact"),
        (24, "normalized"),
        (0, "normalized"),
    ]
    assert len(locate(content(text), "Acme Corp", limit=2)) == 2


def test_lines_parted_by_another_column_are_found_as_pieces() -> None:
    text = (
        "1 High Street   Invoice 7\nSpringfield     Date 5 May\nIL 62701        Page 1\n" + "x " * 400 + "Springfield"
    )
    found = locate_pieces(content(text), "1 High Street, Springfield, IL 62701")
    assert [text[each.start : each.end] for each in found] == ["1 High Street", "Springfield", "IL 62701"]
    assert found[-1].end < 100
    assert locate_pieces(content(text), "1 High Street, Shelbyville, TX 10000") == ()


def test_folding_knows_where_every_character_came_from() -> None:
    text = "Ca\u0301fé ﬁn — 1.5 / 2 STRASSE Straße"
    folded = fold_text(text)
    assert folded.text == "cafefin1.5/2strassestrasse"
    assert len(folded.offsets) == len(folded.text)
    assert text[folded.offsets[4]] == "ﬁ" == text[folded.offsets[5]]


WORDS = st.lists(
    st.sampled_from(["alpha", "Beta", "gamma-ray", "9.00", "12/03", "Ω", "fin.", "(x)"]), min_size=1, max_size=12
)


@given(WORDS, st.data())
def test_every_run_of_words_is_found_where_it_stands_in_any_case_and_spacing(
    words: list[str], data: st.DataObject
) -> None:
    text = " ".join(words)
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    start = len(" ".join(words[:first])) + (first > 0)
    value = " ".join(words[first:last])
    index = TextIndex(content(text))
    assert any((each.start, each.match) == (start, "exact") for each in locate(index, value, limit=50))
    assert any(each.start == start for each in locate(index, value.upper().replace(" ", "  "), limit=50))


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_two_texts_can_be_held_together(text: str, value: str) -> None:
    for each in locate(content(text), value):
        assert 0 <= each.start < each.end <= len(text)
        assert 0 < each.score <= 1


def test_two_hundred_values_in_two_hundred_kilobytes_take_less_than_a_second() -> None:
    choose = random.Random(7)
    syllables = ["ka", "lo", "mi", "ru", "ten", "sol", "vi", "par", "dor", "est"]
    words = ["".join(choose.choices(syllables, k=choose.randint(1, 4))) for _ in range(30_000)]
    text = " ".join(words)
    assert len(text) > 150_000
    values = []
    for number in range(200):
        at = choose.randrange(len(words) - 10)
        value = " ".join(words[at : at + choose.randint(1, 8)])
        values.append(value if number % 2 else value[: len(value) // 2] + "q" + value[len(value) // 2 :])
    started = time.process_time()
    index = TextIndex(content(text))
    found = [locate(index, value) for value in values]
    assert time.process_time() - started < 2  # twice what is promised, for slow machines
    assert all(found[1::2])
