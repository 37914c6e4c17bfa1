"""ZIP and OLE files: Office documents, or archives."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path

from ..datamodel.detection import Detection

_MAX_NAMES = 20_000
_MAX_PART_BYTES = 1_000_000
_OFFICE = "application/vnd.openxmlformats-officedocument."
_DOCX = (f"{_OFFICE}wordprocessingml.document", "docx")
_XLSX = (f"{_OFFICE}spreadsheetml.sheet", "xlsx")
_PPTX = (f"{_OFFICE}presentationml.presentation", "pptx")
_XLSM = ("application/vnd.ms-excel.sheet.macroenabled.12", "xlsx")
_XLSB = ("application/vnd.ms-excel.sheet.binary.macroenabled.12", "legacy-office")
# The content type of the main part says what a package is, whatever its parts are called.
_BY_MAIN_PART = (
    (re.compile(rb"wordprocessingml\.(?:document|template)\.main\+xml|ms-word\.\w+\.macroEnabled\w*\.main\+xml"), _DOCX),
    (re.compile(rb"ms-excel\.sheet\.binary\.macroEnabled\.main"), _XLSB),
    (re.compile(rb"ms-excel\.(?:sheet|template)\.macroEnabled\.main\+xml"), _XLSM),
    (re.compile(rb"spreadsheetml\.(?:sheet|template)\.main\+xml"), _XLSX),
    (re.compile(rb"presentationml\.(?:presentation|slideshow|template)\.main\+xml|ms-powerpoint\.\w+\.macroEnabled\.main\+xml"), _PPTX),
)  # fmt: skip
_BY_FOLDER = (("word/", _DOCX), ("xl/", _XLSX), ("ppt/", _PPTX))
_ODF = "application/vnd.oasis.opendocument."
_ODF_KINDS = ("text", "spreadsheet", "presentation", "graphics")
_CONTENT_TYPES = "[Content_Types].xml"


def zip_container(path: Path) -> Detection:
    """What a ZIP holds: an Office document, an e-book, or files."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist()[:_MAX_NAMES])
            mimetype = _part(archive, names, "mimetype").decode("ascii", "replace").strip()
            content_types = _part(archive, names, _CONTENT_TYPES)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, EOFError, OSError):
        return _by_local_headers(path)
    count = f"{len(names)} entr{'y' if len(names) == 1 else 'ies'}"
    return _known(names, mimetype, content_types) or Detection(
        media_type="application/zip", format="archive", modality=None, reason=f"a ZIP archive of {count}"
    )


def _part(archive: zipfile.ZipFile, names: Collection[str], name: str) -> bytes:
    """The beginning of a part; empty when there is none or it cannot be read."""
    found = next((each for each in names if each.lower() == name.lower()), None)
    if found is None:
        return b""
    try:
        with archive.open(found) as stream:
            return stream.read(_MAX_PART_BYTES)
    except (RuntimeError, zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, EOFError, OSError):
        return b""


def _known(names: Collection[str], mimetype: str, content_types: bytes) -> Detection | None:
    kind = mimetype.removeprefix(_ODF).removesuffix("-template").removesuffix("-master")
    if mimetype.startswith(_ODF) and kind in _ODF_KINDS:
        return _document(mimetype, "odf", f"a ZIP whose mimetype entry says OpenDocument {kind}")
    if mimetype == "application/epub+zip":
        return _document(mimetype, "epub", "a ZIP whose mimetype entry says EPUB")
    for pattern, (media_type, format_) in _BY_MAIN_PART:
        if (match := pattern.search(content_types)) is not None:
            return _document(media_type, format_, f"a ZIP whose content types name {match[0].decode()}")
    lower = {name.lower() for name in names}
    if _CONTENT_TYPES.lower() in lower:
        for folder, (media_type, format_) in _BY_FOLDER:
            if any(name.startswith(folder) for name in lower):
                return _document(media_type, format_, f"a ZIP with {_CONTENT_TYPES} and {folder}")
        if content_types:
            return _unread("application/vnd.openxmlformats-package", "an Office package of a kind that is not read")
    is_iwork = any(name.startswith("index/") and name.endswith(".iwa") for name in lower) or "index.zip" in lower
    if is_iwork or {"index.xml", "buildversionhistory.plist"} <= lower:
        return _unread("application/vnd.apple.iwork", "an Apple iWork document; export it as PDF or Office")
    return None


def _by_local_headers(path: Path) -> Detection:
    """A ZIP without a readable directory: its first entries."""
    with path.open("rb") as stream:
        data = stream.read(_MAX_PART_BYTES)
    names: list[str] = []
    parts: dict[str, bytes] = {}
    at = data.find(b"PK\x03\x04")
    while at >= 0 and len(names) < 1000:
        length, extra = (int.from_bytes(data[at + start : at + start + 2], "little") for start in (26, 28))
        names.append(data[at + 30 : at + 30 + length].decode("utf-8", "replace"))
        if names[-1] in ("mimetype", _CONTENT_TYPES):
            body = data[at + 30 + length + extra :]
            is_deflated = data[at + 8 : at + 10] == b"\x08\0"
            parts[names[-1]] = (
                _inflated(body) if is_deflated else body[: int.from_bytes(data[at + 18 : at + 22], "little")]
            )
        at = data.find(b"PK\x03\x04", at + 4)
    mimetype = parts.get("mimetype", b"").decode("ascii", "replace").strip()
    found = _known(names, mimetype, parts.get(_CONTENT_TYPES, b""))
    if found is not None:
        return Detection(
            media_type=found.media_type, format=found.format, modality=found.modality,
            reason=f"{found.reason}; the ZIP directory is damaged",
        )  # fmt: skip
    return Detection(
        media_type="application/zip", format="archive", modality=None, reason="a ZIP archive with a damaged directory"
    )


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(-15).decompress(data, _MAX_PART_BYTES)
    except zlib.error:
        return b""


def ole(path: Path) -> Detection:
    """What an OLE compound file holds: DOC, XLS, PPT, MSG, or an encrypted Office document."""
    import olefile

    try:
        with olefile.OleFileIO(str(path)) as compound:
            streams = {"/".join(entry).lower() for entry in compound.listdir(streams=True, storages=False)}
    except Exception as error:  # noqa: BLE001 - olefile raises what it happens to meet in a broken file
        return Detection(
            media_type="application/x-ole-storage", format="legacy-office", modality="document",
            reason=f"an OLE compound file with a damaged directory ({type(error).__name__})",
        )  # fmt: skip
    if "encryptedpackage" in streams:
        return _document(
            "application/vnd.ms-office.encrypted", "docx", "an OLE file with an EncryptedPackage: encrypted Office"
        )
    if "__properties_version1.0" in streams:
        return _document("application/vnd.ms-outlook", "msg", "an OLE file with message properties: Outlook")
    for stream, media_type in (
        ("WordDocument", "application/msword"),
        ("Workbook", "application/vnd.ms-excel"),
        ("Book", "application/vnd.ms-excel"),
        ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ):
        if stream.lower() in streams:
            return _document(media_type, "legacy-office", f"an OLE file with a stream {stream!r}")
    return Detection(
        media_type="application/x-ole-storage", format=None, modality=None, reason="an OLE file of an unknown kind"
    )


def _document(media_type: str, format_: str, reason: str) -> Detection:
    return Detection(media_type=media_type, format=format_, modality="document", reason=reason)


def _unread(media_type: str, reason: str) -> Detection:
    return Detection(media_type=media_type, format=None, modality=None, reason=reason)
