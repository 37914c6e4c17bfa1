"""Which pieces are one person: average linkage on the cosine of their vectors, with a number of persons found or given."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .listening import Piece

# The numbers here were chosen on made conversations: `bench/fit_speakers.py`.
# Mean cosine of the pieces of two groups from which on they are one person for sure, however they were heard.
SURE = 0.45
# The same where the segmentation heard them as one voice of a window, as two, or never in one window; and the cosine of their means.
SAME_PERSON = {"one": 0.37, "two": 0.45, "never": 0.43}
SAME_MEAN = {"one": 0.5, "two": 0.75, "never": 0.65}
# Only pieces heard alone for so long found groups; the others join them.
CLEAR_S = 1.0
# A person who is heard for less than this in all is taken for an echo of another one, unless the number of persons is given: so much, or
# this share of all that is said if that is more, but never more than the last.
LEAST_PERSON_S = 0.8
LEAST_PERSON_SHARE = 0.05
_MOST_LEAST_PERSON_S = 4.0
# How much the other pieces of its voice in its window say of whose a piece is, beside its own vector.
VOICE_WEIGHT = 0.5
# Pieces that are grouped at once: their matrix of cosines takes 16 MB; the rest joins the nearest group.
_MOST_AT_ONCE = 2000
# Groups that are looked at once more; the smaller ones found no person.
_MOST_GROUPS = 100
_ROUNDS = 3


def persons(pieces: Sequence[Piece], number: int = 0) -> list[int]:
    """The person of each piece, from 0; -1 where nobody could be told.

    Args:
        number: of persons; 0: found.
    """
    import numpy as np

    if not any(piece.vector is not None for piece in pieces):
        return [-1] * len(pieces)
    size = next(len(piece.vector) for piece in pieces if piece.vector is not None)
    nothing = np.zeros(size, np.float32)
    vectors = np.stack([nothing if piece.vector is None else piece.vector for piece in pieces])
    alone = np.array([0.0 if piece.vector is None else piece.alone_s for piece in pieces], np.float32)
    founders = _founders(alone)
    groups = [[founders[row] for row in group] for group in _linked(vectors[founders], number)]
    if not number:
        groups = _merged(vectors, alone, groups, [(piece.window, piece.voice) for piece in pieces])
        heard = [float(alone[group].sum()) for group in groups]
        least = max(LEAST_PERSON_S, min(LEAST_PERSON_SHARE * sum(heard), _MOST_LEAST_PERSON_S))
        large = [group for group, seconds in zip(groups, heard, strict=True) if seconds >= least]
        groups = large or [groups[heard.index(max(heard))]]
    centres = _means(vectors, alone, groups)
    result: list[int] = []
    for _ in range(_ROUNDS):
        result = _joined(pieces, vectors, centres)
        clear = [
            [at for at, who in enumerate(result) if who == person and alone[at] >= CLEAR_S]
            for person in range(len(centres))
        ]
        centres = np.stack(
            [_means(vectors, alone, [group])[0] if group else centres[person] for person, group in enumerate(clear)]
        )
    return result


def _founders(alone: NDArray[np.float32]) -> list[int]:
    clear = [at for at, seconds in enumerate(alone.tolist()) if seconds >= CLEAR_S]
    if not clear:
        return [int(alone.argmax())]
    if len(clear) <= _MOST_AT_ONCE:
        return clear
    return [clear[number * len(clear) // _MOST_AT_ONCE] for number in range(_MOST_AT_ONCE)]


def _linked(vectors: NDArray[np.float32], number: int) -> list[list[int]]:
    """Groups of rows: the two nearest are joined until they are `number`, or until the nearest may be two persons."""
    import numpy as np

    rows = np.arange(len(vectors))
    groups: list[list[int]] = [[row] for row in range(len(vectors))]
    sums = vectors @ vectors.T
    sizes = np.ones(len(vectors), np.float32)
    cosines = sums.copy()
    np.fill_diagonal(cosines, -np.inf)
    nearest = cosines.argmax(axis=1)
    for _ in range(len(vectors) - max(1, number)):
        best = cosines[rows, nearest]
        one = int(best.argmax())
        if not number and best[one] < SURE:
            break
        one, other = sorted((one, int(nearest[one])))
        groups[one] += groups[other]
        groups[other] = []
        sums[one] += sums[other]
        sums[:, one] = sums[one]
        sizes[one] += sizes[other]
        cosines[other] = cosines[:, other] = -np.inf
        cosines[one] = np.where(np.isneginf(cosines[one]), -np.inf, sums[one] / (sizes[one] * sizes))
        cosines[:, one] = cosines[one]
        for row in {one, *np.flatnonzero((nearest == one) | (nearest == other)).tolist()}:
            nearest[row] = cosines[row].argmax()
        nearest[cosines[:, one] > cosines[rows, nearest]] = one
    return [group for group in groups if group]


def _merged(
    vectors: NDArray[np.float32],
    alone: NDArray[np.float32],
    groups: Sequence[list[int]],
    voices: Sequence[tuple[int, int]],
) -> list[list[int]]:
    """Groups that are one person after all: their pieces are alike on average, or their means are.

    Where pieces are noisy they are all unlike each other, but their means are not. More likeness is asked for where the segmentation
    heard the two as two voices of a window, and less where it heard them as one.
    """
    import numpy as np

    merged = sorted(groups, key=lambda group: (-float(alone[group].sum()), group[0]))[:_MOST_GROUPS]
    as_one, at_all = _votes(merged, voices)
    while len(merged) > 1:
        sums = np.stack([vectors[group].sum(axis=0) / len(group) for group in merged])
        means = _means(vectors, alone, merged)
        link = np.where(at_all == 0, 2, np.where(as_one * 2 > at_all, 0, 1))
        least, least_mean = (
            np.array([limits[key] for key in ("one", "two", "never")]) for limits in (SAME_PERSON, SAME_MEAN)
        )
        excess = np.maximum(sums @ sums.T - least[link], means @ means.T - least_mean[link])
        excess[np.tril_indices(len(merged))] = -1.0
        one, other = (int(at) for at in np.unravel_index(int(excess.argmax()), excess.shape))
        if excess[one, other] < 0:
            break
        merged[one] = merged[one] + merged.pop(other)
        for votes in (as_one, at_all):
            votes[one] += votes[other]
            votes[:, one] += votes[:, other]
        as_one, at_all = (np.delete(np.delete(votes, other, 0), other, 1) for votes in (as_one, at_all))
    return merged


def _votes(
    groups: Sequence[list[int]], voices: Sequence[tuple[int, int]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How often pieces of two groups lie in one window as one voice, and at all; each of shape (groups, groups)."""
    import numpy as np

    in_window: dict[int, list[tuple[int, int]]] = {}
    for number, group in enumerate(groups):
        for at in group:
            window, voice = voices[at]
            in_window.setdefault(window, []).append((number, voice))
    as_one, at_all = np.zeros((2, len(groups), len(groups)), np.int64)
    for members in in_window.values():
        for one, voice in members:
            for other, another in members:
                at_all[one, other] += one != other
                as_one[one, other] += one != other and voice == another
    return as_one, at_all


