"""Cases of several files on the page: each file is drawn as ever, and the case shows the pages of all, under the names of their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .results import Record
from .task import View


def is_case(record: Record) -> bool:
    return isinstance(record.get("case"), dict)


def files_of(record: Record) -> Iterator[tuple[str, str, str | None]]:
    """(uri, path, SHA-256) of each file of a case that could be read."""
    for file in record["case"].get("files") or ():
        if any(paper.get("status") in ("ok", "partial") for paper in file.get("papers") or ()):
            yield str(file.get("uri") or ""), str(file["path"]), file.get("sha256")


def of_file(evidence: Sequence[Mapping[str, Any]], path: str) -> tuple[dict[str, Any], ...]:
    """Evidence that lies in one file of a case, as that file's own."""
    return tuple(
        {name: value for name, value in piece.items() if name != "file"}
        for piece in evidence
        if piece.get("file") == path
    )


def in_one_file(value: Any) -> Any:
    """Fields or contradictions of a case as the page has them: the file of a place is the part that it lies in."""
    if isinstance(value, list):
        return [in_one_file(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "match" in value and "file" in value:
        part = f"{value['file']}/{value['part']}" if value.get("part") else value["file"]
        return {**{name: each for name, each in value.items() if name not in ("file", "part")}, "part": part}
    return {name: in_one_file(each) for name, each in value.items()}


def view_of_case(views: Sequence[tuple[str, View]]) -> View:
    """The pages of all files; the recording of the first that has one."""
    out = View()
    for path, view in views:
        out.pages.extend(
            {**page, "part": f"{path}/{page['part']}" if page.get("part") else path} for page in view.pages
        )
        if out.media is None and view.media is not None:
            out = replace(out, media=view.media, wave=view.wave, frames=view.frames)
        out.thumb = out.thumb or view.thumb
        out.notes.extend(f"{path}: {note}" for note in view.notes)
    return out
