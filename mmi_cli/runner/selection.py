"""Which of the listed files a run takes up: `--include`, `--exclude` and `--since`."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from ..datamodel.record import Status
from ..datamodel.source import SourceFile
from ..errors import UsageError
from ..storage.glob import past_any_folders

_UNITS_S = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}
_ARCHIVE_NAMES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".tbz2", ".xz", ".txz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A file is taken up when it is new enough, some pattern of `include` matches (or there is none) and none of `exclude` does."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    since_s: float | None = None
    """Seconds since the epoch; what was modified at that moment or later is taken."""
    since_text: str = field(default="", compare=False)
    """As it was written, for messages."""

    @property
    def takes_all(self) -> bool:
        return not self.include and not self.exclude and self.since_s is None

    @property
    def choice(self) -> Callable[[SourceFile], bool] | None:
        """`looks_into`; None where every file is taken, so that nobody need ask."""
        return None if self.takes_all else self.looks_into

    def takes(self, file: SourceFile) -> bool:
        """Whether a file, or a member of an archive, is to have a record.

        Raises:
            UsageError: its storage does not know when it was modified.
        """
        return self._is_new(file) and self._matches(file)

    def looks_into(self, file: SourceFile) -> bool:
        """Whether a file is to be opened: it is taken up, or it is an archive by its name that may hold what is."""
        if not self._is_new(file):
            return False
        return self._matches(file) or (
            is_archive_name(file.path)
            and not self._is_excluded(file)
            and any(_reach(pattern, file)[1] for pattern in self.include)
        )

    def members(self, members: Iterable[SourceFile]) -> Iterator[SourceFile]:
        """Those of an archive's members that are to be opened."""
        return (member for member in members if self.looks_into(member))

    def is_no_archive_after_all(self, file: SourceFile, status: Status) -> bool:
        """Whether a file was opened only for what its name promised; an archive that cannot be opened keeps its record."""
        return status != "failed" and not self.takes(file)

    def _is_new(self, file: SourceFile) -> bool:
        if self.since_s is None:
            return True
        if file.modified_s is None:
            if file.uri.startswith("file:"):
                return True  # it cannot be looked at: its record will say why
            raise UsageError(
                f"--since {self.since_text}: the storage does not know when {file.path} was modified; leave --since away"
            )
        return file.modified_s >= self.since_s

    def _matches(self, file: SourceFile) -> bool:
        is_included = not self.include or any(_reach(pattern, file)[0] for pattern in self.include)
        return is_included and not self._is_excluded(file)

    def _is_excluded(self, file: SourceFile) -> bool:
        return any(_reach(pattern, file)[0] for pattern in self.exclude)


ALL = Selection()


def parse_since(text: str, *, now_s: float) -> float:
    """A moment as people write it → seconds since the epoch.

    Args:
        text: `2d`, `6h`, `30m`, `90s`, `1w` before now; or an ISO 8601 date or time, of this machine's zone when it names none.

    Raises:
        UsageError: neither, or a moment that is still to come.
    """
    wrong = UsageError(
        f"--since {text!r}: write a length of time such as 2d, 6h or 30m, or a moment such as 2026-03-04 or 2026-03-04T18:00"
    )
    if length := re.fullmatch(r"\s*(\d{1,9}(?:\.\d{1,3})?)\s*(s|m|min|h|d|w)\s*", text):
        return max(0.0, now_s - float(length[1]) * _UNITS_S[length[2]])
    try:
        moment_s = datetime.fromisoformat(text.strip()).timestamp()
    except (ValueError, OverflowError, OSError):
        raise wrong from None
    if moment_s > now_s:
        raise UsageError(f"--since {text}: that is still to come; no file would be taken")
    return moment_s


def check_patterns(option: str, patterns: Iterable[str]) -> tuple[str, ...]:
    """Patterns that can match something.

    Raises:
        UsageError: one is empty.
    """
    found = tuple(patterns)
    for pattern in found:
        if not pattern.strip("/ "):
            raise UsageError(
                f"{option} {pattern!r} matches nothing; write a pattern such as '*.pdf', 'drafts/' or '2026/**/*.pdf'"
            )
    return found


def is_archive_name(path: str) -> bool:
    """Whether a file is an archive by its name."""
    return path.lower().endswith(_ARCHIVE_NAMES)


def _reach(pattern: str, file: SourceFile) -> tuple[bool, bool]:
    """Whether a pattern matches a path or a folder above it, and whether it may match something below it.

    `*`, `?` and `[…]` stay within a name, `**` stands for any number of folders. A pattern with a slash before its end begins at the
    top, one without matches at any depth; a slash at its end asks for a folder. An archive is a folder for its members.
    """
    inside = "/".join(file.path.rsplit("!", len(file.members))) if file.members else file.path
    is_match, may_below = _follow(pattern, inside)
    if "!" in pattern and not is_match:  # `a.zip!b.pdf` is how records write it; a pattern may do so, too
        is_match, may_below_too = _follow(pattern, file.path)
        return is_match, may_below or may_below_too or pattern.startswith(f"{file.path}!")
    return is_match, may_below


def _follow(pattern: str, path: str) -> tuple[bool, bool]:
    parts = _compiled(pattern)
    end, asks_for_folder = len(parts), pattern.endswith("/")
    names = path.split("/")
    places = past_any_folders({0}, parts)
    for number, name in enumerate(names):
        places = past_any_folders(
            {after for place in places if place < end for after in _steps(parts, place, name)}, parts
        )
        if end in places:
            is_match = not (asks_for_folder and number == len(names) - 1)
            if is_match or number == len(names) - 1:
                return is_match, True
    return False, bool(places)


def _steps(parts: tuple[re.Pattern[str] | None, ...], place: int, name: str) -> Iterator[int]:
    """The places in the pattern that one more name leads to."""
    part = parts[place]
    if part is None:
        yield place
    elif part.fullmatch(name):
        yield place + 1


@lru_cache(maxsize=1000)
def _compiled(pattern: str) -> tuple[re.Pattern[str] | None, ...]:
    """The names of a pattern from the top; None: any number of folders."""
    names = [name for name in pattern.split("/") if name not in ("", ".")]
    is_anchored = "/" in pattern.rstrip("/")
    if names[-1] == "**":
        names.append("*")  # what lies in the folders, not the folders alone
    if not is_anchored:
        names.insert(0, "**")
    return tuple(None if name == "**" else re.compile(fnmatch.translate(name)) for name in names)
