"""Recordings in shots, lengths, scenes and chapters."""

from __future__ import annotations

from itertools import pairwise

import pytest

from mmi_cli.datamodel.content import Sound
from mmi_cli.datamodel.divisions import length_of
from mmi_cli.scenes.dividing import divide
from mmi_cli.scenes.slices import slice_of_segment
from mmi_cli.scenes.time_line import TimeLine
from tests.support.recordings import recording
from tests.support.small_index import WordsAsVectors

COFFEE = "roasted coffee beans from the mountains make good coffee beans every day"
SHIPS = "large sailing ships cross the ocean with strong wind in their sails"


def starts(content, way: str) -> list[float]:  # type: ignore[no-untyped-def]
    return [segment.start_s for segment in divide(content, way, WordsAsVectors())]


def test_lengths_are_equal_and_the_last_one_ends_with_the_recording() -> None:
    found = divide(recording([(0.0, COFFEE)], end_s=75.0), "30s")
    assert [(each.start_s, each.end_s) for each in found] == [(0.0, 30.0), (30.0, 60.0), (60.0, 75.0)]
    assert [each.number for each in found] == [1, 2, 3]
    assert starts(recording([(0.0, COFFEE)], end_s=125.0), "minute") == [0.0, 60.0, 120.0]


def test_shots_are_segments() -> None:
    assert starts(recording(shots=[0.0, 4.0, 9.0], end_s=12.0), "shot") == [0.0, 4.0, 9.0]


def test_a_dialogue_that_goes_from_face_to_face_is_one_scene() -> None:
    content = recording(shots=[0, 5, 10, 15, 20, 25, 30, 35], settings=[1, 2, 1, 2, 3, 4, 3, 4], end_s=40)
    assert starts(content, "scene") == [0.0, 20.0]


def test_another_slide_is_another_scene_though_it_looks_alike() -> None:
    content = recording(
        shots=[0, 10, 20],
        settings=[1, 1, 1],
        shown={5: ["Roasting", "slow and fast"], 15: ["Tasting", "sweet and sour"], 25: ["Packing", "in paper"]},
        end_s=30,
    )
    assert starts(content, "scene") == [0.0, 10.0, 20.0]


def test_another_topic_after_a_pause_begins_a_chapter_of_a_podcast() -> None:
    said = [(6.0 * number, COFFEE) for number in range(10)] + [(62.0 + 6.0 * number, SHIPS) for number in range(10)]
    (first, second) = divide(recording(said, end_s=122.0), "chapter", WordsAsVectors())
    assert second.start_s == pytest.approx(60.5, abs=1.5)
    assert first.end_s == second.start_s


def test_no_border_cuts_through_a_sentence() -> None:
    said = [(8.0, COFFEE), (14.0, SHIPS)]
    content = recording(said, shots=[0, 10.0, 13.5], settings=[1, 2, 3], end_s=20)
    assert 10.0 not in starts(content, "scene")
    assert 13.5 in starts(content, "scene")


def test_music_that_ends_begins_a_scene() -> None:
    said = [(20.5 + 6 * number, COFFEE) for number in range(5)]
    content = recording(said, sounds=[Sound(0, 20, "music"), Sound(20, 52, "speech")], end_s=52)
    assert 20.0 in starts(content, "scene")


def test_segments_leave_no_gap_and_hold_every_word_once() -> None:
    said = [(3.0 * number, COFFEE if number % 7 else SHIPS) for number in range(40)]
    content = recording(said, shots=[0, 11, 29, 55, 90], settings=[1, 2, 3, 1, 2], end_s=130)
    line = TimeLine(content)
    for way in ("shot", "scene", "chapter", "7s"):
        segments = divide(content, way, WordsAsVectors())
        assert segments[0].start_s == 0
        assert segments[-1].end_s == 130
        assert all(one.end_s == other.start_s for one, other in pairwise(segments))
        words = [index for each in segments for first, last in line.words_in(each) for index in range(first, last)]
        assert sorted(words) == list(range(len(content.words)))


def test_slices_hold_every_block_once_and_know_where_they_stand() -> None:
    said = [(3.0 * number, COFFEE) for number in range(10)]
    content = recording(said, shots=[0, 11, 29], shown={5.5: ["A title", "a line"]}, end_s=40)
    blocks = 0
    for segment in divide(content, "shot"):
        part, offset = slice_of_segment(content, segment)
        assert content.text[offset : offset + len(part.text)] == part.text
        assert all(part.text[word.offset :].startswith(word.text) for word in part.words)
        assert all(part.blocks[figure.block].kind == "figure" for figure in part.figures)
        blocks += len(part.blocks)
    assert blocks == len(content.blocks)


def test_without_an_embedder_pictures_and_pauses_decide() -> None:
    content = recording(shots=[0, 20], settings=[1, 2], end_s=40)
    assert [each.start_s for each in divide(content, "scene", None)] == [0.0, 20.0]


def test_a_content_without_times_has_no_segments() -> None:
    assert divide(recording(end_s=0.0), "scene") == ()


@pytest.mark.parametrize("way", ["sometimes", "0s", "-3s", "s", "9" * 400 + "s"])
def test_what_is_no_way_to_divide_is_told(way: str) -> None:
    with pytest.raises(ValueError, match=r"no way to divide|too short"):
        length_of(way)
