"""What can be said of a recording, or of a segment of one, without a language model: titles, tags, topics, sentences, sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ..datamodel.content import Content, SoundKind
from ..datamodel.figure import Figure
from ..datamodel.record import Evidence
from ..engines.interface import Engines, TextEmbedder
from ..errors import MissingEngine
from ..scenes.sayings import Phrase, Sentence, central_sentences, telling_phrases
from ..scenes.time_line import Segment, Shown, TimeLine
from ..scenes.titles import Title, titles_of
from .media_evidence import of_frame, of_words

LEAST_TAG = 0.3
"""Probability of a tag on one frame; lower ones are told where two frames have them."""
_LEAST_TWICE = 0.15
MOST_TAGS, MOST_TOPICS = 10, 5
_LONG_S = 25.0
"""A stretch that is longer is summed up in two sentences."""
_SOUNDS: tuple[SoundKind, ...] = ("speech", "music", "other", "silence")
_HEARD = 0.25
"""Share of speech from which on a stretch is one of speech: most of a talk are pauses, and music plays on below it."""
_MOST_TITLE_WORDS = 9


@dataclass(frozen=True)
class Said:
    """A text with what speaks for it."""

    text: str
    evidence: tuple[Evidence, ...]
    confidence: float


@dataclass(frozen=True)
class Tagged:
    name: str
    figure: Figure
    probability: float


@dataclass
class Recording:
    """A whole recording, asked segment by segment."""

    content: Content
    embedder: TextEmbedder | None
    line: TimeLine = field(init=False)

    def __post_init__(self) -> None:
        self.line = TimeLine(self.content)

    @property
    def whole(self) -> Segment:
        return Segment(1, 0.0, self.line.end_s + 1e-6)

    @cached_property
    def titles(self) -> tuple[Title, ...]:
        return tuple(titles_of(self.line))

    def title_shown(self, segment: Segment) -> Title | None:
        """The first title on the screen that is no less than half as large as the largest."""
        inside = [each for each in self.titles if segment.holds(each.frame_s)]
        if not inside:
            return None
        largest = max(each.height for each in inside)
        return next(each for each in inside if each.height * 2 >= largest)

    def title(self, segment: Segment) -> Said | None:
        """What stands on the screen, else the most telling words, else what is seen or heard."""
        shown = self.title_shown(segment)
        if shown is not None:
            return Said(shown.text, of_words(self.content, [(shown.first, shown.last)]), 0.8)
        phrases = self.phrases(segment, 3)
        if phrases:
            named = [each for each in phrases if " " in each.text][:1] or list(phrases[:2])
            text = ", ".join(each.text for each in named)
            return Said(text[:1].upper() + text[1:], of_words(self.content, [each[1:3] for each in named]), 0.4)
        if tags := self.tags(segment):
            text = ", ".join(each.name for each in tags[:2])
            return Said(text[:1].upper() + text[1:], of_frame(tags[0].figure, tags[0].name), 0.4)
        if (sentence := next(iter(self.sentences(segment, 1)), None)) is not None:
            words = sentence.text.split()
            text = " ".join(words[:_MOST_TITLE_WORDS]) + (" …" if len(words) > _MOST_TITLE_WORDS else "")
            return Said(text, of_words(self.content, [sentence[:2]]), 0.4)
        return None

    def summary(self, segment: Segment) -> Said | None:
        """The most telling sentences; without speech what is written, then what is seen."""
        sentences = self.sentences(segment, 2 if segment.length_s > _LONG_S else 1)
        if sentences:
            text = " ".join(each.text for each in sentences)
            return Said(text, of_words(self.content, [each[:2] for each in sentences], "cited"), 0.5)
        lines = [each for each in self.line.shown_in(segment) if each.score >= 0.8 and each.last > each.first][:4]
        if sum(each.last - each.first for each in lines) >= 2:
            text = "Shown: " + "; ".join(self.text_of(each) for each in lines)
            return Said(text, of_words(self.content, [(each.first, each.last) for each in lines], "cited"), 0.5)
        if tags := self.tags(segment):
            text = "Seen: " + ", ".join(each.name for each in tags[:4])
            return Said(text, of_frame(tags[0].figure, text), 0.4)
        return None

    def tags(self, segment: Segment) -> tuple[Tagged, ...]:
        """What is seen on its key frames, the surest first, each with the frame that shows it best."""
        best: dict[str, Tagged] = {}
        counts: dict[str, int] = {}
        for figure in self.line.frames_in(segment):
            for tag in figure.tags:
                counts[tag.name] = counts.get(tag.name, 0) + (tag.probability >= _LEAST_TWICE)
                if tag.name not in best or best[tag.name].probability < tag.probability:
                    best[tag.name] = Tagged(tag.name, figure, tag.probability)
        told = [each for name, each in best.items() if each.probability >= LEAST_TAG or counts[name] > 1]
        return tuple(sorted(told, key=lambda each: (-each.probability, each.name))[:MOST_TAGS])

    def phrases(self, segment: Segment, most: int = MOST_TOPICS) -> tuple[Phrase, ...]:
        return telling_phrases(self.content, self.line.words_in(segment), most=most, embedder=self.embedder)

    def sentences(self, segment: Segment, most: int) -> tuple[Sentence, ...]:
        return central_sentences(self.content, self.line.words_in(segment), most=most, embedder=self.embedder)

    def shown(self, segment: Segment) -> tuple[Shown, ...]:
        """Lines on the screen, each text once."""
        seen: dict[str, Shown] = {}
        for each in self.line.shown_in(segment):
            seen.setdefault(self.text_of(each).casefold(), each)
        return tuple(seen.values())

    def sound(self, segment: Segment) -> tuple[SoundKind, float] | None:
        """(kind, share of the segment that has it): silence without a sound track; None where nobody listened."""
        media = self.content.media
        if media is not None and not media.has_audio:
            return "silence", 1.0
        if not self.line.sounds:
            return None
        shares: dict[SoundKind, float] = {kind: self.line.share_of(segment, kind) for kind in _SOUNDS}
        if shares["speech"] >= _HEARD:
            return "speech", shares["speech"]
        kind = max(_SOUNDS, key=lambda each: shares[each])
        return kind, shares[kind]

    def text_of(self, shown: Shown) -> str:
        return " ".join(self.content.text_of(shown.first, shown.last).split())


def embedder_of(engines: Engines) -> TextEmbedder | None:
    """None where there is none: words are then counted."""
    try:
        return engines.text_embedder()
    except MissingEngine:
        return None


def key_frame(frames: Sequence[Figure]) -> Figure | None:
    """The frame that stands for several: the sharpest of those in which most is seen."""
    return max(
        frames,
        key=lambda figure: (
            round(figure.sharpness or 0.0, 1),
            sum(tag.probability for tag in figure.tags),
            -(figure.frame_s or 0.0),
        ),
        default=None,
    )
