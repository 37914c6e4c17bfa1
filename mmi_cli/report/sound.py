"""The shape of a recording, for a waveform; and its bytes, where they are to lie beside the page."""

from __future__ import annotations

import base64
import io
import shutil
from pathlib import Path
from typing import Any

from ..settings import Settings

PIECES = 900
_RATE_HZ = 8_000
PLAYED = frozenset(
    {
        "audio/mpeg", "audio/mp3", "audio/wav", "audio/x-wav", "audio/vnd.wave", "audio/ogg", "audio/opus", "audio/flac", "audio/x-flac",
        "audio/mp4", "audio/x-m4a", "audio/m4a", "audio/aac", "audio/webm", "video/mp4", "video/webm", "video/ogg", "video/quicktime",
        "video/x-m4v",
    }
)  # fmt: skip
"""What browsers commonly play; of others the page says that it may not."""
_SUFFIXES = {
    "audio/mpeg": ".mp3", "audio/mp3": ".mp3", "audio/ogg": ".ogg", "audio/opus": ".opus", "audio/flac": ".flac", "audio/x-flac": ".flac",
    "audio/mp4": ".m4a", "audio/x-m4a": ".m4a", "audio/m4a": ".m4a", "audio/aac": ".aac", "audio/webm": ".weba", "video/mp4": ".mp4",
    "video/webm": ".webm", "video/ogg": ".ogv", "video/quicktime": ".mov", "video/x-m4v": ".m4v",
}  # fmt: skip


def waveform(path: Path, settings: Settings) -> dict[str, Any]:
    """`{s, peaks}`: length in seconds, and the loudest sample of each of at most 900 equal pieces, 0 to 255, as base64.

    Raises:
        FileError: it cannot be decoded.
    """
    import numpy as np

    from ..extract import media

    step = _RATE_HZ // 50
    loudest, rest, samples = [], np.zeros(0, np.float32), 0
    for block in media.audio_blocks(path, settings, sample_rate_hz=_RATE_HZ):
        samples += block.shape[1]
        sound = np.concatenate((rest, np.abs(block[0])))
        whole = len(sound) // step * step
        loudest.append(sound[:whole].reshape(-1, step).max(axis=1))
        rest = sound[whole:]
    if len(rest):
        loudest.append(rest.max(keepdims=True))
    fine = np.concatenate(loudest) if loudest else np.zeros(1, np.float32)
    edges = np.linspace(0, len(fine), min(PIECES, len(fine)) + 1).astype(int)
    peaks = np.maximum.reduceat(fine, edges[:-1])
    top = float(peaks.max()) or 1.0
    data = np.round(peaks / top * 255).astype(np.uint8).tobytes()
    return {"s": round(samples / _RATE_HZ, 3), "peaks": base64.b64encode(data).decode()}


def copied(path: Path, media_type: str, sha256: str, folder: Path, settings: Settings) -> tuple[str, str]:
    """(name, media type) of a copy beside the page; sound that browsers do not play becomes Opus.

    Raises:
        FileError: it cannot be decoded.
    """
    if media_type in PLAYED or media_type.startswith("video/"):
        name = sha256[:32] + _SUFFIXES.get(media_type, ".wav" if media_type.startswith("audio/") else ".video")
        target = folder / name
        if not target.is_file() or target.stat().st_size != path.stat().st_size:
            partial = folder / f".{name}.partial"
            shutil.copyfile(path, partial)
            partial.replace(target)
        return name, media_type
    from .pictures import keep_bytes

    return keep_bytes(_as_opus(path, settings), folder, ".webm"), "audio/webm"


def _as_opus(path: Path, settings: Settings) -> bytes:
    import av
    import numpy as np

    from ..extract import media

    stream = io.BytesIO()
    with av.open(stream, "w", format="webm", options={"fflags": "+bitexact"}) as container:
        track = container.add_stream("libopus", rate=48_000, layout="mono")
        track.bit_rate = 32_000
        at = 0
        for block in media.audio_blocks(path, settings, sample_rate_hz=48_000):
            samples = np.clip(block * 32_767, -32_768, 32_767).astype(np.int16)
            for first in range(0, samples.shape[1], 48_000):
                frame = av.AudioFrame.from_ndarray(
                    np.ascontiguousarray(samples[:, first : first + 48_000]), format="s16", layout="mono"
                )
                frame.sample_rate, frame.pts = 48_000, at
                at += frame.samples
                container.mux(track.encode(frame))
        container.mux(track.encode(None))
    return stream.getvalue()
