"""Sound and pictures out of media files; only this module and `media_program` know FFmpeg.

PyAV (FFmpeg as a library) reads nearly everything. What it cannot open or decode is tried once more with the system's `ffmpeg`
program where there is one. Both see a file's bytes only: no network protocol, and no format that is a list of other files (HLS,
DASH, concat, image sequences), is ever opened.

The time line starts at 0 with the earliest stream of the file, as players show it, so that words and frames share one clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from ..errors import CorruptFile, FileError, FileIoError, LimitExceeded, MissingEngine
from ..settings import Settings
from . import media_program

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_T = TypeVar("_T")

Warn = Callable[[str, str], None]
"""(code, message) of what could not be decoded."""

# Containers that hold their own streams. Everything that names other files or devices is left out.
CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,asf,flv,mpegts,mpeg,mpegvideo,mxf,nut,rm,ogg,wav,w64,mp3,flac,aac,ac3,eac3,amr,"
    "amrnb,amrwb,aiff,au,caf,ape,tta,wv,mpc,mpc8,dts,dtshd,truehd,voc,gsm,h264,hevc,m4v,mjpeg,ivf,dv,obu,swf,y4m,yuv4mpegpipe,oma,"
    "gif,apng"
)
# FFmpeg inserts silence where time stamps jump; below this it is jitter.
_GAP_S = 0.15
_SAMPLES_A_BLOCK = 16_000 * 30


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioTrack:
    codec: str
    sample_rate_hz: int
    channels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoTrack:
    """A moving picture; cover art of a song is none."""

    codec: str
    width: int
    """Pixels as stored; frames come turned upright."""
    height: int
    frames_per_second: float | None
    """On average; None when the file does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFacts:
    """What a media file says of itself; nothing is decoded for it."""

    container: str
    duration_s: float
    """As the file declares it: 0 when it does not, wrong in damaged files."""
    audio: AudioTrack | None
    video: VideoTrack | None
    title: str = ""


class Frame(NamedTuple):
    """A decoded picture of a video, upright."""

    number: int
    """From 0, in order of presentation; -1 when the decoder jumped to it."""
    time_s: float
    """Presentation time on the time line of the file."""
    image: NDArray[np.uint8]
    """RGB, shape (height, width, 3)."""


def probe(path: Path, settings: Settings | None = None) -> MediaFacts:
    """The streams of a file, its declared length and its codecs.

    Raises:
        CorruptFile: not a media file, or without a stream that could be decoded.
        LimitExceeded: longer or larger than the settings allow.
    """
    settings = settings or Settings.model_validate({})
    try:
        with _open(path) as container:
            facts = _facts(container)
    except _Unreadable as error:
        facts = _facts_of_program(path, error)
    if facts.duration_s > settings.max_media_hours * 3600:
        raise _too_long(path, facts.duration_s, settings)
    if facts.video is not None:
        _check_pixels(facts.video.width, facts.video.height, settings)
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
        lambda: _av_audio(path, sample_rate_hz, channels, warn or _silent),
        lambda: media_program.audio(path, CONTAINERS, sample_rate_hz=sample_rate_hz, channels=channels),
        path,
    ):
        total += piece.shape[1]
        if total > most:
            raise _too_long(path, total / sample_rate_hz, settings)
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
        lambda: _av_frames(path, settings, longest_side, warn or _silent),
        lambda: media_program.frames(path, CONTAINERS, longest_side=longest_side, check=_pixel_check(settings)),
        path,
    ):
        if frame.time_s > settings.max_media_hours * 3600:
            raise _too_long(path, frame.time_s, settings)
        count += 1
        yield frame
    if count == 0:
        raise CorruptFile(f"{path.name}: no frame of its video stream could be decoded; the file is damaged or empty")


def frames_at(path: Path, settings: Settings, times_s: Sequence[float]) -> Iterator[Frame]:
    """The frame shown at each of the times, full size; times ascend. Times past the last frame give the last frame, once."""
    if not times_s:
        return
    try:
        with _open(path) as container:
            yield from _av_frames_at(container, settings, times_s)
            return
    except _Unreadable:
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


# --- PyAV


class _Unreadable(Exception):
    """PyAV cannot open the file or lacks the decoder; the system's ffmpeg may."""


@contextmanager
def _open(path: Path) -> Iterator[Any]:
    """A PyAV container over the bytes of the file; its name is never shown to FFmpeg, which would read protocols out of it."""
    import av

    av.logging.set_level(None)
    try:
        source = path.open("rb")
    except OSError as error:
        raise FileIoError(f"{path.name}: cannot be opened ({error.strerror})") from error
    with source:
        try:
            container = av.open(
                source,
                metadata_errors="replace",
                buffer_size=1 << 18,
                container_options={"format_whitelist": CONTAINERS, "protocol_whitelist": "none"},
            )
        except (av.error.FFmpegError, ValueError, OSError) as error:
            raise _Unreadable(_reason(error)) from error
        with container:
            yield container


