"""PDFium functions that are called for every character or object, bound without argument checks and without releasing the lock.

A call through pypdfium2's own bindings costs about 0.8 µs with five arguments; these cost 0.2 µs, which is what makes a box for every
character affordable. They are getters of a few instructions, so holding the interpreter lock meanwhile costs nobody anything. Arguments
must be of the exact C type: handles as pypdfium2 returns them, `int` for C ints, `c_void_p` or arrays for pointers.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np
import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CHUNK = 4096  # characters whose boxes are fetched in one go; a pointer object is kept for each


def bind(name: str, result: Any = ctypes.c_int, *arguments: Any) -> Callable[..., Any]:
    """The function of that name; `result` is its C return type, None for none that is looked at.

    Args:
        arguments: C types that are converted to; without them, arguments must be of the exact type.
    """
    address = ctypes.cast(getattr(pdfium, name), ctypes.c_void_p).value
    if address is None:
        raise AttributeError(name)
    return ctypes.PYFUNCTYPE(result, *arguments)(address)


get_loose_char_box = bind("FPDFText_GetLooseCharBox", None)
get_font_size = bind("FPDFText_GetFontSize", ctypes.c_double)
get_font_weight = bind("FPDFText_GetFontWeight")
has_unicode_map_error = bind("FPDFText_HasUnicodeMapError")
get_font_info = bind("FPDFText_GetFontInfo", ctypes.c_ulong)
get_char_angle = bind("FPDFText_GetCharAngle", ctypes.c_float)
get_text = bind("FPDFText_GetText")
get_object = bind("FPDFPage_GetObject", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
get_form_object = bind("FPDFFormObj_GetObject", ctypes.c_void_p)
get_object_type = bind("FPDFPageObj_GetType", ctypes.c_int, ctypes.c_void_p)
get_object_bounds = bind("FPDFPageObj_GetBounds")
count_segments = bind("FPDFPath_CountSegments", ctypes.c_int, ctypes.c_void_p)

_name = ctypes.create_string_buffer(128)
_name_pointer, _name_size = ctypes.c_void_p(ctypes.addressof(_name)), ctypes.c_ulong(128)
_flags = ctypes.c_int()
_flags_pointer = ctypes.c_void_p(ctypes.addressof(_flags))
_boxes = np.zeros((_CHUNK, 4), dtype=np.float32)
_box_pointers = [ctypes.c_void_p(_boxes.ctypes.data + 16 * index) for index in range(_CHUNK)]


def char_boxes(text_page: Any, count: int) -> NDArray[np.float32]:
    """Boxes of all characters, shape (count, 4): left, top, right, bottom in page units, y upwards.

    A box is as wide as the character advances and as high as its font, so that the boxes of a line have one height.
    """
    boxes = np.empty((count, 4), dtype=np.float32)
    for start in range(0, count, _CHUNK):
        stop = min(start + _CHUNK, count)
        _boxes[: stop - start] = 0
        deque(map(get_loose_char_box, repeat(text_page), range(start, stop), _box_pointers), maxlen=0)
        boxes[start:stop] = _boxes[: stop - start]
    return boxes


def char_codes(text_page: Any, count: int) -> NDArray[np.uint16]:
    """UTF-16 units of all characters, shape (count,)."""
    buffer = np.zeros(count + 1, dtype=np.uint16)
    written = get_text(text_page, 0, count, ctypes.c_void_p(buffer.ctypes.data))
    if written == count + 1:
        return buffer[:count]
    # The text leaves characters out: ask for one at a time, so that character i keeps box i.
    units = [min(pdfium.FPDFText_GetUnicode(text_page, index), 0xFFFF) for index in range(count)]
    return np.array(units, dtype=np.uint16)


def weights_of(text_page: Any, indices: Sequence[int]) -> list[int]:
    """Font weight (400 regular, 700 bold, -1 unknown) at each character index."""
    return list(map(get_font_weight, repeat(text_page), indices))


def fonts_of(text_page: Any, indices: Sequence[int]) -> list[bytes]:
    """Name of the font at each character index, with the prefix of a subset where it has one; empty when it has no name."""
    names = []
    for index in indices:
        size = get_font_info(text_page, index, _name_pointer, _name_size, _flags_pointer)
        names.append(_name.value if 0 < size <= _name_size.value else b"")
    return names


def angles_of(text_page: Any, indices: Sequence[int]) -> NDArray[np.int64]:
    """Clockwise degrees by which the text at each character index is turned on the page before its rotation, 0 to 359."""
    radians = np.fromiter(map(get_char_angle, repeat(text_page), indices), dtype=np.float64, count=len(indices))
    return np.rint(np.degrees(radians)).astype(np.int64) % 360


def count_map_errors(text_page: Any, indices: Sequence[int]) -> int:
    """How many of the characters have no mapping to Unicode in their font."""
    return sum(1 for error in map(has_unicode_map_error, repeat(text_page), indices) if error == 1)
