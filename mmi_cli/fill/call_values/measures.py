"""How a call goes, as values: times, shares, pace, interruptions and moods, of the whole, of a side, of a speaker."""

from __future__ import annotations

from collections.abc import Sequence

from ...calls.measures import Talk, talk_of
from ...calls.names import SIDES
from ...calls.sentiment import Feeling, feeling_of, scores_over_time
from ...calls.turns import Turn
from ...datamodel.record import FieldValue, Scalar
from .found import NOTHING, Found, rounded, row
from .heard import TIMED, Heard, stretch

_SLICES = 6
"""Stretches of equal length in which moods are told."""
_MOOD_OF_SLICE = 0.6
_UNTIMED: Found = (None, 0.95, ())
"""What needs times, of a transcript that has none."""
_TIMES = (
    "duration_s", "speech_s", "silence_s", "silence_share", "longest_silence_s", "overlap_s", "interruptions",
    "longest_monologue_s",
)  # fmt: skip


def measures_of_the_whole(heard: Heard) -> dict[str, Found]:
    """The measures that are not asked for by side, less what is told (`told.answers`)."""
    call, timing, sure = heard.call, heard.call.timing, heard.sureness
    everyone = heard.whole_of(call.turns)
    speakers = {turn.speaker for turn in call.turns if turn.speaker is not None}
    counted: dict[str, Found] = {
        "turn_count": (len(call.turns), sure, everyone),
        "word_count": (sum(turn.word_count for turn in call.turns), sure, everyone),
        "speaker_count": (len(speakers), sure, everyone) if speakers else (None, 0.9, ()),
    }
    if timing is None:
        return counted | dict.fromkeys(_TIMES, _UNTIMED)
    whole = (stretch(0.0, timing.duration_s),)
    share = timing.silence_s / timing.duration_s if timing.duration_s else None
    gap, interrupting = timing.longest_silence, [new for _, new in timing.interruptions]
    has_speakers = set(call.seconds) != {None}
    return counted | {
        "duration_s": (rounded(timing.duration_s), TIMED, whole),
        "speech_s": (rounded(timing.speech_s), TIMED, everyone),
        "silence_s": (rounded(timing.silence_s), TIMED, whole),
        "silence_share": (rounded(share, 4), TIMED, whole),
        "longest_silence_s": (rounded(gap[1] - gap[0] if gap else 0.0), TIMED, (stretch(*gap),) if gap else whole),
        "overlap_s": (rounded(timing.overlap_s) if has_speakers else None, sure, everyone),
        "interruptions": (len(interrupting) if has_speakers else None, sure, heard.moments_of(interrupting) or everyone),
        "longest_monologue_s": _longest(heard, timing.longest_turn if has_speakers else None, sure),
    }  # fmt: skip


def measures_of_side(heard: Heard, side: str) -> dict[str, Found]:
    """The measures of the agent, or of the customer; empty where nobody speaks as one."""
    call, sure = heard.call, min(heard.sureness, heard.sureness_of_role(side))
    talk = _talk(heard, call.side(side))
    if not talk.turns:
        return {}
    found = _talked(heard, talk, sure)
    return found | {
        "talk_share": (rounded(talk.share, 4), sure, heard.whole_of(call.turns)),
        "turns_by": found["turns"],
        "interruptions_by": found["interruptions"],
        "questions_by": (len(talk.questions), sure, heard.whole_of(talk.turns)),
        **_felt(heard, _feeling(heard, talk.turns), sure),
    }


def speaker_rows(heard: Heard) -> list[FieldValue]:
    """Who speaks, in the order of their first turns."""
    call, sure = heard.call, heard.sureness
    rows: list[FieldValue] = []
    for speaker in dict.fromkeys(turn.speaker for turn in call.turns):
        own = tuple(turn for turn in call.turns if turn.speaker == speaker)
        role, name, where = call.roles.get(speaker), call.names.get(speaker), heard.whole_of(own)
        role_said = heard.said(role.cited) if role and role.cited else where
        talk = _talk(heard, own)
        rows.append(
            row(
                "speakers",
                {
                    "speaker": (speaker, sure, where),
                    "name": (name.name, name.confidence, heard.at(name)) if name else NOTHING,
                    "role": (role.name, role.confidence, role_said) if role else NOTHING,
                    "talk_share": (rounded(talk.share, 4), sure, where),
                    **_talked(heard, talk, sure),
                    **_felt(heard, _feeling(heard, own), sure),
                },
            )
        )
    return rows


def mood_rows(heard: Heard) -> list[FieldValue]:
    """The mood of each side in each stretch of the call; none without times."""
    call, timing = heard.call, heard.call.timing
    if timing is None or timing.duration_s <= 0:
        return []
    step = timing.duration_s / _SLICES
    spans = [(at * step, (at + 1) * step) for at in range(_SLICES)]
    scores = {
        side: scores_over_time(call.turns, call.said_by(call.side(side)), spans, call.language, probe=call.probe)
        for side in SIDES
    }
    rows: list[FieldValue] = []
    for number, (start_s, end_s) in enumerate(spans):
        where = (stretch(start_s, end_s),)
        told: dict[str, Found] = {
            "start_s": (rounded(start_s), TIMED, where),
            "end_s": (rounded(end_s), TIMED, where),
        }
        for side in SIDES:
            score = scores[side][number]
            told[side] = (rounded(score, 3), _MOOD_OF_SLICE, where) if score is not None else NOTHING
        rows.append(row("sentiment_over_time", told))
    return rows


def _talk(heard: Heard, turns: tuple[Turn, ...]) -> Talk:
    return talk_of(turns, heard.call.turns, heard.call.seconds, heard.call.timing)


def _talked(heard: Heard, talk: Talk, sure: float) -> dict[str, Found]:
    """What is measured alike of a side and of a speaker."""
    where = heard.whole_of(talk.turns)
    return {
        "talk_s": (rounded(talk.talk_s), sure, where),
        "pace_wpm": (rounded(talk.pace_wpm, 1), sure, where),
        "turns": (len(talk.turns), sure, where),
        "interruptions": (
            len(talk.interruptions) if heard.call.timing else None, sure, heard.moments_of(talk.interruptions) or where
        ),
        "longest_turn_s": _longest(heard, talk.longest_turn, sure),
        "response_s": (rounded(_mean(talk.answers_s)), sure, where),
    }  # fmt: skip


def _feeling(heard: Heard, turns: tuple[Turn, ...]) -> Feeling | None:
    return feeling_of(heard.call.said_by(turns), heard.call.language, probe=heard.call.probe)


def _felt(heard: Heard, feeling: Feeling | None, sure: float) -> dict[str, Found]:
    if feeling is None:
        return dict.fromkeys(("sentiment", "sentiment_score", "sentiment_change"), NOTHING)
    evidence, confidence = heard.said(feeling.strongest), min(sure, feeling.confidence)
    values: dict[str, Scalar] = {
        "sentiment": feeling.mood,
        "sentiment_score": rounded(feeling.score, 3),
        "sentiment_change": rounded(feeling.change, 3),
    }
    return {name: (value, confidence, evidence) for name, value in values.items()}


def _longest(heard: Heard, turn: Turn | None, sure: float) -> Found:
    """How long a turn takes."""
    if turn is None:
        return None, sure, ()
    return rounded((turn.end_s or 0.0) - (turn.start_s or 0.0)), sure, heard.moments_of([turn])


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
