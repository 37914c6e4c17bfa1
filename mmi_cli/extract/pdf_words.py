"""The text layer of a PDF page → placed words, and how far it can be trusted."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np
import pypdfium2.raw as pdfium

from .page_lines import PlacedWord
from .pdf_calls import angles_of, char_boxes, char_codes, count_map_errors, fonts_of, weights_of
from .pdf_frame import PageFrame

if TYPE_CHECKING:
    from numpy.typing import NDArray

# TeX's and Word's fonts for formulas, by the names that PDF files give them.
_MATH_FONT = re.compile(
    rb"(?:CM(?:MI|SY|EX|BSY|MIB)|LM(?:Math|MI|SY|EX)|MS[AB]M|rsfs|eu[frs]m|stmary|wasy|[nN]?ew?(?:TX|PX)MI|[tpn]x(?:mi|sy|ex)"
    rb"|.*Math|Symbol|OpenSymbol|MT-?Extra|MT(?:SY|MI|EX)|Euclid|STIX.*(?:Siz|NonUni|Var|Integrals))",
    re.IGNORECASE,
)
_MATH_SIGN = re.compile("[\u2200-\u22ff\u27c0-\u27ef\u2980-\u2aff\U0001d400-\U0001d7ff]")
_HYPHEN = 0xFFFE  # how PDFium marks the hyphen at the end of a line
_MAP_CHECKS = 200  # characters of a page that are asked whether their font maps them to Unicode
_MAX_GAP = 0.7  # of the line height; a wider gap inside a word means that PDFium saw no space where there is one
_BOLD = 600
_SAME_PLACE = 3.0  # points
_LEVEL = 3  # degrees; text that is turned less runs level
_ASIDE_CHARS = 3  # fewer are strokes that a scanner took for letters
_MAIN_DIRECTION = 0.8  # of the characters of a page run one way: that is how the page is to be read


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLayer:
    """What the text layer of a page holds."""

    words: tuple[PlacedWord, ...]
    asides: tuple[tuple[PlacedWord, ...], ...]
    """Lines that run another way than the text of the page: notes on a margin, labels of an axis, marks across the page."""
    frame: PageFrame
    """The page as its text is to be read: turned once more when most of the text runs sideways or upside down."""
    chars: int
    """Characters apart from white space, those outside the page included."""
    unmapped: float
    """Share of them that stand for no readable character: without a mapping, private use, replacement or control."""


def read_text_layer(page: Any, frame: PageFrame) -> TextLayer:
    """Reads an open page (raw handle); words are in the order of the file."""
    nothing = TextLayer(words=(), asides=(), frame=frame, chars=0, unmapped=0.0)
    text_page = pdfium.FPDFText_LoadPage(page)
    if not text_page:
        return nothing
    try:
        count = pdfium.FPDFText_CountChars(text_page)
        if count <= 0:
            return nothing
        codes = char_codes(text_page, count)
        visible = ~_is_space(codes)
        chars = int(visible.sum())
        if not chars:
            return nothing
        raw_boxes = char_boxes(text_page, count)
        boxes = frame.upright(raw_boxes)
        starts, ends = _word_spans(codes, boxes, visible)
        angles = (angles_of(text_page, starts.tolist()) + frame.rotation) % 360
        if not _is_level(angles).all() and (turn := _turn(angles.tolist(), (ends - starts).tolist())):
            frame = frame.turned(turn)
            boxes = frame.upright(raw_boxes)
            starts, ends = _word_spans(codes, boxes, visible)
            angles = (angles_of(text_page, starts.tolist()) + frame.rotation) % 360
        words = _placed(codes, boxes, visible, starts, ends, weights_of(text_page, starts.tolist()), frame)
        if _may_hold_formulas(codes):
            words = _with_math(words, text_page, starts.tolist())
        level, asides = _parted(words, angles)
        unmapped = _unmapped_share(text_page, codes, visible, chars)
        return TextLayer(words=level, asides=asides, frame=frame, chars=chars, unmapped=unmapped)
    finally:
        pdfium.FPDFText_ClosePage(text_page)


def _may_hold_formulas(codes: NDArray[np.uint16]) -> bool:
    """Whether a page has an equals sign, an operator or a letter of the mathematical alphabets."""
    return bool(((codes == 0x3D) | ((codes >= 0x2200) & (codes <= 0x22FF)) | (codes == 0xD835)).any())


def _with_math(words: list[PlacedWord | None], text_page: Any, starts: list[int]) -> list[PlacedWord | None]:
    known: dict[bytes, bool] = {}
    marked: list[PlacedWord | None] = []
    for word, font in zip(words, fonts_of(text_page, starts), strict=True):
        is_math = known.get(font)
        if is_math is None:
            is_math = known[font] = bool(_MATH_FONT.match(font.rpartition(b"+")[2]))
        if word is not None and (is_math or not (word.text.isascii() or _MATH_SIGN.search(word.text) is None)):
            word = word._replace(is_math=True)
        marked.append(word)
    return marked


def _is_level(angles: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.logical_or(angles <= _LEVEL, angles >= 360 - _LEVEL)


def _turn(angles: list[int], lengths: list[int]) -> int:
    """Clockwise degrees that bring the text of the page upright, a multiple of 90; 0 unless nearly all of it runs one other way."""
    chars: Counter[int] = Counter()
    for angle, length in zip(angles, lengths, strict=True):
        chars[angle] += length
    for quarter in (90, 180, 270):
        if sum(chars[quarter + step] for step in range(-_LEVEL, _LEVEL + 1)) >= _MAIN_DIRECTION * chars.total():
            return 360 - quarter
    return 0


def _parted(
    words: list[PlacedWord | None], angles: NDArray[np.int64]
) -> tuple[tuple[PlacedWord, ...], tuple[tuple[PlacedWord, ...], ...]]:
    """(words on level lines, lines that run another way); None stands for a word that is not on the page."""
    if _is_level(angles).all():
        return tuple(filter(None, words)), ()
    level: list[PlacedWord] = []
    asides: list[list[PlacedWord]] = []
    before = 0
    for word, angle, is_level in zip(words, angles.tolist(), _is_level(angles).tolist(), strict=True):
        if word is None:
            continue
        if is_level:
            level.append(word)
            before = 0
        elif asides and angle == before and _goes_on(asides[-1][-1], word, angle):
            asides[-1].append(word)
        else:
            asides.append([word])
            before = angle
    kept: list[tuple[PlacedWord, ...]] = []
    for line in asides:
        if sum(len(word.text) for word in line) >= _ASIDE_CHARS:
            kept.append(tuple(line))
        else:
            level += line
    return tuple(level), tuple(kept)


def _goes_on(before: PlacedWord, word: PlacedWord, angle: int) -> bool:
    """Whether a word stands on the line of the one before it, seen along the line."""
    along = (math.cos(math.radians(angle)), math.sin(math.radians(angle)))
    step_x = (word.box[0] + word.box[2] - before.box[0] - before.box[2]) / 2
    step_y = (word.box[1] + word.box[3] - before.box[1] - before.box[3]) / 2
    forward, sideways = step_x * along[0] + step_y * along[1], step_y * along[0] - step_x * along[1]
    thick = min(word.box[2] - word.box[0], word.box[3] - word.box[1])
    return forward > 0 and abs(sideways) < 0.5 * max(thick, 1.0)


def _is_space(codes: NDArray[np.uint16]) -> NDArray[np.bool_]:
    space = (codes <= 0x20) | ((codes >= 0x7F) & (codes <= 0xA0)) | ((codes >= 0x2000) & (codes <= 0x200B))
    rare: NDArray[np.bool_] = (codes == 0x3000) | (codes == 0xFFFF) | (codes == 0x2028) | (codes == 0x2029)
    return np.logical_or(space, rare)


def _word_spans(
    codes: NDArray[np.uint16], boxes: NDArray[np.float32], visible: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and past-the-last character of each word: runs without white space, cut at gaps and line ends."""
    heights = boxes[visible, 3] - boxes[visible, 1]
    size = np.maximum(boxes[:, 3] - boxes[:, 1], float(np.median(heights)) * 0.5)
    size = np.minimum(size[1:], size[:-1])
    gap_x = np.maximum(boxes[1:, 0] - boxes[:-1, 2], boxes[:-1, 0] - boxes[1:, 2])
    gap_y = np.maximum(boxes[1:, 1] - boxes[:-1, 3], boxes[:-1, 1] - boxes[1:, 3])
    cut = (gap_x > _MAX_GAP * size) | (gap_y > 0.5 * size) | (codes[:-1] == _HYPHEN)
    starts_here = visible.copy()
    starts_here[1:] &= ~visible[:-1] | cut
    ends_here = visible.copy()
    ends_here[:-1] &= ~visible[1:] | cut
    return np.flatnonzero(starts_here), np.flatnonzero(ends_here) + 1


