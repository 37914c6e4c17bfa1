"""Who speaks when: turns and their sentences, from words with times, or from a transcript of lines `Agent: …`."""

# ruff: noqa: E501 - a phrase list reads better with one pattern a line
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..datamodel.content import Content, TimeSpan

_END = re.compile(r"(?<=[.?!…])[\"'”)]?\s+(?=[\"'“¿¡(]?[^\W_a-zäöüß])|(?<=[。？！])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|st|no|nr|hr|fr|vs|etc|ca|bzw|z\.\s?b|d\.\s?h|u\.\s?a|inkl|ext|dept|approx)|(?<![^\W\d_]{2})\b[A-Z]|"
    r"\b[ap]\.\s?m)\.$",
    re.IGNORECASE,
)
_HALF_OF_DAY = re.compile(r"\b[ap]\.\s?m\.$", re.IGNORECASE)
_BLOCK = re.compile(r"\n\s*\n")
_STAMP = r"[\[(]?(?:(?P<hours>\d{1,2}):)?(?P<minutes>\d{1,2}):(?P<seconds>\d{2})(?:[.,](?P<part>\d{1,3}))?[\])]?"
_NAMED_LINE = re.compile(
    rf"\s*(?:{_STAMP}\s*[-–|]?\s*)?(?:\*\*|__)?(?P<name>[^\W\d_][\w.'’-]*(?: [\w.'’()-]+){{0,3}}?)(?:\*\*|__)?\s*:(?:\*\*|__)?\s+(?P<said>\S.*)"
)
_LEAST_LINES = 3
_LEAST_SHARE = 0.6
_MOST_NAMES = 12
_LONGEST = 1_000
"""Characters of a sentence that phrases are looked for in: nobody says more in one breath."""
_BEFORE = 16
"""Characters around the end of a sentence that say whether it is one."""
_GOES_ON_S = 0.5
"""How much longer another has spoken than a turn lasted, for what its speaker says next to be a new turn."""


class Turn(NamedTuple):
    """What one speaker says until another does."""

    number: int
    speaker: str | None
    start: int
    """Of its characters in `Content.text`."""
    end: int
    text: str
    start_s: float | None
    end_s: float | None
    word_count: int
    score: float | None
    """Mean of the reader's scores."""


class Sentence(NamedTuple):
    """A sentence of a turn."""

    turn: int
    start: int
    end: int
    text: str
    """On one line, with straight apostrophes; of a longer one its first thousand characters."""
    is_last: bool
    """Of its turn."""


class _Piece(NamedTuple):
    """An utterance, or a line."""

    speaker: str | None
    first: int
    last: int
    start_s: float | None
    end_s: float | None


def turns_of(content: Content) -> tuple[Turn, ...]:
    """The turns of a call in the order they begin; none where nobody is seen to speak."""
    pieces = list(_timed(content)) or list(_lines(content))
    turns: list[Turn] = []
    for group in _by_speaker(pieces):
        words = content.words[group[0].first : group[-1].last]
        start, end = words[0].offset, words[-1].offset + len(words[-1].text)
        scores = [word.score for word in words if word.score is not None]
        starts = [piece.start_s for piece in group if piece.start_s is not None]
        ends = [piece.end_s for piece in group if piece.end_s is not None]
        turns.append(
            Turn(
                number=len(turns), speaker=group[0].speaker, start=start, end=end, text=plain(content.text[start:end]),
                start_s=min(starts) if starts else None, end_s=max(ends) if ends else None, word_count=len(words),
                score=sum(scores) / len(scores) if scores else None,
            )
        )  # fmt: skip
    return tuple(turns)


def sentences_of(content: Content, turns: Iterable[Turn]) -> tuple[Sentence, ...]:
    """The sentences of all turns in their order."""
    out: list[Sentence] = []
    for turn in turns:
        spans = list(_sentence_spans(content.text, turn.start, turn.end))
        out += [
            Sentence(
                turn.number,
                start,
                end,
                plain(content.text[start : min(end, start + _LONGEST)]),
                number == len(spans) - 1,
            )
            for number, (start, end) in enumerate(spans)
        ]
    return tuple(out)


