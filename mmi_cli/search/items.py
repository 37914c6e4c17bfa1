"""What the index holds of a file: items with their places, and their vectors in the spaces they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ..datamodel.record import ErrorInfo
from ..datamodel.source import SourceFile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Kind = Literal["passage", "turn", "image", "frame", "page", "file"]
KINDS: tuple[Kind, ...] = ("passage", "turn", "image", "frame", "page", "file")
LEAVES: tuple[Kind, ...] = ("passage", "turn", "image", "frame")
"""What is searched unless other kinds are asked for: pages and files are their sums."""
Space = Literal["text", "seen", "joint"]
SPACES: tuple[Space, ...] = ("text", "seen", "joint")
"""Vectors of the text embedder; features of the image tagger; vectors of the joint model. Only vectors of one space are compared."""
SEEN_IN_TEXT = "tags"
"""How a picture came into the text space: by the names of what is seen on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that can be found."""

    kind: Kind
    text: str = ""
    """What stands in it, or what is seen on it (`seen: pelican 0.93, …`); shown, and searched by words."""
    headings: str = ""
    place: tuple[tuple[str, Any], ...] = ()
    """The keys of evidence without its text: page, box, start_s, cell, …; in their order."""
    tags: tuple[tuple[str, float], ...] = ()
    """What is seen, with probabilities as the tagger says them."""
    method: str = ""
    """How its vector came about where that is not by the text itself: `tags`, `mean of passages`, `joint model`."""
    thumbnail: bytes | None = None
    """JPEG, 200 pixels at most."""
    picture_hash: int | None = None
    """64 bits that stay nearly the same when a picture is scaled or compressed anew."""
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """A file with all that the index will hold of it; plain data that travels from a worker."""

    file: SourceFile
    sha256: str | None = None
    modality: str | None = None
    media_type: str | None = None
    status: Literal["ok", "empty", "unsupported", "failed", "archive", "same"] = "ok"
    """`same`: its bytes are those that are known, and nothing was done."""
    error: ErrorInfo | None = None
    notice: str = ""
    """Why there is nothing, or what was left out."""
    items: tuple[Item, ...] = ()
    vectors: tuple[tuple[Space, tuple[int, ...], NDArray[np.float32]], ...] = ()
    """(space, indices of `items`, one row each)."""
    text_marks: bytes = b""
    """MinHash of the text, see `near_texts`; empty for a short one."""
    members: tuple[SourceFile, ...] = ()
    models: tuple[tuple[str, str], ...] = ()
    """Space → name of the engine that made its vectors."""