def _facts(container: Any) -> MediaFacts:
    audio, video = _audio_stream(container), _video_stream(container)
    if audio is None and video is None:
        raise _Unreadable("it holds no audio or video stream that can be decoded")
    return MediaFacts(
        container=container.format.name,
        duration_s=_declared_s(container),
        audio=None
        if audio is None
        else AudioTrack(
            codec=audio.codec_context.name, sample_rate_hz=audio.codec_context.sample_rate, channels=audio.channels
        ),
        video=None
        if video is None
        else VideoTrack(
            codec=video.codec_context.name,
            width=video.codec_context.width,
            height=video.codec_context.height,
            frames_per_second=float(video.average_rate) if video.average_rate else None,
        ),
        title=str(container.metadata.get("title", "")),
    )


def _declared_s(container: Any) -> float:
    return max(container.duration or 0, 0) / 1_000_000


def _audio_stream(container: Any) -> Any | None:
    return next((stream for stream in container.streams.audio if stream.codec_context is not None), None)


def _video_stream(container: Any) -> Any | None:
    """The first moving picture; cover art and thumbnails are pictures that stand still."""
    import av

    still = av.stream.Disposition.attached_pic | av.stream.Disposition.timed_thumbnails
    return next(
        (stream for stream in container.streams.video if stream.codec_context and not stream.disposition & still), None
    )


def _av_audio(path: Path, sample_rate_hz: int, channels: int, warn: Warn) -> Iterator[NDArray[np.int16]]:
    """int16, shape (channels, samples); silence where the time stamps leave a gap inside the declared length."""
    import av

    with _open(path) as container:
        stream = _audio_stream(container)
        if stream is None:
            raise _Unreadable("it holds no audio stream that can be decoded")
        start_s = (container.start_time or 0) / 1_000_000
        declared_s = _declared_s(container)
        layout = "mono" if channels == 1 else "stereo"
        resampler: Any = None
        form: tuple[str, str, int] | None = None
        clock_s, unusable = 0.0, 0
        for frame in _decoded(container, stream, path, warn):
            try:
                if (frame.format.name, frame.layout.name, frame.sample_rate) != form:
                    form = (frame.format.name, frame.layout.name, frame.sample_rate)
                    resampler = av.AudioResampler(format="s16p", layout=layout, rate=sample_rate_hz)
                time_s, length_s = frame.time, frame.samples / frame.sample_rate
                frame.pts = None
                pieces = [piece.to_ndarray() for piece in resampler.resample(frame)]
            except (av.error.FFmpegError, ValueError, ZeroDivisionError):
                # A damaged head claims a layout or rate that does not exist.
                form, unusable = None, unusable + 1
                continue
            if time_s is not None and time_s - start_s - clock_s > _GAP_S and time_s - start_s <= declared_s:
                yield from _silence(time_s - start_s - clock_s, channels, sample_rate_hz)
                clock_s = time_s - start_s
            clock_s += length_s
            yield from pieces
        if form is not None:
            for piece in resampler.resample(None):
                yield piece.to_ndarray()
        if unusable:
            warn("damaged_media", f"{path.name}: {unusable} pieces of sound have an impossible format; left out")


def _silence(seconds: float, channels: int, sample_rate_hz: int) -> Iterator[NDArray[np.int16]]:
    """In pieces, so that a pause of hours fills no memory."""
    import numpy as np

    left = round(seconds * sample_rate_hz)
    while left > 0:
        count = min(left, _SAMPLES_A_BLOCK)
        yield np.zeros((channels, count), dtype=np.int16)
        left -= count


def _av_frames(path: Path, settings: Settings, longest_side: int | None, warn: Warn) -> Iterator[Frame]:
    import av

    with _open(path) as container:
        stream = _video_stream(container)
        if stream is None:
            raise _Unreadable("it holds no moving picture that can be decoded")
        _check_pixels(stream.codec_context.width, stream.codec_context.height, settings)
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = settings.threads
        step_s = 1 / float(stream.average_rate) if stream.average_rate else 0.04
        start_s, time_s, unusable = (container.start_time or 0) / 1_000_000, -step_s, 0
        for index, frame in enumerate(_decoded(container, stream, path, warn)):
            _check_pixels(frame.width, frame.height, settings)
            # A time stamp that is missing or runs backwards is a damaged one: the frame follows its neighbour.
            stamped = frame.time - start_s if frame.time is not None else -1.0
            time_s = max(stamped, 0.0) if stamped > time_s else time_s + step_s
            try:
                image = _upright(frame, longest_side)
            except (av.error.FFmpegError, ValueError, MemoryError):
                unusable += 1
                continue
            yield Frame(index, round(time_s, 6), image)
        if unusable:
            warn("damaged_media", f"{path.name}: {unusable} frames cannot be converted; left out")


