"""Photos, scans and drawings → words with boxes in pixels of the upright picture, one page a frame."""

from __future__ import annotations

from pathlib import Path

from .. import progress
from ..charts.reading import read_chart
from ..datamodel.content import Content, Page
from ..datamodel.content_builder import ContentBuilder
from ..datamodel.figure import Figure
from ..engines.interface import OcrEngine
from ..errors import LimitExceeded
from .exif import facts_of
from .interface import ExtractContext
from .layout import lay_out_page
from .ocr_page import read_page_image, upright
from .picture import Frame, Picture

_PAGED = frozenset({"TIFF"})


def extract(path: Path, context: ExtractContext) -> Content:
    """Reads a picture file: every page of a TIFF, the first frame of anything else.

    Raises:
        CorruptFile: nothing of it can be decoded.
        LimitExceeded: more pixels or pages than the settings allow.
        MissingEngine: HEIC without pillow-heif, or the OCR engine cannot be loaded.
    """
    settings = context.settings
    builder = ContentBuilder()
    media_type = context.detection.media_type
    with Picture(path, media_type=media_type, max_pixels=settings.max_image_pixels) as picture:
        for key, value in facts_of(picture):
            builder.add_metadata(key, value)
        is_paged = picture.format in _PAGED
        engine = context.engines.ocr()
        if engine is None:
            builder.add_warning("no_ocr", "the words of the picture were not read: OCR is turned off (ocr = none)")
        for frame in picture.frames(all_pages=is_paged):
            if frame.number > settings.max_pages:
                raise LimitExceeded(f"the picture has more than {settings.max_pages:,} pages; the limit is max_pages")
            progress.holds(pages=1)
            if frame.is_truncated:
                builder.add_warning("truncated", f"page {frame.number} is damaged; what could be decoded was read")
            _add_page(builder, frame, engine)
        for number in picture.unreadable_frames:
            builder.add_warning("unreadable_page", f"page {number} cannot be decoded and was left out")
        if not is_paged and picture.format != "MPO" and (count := picture.frame_count) > 1:
            builder.add_warning("first_frame_only", f"the animation has {count:,} frames; the first was read")
    return builder.build()


def _add_page(builder: ContentBuilder, frame: Frame, engine: OcrEngine | None) -> None:
    height, width = frame.pixels.shape[:2]
    if engine is None:
        reason = "OCR is turned off"
        page = Page(
            number=frame.number, width=width, height=height, unit="px", source="none", reason=reason, rotation=frame.rotation
        )  # fmt: skip
        builder.add_page(page)
        return
    read = read_page_image(frame.pixels, engine)
    builder.add_engine("ocr", engine.name)
    builder.add_page(
        Page(
            number=frame.number,
            width=read.width,
            height=read.height,
            unit="px",
            source="ocr",
            reason=f"a picture, {len(read.words):,} words",
            rotation=(frame.rotation + read.rotation) % 360,
        )
    )
    if read.words:
        lay_out_page(builder, page=frame.number, width=read.width, height=read.height, words=read.words)
    chart = read_chart(upright(frame.pixels, read.rotation), read.lines, ocr=engine) if read.words else None
    if chart is not None:
        box = (0.0, 0.0, float(read.width), float(read.height))
        builder.add_figure(Figure(kind="chart", block=0, page=frame.number, box=box, chart=chart), label=chart.title)
