from __future__ import annotations

from mmi_cli.engines.interface import SpokenWord
from mmi_cli.extract.speakers.turns import Turn
from mmi_cli.extract.speakers.words import speakers_of_words


def said(text: str, start_s: float = 0.0, each_s: float = 0.4) -> list[SpokenWord]:
    return [
        SpokenWord(text=word, start_s=start_s + at * each_s, end_s=start_s + (at + 1) * each_s, probability=0.9)
        for at, word in enumerate(text.split())
    ]


def test_each_word_is_of_whoever_has_the_turn() -> None:
    words = [*said("How are you?"), *said("Fine, thank you.", 1.5)]
    assert speakers_of_words(words, [Turn(0.0, 1.2, 0), Turn(1.5, 2.7, 1)]) == [0, 0, 0, 1, 1, 1]


def test_speakers_change_at_the_end_of_a_sentence_rather_than_a_word_later() -> None:
    words = said("How can I help you today? Yes, good day.")
    late = [Turn(0.0, 2.75, 0), Turn(2.75, 3.6, 1)]  # in the middle of "Yes,"
    assert speakers_of_words(words, late) == [0, 0, 0, 0, 0, 0, 1, 1, 1]


def test_one_word_within_a_sentence_that_seems_to_be_of_another_is_not() -> None:
    words = said("we will send it to you next week")
    turns = [Turn(0.0, 1.2, 0), Turn(1.2, 1.6, 1), Turn(1.6, 3.2, 0)]
    assert speakers_of_words(words, turns) == [0] * 8


def test_a_short_answer_between_two_sentences_is_of_who_gave_it() -> None:
    words = said("Is that right? Yes. Then I book it.")
    turns = [Turn(0.0, 1.2, 0), Turn(1.2, 1.6, 1), Turn(1.6, 3.2, 0)]
    assert speakers_of_words(words, turns) == [0, 0, 0, 1, 0, 0, 0, 0]


def test_where_two_speak_at_once_who_began_goes_on() -> None:
    words = said("we will send it to you next week")
    assert speakers_of_words(words, [Turn(0.0, 3.2, 0), Turn(1.0, 2.0, 1)]) == [0] * 8


def test_a_word_outside_every_turn_is_of_the_nearest() -> None:
    words = [*said("Hello there."), *said("Bye.", 2.0), *said("Yes.", 9.0)]
    assert speakers_of_words(words, [Turn(0.0, 0.8, 0), Turn(2.5, 3.0, 1)])[:3] == [0, 0, 1]


def test_no_words_have_no_speakers() -> None:
    assert speakers_of_words([], [Turn(0.0, 1.0, 0)]) == []
