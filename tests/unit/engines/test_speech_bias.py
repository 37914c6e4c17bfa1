"""Expected words settle what was misheard, and nothing that was not said."""

from __future__ import annotations

import pytest

from mmi_cli.engines.speech_bias import edits, expected_words, prompt_of

_MENU = ("mocha", "light roast", "eight ounce", "iced mocha", "some sugar", "soy milk", "skim milk")


def settled(heard: str, led: str, hotwords: tuple[str, ...] = _MENU) -> str:
    words, other = heard.split(), led.split()
    for edit in reversed(edits(words, other, expected_words(hotwords))):
        words[edit.first : edit.last] = other[edit.new_first : edit.new_last]
    return " ".join(words)


@pytest.mark.parametrize(
    ("heard", "led", "result"),
    [
        ("a light rose mogo", "a light roast mocha", "a light roast mocha"),
        ("a light A-Town's ice mocha", "a light eight ounce iced mocha", "a light eight ounce iced mocha"),
        ("with sormilk please", "with soy milk please", "with soy milk please"),
        ("a lot of skin milk", "a lot of skim milk", "a lot of skim milk"),
    ],
)
def test_an_expected_word_that_sounds_alike_takes_the_place(heard: str, led: str, result: str) -> None:
    assert settled(heard, led) == result


@pytest.mark.parametrize(
    "led",
    [
        "coffee with cream some sugar some sugar",  # talked on after the end
        "coffee with mocha",  # an expected word that sounds otherwise
        "coffees with creme",  # sounds alike, but nobody expects it
        "some sugar coffee with cream",
        "",
    ],
)
def test_what_was_not_said_is_not_heard(led: str) -> None:
    assert settled("coffee with cream", led) == "coffee with cream"


def test_one_expected_word_does_not_take_the_place_of_another() -> None:
    assert settled("some mocha", "soy mocha") == "some mocha"


def test_digits_stay_digits() -> None:
    assert settled("an 8 ounce mocha", "an eight ounce mocha") == "an 8 ounce mocha"
    assert settled("a 12-wounds mocha", "a twelve ounce mocha", ("twelve ounce",)) == "a twelve ounce mocha"


def test_long_decodings_out_of_step_are_still_matched_by_the_end() -> None:
    heard = " ".join(["one", "after", "the", "other"] * 15) + " maca"
    led = " ".join(["one", "after", "another"] * 15) + " mocha"
    assert settled(heard, led).endswith("mocha")


def test_words_without_sounds_in_common_scripts_are_left_alone() -> None:
    assert settled("東 京", "京 都", ("京 都",)) == "東 京"


def test_the_prompt_holds_the_first_words_and_ends_where_the_decoder_cuts() -> None:
    assert prompt_of(()) is None
    assert prompt_of(("Contoso", "net 30")) == "Contoso, net 30"
    long = prompt_of(tuple(f"word number {number}" for number in range(200)))
    assert long is not None
    assert long.startswith("word number 0, ")
    assert len(long) <= 600
