"""What a Whisper decoder says → words: pieces glued to words, times brought back to the recording, inventions dropped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .interface import SpokenSegment, SpokenWord
from .speech_voice import Voice

# A pause inside a run of characters that ends the run, where writing has no spaces (Japanese, Chinese, Thai).
_RUN_PAUSE_S = 0.4
_RUN_END = tuple("。、，．！？；：,.!?;:")
# A phrase of this many words that the decoder believes less than this on average is a guess at noise. Fewer words prove nothing: the
# first word after silence is always doubted, and "Two." said alone has a probability of 0.1.
_LEAST_MEAN_PROBABILITY = 0.25
_WORDS_OF_A_PHRASE = 3
_SURELY_NO_SPEECH = 0.6


class Piece(NamedTuple):
    """A word or a part of one as the decoder gives it: with its leading space, where it has one."""

    text: str
    start_s: float
    end_s: float
    probability: float


class Phrase(NamedTuple):
    """A segment of the decoder, in times of the packed audio."""

    pieces: tuple[Piece, ...]
    no_speech_probability: float


def segments_of_phrases(phrases: Iterable[Phrase], voice: Voice) -> tuple[SpokenSegment, ...]:
    """Phrases → segments in times of the recording, in order, not overlapping."""
    segments: list[SpokenSegment] = []
    latest_s = 0.0
    for phrase in phrases:
        words: list[SpokenWord] = []
        for piece in glue(phrase.pieces):
            start_s, end_s = voice.original_times(piece.start_s, piece.end_s)
            start_s = max(start_s, latest_s)
            end_s = latest_s = max(end_s, start_s)
            words.append(
                SpokenWord(
                    text=piece.text,
                    start_s=start_s,
                    end_s=end_s,
                    probability=round(min(max(piece.probability, 0), 1), 3),
                )
            )
        if words and not is_invented(words, phrase.no_speech_probability):
            segments.append(
                SpokenSegment(
                    start_s=words[0].start_s,
                    end_s=words[-1].end_s,
                    words=tuple(words),
                    no_speech_probability=round(phrase.no_speech_probability, 3),
                )
            )
    return tuple(segments)


def glue(pieces: Sequence[Piece]) -> list[Piece]:
    """Joins pieces without a leading space to what stands before them ("twenty" + "-five"); strips spaces, drops empty pieces."""
    glued: list[Piece] = []
    for piece in pieces:
        text = piece.text.strip()
        if not text:
            continue
        before = glued[-1] if glued else None
        if before is None or piece.text[0].isspace() or _ends_run(before, piece):
            glued.append(piece._replace(text=text))
        else:
            length = len(before.text), len(text)
            mean = (before.probability * length[0] + piece.probability * length[1]) / sum(length)
            glued[-1] = Piece(before.text + text, before.start_s, max(before.end_s, piece.end_s), mean)
    return glued


def is_invented(words: Sequence[SpokenWord], no_speech_probability: float) -> bool:
    """Whether the decoder itself hardly believes the phrase."""
    is_doubted = sum(word.probability for word in words) / len(words) < _LEAST_MEAN_PROBABILITY
    return is_doubted and (len(words) >= _WORDS_OF_A_PHRASE or no_speech_probability > _SURELY_NO_SPEECH)


def _ends_run(before: Piece, piece: Piece) -> bool:
    """Between pieces without a space: whether a run of characters ends here."""
    if before.text[-1].isascii() and piece.text[0].isascii():
        return False
    return before.text.endswith(_RUN_END) or piece.start_s - before.end_s > _RUN_PAUSE_S
