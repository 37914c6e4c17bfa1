"""A pattern of paths: `*`, `?`, `[…]` within a name, `**` over any number of folders."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from ..datamodel.source import SourceFile
from ..errors import StorageDown
from .local import LocalSource, walk

_MAGIC = re.compile(r"[*?\[]")


def is_pattern(address: str) -> bool:
    """Whether an address has a character that patterns are made of."""
    return _MAGIC.search(address) is not None


class GlobSource:
    """Files that a pattern matches, and all files below folders that it matches, as a shell would pass them.

    Links to folders are not followed, and names that begin with a dot are matched only by a pattern that does. Paths are relative to
    the deepest folder that the pattern names in full.
    """

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        parts = [part for part in pattern.split("/") if part not in ("", ".")]
        if parts[-1] == "**":
            parts.append("*")  # files below any number of folders, hidden ones apart
        fixed = next(index for index, part in enumerate(parts) if is_pattern(part))
        self._root = Path("/" if pattern.startswith("/") else ".").joinpath(*parts[:fixed])
        self._parts = [None if part == "**" else _compiled(part) for part in parts[fixed:]]

    def list(self) -> Iterator[SourceFile]:
        found = False
        if self._root.is_dir():
            for file in walk(self._root, enter=lambda folder: self._reach(folder)[1]):
                if self._reach(file.path)[0]:
                    found = True
                    yield file
        if not found:
            raise StorageDown(f"{self._pattern}: no file matches")

    def local_copy(self, file: SourceFile) -> AbstractContextManager[Path]:
        return LocalSource.open_file(file)

    def _reach(self, path: str) -> tuple[bool, bool]:
        """Whether the pattern matches a path or a folder above it, and whether it may match something below it."""
        states = past_any_folders({0}, self._parts)
        for name in path.split("/"):
            if len(self._parts) in states:
                return True, True  # below a folder that matches
            states = past_any_folders(_step(states, name, self._parts), self._parts)
        return len(self._parts) in states, bool(states)


def _step(states: set[int], name: str, parts: list[re.Pattern[str] | None]) -> set[int]:
    """The places in the pattern that one more name leads to."""
    after = set()
    for state in states:
        part = parts[state] if state < len(parts) else None
        if state < len(parts) and part is None and not name.startswith("."):
            after.add(state)
        elif part is not None and part.fullmatch(name):
            after.add(state + 1)
    return after


def past_any_folders(states: set[int], parts: Sequence[re.Pattern[str] | None]) -> set[int]:
    """The same places, and those behind a `**` that stands for no folder at all."""
    out = set(states)
    for state in sorted(states):
        while state < len(parts) and parts[state] is None:
            state += 1
            out.add(state)
    return out


def _compiled(part: str) -> re.Pattern[str]:
    hidden = "" if part.startswith(".") else r"(?!\.)"
    return re.compile(hidden + fnmatch.translate(part))
