"""Makes call.mp3: a made-up support call of two synthetic voices, the agent left, the customer right.

Needs `flite` (voices slt and rms of CMU, free licence) and `ffmpeg`; run it only to make the sample anew:

    python sample_data/call/make.py

What it runs, for each line and then once:

    flite -voice slt -t "Thank you for calling ..." -o 00.wav
    ffmpeg -i call.wav -ac 2 -ar 16000 -c:a libmp3lame -b:a 48k -joint_stereo 0 -map_metadata -1 -fflags +bitexact call.mp3
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from bench.made_recordings import RATE_HZ, spoken, write_mp3  # noqa: E402

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
    sides: list[np.ndarray] = []
    for who, text in LINES:
        said = spoken(text, VOICES[who])
        pair = np.zeros((len(said) + int(PAUSE_S * RATE_HZ), 2), dtype=np.int16)
        pair[: len(said), 0 if who == "agent" else 1] = said
        sides.append(pair)
    write_mp3(np.concatenate(sides), HERE / "call.mp3", bit_rate="48k")
    label = {"file": "call.mp3", "schema": "call", "fields": FIELDS, "transcript": " ".join(text for _, text in LINES)}
    (HERE / "labels.jsonl").write_text(json.dumps(label, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
