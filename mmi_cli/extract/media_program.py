"""The system's `ffmpeg` and `ffprobe`, by ffmpeg-python: for what PyAV cannot read."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from .media_facts import CONTAINERS, Frame

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PROBE_TIMEOUT_S = 60
_READ_BYTES = 1 << 20
_MOST_WORDS = 300


class ProgramFailed(Exception):
    """The program is not there (`is_missing`) or cannot read the file either."""

    def __init__(self, message: str, *, is_missing: bool = False) -> None:
        super().__init__(message)
        self.is_missing = is_missing


@dataclass(frozen=True, slots=True)
class ProgramFacts:
    container: str
    duration_s: float | None
    audio: tuple[str, int, int] | None
    """Codec, samples per second, channels."""
    video: tuple[str, int, int] | None
    """Codec, width and height as shown."""


def facts(path: Path) -> ProgramFacts:
    """Raises:
    ProgramFailed: no `ffprobe`, or it sees no audio or video.
    """
    import ffmpeg

    _find("ffprobe")
    try:
        found: dict[str, Any] = ffmpeg.probe(
            _name(path), timeout=_PROBE_TIMEOUT_S, protocol_whitelist="file,pipe", format_whitelist=CONTAINERS
        )
    except (ffmpeg.Error, subprocess.TimeoutExpired) as error:
        raise ProgramFailed(_told(getattr(error, "stderr", b"") or b"", "ffprobe cannot read it either")) from error
    audio = video = None
    for stream in found.get("streams", []):
        if stream.get("codec_type") == "audio" and audio is None:
            audio = (
                stream.get("codec_name", "unknown"),
                int(stream.get("sample_rate", 0)),
                int(stream.get("channels", 1)),
            )
        is_still = stream.get("disposition", {}).get("attached_pic")
        if stream.get("codec_type") == "video" and video is None and not is_still:
            width, height = int(stream.get("width", 0)), int(stream.get("height", 0))
            turns = [side.get("rotation", 0) for side in stream.get("side_data_list", [])]
            video = (
                stream.get("codec_name", "unknown"),
                *((height, width) if turns and turns[0] % 180 else (width, height)),
            )
    if audio is None and video is None:
        raise ProgramFailed("ffprobe sees no audio or video stream in it")
    duration = found.get("format", {}).get("duration")
    return ProgramFacts(
        found.get("format", {}).get("format_name", "unknown"), float(duration) if duration else None, audio, video
    )


def audio(path: Path, *, sample_rate_hz: int, channels: int) -> Iterator[NDArray[np.int16]]:
    """int16, shape (channels, samples); pauses in the time stamps are silence."""
    import ffmpeg
    import numpy as np

    stream = _input(path).audio.output("pipe:", format="s16le", ac=channels, ar=sample_rate_hz, af="aresample=async=1")
    with _running(ffmpeg.compile(stream)) as output:
        left = b""
        while chunk := output.read(_READ_BYTES):
            chunk = left + chunk
            whole = len(chunk) - len(chunk) % (2 * channels)
            left = chunk[whole:]
            yield np.frombuffer(chunk[:whole], dtype="<i2").reshape(-1, channels).T


def frames(path: Path, *, longest_side: int | None, check: Callable[[int, int], None]) -> Iterator[Frame]:
    """Frames at an even pace (the program drops and doubles them to hold it), turned upright."""
    import ffmpeg
    import numpy as np

    video = facts(path).video
    if video is None:
        raise ProgramFailed("ffprobe sees no moving picture in it")
    _, width, height = video
    check(width, height)
    scale = min(1.0, longest_side / max(width, height, 1)) if longest_side else 1.0
    width, height = max(1, round(width * scale)), max(1, round(height * scale))
    rate = 25
    stream = _input(path).video.filter("fps", rate).filter("scale", width, height)
    size_bytes = width * height * 3
    with _running(ffmpeg.compile(stream.output("pipe:", format="rawvideo", pix_fmt="rgb24"))) as output:
        index = 0
        while len(pixels := output.read(size_bytes)) == size_bytes:
            yield Frame(index, index / rate, np.frombuffer(pixels, dtype=np.uint8).reshape(height, width, 3))
            index += 1


def _input(path: Path) -> Any:
    import ffmpeg

    _find("ffmpeg")
    return ffmpeg.input(_name(path), protocol_whitelist="file,pipe", format_whitelist=CONTAINERS)


def _find(program: str) -> None:
    if shutil.which(program) is None:
        raise ProgramFailed(f"no `{program}` program is installed to try in its place", is_missing=True)


def _name(path: Path) -> str:
    """The path in a form in which no name can be taken for an option or a protocol."""
    return f"file:{path.resolve()}"


@contextmanager
def _running(command: list[str]) -> Iterator[IO[bytes]]:
    """The program's standard output; it is killed when the reader stops early.

    Raises:
        ProgramFailed: it ended with an error before it gave a byte.
    """
    quiet = [command[0], "-nostdin", "-loglevel", "error", *command[1:]]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(quiet, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said)
        assert process.stdout is not None
        counted = _Counted(process.stdout)
        try:
            yield counted  # type: ignore[misc]
        finally:
            process.kill() if process.poll() is None and not counted.is_at_end else None
            process.wait()
            process.stdout.close()
        if process.returncode and counted.count == 0:
            said.seek(0)
            raise ProgramFailed(_told(said.read(8_192), "ffmpeg cannot read it either"))


class _Counted:
    """A stream that knows how much was read from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.count = 0
        self.is_at_end = False

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self.count += len(data)
        self.is_at_end = len(data) < size
        return data


def _told(stderr: bytes, otherwise: str) -> str:
    lines = [line for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    last = lines[-1].rpartition(": ")[2] if lines else ""
    return f"{otherwise}: {last[:_MOST_WORDS]}" if last else otherwise
