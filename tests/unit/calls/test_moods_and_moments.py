"""Moods by words, and days and times as they are said."""

from __future__ import annotations

import pytest

from mmi_cli.calls.moments import moments
from mmi_cli.calls.sentiment import feeling_of, language_of, score_of
from mmi_cli.calls.turns import Sentence


def sentences(*texts: str) -> list[Sentence]:
    return [Sentence(0, at, at + 1, text, False) for at, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("This is terrible, I am so angry.", -1),
        ("That is wonderful, I am very happy.", 1),
        ("Thank you for calling, how can I help you today?", 0),
        ("I would like to cancel my insurance claim, please.", 0),
        ("Grace Lee.", 0),
    ],
)
def test_courtesy_and_the_words_of_the_trade_are_no_mood(text: str, sign: int) -> None:
    score = score_of(text, "en")
    assert (score > 0.1) - (score < -0.1) == sign


def test_german_moods_know_a_not() -> None:
    assert score_of("Das ist wirklich super.", "de") > 0.3
    assert score_of("Das ist gar nicht gut.", "de") < 0
    assert score_of("Ich bin sehr enttäuscht, das ist eine Frechheit.", "de") < -0.5


def test_a_call_that_turns_is_mixed() -> None:
    feeling = feeling_of(
        sentences(
            "I hate this.",
            "It is a disaster.",
            "Let me see.",
            "It is green.",
            "Fantastic, I love it!",
            "Great service.",
        ),
        "en",
    )
    assert feeling is not None and feeling.mood == "mixed" and feeling.change is not None and feeling.change > 0.4


def test_other_languages_have_no_mood() -> None:
    assert language_of("", "fr") is None
    assert feeling_of(sentences("Je suis très content."), language_of("Je suis très content.", "fr")) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("I will call you tomorrow morning at 9:45 a.m. with news.", ["tomorrow morning at 9:45 a.m."]),
        ("It takes within three to five business days.", ["within three to five business days"]),
        ("Our technician comes on Thursday between 8 and 10.", ["on Thursday between 8 and 10"]),
        ("Good morning, have a nice evening.", []),
        ("Wir melden uns bis spätestens Freitag.", ["bis spätestens Freitag"]),
        ("Guten Morgen, schönen Abend noch.", []),
        ("It may be second hand.", []),
    ],
)
def test_days_and_times_are_found_as_they_are_said(text: str, said: list[str]) -> None:
    assert [text[start:end].strip() for start, end in moments(text)] == said
