"""Files that are nearly the same: copies, pictures scaled, compressed anew or cropped, texts that share most of their words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from .index import FoundFile, Index
from .near_texts import MARKS

if TYPE_CHECKING:
    from numpy.typing import NDArray

Reason = Literal["same bytes", "same picture", "nearly the same picture", "nearly the same text"]
# Chosen on every second picture of `clothing` and `imagenet_samples` and measured on the others (`bench/search_pictures.py`): hashes of
# different pictures were 14 bits apart and more, their features at most 0.862 alike; a twentieth cut off each side left 0.90 to 0.98.
SAME_BITS = 6
"""Of 64."""
NEAR_BITS = 16
NEAR_COSINE = 0.80
"""Of the features of two pictures whose hashes are no further apart than `NEAR_BITS`."""
CROPPED_COSINE = 0.90
"""Of the features of two pictures whatever their hashes say: a crop moves every bit."""
NEAR_TEXT = 0.6
"""Share of common four-word runs, as the marks estimate it."""
_AT_ONCE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    one: FoundFile
    other: FoundFile
    reason: Reason
    measure: float
    """Bits in common of 64 as a share, cosine of features, or share of common word runs; 1 for the same bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Files that pairs hold together."""

    files: tuple[FoundFile, ...]
    """In order of path."""
    pairs: tuple[Pair, ...]


def duplicate_groups(index: Index) -> tuple[Group, ...]:
    """Groups of files, in order of their first path; every file is in at most one."""
    files = [file for file in index.files() if file.status == "ok"]
    place = {file.id: number for number, file in enumerate(files)}
    best: dict[tuple[int, int], tuple[Reason, float]] = {}
    for one, other, reason, measure in _pairs(index, files, place):
        key = (min(one, other), max(one, other))
        if one != other and key not in best:
            best[key] = (reason, measure)
    return tuple(_groups(files, best))


_Found = tuple[int, int, Reason, float]


def _pairs(index: Index, files: list[FoundFile], place: dict[int, int]) -> Iterator[_Found]:
    """Surest first."""
    by_hash: dict[str, int] = {}
    for number, file in enumerate(files):
        if file.sha256 and (first := by_hash.setdefault(file.sha256, number)) != number:
            yield first, number, "same bytes", 1.0
    yield from _pictures(index, place)
    yield from _texts(index, place)


def _pictures(index: Index, place: dict[int, int]) -> Iterator[_Found]:
    """Pairs of picture files; frames of a video and pictures in a document say nothing of their files."""
    rows = index.connection.execute(
        "SELECT i.id, i.file, i.picture_hash FROM items i JOIN files f ON f.id = i.file "
        "WHERE i.kind = 'image' AND i.picture_hash IS NOT NULL AND f.modality = 'image' ORDER BY f.path, f.uri, i.number"
    ).fetchall()
    if not rows:
        return
    owners = [place[file] for _, file, _ in rows]
    hashes = np.array([bits for _, _, bits in rows], np.int64).view(np.uint64)
    features = _features(index, [item for item, _, _ in rows])
    for first in range(0, len(rows), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        bits = _bits_apart(hashes[some], hashes)
        alike = features[some] @ features.T if features is not None else np.zeros(bits.shape, np.float32)
        is_same = bits <= SAME_BITS
        if features is not None:
            is_same &= (alike >= 0.5) | ~np.isfinite(alike)
        is_near = ((bits <= NEAR_BITS) & (alike >= NEAR_COSINE)) | (alike >= CROPPED_COSINE)
        for row, column in np.argwhere(is_same | is_near).tolist():
            if first + row < column:
                if is_same[row, column]:
                    yield owners[first + row], owners[column], "same picture", 1 - float(bits[row, column]) / 64
                else:
                    yield owners[first + row], owners[column], "nearly the same picture", float(alike[row, column])


def _features(index: Index, items: list[int]) -> NDArray[np.float32] | None:
    """Features of the items, shape (items, dimensions), NaN where there are none; None where the index has none at all."""
    rows = index.spaces.get("seen")
    if rows is None or not len(rows.rows):
        return None
    at = {item: row for row, item in enumerate(rows.rows["item"].tolist())}
    out = np.full((len(items), rows.dimensions), np.nan, np.float32)
    for number, item in enumerate(items):
        if item in at:
            out[number] = rows.vectors[at[item]]
    return out


def _texts(index: Index, place: dict[int, int]) -> Iterator[_Found]:
    rows = index.connection.execute(
        "SELECT id, text_marks FROM files WHERE length(text_marks) > 0 ORDER BY path, uri, members"
    ).fetchall()
    rows = [(file, marks) for file, marks in rows if file in place]
    if not rows:
        return
    marks = np.frombuffer(b"".join(each for _, each in rows), "<u4").reshape(-1, MARKS)
    for number, (file, _) in enumerate(rows[:-1]):
        shares = (marks[number + 1 :] == marks[number]).mean(axis=1)
        for other in np.flatnonzero(shares >= NEAR_TEXT).tolist():
            yield place[file], place[rows[number + 1 + other][0]], "nearly the same text", float(shares[other])


def _bits_apart(some: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.int64]:
    different = some[:, None] ^ others[None, :]
    if hasattr(np, "bitwise_count"):
        return np.asarray(np.bitwise_count(different), np.int64)
    return np.asarray(np.unpackbits(different[..., None].view(np.uint8), axis=-1).sum(axis=-1), np.int64)


def _groups(files: list[FoundFile], best: dict[tuple[int, int], tuple[Reason, float]]) -> Iterator[Group]:
    leader = list(range(len(files)))

    def find(number: int) -> int:
        while leader[number] != number:
            leader[number] = leader[leader[number]]
            number = leader[number]
        return number

    for one, other in best:
        first, second = find(one), find(other)
        leader[max(first, second)] = min(first, second)
    members: dict[int, list[int]] = {}
    held: dict[int, list[Any]] = {}
    for number in range(len(files)):
        members.setdefault(find(number), []).append(number)
    for pair in sorted(best):
        held.setdefault(find(pair[0]), []).append(pair)
    for first, numbers in members.items():
        if len(numbers) > 1:
            yield Group(
                files=tuple(files[number] for number in numbers),
                pairs=tuple(
                    Pair(one=files[a], other=files[b], reason=best[a, b][0], measure=round(best[a, b][1], 4))
                    for a, b in held[first]
                ),
            )
