"""Speech, music, silence and other sound are told apart."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from mmi_cli.datamodel.content import Sound
from mmi_cli.extract.sounds import RATE_HZ, SoundMeter
from tests.support.media_files import silence, tone


def noise(seconds: float, *, level: float = 0.1) -> np.ndarray:
    return np.random.default_rng(0).normal(0, level, round(seconds * RATE_HZ)).astype(np.float32)


def chords(seconds: float) -> np.ndarray:
    """Four chords of three plucked notes with overtones, two seconds each, over and over."""
    notes = [(261.6, 329.6, 392.0), (220.0, 261.6, 329.6), (174.6, 220.0, 261.6), (196.0, 246.9, 293.7)]
    times = np.arange(2 * RATE_HZ) / RATE_HZ
    fading = 0.1 * np.exp(-0.8 * times)
    played = [
        sum(np.sin(2 * np.pi * hz * overtone * times) / overtone for hz in notes[bar % 4] for overtone in (1, 2, 3))
        * fading
        for bar in range(round(seconds / 2))
    ]
    return np.concatenate(played).astype(np.float32)


def kinds(*pieces: np.ndarray, voice: tuple[tuple[float, float], ...] = ()) -> tuple[Sound, ...]:
    meter = SoundMeter()
    sound = np.concatenate(pieces)
    for first in range(0, len(sound), 50_001):
        meter.add(sound[first : first + 50_001])
    return meter.kinds(voice)


@pytest.mark.parametrize(
    ("sound", "kind"),
    [
        (chords(12), "music"),
        (noise(12), "other"),
        (tone(12), "other"),
        (silence(12), "silence"),
        (noise(12, level=0.001), "silence"),
    ],
)
def test_a_sound_of_one_kind_is_that_kind_throughout(sound: np.ndarray, kind: str) -> None:
    assert kinds(sound) == (Sound(0.0, 12.0, kind),)


def test_what_follows_one_another_is_told_apart_within_two_seconds() -> None:
    found = kinds(chords(10), silence(8), noise(10))
    assert [each.kind for each in found] == ["music", "silence", "other"]
    assert found[1].start_s == pytest.approx(10, abs=2)
    assert found[2].start_s == pytest.approx(18, abs=2)


def test_speech_goes_before_the_music_below_it_and_holds_its_own_pauses() -> None:
    found = kinds(chords(20), voice=((5.0, 8.0), (9.0, 12.0)))
    assert found == (Sound(0.0, 5.0, "music"), Sound(5.0, 12.0, "speech"), Sound(12.0, 20.0, "music"))


def test_stretches_leave_no_gap() -> None:
    found = kinds(chords(6), noise(6), silence(6), voice=((3.3, 3.9), (14.2, 14.9)))
    assert found[0].start_s == 0
    assert found[-1].end_s == 18
    assert all(one.end_s == other.start_s for one, other in pairwise(found))


def test_without_a_sample_there_is_no_sound() -> None:
    assert kinds(silence(0)) == ()
