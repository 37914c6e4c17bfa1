"""Writes OLE compound files (MS-CFB) for tests: storages as dicts, streams as bytes."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path

Tree = dict[str, "bytes | Tree"]
_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


@dataclass
class _Entry:
    name: str
    kind: int
    data: bytes = b""
    right: int = _FREE
    child: int = _FREE
    start: int = _END
    size: int = 0
    children: list[int] = field(default_factory=list)


def write_ole(path: Path, tree: Tree) -> Path:
    entries = [_Entry("Root Entry", 5)]
    _collect(tree, 0, entries)
    mini, mini_fat = bytearray(), []
    sectors: list[bytes] = []
    fat: list[int] = []

    def add_chain(data: bytes) -> int:
        start = len(sectors)
        count = max(1, -(-len(data) // _SECTOR))
        for index in range(count):
            sectors.append(data[index * _SECTOR : (index + 1) * _SECTOR].ljust(_SECTOR, b"\0"))
            fat.append(start + index + 1 if index + 1 < count else _END)
        return start

    for entry in entries[1:]:
        if entry.kind != 2:
            continue
        entry.size = len(entry.data)
        if entry.size >= _CUTOFF:
            entry.start = add_chain(entry.data)
        elif entry.size:
            entry.start = len(mini_fat)
            count = -(-entry.size // _MINI)
            mini += entry.data.ljust(count * _MINI, b"\0")
            mini_fat += [entry.start + index + 1 for index in range(count - 1)] + [_END]
    if mini:
        entries[0].start, entries[0].size = add_chain(bytes(mini)), len(mini)
    packed = b"".join(map(_pack, entries))
    directory = add_chain(packed.ljust(-(-len(packed) // _SECTOR) * _SECTOR, b"\0"))
    mini_fat_bytes = struct.pack(f"<{len(mini_fat)}I", *mini_fat)
    mini_fat_start = (
        add_chain(mini_fat_bytes.ljust(-(-len(mini_fat_bytes) // _SECTOR) * _SECTOR, b"\xff")) if mini_fat else _END
    )
    fat_count = 1
    while (len(fat) + fat_count) * 4 > fat_count * _SECTOR:
        fat_count += 1
    fat_starts = list(range(len(sectors), len(sectors) + fat_count))
    fat += [_FAT] * fat_count
    fat += [_FREE] * (fat_count * 128 - len(fat))
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        bytes.fromhex("d0cf11e0a1b11ae1"), 0x3E, 3, 0xFFFE, 9, 6, 0, fat_count, directory, 0, _CUTOFF, mini_fat_start,
        -(-len(mini_fat) // 128), _END, 0,
    )  # fmt: skip
    header += struct.pack("<109I", *(fat_starts + [_FREE] * (109 - fat_count)))
    path.write_bytes(header + b"".join(sectors) + struct.pack(f"<{len(fat)}I", *fat))
    return path


def _collect(tree: Tree, parent: int, entries: list[_Entry]) -> None:
    before: int | None = None
    for name, value in sorted(tree.items(), key=lambda item: (len(item[0]), item[0].upper())):
        index = len(entries)
        entries.append(_Entry(name, 2, value) if isinstance(value, bytes) else _Entry(name, 1))
        if before is None:
            entries[parent].child = index
        else:
            entries[before].right = index
        before = index
        if not isinstance(value, bytes):
            _collect(value, index, entries)


def _pack(entry: _Entry) -> bytes:
    name = entry.name.encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16xI8x8xIQ",
        name.ljust(64, b"\0"), len(name) + 2, entry.kind, 1, _FREE, entry.right, entry.child, 0, entry.start, entry.size,
    )  # fmt: skip


# --- Outlook messages


def properties(header_bytes: int, values: dict[int, str | bytes | int]) -> Tree:
    """The streams of a property storage: PID → value."""
    table, streams = b"\0" * header_bytes, {}
    for identifier, value in values.items():
        if isinstance(value, int):
            table += struct.pack("<HHIII", 0x0003, identifier, 6, value, 0)
            continue
        kind = 0x001F if isinstance(value, str) else 0x0102
        data = value.encode("utf-16-le") if isinstance(value, str) else value
        table += struct.pack("<HHIII", kind, identifier, 6, len(data), 0)
        streams[f"__substg1.0_{identifier:04X}{kind:04X}"] = data
    return {"__properties_version1.0": table, **streams}
