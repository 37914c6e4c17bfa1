"""Subtitles and transcripts with times (VTT, SRT, SBV, SubStation): cues → utterances with speakers."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..datamodel.content import Content, TimeSpan
from ..datamodel.content_builder import ContentBuilder
from ..errors import CorruptFile
from .decoding import decode_text, read_bytes
from .interface import ExtractContext

_TIME = r"(?:(\d{1,4}):)?(\d{1,3}):(\d{1,2})(?:[.,:](\d{1,6}))?"
_TIMING = re.compile(rf"^\s*{_TIME}\s*(?:-{{1,2}}>|,)\s*{_TIME}")
_INLINE_TIME = re.compile(rf"<{_TIME}>")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?(?:[ \t]+([^>]*))?>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|\{\\[^{}]*\}|\{[biuy]:[^{}]*\}|<>|</>")
_NOT_A_CUE = ("NOTE", "STYLE", "REGION", "WEBVTT")
# "Agent: ", ">> JOHN: ": up to four words before a colon.
_NAMED = re.compile(r"^(?:>+|-|–)?\s*([^\W\d_][\w.'’-]*(?: [\w.'’()-]+){0,3}):\s+(?=\S)")
_SURELY_A_NAME = re.compile(r"Speaker \d+|[A-ZÄÖÜÉÈ][A-ZÄÖÜÉÈ .'’-]+")
_DASH = re.compile(r"^(?:>+|-|–)\s*")
# A block of markdown, in which transcripts are passed on.
_FENCE = re.compile(r"\ufeff?\s*(?:`{3,}|~{3,})")
_FENCE_END = re.compile(r"(?:`{3,}|~{3,})\s*\Z")
_SENTENCE_END = (".", "?", "!", "…", ":", "。", "？", "！", '"', "”", ")", "]", "♪")

# Cues of one sentence stay together when they follow each other like this, up to this long.
_NEXT_CUE_S = 0.6
_LONGEST_S = 30.0


class _Cue(NamedTuple):
    """One voice's lines in one cue."""

    start_s: float
    end_s: float
    speaker: str | None
    lines: tuple[str, ...]


def extract(path: Path, context: ExtractContext) -> Content:
    """See `mmi_cli.extract.interface`; a block is what one voice says until its sentence ends, a line is a cue.

    Every word has the time of its cue.

    Raises:
        CorruptFile: text, but no cue with times in it.
    """
    text, _ = decode_text(read_bytes(path, context.settings), context.detection.encoding)
    text = text.replace("\x00", "")
    if _FENCE.match(text):
        text = _FENCE_END.sub("", text)
    lines = text.splitlines()
    is_substation = any(line.startswith(("[Script Info]", "Dialogue:")) for line in lines[:2_000])
    cues = list(_substation_cues(lines) if is_substation else _cues(lines))
    if not cues and any(line.strip() and not line.startswith(_NOT_A_CUE) for line in lines):
        raise CorruptFile(f"{context.name}: holds text but no cue with a start and an end time")
    builder = ContentBuilder()
    for group in _sentences(_with_names(_without_repeats(cues))):
        builder.add_block(
            "utterance",
            (
                ((word, TimeSpan(cue.start_s, cue.end_s, cue.speaker), None) for word in " ".join(cue.lines).split())
                for cue in group
            ),
        )
    builder.language = _declared_language(lines)
    return builder.build()


def _cues(lines: list[str]) -> Iterator[_Cue]:
    """Cues of VTT, SRT and SBV; a timing line begins one, whatever stands around it."""
    timings = [(number, match) for number, line in enumerate(lines) if (match := _TIMING.match(line))]
    for index, (number, match) in enumerate(timings):
        stop = timings[index + 1][0] if index + 1 < len(timings) else len(lines)
        said: list[str] = []
        has_gap = False
        for at in range(number + 1, stop):
            line = lines[at].strip()
            if not line:
                has_gap = True
                continue
            if has_gap and line.startswith(_NOT_A_CUE):
                break
            # The line above the next timing line is the number or name of that cue.
            is_identifier = at == stop - 1 and stop < len(lines) and (line.isdigit() or has_gap)
            if not is_identifier:
                said.append(line)
        start_s, end_s = _seconds(match.groups()[:4]), _seconds(match.groups()[4:])
        yield from _voices(start_s, max(start_s, end_s), said)


