"""A call beside the text it was read from: where things stand in it, and how sure its times and speakers are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ...calls.analysis import Call
from ...calls.introductions import Named
from ...calls.turns import Sentence, Turn
from ...datamodel.record import Evidence
from ..evidence import evidence_of_span
from ..reading import Reading
from .found import ABSENT, Found

TIMED = 0.97
"""How sure times by channel or transcript are."""
_DIARIZED, _COUNTED = 0.85, 0.95
"""The same of speakers told apart by their voices, and of words without times."""
_MOST_SPEAKERS, _MOST_MOMENTS = 8, 10
"""Pieces of evidence of one value."""


class Heard:
    """A call, and the evidence for what is said in it."""

    def __init__(self, reading: Reading, call: Call) -> None:
        self.reading = reading
        self.content = reading.content
        self.call = call
        is_diarized = any(name == "diarization" for name, _ in self.content.engines)
        self.sureness = _COUNTED if call.timing is None else _DIARIZED if is_diarized else TIMED
        """Of every measure that needs to know who speaks, in [0, 1]."""

    def sureness_of_role(self, side: str) -> float:
        """How sure it is who is the agent, or the customer, in [0, 1]."""
        return min((role.confidence for role in self.call.roles.values() if role.name == side), default=ABSENT)

    def turn_at(self, offset: int) -> Turn | None:
        return next((turn for turn in self.call.turns if turn.start <= offset < turn.end), None)

    def sayer(self, turn: Turn, where: tuple[Evidence, ...]) -> Found:
        """Who says what stands at a place: as what, or else by which name they are told apart."""
        return self.call.role_of(turn) or turn.speaker, self.sureness, where

    def said(self, sentence: Sentence) -> tuple[Evidence, ...]:
        return self.text_of(sentence.start, sentence.end, self.call.turns[sentence.turn])

    def said_all(self, sentences: Iterable[Sentence]) -> tuple[Evidence, ...]:
        return tuple(piece for sentence in sentences for piece in self.said(sentence))

    def at(self, named: Named) -> tuple[Evidence, ...]:
        return self.text_of(named.start, named.end, self.turn_at(named.start))

    def part_of(self, sentence: Sentence, said: str) -> tuple[Evidence, ...]:
        """Where words of a sentence stand; the whole of it where white space or marks differ."""
        at = self.content.text.find(said, sentence.start, sentence.end)
        turn = self.call.turns[sentence.turn]
        return self.text_of(at, at + len(said), turn) if at >= 0 else self.said(sentence)

    def text_of(self, start: int, end: int, turn: Turn | None) -> tuple[Evidence, ...]:
        """A span of the text, as said by the speaker of a turn where the words name none."""
        pieces = evidence_of_span(self.content, start, end, "computed")
        return tuple(
            replace(piece, speaker=turn.speaker) if turn and piece.speaker is None else piece for piece in pieces
        )

    def whole_of(self, turns: Sequence[Turn]) -> tuple[Evidence, ...]:
        """One piece a speaker: from the beginning of their first turn to the end of their last."""
        out = []
        for speaker in dict.fromkeys(turn.speaker for turn in turns):
            own = [turn for turn in turns if turn.speaker == speaker]
            starts = [turn.start_s for turn in own if turn.start_s is not None]
            ends = [turn.end_s for turn in own if turn.end_s is not None]
            if starts and ends:
                out.append(stretch(min(starts), max(ends), speaker))
            else:
                out += self.text_of(own[0].start, own[0].end, own[0])[:1]
        return tuple(out[:_MOST_SPEAKERS])

    def moments_of(self, turns: Iterable[Turn]) -> tuple[Evidence, ...]:
        """One piece a turn, of the first of them."""
        out = []
        for turn in list(turns)[:_MOST_MOMENTS]:
            if turn.start_s is not None and turn.end_s is not None:
                out.append(stretch(turn.start_s, turn.end_s, turn.speaker))
            else:
                out += self.text_of(turn.start, turn.end, turn)[:1]
        return tuple(out)


def stretch(start_s: float, end_s: float, speaker: str | None = None) -> Evidence:
    """A stretch of the recording that a value was computed from."""
    return Evidence(text="", match="computed", start_s=start_s, end_s=end_s, speaker=speaker)
