"""Videos: shots, what is seen and written on key frames, and speech, on one time line."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from .. import progress
from ..datamodel.boxes import hull
from ..datamodel.content import Box, Content, FrameBox, Media, PageBox, Shot, Usage
from ..datamodel.content_builder import ContentBuilder, WordIn
from ..datamodel.figure import Figure
from ..engines.interface import ImageTagger, OcrEngine
from ..errors import CorruptFile, MissingEngine
from ..pictures.looks import figure_of
from ..settings import Settings
from . import audio, media
from .interface import ExtractContext
from .layout import lay_out_page
from .ocr_page import read_page_image
from .shots import LONGEST_SIDE, find_shots
from .sounds import sounds_of
from .speech import Heard, add_utterance, hear

# Two lines of neighbouring key frames are one line that stayed: texts this alike (0 to 1), boxes that share a place.
_SAME_TEXT = 0.85
_PART_CHARS = 4
_FIRST_LOOK, _WORTH_A_LOOK = 640, 0.6
"""Longest side of the copy in which text is looked for first, and the share of a frame's from which on the copy saves nothing. Letters of
24 lines of a 1080p frame and more are seen in it; a frame with smaller ones alone counts as one without new text."""


class _Line(NamedTuple):
    """A line of text on a frame."""

    words: tuple[WordIn, ...]
    text: str
    box: Box


class _Seen(NamedTuple):
    """The new lines of a key frame."""

    time_s: float
    lines: tuple[_Line, ...]


def extract(path: Path, context: ExtractContext) -> Content:
    """See `mmi_cli.extract.interface`; blocks are shots, on-screen text and utterances in order of time."""
    facts = media.probe(path, context.settings)
    if facts.video is None:
        return audio.extract(path, context)
    builder = ContentBuilder()
    # Cuts are looked for while the sound is heard: decoding uses no engine, and leaves a core idle on its own.
    is_over = threading.Event()
    with ThreadPoolExecutor(1, thread_name_prefix="cuts") as pool:
        cutting = pool.submit(_cut, path, context.settings, is_over)
        try:
            heard = _heard(path, context, builder, facts.audio)
            cuts = cutting.result()
        finally:  # after a failure or an interrupt nobody waits for the last frame
            is_over.set()
    shots, seen, figures, size = _looked_at(path, context, builder, heard, cuts)
    duration_s = max([shot.end_s for shot in shots] + ([heard.duration_s] if heard else []))
    _add_by_time(builder, shots, seen, figures, heard)
    if heard:
        builder.language = heard.language
        builder.add_usage(Usage(audio_seconds=heard.duration_s))
        if heard.engine:
            builder.add_engine("speech", heard.engine)
    builder.add_metadata("title", facts.title)
    builder.media = Media(
        duration_s=duration_s,
        has_audio=heard is not None,
        has_video=bool(shots),
        speech_s=heard.speech_s if heard else 0.0,
        width=size[0] if size else facts.video.width,
        height=size[1] if size else facts.video.height,
        sample_rate_hz=facts.audio.sample_rate_hz if heard and facts.audio else None,
        shots=shots,
        sounds=sounds_of(path, context.settings, heard.voice) if heard else (),
    )
    return builder.build()


def _heard(
    path: Path, context: ExtractContext, builder: ContentBuilder, track: media.AudioTrack | None
) -> Heard | None:
    """What is said; None without a sound track that can be decoded."""
    if track is None:
        return None
    try:
        return hear(path, context, builder, channels=track.channels)
    except CorruptFile as error:
        builder.add_warning("damaged_media", f"the sound track was left out: {error}")
        return None


class _Cuts(NamedTuple):
    """What came of looking for cuts."""

    shots: tuple[Shot, ...]
    warnings: list[tuple[str, str]]
    """Code and message."""
    error: CorruptFile | None


def _cut(path: Path, settings: Settings, is_over: threading.Event) -> _Cuts:
    warnings: list[tuple[str, str]] = []
    frames = media.frames(
        path, settings, longest_side=LONGEST_SIDE, warn=lambda code, message: warnings.append((code, message))
    )
    try:
        looked_at = takewhile(lambda _: not is_over.is_set(), frames)
        shots = find_shots(looked_at, threshold=settings.shot_threshold, key_frames=settings.key_frames_per_shot)
    except CorruptFile as error:
        return _Cuts((), warnings, error)
    return _Cuts(shots, warnings, None)


def _looked_at(
    path: Path, context: ExtractContext, builder: ContentBuilder, heard: Heard | None, cuts: _Cuts
) -> tuple[tuple[Shot, ...], list[_Seen], list[Figure], tuple[int, int] | None]:
    """Shots, what is written in them, their key frames as figures, and the width and height of a frame as shown.

    Raises:
        CorruptFile: no frame can be decoded, and nothing was heard either.
    """
    settings = context.settings
    for code, message in cuts.warnings:
        builder.add_warning(code, message)
    if cuts.error is not None:
        if heard is None:
            raise cuts.error
        builder.add_warning("damaged_media", f"the pictures were left out: {cuts.error}")
        return (), [], [], None
    shots = _within_limit(cuts.shots, settings.max_key_frames, builder)
    engine = context.engines.ocr() if settings.ocr_mode != "never" else None
    times_s = [time_s for shot in shots for time_s in shot.key_frames_s]
    seen: list[_Seen] = []
    size: tuple[int, int] | None = None
    if engine is None:
        builder.add_warning("no_ocr_engine", "OCR is turned off; text on the screen was not read")
    else:
        builder.add_engine("ocr", engine.name)
    tagger = _tagger(context, builder)
    if engine is None and tagger is None:
        times_s = times_s[:1]  # for its size
    figures: list[Figure] = []
    before: tuple[_Line, ...] = ()
    progress.holds(pages=len(times_s))
    for frame in media.frames_at(path, settings, times_s):
        size = frame.image.shape[1], frame.image.shape[0]
        words = 0
        if engine is not None:
            stayed = _stayed_alone(frame, engine, before)
            lines = stayed if stayed is not None else _lines(frame, engine)
            new = tuple(line for line in lines if not any(_stayed(line, other) for other in before))
            if new:
                seen.append(_Seen(frame.time_s, new))
            before = lines
            words = sum(len(line.words) for line in lines)
        if tagger is not None:
            figures.append(figure_of(frame.image, tagger, words=words, page=None, frame_s=frame.time_s))
    return shots, seen, figures, size


def _tagger(context: ExtractContext, builder: ContentBuilder) -> ImageTagger | None:
    try:
        tagger = context.engines.image_tagger()
    except MissingEngine as error:
        builder.add_warning("missing_engine", f"what is seen on key frames is not named: {error}")
        return None
    if tagger is not None:
        builder.add_engine("image_tags", tagger.name)
    return tagger


def _within_limit(shots: tuple[Shot, ...], most: int, builder: ContentBuilder) -> tuple[Shot, ...]:
    """Shots with at most `most` key frames in all, left out evenly."""
    count = sum(len(shot.key_frames_s) for shot in shots)
    if count <= most:
        return shots
    builder.add_warning(
        "key_frames_left_out", f"{most} of {count} key frames were read for text; max_key_frames sets the limit"
    )
    kept = {number * count // most for number in range(most)}
    numbered = iter(range(count))
    return tuple(
        replace(shot, key_frames_s=tuple(time_s for time_s in shot.key_frames_s if next(numbered) in kept))
        for shot in shots
    )


def _stayed_alone(frame: media.Frame, engine: OcrEngine, before: Sequence[_Line]) -> tuple[_Line, ...] | None:
    """The lines of the frame before that are all that is written on this one; None where something new is, or may be.

    Of a large frame a small copy is looked at first, at a third of the time: most show no text, or the logo and the slide of before.
    """
    import cv2
    import numpy as np

    height, width = frame.image.shape[:2]
    scale = _FIRST_LOOK / max(height, width)
    if scale > _WORTH_A_LOOK:
        return None
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    progress.step()
    small = np.asarray(cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA))
    found = [
        _Line((), line.text, (line.box[0] / scale, line.box[1] / scale, line.box[2] / scale, line.box[3] / scale))
        for line in engine.read(small)
    ]
    if not all(any(_is_part(line, other) for other in before) for line in found):
        return None
    return tuple(other for other in before if any(_is_part(line, other) for line in found))


def _lines(frame: media.Frame, engine: OcrEngine) -> tuple[_Line, ...]:
    """The lines of text on a frame, in reading order."""
    page = read_page_image(frame.image, engine)
    builder = ContentBuilder()
    lay_out_page(builder, page=1, width=page.width, height=page.height, words=page.words)
    content = builder.build()
    lines = []
    for first, last in content.lines():
        words: list[WordIn] = []
        boxes: list[Box] = []
        for word in content.words[first:last]:
            if isinstance(word.place, PageBox):
                words.append((word.text, FrameBox(frame.time_s, word.place.box), word.score))
                boxes.append(word.place.box)
        if words:
            lines.append(_Line(tuple(words), " ".join(word[0] for word in words), hull(*boxes)))
    return tuple(lines)


def _stayed(line: _Line, other: _Line) -> bool:
    from rapidfuzz import fuzz

    return _overlap(line, other) and fuzz.ratio(line.text.casefold(), other.text.casefold()) / 100 >= _SAME_TEXT


def _is_part(line: _Line, other: _Line) -> bool:
    """Whether a line, as a small copy of the frame shows it, stands in another: what lies side by side may have been read as one."""
    from rapidfuzz import fuzz

    text = line.text.casefold()
    return _overlap(line, other) and (
        _stayed(line, other)
        or (len(text) >= _PART_CHARS and fuzz.partial_ratio(text, other.text.casefold()) / 100 >= _SAME_TEXT)
    )


def _overlap(line: _Line, other: _Line) -> bool:
    return (
        line.box[0] < other.box[2]
        and other.box[0] < line.box[2]
        and line.box[1] < other.box[3]
        and other.box[1] < line.box[3]
    )


def _add_by_time(
    builder: ContentBuilder,
    shots: Sequence[Shot],
    seen: Sequence[_Seen],
    figures: Sequence[Figure],
    heard: Heard | None,
) -> None:
    """Blocks in order of time; at the same time the shot comes first, then what it shows, what is written, what is said."""
    utterances = heard.utterances if heard else ()
    events: list[tuple[float, int, int]] = [
        *((shot.start_s, 0, number) for number, shot in enumerate(shots)),
        *((figure.frame_s or 0.0, 1, number) for number, figure in enumerate(figures)),
        *((text.time_s, 2, number) for number, text in enumerate(seen)),
        *((utterance.start_s, 3, number) for number, utterance in enumerate(utterances)),
    ]
    for _, kind, number in sorted(events):
        if kind == 0:
            builder.add_block("shot", [])
        elif kind == 1:
            builder.add_figure(figures[number])
        elif kind == 2:
            builder.add_block("on_screen_text", [line.words for line in seen[number].lines])
        else:
            add_utterance(builder, utterances[number])
