"""Turns: what was heard window by window and grouped by person, put together on one time line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from .clustering import persons
from .listening import Listening, stretches

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A pause of one speaker that is shorter belongs to the turn.
_PAUSE_S = 0.3
# A shorter turn is a noise of the segmentation.
_LEAST_TURN_S = 0.1


class Turn(NamedTuple):
    start_s: float
    end_s: float
    person: int
    """From 0, by who speaks first."""


def turns(heard: Listening, number: int = 0) -> tuple[Turn, ...]:
    """Turns by start; those of two persons may overlap.

    Args:
        number: of persons; 0: found.
    """
    speaking = activity(heard, persons(heard.pieces, number))
    least = _LEAST_TURN_S / heard.frame_s
    found = sorted(
        Turn(round(first * heard.frame_s, 3), round(last * heard.frame_s, 3), person)
        for person in range(speaking.shape[1])
        for first, last in stretches(speaking[:, person], _PAUSE_S / heard.frame_s)
        if last - first >= least
    )
    order: dict[int, int] = {}
    for turn in found:
        order.setdefault(turn.person, len(order))
    return tuple(turn._replace(person=order[turn.person]) for turn in found)


def activity(heard: Listening, who: Sequence[int]) -> NDArray[np.bool_]:
    """Who speaks in each frame of the recording, shape (frames, persons).

    Of several windows that heard a frame the one counts most in whose middle it lies. As many speak as the windows heard speaking, and
    these are the persons most of them heard.
    """
    import numpy as np

    people = max(who, default=-1) + 1
    frames = max((window.first_frame + window.frames for window in heard.windows), default=0)
    speaking = np.zeros((frames, people), np.bool_)
    if not people:
        return speaking
    scores = np.zeros((frames, people), np.float32)
    total = np.full(frames, 1e-6, np.float32)
    heard_by_window: dict[int, NDArray[np.bool_]] = {}
    for piece, person in zip(heard.pieces, who, strict=True):
        if person < 0:
            continue
        window = heard.windows[piece.window]
        own = heard_by_window.setdefault(piece.window, np.zeros((window.frames, people), np.bool_))
        first = piece.first_frame - window.first_frame
        bits = np.unpackbits(np.frombuffer(piece.active, np.uint8), count=piece.frames).astype(np.bool_)
        own[first : first + piece.frames, person] |= bits
    for number, window in enumerate(heard.windows):
        span = slice(window.first_frame, window.first_frame + window.frames)
        weights = _weights(window.frames)
        total[span] += weights
        if number in heard_by_window:
            scores[span] += heard_by_window[number] * weights[:, None]
    speakers = np.rint(scores.sum(axis=1) / total)
    rows = np.arange(frames)
    for place in range(int(speakers.max(initial=0))):
        most = scores.argmax(axis=1)
        is_heard = (speakers > place) & (scores[rows, most] > 0)
        speaking[rows[is_heard], most[is_heard]] = True
        scores[rows, most] = 0
    return speaking


def _weights(frames: int) -> NDArray[np.float32]:
    """Highest in the middle of a window."""
    import numpy as np

    place = (np.arange(frames, dtype=np.float32) + 0.5) / max(frames, 1)
    weights: NDArray[np.float32] = (0.05 + np.minimum(place, 1 - place)).astype(np.float32)
    return weights
