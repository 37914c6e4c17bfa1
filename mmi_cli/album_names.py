"""The names of the namespace `album.` that an expression of a case of pictures may use, and what each is."""

from __future__ import annotations

from .calls.names import Listing, Measure

NAMESPACE = "album"

MEASURES: dict[str, Measure] = {
    "count": Measure("integer", "pictures that could be read, copies among them"),
    "different": Measure("integer", "pictures that are no copy of another one"),
    "copies": Measure("integer", "pictures that are a copy of another one"),
    "first_taken": Measure("string", "when the earliest of them was taken"),
    "last_taken": Measure("string", "when the latest of them was taken"),
}

LISTINGS: dict[str, Listing] = {
    "pictures": Listing(
        "the pictures one by one, by path",
        {
            "file": "string", "description": "string", "category": "string", "tags": "string", "colours": "string", "text": "string",
            "barcodes": "string", "width": "integer", "height": "integer", "sharpness": "number", "taken_at": "string",
            "camera": "string", "gps": "string", "copy_of": "string",
        },
    ),
    "duplicates": Listing(
        "copies, each with the picture to keep, the largest and sharpest of them",
        {"file": "string", "copy_of": "string", "how": "string", "likeness": "number"},
    ),
    "tags": Listing("what is seen, most pictures first", {"tag": "string", "pictures": "integer", "files": "string"}),
    "colours": Listing("colours, most pictures first", {"colour": "string", "pictures": "integer"}),
    "blurred": Listing("pictures of a sharpness below 0.5", {}),
    "gaps": Listing("what pictures lack: a subject (neither tag nor text), a time, a place", {"file": "string", "missing": "string"}),
}  # fmt: skip


def known_paths() -> frozenset[str]:
    """Every dotted path of the namespace: `album.count`, `album.tags`, `album.tags.pictures`."""
    out = {f"{NAMESPACE}.{name}" for name in (*MEASURES, *LISTINGS)}
    for name, listing in LISTINGS.items():
        out |= {f"{NAMESPACE}.{name}.{member}" for member in listing.members}
    return frozenset(out)
