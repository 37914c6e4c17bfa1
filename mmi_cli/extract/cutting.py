"""Cuts the figures of a file out as pictures: regions of pages drawn anew, embedded pictures and key frames decoded and written again.

Nothing of a file goes out as it came in: every picture is decoded within the pixel limit and encoded by Pillow, so that what lies hidden in
one (a location, a second file behind the first) is left behind. The same file gives the same bytes.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from ..datamodel.content import Content
from ..datamodel.content_builder import ContentBuilder
from ..datamodel.detection import Detection
from ..datamodel.figure import Figure
from ..errors import FileError
from ..registry import load
from .interface import ExtractContext

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PACKAGES = frozenset({"docx", "pptx", "xlsx", "odf", "epub"})
_JPEG_QUALITY = 90
_PHOTO_COLOURS = 2_000  # in a sample; drawings and screenshots have fewer, and PNG holds them better
_SAMPLE = 20_000  # pixels
_MARGIN = 1.5  # points around drawings and formulas, whose strokes are as thick as that

DetectPart = Callable[[Path, str], Detection]
"""(file, name) → what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutout:
    """The picture of a figure."""

    figure: int
    """Index into `Content.figures`."""
    name: str
    """`page-0003-figure-02.png`; no two of a file are alike."""
    data: bytes


def cut_figures(path: Path, context: ExtractContext, content: Content, detect: DetectPart) -> Iterator[Cutout]:
    """The figures of a file that have a picture, in their order within each part; one that cannot be decoded is passed over.

    Args:
        context: as the file was read with; engines are not asked.
        content: what was read of it.
        detect: for files inside the file.
    """
    names = _names(content.figures)
    limit = context.settings.max_figures
    numbered = [(number, figure) for number, figure in enumerate(content.figures)][:limit]
    own = [pair for pair in numbered if pair[1].part is None and not _is_whole_file(pair[1], context)]
    for number, data, suffix in _cut_own(path, context, own):
        yield Cutout(figure=number, name=names[number] + suffix, data=data)
    inside = [pair for pair in numbered if pair[1].part is not None]
    if inside:
        for number, data, suffix in _cut_inside(path, context, inside, detect, depth=0):
            yield Cutout(figure=number, name=names[number] + suffix, data=data)


def _is_whole_file(figure: Figure, context: ExtractContext) -> bool:
    """Whether a figure is the picture that the file itself is: there is nothing to cut out."""
    return context.detection.format == "image" and (figure.box is None or figure.box[:2] == (0.0, 0.0))


_Numbered = tuple[int, Figure]
_Cut = tuple[int, bytes, str]


def _names(figures: tuple[Figure, ...]) -> list[str]:
    parts: dict[str, int] = {}
    counts: dict[tuple[str | None, int | None], int] = {}
    names = []
    for figure in figures:
        before = ""
        if figure.part is not None:
            before = f"part-{parts.setdefault(figure.part, len(parts) + 1):02}-"
        counts[figure.part, figure.page] = count = counts.get((figure.part, figure.page), 0) + 1
        page = f"page-{figure.page:04}-" if figure.page is not None else ""
        time = f"-at-{figure.frame_s:.3f}s" if figure.frame_s is not None else ""
        names.append(f"{before}{page}figure-{count:02}{time}")
    return names


def _cut_own(path: Path, context: ExtractContext, figures: list[_Numbered]) -> Iterator[_Cut]:
    if not figures:
        return
    kind = context.detection.format
    try:
        if kind == "pdf":
            yield from _cut_pages(path, context, figures)
        elif kind == "image":
            yield from _cut_picture(path, context, figures)
        elif kind in _PACKAGES:
            yield from _cut_package(path, context, figures)
        elif kind == "html":
            yield from _cut_html(path, context, figures)
        elif kind == "video":
            yield from _cut_frames(path, context, figures)
    except FileError:
        return


def _cut_pages(path: Path, context: ExtractContext, figures: list[_Numbered]) -> Iterator[_Cut]:
    from .pdf_document import open_page, open_pdf
    from .pdf_forms import open_form
    from .pdf_region import draw_region

    settings = context.settings
    placed = [pair for pair in figures if pair[1].page is not None and pair[1].box is not None]
    placed.sort(key=lambda pair: (pair[1].page or 0, pair[0]))
    with open_pdf(path, settings.passwords) as document, open_form(document) as form:
        for number, group in groupby(placed, key=lambda pair: pair[1].page or 0):
            if not 1 <= number <= len(document):
                continue
            with open_page(document, number - 1, form) as page:
                if page is None:
                    continue
                for index, figure in group:
                    margin = 0.0 if figure.kind == "picture" else _MARGIN
                    x0, y0, x1, y1 = figure.box or (0.0, 0.0, 0.0, 0.0)
                    try:
                        pixels = draw_region(
                            page,
                            (x0 - margin, y0 - margin, x1 + margin, y1 + margin),
                            dpi=settings.figure_dpi,
                            max_pixels=settings.max_image_pixels,
                            form=form,
                        )
                    except FileError:
                        continue
                    yield (index, *encoded(pixels, may_be_photo=figure.kind == "picture"))


