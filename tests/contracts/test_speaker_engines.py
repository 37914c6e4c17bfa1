"""What every speaker engine promises (`mmi_cli.engines.interface.SpeakerEngine`), held against the real weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmi_cli import registry
from mmi_cli.engines.interface import SpeakerEngine
from mmi_cli.extract import media
from tests.support.models import real_settings

ENGINES = ["campplus"]
RATE_HZ = 16_000
CALL = Path(__file__).parents[2] / "sample_data" / "call" / "call.mp3"
# What each says in the sample call, in seconds.
AGENT, CUSTOMER = [(0.1, 3.5), (24.3, 28.0), (34.1, 38.0)], [(6.1, 9.9), (10.0, 14.0), (20.5, 23.4)]


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> SpeakerEngine:
    made: SpeakerEngine = registry.load("diarization", request.param)(real_settings(threads=1))
    return made


@pytest.fixture(scope="module")
def call() -> np.ndarray:
    return media.decode_mono(CALL)


def cut(call: np.ndarray, span: tuple[float, float]) -> np.ndarray:
    return call[int(span[0] * RATE_HZ) : int(span[1] * RATE_HZ)]


def test_vectors_are_of_length_one_and_in_the_order_given(engine: SpeakerEngine, call: np.ndarray) -> None:
    recordings = [cut(call, span) for span in (*AGENT, *CUSTOMER)]
    vectors = engine.embed(recordings)
    assert vectors.shape == (len(recordings), engine.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    np.testing.assert_array_equal(engine.embed(recordings[2:3])[0], vectors[2])


def test_one_voice_is_nearer_to_itself_than_to_another(engine: SpeakerEngine, call: np.ndarray) -> None:
    vectors = engine.embed([cut(call, span) for span in (*AGENT, *CUSTOMER)])
    cosines = vectors @ vectors.T
    own = [cosines[one, other] for one in range(6) for other in range(one) if (one < 3) == (other < 3)]
    crossed = [cosines[one, other] for one in range(3) for other in range(3, 6)]
    assert min(own) > max(crossed) + 0.1


def test_a_voice_is_known_again_when_it_is_softer_or_heard_through_a_telephone(
    engine: SpeakerEngine, call: np.ndarray
) -> None:
    voice = cut(call, AGENT[0])
    spectrum = np.fft.rfft(voice)
    hertz = np.fft.rfftfreq(len(voice), 1 / RATE_HZ)
    spectrum[(hertz < 300) | (hertz > 3400)] = 0
    narrow = np.fft.irfft(spectrum, len(voice)).astype(np.float32)
    plain, soft, telephone, other = engine.embed([voice, voice * 0.1, narrow, cut(call, CUSTOMER[0])])
    assert plain @ soft > 0.95
    assert plain @ telephone > plain @ other


@pytest.mark.parametrize("samples", [0, 1, 100, 1_000, 5_000])
def test_the_shortest_recordings_have_a_vector_too(engine: SpeakerEngine, samples: int) -> None:
    vector = engine.embed([np.full(samples, 0.1, np.float32)])[0]
    assert np.isfinite(vector).all()


def test_two_who_take_turns_are_two_voices_of_a_window(engine: SpeakerEngine, call: np.ndarray) -> None:
    speaking = engine.activity([cut(call, (0.0, engine.window_s))])[0]
    assert speaking.dtype == np.bool_

    def longest(start_s: float, end_s: float) -> int:
        first, last = (round((time_s - engine.first_frame_s) / engine.frame_s) for time_s in (start_s, end_s))
        return int(speaking[first:last].sum(axis=0).argmax())

    assert longest(0.5, 5.0) != longest(6.2, 9.8)
    pause = speaking[round(5.4 / engine.frame_s) : round(5.9 / engine.frame_s)]
    assert not pause.any()


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.5, 10.0])
def test_nobody_speaks_in_silence_of_any_length(engine: SpeakerEngine, seconds: float) -> None:
    assert not engine.activity([np.zeros(int(seconds * RATE_HZ), np.float32)])[0].any()


def test_the_same_sound_gives_the_same_numbers(engine: SpeakerEngine, call: np.ndarray) -> None:
    window = cut(call, (10.0, 20.0))
    other: SpeakerEngine = registry.load("diarization", ENGINES[0])(real_settings(threads=1))
    later = cut(call, (15.0, 25.0))
    for one, same in zip(
        engine.activity([window, later, window]), other.activity([window, later, window]), strict=True
    ):
        np.testing.assert_array_equal(one, same)
    np.testing.assert_array_equal(engine.embed([later, window, later])[1:2], other.embed([window]))
    np.testing.assert_array_equal(engine.embed([window]), other.embed([window]))
