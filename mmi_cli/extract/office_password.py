"""Office files behind a password: an OLE container around the encrypted package, or an encrypted legacy file."""

from __future__ import annotations

import io
from pathlib import Path

from ..errors import CorruptFile, EncryptedFile
from .interface import ExtractContext

OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_EXCEL_DEFAULT = "VelvetSweatshop"
"""What Excel encrypts "read-only recommended" workbooks with, and opens them with, without asking."""


def is_ole(path: Path) -> bool:
    """Whether the file is an OLE container."""
    with path.open("rb") as stream:
        return stream.read(8) == OLE_MAGIC


def is_encrypted(path: Path) -> bool:
    """Whether an OLE container is an Office file that needs a password; False for one that cannot be told."""
    import msoffcrypto

    with path.open("rb") as stream:
        try:
            return bool(msoffcrypto.OfficeFile(stream).is_encrypted())
        except Exception:  # noqa: BLE001 - damaged headers make its parser raise anything; other readers will say what is wrong
            return False


def decrypt_office(path: Path, context: ExtractContext) -> io.BytesIO:
    """The plain file, opened with the first of the given passwords that fits.

    Raises:
        EncryptedFile: no password given, or none fits.
        CorruptFile: not an encrypted Office file at all, or a damaged one.
    """
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, InvalidKeyError

    with path.open("rb") as stream:
        try:
            office = msoffcrypto.OfficeFile(stream)
            if not office.is_encrypted():
                raise CorruptFile(f"{context.name}: an OLE container that holds no Office Open XML")
        except CorruptFile:
            raise
        except Exception as error:  # noqa: BLE001 - what stands before the encrypted part is parsed by several parsers
            said = " ".join(str(error).split())[:200] or type(error).__name__
            raise CorruptFile(f"{context.name}: a damaged Office container: {said}") from None
        for password in (_EXCEL_DEFAULT, *context.settings.passwords):
            plain = io.BytesIO()
            try:
                office.load_key(password=password)
                office.decrypt(plain)
            except (InvalidKeyError, DecryptionError, ValueError, LookupError):
                continue
            except Exception as error:  # noqa: BLE001 - whatever a damaged header makes its parser raise
                raise EncryptedFile(
                    f"{context.name}: encrypted in a way that cannot be opened ({type(error).__name__})"
                ) from None
            plain.seek(0)
            return plain
    tried = "none of the given passwords opens it" if context.settings.passwords else "give its password (--password)"
    raise EncryptedFile(f"{context.name}: encrypted; {tried}")