def plain(text: str) -> str:
    """On one line, with straight apostrophes."""
    return " ".join(text.replace("’", "'").replace("‘", "'").split())


def _timed(content: Content) -> Iterator[_Piece]:
    for block in content.blocks:
        if block.kind != "utterance" or block.first == block.last:
            continue
        # One block may hold two voices where it was cut by pauses alone.
        first = block.first
        for at in range(block.first + 1, block.last + 1):
            if at < block.last and _speaker(content, at) == _speaker(content, first):
                continue
            places = [word.place for word in content.words[first:at] if isinstance(word.place, TimeSpan)]
            if places:
                yield _Piece(places[0].speaker, first, at, min(p.start_s for p in places), max(p.end_s for p in places))
            first = at


def _speaker(content: Content, at: int) -> str | None:
    place = content.words[at].place
    return place.speaker if isinstance(place, TimeSpan) else None


def _lines(content: Content) -> Iterator[_Piece]:
    """Lines that begin with a name, where that is how the text is written: few names, which come again and again."""
    lines = [(first, last, content.text_of(first, last)) for first, last in content.lines()]
    matches = [_NAMED_LINE.match(text) for _, _, text in lines]
    names = Counter(match["name"] for match in matches if match)
    named = sum(names.values())
    if not (
        named >= _LEAST_LINES
        and named >= _LEAST_SHARE * len(lines)
        and 2 <= len(names) <= _MOST_NAMES
        and named >= 1.5 * len(names)
    ):
        return
    speaker: str | None = None
    start_s: float | None = None
    for (first, last, _), match in zip(lines, matches, strict=True):
        at = first
        if match is not None:
            speaker, start_s = match["name"], _seconds(match)
            said = content.words[first].offset + match.start("said")
            at = next((index for index in range(first, last) if content.words[index].offset >= said), last)
        if at < last and speaker is not None:
            yield _Piece(speaker, at, last, start_s, None)


def _seconds(match: re.Match[str]) -> float | None:
    if match["minutes"] is None:
        return None
    part = float(f"0.{match['part']}") if match["part"] else 0.0
    return int(match["hours"] or 0) * 3600 + int(match["minutes"]) * 60 + int(match["seconds"]) + part


def _by_speaker(pieces: list[_Piece]) -> Iterator[list[_Piece]]:
    """Runs of pieces of one speaker; where no speaker is known each piece stands alone.

    A `mhm` while another goes on speaking is a turn of its own, whatever its speaker says next.
    """
    group: list[_Piece] = []
    spoken_until: dict[str | None, float] = {}
    for piece in pieces:
        if group:
            last_s = group[-1].end_s or 0.0
            others_s = max((end_s for who, end_s in spoken_until.items() if who != piece.speaker), default=0.0)
            if piece.speaker is None or piece.speaker != group[-1].speaker or others_s > last_s + _GOES_ON_S:
                yield group
                group = []
        group.append(piece)
        spoken_until[piece.speaker] = max(spoken_until.get(piece.speaker, 0.0), piece.end_s or 0.0)
    if group:
        yield group


def _sentence_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    cuts: set[int] = set()
    said = text[start:end]
    for match in _END.finditer(said):
        before, after = said[max(0, match.start() - _BEFORE) : match.start()], said[match.end() : match.end() + _BEFORE]
        if _ABBREVIATION.search(before) and not (_HALF_OF_DAY.search(before) and _begins_anew(after)):
            continue
        cuts.add(match.end())
    for match in _BLOCK.finditer(said):  # no sign ends what was said before a pause
        before, after = said[max(0, match.start() - 1) : match.start()], said[match.end() : match.end() + 1]
        if before[-1:] not in ".?!…,;:-–" and after[:1].isupper():
            cuts.add(match.end())
    at = 0
    for cut in [*sorted(cuts), len(said)]:
        piece = said[at:cut]
        if piece.strip():
            yield start + at + len(piece) - len(piece.lstrip()), start + at + len(piece.rstrip())
        at = cut


def _begins_anew(text: str) -> bool:
    return bool(
        re.match(r"(?:I|We|You|That|This|It|Is|Are|Would|Do|Does|Can|Thank|OK|Okay|Great|And|So|My|The)\b", text)
    )
