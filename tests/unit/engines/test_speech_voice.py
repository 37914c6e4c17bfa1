from __future__ import annotations

import numpy as np
import pytest

from mmi_cli.engines.speech_voice import SAMPLE_RATE_HZ, Voice, find_voice

# Two stretches of speech, 1 to 2 s and 10 to 12 s, each heard with 0.4 s before and after.
VOICE = Voice(
    ((1.0, 2.0), (10.0, 12.0)),
    tuple((round(a * SAMPLE_RATE_HZ), round(b * SAMPLE_RATE_HZ)) for a, b in ((0.6, 2.4), (9.6, 12.4))),
)


def test_packed_sound_holds_the_kept_stretches_only() -> None:
    samples = np.arange(13 * SAMPLE_RATE_HZ, dtype=np.float32)
    packed = VOICE.packed(samples)
    assert len(packed) == round((1.8 + 2.8) * SAMPLE_RATE_HZ)
    assert packed[0] == round(0.6 * SAMPLE_RATE_HZ)
    assert packed[-1] == round(12.4 * SAMPLE_RATE_HZ) - 1


def test_times_come_back_to_the_recording() -> None:
    assert VOICE.original_times(0.4, 1.4) == (1.0, 2.0)
    assert VOICE.original_times(2.2, 4.2) == (10.0, 12.0)


def test_a_word_across_the_cut_belongs_where_its_voice_is() -> None:
    # 1.5 to 2.5 s of the packed sound: 0.3 s of silence after the first stretch, then 0.4 s before and 0.3 s of the second's voice.
    assert VOICE.original_times(1.5, 2.5) == (9.6, 10.3)
    # Mostly voice of the first stretch.
    assert VOICE.original_times(0.5, 2.0) == (1.1, 2.4)


def test_a_time_past_the_end_stays_inside() -> None:
    start_s, end_s = VOICE.original_times(5.0, 9.0)
    assert start_s <= end_s
    assert start_s >= 9.6


def test_speech_seconds_are_those_of_the_voice_without_margins() -> None:
    assert VOICE.speech_s == pytest.approx(3.0)


@pytest.mark.parametrize("seconds", [0, 0.01, 5])
def test_silence_of_any_length_has_no_voice(seconds: float) -> None:
    voice = find_voice(np.zeros(round(seconds * SAMPLE_RATE_HZ), dtype=np.float32))
    assert (voice.spans, voice.kept) == ((), ())
    assert len(voice.packed(np.zeros(10, dtype=np.float32))) == 0
