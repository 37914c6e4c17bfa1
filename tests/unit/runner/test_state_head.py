"""What names a state on blob is believed only where it is whole and names nothing but pieces of a state."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mmi_cli.runner.state.state_head import Head, Piece

MANIFEST = Piece(name="manifest-0a.sqlite.gz", size_bytes=4, sha256="00")
JOURNAL = (
    Piece(name="journal-0000-0a.jsonl.gz", size_bytes=10, sha256="11"),
    Piece(name="journal-0010-0b.jsonl.gz", size_bytes=5, sha256="22", offset=10),
)
HEAD = Head(push="0a", manifest=MANIFEST, journal=JOURNAL, has_content=True)


def test_what_is_written_is_read_back() -> None:
    assert Head.from_bytes(json.dumps(HEAD.to_json()).encode()) == HEAD
    assert (HEAD.journal_bytes, len(HEAD.names)) == (15, 3)


@pytest.mark.parametrize(
    "harm",
    [
        {"layout": 2}, {"push": None, "journal": None}, {"manifest": {}}, {"journal": 7},
        {"manifest": {"name": "../../secret", "size_bytes": 1, "sha256": "", "offset": 0}},
        {"manifest": {"name": "lock", "size_bytes": 1, "sha256": "", "offset": 0}},
    ],
)  # fmt: skip
def test_what_is_no_state_is_refused(harm: dict[str, Any]) -> None:
    told = {**HEAD.to_json(), **harm}
    with pytest.raises(ValueError, match=r"."):
        Head.from_bytes(json.dumps(told).encode())


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"7", b'"x"', b"\xff"])
def test_what_is_no_json_object_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        Head.from_bytes(data)


def test_pieces_that_do_not_follow_each_other_are_refused() -> None:
    for journal in (JOURNAL[1:], JOURNAL[::-1]):
        told = Head(push="0a", manifest=MANIFEST, journal=journal, has_content=False).to_json()
        with pytest.raises(ValueError, match="do not follow"):
            Head.from_bytes(json.dumps(told).encode())
