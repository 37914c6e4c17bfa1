"""Who is the agent and who the customer: by what they are called, else by what they say."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from .cues import AGENT, CUSTOMER, NAMED_AGENT, NAMED_CUSTOMER, NAMED_SYSTEM, SYSTEM, Cue
from .turns import Sentence, Turn

AGENT_ROLE, CUSTOMER_ROLE, SYSTEM_ROLE = "agent", "customer", "system"
_SLOPE = 0.55
"""Of the odds by what separates two sides; an offer of help and a request apart (5) are right in more than nine of ten."""
_LEAST = 1.5
"""Of the distance from which a role is told at all."""
_ANSWERS = 0.7
"""Of the distance, for who speaks first: mostly the one who is called, and that is mostly the agent."""
_SURE_SYSTEM = 2.5
_NUMBERED = re.compile(r"(.*?)[ _-]*\d*")


class Role(NamedTuple):
    """What a speaker is in a call."""

    name: str | None
    """`agent`, `customer`, `system`; None where it cannot be told."""
    confidence: float
    """That it is so; of None, that nothing in the call tells it."""
    cited: Sentence | None
    """The sentence that says most for it."""


def roles_of(turns: Sequence[Turn], sentences: Sequence[Sentence]) -> dict[str | None, Role]:
    """Speaker → role."""
    speakers = list(dict.fromkeys(turn.speaker for turn in turns))
    if speakers == [None]:
        return {None: Role(None, 0.9, None)}
    named = {speaker: _named(speaker) for speaker in speakers}
    if any(named.values()):
        return {speaker: Role(role, 0.99 if role else 0.6, None) for speaker, role in named.items()}
    said: dict[str | None, list[Sentence]] = {speaker: [] for speaker in speakers}
    for sentence in sentences:
        said[turns[sentence.turn].speaker].append(sentence)
    scores = {speaker: _score(said[speaker]) for speaker in speakers}
    systems = {speaker for speaker in speakers if _weighed(SYSTEM, said[speaker])[0] >= _SURE_SYSTEM}
    people = [speaker for speaker in speakers if speaker not in systems]
    out = {speaker: Role(SYSTEM_ROLE, 0.9, _weighed(SYSTEM, said[speaker])[1]) for speaker in systems}
    if len(people) == 2:
        first, second = people
        distance = scores[first] - scores[second] + (_ANSWERS if first == turns[0].speaker else -_ANSWERS)
        agent, customer = (first, second) if distance > 0 else (second, first)
        confidence = _confidence(abs(distance))
        if abs(distance) < _LEAST:
            return out | {speaker: Role(None, 0.6, None) for speaker in people}
        return out | {
            agent: Role(AGENT_ROLE, confidence, _weighed(AGENT, said[agent])[1]),
            customer: Role(CUSTOMER_ROLE, confidence, _weighed(CUSTOMER, said[customer])[1]),
        }
    if systems and len(people) == 1 and abs(scores[people[0]]) < 2 * _LEAST:
        return out | {people[0]: Role(CUSTOMER_ROLE, 0.6, None)}  # who leaves a message, or was greeted by a menu
    return out | _each(people, said, scores)


def _each(
    people: Sequence[str | None], said: dict[str | None, list[Sentence]], scores: dict[str | None, float]
) -> dict[str | None, Role]:
    """One, or more than two: each by what they say themselves."""
    out: dict[str | None, Role] = {}
    for speaker in people:
        score = scores[speaker]
        if abs(score) < _LEAST:
            out[speaker] = Role(None, 0.6, None)
        elif score > 0:
            out[speaker] = Role(AGENT_ROLE, _confidence(score), _weighed(AGENT, said[speaker])[1])
        else:
            out[speaker] = Role(CUSTOMER_ROLE, _confidence(-score), _weighed(CUSTOMER, said[speaker])[1])
    has_agent = any(role.name == AGENT_ROLE for role in out.values())
    unknown = [speaker for speaker, role in out.items() if role.name is None]
    if has_agent and unknown and not any(role.name == CUSTOMER_ROLE for role in out.values()):
        talks_most = max(unknown, key=lambda speaker: sum(len(sentence.text) for sentence in said[speaker]))
        out[talks_most] = Role(CUSTOMER_ROLE, 0.65, None)
    return out


def _named(speaker: str | None) -> str | None:
    """The role that a speaker's label is: `Agent`, `Customer 2`."""
    match = _NUMBERED.fullmatch((speaker or "").strip())
    name = match[1] if match else ""
    for pattern, role in ((NAMED_SYSTEM, SYSTEM_ROLE), (NAMED_AGENT, AGENT_ROLE), (NAMED_CUSTOMER, CUSTOMER_ROLE)):
        if pattern.fullmatch(name):
            return role
    bracketed = re.search(r"\(([^()]+)\)\s*$", speaker or "")
    return _named(bracketed[1]) if bracketed else None


def _score(said: Sequence[Sentence]) -> float:
    """Above 0 for an agent, below for a customer."""
    return _weighed(AGENT, said)[0] - _weighed(CUSTOMER, said)[0]


def _weighed(cues: Sequence[Cue], said: Sequence[Sentence]) -> tuple[float, Sentence | None]:
    """(weight of the cues in some sentences, each cue twice at most; the sentence that says most)."""
    counts: dict[int, int] = {}
    total, best, cited = 0.0, 0.0, None
    for sentence in said:
        own = 0.0
        for number, cue in enumerate(cues):
            if counts.get(number, 0) < 2 and cue.pattern.search(sentence.text):
                counts[number] = counts.get(number, 0) + 1
                own += cue.weight
        total += own
        if own > best:
            best, cited = own, sentence
    return total, cited


def _confidence(distance: float) -> float:
    return round(min(0.98, 1 / (1 + math.exp(-_SLOPE * distance))), 4)
