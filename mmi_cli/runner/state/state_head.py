"""What stands in `state.json` beside results on blob: which of the blobs there are one whole state."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

HEAD, LOCK = "state.json", "lock"
"""Names in the folder of the state: what names the rest, and the blob whose lease the run holds."""
_LAYOUT = 1
_NAME = re.compile(r"(?:manifest|journal)-[0-9a-f-]+\.(?:sqlite|jsonl)\.gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A blob of the state, written once and never changed; compressed with gzip."""

    name: str
    """Below the folder of the state."""
    size_bytes: int
    """Unpacked."""
    sha256: str
    """Of what it unpacks to."""
    offset: int = 0
    """Where it begins in the journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One state; what it does not name does not count."""

    push: str
    """Another one each time."""
    manifest: Piece
    journal: tuple[Piece, ...]
    """One behind the other, from byte 0."""
    has_content: bool
    """`content` beside the results was written by a run."""

    @property
    def journal_bytes(self) -> int:
        return self.journal[-1].offset + self.journal[-1].size_bytes if self.journal else 0

    @property
    def names(self) -> frozenset[str]:
        return frozenset({self.manifest.name, *(piece.name for piece in self.journal)})

    def to_json(self) -> dict[str, Any]:
        return {"layout": _LAYOUT, **asdict(self)}

    @classmethod
    def from_bytes(cls, data: bytes) -> Head:
        """
        Raises:
            ValueError: it is no head, or one of another layout.
        """
        try:
            told = json.loads(data)
            if told["layout"] != _LAYOUT:
                raise ValueError(f"layout {told['layout']}")
            journal = tuple(_piece(each) for each in told["journal"])
            if any(a.offset + a.size_bytes != b.offset for a, b in pairwise(journal)) or (
                journal and journal[0].offset != 0
            ):
                raise ValueError("pieces of the journal do not follow each other")
            return cls(
                push=str(told["push"]), manifest=_piece(told["manifest"]), journal=journal,
                has_content=bool(told["has_content"]),
            )  # fmt: skip
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError(f"not the state of a run: {type(error).__name__}") from error


def is_piece(name: str) -> bool:
    """Whether a name is one that a run gives to a piece of its state."""
    return _NAME.fullmatch(name) is not None


def _piece(told: dict[str, Any]) -> Piece:
    piece = Piece(
        name=str(told["name"]), size_bytes=int(told["size_bytes"]), sha256=str(told["sha256"]),
        offset=int(told["offset"]),
    )  # fmt: skip
    if not is_piece(piece.name):
        raise ValueError("a piece has a name that no run gives")
    return piece
