"""Finds the shards that are to be merged and tells whether they are parts of one run, and all of it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from ...errors import StorageDown, UsageError
from ...storage.addresses import is_remote, open_destination, open_source
from ..output import SUMMARY
from ..state.keys import decides_values
from .shards import MARK, Shard, below, shard_of_name, shards_folder

_SHOWN = 12
"""Most shards that a message names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A finished shard."""

    address: str
    folder: Path | None
    """None: blobs."""
    shard: Shard
    summary: Mapping[str, Any]

    @property
    def shown(self) -> str:
        """The address without a SAS."""
        return self.address.split("?")[0] if is_remote(self.address) else self.address

    @property
    def mark(self) -> Mapping[str, Any]:
        mark: Mapping[str, Any] = self.summary[MARK]
        return mark

    @property
    def has_content(self) -> bool:
        return bool(self.mark["content"])

    @property
    def fail_on(self) -> str:
        return str(self.summary.get("settings", {}).get("fail_on", "any"))

    @property
    def results_sha256(self) -> str:
        return str(self.mark["results"]["sha256"])

    @property
    def results_bytes(self) -> int:
        return int(self.mark["results"]["bytes"])

    @property
    def odd_names(self) -> Mapping[str, str]:
        """Number of a record, from 0 → its path in hexadecimal digits, where that is no UTF-8 and the record cannot hold it."""
        odd: Mapping[str, str] = self.mark["odd_names"]
        return odd

    def damaged(self, how: str) -> UsageError:
        return UsageError(
            f"results.jsonl of shard {self.shard} is not what that shard wrote ({how}; {self.shown}): copy it once more, or run the "
            "shard again"
        )


def find_parts(output: str, given: Sequence[str], *, allow_missing: bool) -> list[Part]:
    """Every finished shard of those that were named, or of those below the output, by number.

    Args:
        allow_missing: a shard that is not finished is left out.

    Raises:
        UsageError: none is there, something that was named is no shard, or one is not finished.
        StorageDown: storage cannot be reached.
    """
    addresses = [address for each in given for address in _named(each)] if given else _below(shards_folder(output))
    if not addresses:
        raise UsageError(
            f"no shard lies below {_shown(output)}: run `mmi run … --output {_shown(output)} --shard 1/N` to N/N first, or name "
            "the shards"
        )
    parts = []
    for address in addresses:
        part = _part(address)
        if part is not None:
            parts.append(part)
        elif not allow_missing:
            shard = shard_of_name(_shown(address).rstrip("/").rpartition("/")[2])
            which = f"shard {shard}" if shard else "a shard"
            raise UsageError(
                f"{which} is not finished ({_shown(address)} has no summary.json of a shard): run it again, it goes on where it "
                "was; --allow-missing leaves it out"
            )
    if not parts:
        raise UsageError(f"no shard below {_shown(output)} is finished: run them again, they go on where they were")
    return sorted(parts, key=lambda part: part.shard)


def check_parts(
    parts: Sequence[Part], *, allow_missing: bool, allow_changed: bool, note: Callable[[str], None]
) -> tuple[int, ...]:
    """Refuses what is not one run; returns the numbers of the shards that are missing.

    Raises:
        UsageError: what does not fit together, where, and what to do.
    """
    first = parts[0]
    for part in parts[1:]:
        if part.shard.count != first.shard.count:
            raise UsageError(
                f"shard {first.shard} ({first.shown}) and shard {part.shard} ({part.shown}) are of different divisions: name those "
                "of one division, or remove the others"
            )
    for before, part in pairwise(parts):
        if before.shard == part.shard:
            raise UsageError(f"shard {part.shard} is there twice: {before.shown} and {part.shown}; name one of them")
    there = {part.shard.index for part in parts}
    missing = tuple(index for index in range(1, first.shard.count + 1) if index not in there)
    if missing and not allow_missing:
        raise UsageError(
            f"{_listed(missing)} of {first.shard.count} {'is' if len(missing) == 1 else 'are'} missing: run "
            f"`mmi run … --shard {missing[0]}/{first.shard.count}`, or name where {'it lies' if len(missing) == 1 else 'they lie'}; "
            "--allow-missing goes on without"
        )
    for part in parts[1:]:
        if difference := _difference(first, part):
            raise UsageError(
                f"shards {first.shard} ({first.shown}) and {part.shard} ({part.shown}) are of different runs: {difference}; run one "
                "of them again as the other"
            )
        if part.mark["input"] != first.mark["input"] and not allow_changed:
            raise UsageError(
                f"shards {first.shard} and {part.shard} saw different inputs ({first.mark['input']['files']} and "
                f"{part.mark['input']['files']} files; something was added, removed or changed in between): run the shards again, they "
                "do only what changed; --allow-changed puts them together as they are"
            )
    threads = sorted({int(part.mark["threads"]) for part in parts})
    if len(threads) > 1:
        note(
            f"the shards ran with {' and '.join(map(str, threads))} threads an engine, which may change the last digits of "
            "confidences; the setting `threads` makes them alike"
        )
    return missing


def _difference(one: Part, other: Part) -> str | None:
    """What two shards do not have in common that they must; None when nothing."""
    if one.summary.get("tool") != other.summary.get("tool"):
        versions = [str(part.summary.get("tool", {}).get("version")) for part in (one, other)]
        return f"versions {versions[0]} and {versions[1]} of mmi"
    if one.summary.get("schemas") != other.summary.get("schemas"):
        names = [", ".join(_schema(each) for each in part.summary.get("schemas", ())) for part in (one, other)]
        return f"schemas {names[0]} and {names[1]}"
    if one.mark["schema_keys"] != other.mark["schema_keys"]:
        mine, theirs = one.summary.get("settings", {}), other.summary.get("settings", {})
        names = [name for name in mine if decides_values(name) and mine[name] != theirs.get(name)]
        if not names:
            return "other labelled files, calibration, passwords or installed models"
        return "settings " + ", ".join(f"{name} = {mine[name]!r} and {theirs.get(name)!r}" for name in names)
    if one.has_content != other.has_content:
        return "one with --content and one without"
    return None


def _schema(told: Mapping[str, Any]) -> str:
    return f"{told.get('name')} version {told.get('version')} ({str(told.get('digest'))[:8]})"


def _listed(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:_SHOWN])) + (" …" if len(numbers) > _SHOWN else "")
    return f"shard {shown}" if len(numbers) == 1 else f"{len(numbers)} shards ({shown})"


def _named(address: str) -> list[str]:
    """The shards that a name of the command line stands for: itself, or all that lie in it.

    Raises:
        UsageError: neither.
    """
    if _summary(address) is not None or shard_of_name(_shown(address).rstrip("/").rpartition("/")[2]):
        return [address]
    found = _below(shards_folder(address)) or _below(address)
    if not found:
        raise UsageError(
            f"{_shown(address)} is no shard and holds none; name what `mmi run … --shard I/N` had as --output"
        )
    return found


def _below(address: str) -> list[str]:
    """Addresses of the shards in a folder of shards, finished or not."""
    if not is_remote(address):
        folder = Path(address)
        names = [each.name for each in folder.iterdir() if each.is_dir()] if folder.is_dir() else []
    else:
        try:
            names = list(
                dict.fromkeys(file.path.partition("/")[0] for file in open_source([below(address, "")]).list())
            )
        except StorageDown as error:
            if "holds no blob" in str(error):
                return []
            raise
    return [below(address, name) for name in names if shard_of_name(name)]


def _part(address: str) -> Part | None:
    """None where no shard was finished.

    Raises:
        UsageError: the mark of the shard cannot be understood.
    """
    summary = _summary(address)
    if summary is None:
        return None
    mark = summary[MARK]
    try:
        part = Part(
            address=address,
            folder=None if is_remote(address) else Path(address),
            shard=Shard(index=int(mark["index"]), count=int(mark["count"])),
            summary=summary,
        )
        _ = (part.has_content, part.results_sha256, part.results_bytes, part.odd_names, part.mark["input"]["files"])
        _ = (part.mark["schema_keys"], int(part.mark["threads"]))
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"summary.json in {_shown(address)} was not written by a shard of this version ({error!r})"
        ) from None
    return part


def _summary(address: str) -> dict[str, Any] | None:
    """`summary.json` of a finished shard; None where there is none, or it is that of a whole run."""
    with tempfile.TemporaryDirectory(prefix="mmi-merge-") as scratch:
        local = Path(scratch) / SUMMARY if is_remote(address) else Path(address) / SUMMARY
        if is_remote(address) and not open_destination(address).read(SUMMARY, local):
            return None
        try:
            summary = json.loads(local.read_text("utf-8"))
        except (OSError, ValueError):
            return None
    return summary if isinstance(summary, dict) and isinstance(summary.get(MARK), dict) else None


def _shown(address: str) -> str:
    return address.split("?")[0] if is_remote(address) else address
