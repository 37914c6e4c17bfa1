"""Opens a PDF: passwords, page count, facts beside the text; closes every handle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from ..errors import CorruptFile, EncryptedFile, FileIoError

_FACTS = (
    ("Title", "title"),
    ("Author", "author"),
    ("Subject", "subject"),
    ("Keywords", "keywords"),
    ("Creator", "software"),
)
_DATES = (("CreationDate", "created"), ("ModDate", "modified"))
_MAX_FACT_CHARS = 1000
_PDF_DATE = re.compile(
    r"\s*(?:D:)?(?P<year>\d{4})(?P<month>\d\d)?(?P<day>\d\d)?(?P<hour>\d\d)?(?P<minute>\d\d)?(?P<second>\d\d)?"
    r"\s*(?P<zone>Z|[+-]\d\d'?(?:\d\d)?'?)?"
)


@contextmanager
def open_pdf(path: Path, passwords: tuple[str, ...]) -> Iterator[Any]:
    """An open `pypdfium2.PdfDocument`; tried without a password first, then with each of `passwords`.

    Raises:
        EncryptedFile: none of them opens it.
        CorruptFile: it is no PDF that can be read, or has no pages.
    """
    document = _opened(path, passwords)
    try:
        if len(document) < 1:
            raise CorruptFile("the PDF has no pages that can be read")
        yield document
    finally:
        document.close()


def _opened(path: Path, passwords: tuple[str, ...]) -> Any:
    for password in (None, *passwords, ""):
        # Not every failure sets PDFium's error code, which then tells of an earlier file: this sets it to "format error" first.
        pdfium.FPDF_LoadMemDocument64(b"-", 1, None)
        try:
            return pypdfium2.PdfDocument(path, password=password)
        except pypdfium2.PdfiumError as error:
            code = getattr(error, "err_code", None)
            if code == pdfium.FPDF_ERR_PASSWORD:
                continue
            if code == pdfium.FPDF_ERR_SECURITY:
                raise EncryptedFile("the PDF is protected by a security handler that is not supported") from error
            raise CorruptFile(f"the PDF cannot be opened: {error}") from error
        except OSError as error:
            raise FileIoError(f"the PDF cannot be read: {error.strerror or error}") from error
    tried = f"none of the {len(passwords)} passwords given opens it" if passwords else "it needs a password"
    raise EncryptedFile(f"the PDF is encrypted and {tried}; give one with --password or MMI_PASSWORDS")


@contextmanager
def open_page(document: Any, index: int, form: Any = None) -> Iterator[Any]:
    """The raw handle of a page, or None when it cannot be loaded.

    Args:
        form: raw form handle; without being told of the page, it takes every box for not ticked.
    """
    page = pdfium.FPDF_LoadPage(document.raw, index)
    if page and form is not None:
        pdfium.FORM_OnAfterLoadPage(page, form)
    try:
        yield page or None
    finally:
        if page:
            if form is not None:
                pdfium.FORM_OnBeforeClosePage(page, form)
            pdfium.FPDF_ClosePage(page)


def facts_of(document: Any) -> Iterator[tuple[str, str]]:
    """(key, value) of the document information: title, author, subject, keywords, software, created, modified (ISO 8601)."""
    for tag, key in _FACTS:
        yield key, document.get_metadata_value(tag)[:_MAX_FACT_CHARS]
    for tag, key in _DATES:
        yield key, iso_date(document.get_metadata_value(tag))


def iso_date(value: str) -> str:
    """`D:20240131120000+01'00'` → `2024-01-31T12:00:00+01:00`, as far as it is given; empty when it is no date."""
    match = _PDF_DATE.match(value)
    if not match:
        return ""
    year, month, day, hour, minute, second, zone = match.groups()
    if not 1 <= int(month or 1) <= 12 or not 1 <= int(day or 1) <= 31 or int(hour or 0) > 23 or int(minute or 0) > 59:
        return ""
    if not (month and day):
        return year if not month else f"{year}-{month}"
    if not hour:
        return f"{year}-{month}-{day}"
    digits = re.sub(r"\D", "", zone or "")
    offset = "" if zone is None else "Z" if zone == "Z" else f"{zone[0]}{digits[:2]}:{digits[2:4] or '00'}"
    return f"{year}-{month}-{day}T{hour}:{minute or '00'}:{second or '00'}{offset}"