def _placed(
    codes: NDArray[np.uint16],
    boxes: NDArray[np.float32],
    visible: NDArray[np.bool_],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    weights: list[int],
    frame: PageFrame,
) -> list[PlacedWord | None]:
    """A word a span; None for one that is not on the page, or printed twice."""
    # Without the white space between them, each word ends where the next one starts.
    left, top, right, bottom = boxes[visible].T
    offsets = np.cumsum(ends - starts) - (ends - starts)
    x0, y0 = (np.minimum.reduceat(low, offsets).astype(np.float64) for low in (left, top))
    x1, y1 = (np.maximum.reduceat(high, offsets).astype(np.float64) for high in (right, bottom))
    on_page = (x0 + x1 >= 0) & (x0 + x1 <= 2 * frame.width) & (y0 + y1 >= 0) & (y0 + y1 <= 2 * frame.height)
    text = codes.tobytes().decode("utf-16-le", "surrogatepass")
    if len(text) != len(codes):  # characters beyond the basic plane take two units
        pieces = [
            codes[start:end].tobytes().decode("utf-16-le", "replace")
            for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        ]
    else:
        pieces = [text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    pieces = [piece if piece.isascii() else _readable(piece) for piece in pieces]
    boxes_of_words = zip(*(np.round(side, 2).tolist() for side in (x0, y0, x1, y1)), strict=True)
    is_bold = [weight >= _BOLD for weight in weights]
    words = list(map(PlacedWord, pieces, boxes_of_words, repeat(None), is_bold))
    is_kept = on_page & ~_is_repeated(pieces, x0, y0, on_page)
    if is_kept.all():
        return list(words)
    return [word if kept else None for word, kept in zip(words, is_kept.tolist(), strict=True)]


def _is_repeated(
    pieces: list[str], x0: NDArray[np.float64], y0: NDArray[np.float64], on_page: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Words that stand on the page before, at nearly the same place: bold by printing twice, and shadows, make them.

    Two grids, the second shifted by half a cell, catch what lies on the border of a cell.
    """
    repeated = np.zeros(len(pieces), dtype=np.bool_)
    grids = [
        np.floor(x0 / _SAME_PLACE + shift) * 1_000_003 + np.floor(y0 / _SAME_PLACE + shift) for shift in (0.0, 0.5)
    ]
    if all(np.diff(np.sort(cells)).all() for cells in grids):  # hardly ever do two words share a cell
        return repeated
    for cells in grids:
        seen: set[tuple[str, float]] = set()
        for index in np.flatnonzero(on_page).tolist():
            key = (pieces[index], float(cells[index]))
            if key in seen:
                repeated[index] = True
            seen.add(key)
    return repeated


def _readable(piece: str) -> str:
    """Ligatures as letters, the end-of-line hyphen as a hyphen."""
    piece = piece.replace("\ufffe", "-").replace("\xad", "-")
    if any("\ufb00" <= char <= "\ufb06" for char in piece):
        piece = "".join(unicodedata.normalize("NFKC", char) if "\ufb00" <= char <= "\ufb06" else char for char in piece)
    return piece


def _unmapped_share(text_page: Any, codes: NDArray[np.uint16], visible: NDArray[np.bool_], chars: int) -> float:
    controls = int(((codes < 0x20) & (codes != 9) & (codes != 10) & (codes != 13) & (codes != 2)).sum())
    unreadable = int((((codes >= 0xE000) & (codes <= 0xF8FF)) | (codes == 0xFFFD)).sum()) + controls
    indices = np.flatnonzero(visible)
    asked = indices[:: max(1, len(indices) // _MAP_CHECKS)].tolist()
    errors = count_map_errors(text_page, asked) / len(asked)
    return float(max(errors, min(1.0, unreadable / (chars + controls))))
