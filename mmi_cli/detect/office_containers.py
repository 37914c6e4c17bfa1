"""ZIP and OLE files: Office documents, or archives."""

from __future__ import annotations

import zipfile
from pathlib import Path

from ..datamodel.detection import Detection

_MAX_NAMES = 20_000
_OFFICE = "application/vnd.openxmlformats-officedocument."
_BY_PART = (
    ("word/", f"{_OFFICE}wordprocessingml.document", "docx"),
    ("xl/", f"{_OFFICE}spreadsheetml.sheet", "xlsx"),
    ("ppt/", f"{_OFFICE}presentationml.presentation", "pptx"),
)
_ODF = {
    "application/vnd.oasis.opendocument.text": "odf",
    "application/vnd.oasis.opendocument.spreadsheet": "odf",
    "application/vnd.oasis.opendocument.presentation": "odf",
    "application/vnd.oasis.opendocument.graphics": "odf",
}
_MAX_MIMETYPE_BYTES = 200


def zip_container(path: Path) -> Detection:
    """What a ZIP holds: an Office document, an e-book, or files."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist()[:_MAX_NAMES])
            mimetype = _mimetype(archive, names)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, UnicodeDecodeError, OSError):
        return _by_local_headers(path)
    return _by_names(names, mimetype) or Detection(
        media_type="application/zip", format="archive", modality=None, reason=f"a ZIP archive of {len(names)} entries"
    )


def _mimetype(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "mimetype" not in names or archive.getinfo("mimetype").file_size > _MAX_MIMETYPE_BYTES:
        return ""
    try:
        return archive.read("mimetype").decode("ascii", "replace").strip()
    except (RuntimeError, zipfile.BadZipFile, NotImplementedError, EOFError):
        return ""


def _by_names(names: set[str], mimetype: str) -> Detection | None:
    kind = mimetype.removesuffix("-template").removesuffix("-master")
    if kind in _ODF:
        return _document(mimetype, _ODF[kind], f"a ZIP whose mimetype entry says {kind.rsplit('.', 1)[-1]}")
    if mimetype == "application/epub+zip":
        return _document(mimetype, "epub", "a ZIP whose mimetype entry says EPUB")
    if any(name.lower() == "[content_types].xml" for name in names):
        for prefix, media_type, format_ in _BY_PART:
            if any(name.lower().startswith(prefix) for name in names):
                if format_ == "xlsx" and any(name.lower() == "xl/vbaproject.bin" for name in names):
                    return _document(
                        "application/vnd.ms-excel.sheet.macroenabled.12",
                        format_,
                        "a ZIP with [Content_Types].xml and xl/ with macros",
                    )
                if format_ == "xlsx" and any(name.lower() == "xl/workbook.bin" for name in names):
                    return Detection(
                        media_type="application/vnd.ms-excel.sheet.binary.macroenabled.12", format="legacy-office",
                        modality="document", reason="a ZIP with xl/workbook.bin",
                    )  # fmt: skip
                return _document(media_type, format_, f"a ZIP with [Content_Types].xml and {prefix}")
    if any(name.startswith("Index/") and name.endswith(".iwa") for name in names) or "Index.zip" in names:
        return Detection(
            media_type="application/vnd.apple.iwork", format=None, modality=None,
            reason="an Apple iWork document; export it as PDF or Office",
        )  # fmt: skip
    return None


def _by_local_headers(path: Path) -> Detection:
    """A ZIP without a readable directory: what its first entries are called."""
    with path.open("rb") as stream:
        data = stream.read(1_000_000)
    names: set[str] = set()
    at = data.find(b"PK\x03\x04")
    while at >= 0 and len(names) < 1000:
        length = int.from_bytes(data[at + 26 : at + 28], "little")
        names.add(data[at + 30 : at + 30 + length].decode("utf-8", "replace"))
        at = data.find(b"PK\x03\x04", at + 4)
    found = _by_names(names, "")
    if found is not None:
        return Detection(
            media_type=found.media_type, format=found.format, modality=found.modality,
            reason=f"{found.reason}; the ZIP directory is damaged",
        )  # fmt: skip
    return Detection(
        media_type="application/zip", format="archive", modality=None, reason="a ZIP archive with a damaged directory"
    )


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
