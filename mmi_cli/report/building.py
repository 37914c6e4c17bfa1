"""A run → its page: reads the results, draws the files, holds values against labels, writes the HTML and its pictures."""

from __future__ import annotations

import hashlib
import mimetypes
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

from .. import __version__
from ..errors import StorageDown
from ..evaluate.labels import Label
from ..settings import Settings
from ..storage.local import path_text_of
from .cases import files_of, is_case, of_file, view_of_case
from .index import Names, detail, index_row
from .labelled import measures, verdicts
from .leaves import leaves
from .page import RECORDS_A_BLOCK, page
from .results import Record, Results
from .task import View, ViewTask
from .totals import totals
from .workshop import draw_all

MOST_PICTURE_BYTES = 4_000_000_000
"""Of all pictures of a page; files after that are shown without."""
MOST_LEAVES = 40_000
"""Values in the table of a page: of many records with long lists each has its first ones there, and all of them when it is opened."""
_LEAST_LEAVES = 30
_OURS = re.compile(r"\.?[0-9a-f]{32}\.[a-z0-9]+(?:\.\d+)?(?:\.partial)?")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What was written."""

    file: Path
    records: int
    pictures: int
    bytes: int
    """Of the HTML."""
    without: int
    """Files that could not be shown as they are."""


def build_report(
    results: Results,
    output: Path,
    *,
    settings: Settings,
    labels: tuple[Label, ...] = (),
    has_pictures: bool = True,
    copies_media: bool = False,
    processes: int = 1,
    progress: Progress = lambda done, total: None,
) -> Built:
    """Writes `output` and, beside it, the folder of its pictures.

    The same results, files and labels give the same bytes.

    Raises:
        UsageError: labels that do not fit the schema.
        StorageDown: the page cannot be written.
    """
    folder = output.with_name(f"{output.stem}_files")
    judged = verdicts(results.records, labels) if labels else {}
    measured = measures(results.records, labels) if labels else None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sources, of_record, of_case = _sources(
            results, folder, settings, has_pictures=has_pictures, copies_media=copies_media
        )
        views: list[View] = [View() for _ in sources]
        spent = 0
        for done, (index, view) in enumerate(draw_all(sources, processes=processes), start=1):
            spent += sum(each.get("bytes", 0) for each in (*view.pages, *view.frames))
            if spent > MOST_PICTURE_BYTES:
                views[index] = View(
                    text=view.text, notes=[*view.notes, "Left out: the pictures of the page are too many."]
                )
            else:
                views[index] = view
            progress(done, len(sources))
        for parts, paths_of_parts in of_case.values():
            views.append(view_of_case([(path, views[part]) for part, path in zip(parts, paths_of_parts, strict=True)]))
        shown = [_shown(view, output) for view in views]
        statuses, modalities, schemas, paths = Names(), Names(), Names(), Names()
        most_leaves = _most_leaves(results.records)
        rows = [
            index_row(
                record, source=source, thumb=views[source].thumb, statuses=statuses, modalities=modalities, schemas=schemas,
                paths=paths, verdicts=judged.get(number), most_leaves=most_leaves,
            )
            for number, (record, source) in enumerate(zip(results.records, of_record, strict=True))
        ]  # fmt: skip
        index_value = {
            "title": results.name,
            "key": _identity(results),
            "tool": f"mmi {__version__}",
            "files": folder.name,
            "block": RECORDS_A_BLOCK,
            "statuses": list(statuses.known),
            "modalities": list(modalities.known),
            "schemas": list(schemas.known),
            "paths": list(paths.known),
            "run": _run(results.summary),
            "measures": measured,
            "totals": totals(results.records),
            "texts": [int(bool(view.text)) for view in views],
            "records": rows,
        }
        details = [
            detail(record, shown[source], judged.get(number))
            for number, (record, source) in enumerate(zip(results.records, of_record, strict=True))
        ]
        size = _write(output, page(index_value, details, [view.text for view in views]))
        kept = _tidy(folder, views)
    except OSError as error:
        raise StorageDown(f"cannot write {error.filename or output}: {error.strerror or error}") from error
    without = sum(bool(view.notes) for view in views)
    return Built(file=output, records=len(rows), pictures=kept, bytes=size, without=without)


def _most_leaves(records: Sequence[Record]) -> int | None:
    """How many values of a record the table has at once; None where it can have them all."""
    total = sum(1 for record in records for _ in leaves(record["fields"]))
    return None if total <= MOST_LEAVES else max(_LEAST_LEAVES, MOST_LEAVES // len(records))


def _sources(
    results: Results, folder: Path, settings: Settings, *, has_pictures: bool, copies_media: bool
) -> tuple[list[ViewTask], list[int], dict[int, tuple[list[int], list[str]]]]:
    """A task for each file, of each record the number of its view, and of each case the numbers and paths of its files.

    The views of files come first, in the order of the tasks, then those of the cases.
    """
    groups: dict[tuple[str, str, str | None], list[Record]] = {}
    for record in results.records:
        for key in files_of(record) if is_case(record) else (_key(record),):
            groups.setdefault(key, []).append(record)
    numbers = {key: number for number, key in enumerate(groups)}
    of_case: dict[int, tuple[list[int], list[str]]] = {}
    of_record = []
    for at, record in enumerate(results.records):
        if is_case(record):
            keys = list(files_of(record))
            of_record.append(len(numbers) + len(of_case))
            of_case[at] = [numbers[key] for key in keys], [path for _, path, _ in keys]
        else:
            of_record.append(numbers[_key(record)])
    tasks = []
    for (uri, path, sha256), records in groups.items():
        first = records[0]
        evidence: dict[str, dict[str, Any]] = {}
        for record in records:
            found = [
                piece
                for leaf in leaves(record["fields"])
                for piece in leaf.value["evidence"]
                if isinstance(piece, dict)
            ]
            for piece in of_file(found, path) if is_case(record) else found:
                evidence.setdefault(repr(piece), piece)
        has_failed = all(record.get("status") == "failed" for record in records)
        tasks.append(
            ViewTask(
                uri=uri,
                path=path,
                sha256=sha256,
                media_type=mimetypes.guess_type(path)[0] if is_case(first) else first["source"].get("media_type"),
                modality=first.get("modality"),
                engines=tuple(name for name in ("ocr", "speech") if name in (first.get("engines") or {})),
                evidence=tuple(evidence.values()),
                folder=str(folder),
                address=results.address,
                has_pictures=has_pictures and first.get("status") != "unsupported" and not has_failed,
                reads_again=not has_failed,
                copies_media=copies_media,
                settings=settings,
            )
        )
    return tasks, of_record, of_case


def _key(record: Record) -> tuple[str, str, str | None]:
    source = record["source"]
    return str(source.get("uri") or ""), str(source["path"]), source.get("sha256")


def _shown(view: View, output: Path) -> dict[str, Any]:
    """A view as the page has it: without the text, which stands apart, and without what is not there."""
    value = {name: each for name, each in asdict(view).items() if each and name not in ("text", "thumb")}
    for piece in (*value.get("pages", ()), *value.get("frames", ())):
        piece.pop("bytes", None)
    if "media" in value and "uri" in value["media"]:
        value["media"]["href"] = _href(value["media"].pop("uri"), output)
    return value


def _href(uri: str, output: Path) -> str:
    """How the page reaches a local file: from its own folder where they lie in one tree, else by the whole path."""
    path = path_text_of(uri)
    here = str(output.absolute().parent)
    shared = os.path.commonpath((path, here))
    quoted = quote_from_bytes(os.fsencode(os.path.relpath(path, here) if len(shared) > 1 else path), safe="/-._~")
    return f"./{quoted}" if len(shared) > 1 else f"file://{quoted}"


def _run(summary: dict[str, Any]) -> dict[str, Any] | None:
    """What the overview tells of the run; None where there is no summary."""
    if not summary:
        return None
    slowest = [
        [str(each["path"]), each["seconds"], str(each.get("status", ""))]
        for each in summary.get("slowest") or ()
        if isinstance(each, dict) and isinstance(each.get("seconds"), int | float) and "path" in each
    ]
    usage = summary.get("usage") or {}
    stages = summary.get("stages") or {}
    return {
        "seconds": summary.get("seconds"),
        "started": summary.get("started_at"),
        "workers": summary.get("workers"),
        "p50": (summary.get("file_seconds") or {}).get("p50"),
        "p95": (summary.get("file_seconds") or {}).get("p95"),
        "slowest": slowest,
        "usage": {name: value for name, value in usage.items() if value},
        "stages": {name: stage.get("sum") for name, stage in stages.items() if isinstance(stage, dict)},
    }


def _identity(results: Results) -> str:
    """Under which the browser keeps what was reviewed: another run is another one."""
    ids = "\n".join(str(record.get("id")) for record in results.records)
    return hashlib.sha256(ids.encode("utf-8", "replace")).hexdigest()[:16]


def _write(output: Path, pieces: Iterable[str]) -> int:
    partial = output.with_name(f".{output.name}.{os.getpid()}.partial")
    try:
        with partial.open("w", encoding="utf-8", errors="replace", newline="\n") as stream:
            for piece in pieces:
                stream.write(piece)
        size = partial.stat().st_size
        partial.replace(output)
    finally:
        partial.unlink(missing_ok=True)
    return size


def _tidy(folder: Path, views: list[View]) -> int:
    """Removes pictures of an earlier page; the number of those that are left."""
    used = {each["src"] for view in views for each in (*view.pages, *view.frames)}
    used |= {view.thumb for view in views if view.thumb}
    used |= {view.media["src"] for view in views if view.media and "src" in view.media}
    for path in folder.iterdir():
        if path.name not in used and _OURS.fullmatch(path.name):
            path.unlink(missing_ok=True)
    if not used and not any(folder.iterdir()):
        folder.rmdir()
    return len(used)
