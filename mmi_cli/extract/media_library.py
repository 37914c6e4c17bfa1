"""Sound and pictures by PyAV, which is FFmpeg as a library; `media` is what others call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import FileIoError
from ..settings import Settings
from .media_facts import CONTAINERS, AudioTrack, Frame, MediaFacts, VideoTrack, Warn, check_pixels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# FFmpeg inserts silence where time stamps jump; below this it is jitter.
_GAP_S = 0.15
# A pause of hours is given in pieces of this size, so that it fills no memory.
_SILENCE_SAMPLES = 16_000 * 30


class Unreadable(Exception):
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
            raise Unreadable(_reason(error)) from error
        with container:
            yield container


def facts(path: Path) -> MediaFacts:
    """Raises:
    Unreadable: PyAV cannot open it, or sees nothing in it that it could decode.
    """
    with _open(path) as container:
        return _facts(container)


def _facts(container: Any) -> MediaFacts:
    audio, video = _audio_stream(container), _video_stream(container)
    if audio is None and video is None:
        raise Unreadable("it holds no audio or video stream that can be decoded")
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


def audio(path: Path, *, sample_rate_hz: int, channels: int, warn: Warn) -> Iterator[NDArray[np.int16]]:
    """int16, shape (channels, samples); silence where the time stamps leave a gap inside the declared length."""
    import av

    with _open(path) as container:
        stream = _audio_stream(container)
        if stream is None:
            raise Unreadable("it holds no audio stream that can be decoded")
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
    import numpy as np

    left = round(seconds * sample_rate_hz)
    while left > 0:
        count = min(left, _SILENCE_SAMPLES)
        yield np.zeros((channels, count), dtype=np.int16)
        left -= count


def frames(path: Path, settings: Settings, *, longest_side: int | None, warn: Warn) -> Iterator[Frame]:
    import av

    with _open(path) as container:
        stream = _video_stream(container)
        if stream is None:
            raise Unreadable("it holds no moving picture that can be decoded")
        check_pixels(stream.codec_context.width, stream.codec_context.height, settings)
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = settings.threads
        if longest_side is not None and longest_side * 2 <= max(
            stream.codec_context.width, stream.codec_context.height
        ):
            # Blocks of the codec vanish when the picture is made so much smaller; not smoothing them saves a tenth to a third.
            stream.codec_context.options = {"skip_loop_filter": "all"}
        step_s = 1 / float(stream.average_rate) if stream.average_rate else 0.04
        start_s, time_s, unusable = (container.start_time or 0) / 1_000_000, -step_s, 0
        for index, frame in enumerate(_decoded(container, stream, path, warn)):
            check_pixels(frame.width, frame.height, settings)
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


def frames_at(path: Path, settings: Settings, times_s: Sequence[float]) -> Iterator[Frame]:
    """Jumps to the key frame before each time and decodes on from there."""
    with _open(path) as container:
        yield from _frames_at(container, settings, times_s)


def _frames_at(container: Any, settings: Settings, times_s: Sequence[float]) -> Iterator[Frame]:
    import av

    stream = _video_stream(container)
    if stream is None:
        raise Unreadable("it holds no moving picture that can be decoded")
    check_pixels(stream.codec_context.width, stream.codec_context.height, settings)
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
        check_pixels(shown.width, shown.height, settings)
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
            raise Unreadable(_reason(error)) from error
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


def _reason(error: BaseException) -> str:
    """FFmpeg's words without the memory address of the file object that PyAV puts behind them."""
    return str(getattr(error, "strerror", None) or error).split(": '<")[0]
