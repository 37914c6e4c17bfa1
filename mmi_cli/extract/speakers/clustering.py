"""Which pieces are one person: average linkage on the cosine of their vectors, with a number of persons found or given."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .listening import Piece

# Mean cosine below which two groups are two persons.
SAME_PERSON = 0.43
# Cosine of the means of two groups from which on they are one person all the same.
SAME_MEAN = 0.65
SAME_MEAN_OF_ONE_VOICE = 0.5
# Only pieces heard alone for so long found groups; the others join them.
CLEAR_S = 1.0
# A person who is heard for less than this in all is taken for an echo of another one, unless the number of persons is given: so much, or
# this share of all that is said if that is more, but never more than the last.
LEAST_PERSON_S = 0.8
_LEAST_PERSON_SHARE = 0.02
_MOST_LEAST_PERSON_S = 4.0
# How much the other pieces of its voice in its window say of whose a piece is, beside its own vector.
VOICE_WEIGHT = 0.5
# How often each moment is listened to.
HEARINGS = 2
# Pieces that are grouped at once: their matrix of cosines takes 16 MB; the rest joins the nearest group.
_MOST_AT_ONCE = 2000
_ROUNDS = 3


def persons(pieces: Sequence[Piece], number: int = 0) -> list[int]:
    """The person of each piece, from 0; -1 where nobody could be told.

    Args:
        number: of persons; 0: found.
    """
    import numpy as np

    told = [at for at, piece in enumerate(pieces) if piece.vector is not None]
    if not told:
        return [-1] * len(pieces)
    vectors = np.stack([vector for piece in pieces if (vector := piece.vector) is not None])
    alone = np.array([pieces[at].alone_s for at in told], np.float32)
    founders = _founders(alone)
    groups = [[founders[row] for row in group] for group in _linked(vectors[founders], number)]
    if not number:
        groups = _merged(vectors, alone, groups, [(pieces[at].window, pieces[at].voice) for at in told])
        heard = [float(alone[group].sum()) for group in groups]
        least = max(LEAST_PERSON_S, min(_LEAST_PERSON_SHARE * sum(heard) / HEARINGS, _MOST_LEAST_PERSON_S))
        large = [group for group, seconds in zip(groups, heard, strict=True) if seconds >= HEARINGS * least]
        groups = large or [groups[heard.index(max(heard))]]
    centres = _means(vectors, alone, groups)
    chosen: list[int] = []
    for _ in range(_ROUNDS):
        chosen = _joined([pieces[at] for at in told], vectors, alone, centres)
        clear = [
            [at for at, who in enumerate(chosen) if who == person and alone[at] >= CLEAR_S]
            for person in range(len(centres))
        ]
        centres = np.stack(
            [_means(vectors, alone, [group])[0] if group else centres[person] for person, group in enumerate(clear)]
        )
    result = [-1] * len(pieces)
    for at, person in zip(told, chosen, strict=True):
        result[at] = person
    return result


def _founders(alone: NDArray[np.float32]) -> list[int]:
    clear = [at for at, seconds in enumerate(alone.tolist()) if seconds >= CLEAR_S]
    if not clear:
        return [int(alone.argmax())]
    if len(clear) <= _MOST_AT_ONCE:
        return clear
    return [clear[number * len(clear) // _MOST_AT_ONCE] for number in range(_MOST_AT_ONCE)]


def _linked(vectors: NDArray[np.float32], number: int) -> list[list[int]]:
    """Groups of rows: the two nearest are joined until they are `number`, or until the nearest are two persons."""
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
        if not number and best[one] < SAME_PERSON:
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
    groups: list[list[int]],
    voices: Sequence[tuple[int, int]],
) -> list[list[int]]:
    """Groups whose means are alike are one: where pieces are noisy they are all unlike each other, but their means are not.

    Less likeness is asked for where the segmentation heard the two as one voice more often than as two.
    """
    import numpy as np

    groups = list(groups)
    while len(groups) > 1:
        means = _means(vectors, alone, groups)
        cosines = means @ means.T
        for first, group in enumerate(groups):
            for second in range(first):
                is_one = _is_one_voice([voices[at] for at in group], [voices[at] for at in groups[second]])
                cosines[first, second] -= SAME_MEAN_OF_ONE_VOICE if is_one else SAME_MEAN
        cosines[np.triu_indices(len(groups))] = -1
        one, other = sorted(int(at) for at in np.unravel_index(int(cosines.argmax()), cosines.shape))
        if cosines.max() < 0:
            break
        groups[one] = groups[one] + groups.pop(other)
    return groups


def _is_one_voice(one: Sequence[tuple[int, int]], other: Sequence[tuple[int, int]]) -> bool:
    """Whether pieces of two groups were one voice of a window more often than two voices of it."""
    apart: dict[int, list[int]] = {}
    for window, voice in other:
        apart.setdefault(window, []).append(voice)
    votes = [voice == another for window, voice in one for another in apart.get(window, ())]
    return sum(votes) * 2 > len(votes)


def _means(
    vectors: NDArray[np.float32], weights: NDArray[np.float32], groups: Sequence[list[int]]
) -> NDArray[np.float32]:
    """A unit vector for each group."""
    import numpy as np

    means = np.stack([(vectors[group] * weights[group, None]).sum(axis=0) for group in groups])
    units: NDArray[np.float32] = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    return units


def _joined(
    pieces: Sequence[Piece], vectors: NDArray[np.float32], alone: NDArray[np.float32], centres: NDArray[np.float32]
) -> list[int]:
    """Each piece to the nearest person; two voices of one window that speak at once to two persons where there are as many."""
    import numpy as np

    likeness = vectors @ centres.T
    weights = np.clip(alone, 0.05, CLEAR_S) / CLEAR_S
    voices: dict[tuple[int, int], list[int]] = {}
    for at, piece in enumerate(pieces):
        voices.setdefault((piece.window, piece.voice), []).append(at)
    scores = np.empty_like(likeness)
    for members in voices.values():
        whole = (likeness[members] * weights[members, None]).sum(axis=0) / weights[members].sum()
        share = weights[members, None]
        scores[members] = share * likeness[members] + (VOICE_WEIGHT + 1 - share) * whole
    chosen = [int(row.argmax()) for row in scores]
    if len(centres) > 1:
        _part_those_at_once(pieces, scores, chosen)
    return chosen


def _part_those_at_once(pieces: Sequence[Piece], scores: NDArray[np.float32], chosen: list[int]) -> None:
    """Where two voices of a window are the same person though they speak at once, the better assignment of the two to two persons."""
    by_window: dict[int, list[int]] = {}
    for at, piece in enumerate(pieces):
        by_window.setdefault(piece.window, []).append(at)
    for members in by_window.values():
        for number, one in enumerate(members):
            for other in members[number + 1 :]:
                if (
                    chosen[one] != chosen[other]
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
