"""Decides page by page between text layer and OCR, and reads the page that way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..datamodel.content import Box, Page
from ..engines.interface import OcrEngine
from ..errors import EngineFailed, MissingEngine
from ..pictures.codes import Code, read_codes
from .interface import ExtractContext
from .layout import PlacedWord, Rule
from .ocr_page import read_page_image, upright
from .page_figures import Drawn
from .pdf_forms import FilledField, read_fields
from .pdf_frame import PageFrame, frame_of
from .pdf_graphics import Graphics, read_graphics
from .pdf_picture import draw_page
from .pdf_words import TextLayer, read_text_layer
from .scan_figures import Region, find_regions

_FEW_CHARS = 10  # a page with fewer characters has no text layer worth the name (a stamp, a page number)
_LITTLE_TEXT = 120  # characters beside a picture of the whole page: a stamp on a scan
_MAX_UNMAPPED = 0.3
_WHOLE_PAGE = 0.75  # of the page covered by a picture: a scan
_BIG_PICTURE = 0.3  # of the page covered by a picture that may hold the text itself
_SPARSE_TEXT = 400  # characters of a page whose big picture is read as well


@dataclass(slots=True)
class ReadPage:
    """A page as read, before layout."""

    page: Page
    words: tuple[PlacedWord, ...]
    rules: Sequence[Rule] = ()
    fields: list[FilledField] = field(default_factory=list)
    asides: tuple[tuple[PlacedWord, ...], ...] = ()
    """Lines that run another way than `words`, each in reading order."""
    codes: tuple[Code, ...] = ()
    """In points of the page."""
    drawn: Drawn | None = None
    """What may be part of a figure."""
    regions: tuple[Region, ...] = ()
    """Figures on the picture of the page, where that is what was read."""


class PageReader:
    """Reads pages of one document; remembers what could not be read by OCR."""

    def __init__(self, context: ExtractContext, form: Any) -> None:
        self._settings = context.settings
        self._engines = context.engines
        self._form = form
        self._engine: OcrEngine | None = None
        self._is_loaded = False
        self._regions: tuple[Region, ...] = ()
        """Figures on the picture of the page that was read last by OCR, in points."""
        self.missing: MissingEngine | None = None
        """Why the OCR engine could not be loaded."""
        self.failed: EngineFailed | None = None
        """Why OCR of the last page that failed did."""
        self.unread: list[int] = []
        """Numbers of pages that needed OCR and did not get it."""
        self.garbled: list[int] = []
        """Numbers of pages whose broken text layer was used for want of OCR."""

    @property
    def engine_name(self) -> str | None:
        """Of the OCR engine, when it has read a page."""
        return self._engine.name if self._engine else None

    def read(self, page: Any, number: int) -> ReadPage:
        """Reads an open page (raw handle)."""
        layer = read_text_layer(page, frame_of(page))
        frame = layer.frame
        graphics = read_graphics(page, frame)
        fields = read_fields(page, self._form, frame)
        reason = self._why_ocr(layer, graphics, frame, bool(fields))
        if reason is None:
            return self._from_text_layer(page, number, frame, layer, graphics, fields)
        if layer.chars == 0 and not graphics.pictures and not graphics.paths:
            return ReadPage(page=_page(number, frame, "none", "a blank page"), words=(), fields=fields)
        found = self._by_ocr(page, frame)
        if found is None:
            return self._without_ocr(number, frame, layer, graphics, fields, reason)
        words, turn, codes = found
        if not words and layer.words and layer.unmapped <= _MAX_UNMAPPED:
            reason = f"{layer.chars:,} characters of text; OCR found none"
            return _layer_page(number, frame, layer, reason, graphics, fields)
        if turn:
            frame = frame.turned(turn)
            graphics, fields = read_graphics(page, frame), read_fields(page, self._form, frame)
        read_page = ReadPage(page=_page(number, frame, "ocr", reason), words=words, fields=fields, codes=codes)
        if _is_scan(graphics, frame):
            read_page.regions = self._regions
        else:
            read_page.rules, read_page.drawn = graphics.rules, graphics.drawn
        return read_page

    def _why_ocr(self, layer: TextLayer, graphics: Graphics, frame: PageFrame, has_fields: bool) -> str | None:
        """Why the page should be read by OCR; None when its text layer is good."""
        mode = self._settings.ocr_mode
        if mode == "always":
            return "ocr_mode = always"
        if mode == "never" and layer.chars:
            return None
        if layer.chars == 0:
            return "no text layer" if not has_fields else None
        if layer.unmapped > _MAX_UNMAPPED:
            return f"{layer.unmapped:.0%} of {layer.chars:,} characters of the text layer stand for no letter"
        if not layer.words and not layer.asides:
            return "no text of the text layer lies on the page"
        covered = _covered(graphics.pictures, frame)
        if layer.chars < _FEW_CHARS and covered > _BIG_PICTURE:
            return f"only {layer.chars} characters of text"
        if layer.chars < _LITTLE_TEXT and _is_scan(graphics, frame):
            return f"a picture covers the page, beside it only {layer.chars} characters of text"
        return None

    def _from_text_layer(
        self,
        page: Any,
        number: int,
        frame: PageFrame,
        layer: TextLayer,
        graphics: Graphics,
        fields: list[FilledField],
    ) -> ReadPage:
        reason = f"{layer.chars:,} characters of text, {layer.unmapped:.1%} of them unmapped"
        if self._settings.ocr_mode == "auto" and layer.chars < _SPARSE_TEXT:
            big = [box for box in graphics.pictures if _area(box) > _BIG_PICTURE * frame.width * frame.height]
            if big and not any(_text_share(box, layer.words) > 0.1 for box in big):
                more = self._words_of_pictures(page, frame)
                added = tuple(
                    word for word in more if _inside_any(word.true_box, big) and not _hits(word.true_box, layer.words)
                )
                if added:
                    layer = replace(layer, words=layer.words + added)
                    reason += f"; a picture on the page gave {len(added):,} words by OCR"
        return _layer_page(number, frame, layer, reason, graphics, fields)

    def _without_ocr(
        self,
        number: int,
        frame: PageFrame,
        layer: TextLayer,
        graphics: Graphics,
        fields: list[FilledField],
        reason: str,
    ) -> ReadPage:
        if layer.words or layer.asides:
            if layer.unmapped > _MAX_UNMAPPED:
                self.garbled.append(number)
            else:
                self.unread.append(number)
            reason = f"{reason}, but there is no OCR"
            return _layer_page(number, frame, layer, reason, graphics, fields)
        self.unread.append(number)
        # What is drawn may be letters; pictures are pictures.
        drawn = None if graphics.drawn is None or _is_scan(graphics, frame) else graphics.drawn.pictures_alone()
        page = _page(number, frame, "none", f"{reason}, and there is no OCR")
        return ReadPage(page=page, words=(), fields=fields, drawn=drawn)

    def _words_of_pictures(self, page: Any, frame: PageFrame) -> tuple[PlacedWord, ...]:
        """Words by OCR on a page whose text layer tells how it stands, whichever way the pictures on it do."""
        words, turn, _ = self._by_ocr(page, frame) or ((), 0, ())
        if not turn:
            return words
        turned = frame.turned(turn)
        return tuple(
            word._replace(box=_turned_back(word.true_box, turn, turned.width, turned.height), place=None)
            for word in words
        )

    def _by_ocr(self, page: Any, frame: PageFrame) -> tuple[tuple[PlacedWord, ...], int, tuple[Code, ...]] | None:
        """(words by OCR, clockwise degrees by which the page was turned for them, codes); in points of the page so turned.

        None when there is no engine or it failed.
        """
        engine = self.ocr_engine()
        if engine is None:
            return None
        picture = draw_page(
            page, frame, dpi=self._settings.ocr_dpi, max_pixels=self._settings.max_image_pixels, form=self._form
        )
        try:
            read = read_page_image(picture, engine)
        except EngineFailed as error:
            self.failed = error
            return None
        turned = frame.turned(read.rotation)
        shown = upright(picture, read.rotation)
        regions = find_regions(shown, [word.true_box for word in read.words])
        scale_x, scale_y = turned.width / read.width, turned.height / read.height

        def in_points(box: Box) -> Box:
            x0, y0, x1, y1 = box
            return round(x0 * scale_x, 2), round(y0 * scale_y, 2), round(x1 * scale_x, 2), round(y1 * scale_y, 2)

        self._regions = tuple(region._replace(box=in_points(region.box)) for region in regions)
        words = tuple(
            PlacedWord(word.text, in_points(word.box), word.score, place=in_points(word.true_box))
            for word in read.words
        )
        codes = tuple(code._replace(box=in_points(code.box)) for code in read_codes(shown))
        return words, read.rotation, codes

    def ocr_engine(self) -> OcrEngine | None:
        """The engine, loaded on first use; None when OCR is turned off or it cannot be loaded."""
        if self._settings.ocr_mode == "never":
            return None
        if not self._is_loaded:
            self._is_loaded = True
            try:
                self._engine = self._engines.ocr()
            except MissingEngine as error:
                self.missing = error
        return self._engine


def _page(number: int, frame: PageFrame, source: str, reason: str) -> Page:
    return Page(
        number=number,
        width=round(frame.width, 2),
        height=round(frame.height, 2),
        unit="pt",
        source=source,  # type: ignore[arg-type]
        reason=reason,
        rotation=frame.rotation,
    )


def _layer_page(
    number: int, frame: PageFrame, layer: TextLayer, reason: str, graphics: Graphics, fields: list[FilledField]
) -> ReadPage:
    page = _page(number, frame, "text_layer", reason)
    return ReadPage(
        page=page, words=layer.words, rules=graphics.rules, fields=fields, asides=layer.asides, drawn=graphics.drawn
    )


def _turned_back(box: Box, rotation: int, width: float, height: float) -> Box:
    """A box on a page that was turned clockwise by `rotation` and is now (width, height) → on the page before."""
    x0, y0, x1, y1 = box
    if rotation == 90:
        return y0, width - x1, y1, width - x0
    if rotation == 180:
        return width - x1, height - y1, width - x0, height - y0
    if rotation == 270:
        return height - y1, x0, height - y0, x1
    return box


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _covered(pictures: Sequence[Box], frame: PageFrame) -> float:
    """Share of the page under pictures, overlaps counted twice, at most 1; scans may come in strips."""
    return min(1.0, sum(map(_area, pictures)) / max(1.0, frame.width * frame.height))


def _is_scan(graphics: Graphics, frame: PageFrame) -> bool:
    return _covered(graphics.pictures, frame) > _WHOLE_PAGE


def _text_share(box: Box, words: Sequence[PlacedWord]) -> float:
    """Share of the box under words whose middle lies in it."""
    return sum(_area(word.box) for word in words if _inside_any(word.box, [box])) / max(1.0, _area(box))


def _inside_any(box: Box, boxes: Sequence[Box]) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return any(x0 <= x <= x1 and y0 <= y <= y1 for x0, y0, x1, y1 in boxes)


def _hits(box: Box, words: Sequence[PlacedWord]) -> bool:
    return any(
        min(box[2], word.box[2]) > max(box[0], word.box[0]) and min(box[3], word.box[3]) > max(box[1], word.box[1])
        for word in words
    )
