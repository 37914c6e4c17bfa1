"""PDF → words with boxes in points of each page as shown, from the text layer or by OCR, as blocks and tables in reading order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import progress
from ..datamodel.content import Box, Content, PageBox
from ..datamodel.content_builder import ContentBuilder
from ..engines.interface import ImageTagger
from ..errors import CorruptFile, EngineFailed, LimitExceeded, MissingEngine
from ..settings import Settings
from .barcodes import add_codes
from .interface import ExtractContext
from .layout import lay_out_page
from .page_figures import FoundFigure, Furniture, find_figures
from .page_looks import FigureLooker
from .pdf_attachments import add_attachments
from .pdf_document import facts_of, open_page, open_pdf
from .pdf_forms import FilledField, open_form
from .pdf_frame import frame_of
from .pdf_marginals import EdgeLines, edge_lines, repeated
from .pdf_reading import PageReader, ReadPage
from .pdf_region import draw_region

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Look = Callable[[ReadPage, Sequence[FoundFigure]], None]
_NEIGHBOURS = 2  # pages before and after that are compared for headers and footers: left and right pages may differ
_NAMED_PAGES = 10  # page numbers that a warning lists


def extract(path: Path, context: ExtractContext) -> Content:
    """Reads a PDF.

    Raises:
        CorruptFile: no page of it can be read.
        EncryptedFile: none of the passwords opens it.
        LimitExceeded: more pages or characters than the settings allow.
        MissingEngine: every page needs OCR, and there is no engine.
        EngineFailed: every page needs OCR, and it failed.
    """
    settings = context.settings
    builder = ContentBuilder()
    with open_pdf(path, settings.passwords) as document:
        pages = len(document)
        if pages > settings.max_pages:
            raise LimitExceeded(f"the PDF has {pages:,} pages; the limit is max_pages = {settings.max_pages:,}")
        progress.holds(pages=pages)
        for key, value in facts_of(document):
            builder.add_metadata(key, value)
        with open_form(document) as form:
            reader = PageReader(context, form)
            damaged: list[int] = []
            furniture = Furniture()
            tagger = partial(_tagger, builder, context)
            looker = FigureLooker(settings.max_figure_looks, reader.ocr_engine, tagger)
            look = _looker(document, form, looker, settings)
            for read, neighbours in _with_neighbours(
                _read_pages(document, pages, reader, damaged, settings.max_text_chars, form)
            ):
                _add_page(builder, read, neighbours, furniture, look)
        if len(damaged) == pages:
            raise CorruptFile(f"none of the {pages:,} pages of the PDF can be read")
        _tell(builder, reader, damaged)
        for reason in looker.unread:
            builder.warn_once("unread_chart", reason)
        add_attachments(builder, document, context.read_part, settings)
    return builder.build()


def _read_pages(
    document: Any, pages: int, reader: PageReader, damaged: list[int], max_chars: int, form: Any
) -> Iterator[ReadPage]:
    chars = 0
    for index in range(pages):
        progress.step()
        with open_page(document, index, form) as page:
            if page is None:
                damaged.append(index + 1)
                continue
            read = reader.read(page, index + 1)
        chars += sum([len(word.text) + 1 for line in (read.words, *read.asides) for word in line])
        if chars > max_chars:
            raise LimitExceeded(f"the PDF has more than {max_chars:,} characters of text; the limit is max_text_chars")
        yield read


def _with_neighbours(pages: Iterator[ReadPage]) -> Iterator[tuple[ReadPage, list[EdgeLines]]]:
    """Each page with the edge lines of those around it, its own first; never more than a handful of pages are held."""
    window: deque[tuple[ReadPage, EdgeLines]] = deque()
    done = 0  # pages at the front of the window that were given out

    def given() -> tuple[ReadPage, list[EdgeLines]]:
        nonlocal done
        read, own = window[done]
        around = [edges for index, (_, edges) in enumerate(window) if index != done]
        done += 1
        if done > _NEIGHBOURS:
            window.popleft()
            done -= 1
        return read, [own, *around]

    for read in pages:
        window.append((read, edge_lines(read.words, read.page.height)))
        if len(window) - done > _NEIGHBOURS:
            yield given()
    while done < len(window):
        yield given()


def _add_page(
    builder: ContentBuilder, read: ReadPage, edges: list[EdgeLines], furniture: Furniture, look: Look
) -> None:
    page = read.page
    builder.add_page(page)
    header, footer = repeated(edges[0], edges[1:])
    if read.words or read.asides or read.drawn is not None or read.regions:
        lay_out_page(
            builder,
            page=page.number,
            width=page.width,
            height=page.height,
            words=read.words,
            rules=read.rules,
            header=header,
            footer=footer,
            asides=read.asides,
            find=_finder(read, furniture),
            look=None if read.drawn is None and not read.regions else lambda figures: look(read, figures),
        )
    add_codes(builder, read.codes, page=page.number)
    for field in read.fields:
        _add_field(builder, page.number, field)


def _tagger(builder: ContentBuilder, context: ExtractContext) -> ImageTagger | None:
    """The image tagger, told of as soon as it is asked for; None when there is none."""
    try:
        tagger = context.engines.image_tagger()
    except MissingEngine as error:
        builder.warn_once("missing_engine", f"what is seen on the pictures is not named: {error}")
        return None
    if tagger is not None:
        builder.add_engine("image_tags", tagger.name)
    return tagger


def _looker(document: Any, form: Any, looker: FigureLooker, settings: Settings) -> Look:
    """Looks for charts among the figures of a page, which is opened again for it."""

    def look(read: ReadPage, figures: Sequence[FoundFigure]) -> None:
        page = read.page
        figures = looker.wanted(figures, page_area=page.width * page.height)
        if not figures:
            return
        with open_page(document, page.number - 1, form) as handle:
            if handle is None:
                return
            frame = frame_of(handle)
            frame = frame.turned(page.rotation - frame.rotation)

            def draw(box: Box, scale: float) -> NDArray[np.uint8]:
                progress.step()
                return draw_region(
                    handle, box, dpi=round(scale * 72), max_pixels=settings.max_image_pixels, frame=frame, form=form
                )

            looker.look(figures, [read.words, *read.asides], draw)

    return look


def _finder(read: ReadPage, furniture: Furniture) -> Callable[[Sequence[Box]], list[FoundFigure]] | None:
    drawn, page = read.drawn, read.page
    if drawn is None and not read.regions:
        return None

    def find(tables: Sequence[Box]) -> list[FoundFigure]:
        if drawn is None:
            regions = [
                FoundFigure("picture" if is_solid else "drawing", box, paths=int(not is_solid))
                for box, is_solid in read.regions
            ]
            return furniture.without(regions, page.width, page.height)
        words = [word.true_box for word in read.words]
        figures = find_figures(drawn, words, tables, width=page.width, height=page.height)
        return furniture.without(figures, page.width, page.height)

    return find


def _add_field(builder: ContentBuilder, page: int, field: FilledField) -> None:
    builder.add_text_block(field.kind, field.text, PageBox(page, field.box), label=field.label)


def _tell(builder: ContentBuilder, reader: PageReader, damaged: list[int]) -> None:
    """Warnings, or an error when nothing was read for want of an engine."""
    if reader.unread and not builder.word_count:
        if reader.missing is not None:
            raise MissingEngine(f"the PDF holds pictures of pages, which need OCR: {reader.missing}")
        if reader.failed is not None:
            raise EngineFailed(f"the PDF holds pictures of pages, and OCR failed: {reader.failed}")
    if reader.engine_name is not None:
        builder.add_engine("ocr", reader.engine_name)
    why = str(reader.missing or reader.failed or "OCR is turned off")
    if damaged:
        builder.add_warning("unreadable_page", f"{_pages(damaged)} cannot be decoded and was left out")
    if reader.unread:
        builder.add_warning("no_ocr", f"{_pages(reader.unread)} needs OCR and was not read by it: {why}")
    if reader.garbled:
        builder.add_warning("garbled_text", f"the text layer of {_pages(reader.garbled)} is broken, without OCR: {why}")


def _pages(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:_NAMED_PAGES]))
    more = f" and {len(numbers) - _NAMED_PAGES:,} more" if len(numbers) > _NAMED_PAGES else ""
    return f"page {shown}{more}"
