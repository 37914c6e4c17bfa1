from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mmi_cli.extract.speakers.clustering import persons
from mmi_cli.extract.speakers.listening import Piece

RANDOM = np.random.default_rng(0)
VOICES = np.linalg.qr(RANDOM.normal(size=(64, 64)))[0][:4].astype(np.float32)


def piece(vector: np.ndarray | None, window: int, voice: int = 0, *, alone_s: float = 2.0, first: int = 0) -> Piece:
    return Piece(window, voice, vector, alone_s, window * 296 + first, b"\xff" * 15, 118)


def near(person: int, noise: float = 0.08) -> np.ndarray:
    vector = VOICES[person] + RANDOM.normal(0, noise, 64).astype(np.float32)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def sizes(found: Sequence[int]) -> list[int]:
    return sorted(found.count(person) for person in set(found))


def test_as_many_people_are_found_as_there_are() -> None:
    who = [number % 3 for number in range(30)]
    found = persons([piece(near(person), window) for window, person in enumerate(who)])
    assert sizes(found) == [10, 10, 10]
    assert len(set(zip(who, found, strict=True))) == 3


def test_one_voice_is_one_person() -> None:
    assert set(persons([piece(near(1, 0.1), window) for window in range(40)])) == {0}


def test_a_given_number_is_kept_even_where_voices_are_alike() -> None:
    found = persons([piece(near(0, 0.05), window) for window in range(12)], 2)
    assert len(set(found)) == 2
    assert set(persons([piece(near(number % 3), number) for number in range(12)], 1)) == {0}


def test_what_is_heard_for_a_moment_only_founds_no_person() -> None:
    pieces = [piece(near(0), window) for window in range(60)]
    pieces.append(piece(near(2), 60, alone_s=1.0))
    assert set(persons(pieces)) == {0}


def test_who_cannot_be_told_has_no_person() -> None:
    assert persons([piece(None, 0), piece(near(0), 1)]) == [-1, 0]
    assert persons([piece(None, 0)]) == [-1]
    assert persons([]) == []


def test_two_voices_at_once_are_two_people() -> None:
    pieces = [piece(near(window % 2), window) for window in range(16)]
    both = near(0)
    pieces += [piece(both, 16, 0, alone_s=0.3), piece(both, 16, 1, alone_s=0.3)]
    found = persons(pieces)
    assert found[-1] != found[-2]


def test_more_pieces_than_are_grouped_at_once_still_find_their_person() -> None:
    who = [number // 7 % 2 for number in range(2600)]
    found = persons([piece(near(person), window) for window, person in enumerate(who)])
    assert len(set(zip(who, found, strict=True))) == 2
