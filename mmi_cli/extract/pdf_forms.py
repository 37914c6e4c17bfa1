"""Form fields and typed notes of a PDF page: what was filled in, with its place."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium

from ..datamodel.content import BlockKind, Box
from .pdf_frame import PageFrame

CHECKED, UNCHECKED = "☒", "☐"
_MAX_ANNOTATIONS = 5_000
_MAX_VALUE_BYTES = 200_000
_LONGEST_LABEL = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledField:
    """A form field, or a text note typed onto the page."""

    kind: BlockKind
    label: str | None
    """What the form calls it."""
    text: str
    """Its value; a box is ☒ or ☐; may hold several lines."""
    box: Box
    """On the page as shown."""


@contextmanager
def open_form(document: Any) -> Iterator[Any]:
    """The form handle of an open document; None when it has no form of the kind that can be read (AcroForm)."""
    if document.get_formtype() == pdfium.FORMTYPE_NONE:
        yield None
        return
    callbacks = pdfium.FPDF_FORMFILLINFO(version=2)  # must outlive the handle
    form = pdfium.FPDFDOC_InitFormFillEnvironment(document.raw, callbacks)
    try:
        yield form or None
    finally:
        if form:
            pdfium.FPDFDOC_ExitFormFillEnvironment(form)


def read_fields(page: Any, form: Any, frame: PageFrame) -> list[FilledField]:
    """Fields with a value, boxes ticked or not, and free text notes; top to bottom, left to right."""
    found: list[FilledField] = []
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page), _MAX_ANNOTATIONS)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            if not pdfium.FPDFAnnot_GetFlags(annotation) & pdfium.FPDF_ANNOT_FLAG_HIDDEN:
                field = _read(annotation, form, frame)
                if field is not None:
                    found.append(field)
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)
    return sorted(found, key=lambda field: (round(field.box[1]), field.box[0]))


def _read(annotation: Any, form: Any, frame: PageFrame) -> FilledField | None:
    subtype = pdfium.FPDFAnnot_GetSubtype(annotation)
    kind: BlockKind = "paragraph"
    label = None
    if subtype == pdfium.FPDF_ANNOT_FREETEXT:
        text = _string(lambda *where: pdfium.FPDFAnnot_GetStringValue(annotation, b"Contents", *where))
    elif subtype == pdfium.FPDF_ANNOT_WIDGET and form is not None:
        kind = "form_field"
        text = _value(annotation, form)
        label = (
            _string(lambda *where: pdfium.FPDFAnnot_GetFormFieldAlternateName(form, annotation, *where)).strip()
            or _string(lambda *where: pdfium.FPDFAnnot_GetFormFieldName(form, annotation, *where)).strip()
        )[:_LONGEST_LABEL]
    else:
        return None
    rectangle = pdfium.FS_RECTF()
    if not text.strip() or not pdfium.FPDFAnnot_GetRect(annotation, rectangle):
        return None
    corners = np.array([[rectangle.left, rectangle.top, rectangle.right, rectangle.bottom]], dtype=np.float32)
    x0, y0, x1, y1 = np.round(frame.upright(corners)[0].astype(np.float64), 2).tolist()
    if x1 < 0 or y1 < 0 or x0 > frame.width or y0 > frame.height:
        return None
    return FilledField(kind=kind, label=label or None, text=text, box=(x0, y0, x1, y1))


def _value(annotation: Any, form: Any) -> str:
    field_type = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
    if field_type == pdfium.FPDF_FORMFIELD_CHECKBOX:
        return CHECKED if pdfium.FPDFAnnot_IsChecked(form, annotation) else UNCHECKED
    if field_type == pdfium.FPDF_FORMFIELD_RADIOBUTTON:
        choice = _string(lambda *where: pdfium.FPDFAnnot_GetFormFieldExportValue(form, annotation, *where))
        mark = CHECKED if pdfium.FPDFAnnot_IsChecked(form, annotation) else UNCHECKED
        return f"{mark} {choice}".strip()
    if field_type in (pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX):
        chosen = [
            _string(lambda *where, index=index: pdfium.FPDFAnnot_GetOptionLabel(form, annotation, index, *where))
            for index in range(min(max(pdfium.FPDFAnnot_GetOptionCount(form, annotation), 0), 1000))
            if pdfium.FPDFAnnot_IsOptionSelected(form, annotation, index)
        ]
        if any(chosen):
            return "\n".join(filter(None, chosen))
    if field_type in (pdfium.FPDF_FORMFIELD_PUSHBUTTON, pdfium.FPDF_FORMFIELD_UNKNOWN):
        return ""
    return _string(lambda *where: pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, *where))


def _string(call: Callable[..., int]) -> str:
    """What a getter writes as UTF-16; asked for its length in bytes first."""
    length = call(None, 0)
    if not 2 < length <= _MAX_VALUE_BYTES:
        return ""
    buffer = (ctypes.c_ushort * (length // 2))()
    call(buffer, length)
    return bytes(buffer).decode("utf-16-le", "replace").rstrip("\0").replace("\r\n", "\n").replace("\r", "\n")
