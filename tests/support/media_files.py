"""Writes small media files for tests with PyAV; no program and no sample from elsewhere is needed."""

from __future__ import annotations

import struct
import wave
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

RATE_HZ = 16_000
RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 180, 30), (30, 30, 200), (250, 250, 250)


def tone(seconds: float, *, hz: float = 440.0, level: float = 0.3) -> np.ndarray:
    """float32 samples at 16 kHz."""
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (level * np.sin(2 * np.pi * hz * times)).astype(np.float32)


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE_HZ), dtype=np.float32)


def write_wav(path: Path, *channels: np.ndarray, rate_hz: int = RATE_HZ) -> Path:
    """16-bit PCM; every channel in [-1, 1] and of the same length."""
    samples = np.stack(channels, axis=1)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(len(channels))
        out.setsampwidth(2)
        out.setframerate(rate_hz)
        out.writeframes((np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
    return path


def write_audio(path: Path, samples: np.ndarray, *, codec: str) -> Path:
    """One mono track in the container of the file's suffix."""
    with av.open(str(path), "w") as container:
        _add_audio(container, samples, codec=codec, start_s=0.0)
    return path


def picture(color: tuple[int, int, int], *, size: tuple[int, int] = (160, 120)) -> np.ndarray:
    """RGB, one colour; size is width and height."""
    return np.full((size[1], size[0], 3), color, dtype=np.uint8)


def write_video(
    path: Path,
    shown: Sequence[tuple[float, np.ndarray]],
    *,
    sound: np.ndarray | None = None,
    sound_start_s: float = 0.0,
    rotation: int = 0,
    codec: str = "mpeg4",
    ticks_a_second: int = 1000,
) -> Path:
    """A video whose frames have the presentation times given, in seconds."""
    with av.open(str(path), "w") as container:
        height, width = shown[0][1].shape[:2]
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.bit_rate = 4_000_000
        stream.codec_context.time_base = Fraction(1, ticks_a_second)
        if rotation:
            stream.set_display_rotation(rotation)
        track = container.add_stream("aac", rate=RATE_HZ, layout="mono") if sound is not None else None
        for time_s, image in shown:
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts = round(time_s * ticks_a_second)
            frame.time_base = Fraction(1, ticks_a_second)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if track is not None and sound is not None:
            _encode_audio(container, track, sound, start_s=sound_start_s)
    return path


def with_cover_art(mp3: bytes, png: bytes) -> bytes:
    """The MP3 with an ID3 tag that holds a front cover."""
    body = b"\x00image/png\x00\x03\x00" + png
    frame = b"APIC" + struct.pack(">I", len(body)) + b"\x00\x00" + body
    size = len(frame)
    synchsafe = bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + synchsafe + frame + mp3


def _add_audio(container: av.container.OutputContainer, samples: np.ndarray, *, codec: str, start_s: float) -> None:
    track = container.add_stream(codec, rate=RATE_HZ, layout="mono")
    _encode_audio(container, track, samples, start_s=start_s)


def _encode_audio(container: av.container.OutputContainer, track, samples: np.ndarray, *, start_s: float) -> None:  # type: ignore[no-untyped-def]
    resampler = av.AudioResampler(format=track.codec_context.format, layout="mono", rate=RATE_HZ, frame_size=1024)
    whole = av.AudioFrame.from_ndarray(samples.reshape(1, -1).astype(np.float32), format="fltp", layout="mono")
    whole.sample_rate = RATE_HZ
    at = round(start_s * RATE_HZ)
    for piece in (*resampler.resample(whole), *resampler.resample(None)):
        piece.pts, piece.time_base = at, Fraction(1, RATE_HZ)
        at += piece.samples
        container.mux(track.encode(piece))
    container.mux(track.encode(None))
