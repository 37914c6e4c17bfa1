"""A whole call, looked at once: turns, roles, names, times, moods, reason, promises, ending."""

from __future__ import annotations

from dataclasses import dataclass

from ..datamodel.content import Content, TimeSpan
from .introductions import Named, companies_of, introduced
from .measures import Span, Timing, merged, timing_of
from .outcome import Ending, ending_of
from .probing import Probe
from .promises import Promise, promises_of
from .reasons import Category, Reason, category_of, reason_of
from .roles import Role, roles_of
from .sentiment import language_of
from .turns import Sentence, Turn, sentences_of, turns_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is known of a call."""

    turns: tuple[Turn, ...]
    sentences: tuple[Sentence, ...]
    roles: dict[str | None, Role]
    names: dict[str | None, Named]
    introductions: tuple[Named, ...]
    """Every name that somebody introduces themselves by, by place."""
    companies: tuple[Named, ...]
    seconds: dict[str | None, float]
    """Speaker → seconds they speak; empty where there are no times."""
    timing: Timing | None
    language: str | None
    """In which moods can be read; None where in none."""
    reason: Reason | None
    category: Category | None
    promises: tuple[Promise, ...]
    ending: Ending | None
    probe: Probe | None
    """Compares sentences by meaning; None without an embedding model, and in other languages than English."""

    def side(self, role: str) -> tuple[Turn, ...]:
        """The turns of all speakers of a role."""
        return tuple(turn for turn in self.turns if self.role_of(turn) == role)

    def role_of(self, turn: Turn) -> str | None:
        found = self.roles.get(turn.speaker)
        return found.name if found is not None else None

    def said_by(self, turns: tuple[Turn, ...]) -> tuple[Sentence, ...]:
        numbers = {turn.number for turn in turns}
        return tuple(sentence for sentence in self.sentences if sentence.turn in numbers)


def analyse(content: Content, *, probe: Probe | None = None) -> Call | None:
    """None where nobody is seen to speak."""
    turns = turns_of(content)
    if not turns:
        return None
    sentences = sentences_of(content, turns)
    roles = roles_of(turns, sentences)
    spoken = _spoken(content)
    language = language_of(" ".join(turn.text for turn in turns[:40]), content.language)
    probe = probe if language == "en" else None
    reason = reason_of(turns, sentences, roles)
    promises = promises_of(turns, sentences, roles)
    names, introductions = introduced(turns, sentences, content.text)
    known_s = content.media.duration_s if content.media is not None else None
    return Call(
        turns=turns,
        sentences=sentences,
        roles=roles,
        names=names,
        introductions=introductions,
        companies=tuple(companies_of(turns, sentences, content.text)),
        seconds={speaker: sum(end - start for start, end in merged(spans)) for speaker, spans in spoken.items()},
        timing=timing_of(turns, [span for spans in spoken.values() for span in merged(spans)], known_s),
        language=language,
        reason=reason,
        category=category_of(turns, sentences, roles, reason, probe=probe),
        promises=promises,
        ending=ending_of(turns, sentences, roles, promises, probe=probe),
        probe=probe,
    )


def _spoken(content: Content) -> dict[str | None, list[Span]]:
    """Speaker → when they speak, an entry an utterance."""
    out: dict[str | None, list[Span]] = {}
    for block in content.blocks:
        if block.kind != "utterance":
            continue
        of_block: dict[str | None, Span] = {}
        for word in content.words[block.first : block.last]:
            place = word.place
            if isinstance(place, TimeSpan):
                start_s, end_s = of_block.get(place.speaker, (place.start_s, place.end_s))
                of_block[place.speaker] = (min(start_s, place.start_s), max(end_s, place.end_s))
        for speaker, span in of_block.items():
            out.setdefault(speaker, []).append(span)
    return out