def _means(
    vectors: NDArray[np.float32], weights: NDArray[np.float32], groups: Sequence[list[int]]
) -> NDArray[np.float32]:
    """A unit vector for each group."""
    import numpy as np

    means = np.stack([(vectors[group] * weights[group, None]).sum(axis=0) for group in groups])
    units: NDArray[np.float32] = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    return units


def _joined(pieces: Sequence[Piece], vectors: NDArray[np.float32], centres: NDArray[np.float32]) -> list[int]:
    """Each piece to the nearest person; two voices of one window that speak at once to two persons where there are as many."""
    import numpy as np

    likeness = vectors @ centres.T
    weights = np.array(
        [0.0 if piece.vector is None else min(max(piece.alone_s, 0.05), CLEAR_S) / CLEAR_S for piece in pieces]
    )
    voices: dict[tuple[int, int], list[int]] = {}
    for at, piece in enumerate(pieces):
        voices.setdefault((piece.window, piece.voice), []).append(at)
    scores = np.zeros(likeness.shape, np.float64)
    chosen = [-1] * len(pieces)
    for members in voices.values():
        share = weights[members, None]
        if share.any():
            whole = (likeness[members] * share).sum(axis=0) / share.sum()
            scores[members] = share * likeness[members] + (VOICE_WEIGHT + 1 - share) * whole
            for at in members:
                chosen[at] = int(scores[at].argmax())
    if len(centres) > 1:
        _part_those_at_once(pieces, scores, chosen)
    return chosen


def _part_those_at_once(pieces: Sequence[Piece], scores: NDArray[np.float64], chosen: list[int]) -> None:
    """Where two voices of a window are the same person though they speak at once, the better assignment of the two to two persons."""
    by_window: dict[int, list[int]] = {}
    for at, piece in enumerate(pieces):
        by_window.setdefault(piece.window, []).append(at)
    for members in by_window.values():
        for number, one in enumerate(members):
            for other in members[number + 1 :]:
                if (
                    chosen[one] != chosen[other]
                    or chosen[one] < 0
                    or pieces[one].voice == pieces[other].voice
                    or not _overlap(pieces[one], pieces[other])
                ):
                    continue
                chosen[one], chosen[other] = max(
                    permutations(range(scores.shape[1]), 2),
                    key=lambda way: float(scores[one][way[0]] + scores[other][way[1]]),
                )


def _overlap(one: Piece, other: Piece) -> bool:
    return one.first_frame < other.first_frame + other.frames and other.first_frame < one.first_frame + one.frames
