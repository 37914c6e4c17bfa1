"""One file → what the page shows of it: pages, frames, waveform, text; what fails costs that piece and leaves a note."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..datamodel.content import Content
from ..errors import ChangedDuringRead, FileError, RunError
from . import pictures, sound
from .reading import content_again, kept_content, parts_of
from .sources import archive_path, same_file
from .task import View, ViewTask
from .text_view import text_view

MOST_PAGES = 24
"""Pictures of a file; of more pages those with evidence come first."""
MOST_READ_BYTES = 50_000_000
"""Of a file that is read again for its text: more would take longer than its clock has."""
_PDF = "application/pdf"

_TRANSCRIPTS = ("text/", "application/json", "application/x-subrip")
"""Of what was said there is only the text: nothing to play and nothing to draw."""


def draw(task: ViewTask) -> View:
    """Never raises for what a file holds."""
    view = View()
    content = kept_content(task)
    try:
        with same_file(task.uri, task.path, task.sha256, task.settings) as local:
            if content is None and task.reads_again and local.stat().st_size <= MOST_READ_BYTES:
                content = content_again(task, local)
            if task.has_pictures:
                _look(task, view, local, content)
    except ChangedDuringRead:
        view.notes.append("The file was changed since the run: values and evidence are those of the run.")
    except FileError as error:
        view.notes.append(f"The file cannot be shown: {error}")
    except RunError as error:
        view.notes.append(f"The file is not there any more: {_brief(error)}")
    except Exception as error:  # noqa: BLE001 - a picture is worth no report
        view.notes.append(f"The file cannot be shown: {type(error).__name__}: {_brief(error)}")
    if content is not None:
        spans = [tuple(piece["span"]) for piece in task.evidence if piece.get("span")]
        cells = [(piece["sheet"], piece["cell"]) for piece in task.evidence if piece.get("cell")]
        view.text = text_view(content, spans, cells) or None
        if view.wave is None and content.media is not None:
            view.wave = {"s": content.media.duration_s, "peaks": ""}
    return view


def _look(task: ViewTask, view: View, local: Path, content: Content | None) -> None:
    kind = task.media_type or ""
    folder = Path(task.folder)
    if task.modality in ("audio", "video") and not kind.startswith(_TRANSCRIPTS):
        _media(task, view, local, folder)
        if task.modality == "video":
            _frames(task, view, local, folder, content)
        _attempt(view, "The sound cannot be drawn", lambda: setattr(view, "wave", sound.waveform(local, task.settings)))
        return
    if kind == _PDF or kind.startswith("image/"):
        _pages(task, view, local, kind, None, content, is_first=True)
    wanted = {piece["part"] for piece in task.evidence if piece.get("part") and piece.get("page")}
    if wanted:
        _attempt(
            view,
            "A file inside it cannot be shown",
            lambda: parts_of(local, task, wanted, lambda name, data: _part(task, view, name, data, content)),
        )
    if view.pages:
        first = next((page for page in view.pages if page["page"] == 1), view.pages[0])
        view.thumb = first.pop("thumb", None)
    for page in view.pages:
        page.pop("thumb", None)


def _attempt(view: View, what: str, work: Any) -> None:
    try:
        work()
    except RunError:
        raise
    except Exception as error:  # noqa: BLE001 - the other pieces may be good
        view.notes.append(f"{what}: {_brief(error)}")


def _part(task: ViewTask, view: View, name: str, data: bytes, content: Content | None) -> None:
    kind = _PDF if data[:1024].lstrip().startswith(b"%PDF") else "image/*"
    with tempfile.TemporaryDirectory(prefix="mmi-report-") as folder:
        path = Path(folder) / "part"
        path.write_bytes(data)
        _attempt(
            view,
            f"{name} cannot be shown",
            lambda: _pages(task, view, path, kind, name, content, is_first=False),
        )


def _pages(
    task: ViewTask, view: View, local: Path, kind: str, part: str | None, content: Content | None, *, is_first: bool
) -> None:
    evidence = [piece for piece in task.evidence if piece.get("page") and piece.get("part") == part]
    asked = {int(piece["page"]) for piece in evidence}
    numbers = sorted(asked | ({1} if is_first else set()))
    if len(numbers) > MOST_PAGES:
        view.notes.append(f"{MOST_PAGES} of {len(numbers)} pages with evidence are shown.")
        numbers = numbers[:MOST_PAGES]
    rotations = {page.number: page.rotation for page in content.pages if page.part == part} if content else {}
    sizes = {int(piece["page"]): piece["page_size"] for piece in evidence if piece.get("page_size")}
    drawn: Iterable[tuple[int, Any]]
    if kind == _PDF:
        drawn = pictures.draw_pdf(local, numbers, rotations, task.settings)
    else:
        drawn = pictures.draw_picture(local, kind, set(numbers), rotations, task.settings)
    for number, pixels in drawn:
        if pixels is None:
            view.notes.append(f"Page {number} cannot be drawn.")
            continue
        page = {"page": number, "part": part, **pictures.keep(pixels, Path(task.folder))}
        if (size := sizes.get(number)) and _is_turned(size, page):
            page["turned"] = True  # nobody knows which way: boxes would lie
        if not view.pages:
            page["thumb"] = pictures.keep(pixels, Path(task.folder), longest_side=pictures.THUMB_SIDE)["src"]
        view.pages.append(page)


def _is_turned(size: list[float], page: dict[str, Any]) -> bool:
    shape, wanted = page["w"] / page["h"], size[0] / size[1]
    return bool(abs(shape - wanted) > 0.05 * wanted)


def _frames(task: ViewTask, view: View, local: Path, folder: Path, content: Content | None) -> None:
    from ..extract import media

    asked = {float(piece["frame_s"]) for piece in task.evidence if piece.get("frame_s") is not None}
    said = {float(piece["start_s"]) for piece in task.evidence if piece.get("start_s") is not None}
    shots = content.media.shots if content is not None and content.media is not None else ()
    keys = [time_s for shot in shots for time_s in shot.key_frames_s]
    times = sorted(asked)[:MOST_PAGES]
    for more in (*(keys or [0.0]), *sorted(said)):
        if len(times) < MOST_PAGES and all(abs(more - other) > 0.5 for other in times):
            times.append(float(more))
    times.sort()

    def work() -> None:
        for frame in media.frames_at(local, task.settings, times):
            height, width = frame.image.shape[:2]
            kept = pictures.keep(frame.image, folder, longest_side=960)
            view.frames.append({"t": round(frame.time_s, 3), "fw": width, "fh": height, **kept})
            if view.thumb is None:
                view.thumb = pictures.keep(frame.image, folder, longest_side=pictures.THUMB_SIDE)["src"]

    _attempt(view, "Its frames cannot be drawn", work)


def _media(task: ViewTask, view: View, local: Path, folder: Path) -> None:
    kind = task.media_type or ""
    media: dict[str, Any] = {"kind": task.modality, "type": kind}
    if task.copies_media and task.sha256:

        def work() -> None:
            media["src"], media["type"] = sound.copied(local, kind, task.sha256 or "", folder, task.settings)
            media["bytes"] = (folder / media["src"]).stat().st_size

        _attempt(view, "It cannot be copied beside the page", work)
    elif task.uri.startswith("file:///") and archive_path(task.uri, task.path) is None:
        media["uri"] = task.uri
    else:
        view.notes.append("To play it here, make the report with --copy-media: it lies on blob or in an archive.")
        return
    if media["type"] not in sound.PLAYED:
        advice = "" if task.copies_media or task.modality == "video" else " --copy-media makes a copy that they do."
        view.notes.append(f"Browsers may not play {media['type'] or 'this format'}.{advice}")
    view.media = media


def _brief(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
