"""Where what was read from a file lies beside the results: a tree that mirrors the input."""

from __future__ import annotations

import hashlib
import os

from ..datamodel.source import SourceFile

_LONGEST_NAME_BYTES = 245
"""File systems hold names of 255 bytes; a suffix is to come."""
_CUT_NAME_BYTES = 230
_LONGEST_PATH_BYTES = 3_000
"""Of the 4,096 that Linux takes, the rest is left to the path of the output."""


def mirrored(file: SourceFile) -> str:
    """Where the content of a file lies below the folder of contents: its own path, members of an archive in a folder of its name.

    No two files share a place: a part of the path that no file system holds as it is (too long, not printable, not UTF-8, like the
    name of a content) is made to, and told apart by a hash of what it was.
    """
    path = "/".join(file.path.rsplit("!", len(file.members))) if file.members else file.path
    *folders, name = [part for part in path.split("/") if part not in ("", ".", "..")] or ["_"]
    relative = "/".join([*(_fitting(part, is_folder=True) for part in folders), _fitting(name)])
    if len(os.fsencode(relative)) > _LONGEST_PATH_BYTES:
        return f"_/{_hash(path)}"
    return relative


def _fitting(part: str, *, is_folder: bool = False) -> str:
    clean = "".join(char if char.isprintable() and char != "\\" else "_" for char in part)
    if len(clean.encode()) > _LONGEST_NAME_BYTES:
        clean = clean.encode()[:_CUT_NAME_BYTES].decode("utf-8", "ignore")
    is_like_content = clean.endswith((".md", ".json", ".vtt", ".figures") if is_folder else ".result")
    return clean if clean == part and not is_like_content else f"{clean}~{_hash(part)[:8]}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
