"""Videos: cuts against what other detectors recorded, times against presentation stamps, kinds of sound, and how long ten minutes take.

    python -m bench.video                 # cuts, times and sound
    python -m bench.video --ten-minutes   # a made video of ten minutes at 1080p as well, end to end without a language model
    python -m bench.video --ten-minutes --with-model

The recorded detectors (PySceneDetect's own regression outputs) disagree; their consensus is a cut that at least half of those
that look at content (adaptive, content, hash, histogram) have, each within two frames. It is no truth made by people.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path
from typing import Any

import numpy as np

from bench.record import DATA, save

RATE_HZ = 16_000
WITHIN_FRAMES = 2
SILENT = {"FadesToBlack", "ThresholdDetector.default"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ten-minutes", action="store_true")
    parser.add_argument("--with-model", action="store_true")
    given = parser.parse_args()
    numbers: dict[str, Any] = {**cuts(), **stamps(), **sounds()}
    if given.ten_minutes:
        numbers |= ten_minutes(with_model=given.with_model)
    print(json.dumps(numbers, indent=2))
    save(
        "video", numbers, data="PySceneDetect's clips with their recorded cuts; videos and sounds made by this script",
        packages=["av", "scenedetect-headless", "opencv-python-headless", "faster-whisper", "rapidocr", "onnxruntime"],
    )  # fmt: skip


def consensus(goldens: dict[str, dict[str, list[int]]]) -> list[int]:
    """Frames at which at least half of the detectors of content cut, each counted within two frames; the median of theirs."""
    lists = [value["cuts"] for name, value in goldens.items() if name.endswith(".default") and name not in SILENT]
    every = sorted(cut for cuts in lists for cut in cuts)
    groups: list[list[int]] = []
    for cut in every:
        if groups and cut - groups[-1][0] <= WITHIN_FRAMES:
            groups[-1].append(cut)
        else:
            groups.append([cut])
    return [group[len(group) // 2] for group in groups if len(group) >= len(lists) / 2]


def cuts() -> dict[str, Any]:
    """Precision and recall of the cuts against the consensus, and how many recorded cuts of any detector were found."""
    from mmi_cli.extract import media
    from mmi_cli.extract.shots import LONGEST_SIDE, find_shots
    from mmi_cli.settings import Settings

    if not (DATA / "video" / "labels.jsonl").is_file():
        print(f"no cuts: {DATA / 'video'} is not there")
        return {}
    settings = Settings.model_validate({})
    right = found_count = wanted_count = 0
    for line in (DATA / "video" / "labels.jsonl").read_text("utf-8").splitlines():
        label = json.loads(line)
        if "detector_goldens" not in label:
            continue
        frames = media.frames(DATA / "video" / label["file"], settings, longest_side=LONGEST_SIDE)
        found = [shot.start_frame for shot in find_shots(frames, threshold=settings.shot_threshold, key_frames=1)[1:]]
        wanted = consensus(label["detector_goldens"])
        matched = sum(any(abs(cut - other) <= WITHIN_FRAMES for other in wanted) for cut in found)
        print(f"{label['file']}: found {found}, consensus {wanted}")
        right, found_count, wanted_count = right + matched, found_count + len(found), wanted_count + len(wanted)
    return {
        "cuts_precision": round(right / found_count, 3) if found_count else None,
        "cuts_recall": round(right / wanted_count, 3) if wanted_count else None,
        "cuts_in_consensus": wanted_count,
    }


def stamps() -> dict[str, Any]:
    """Of a video with a variable frame rate: how far the cuts lie from where they were put, seconds."""
    from mmi_cli.extract import media
    from mmi_cli.extract.shots import LONGEST_SIDE, find_shots
    from mmi_cli.settings import Settings
    from tests.support.media_files import BLUE, GREEN, RED, picture, write_video

    made, shown, time_s = [], [], 0.0
    for number in range(24):
        colour = (RED, GREEN, BLUE)[number % 3]
        step_s = (1 / 50, 1 / 12, 1 / 24, 1 / 30)[number % 4]
        made.append(time_s)
        for _ in range(round(1.7 / step_s)):
            shown.append((round(time_s, 3), picture(colour)))
            time_s += step_s
    with tempfile.TemporaryDirectory() as folder:
        path = write_video(Path(folder) / "variable.mp4", shown)
        settings = Settings.model_validate({})
        shots = find_shots(media.frames(path, settings, longest_side=LONGEST_SIDE), threshold=27.0, key_frames=1)
    errors = [min(abs(shot.start_s - cut) for shot in shots) for cut in made[1:]]
    return {
        "variable_rate_cuts": len(made) - 1,
        "variable_rate_found": len(shots) - 1,
        "variable_rate_worst_s": round(max(errors), 3),
    }


def sounds() -> dict[str, Any]:
    """Share of seconds whose kind of sound is told right, on a track whose parts are known."""
    from mmi_cli.engines.speech_voice import find_voice
    from mmi_cli.extract.sounds import SoundMeter

    parts = sound_parts()
    track = np.concatenate([samples for _, samples in parts])
    meter = SoundMeter()
    started = time.process_time()
    for first in range(0, len(track), 30 * RATE_HZ):
        meter.add(track[first : first + 30 * RATE_HZ])
    voice = find_voice(track).spans
    measured_at = time.process_time()
    found = meter.kinds(voice)
    right: dict[str, list[int]] = {}
    at = 0.0
    for kind, samples in parts:
        end = at + len(samples) / RATE_HZ
        for second in np.arange(at + 0.5, end - 0.5, 0.5):
            told = next(each.kind for each in found if each.start_s <= second < each.end_s)
            tally = right.setdefault(kind, [0, 0])
            tally[0] += told == kind
            tally[1] += 1
        at = end
    shares = {f"sound_{kind}_right": round(good / count, 3) for kind, (good, count) in right.items()}
    return {**shares, "sound_cpu_s_a_minute": round((measured_at - started) / (len(track) / RATE_HZ / 60), 3)}


def sound_parts() -> list[tuple[str, np.ndarray]]:
    """(kind, samples): speech of the data where it is there, chords, a melody, noise, clapping, a hum, silence; twenty seconds each."""
    rng = np.random.default_rng(0)
    times = np.arange(20 * RATE_HZ) / RATE_HZ
    clapping = np.zeros(len(times))
    for _ in range(1200):
        at = int(rng.integers(0, len(times) - 400))
        clapping[at : at + 400] += rng.normal(0, 0.2, 400) * np.exp(-np.arange(400) / 80)
    hum = (
        0.1 * np.sin(2 * np.pi * 100 * times) + 0.05 * np.sin(2 * np.pi * 300 * times) + rng.normal(0, 0.02, len(times))
    )
    parts = [
        ("music", chords(20)),
        ("silence", rng.normal(0, 0.0005, 20 * RATE_HZ)),
        ("other", rng.normal(0, 0.1, 20 * RATE_HZ)),
        ("music", melody(rng)),
        ("other", clapping),
        ("silence", np.zeros(20 * RATE_HZ)),
        ("other", hum),
    ]
    made = [(kind, samples.astype(np.float32)) for kind, samples in parts]
    for path in sorted((DATA / "speech_kathleen" / "files").glob("*"))[:8]:
        made.insert(2, ("speech", decoded(path)))
    return made


def chords(seconds: int) -> np.ndarray:
    notes = [(261.6, 329.6, 392.0), (220.0, 261.6, 329.6), (174.6, 220.0, 261.6), (196.0, 246.9, 293.7)]
    times = np.arange(2 * RATE_HZ) / RATE_HZ
    bars = [
        sum(np.sin(2 * np.pi * hz * tone * times) / tone for hz in notes[bar % 4] for tone in (1, 2, 3))
        * 0.1
        * np.exp(-0.8 * times)
        for bar in range(seconds // 2)
    ]
    return np.concatenate(bars)


def melody(rng: np.random.Generator) -> np.ndarray:
    times = np.arange(RATE_HZ // 4) / RATE_HZ
    notes = (261.6, 293.7, 329.6, 349.2, 392.0, 440.0)
    return np.concatenate(
        [0.2 * np.sign(np.sin(2 * np.pi * notes[int(rng.integers(6))] * times)) * np.exp(-3 * times) for _ in range(80)]
    )


def decoded(path: Path) -> np.ndarray:
    from mmi_cli.extract import media

    return media.decode_mono(path)


def ten_minutes(*, with_model: bool) -> dict[str, Any]:
    """Seconds and processor seconds of `mmi run` over a made video of ten minutes at 1080p, in one worker."""
    with tempfile.TemporaryDirectory(prefix="mmi-bench-video-") as name:
        folder = Path(name)
        make_video(folder)
        command = [
            sys.executable, "-m", "mmi_cli", "run", str(folder / "ten.mp4"), "--schema", "media-asset", "--output", str(folder / "out"),
            "--no-cache", "--inline", "--quiet", *([] if with_model else ["--language-model", "none"]),
        ]  # fmt: skip
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        subprocess.run(command, check=True)
        seconds, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        record = json.loads((folder / "out" / "results.jsonl").read_text("utf-8"))
    model = "model" if with_model else "no_model"
    return {
        f"ten_minutes_{model}_s": round(seconds, 1),
        f"ten_minutes_{model}_cpu_s": round(cpu, 1),
        "ten_minutes_scenes": len(record["fields"]["scenes"]["value"]),
    }


def make_video(folder: Path) -> None:
    """Thirty slides of text and thirty pieces of moving pattern in turn, ten seconds each, with speech of the data and chords."""
    from PIL import Image, ImageDraw, ImageFont

    pieces = []
    for number in range(30):
        slide = Image.new("RGB", (1920, 1080), (250, 250, 246))
        draw = ImageDraw.Draw(slide)
        draw.text((160, 160), f"Part {number + 1} of the talk", font=ImageFont.load_default(104), fill=(20, 40, 80))
        for row, text in enumerate(
            (f"Revenue grew by {number + 3} percent", "Bergen opened in March", f"New customers: {1200 + number}")
        ):
            draw.text((160, 440 + 180 * row), text, font=ImageFont.load_default(70), fill=(30, 30, 30))
        slide.save(folder / f"{number}.png")
        sources = (
            ["-loop", "1", "-t", "10", "-i", str(folder / f"{number}.png")],
            ["-f", "lavfi", "-t", "10", "-i", f"mandelbrot=size=1920x1080:rate=30:start_scale={1 / (1 + number):.4f}"],
        )
        for kind, source in enumerate(sources):
            piece = folder / f"{number}-{kind}.mp4"
            encoding = [
                "-c:v",
                "libx264",
                "-preset",
                "veryfast",
                "-crf",
                "23",
                "-bf",
                "2",
                "-g",
                "60",
                "-pix_fmt",
                "yuv420p",
                "-r",
                "30",
            ]
            subprocess.run(["ffmpeg", "-v", "error", "-y", *source, *encoding, str(piece)], check=True)
            pieces.append(piece)
    (folder / "list.txt").write_text("".join(f"file '{piece}'\n" for piece in pieces), "utf-8")
    spoken = [decoded(path) for path in sorted((DATA / "speech_kathleen" / "files").glob("*"))]
    pause = np.zeros(RATE_HZ // 2, np.float32)
    track = [chords(12).astype(np.float32)]
    while sum(map(len, track)) < 600 * RATE_HZ and spoken:
        track += [spoken[len(track) // 2 % len(spoken)], pause]
    sound = np.concatenate(track)[: 600 * RATE_HZ]
    with wave.open(str(folder / "sound.wav"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes((np.clip(sound, -1, 1) * 32_767).astype("<i2").tobytes())
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-f", "concat", "-safe", "0", "-i", str(folder / "list.txt"), "-i", str(folder / "sound.wav"),
         "-c:v", "copy", "-c:a", "aac", "-b:a", "96k", "-shortest", str(folder / "ten.mp4")],
        check=True,
    )  # fmt: skip


if __name__ == "__main__":
    main()
