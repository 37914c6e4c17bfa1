"""Words that sound alike have sounds in common, however they are written."""

from __future__ import annotations

import pytest

from mmi_cli.sounding import likeness, sound_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rust", "roast"), ("moka", "mocha"), ("Fisher", "Fischer"), ("Harbor", "Harbour"), ("knight", "night"), ("12", "twelve"),
        ("21", "twenty-one"), ("A-Town's", "eight ounce"), ("Schmidt", "Schmitt"), ("café", "kaffee"), ("phone", "fon"),
    ],
)  # fmt: skip
def test_spellings_of_one_sound_are_one(one: str, other: str) -> None:
    assert likeness(one, other) == 1.0


@pytest.mark.parametrize(
    ("one", "other", "least"), [("ice", "iced", 0.66), ("rose", "roast", 0.7), ("skin milk", "skim milk", 0.8)]
)
def test_a_slip_leaves_most_sounds(one: str, other: str, least: float) -> None:
    assert least <= likeness(one, other) < 1.0


@pytest.mark.parametrize(("one", "other"), [("house", "mocha"), ("sugar", "cream"), ("coffee", ""), ("12", "eight")])
def test_other_words_sound_otherwise(one: str, other: str) -> None:
    assert likeness(one, other) < 0.6


def test_scripts_without_latin_letters_keep_their_letters() -> None:
    assert sound_of("Привет") == "привет"
    assert likeness("東京", "京都") < 1.0
