"""What is drawn on a PDF page beside text: ruled lines, the sides of boxes, pictures."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium

from ..datamodel.content import Box
from .layout import Rule
from .page_figures import Drawn
from .pdf_calls import count_segments, get_form_object, get_object, get_object_bounds, get_object_type
from .pdf_frame import PageFrame

_MAX_OBJECTS = (
    20_000  # drawings with more are maps and plots, and reading their lines takes longer than reading the page
)
_MAX_PATHS = 4_000
_MAX_FORM_DEPTH = 3
_THIN = 2.0  # points; a filled box no thicker is a drawn line
_MAX_CLIPS = 20  # clipping paths of a picture that are looked at
_MAX_CLIP_POINTS = 200
_MAX_SEGMENTS = 6  # a straight line has 2, a rectangle 4 to 5


@dataclass(slots=True)
class Graphics:
    """Ruled lines and pictures of a page, upright."""

    rules: list[Rule] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    paths: int = 0
    drawn: Drawn | None = None
    """What may be part of a figure; None when there is nothing but text."""


_floats = (ctypes.c_float * 4)()
_pointers = [ctypes.c_void_p(ctypes.addressof(_floats) + 4 * index) for index in range(4)]
_NO_BOXES = np.zeros((0, 4), dtype=np.float32)
_Matrix = tuple[float, float, float, float, float, float]


def read_graphics(page: Any, frame: PageFrame) -> Graphics:
    """Reads an open page (raw handle); form objects are opened, up to three levels deep."""
    count = min(pdfium.FPDFPage_CountObjects(page), _MAX_OBJECTS)
    lines: list[tuple[float, float, float, float]] = []
    pictures: list[tuple[float, float, float, float]] = []
    shapes: list[tuple[float, float, float, float]] = []
    handles = list(map(get_object, repeat(page), range(count)))
    kinds = np.fromiter(map(get_object_type, handles), dtype=np.int32, count=count)
    for index in np.flatnonzero(kinds != pdfium.FPDF_PAGEOBJ_TEXT).tolist():
        _collect(ctypes.c_void_p(handles[index]), int(kinds[index]), None, lines, pictures, shapes, depth=0)
    found = Graphics(paths=len(lines))
    if pictures:
        for x0, y0, x1, y1 in frame.upright(np.array(pictures, dtype=np.float32)).tolist():
            box = (max(0.0, x0), max(0.0, y0), min(frame.width, x1), min(frame.height, y1))
            if box[2] > box[0] and box[3] > box[1]:
                found.pictures.append(box)
    plain = frame.upright(np.array(lines, dtype=np.float32)) if lines else None
    if plain is not None:
        _add_rules(found.rules, plain, frame)
    if pictures or lines or shapes:
        found.drawn = Drawn(
            pictures=found.pictures,
            plain=_NO_BOXES if plain is None else plain,
            shapes=frame.upright(np.array(shapes, dtype=np.float32)) if shapes else _NO_BOXES,
        )
    return found


def _collect(
    handle: ctypes.c_void_p,
    kind: int,
    matrix: _Matrix | None,
    lines: list[tuple[float, float, float, float]],
    pictures: list[tuple[float, float, float, float]],
    shapes: list[tuple[float, float, float, float]],
    *,
    depth: int,
) -> None:
    if kind == pdfium.FPDF_PAGEOBJ_PATH:
        kept = lines if count_segments(handle) <= _MAX_SEGMENTS else shapes
        if len(kept) < _MAX_PATHS and (box := _bounds(handle, matrix)):
            kept.append(box)
    elif kind == pdfium.FPDF_PAGEOBJ_SHADING:
        if len(shapes) < _MAX_PATHS and (box := _bounds(handle, matrix)):
            shapes.append(box)
    elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
        if (box := _bounds(handle, matrix)) and (box := _clipped(handle, box, matrix)):
            pictures.append(box)
    elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _MAX_FORM_DEPTH:
        form = ctypes.cast(handle, pdfium.FPDF_PAGEOBJECT)
        inner = _times(_matrix_of(form), matrix)
        for index in range(min(pdfium.FPDFFormObj_CountObjects(form), _MAX_OBJECTS)):
            child = ctypes.c_void_p(get_form_object(form, ctypes.c_ulong(index)))
            child_kind = get_object_type(child)
            if child_kind != pdfium.FPDF_PAGEOBJ_TEXT:
                _collect(child, child_kind, inner, lines, pictures, shapes, depth=depth + 1)


def _bounds(handle: ctypes.c_void_p, matrix: _Matrix | None) -> tuple[float, float, float, float] | None:
    """left, top, right, bottom, y upwards; None when PDFium knows none."""
    if not get_object_bounds(handle, *_pointers):
        return None
    left, bottom, right, top = _floats
    if matrix is None:
        return left, top, right, bottom
    a, b, c, d, e, f = matrix
    xs = [a * x + c * y + e for x in (left, right) for y in (bottom, top)]
    ys = [b * x + d * y + f for x in (left, right) for y in (bottom, top)]
    return min(xs), max(ys), max(xs), min(ys)


def _clipped(
    handle: ctypes.c_void_p, box: tuple[float, float, float, float], matrix: _Matrix | None
) -> tuple[float, float, float, float] | None:
    """The part of a picture that its clipping paths leave to be seen, as left, top, right, bottom; None: nothing."""
    clip = pdfium.FPDFPageObj_GetClipPath(ctypes.cast(handle, pdfium.FPDF_PAGEOBJECT))
    if not clip:
        return box
    x, y = ctypes.c_float(), ctypes.c_float()
    for path in range(min(max(0, pdfium.FPDFClipPath_CountPaths(clip)), _MAX_CLIPS)):
        points = []
        for index in range(min(max(0, pdfium.FPDFClipPath_CountPathSegments(clip, path)), _MAX_CLIP_POINTS)):
            segment = pdfium.FPDFClipPath_GetPathSegment(clip, path, index)
            if segment and pdfium.FPDFPathSegment_GetPoint(segment, x, y):
                points.append((x.value, y.value))
        if len(points) < 3:
            continue
        if matrix is not None:
            a, b, c, d, e, f = matrix
            points = [(a * px + c * py + e, b * px + d * py + f) for px, py in points]
        xs, ys = zip(*points, strict=True)
        left, top, right, bottom = box
        box = max(left, min(xs)), min(top, max(ys)), min(right, max(xs)), max(bottom, min(ys))
        if box[2] <= box[0] or box[1] <= box[3]:
            return None
    return box


def _matrix_of(form: Any) -> _Matrix:
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(form, matrix):
        return (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _times(inner: _Matrix, outer: _Matrix | None) -> _Matrix:
    if outer is None:
        return inner
    a, b, c, d, e, f = inner
    oa, ob, oc, od, oe, of = outer
    return (
        a * oa + b * oc, a * ob + b * od, c * oa + d * oc, c * ob + d * od,
        e * oa + f * oc + oe, e * ob + f * od + of,
    )  # fmt: skip


def _add_rules(rules: list[Rule], boxes: np.ndarray[Any, Any], frame: PageFrame) -> None:
    for x0, y0, x1, y1 in boxes.tolist():
        if x1 < 0 or y1 < 0 or x0 > frame.width or y0 > frame.height:
            continue
        width, height = x1 - x0, y1 - y0
        if height <= _THIN < width:
            middle = (y0 + y1) / 2
            rules.append(Rule(x0, middle, x1, middle))
        elif width <= _THIN < height:
            middle = (x0 + x1) / 2
            rules.append(Rule(middle, y0, middle, y1))
        elif width > _THIN and height > _THIN and not (width > 0.95 * frame.width and height > 0.95 * frame.height):
            rules += (Rule(x0, y0, x1, y0), Rule(x0, y1, x1, y1), Rule(x0, y0, x0, y1), Rule(x1, y0, x1, y1))