def _av_frames_at(container: Any, settings: Settings, times_s: Sequence[float]) -> Iterator[Frame]:
    """Jumps to the key frame before each time and decodes on from there."""
    import av

    stream = _video_stream(container)
    if stream is None:
        raise _Unreadable("it holds no moving picture that can be decoded")
    _check_pixels(stream.codec_context.width, stream.codec_context.height, settings)
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = settings.threads
    start_s = (container.start_time or 0) / 1_000_000
    for wanted_s in times_s:
        shown = None
        try:
            container.seek(round((wanted_s + start_s) / stream.time_base), stream=stream, backward=True)
            for frame in container.decode(stream):
                if shown is not None and frame.time is not None and frame.time - start_s > wanted_s + 1e-4:
                    break
                shown = frame
        except av.error.FFmpegError:
            pass  # what was shown before the damage stands
        if shown is None:
            continue
        _check_pixels(shown.width, shown.height, settings)
        time_s = shown.time - start_s if shown.time is not None else wanted_s
        with suppress(av.error.FFmpegError, ValueError):
            yield Frame(-1, round(max(time_s, 0.0), 6), _upright(shown, None))


def _decoded(container: Any, stream: Any, path: Path, warn: Warn) -> Iterator[Any]:
    """Frames of one stream; what cannot be decoded is left out and told once, at the end."""
    import av

    damaged, cut_short, count = 0, "", 0
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except (av.error.FFmpegError, OSError) as error:
            cut_short = _reason(error)
            break
        if packet is None:
            break
        try:
            decoded = packet.decode()
        except av.error.DecoderNotFoundError as error:
            raise _Unreadable(_reason(error)) from error
        except (av.error.FFmpegError, ValueError):
            damaged += 1
            continue
        count += len(decoded)
        yield from decoded
    if cut_short:
        warn("cut_short", f"{path.name}: the {stream.type} stream breaks off ({cut_short}); what comes before was read")
    elif damaged:
        warn("damaged_media", f"{path.name}: {damaged} packets of the {stream.type} stream cannot be decoded; left out")


def _upright(frame: Any, longest_side: int | None) -> NDArray[np.uint8]:
    """RGB pixels, turned as the file says they are shown, no side above `longest_side`."""
    import numpy as np

    scale = min(1.0, longest_side / max(frame.width, frame.height)) if longest_side else 1.0
    image = frame.to_ndarray(
        format="rgb24",
        width=max(1, round(frame.width * scale)),
        height=max(1, round(frame.height * scale)),
        interpolation="AREA" if scale < 1 else None,
    )
    turns = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(image, turns)) if turns else image


# --- both


def _with_program(
    read: Callable[[], Iterator[_T]], read_by_program: Callable[[], Iterator[_T]], path: Path
) -> Iterator[_T]:
    """What PyAV reads; where it cannot begin, what the program reads."""
    try:
        yield from read()
    except _Unreadable as error:
        try:
            yield from read_by_program()
        except media_program.ProgramFailed as failed:
            raise _unreadable(path, error, failed) from error


def _facts_of_program(path: Path, error: _Unreadable) -> MediaFacts:
    try:
        found = media_program.facts(path, CONTAINERS)
    except media_program.ProgramFailed as failed:
        raise _unreadable(path, error, failed) from error
    audio, video = found.audio, found.video
    return MediaFacts(
        container=found.container,
        duration_s=found.duration_s or 0.0,
        audio=AudioTrack(codec=audio[0], sample_rate_hz=audio[1], channels=audio[2]) if audio else None,
        video=VideoTrack(codec=video[0], width=video[1], height=video[2], frames_per_second=None) if video else None,
    )


def _unreadable(path: Path, error: _Unreadable, failed: media_program.ProgramFailed) -> FileError:
    if failed.is_missing and "decoder" in str(error).lower():
        return MissingEngine(f"{path.name}: {error}; install ffmpeg, it may know the codec")
    return CorruptFile(f"{path.name}: cannot be read as audio or video: {error}; {failed}")


def _reason(error: BaseException) -> str:
    """FFmpeg's words without the memory address of the file object that PyAV puts behind them."""
    return str(getattr(error, "strerror", None) or error).split(": '<")[0]


def _too_long(path: Path, seconds: float, settings: Settings) -> LimitExceeded:
    return LimitExceeded(
        f"{path.name}: {seconds / 3600:.2f} hours pass the limit of {settings.max_media_hours:g} hours; raise max_media_hours"
    )


def _check_pixels(width: int, height: int, settings: Settings) -> None:
    if width * height > settings.max_image_pixels:
        raise LimitExceeded(
            f"frames of {width} × {height} pixels pass the limit of {settings.max_image_pixels}; raise max_image_pixels"
        )


def _pixel_check(settings: Settings) -> Callable[[int, int], None]:
    return lambda width, height: _check_pixels(width, height, settings)


def _silent(code: str, message: str) -> None:
    """For callers that need no warnings."""