def _substation_cues(lines: list[str]) -> Iterator[_Cue]:
    """Cues of SubStation Alpha: `Dialogue:` lines, columns named by `Format:`."""
    columns = ["layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text"]
    in_events = False
    for line in lines:
        if line.startswith("["):
            in_events = line.strip().lower() == "[events]"
        elif in_events and line.startswith("Format:"):
            columns = [column.strip().lower() for column in line[7:].split(",")]
        elif line.startswith("Dialogue:"):
            cells = dict(zip(columns, (cell.strip() for cell in line[9:].split(",", len(columns) - 1)), strict=False))
            times = [re.fullmatch(_TIME, cells.get(key, "")) for key in ("start", "end")]
            if times[0] and times[1]:
                said = re.split(r"\\[Nn]", cells.get("text", "").replace("\\h", " "))
                start_s, end_s = (_seconds(time.groups()) for time in times if time)
                for cue in _voices(start_s, max(start_s, end_s), said):
                    yield cue._replace(speaker=cue.speaker or cells.get("name") or None)


def _voices(start_s: float, end_s: float, lines: list[str]) -> Iterator[_Cue]:
    """The cue, split where `<v Name>` changes the voice or a time inside it (`<00:01.500>`) moves on."""
    text = "\n".join(lines)
    speaker: str | None = None
    at_s = start_s
    marks = sorted((*_VOICE.finditer(text), *_INLINE_TIME.finditer(text)), key=lambda match: match.start())
    ends = [mark.start() for mark in marks] + [len(text)]
    begin = 0
    pieces: list[tuple[float, str | None, str]] = []
    for mark, end in zip([None, *marks], ends, strict=True):
        if mark is not None:
            if mark.re is _VOICE:
                speaker = _plain(mark.group(1) or "") or speaker
            else:
                at_s = min(max(_seconds(mark.groups()), at_s), end_s)
            begin = mark.end()
        pieces.append((at_s, speaker, text[begin:end]))
    for number, (piece_s, voice, piece) in enumerate(pieces):
        said = tuple(plain for line in piece.split("\n") if (plain := _plain(line)))
        if said:
            later = [time_s for time_s, _, _ in pieces[number + 1 :] if time_s > piece_s]
            yield _Cue(piece_s, later[0] if later else end_s, voice, said)


def _without_repeats(cues: list[_Cue]) -> Iterator[_Cue]:
    """Rolling captions show each line twice, the second time above the next one."""
    before: _Cue | None = None
    for cue in cues:
        lines = cue.lines
        if before is not None and cue.start_s - before.end_s < 0.1 and cue.start_s > before.start_s:
            while lines and lines[0] in before.lines:
                lines = lines[1:]
        if lines:
            yield cue._replace(lines=lines)
        before = cue


def _with_names(cues: Iterator[_Cue]) -> list[_Cue]:
    """Names in front of the text become speakers, where they are surely names: in capitals, or there several times."""
    listed = list(cues)
    counts = Counter(
        match.group(1) for cue in listed for line in cue.lines if cue.speaker is None and (match := _NAMED.match(line))
    )
    named: list[_Cue] = []
    for cue in listed:
        speaker = cue.speaker
        parts: list[tuple[str | None, list[str]]] = []
        for line in cue.lines:
            match = _NAMED.match(line) if cue.speaker is None else None
            if match and (counts[match.group(1)] > 1 or _SURELY_A_NAME.fullmatch(match.group(1))):
                speaker, line = match.group(1), line[match.end() :]
                parts.append((speaker, [line]))
                continue
            line = _DASH.sub("", line)
            if parts:
                parts[-1][1].append(line)
            else:
                parts.append((speaker, [line]))
        named.extend(cue._replace(speaker=voice, lines=tuple(said)) for voice, said in parts)
    return named


def _sentences(cues: list[_Cue]) -> Iterator[list[_Cue]]:
    """Cues of one voice that follow each other until a sentence ends."""
    group: list[_Cue] = []
    for cue in cues:
        if group and (
            cue.speaker != group[-1].speaker
            or group[-1].lines[-1].endswith(_SENTENCE_END)
            or cue.start_s - group[-1].end_s > _NEXT_CUE_S
            or cue.end_s - group[0].start_s > _LONGEST_S
        ):
            yield group
            group = []
        group.append(cue)
    if group:
        yield group


def _plain(text: str) -> str:
    """Text of a line without tags and entities."""
    return html.unescape(_TAG.sub("", text)).strip()


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = parts
    return round(int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0) + float(f"0.{fraction or 0}"), 3)


def _declared_language(lines: list[str]) -> str | None:
    """`Language: en-GB` in the head of a VTT file."""
    for line in lines[:10]:
        if match := re.match(r"Language:\s*([A-Za-z]{2})(?:[-_].*)?\s*$", line):
            return match.group(1).lower()
    return None