def _cut_picture(path: Path, context: ExtractContext, figures: list[_Numbered]) -> Iterator[_Cut]:
    from .picture import Picture

    with Picture(
        path, media_type=context.detection.media_type, max_pixels=context.settings.max_image_pixels
    ) as picture:
        wanted = {figure.page or 1 for _, figure in figures}
        for frame in picture.frames(all_pages=max(wanted) > 1):
            for index, figure in figures:
                if (figure.page or 1) != frame.number:
                    continue
                pixels = frame.pixels
                if figure.box is not None:
                    high, wide = pixels.shape[:2]
                    x0, y0, x1, y1 = (round(side) for side in figure.box)
                    pixels = pixels[max(0, y0) : min(high, y1), max(0, x0) : min(wide, x1)]
                if pixels.size:
                    yield (index, *encoded(pixels, may_be_photo=True))
            if frame.number >= max(wanted):
                break


def _cut_frames(path: Path, context: ExtractContext, figures: list[_Numbered]) -> Iterator[_Cut]:
    """Key frames of a video, full size and upright."""
    from . import media

    timed = sorted((figure.frame_s, index) for index, figure in figures if figure.frame_s is not None)
    numbers = dict(timed)
    for frame in media.frames_at(path, context.settings, [time_s for time_s, _ in timed]):
        index = numbers.get(frame.time_s)
        if index is not None:
            yield (index, *encoded(frame.image, may_be_photo=True))


def _cut_package(path: Path, context: ExtractContext, figures: list[_Numbered]) -> Iterator[_Cut]:
    from .office_password import decrypt_office, is_ole
    from .packed import Package

    source = decrypt_office(path, context) if is_ole(path) else path
    package = Package(source, context.name, context.settings)
    for index, figure in figures:
        if figure.source is None or figure.source not in package:
            continue
        try:
            cut = _written_again(package.read(figure.source), context)
        except FileError:
            continue
        if cut is not None:
            yield (index, *cut)


def _cut_html(path: Path, context: ExtractContext, figures: list[_Numbered]) -> Iterator[_Cut]:
    from .decoding import read_bytes
    from .html import decode_html
    from .html_flow import written_pictures

    html, _ = decode_html(read_bytes(path, context.settings), context.detection.encoding)
    wanted = {figure.source: index for index, figure in figures if figure.source is not None}
    for source, data in written_pictures(html):
        if source in wanted and (cut := _written_again(data, context)) is not None:
            yield (wanted[source], *cut)


def _cut_inside(
    path: Path, context: ExtractContext, figures: list[_Numbered], detect: DetectPart, *, depth: int
) -> Iterator[_Cut]:
    """Figures of the files inside a file, which is walked once more for them without asking any engine."""
    if depth > context.settings.max_depth:
        return
    held: list[bytes] = []

    def hold(_: str, data: bytes) -> Content | None:
        held.append(data)
        return ContentBuilder().build()

    walker = replace(context, engines=_NoEngines(), read_part=hold)
    try:
        walked: Content = load("extractor", context.detection.format or "")(path, walker)
    except FileError:
        return
    data_of = dict(zip((part.name for part in walked.parts), held, strict=False))
    for name, data in data_of.items():
        inner = [(index, _within(figure, name)) for index, figure in figures if _is_in(figure, name)]
        if not inner:
            continue
        with tempfile.TemporaryDirectory(prefix="mmi-part-") as folder:
            part = Path(folder) / "part"
            part.write_bytes(data)
            nested = replace(context, detection=detect(part, name), name=name)
            yield from _cut_own(part, nested, [pair for pair in inner if pair[1].part is None])
            deeper = [pair for pair in inner if pair[1].part is not None]
            if deeper:
                yield from _cut_inside(part, nested, deeper, detect, depth=depth + 1)


def _is_in(figure: Figure, name: str) -> bool:
    return figure.part == name or (figure.part or "").startswith(f"{name}/")


def _within(figure: Figure, name: str) -> Figure:
    """The figure as the part itself has it."""
    return replace(figure, part=(figure.part or "")[len(name) + 1 :] or None)


def _written_again(data: bytes, context: ExtractContext) -> tuple[bytes, str] | None:
    """(bytes, suffix) of an embedded picture; None for what cannot be decoded."""
    from .picture import Picture

    with tempfile.TemporaryDirectory(prefix="mmi-figure-") as folder:
        path = Path(folder) / "picture"
        path.write_bytes(data)
        try:
            with Picture(path, media_type="", max_pixels=context.settings.max_image_pixels) as picture:
                frame = next(picture.frames(all_pages=False))
                return encoded(frame.pixels, may_be_photo=picture.format == "JPEG")
        except (FileError, StopIteration):
            return None


def encoded(pixels: NDArray[np.uint8], *, may_be_photo: bool) -> tuple[bytes, str]:
    """(bytes, suffix): JPEG for what has as many colours as a photo, PNG for all else."""
    import numpy as np
    from PIL import Image

    flat = pixels.reshape(-1, 3)
    sample = flat[:: max(1, len(flat) // _SAMPLE)].astype(np.uint32)
    colours = len(np.unique(sample[:, 0] << 16 | sample[:, 1] << 8 | sample[:, 2]))
    target = io.BytesIO()
    image = Image.fromarray(np.ascontiguousarray(pixels))
    if may_be_photo and colours > _PHOTO_COLOURS:
        image.save(target, "JPEG", quality=_JPEG_QUALITY)
        return target.getvalue(), ".jpg"
    image.save(target, "PNG")
    return target.getvalue(), ".png"


class _NoEngines:
    """Stands for the engines where nothing is to be recognised."""

    def __getattr__(self, name: str) -> Callable[[], None]:
        return lambda: None
