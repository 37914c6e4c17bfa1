"""Sentences and phrases that stand for what is said, and titles on the screen."""

from __future__ import annotations

from mmi_cli.scenes.sayings import central_sentences, sentences_of, telling_phrases
from mmi_cli.scenes.time_line import TimeLine
from mmi_cli.scenes.titles import titles_of
from tests.support.recordings import recording
from tests.support.small_index import WordsAsVectors

SAID = [
    (0.0, "Well, thank you."),
    (3.0, "The new harbour opens in Bergen in 2027."),
    (8.0, "Ships from Bergen will use the new harbour."),
    (14.0, "And so on and so on it goes."),
]


def runs(content):  # type: ignore[no-untyped-def]
    return [(each.first, each.last) for each in TimeLine(content).said]


def test_a_sentence_that_says_something_stands_for_the_rest() -> None:
    content = recording(SAID, end_s=20)
    for embedder in (None, WordsAsVectors()):
        (best,) = central_sentences(content, runs(content), most=1, embedder=embedder)
        assert "harbour" in best.text


def test_sentences_keep_their_order() -> None:
    content = recording(SAID, end_s=20)
    found = central_sentences(content, runs(content), most=2, embedder=WordsAsVectors())
    assert [each.first for each in found] == sorted(each.first for each in found)


def test_an_utterance_of_two_sentences_is_cut_between_them() -> None:
    content = recording([(0.0, "It rains. Take a coat!")], end_s=5)
    assert [each.text for each in sentences_of(content, runs(content))] == ["It rains.", "Take a coat!"]


def test_phrases_are_words_of_meaning_as_they_were_said() -> None:
    content = recording(SAID, end_s=20)
    found = [each.text for each in telling_phrases(content, runs(content), most=3, embedder=WordsAsVectors())]
    assert "harbour" in " ".join(found)
    assert not {"the", "and", "so", "well"} & {word.casefold() for phrase in found for word in phrase.split()}


def test_the_large_line_of_a_slide_is_its_title_and_a_copyright_is_none() -> None:
    shown = {
        5.0: ["Annual report", "all figures in euros"],
        15.0: ["© 2013 A. Photographer"],
        25.0: ["1,204"],
    }
    content = recording(shots=[0, 10, 20], shown=shown, end_s=30)
    assert [(each.frame_s, each.text) for each in titles_of(TimeLine(content))] == [(5.0, "Annual report")]
