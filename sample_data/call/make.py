"""Makes call.mp3: a made-up support call of two synthetic voices, the agent left, the customer right.

Needs `flite` (voices slt and rms of CMU, free licence) and `ffmpeg`; run it only to make the sample anew:

    python sample_data/call/make.py

What it runs, for each line and then once:

    flite -voice slt -t "Thank you for calling ..." -o 00.wav
    ffmpeg -i call.wav -ac 2 -ar 16000 -c:a libmp3lame -b:a 48k -joint_stereo 0 -map_metadata -1 -fflags +bitexact call.mp3
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
RATE_HZ = 16_000
VOICES = {"agent": "slt", "customer": "rms"}
LINES = [
    ("agent", "Thank you for calling Northwind Energy. My name is Sarah Miller. How can I help you?"),
    (
        "customer",
        "Hello, this is David Carter. My bill for September is wrong. You charged me 240 dollars instead of 180.",
    ),
    ("agent", "I am sorry about that, Mister Carter. What is the number of your invoice, please?"),
    ("customer", "It is invoice number 5 5 8 2 0."),
    (
        "agent",
        "Thank you. I see the problem. Your meter was counted two times. I will refund 60 dollars to your account.",
    ),
    ("customer", "When will I get the money?"),
    ("agent", "You will have the refund by October 15, 2026. I will also send you a corrected bill by email."),
    ("customer", "Very good. Thank you for your help."),
    ("agent", "You are welcome. Goodbye."),
]
PAUSE_S = 0.45
FIELDS = {"companies": ["Northwind Energy"], "people": ["Sarah Miller", "David Carter"], "resolved": True}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        sides: list[np.ndarray] = []
        for number, (who, text) in enumerate(LINES):
            said = spoken(text, VOICES[who], Path(folder) / f"{number:02d}.wav")
            pair = np.zeros((len(said) + int(PAUSE_S * RATE_HZ), 2), dtype=np.int16)
            pair[: len(said), 0 if who == "agent" else 1] = said
            sides.append(pair)
        track = Path(folder) / "call.wav"
        with wave.open(str(track), "wb") as out:
            out.setnchannels(2)
            out.setsampwidth(2)
            out.setframerate(RATE_HZ)
            out.writeframes(np.concatenate(sides).tobytes())
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-i", str(track), "-ac", "2", "-ar", str(RATE_HZ), "-c:a", "libmp3lame", "-b:a",
             "48k", "-joint_stereo", "0", "-map_metadata", "-1", "-fflags", "+bitexact", str(HERE / "call.mp3")],
            check=True,
        )  # fmt: skip
    label = {"file": "call.mp3", "schema": "call", "fields": FIELDS, "transcript": " ".join(text for _, text in LINES)}
    (HERE / "labels.jsonl").write_text(json.dumps(label, ensure_ascii=False) + "\n", encoding="utf-8")


def spoken(text: str, voice: str, path: Path) -> np.ndarray:
    """int16 samples at 16 kHz."""
    subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(path)], check=True)
    with wave.open(str(path)) as sound:
        assert sound.getframerate() == RATE_HZ, sound.getframerate()
        return np.frombuffer(sound.readframes(sound.getnframes()), dtype=np.int16)


if __name__ == "__main__":
    main()
