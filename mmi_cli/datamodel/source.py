"""A file as storage lists it, before anything of it is opened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One input file; plain data that can travel to another process."""

    uri: str
    """Where it is: `file:///in/a.pdf` or `https://account.blob.core.windows.net/container/a.pdf`, without any secret."""
    path: str
    """Posix path relative to the input it was found under; a member of an archive is `a.zip!folder/b.pdf`."""
    size_bytes: int
    etag: str | None = None
    """The storage's version mark; None on a local disk."""
    modified_s: float | None = None
    """Seconds since the epoch, for `--since` and for the manifest; never part of a record."""
    members: tuple[str, ...] = ()
    """Names to follow inside nested archives, outermost first; empty for a plain file. `uri` is then the archive's."""

    @property
    def name(self) -> str:
        """The last part of its path, inside its archive if it lies in one."""
        return self.path.replace("!", "/").rsplit("/", 1)[-1]
