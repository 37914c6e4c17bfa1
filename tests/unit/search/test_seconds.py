"""A word that is said in a long turn is found at its second."""

from __future__ import annotations

from typing import Any

from mmi_cli.search.embedding import _item_of
from mmi_cli.search.index import FoundItem
from mmi_cli.search.passages import split_passages
from mmi_cli.search.seconds import at_the_word
from mmi_cli.search.telling import place_words
from tests.support.recordings import recording

SAID = "We roast coffee beans here, and green beans come by ship to Bergen, where ships of coffee land."


def a_turn(text: str = SAID, start_s: float = 10.0) -> FoundItem:
    (passage,) = split_passages(recording([(start_s, text)], end_s=60.0))
    item = _item_of(passage)
    known: dict[str, Any] = {"kind": item.kind, "text": item.text, "place": dict(item.place), "page": None}
    return FoundItem(
        id=1, file=1, number=0, headings="", tags=(), method="", picture_hash=None, **known
    )  # fmt: skip


def test_the_place_of_an_answer_has_the_second_of_the_word() -> None:
    place = at_the_word(a_turn(), ["bergen"]).place
    assert place["at_s"] == 10.0 + 12 * 0.4
    assert place["start_s"] == 10.0
    assert "said at 0:14.8" in place_words(place)


def test_of_several_words_the_place_where_most_are_said_counts() -> None:
    assert at_the_word(a_turn(), ["green", "beans"]).place["at_s"] == 10.0 + 3 * 0.4
    assert at_the_word(a_turn(), ["coffee", "land"]).place["at_s"] == 10.0 + 16 * 0.4


def test_times_of_words_are_no_part_of_an_answer() -> None:
    for wanted in ([], ["bergen"], ["nowhere"]):
        assert "said_s" not in at_the_word(a_turn(), wanted).place
    assert "at_s" not in at_the_word(a_turn(), ["nowhere"]).place
