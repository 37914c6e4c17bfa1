"""One part of a run: which files are its own, where its results lie, and what it tells to whoever puts the parts together."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...cases.folders import CaseFolders, case_folder
from ...datamodel.source import SourceFile
from ...errors import UsageError
from ...storage.addresses import is_remote
from ..output import STATE
from ..state.manifest import Done
from ..state.manifest_rows import path_key

FOLDER = "shards"
"""Where shards lie in the state folder of their output: no run takes what is in it for an input."""
MARK = "shard"
"""The key of `summary.json` that says what a shard is a part of."""
_SHARD = re.compile(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,5})")
_NAME = re.compile(r"([1-9][0-9]{0,5})-of-([1-9][0-9]{0,5})")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Shard:
    """One of `count` parts of an input."""

    count: int
    index: int
    """From 1 to `count`."""

    @property
    def name(self) -> str:
        """Of its folder."""
        return f"{self.index}-of-{self.count}"

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    def holds(self, path: str, *, case_folders: CaseFolders | None = None) -> bool:
        """Whether a listed path is of this part, on every machine the same; members of an archive are where their archive is.

        Args:
            case_folders: files of one case are kept together; None: there are no cases.
        """
        key = path_key(path if case_folders is None else case_folder(path, case_folders))
        return int.from_bytes(hashlib.sha256(key).digest()[:8]) % self.count == self.index - 1


def parse_shard(text: str) -> Shard:
    """`3/16` → the third of sixteen.

    Raises:
        UsageError: anything else.
    """
    match = _SHARD.fullmatch(text.strip())
    index, count = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= index <= count:
        raise UsageError(f"--shard {text!r}: write I/N with I from 1 to N, such as 1/4 to 4/4")
    return Shard(index=index, count=count)


def shards_folder(address: str) -> str:
    """Where the shards of the output at `address` lie: a folder, or a prefix of blobs."""
    path = Path(address)
    if not is_remote(address) and path.suffix in (".jsonl", ".ndjson"):
        return str(path.parent / f"{STATE}-{path.name}" / FOLDER)
    return below(address, f"{STATE}/{FOLDER}")


def shard_address(address: str, shard: Shard) -> str:
    """The output of one shard of the run whose output is at `address`: a whole output of its own."""
    return below(shards_folder(address), shard.name)


def below(address: str, name: str) -> str:
    """The address of what lies at `name` below another; a SAS stays at its end."""
    if not is_remote(address):
        return str(Path(address) / name)
    base, question, sas = address.partition("?")
    return f"{base.rstrip('/')}/{name}{question}{sas}"


def shard_of_name(name: str) -> Shard | None:
    """`3-of-16` → the shard; None for any other name."""
    match = _NAME.fullmatch(name)
    if match is None or int(match[1]) > int(match[2]):
        return None
    return Shard(index=int(match[1]), count=int(match[2]))


@dataclass(slots=True)
class ShardOfRun:
    """Takes the files of one shard out of the whole input and remembers what the merging has to know."""

    shard: Shard
    case_folders: CaseFolders | None = None
    _files: int = 0
    _listing: Any = field(default_factory=hashlib.sha256)
    _records: int = 0
    _bytes: int = 0
    _results: Any = field(default_factory=hashlib.sha256)
    _odd_names: dict[str, str] = field(default_factory=dict)

    def part(self, files: Iterable[SourceFile]) -> Iterator[SourceFile]:
        """The files of this shard; all the others go into the digest of the input, too."""
        for file in files:
            self._files += 1
            # No time: a copy of the input on another machine has other ones.
            self._listing.update(path_key(f"{file.path}\0{file.size_bytes}\0{file.etag or ''}\n"))
            if self.shard.holds(file.path, case_folders=self.case_folders):
                yield file

    def read(self, done: Done) -> None:
        """Shown every record of the results, in their order."""
        line = done.line.encode("utf-8") + b"\n"
        if path_key(done.path) != done.path.encode("utf-8", "replace"):
            self._odd_names[str(self._records)] = path_key(done.path).hex()
        self._records += 1
        self._bytes += len(line)
        self._results.update(line)

    def mark(self, *, schema_keys: tuple[str, ...], threads: int, with_content: bool) -> dict[str, Any]:
        """What `summary.json` of the shard holds besides."""
        return {
            MARK: {
                "index": self.shard.index,
                "count": self.shard.count,
                "schema_keys": list(schema_keys),
                "threads": threads,
                "content": with_content,
                "input": {"files": self._files, "sha256": self._listing.hexdigest()},
                "results": {"records": self._records, "bytes": self._bytes, "sha256": self._results.hexdigest()},
                "odd_names": self._odd_names,
            }
        }
