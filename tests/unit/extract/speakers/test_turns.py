from __future__ import annotations

import numpy as np

from mmi_cli.extract.speakers.listening import Listening, Piece, Window
from mmi_cli.extract.speakers.turns import Turn, activity, turns

FRAMES = 100


class Clock:
    """A speaker engine of which only the clock is asked."""

    name = "clock-1"
    dimensions = 2
    window_s = 10.0
    frame_s = 0.1
    first_frame_s = 0.05

    def activity(self, windows: object) -> list[np.ndarray]:
        raise NotImplementedError

    def embed(self, recordings: object) -> np.ndarray:
        raise NotImplementedError


def heard(*pieces: tuple[int, int, int, int]) -> Listening:
    """What was heard in two windows, the second half a window later.

    Args:
        pieces: (window, voice, first frame of the recording, frames).
    """
    listening = Listening(Clock())
    listening.windows += [Window(0, FRAMES), Window(50, FRAMES)]
    for window, voice, first, frames in pieces:
        bits = np.packbits(np.ones(frames, np.bool_)).tobytes()
        vector = np.eye(2, dtype=np.float32)[voice]
        listening.pieces.append(Piece(window, voice, vector, frames / 10, first, bits, frames))
    return listening


def test_who_speaks_first_is_the_first_person() -> None:
    listening = heard((0, 1, 0, 30), (0, 0, 40, 60), (1, 0, 50, 50), (1, 1, 110, 30))
    assert turns(listening) == (Turn(0.0, 3.0, 0), Turn(4.0, 10.0, 1), Turn(11.0, 14.0, 0))


def test_a_short_pause_belongs_to_the_turn_and_a_longer_one_does_not() -> None:
    listening = heard((0, 0, 0, 20), (0, 0, 22, 18), (0, 0, 46, 4))
    assert [(turn.start_s, turn.end_s) for turn in turns(listening)] == [(0.0, 4.0), (4.6, 5.0)]


def test_two_who_speak_at_once_both_have_the_time() -> None:
    speaking = activity(heard((0, 0, 0, 30), (0, 1, 20, 20)), [0, 1])
    assert speaking[:20].tolist() == [[True, False]] * 20
    assert speaking[20:30].all()
    assert speaking[30:40].tolist() == [[False, True]] * 10


def test_of_two_windows_the_one_counts_in_whose_middle_a_moment_lies() -> None:
    listening = heard((0, 0, 80, 20), (1, 1, 80, 40))
    speaking = activity(listening, [0, 1])
    assert speaking[85:100].tolist() == [[False, True]] * 15


def test_who_could_not_be_told_has_no_turn() -> None:
    listening = heard((0, 0, 0, 30))
    assert not activity(listening, [-1]).any()
