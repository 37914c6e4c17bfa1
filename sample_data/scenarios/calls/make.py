"""Makes the calls of this folder: two recordings of synthetic voices, and transcripts of four forms.

Needs `flite` (voices slt, rms and kal16 of CMU, free licence) and `ffmpeg`; run it only to make the samples anew:

    python sample_data/scenarios/calls/make.py

What it runs, for each line and then once a recording:

    flite -voice slt -t "Thank you for calling ..." -o 00.wav
    ffmpeg -i call.wav -c:a libmp3lame -b:a 32k -joint_stereo 0 -map_metadata -1 -fflags +bitexact refund.mp3
"""

# ruff: noqa: E501 - one line a turn
from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))

from bench.made_recordings import RATE_HZ, spoken, write_mp3  # noqa: E402

CALLS = HERE / "recordings"
VOICES = {"A": "slt", "C": "rms"}
PAUSE_S, WORD_S = 0.5, 0.36

# The first is stereo, a side a voice; the second is mono. A number is a pause in seconds before the line; below 0 it begins while the
# other still speaks.
REFUND = [
    ("A", 0.0, "Thank you for calling Northwind Energy. My name is Sarah Miller. How can I help you?"),
    ("C", 0.5, "Hello, my name is David Carter. I am calling because you charged me twice. This is really annoying."),
    ("A", 0.5, "I am sorry about that, Mister Carter. Can I have your account number, please?"),
    ("C", 0.5, "It is 5 5 8 2 0. I have been waiting for two weeks and nobody called me back."),
    ("A", -0.9, "I understand. Let me check your account."),
    ("A", 5.0, "I see the problem. I will refund 60 dollars to your account by October 15."),
    ("C", 0.5, "Great, that sounds good. Thank you so much for your help."),
    ("A", 0.5, "You are welcome. Have a nice day."),
]
BOOKING = [
    ("A", 0.0, "Thank you for calling Lakeside Dental. My name is Karen. How can I help you?"),
    ("C", 0.7, "Good morning. My name is Peter Novak. I would like to make an appointment for next week."),
    ("A", 0.7, "Of course. I have Tuesday at 10 or Friday at 3. Would either of those work for you?"),
    ("C", 0.7, "Friday at 3 is perfect."),
    ("A", 0.7, "Wonderful. You are booked for Friday at 3. We will send you a reminder on Thursday."),
    ("C", 0.7, "Excellent. Thank you very much. Goodbye."),
]
INTERNET = [
    ("A", 0.0, "Thanks for calling Fabrikam Broadband, this is Daniel. How can I help?"),
    ("C", 0.6, "Hi, Grace Lee. My internet keeps dropping every ten minutes and I am really fed up with it."),
    ("A", 0.6, "I am sorry to hear that, Grace. Let me check your line."),
    ("A", 7.0, "There is a fault outside your house. A technician will come on Wednesday between 8 and 12."),
    ("C", -0.8, "Wednesday? That is terrible. I work from home."),
    ("A", 0.6, "I understand. We will credit 10 dollars to your account for the trouble."),
    ("C", 0.6, "Fine. But I am not happy with this."),
]
CANCEL = [
    ("A", 0.0, "Welcome to Tailspin Mobile, you are speaking with Marcus Reed. How can I assist you today?"),
    ("C", 0.5, "Hello, I would like to cancel my contract. I am moving abroad."),
    ("A", 0.5, "I am sorry to see you go. May I have your name and your phone number?"),
    ("C", 0.5, "Olivia Grant, 555 0143."),
    (
        "A",
        3.0,
        "Thank you, Ms. Grant. Your contract is now cancelled. You will receive a final bill of $18.40 at the end of the month.",
    ),
    ("C", 0.5, "That was easy. Thank you."),
    ("A", 0.5, "Is there anything else I can do for you?"),
    ("C", 0.5, "No, that is all. Goodbye."),
]
STROM = [
    ("A", 0.0, "Guten Tag, willkommen bei Nordlicht Energie, mein Name ist Sabine Krüger. Wie kann ich Ihnen helfen?"),
    ("C", 0.5, "Guten Tag, hier ist Jens Albers. Meine Rechnung ist falsch, und ich bin wirklich verärgert."),
    ("A", 0.5, "Das tut mir leid, Herr Albers. Können Sie mir bitte Ihre Kundennummer nennen?"),
    ("C", 0.5, "Ja, die Kundennummer ist 4 7 1 1 8."),
    ("A", 4.0, "Vielen Dank. Wir erstatten Ihnen 80 Euro in den nächsten fünf Tagen."),
    ("C", 0.5, "Sehr gut, das freut mich. Vielen Dank für Ihre Hilfe."),
]
PARCEL = [
    ("Agent", "Trey Delivery, Chris speaking, how may I help?"),
    ("Customer", "My name is Diane Fox. I'm calling about a parcel that was supposed to arrive last Friday."),
    ("Agent", "Let me look. It says it was delivered to a neighbour."),
    ("Customer", "That is not true. I asked all my neighbours and nobody has it."),
    ("Agent", "I'm afraid there is nothing I can do, you would have to ask the sender."),
    ("Customer", "That is unacceptable. I'm never using your company again."),
]
Line = tuple[str, float, str]
LABELS = {
    "refund.mp3": {"company": "Northwind Energy", "agent": "Sarah Miller", "customer": "David Carter", "reason_category": "billing", "resolution": "resolved"},
    "booking.mp3": {"company": "Lakeside Dental", "agent": "Karen", "customer": "Peter Novak", "reason_category": "appointment", "resolution": "resolved"},
    "internet.vtt": {"company": "Fabrikam Broadband", "agent": "Daniel", "customer": "Grace Lee", "reason_category": "technical_problem", "resolution": "follow_up"},
    "cancel.srt": {"company": "Tailspin Mobile", "agent": "Marcus Reed", "customer": "Olivia Grant", "reason_category": "cancellation", "resolution": "resolved"},
    "strom.json": {"company": "Nordlicht Energie", "agent": "Sabine Krüger", "customer": "Jens Albers", "reason_category": "billing", "resolution": "resolved"},
    "parcel.txt": {"company": "Trey Delivery", "agent": "Chris", "customer": "Diane Fox", "reason_category": "delivery", "resolution": "unresolved"},
}  # fmt: skip


