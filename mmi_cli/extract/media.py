"""Sound and pictures out of media files; only the `media` modules know FFmpeg.

PyAV (FFmpeg as a library) reads nearly everything. What it cannot open or decode is tried once more with the system's `ffmpeg`
program where there is one. Both see a file's bytes only: no network protocol, and no format that is a list of other files (HLS,
DASH, concat, image sequences), is ever opened.

The time line starts at 0 with the earliest stream of the file, as players show it, so that words and frames share one clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from .. import progress
from ..errors import CorruptFile, FileError, MissingEngine
from ..meter import span, steps
from ..settings import Settings
from . import media_library, media_program
from .media_facts import AudioTrack, Frame, MediaFacts, VideoTrack, Warn, check_pixels, too_long

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_T = TypeVar("_T")

_SAMPLES_A_BLOCK = 16_000 * 30


def probe(path: Path, settings: Settings | None = None) -> MediaFacts:
    """The streams of a file, its declared length and its codecs.

    Raises:
        CorruptFile: not a media file, or without a stream that could be decoded.
        LimitExceeded: longer or larger than the settings allow.
    """
    settings = settings or Settings.model_validate({})
    try:
        with span("probe", "library"):
            facts = media_library.facts(path)
    except media_library.Unreadable as error:
        with span("ffprobe", "library"):
            facts = _facts_of_program(path, error)
    if facts.duration_s > settings.max_media_hours * 3600:
        raise too_long(path.name, facts.duration_s, settings)
    if facts.video is not None:
        check_pixels(facts.video.width, facts.video.height, settings)
    progress.holds(media_s=facts.duration_s)
    return facts


def decode_mono(
    path: Path, *, sample_rate_hz: int = 16_000, settings: Settings | None = None, warn: Warn | None = None
) -> NDArray[np.float32]:
    """Decode the first audio stream as a whole; `audio_blocks` does the same in flat memory.

    Returns float32, shape (samples,), in [-1, 1]; channels averaged.

    Raises:
        CorruptFile: no audio stream, or nothing decodable in it.
        LimitExceeded: longer than `max_media_hours`.
    """
    import numpy as np

    blocks = audio_blocks(path, settings or Settings.model_validate({}), sample_rate_hz=sample_rate_hz, warn=warn)
    return np.concatenate([block[0] for block in blocks])


def audio_blocks(
    path: Path, settings: Settings, *, sample_rate_hz: int = 16_000, channels: int = 1, warn: Warn | None = None
) -> Iterator[NDArray[np.float32]]:
    """Decode the first audio stream block by block; a pause in the time stamps is silence in the samples.

    Yields float32, shape (channels, samples), in [-1, 1], at most about half a minute each.

    Args:
        channels: 1 averages all channels; 2 keeps left and right apart.

    Raises:
        CorruptFile: no audio stream, or nothing decodable in it.
        LimitExceeded: longer than `max_media_hours`.
    """
    import numpy as np

    most = round(settings.max_media_hours * 3600 * sample_rate_hz)
    total = 0
    pending: list[NDArray[np.int16]] = []
    pending_samples = 0
    for piece in _with_program(
        lambda: media_library.audio(path, sample_rate_hz=sample_rate_hz, channels=channels, warn=warn or _silent),
        lambda: media_program.audio(path, sample_rate_hz=sample_rate_hz, channels=channels),
        path,
    ):
        progress.step()
        total += piece.shape[1]
        if total > most:
            raise too_long(path.name, total / sample_rate_hz, settings)
        pending.append(piece)
        pending_samples += piece.shape[1]
        if pending_samples >= _SAMPLES_A_BLOCK:
            yield np.concatenate(pending, axis=1).astype(np.float32) / np.float32(32_768)
            pending, pending_samples = [], 0
    if pending:
        yield np.concatenate(pending, axis=1).astype(np.float32) / np.float32(32_768)
    if total == 0:
        raise CorruptFile(f"{path.name}: nothing in its audio stream could be decoded; the file is damaged or empty")


def frames(
    path: Path, settings: Settings, *, longest_side: int | None = None, warn: Warn | None = None
) -> Iterator[Frame]:
    """Every frame of the first moving picture, in order of presentation.

    Args:
        longest_side: pictures are made smaller to this many pixels; never larger.

    Raises:
        CorruptFile: no video stream, or nothing decodable in it.
        LimitExceeded: more pixels or hours than the settings allow.
    """
    count = 0
    for frame in _with_program(
        lambda: media_library.frames(path, settings, longest_side=longest_side, warn=warn or _silent),
        lambda: media_program.frames(path, longest_side=longest_side, check=_pixel_check(settings)),
        path,
    ):
        if frame.time_s > settings.max_media_hours * 3600:
            raise too_long(path.name, frame.time_s, settings)
        count += 1
        progress.step()
        yield frame
    if count == 0:
        raise CorruptFile(f"{path.name}: no frame of its video stream could be decoded; the file is damaged or empty")


def frames_at(path: Path, settings: Settings, times_s: Sequence[float]) -> Iterator[Frame]:
    """The frame shown at each of the times, full size; times ascend. Times past the last frame give the last frame, once."""
    if not times_s:
        return
    try:
        yield from steps(media_library.frames_at(path, settings, times_s), "decode", "library")
        return
    except media_library.Unreadable:
        pass
    wanted = iter(times_s)
    next_s: float | None = next(wanted)
    before: Frame | None = None
    for frame in frames(path, settings):
        while next_s is not None and before is not None and frame.time_s > next_s + 1e-6:
            yield before
            next_s = next(wanted, None)
        if next_s is None:
            return
        before = frame
    if before is not None and next_s is not None:
        yield before


def _with_program(
    read: Callable[[], Iterator[_T]], read_by_program: Callable[[], Iterator[_T]], path: Path
) -> Iterator[_T]:
    """What PyAV reads; where it cannot begin, what the program reads."""
    try:
        yield from steps(read(), "decode", "library")
    except media_library.Unreadable as error:
        try:
            yield from steps(read_by_program(), "ffmpeg", "library")
        except media_program.ProgramFailed as failed:
            raise _unreadable(path, error, failed) from error


def _facts_of_program(path: Path, error: media_library.Unreadable) -> MediaFacts:
    try:
        found = media_program.facts(path)
    except media_program.ProgramFailed as failed:
        raise _unreadable(path, error, failed) from error
    audio, video = found.audio, found.video
    return MediaFacts(
        container=found.container,
        duration_s=found.duration_s or 0.0,
        audio=AudioTrack(codec=audio[0], sample_rate_hz=audio[1], channels=audio[2]) if audio else None,
        video=VideoTrack(codec=video[0], width=video[1], height=video[2], frames_per_second=None) if video else None,
    )


def _unreadable(path: Path, error: media_library.Unreadable, failed: media_program.ProgramFailed) -> FileError:
    if failed.is_missing and "decoder" in str(error).lower():
        return MissingEngine(f"{path.name}: {error}; install ffmpeg, it may know the codec")
    return CorruptFile(f"{path.name}: cannot be read as audio or video: {error}; {failed}")


def _pixel_check(settings: Settings) -> Callable[[int, int], None]:
    return lambda width, height: check_pixels(width, height, settings)


def _silent(code: str, message: str) -> None:
    """For callers that need no warnings."""


__all__ = [
    "AudioTrack",
    "Frame",
    "MediaFacts",
    "VideoTrack",
    "audio_blocks",
    "decode_mono",
    "frames",
    "frames_at",
    "probe",
]
