from __future__ import annotations

from mmi_cli.engines.speech_voice import SAMPLE_RATE_HZ, Voice
from mmi_cli.engines.speech_words import Phrase, Piece, glue, segments_of_phrases

WHOLE = Voice(((0.0, 10.0),), ((0, 10 * SAMPLE_RATE_HZ),))


def pieces(*texts: str, probability: float = 0.9, pause_s: float = 0.0) -> tuple[Piece, ...]:
    step = 0.3 + pause_s
    return tuple(Piece(text, at * step, at * step + 0.3, probability) for at, text in enumerate(texts))


def test_parts_of_a_word_are_glued() -> None:
    assert [piece.text for piece in glue(pieces(" twenty", "-five", " euros", ".", " Yes"))] == [
        "twenty-five",
        "euros.",
        "Yes",
    ]


def test_a_glued_word_spans_its_parts_and_has_their_mean_probability() -> None:
    (word,) = glue((Piece(" ab", 1.0, 1.2, 1.0), Piece("cd", 1.2, 1.6, 0.5)))
    assert word == Piece("abcd", 1.0, 1.6, 0.75)


def test_writing_without_spaces_is_kept_in_runs_up_to_a_mark_or_a_pause() -> None:
    assert [piece.text for piece in glue(pieces("客観", "的", "実在。", "判断"))] == ["客観的実在。", "判断"]
    assert [piece.text for piece in glue(pieces("客観", "判断", pause_s=0.5))] == ["客観", "判断"]


def test_empty_pieces_vanish() -> None:
    assert [piece.text for piece in glue(pieces(" ", "", " a"))] == ["a"]


def test_a_phrase_the_decoder_hardly_believes_is_dropped() -> None:
    phrases = [Phrase(pieces(" Thanks", " for", " watching", probability=0.2), 0.5), Phrase(pieces(" Hello"), 0.1)]
    assert [[word.text for word in segment.words] for segment in segments_of_phrases(phrases, WHOLE)] == [["Hello"]]


def test_words_never_run_backwards() -> None:
    phrases = [
        Phrase((Piece(" a", 1.0, 3.0, 0.9), Piece(" b", 2.0, 2.5, 0.9)), 0.0),
        Phrase((Piece(" c", 1.0, 4.0, 0.9),), 0.0),
    ]
    times = [(word.start_s, word.end_s) for segment in segments_of_phrases(phrases, WHOLE) for word in segment.words]
    assert times == [(1.0, 3.0), (3.0, 3.0), (3.0, 4.0)]


def test_a_single_doubtful_word_is_kept_unless_it_is_surely_no_speech() -> None:
    alone = pieces(" Two.", probability=0.1)
    assert len(segments_of_phrases([Phrase(alone, 0.4)], WHOLE)) == 1
    assert segments_of_phrases([Phrase(alone, 0.7)], WHOLE) == ()