def main() -> None:
    record(REFUND, CALLS / "refund.mp3", channels=2)
    record(BOOKING, CALLS / "booking.mp3", channels=1)
    cues = timed(INTERNET)
    vtt = [f"{clock(a)} --> {clock(b)}\n<v Speaker {who}>{text}" for who, a, b, text in cues]
    (CALLS / "internet.vtt").write_text("\n\n".join(["WEBVTT", *vtt]) + "\n", "utf-8")
    srt = [
        f"{n}\n{clock(a).replace('.', ',')} --> {clock(b).replace('.', ',')}\nSpeaker {who}: {text}\n"
        for n, (who, a, b, text) in enumerate(timed(CANCEL), start=1)
    ]
    (CALLS / "cancel.srt").write_text("\n".join(srt), "utf-8")
    phrases = [
        {
            "channel": 0, "speaker": int(who), "offsetMilliseconds": round(a * 1000), "durationMilliseconds": round((b - a) * 1000),
            "text": text, "locale": "de-DE", "confidence": 0.93,
        }
        for who, a, b, text in timed(STROM)
    ]  # fmt: skip
    combined = {"channel": 0, "text": " ".join(text for _, _, text in STROM)}
    whole = {
        "durationMilliseconds": round(timed(STROM)[-1][2] * 1000),
        "combinedPhrases": [combined],
        "phrases": phrases,
    }
    (CALLS / "strom.json").write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (CALLS / "parcel.txt").write_text("\n".join(f"{who}: {text}" for who, text in PARCEL) + "\n", "utf-8")
    rows = [
        json.dumps({"file": name, "schema": "call-analytics", "fields": fields}, ensure_ascii=False)
        for name, fields in LABELS.items()
    ]
    (HERE / "labels.jsonl").write_text("\n".join(rows) + "\n", "utf-8")


def timed(lines: list[Line]) -> list[tuple[str, float, float, str]]:
    """(number of the speaker, start and end in seconds, text)."""
    out = []
    at_s = 0.0
    for who, pause_s, text in lines:
        start_s = max(0.0, at_s + pause_s)
        at_s = start_s + WORD_S * len(text.split())
        out.append(("1" if who == "A" else "2", start_s, at_s, text))
    return out


def clock(seconds: float) -> str:
    return f"00:{int(seconds // 60):02d}:{seconds % 60:06.3f}"


def record(lines: list[Line], path: Path, *, channels: int) -> None:
    """An mp3; with two channels the agent is on the left."""
    track = np.zeros((RATE_HZ * 120, 2), dtype=np.int32)
    at = end = 0
    for who, pause_s, text in lines:
        said = spoken(text, VOICES[who])
        at = max(0, end + round(pause_s * RATE_HZ))
        track[at : at + len(said), 0 if who == "A" else 1] += said
        end = at + len(said)
    track = track[: end + RATE_HZ // 2]
    samples = track if channels == 2 else track.sum(axis=1)
    write_mp3(np.clip(samples, -32768, 32767).astype(np.int16), path, bit_rate="40k" if channels == 2 else "24k")


if __name__ == "__main__":
    main()
