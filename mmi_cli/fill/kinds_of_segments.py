"""Which of a schema's own kinds a segment is: `intro`, `demo`, `questions`; by the meaning of what is said, written and seen in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from ..datamodel.schema import Field
from ..scenes.time_line import Segment
from .recording import Recording

_SHARPER = 14.0
"""Makes probabilities of cosines between a segment and the names and descriptions of kinds."""
_FIRST = frozenset({"intro", "introduction", "opening", "beginning", "welcome", "greeting", "start"})
_LAST = frozenset({"outro", "closing", "credits", "conclusion", "end", "ending", "farewell", "goodbye", "wrap"})
_ASKING = frozenset({"questions", "question", "qa", "q&a", "discussion", "interview"})
_PLACE, _ASKED = 0.15, 0.25
"""Added to the cosine of a kind by its name: of the first or last segment; of one in which every sentence is a question."""
_MOST_CHARS = 1200


class Kind(NamedTuple):
    name: str
    probability: float
    """By likeness alone; nobody measured how often it is right."""


def kinds_of_segments(each: Field, recording: Recording, segments: Sequence[Segment]) -> tuple[Kind | None, ...]:
    """The kind of each segment; None where nothing is known of it, or no embedder is there to compare.

    Args:
        each: a string with `enum`.
    """
    embedder = recording.embedder
    texts = [_text(recording, segment) for segment in segments]
    if embedder is None or not any(texts):
        return (None,) * len(segments)
    described = dict(each.enum_descriptions)
    names = [option.replace("_", " ") for option in each.enum]
    options = [
        f"{name}: {described[option]}" if option in described else name
        for option, name in zip(each.enum, names, strict=True)
    ]
    vectors = embedder.embed([*options, *(text or "nothing" for text in texts)])
    wanted, seen = vectors[: len(options)], vectors[len(options) :]
    found: list[Kind | None] = []
    for number, (segment, text) in enumerate(zip(segments, texts, strict=True)):
        if not text:
            found.append(_by_sound(each, recording, segment))
            continue
        likeness = [float(value) for value in wanted @ seen[number]]
        asked = _share_of_questions(recording, segment)
        for at, name in enumerate(names):
            words = set(name.casefold().split())
            likeness[at] += _PLACE * (number == 0 and bool(words & _FIRST))
            likeness[at] += _PLACE * (number == len(segments) - 1 and bool(words & _LAST))
            likeness[at] += _ASKED * asked * bool(words & _ASKING)
        found.append(_surest(each, likeness))
    return tuple(found)


def _surest(each: Field, likeness: Sequence[float]) -> Kind:
    best = max(range(len(likeness)), key=lambda at: likeness[at])
    weights = [math.exp(_SHARPER * (value - likeness[best])) for value in likeness]
    return Kind(each.enum[best], round(weights[best] / sum(weights), 4))


def _by_sound(each: Field, recording: Recording, segment: Segment) -> Kind | None:
    """A kind that is called after the sound of a segment without words."""
    heard = recording.sound(segment)
    return Kind(heard[0], round(0.5 + 0.4 * heard[1], 4)) if heard is not None and heard[0] in each.enum else None


def _text(recording: Recording, segment: Segment) -> str:
    title = recording.title_shown(segment)
    said = recording.line.text_of(recording.line.words_in(segment))
    shown = ". ".join(recording.text_of(line) for line in recording.shown(segment))
    seen = ", ".join(tag.name for tag in recording.tags(segment))
    return ". ".join(part for part in (title.text if title else "", said[:_MOST_CHARS], shown[:400], seen) if part)


def _share_of_questions(recording: Recording, segment: Segment) -> float:
    runs = recording.line.words_in(segment)
    words = [recording.content.words[last - 1].text for first, last in runs if first < last]
    return sum(word.endswith("?") for word in words) / len(words) if words else 0.0
