"""Words as the keyword index holds them, and lists fused by rank."""

from __future__ import annotations

import pytest

from mmi_cli.function_words import telling_words
from mmi_cli.search.keywords import indexable, words_of
from mmi_cli.search.ranking import Placed, fused, ranked


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Invoice No. NF-20417", ["invoice", "no", "nf", "20417"]),
        ("ＦＵＬＬ ﬁnance", ["full", "finance"]),
        ("日本語のテキスト", ["日本", "本語", "語の", "のテ", "テキ", "キス", "スト"]),
        ("PDF版を見る", ["pdf", "版を", "を見", "見る"]),
        ("half \ud800 pair", ["half", "pair"]),
        ("", []),
    ],
)
def test_words_are_compared_without_case_width_and_signs(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_what_is_indexed_of_a_text_is_always_the_same_so_that_it_can_be_taken_out_again() -> None:
    text = 'A "quoted" OR NEAR(x) * text – with signs'
    assert indexable(text) == indexable(indexable(text)) == "a quoted or near x text with signs"


def test_words_that_hold_a_sentence_together_are_no_reason_unless_there_are_no_others() -> None:
    assert telling_words(["how", "long", "is", "the", "notice"]) == ["long", "notice"]
    assert telling_words(["to", "be", "or", "not", "to", "be"]) == ["to", "be", "or", "not"]


def test_what_is_first_in_every_list_is_one_and_nothing_is_more() -> None:
    lists = {"a": [Placed(item=1, score=0.9), Placed(item=2, score=0.8)], "b": [Placed(item=1, score=7.0)]}
    scores = fused(lists)
    assert scores[1] == pytest.approx(1.0)
    assert 0 < scores[2] < 0.5


def test_equal_scores_share_a_rank_so_that_the_order_of_rows_decides_nothing() -> None:
    one = [Placed(item=1, score=0.5), Placed(item=2, score=0.5), Placed(item=3, score=0.4)]
    other = [one[1], one[0], one[2]]
    assert [rank for rank, _ in ranked(one)] == [1, 1, 3]
    assert fused({"a": one}) == fused({"a": other})


def test_a_list_counts_for_what_it_answers_to() -> None:
    scores = fused({"words": [Placed(item=1, score=9.0, weight=0.25), Placed(item=2, score=8.0)]})
    assert scores[2] > scores[1]
