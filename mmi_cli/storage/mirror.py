"""Where what was read from a file lies beside the results: a tree that mirrors the input."""

from __future__ import annotations

import hashlib
import os

from ..datamodel.source import SourceFile

_LONGEST_BYTES = 255
"""Of a name, as file systems hold it."""
_LONGEST_NAME_BYTES = 240
"""Of a name before its suffix, the longest of which is `.chapters.vtt`."""
_CUT_NAME_BYTES = 225
_LONGEST_PATH_BYTES = 800
"""Names of blobs have 1,024 characters; the rest is left to the prefix of the output and to suffixes."""
_WRITTEN = (
    ".md", ".json", ".vtt", ".srt", ".figures", ".chapters.vtt", ".chapters.txt", ".ffmetadata", ".segments.csv", ".xmp",
)  # fmt: skip
"""Ends of what is written: no folder is called like it."""
_HALF_WRITTEN = (".result", ".chapters", ".segments")
"""Behind these, what is written for one file would be called like what is written for another."""


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


def beside(file: SourceFile, middle: str, end: str) -> str:
    """`mirrored` with `middle` and `end` behind it; what is too long for a name with them is cut and told by a hash."""
    folder, slash, name = mirrored(file).rpartition("/")
    if len(f"{name}{middle}{end}".encode()) > _LONGEST_BYTES:
        name, middle = f"{_cut(f'{name}{middle}')}~{_hash(f'{name}{middle}')[:8]}", ""
    return f"{folder}{slash}{name}{middle}{end}"


def _fitting(part: str, *, is_folder: bool = False) -> str:
    clean = "".join(char if char.isprintable() and char != "\\" else "_" for char in part)
    if len(clean.encode()) > _LONGEST_NAME_BYTES:
        clean = _cut(clean)
    is_like_content = clean.endswith(_WRITTEN if is_folder else _HALF_WRITTEN)
    return clean if clean == part and not is_like_content else f"{clean}~{_hash(part)[:8]}"


def _cut(text: str) -> str:
    return text.encode()[:_CUT_NAME_BYTES].decode("utf-8", "ignore")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
