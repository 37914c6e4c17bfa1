"""Old Word, Excel and PowerPoint files: written anew as Office Open XML by LibreOffice, then read by those readers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from ..datamodel.content import Content
from ..errors import CorruptFile, EncryptedFile, FileTimeout, MissingEngine
from .interface import ExtractContext
from .office_password import is_ole

_TIMEOUT_S = 120.0
"""The file's own clock, which may be longer, is kept by the run; this one is for a LibreOffice that waits for a person."""


def extract(path: Path, context: ExtractContext) -> Content:
    """Reads DOC, XLS, PPT and their templates.

    Raises:
        MissingEngine: LibreOffice is not installed.
        EncryptedFile: needs a password.
        CorruptFile: LibreOffice makes nothing of it.
        FileTimeout: it took LibreOffice more than two minutes.
    """
    from . import docx, pptx, xlsx

    data = path
    with tempfile.TemporaryDirectory(prefix="mmi-office-") as folder_name:
        folder = Path(folder_name)
        if is_ole(path) and (plain := _decrypted(path, context)) is not None:
            data = folder / "plain"
            data.write_bytes(plain)
        kind = _kind(data, context)
        converted = _convert(data, kind, folder, context)
        reader = {"docx": docx.extract, "xlsx": xlsx.extract, "pptx": pptx.extract}[kind]
        return reader(converted, context)


def _kind(path: Path, context: ExtractContext) -> str:
    """What to convert to, by what the container holds, or else by the media type."""
    import olefile

    if is_ole(path):
        try:
            with olefile.OleFileIO(str(path)) as container:
                for stream, kind in (
                    ("WordDocument", "docx"), ("Workbook", "xlsx"), ("Book", "xlsx"), ("PowerPoint Document", "pptx"),
                ):  # fmt: skip
                    if container.exists(stream):
                        return kind
        except (OSError, ValueError, IndexError) as error:
            raise CorruptFile(f"{context.name}: a damaged OLE container: {error}") from None
    media_type = context.detection.media_type
    if "excel" in media_type or "spreadsheet" in media_type:
        return "xlsx"
    return "pptx" if "powerpoint" in media_type or "presentation" in media_type else "docx"


def _decrypted(path: Path, context: ExtractContext) -> bytes | None:
    """The plain bytes of an encrypted file; None for one that is not encrypted."""
    from .office_password import decrypt_office, is_encrypted

    return decrypt_office(path, context).getvalue() if is_encrypted(path) else None


def _convert(path: Path, kind: str, folder: Path, context: ExtractContext) -> Path:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise MissingEngine(
            f"{context.name}: files of Office before 2007 are read through LibreOffice, which is not installed "
            "(Debian: apt install libreoffice-core libreoffice-writer libreoffice-calc libreoffice-impress)"
        )
    # A name of its own: the file's may be anything. Its own profile: a running LibreOffice would take the call over.
    suffix = {"docx": ".doc", "xlsx": ".xls", "pptx": ".ppt"}[kind] if is_ole(path) else ".xlsb"
    source = folder / f"document{suffix}"
    shutil.copyfile(path, source)
    output = folder / "converted"
    command = [
        program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore", "--nologo",
        "--nodefault", "--nolockcheck", "--convert-to", kind, "--outdir", str(output), str(source),
    ]  # fmt: skip
    environment = {**os.environ, "HOME": str(folder)}
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        start_new_session=True,
    ) as process:
        try:
            said, _ = process.communicate(timeout=_TIMEOUT_S)
        except BaseException as error:  # the shell script has children of its own: end them all, then say what happened
            os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise FileTimeout(f"{context.name}: LibreOffice did not answer within {_TIMEOUT_S:g} s") from None
            raise
    converted = output / f"document.{kind}"
    if not converted.exists():
        lines = [
            line for line in said.decode("utf-8", "replace").splitlines() if line.strip() and "javaldx" not in line
        ]
        message = " ".join(" ".join(lines).split())[-200:]
        if "password" in message.lower():
            raise EncryptedFile(f"{context.name}: encrypted; give its password (--password)")
        raise CorruptFile(f"{context.name}: LibreOffice cannot read it: {message}")
    return converted
