from __future__ import annotations

import numpy as np
import pytest

from mmi_cli.engines.speech_voice import SAMPLE_RATE_HZ, Voice


def spoken(*spans: tuple[float, float], kept: tuple[tuple[float, float], ...]) -> Voice:
    return Voice(spans, tuple((round(first * SAMPLE_RATE_HZ), round(last * SAMPLE_RATE_HZ)) for first, last in kept))


def seconds(voice: Voice) -> list[tuple[float, float]]:
    return [(first / SAMPLE_RATE_HZ, last / SAMPLE_RATE_HZ) for first, last in voice.kept]


def test_a_short_recording_is_one_part() -> None:
    voice = spoken((1.0, 4.0), (5.0, 9.0), kept=((0.6, 9.4),))
    assert voice.parts(10.0) == (voice,)


def test_parts_end_in_the_middle_of_the_longest_pause_near_where_equal_parts_would_end() -> None:
    voice = spoken((0.4, 8.0), (8.2, 10.0), (11.0, 12.0), (12.1, 20.0), kept=((0.0, 20.0),))
    first, second = voice.parts(10.0)
    assert (first.spans, seconds(first)) == (((0.4, 8.0), (8.2, 10.0)), [(0.0, 10.5)])
    assert (second.spans, seconds(second)) == (((11.0, 12.0), (12.1, 20.0)), [(10.5, 20.0)])


def test_a_pause_that_is_not_heard_belongs_to_no_part() -> None:
    voice = spoken((0.4, 9.6), (40.4, 49.6), kept=((0.0, 10.0), (40.0, 50.0)))
    assert [seconds(part) for part in voice.parts(10.0)] == [[(0.0, 10.0)], [(40.0, 50.0)]]


def test_who_speaks_without_a_pause_is_heard_in_one_part() -> None:
    voice = spoken((0.0, 100.0), kept=((0.0, 100.0),))
    assert voice.parts(10.0) == (voice,)


@pytest.mark.parametrize("seed", range(20))
def test_parts_hold_every_sample_that_is_heard_once_and_in_order(seed: int) -> None:
    chance = np.random.default_rng(seed)
    edges = np.cumsum(chance.uniform(0.1, 4.0, size=2 * int(chance.integers(1, 60))))
    spans = tuple((float(one), float(other)) for one, other in zip(edges[::2], edges[1::2], strict=True))
    kept: list[list[float]] = []
    for start, end in spans:
        if kept and start - kept[-1][1] <= 2.0:
            kept[-1][1] = end
        else:
            kept.append([start, end])
    voice = spoken(*spans, kept=tuple((max(0.0, start - 0.4), end + 0.4) for start, end in kept))
    parts = voice.parts(15.0)
    assert tuple(span for part in parts for span in part.spans) == voice.spans
    samples = np.arange(voice.kept[-1][1])
    np.testing.assert_array_equal(np.concatenate([part.packed(samples) for part in parts]), voice.packed(samples))
    assert all(len(part.packed(samples)) <= 2 * 15 * SAMPLE_RATE_HZ for part in parts)
