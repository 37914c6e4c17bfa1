"""Photos, scans and drawings → words and codes with boxes in pixels of the upright picture, one page a frame, and what they look like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from .. import progress
from ..charts.reading import read_chart
from ..charts.second_look import second_look
from ..datamodel.content import Content, Page, Usage
from ..datamodel.content_builder import ContentBuilder
from ..datamodel.figure import Chart, Figure
from ..engines.interface import ImageTagger, OcrEngine
from ..errors import EngineFailed, EngineUnreachable, LimitExceeded, MissingEngine
from ..pictures.codes import in_a_square, read_codes
from ..pictures.describing import BY_TAGS, describe, sentence_of
from ..pictures.fingerprint import fingerprint
from ..pictures.looks import figure_of
from .barcodes import add_codes
from .exif import facts_of
from .interface import ExtractContext
from .layout import lay_out_page
from .ocr_page import read_page_image, upright
from .picture import Frame, Picture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
        is_document = is_paged and picture.frame_count > 1
        engine = context.engines.ocr()
        if engine is None:
            builder.add_warning("no_ocr", "the words of the picture were not read: OCR is turned off (ocr = none)")
        for frame in picture.frames(all_pages=is_paged):
            if frame.number > settings.max_pages:
                raise LimitExceeded(f"the picture has more than {settings.max_pages:,} pages; the limit is max_pages")
            progress.holds(pages=1)
            if frame.is_truncated:
                builder.add_warning("truncated", f"page {frame.number} is damaged; what could be decoded was read")
            _add_page(builder, frame, engine, None if is_document else context)
        for number in picture.unreadable_frames:
            builder.add_warning("unreadable_page", f"page {number} cannot be decoded and was left out")
        if not is_paged and picture.format != "MPO" and (count := picture.frame_count) > 1:
            builder.add_warning("first_frame_only", f"the animation has {count:,} frames; the first was read")
    return builder.build()


def _add_page(builder: ContentBuilder, frame: Frame, engine: OcrEngine | None, looking: ExtractContext | None) -> None:
    """A page: its words, its codes, and before them what it looks like.

    Args:
        looking: None for the pages of a scanned document, which are not looked at as pictures.
    """
    read = read_page_image(frame.pixels, engine) if engine is not None else None
    rotation = read.rotation if read is not None else 0
    pixels = upright(frame.pixels, rotation)
    height, width = pixels.shape[:2]
    if engine is not None and read is not None:
        builder.add_engine("ocr", engine.name)
        reason = f"a picture, {len(read.words):,} words"
    else:
        reason = "OCR is turned off"
    builder.add_page(
        Page(
            number=frame.number,
            width=width,
            height=height,
            unit="px",
            source="ocr" if read is not None else "none",
            reason=reason,
            rotation=(frame.rotation + rotation) % 360,
        )
    )
    codes = read_codes(pixels)
    if read is not None:
        read = replace(read, words=tuple(word for word in read.words if not in_a_square(word.box, codes)))
    words = len(read.words) if read is not None else 0
    tell = partial(builder.warn_once, "unread_chart")
    chart = read_chart(pixels, read.lines, ocr=engine, tell=tell) if read is not None and words else None
    if chart is not None and looking is not None:
        chart = _seen_again(builder, chart, pixels, looking)
    figure = _look(builder, pixels, words, frame.number, looking) if looking is not None else None
    if figure is not None and looking is not None:
        written = [word.text for word in read.words] if read is not None else []
        figure = _described(builder, figure, pixels, written, looking)
    if figure is not None and chart is None:
        builder.add_figure(figure)
    if read is not None and words:
        lay_out_page(builder, page=frame.number, width=width, height=height, words=read.words)
    if chart is not None:
        shown = figure or Figure(kind="chart", block=0, page=frame.number, box=(0.0, 0.0, float(width), float(height)))
        builder.add_figure(replace(shown, kind="chart", chart=chart, tags=()), label=chart.title)
    add_codes(builder, codes, page=frame.number)


def _seen_again(builder: ContentBuilder, chart: Chart, pixels: NDArray[np.uint8], context: ExtractContext) -> Chart:
    """The chart after a vision model looked at it, where there is one."""
    model = context.engines.vision_model()
    if model is None:
        return chart
    height, width = pixels.shape[:2]
    try:
        seen, cost = second_look(pixels, chart, (0.0, 0.0, float(width), float(height)), model)
    except EngineUnreachable:
        raise
    except EngineFailed as error:
        builder.add_warning("unread_chart", f"the chart was not looked at by {model.name}: {error}")
        return chart
    builder.add_engine("vision", model.name)
    builder.add_usage(Usage(model_input_tokens=cost.input_tokens, model_output_tokens=cost.output_tokens))
    return seen


def _look(
    builder: ContentBuilder, pixels: NDArray[np.uint8], words: int, number: int, context: ExtractContext
) -> Figure:
    """The whole picture as a figure."""
    tagger: ImageTagger | None = None
    try:
        tagger = context.engines.image_tagger()
    except MissingEngine as error:
        builder.add_warning("missing_engine", f"what is seen on the picture is not named: {error}")
    if tagger is not None:
        builder.add_engine("image_tags", tagger.name)
    progress.step()
    return replace(figure_of(pixels, tagger, words=words, page=number), fingerprint=fingerprint(pixels))


def _described(
    builder: ContentBuilder, figure: Figure, pixels: NDArray[np.uint8], words: Sequence[str], context: ExtractContext
) -> Figure:
    """The figure with a description: by the vision model where there is one, else from what is seen and written."""
    model = context.engines.vision_model()
    if model is not None:
        try:
            said, cost = describe(pixels, model)
        except EngineUnreachable:
            raise
        except EngineFailed as error:
            builder.add_warning("no_description", f"the picture was not described by {model.name}: {error}")
        else:
            builder.add_engine("vision", model.name)
            builder.add_usage(Usage(model_input_tokens=cost.input_tokens, model_output_tokens=cost.output_tokens))
            if said:
                return replace(figure, description=said, description_by=model.name)
    said = sentence_of(figure, words)
    return replace(figure, description=said, description_by=BY_TAGS) if said else figure
