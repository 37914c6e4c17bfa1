"""Computes how a call goes from the times of its turns: talk, silence, overlaps, pace, answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .turns import Turn

_SHORT_OVERLAP_S = 0.3
"""Turns that touch or overlap by less are a quick change, not an interruption."""
_SHORT_WORDS = 2
"""`Mhm`, `yes, right` while another speaks is listening, not interrupting."""
_LONGEST_ANSWER_S = 60.0
"""A longer pause between two turns is a hold, no answer."""

Span = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The times of a whole call."""

    duration_s: float
    speech_s: float
    silence_s: float
    longest_silence: Span | None
    overlap_s: float
    interruptions: tuple[tuple[Turn, Turn], ...]
    """(who was speaking, who begins)."""
    longest_turn: Turn | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What one speaker, or one side, does in it."""

    turns: tuple[Turn, ...]
    talk_s: float | None
    """None where the transcript has no times."""
    share: float
    """Of the seconds, or without times of the words, of all speakers."""
    pace_wpm: float | None
    interruptions: tuple[Turn, ...]
    longest_turn: Turn | None
    answers_s: tuple[float, ...]
    """Between the end of another's turn and the beginning of theirs."""
    questions: tuple[Turn, ...]


def timing_of(turns: Sequence[Turn], speech: Sequence[Span], duration_s: float | None) -> Timing | None:
    """None where there are no times.

    Args:
        speech: when somebody speaks, utterance by utterance; a turn may hold pauses.
        duration_s: of the recording, where it is known.
    """
    if not speech:
        return None
    last_s = max(end for _, end in speech)
    whole_s = max(duration_s or 0.0, last_s)
    stretches = merged(speech)
    spoken_s = sum(end - start for start, end in stretches)
    edges = [0.0, *(edge for span in stretches for edge in span), whole_s]
    gaps = [(edges[at], edges[at + 1]) for at in range(0, len(edges), 2)]
    longest = max(gaps, key=lambda gap: gap[1] - gap[0])
    timed = [turn for turn in turns if turn.start_s is not None and turn.end_s is not None]
    return Timing(
        duration_s=whole_s,
        speech_s=spoken_s,
        silence_s=max(0.0, whole_s - spoken_s),
        longest_silence=longest if longest[1] > longest[0] else None,
        overlap_s=max(0.0, sum(end - start for start, end in speech) - spoken_s),
        interruptions=tuple(_interruptions(timed)),
        longest_turn=max(timed, key=_length, default=None),
    )


def talk_of(
    side: Sequence[Turn], turns: Sequence[Turn], seconds: dict[str | None, float], timing: Timing | None
) -> Talk:
    """The measures of some turns of a call.

    Args:
        side: the turns of one speaker, or of all of one role.
        seconds: speaker → seconds of their utterances.
    """
    speakers = {turn.speaker for turn in side}
    talk_s = sum(seconds.get(speaker, 0.0) for speaker in speakers) if timing is not None else None
    words, all_words = sum(turn.word_count for turn in side), sum(turn.word_count for turn in turns)
    all_s = sum(seconds.values())
    share = talk_s / all_s if talk_s is not None and all_s > 0 else words / all_words if all_words else 0.0
    return Talk(
        turns=tuple(side),
        talk_s=talk_s,
        share=share,
        pace_wpm=60 * words / talk_s if talk_s else None,
        interruptions=tuple(new for _, new in timing.interruptions if new.speaker in speakers) if timing else (),
        longest_turn=max((turn for turn in side if turn.start_s is not None and turn.end_s is not None), key=_length, default=None),
        answers_s=tuple(_answers(side, turns)),
        questions=tuple(turn for turn in side for _ in range(turn.text.count("?"))),
    )  # fmt: skip


def _length(turn: Turn) -> float:
    return (turn.end_s or 0.0) - (turn.start_s or 0.0)


def merged(spans: Sequence[Span]) -> list[Span]:
    out: list[Span] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def _interruptions(timed: Sequence[Turn]) -> list[tuple[Turn, Turn]]:
    """A turn that begins before that of another speaker has ended, by more than a quick change."""
    found: list[tuple[Turn, Turn]] = []
    speaking: Turn | None = None
    for turn in timed:
        if (
            speaking is not None
            and speaking.speaker is not None
            and turn.speaker not in (None, speaking.speaker)
            and (speaking.end_s or 0.0) - (turn.start_s or 0.0) > _SHORT_OVERLAP_S
            and turn.word_count > _SHORT_WORDS
        ):
            found.append((speaking, turn))
        if speaking is None or (turn.end_s or 0.0) >= (speaking.end_s or 0.0):
            speaking = turn
    return found


def _answers(side: Sequence[Turn], turns: Sequence[Turn]) -> list[float]:
    numbers = {turn.number for turn in side}
    out = []
    for before, turn in pairwise(turns):
        if turn.number not in numbers or before.number in numbers or before.end_s is None or turn.start_s is None:
            continue
        gap_s = turn.start_s - before.end_s
        if 0 <= gap_s <= _LONGEST_ANSWER_S:
            out.append(gap_s)
    return out
