"""Writes small PDF files for tests operator by operator, so that a test knows where every character stands.

Coordinates are those of the page before rotation: points from its top left, text by its baseline. Courier advances 0.6 of its size.
"""

from __future__ import annotations

import hashlib
import math
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image

ADVANCE = 0.6
A4 = (595.0, 842.0)
FONTS = {"F1": "Courier", "F2": "Courier-Bold", "F3": "Helvetica"}
_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
_PERMISSIONS = 0xFFFFFFFC


def text(
    x: float, y: float, words: str, *, size: float = 10, font: str = "F1", degrees: float = 0, invisible: bool = False
) -> str:
    """Words on a baseline that starts at x, y and runs `degrees` clockwise from the right."""
    cos, sin = round(math.cos(math.radians(degrees)), 6), round(math.sin(math.radians(degrees)), 6)
    shown = "".join(f"\\{ord(char):03o}" if char in "()\\" or ord(char) > 126 else char for char in words)
    return f"BT {3 * invisible} Tr /{font} {size} Tf {cos} {sin} {sin} {-cos} {x} {y} Tm ({shown}) Tj ET\n"


def lines(x: float, y: float, rows: Sequence[str], *, pitch: float = 14, size: float = 10, font: str = "F1") -> str:
    return "".join(text(x, y + number * pitch, row, size=size, font=font) for number, row in enumerate(rows))


def right(x: float, y: float, words: str, *, size: float = 10, font: str = "F1") -> str:
    """Words in Courier that end at x."""
    return text(x - len(words) * ADVANCE * size, y, words, size=size, font=font)


def line(x0: float, y0: float, x1: float, y1: float) -> str:
    return f"{x0} {y0} m {x1} {y1} l S\n"


def filled(x0: float, y0: float, x1: float, y1: float, *, rgb: str = "1 0 0") -> str:
    return f"q {rgb} rg {x0} {y0} {x1 - x0} {y1 - y0} re f Q\n"


def grid(xs: Sequence[float], ys: Sequence[float]) -> str:
    return "".join(line(x, ys[0], x, ys[-1]) for x in xs) + "".join(line(xs[0], y, xs[-1], y) for y in ys)


def shown(name: str, x0: float, y0: float, x1: float, y1: float) -> str:
    """A picture, by its name among the resources, in a box."""
    return f"q {x1 - x0} 0 0 {y0 - y1} {x0} {y1} cm /{name} Do Q\n"


