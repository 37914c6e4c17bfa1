"""Makes recordings of synthetic voices: text as samples, samples as MP3, pictures and samples as MP4; by flite or espeak-ng and ffmpeg."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

RATE_HZ = 16_000
_ALWAYS_THE_SAME = ("-map_metadata", "-1", "-fflags", "+bitexact")


def can_speak() -> bool:
    return _speaker() is not None and shutil.which("ffmpeg") is not None


def voice_note(text: str, path: Path) -> Path:
    """An MP3 of one voice, whichever is at hand."""
    with tempfile.TemporaryDirectory() as scratch:
        sound = Path(scratch) / "note.wav"
        command = (
            ["flite", "-voice", "slt", "-t", text, "-o"]
            if _speaker() == "flite"
            else ["espeak-ng", "-s", "150", text, "-w"]
        )
        subprocess.run([*command, str(sound)], check=True)
        return _as_mp3(sound, path, channels=1, bit_rate="32k")


def spoken(text: str, voice: str = "slt") -> np.ndarray:
    """int16 samples at `RATE_HZ`, by a voice of flite."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "said.wav"
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(path)], check=True)
        with wave.open(str(path)) as sound:
            assert sound.getframerate() == RATE_HZ, sound.getframerate()
            return np.frombuffer(sound.readframes(sound.getnframes()), dtype=np.int16)


def write_mp3(samples: np.ndarray, path: Path, *, bit_rate: str) -> None:
    """
    Args:
        samples: int16 at `RATE_HZ`, shape (samples,) or (samples, channels).
        bit_rate: as ffmpeg takes it: `32k`.
    """
    with tempfile.TemporaryDirectory() as scratch:
        sound = _as_wav(samples, Path(scratch) / "sound.wav")
        _as_mp3(sound, path, channels=1 if samples.ndim == 1 else samples.shape[1], bit_rate=bit_rate)


def write_mp4(
    frames: Sequence[Image.Image], samples: np.ndarray, path: Path, *, frames_per_second: int, bit_rate: str
) -> None:
    """H.264 with AAC.

    Args:
        frames: RGB, all of one size.
        samples: int16 at `RATE_HZ`, shape (samples,).
        bit_rate: of the sound, as ffmpeg takes it: `48k`.
    """
    width, height = frames[0].size
    with tempfile.TemporaryDirectory() as scratch:
        sound, pictures = _as_wav(samples, Path(scratch) / "sound.wav"), Path(scratch) / "pictures.rgb"
        pictures.write_bytes(b"".join(frame.tobytes() for frame in frames))
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}",
             "-r", str(frames_per_second), "-i", str(pictures), "-i", str(sound), "-c:v", "libx264", "-crf", "30", "-g", "50",
             "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", bit_rate, *_ALWAYS_THE_SAME, str(path)],
            check=True,
        )  # fmt: skip


def _speaker() -> str | None:
    return next((each for each in ("flite", "espeak-ng") if shutil.which(each)), None)


def _as_wav(samples: np.ndarray, path: Path) -> Path:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(samples.tobytes())
    return path


def _as_mp3(sound: Path, path: Path, *, channels: int, bit_rate: str) -> Path:
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-i", str(sound), "-ac", str(channels), "-ar", str(RATE_HZ), "-c:a", "libmp3lame",
         "-b:a", bit_rate, "-joint_stereo", "0", *_ALWAYS_THE_SAME, str(path)],
        check=True,
    )  # fmt: skip
    return path