class PdfFile:
    """Objects are numbered from 1 as they are added; 1 is the catalog, 2 the pages, 3 the fonts."""

    def __init__(self) -> None:
        self._objects: list[bytes] = [b"", b"", b""]
        self._fonts = {
            name: self.add(f"<< /Type /Font /Subtype /Type1 /BaseFont /{base} /Encoding /WinAnsiEncoding >>")
            for name, base in FONTS.items()
        }
        self._pages: list[int] = []
        self._fields: list[int] = []
        self._files: list[tuple[str, int]] = []
        self._info = 0

    def add(self, body: str, stream: bytes | None = None) -> int:
        """Adds an object; its number. `body` of a stream is its dictionary without length."""
        if stream is None:
            self._objects.append(body.encode("latin-1"))
        else:
            head = body.rstrip().removesuffix(">>") + f"/Length {len(stream)} >>\nstream\n"
            self._objects.append(head.encode("latin-1") + stream + b"\nendstream")
        return len(self._objects)

    def add_font(self, name: str, unicode_of: Mapping[str, str]) -> None:
        """A font like Courier in which the characters stand for others, as its ToUnicode map tells."""
        rows = "\n".join(f"<{ord(char):02x}> <{value.encode('utf-16-be').hex()}>" for char, value in unicode_of.items())
        cmap = (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /T def /CMapType 2 def\n"
            "1 begincodespacerange <00> <ff> endcodespacerange\n"
            f"{len(unicode_of)} beginbfchar\n{rows}\nendbfchar\nendcmap end end"
        )
        number = self.add("<< >>", cmap.encode())
        self._fonts[name] = self.add(
            f"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding /ToUnicode {number} 0 R >>"
        )

    def add_picture(self, picture: Image.Image) -> int:
        data = zlib.compress(picture.convert("RGB").tobytes())
        return self.add(
            f"<< /Type /XObject /Subtype /Image /Width {picture.width} /Height {picture.height} /ColorSpace /DeviceRGB "
            "/BitsPerComponent 8 /Filter /FlateDecode >>",
            data,
        )

    def add_page(
        self,
        content: str,
        *,
        size: tuple[float, float] = A4,
        rotate: int = 0,
        crop: tuple[float, float, float, float] | None = None,
        pictures: Mapping[str, int] | None = None,
        annotations: Sequence[int] = (),
    ) -> int:
        """A page.

        Args:
            crop: x0, y0, x1, y1 from the top left of the uncropped page.
        """
        width, height = size
        stream = zlib.compress(f"1 0 0 -1 0 {height} cm\n{content}".encode("latin-1"))
        contents = self.add("<< /Filter /FlateDecode >>", stream)
        extras = f" /CropBox [{crop[0]} {height - crop[3]} {crop[2]} {height - crop[1]}]" if crop else ""
        if annotations:
            extras += f" /Annots [{' '.join(f'{number} 0 R' for number in annotations)}]"
        images = " ".join(f"/{name} {number} 0 R" for name, number in (pictures or {}).items())
        number = self.add(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Rotate {rotate} /Contents {contents} 0 R "
            f"/Resources << /Font 3 0 R /XObject << {images} >> >>{extras} >>"
        )
        self._pages.append(number)
        return number

    def add_field(self, box: tuple[float, float, float, float], entries: str, *, page_height: float = A4[1]) -> int:
        """A form field and its widget; `entries` such as `/FT /Tx /T (name) /V (Ada)`."""
        x0, y0, x1, y1 = box
        number = self.add(
            f"<< /Type /Annot /Subtype /Widget /F 4 /Rect [{x0} {page_height - y1} {x1} {page_height - y0}] {entries} >>"
        )
        self._fields.append(number)
        return number

    def attach(self, name: str, data: bytes) -> None:
        stream = self.add("<< /Type /EmbeddedFile >>", data)
        self._files.append(
            (name, self.add(f"<< /Type /Filespec /F ({name}) /UF ({name}) /EF << /F {stream} 0 R >> >>"))
        )

    def tell(self, entries: str) -> None:
        """Document information: `/Title (A title)`."""
        self._info = self.add(f"<< {entries} >>")

    def save(self, path: Path, *, password: str | None = None) -> Path:
        """Writes the file, with a password by RC4 of 40 bits, which scrambles streams (no strings are expected then)."""
        kids = " ".join(f"{number} 0 R" for number in self._pages)
        catalog = "<< /Type /Catalog /Pages 2 0 R"
        if self._fields:
            fields = " ".join(f"{number} 0 R" for number in self._fields)
            catalog += f" /AcroForm << /Fields [{fields}] /DR << /Font 3 0 R >> /DA (/F1 10 Tf 0 g) >>"
        if self._files:
            names = " ".join(f"({name}) {number} 0 R" for name, number in self._files)
            catalog += f" /Names << /EmbeddedFiles << /Names [{names}] >> >>"
        objects = list(self._objects)
        objects[0] = f"{catalog} >>".encode()
        objects[1] = f"<< /Type /Pages /Kids [{kids}] /Count {len(self._pages)} >>".encode()
        objects[2] = f"<< {' '.join(f'/{name} {number} 0 R' for name, number in self._fonts.items())} >>".encode()
        identifier = hashlib.md5(b"mmi").digest()
        extras = f" /Info {self._info} 0 R" if self._info else ""
        if password is not None:
            key, entry = _encryption(password.encode(), identifier)
            objects = [_scrambled(body, key, number) for number, body in enumerate(objects, 1)]
            objects.append(entry)
            extras += f" /Encrypt {len(objects)} 0 R"
        out = bytearray(b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n")
        offsets = []
        for number, body in enumerate(objects, 1):
            offsets.append(len(out))
            out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
        start = len(out)
        out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
        out += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
        digits = identifier.hex()
        out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /ID [<{digits}> <{digits}>]{extras} >>\n".encode()
        out += f"startxref\n{start}\n%%EOF\n".encode()
        path.write_bytes(out)
        return path


def write_pdf(path: Path, *pages: str, size: tuple[float, float] = A4, rotate: int = 0) -> Path:
    """A file of pages with nothing special about them."""
    pdf = PdfFile()
    for content in pages:
        pdf.add_page(content, size=size, rotate=rotate)
    return pdf.save(path)


def _encryption(password: bytes, identifier: bytes) -> tuple[bytes, bytes]:
    """(file key, encryption dictionary) of the standard security handler, revision 2; user and owner have one password."""
    padded = (password + _PADDING)[:32]
    owner = _rc4(hashlib.md5(padded).digest()[:5], padded)
    key = hashlib.md5(padded + owner + _PERMISSIONS.to_bytes(4, "little") + identifier).digest()[:5]
    user = _rc4(key, _PADDING)
    entry = (
        f"<< /Filter /Standard /V 1 /R 2 /O <{owner.hex()}> /U <{user.hex()}> /P {_PERMISSIONS - (1 << 32)} >>".encode()
    )
    return key, entry


def _scrambled(body: bytes, key: bytes, number: int) -> bytes:
    head, mark, rest = body.partition(b"stream\n")
    if not mark:
        return body
    data = rest.removesuffix(b"\nendstream")
    own = hashlib.md5(key + number.to_bytes(3, "little") + b"\0\0").digest()[:10]
    return head + mark + _rc4(own, data) + b"\nendstream"


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out = bytearray()
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
