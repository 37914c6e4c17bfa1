"""Files that are small and want to be large, or deep, or endless; each made here, by name, into a folder.

Every maker writes one file of at most a few megabytes within a second or so.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

MEGABYTE = 1_000_000
ZEROS = bytes(MEGABYTE)

Maker = Callable[[Path], None]
BOMBS: dict[str, Maker] = {}


def bomb(name: str) -> Callable[[Maker], Maker]:
    """Registers a maker under the name of the file it writes."""

    def add(maker: Maker) -> Maker:
        BOMBS[name] = maker
        return maker

    return add


def make_all(folder: Path) -> list[str]:
    """Writes every bomb; their names."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, maker in BOMBS.items():
        maker(folder / name)
    return list(BOMBS)


def zeros(megabytes: int, into: object) -> None:
    for _ in range(megabytes):
        into.write(ZEROS)  # type: ignore[attr-defined]


def zipped(members: dict[str, bytes | str], path: Path | io.BytesIO, method: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


# --- archives


@bomb("zeros.zip")
def _(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("zeros.txt", "w") as stream:
        zeros(60, stream)


@bomb("many-small-zeros.zip")
def _(path: Path) -> None:
    zipped({f"{number}.txt": ZEROS * 2 for number in range(40)}, path, zipfile.ZIP_BZIP2)


@bomb("overlapping.zip")
def _(path: Path) -> None:
    """Every entry of the directory is the same packed data (after David Fifield's better zip bomb)."""
    inner = io.BytesIO()
    zipped({"a": ZEROS * 20}, inner)
    data = inner.getvalue()
    start = data.index(b"PK\x01\x02")
    entry = data[start : data.index(b"PK\x05\x06")]
    count = 200
    directory = b"".join(entry[:-1] + bytes([33 + number % 90]) for number in range(count))
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), start, 0)
    path.write_bytes(data[:start] + directory + end)


@bomb("a-million-entries.zip")
def _(path: Path) -> None:
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    count = 200_000
    directory = entry * count
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65_535, 65_535, len(directory), 0, 0)
    path.write_bytes(b"PK\x03\x04" + bytes(26) + directory + end)


@bomb("nested.zip")
def _(path: Path) -> None:
    data = b"the innermost\nTotal: 1.00\n"
    name = "a.txt"
    for level in range(8):
        stream = io.BytesIO()
        zipped({name: data}, stream)
        data, name = stream.getvalue(), f"{level}.zip"
    path.write_bytes(data)


@bomb("wide-and-nested.zip")
def _(path: Path) -> None:
    """Each archive holds ten of the next kind, five kinds deep, as 42.zip does."""
    data: bytes = zlib.compress(ZEROS)
    name = "zeros"
    for level in range(5):
        stream = io.BytesIO()
        zipped({f"{number}-{name}": data for number in range(10)}, stream)
        data, name = stream.getvalue(), f"{level}.zip"
    path.write_bytes(data)


@bomb("ways-out.zip")
def _(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in (
            "../../../../tmp/mmi-way-out.txt",
            "/tmp/mmi-way-out.txt",
            "C:\\mmi-way-out.txt",
            "a/../../b.txt",
            "n" * 60_000 + ".txt",
        ):
            archive.writestr(name, "Total: 1.00\n")
        link = zipfile.ZipInfo("link")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")


@bomb("ways-out.tar")
def _(path: Path) -> None:
    with tarfile.open(path, "w") as tar:
        for name in ("../../../../tmp/mmi-way-out.txt", "/tmp/mmi-way-out.txt"):
            info = tarfile.TarInfo(name)
            info.size = 12
            tar.addfile(info, io.BytesIO(b"Total: 1.00\n"))
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo(f"odd{kind!r}")
            info.type, info.linkname = kind, "/etc/passwd"
            tar.addfile(info)


@bomb("sparse.tar")
def _(path: Path) -> None:
    """A file of a terabyte that is nearly all hole."""
    info = tarfile.TarInfo("hole.txt")
    info.pax_headers = {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": "hole.txt",
        "GNU.sparse.realsize": str(10**12),
    }
    body = b"1\n0\n1\n".ljust(512, b"\0") + b"x".ljust(512, b"\0")
    info.size = len(body)
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        tar.addfile(info, io.BytesIO(body))


@bomb("a-long-header.tar")
def _(path: Path) -> None:
    """The extended header claims eight gigabytes."""
    info = tarfile.TarInfo("a")
    info.type, info.size = tarfile.XHDTYPE, 8 * 1024**3 - 1
    path.write_bytes(info.tobuf(tarfile.USTAR_FORMAT) + b"1" * 10_000)


def _tar_of_zeros(path: Path, mode: str) -> None:
    with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
        info = tarfile.TarInfo("zeros.txt")
        info.size = 60 * MEGABYTE
        tar.addfile(info, _Zeros(info.size))


class _Zeros(io.RawIOBase):
    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1) -> bytes:
        size = min(size, self.left)
        self.left -= size
        return bytes(size)


@bomb("zeros.tar.gz")
def _(path: Path) -> None:
    _tar_of_zeros(path, "w:gz")


@bomb("entries.tar.bz2")
def _(path: Path) -> None:
    with tarfile.open(path, "w:bz2") as tar:
        for number in range(15_000):
            tar.addfile(tarfile.TarInfo(f"{number}"))


@bomb("zeros.gz")
def _(path: Path) -> None:
    with gzip.open(path, "wb") as stream:
        zeros(60, stream)


@bomb("zeros-in-zeros.gz.gz")
def _(path: Path) -> None:
    path.write_bytes(gzip.compress(gzip.compress(gzip.compress(ZEROS * 60))))


@bomb("members.gz")
def _(path: Path) -> None:
    """Two hundred thousand packed files one after another, all empty."""
    path.write_bytes(gzip.compress(b"") * 200_000)


@bomb("zeros.bz2")
def _(path: Path) -> None:
    path.write_bytes(bz2.compress(ZEROS * 30) * 4)


@bomb("zeros.xz")
def _(path: Path) -> None:
    path.write_bytes(lzma.compress(ZEROS * 30, preset=0) * 4)


@bomb("large-dictionary.xz")
def _(path: Path) -> None:
    """Unpacking it takes a dictionary of 1.5 GB."""
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 20}]
    data = bytearray(lzma.compress(b"Total: 1.00\n" * 100, format=lzma.FORMAT_XZ, filters=filters))
    # Block header: size, flags, filter id 0x21, size of its properties 1, the dictionary size byte; then the CRC32 of it.
    at = 12
    length = (data[at] + 1) * 4
    data[at + 4] = 40
    data[at + length - 4 : at + length] = struct.pack("<I", zlib.crc32(bytes(data[at : at + length - 4])))
    path.write_bytes(data)


# --- pictures


def png(path: Path, width: int, height: int, *, extra: bytes = b"", rows: bytes = ZEROS) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0))
        + extra
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )


@bomb("large.png")
def _(path: Path) -> None:
    png(path, 60_000, 60_000, rows=ZEROS * 50)


@bomb("just-below-the-limit.png")
def _(path: Path) -> None:
    png(path, 14_000, 14_000, rows=ZEROS * 40)


@bomb("very-wide.png")
def _(path: Path) -> None:
    png(path, 100_000_000, 1, rows=ZEROS * 60)


@bomb("text.png")
def _(path: Path) -> None:
    packed = b"Comment\0\0" + zlib.compress(ZEROS * 100, 9)
    chunk = struct.pack(">I", len(packed)) + b"zTXt" + packed + struct.pack(">I", zlib.crc32(b"zTXt" + packed))
    png(path, 10, 10, extra=chunk * 3, rows=bytes(310))


@bomb("large.jpg")
def _(path: Path) -> None:
    from PIL import Image

    stream = io.BytesIO()
    Image.new("RGB", (64, 64)).save(stream, "JPEG")
    data = bytearray(stream.getvalue())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">2H", 65_500, 65_500)
    path.write_bytes(data)


@bomb("large.gif")
def _(path: Path) -> None:
    path.write_bytes(
        b"GIF89a"
        + struct.pack("<2H", 65_535, 65_535)
        + b"\x80\0\0"
        + bytes(6)
        + b","
        + struct.pack("<4H", 0, 0, 65_535, 65_535)
        + b"\0\x02\x02L\x01\0;"
    )


@bomb("frames.gif")
def _(path: Path) -> None:
    frame = b",\0\0\0\0" + struct.pack("<2H", 2_000, 2_000) + b"\0\x02\x02L\x01\0"
    path.write_bytes(b"GIF89a" + struct.pack("<2H", 2_000, 2_000) + b"\x80\0\0" + bytes(6) + frame * 100_000 + b";")


@bomb("large.webp")
def _(path: Path) -> None:
    body = b"VP8L" + struct.pack("<I", 10) + b"/" + struct.pack("<I", 16_382 | 16_382 << 14) + bytes(5)
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body)


@bomb("large.bmp")
def _(path: Path) -> None:
    path.write_bytes(
        b"BM"
        + struct.pack("<3I", 0, 0, 54)
        + struct.pack("<I2i2H6I", 40, 2**30, 2**30, 1, 24, 0, 0, 0, 0, 0, 0)
        + ZEROS
    )


def _tiff(entries: list[tuple[int, int, int, int]], after: int) -> bytes:
    return (
        struct.pack("<H", len(entries))
        + b"".join(struct.pack("<2H2I", *entry) for entry in entries)
        + struct.pack("<I", after)
    )


@bomb("large.tif")
def _(path: Path) -> None:
    entries = [
        (256, 4, 1, 2**31 - 1),
        (257, 4, 1, 2**31 - 1),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, 8),
        (277, 3, 1, 1),
        (278, 4, 1, 1),
        (279, 4, 1, 100),
    ]
    path.write_bytes(b"II*\0" + struct.pack("<I", 8) + _tiff(entries, 0) + bytes(1000))


@bomb("endless.tif")
def _(path: Path) -> None:
    """The directory of its page names itself as that of the next page."""
    entries = [
        (256, 4, 1, 10),
        (257, 4, 1, 10),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, 8),
        (277, 3, 1, 1),
        (278, 4, 1, 10),
        (279, 4, 1, 100),
    ]
    path.write_bytes(b"II*\0" + struct.pack("<I", 8) + _tiff(entries, 8) + bytes(1000))


@bomb("pages.tif")
def _(path: Path) -> None:
    """Six thousand pages of one pixel."""
    out, at = bytearray(b"II*\0" + struct.pack("<I", 8)), 8
    entries = [
        (256, 4, 1, 1),
        (257, 4, 1, 1),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, 0),
        (277, 3, 1, 1),
        (278, 4, 1, 1),
        (279, 4, 1, 1),
    ]
    for _ in range(6_000):
        at += 2 + 12 * len(entries) + 4
        out += _tiff(entries, at)
    path.write_bytes(bytes(out))


@bomb("large.svg")
def _(path: Path) -> None:
    path.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="1e9" height="1e9"><text>Total: 1.00</text></svg>')


# --- PDF


def pdf(path: Path, objects: dict[int, bytes], *, root: int = 1, trailer: bytes = b"") -> None:
    out, offsets = bytearray(b"%PDF-1.7\n"), {}
    for number, body in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, most = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % most
    out += b"".join(b"%010d 00000 n \n" % offsets.get(number, 0) for number in range(1, most))
    out += b"trailer\n<</Size %d /Root %d 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (most, root, trailer, start)
    path.write_bytes(bytes(out))


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d %s>>\nstream\n%s\nendstream" % (len(data), entries, data)


def one_page(
    contents: bytes, *, more: dict[int, bytes] | None = None, box: bytes = b"0 0 612 792", page: bytes = b""
) -> dict[int, bytes]:
    return {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R %s>>" % (box, page),
        4: contents,
        5: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        **(more or {}),
    }


_FONT = b"/Resources<</Font<</F 5 0 R>>>>"
_SAID = b"BT /F 12 Tf 72 700 Td (Total: 1.00) Tj ET\n"


@bomb("flate-of-zeros.pdf")
def _(path: Path) -> None:
    pdf(path, one_page(stream(zlib.compress(ZEROS * 150, 9), b"/Filter/FlateDecode")))


@bomb("flate-of-flate.pdf")
def _(path: Path) -> None:
    data = zlib.compress(zlib.compress(zlib.compress(b" " * 150 * MEGABYTE, 9), 9), 9)
    pdf(path, one_page(stream(data, b"/Filter[/FlateDecode/FlateDecode/FlateDecode]")))


@bomb("words-without-end.pdf")
def _(path: Path) -> None:
    words = b"BT /F 1 Tf 1 0 0 1 72 700 Tm " + b"(Total 1.00 and more words) Tj " * 300_000 + b"ET"
    pdf(path, one_page(stream(zlib.compress(words, 9), b"/Filter/FlateDecode"), page=_FONT))


@bomb("lines-without-end.pdf")
def _(path: Path) -> None:
    chance = random.Random(1)
    lines = b"".join(b"%d %d m %d %d l S\n" % tuple(chance.randrange(600) for _ in range(4)) for _ in range(60_000))
    pdf(path, one_page(stream(zlib.compress(_SAID + lines, 9), b"/Filter/FlateDecode"), page=_FONT))


@bomb("many-pages.pdf")
def _(path: Path) -> None:
    count = 20_000
    pages = {10 + number: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>" for number in range(count)}
    kids = b" ".join(b"%d 0 R" % number for number in pages)
    pdf(path, {1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids), **pages})


@bomb("a-page-many-times.pdf")
def _(path: Path) -> None:
    """A page tree of seven objects that has ten million leaves, all of them the same page."""
    objects = {1: b"<</Type/Catalog/Pages 2 0 R>>"}
    for level in range(7):
        objects[2 + level] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (10 ** (7 - level), b"%d 0 R " % (3 + level) * 10)
    objects[9] = b"<</Type/Page/Parent 8 0 R/MediaBox[0 0 9 9]>>"
    pdf(path, objects)


@bomb("claims-pages.pdf")
def _(path: Path) -> None:
    objects = one_page(stream(_SAID), page=_FONT)
    objects[2] = b"<</Type/Pages/Count 2000000000/Kids[3 0 R]>>"
    pdf(path, objects)


@bomb("deep-page-tree.pdf")
def _(path: Path) -> None:
    depth = 50_000
    tree = {number: b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (number + 1) for number in range(2, depth)}
    pdf(path, {1: b"<</Type/Catalog/Pages 2 0 R>>", **tree, depth: b"<</Type/Page/MediaBox[0 0 9 9]>>"})


@bomb("page-tree-loop.pdf")
def _(path: Path) -> None:
    pdf(
        path,
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Count 5/Kids[2 0 R 3 0 R]/Parent 3 0 R>>",
            3: b"<</Type/Pages/Count 5/Kids[2 0 R]/Parent 2 0 R>>",
        },
    )


@bomb("large-page.pdf")
def _(path: Path) -> None:
    pdf(path, one_page(stream(b"0 0 9 9 re f"), box=b"0 0 2000000000 2000000000"))


@bomb("large-user-unit.pdf")
def _(path: Path) -> None:
    pdf(path, one_page(stream(b"0 0 9 9 re f"), page=b"/UserUnit 1000000000"))


@bomb("xref-loop.pdf")
def _(path: Path) -> None:
    pdf(path, one_page(stream(_SAID), page=_FONT), trailer=b"/Prev 9")
    data = path.read_bytes()
    at = data.rindex(b"xref\n0 ")
    path.write_bytes(data.replace(b"/Prev 9", b"/Prev %d" % at))


@bomb("forms-of-forms.pdf")
def _(path: Path) -> None:
    """Ten levels of pictures, each of which draws the next ten times."""
    more = {}
    for level in range(10):
        body = b"/X Do " * 10 if level < 9 else _SAID
        more[10 + level] = stream(
            body,
            b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</XObject<</X %d 0 R>>/Font<</F 5 0 R>>>>"
            % (11 + level),
        )
    pdf(path, one_page(stream(b"/X Do"), more=more, page=b"/Resources<</XObject<</X 10 0 R>>>>"))


@bomb("form-of-itself.pdf")
def _(path: Path) -> None:
    more = {10: stream(b"/X Do /X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 10 0 R>>>>")}
    pdf(path, one_page(stream(b"/X Do"), more=more, page=b"/Resources<</XObject<</X 10 0 R>>>>"))


@bomb("large-picture.pdf")
def _(path: Path) -> None:
    entries = b"/Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode"
    more = {10: stream(zlib.compress(ZEROS * 100, 9), entries)}
    pdf(path, one_page(stream(b"612 0 0 792 0 0 cm /X Do"), more=more, page=b"/Resources<</XObject<</X 10 0 R>>>>"))


@bomb("deep-arrays.pdf")
def _(path: Path) -> None:
    pdf(path, one_page(stream(_SAID), page=_FONT + b"/Deep " + b"[" * 100_000 + b"]" * 100_000))


@bomb("pattern-of-itself.pdf")
def _(path: Path) -> None:
    entries = b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep 0.001/YStep 0.001"
    entries += b"/Resources<</Pattern<</P 10 0 R>>>>"
    more = {10: stream(b"/Pattern cs /P scn 0 0 1 1 re f", entries)}
    pdf(
        path,
        one_page(
            stream(b"/Pattern cs /P scn 0 0 600 700 re f"), more=more, page=b"/Resources<</Pattern<</P 10 0 R>>>>"
        ),
    )


@bomb("attachments.pdf")
def _(path: Path) -> None:
    """A thousand attachments of ten megabytes, all the same stream."""
    more = {
        10: stream(zlib.compress(b"Total: 1.00\n" * 800_000, 9), b"/Type/EmbeddedFile/Filter/FlateDecode"),
        11: b"<</Type/Filespec/F(a.txt)/EF<</F 10 0 R>>>>",
    }
    objects = one_page(stream(_SAID), more=more, page=_FONT)
    names = b"".join(b"(%04d)11 0 R" % number for number in range(1000))
    objects[1] = b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[%s]>>>>>>" % names
    pdf(path, objects)


# --- XML in all its clothes

LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha ha ha ha ha ha ha ha ha ha ">'
    + "".join(f'<!ENTITY {chr(98 + level)} "{f"&{chr(97 + level)};" * 10}">' for level in range(9))
    + "]>"
)
QUADRATIC = f'<!DOCTYPE x [<!ENTITY a "{"ha " * 50_000}">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY % b SYSTEM "http://127.0.0.1:9/x">%b;]>'
_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_DEEP = 100_000
PACKAGES = "http://schemas.openxmlformats.org/package/2006"
DOCUMENTS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def office(path: Path, kind: str, parts: dict[str, str | bytes]) -> None:
    """An Office file of `word`, `xl` or `ppt` with these parts, the main one under its usual name."""
    main, content = {
        "word": ("word/document.xml", "wordprocessingml.document.main+xml"),
        "xl": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
        "ppt": ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
    }[kind]
    zipped(
        {
            "[Content_Types].xml": f'{_XML}<Types xmlns="{PACKAGES}/content-types"><Override PartName="/{main}" '
            f'ContentType="application/vnd.openxmlformats-officedocument.{content}"/></Types>',
            "_rels/.rels": f'{_XML}<Relationships xmlns="{PACKAGES}/relationships"><Relationship Id="r1" '
            f'Type="{DOCUMENTS}/officeDocument" Target="{main}"/></Relationships>',
            **parts,
        },
        path,
    )


def docx(path: Path, body: str, *, doctype: str = "", **parts: str) -> None:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    office(
        path,
        "word",
        {
            "word/document.xml": f'{_XML}{doctype}<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>',
            **parts,
        },
    )


def xlsx(path: Path, sheet: str, *, doctype: str = "", strings: str = "") -> None:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office(
        path,
        "xl",
        {
            "xl/workbook.xml": f'{_XML}<workbook xmlns="{space}" xmlns:r="{DOCUMENTS}"><sheets>'
            '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{PACKAGES}/relationships">'
            f'<Relationship Id="r1" Type="{DOCUMENTS}/worksheet" '
            f'Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{DOCUMENTS}/sharedStrings" '
            'Target="sharedStrings.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'{_XML}{doctype}<worksheet xmlns="{space}">{sheet}</worksheet>',
            "xl/sharedStrings.xml": f'{_XML}<sst xmlns="{space}">{strings}</sst>',
        },
    )


def odf(path: Path, kind: str, body: str, *, doctype: str = "") -> None:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "table", "draw")
    )
    zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"{_XML}{doctype}<office:document-content {spaces}><office:body>"
            f"<office:{kind}>{body}</office:{kind}></office:body></office:document-content>",
        },
        path,
    )


def epub(path: Path, chapter: str, *, spine: int = 1) -> None:
    container = (
        f'{_XML}<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="a.opf"/></rootfiles></container>'
    )
    items = '<itemref idref="c"/>' * spine
    book = (
        f'{_XML}<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="c" href="c.xhtml" '
        f'media-type="application/xhtml+xml"/></manifest><spine>{items}</spine></package>'
    )
    parts = {"mimetype": "application/epub+zip", "META-INF/container.xml": container, "a.opf": book}
    zipped({**parts, "c.xhtml": chapter}, path)


for _name, _doctype, _use in (
    ("laughs", LAUGHS, "&j;"),
    ("quadratic", QUADRATIC, "&a;" * 50_000),
    ("outside", OUTSIDE, "&a;"),
):

    def _more(name: str = _name, doctype: str = _doctype, use: str = _use) -> None:
        bomb(f"{name}.xml")(lambda path: path.write_text(f"{_XML}{doctype}<x>{use}</x>") and None)
        bomb(f"{name}.svg")(
            lambda path: (
                path.write_text(f'{_XML}{doctype}<svg xmlns="http://www.w3.org/2000/svg"><text>{use}</text></svg>')
                and None
            )
        )
        bomb(f"{name}.docx")(lambda path: docx(path, f"<w:p><w:r><w:t>{use}</w:t></w:r></w:p>", doctype=doctype))
        bomb(f"{name}.xlsx")(
            lambda path: xlsx(
                path,
                f'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>{use}</t></is></c></row></sheetData>',
                doctype=doctype,
            )
        )
        bomb(f"{name}.odt")(lambda path: odf(path, "text", f"<text:p>{use}</text:p>", doctype=doctype))
        bomb(f"{name}.epub")(lambda path: epub(path, f"{_XML}{doctype}<html><body><p>{use}</p></body></html>"))
        bomb(f"{name}.pptx")(
            lambda path: office(
                path,
                "ppt",
                {"ppt/presentation.xml": f'{_XML}{doctype}<p:presentation xmlns:p="x">{use}</p:presentation>'},
            )
        )

    _more()


@bomb("deep.xml")
def _(path: Path) -> None:
    path.write_text("<a>" * _DEEP + "Total: 1.00" + "</a>" * _DEEP)


@bomb("deep.docx")
def _(path: Path) -> None:
    docx(
        path, "<w:tbl><w:tr><w:tc>" * 20_000 + "<w:p><w:r><w:t>x</w:t></w:r></w:p>" + "</w:tc></w:tr></w:tbl>" * 20_000
    )


@bomb("zeros.docx")
def _(path: Path) -> None:
    docx(path, "<w:p><w:r><w:t>" + "0 " * 12 * MEGABYTE + "</w:t></w:r></w:p>")


@bomb("runs.docx")
def _(path: Path) -> None:
    docx(path, "<w:p>" + "<w:r><w:t>a</w:t></w:r>" * 1_000_000 + "</w:p>")


@bomb("deep.odt")
def _(path: Path) -> None:
    odf(
        path,
        "text",
        "<text:list><text:list-item>" * 20_000 + "<text:p>x</text:p>" + "</text:list-item></text:list>" * 20_000,
    )


@bomb("deep-but-allowed.odt")
def _(path: Path) -> None:
    odf(
        path,
        "text",
        "<text:list><text:list-item>" * 110 + "<text:p>Total: 1.00</text:p>" + "</text:list-item></text:list>" * 110,
    )


@bomb("spaces.odt")
def _(path: Path) -> None:
    odf(path, "text", '<text:p>a<text:s text:c="2000000000"/>b</text:p>' * 1000)


@bomb("repeated.ods")
def _(path: Path) -> None:
    cell = '<table:table-cell table:number-columns-repeated="16384" office:value-type="string">'
    cell += "<text:p>Total 1.00</text:p></table:table-cell>"
    odf(
        path,
        "spreadsheet",
        f'<table:table table:name="S"><table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row></table:table>',
    )


@bomb("corner.xlsx")
def _(path: Path) -> None:
    xlsx(
        path,
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData>',
    )


@bomb("merged.xlsx")
def _(path: Path) -> None:
    xlsx(
        path,
        '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/>'
        + "".join(f'<mergeCell ref="A{number}:XFD1048576"/>' for number in range(1, 50_000))
        + "</mergeCells>",
    )


@bomb("shared-string.xlsx")
def _(path: Path) -> None:
    """One string of a megabyte that a hundred thousand cells share."""
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 100_001))
    xlsx(path, f"<sheetData>{cells}</sheetData>", strings=f"<si><t>{'Total 1.00 ' * 90_000}</t></si>")


@bomb("shared-strings.xlsx")
def _(path: Path) -> None:
    xlsx(
        path,
        '<sheetData><row r="1"><c r="A1" t="s"><v>7</v></c></row></sheetData>',
        strings="<si><t>a</t></si>" * 5_000_000,
    )


@bomb("a-cell-a-column.xlsx")
def _(path: Path) -> None:
    """Every row has one cell, in the last column."""
    rows = "".join(f'<row r="{row}"><c r="XFD{row}"><v>1</v></c></row>' for row in range(1, 60_000))
    xlsx(path, f"<sheetData>{rows}</sheetData>")


@bomb("spine.epub")
def _(path: Path) -> None:
    epub(path, f"<html><body><p>{'Total 1.00 ' * 9_000}</p></body></html>", spine=20_000)


# --- text in layers


@bomb("deep.html")
def _(path: Path) -> None:
    path.write_text("<html><body>" + "<div>" * 500_000 + "Total: 1.00")


@bomb("deep-inline.html")
def _(path: Path) -> None:
    path.write_text("<html><body>" + "<b><i><font><span>" * 60_000 + "Total: 1.00")


@bomb("spans.html")
def _(path: Path) -> None:
    path.write_text(
        "<table>" + ("<tr>" + '<td colspan="1000" rowspan="65534">x</td>' * 50 + "</tr>") * 200 + "</table>"
    )


@bomb("attributes.html")
def _(path: Path) -> None:
    path.write_text("<html><body><p " + " ".join(f"a{number}=1" for number in range(200_000)) + ">Total: 1.00</p>")


@bomb("tables-in-tables.html")
def _(path: Path) -> None:
    path.write_text("<html><body>" + "<table><tr><td>a" * 3_000 + "Total: 1.00")


@bomb("deep.json")
def _(path: Path) -> None:
    path.write_text("[" * 1_000_000 + "1" + "]" * 1_000_000)


@bomb("deep-objects.json")
def _(path: Path) -> None:
    path.write_text('{"a":' * 900 + "1" + "}" * 900)


@bomb("digits.json")
def _(path: Path) -> None:
    path.write_text('{"total": ' + "9" * 3_000_000 + ', "b": 1e999999999}')


@bomb("aliases.yaml")
def _(path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, 12)]
    path.write_text("\n".join(lines))


@bomb("deep.md")
def _(path: Path) -> None:
    path.write_text(
        ">" * 50_000
        + " Total: 1.00\n"
        + "".join("  " * level + "- a\n" for level in range(2_000))
        + "[" * 50_000
        + "*_" * 50_000
    )


@bomb("deep.rtf")
def _(path: Path) -> None:
    path.write_text("{\\rtf1 " + "{" * 2_000_000 + "Total: 1.00" + "}" * 2_000_000 + "}")


@bomb("binary.rtf")
def _(path: Path) -> None:
    path.write_text("{\\rtf1 Total: 1.00 {\\pict\\bin2000000000 abc} {\\*\\objdata " + "0" * 3_000_000 + "}}")


@bomb("parts-in-parts.eml")
def _(path: Path) -> None:
    depth = 5_000
    opening = "".join(f'Content-Type: multipart/mixed; boundary="b{level}"\n\n--b{level}\n' for level in range(depth))
    path.write_text(
        f"From: a@b.example\nSubject: Total 1.00\nMIME-Version: 1.0\n{opening}Content-Type: text/plain\n\nx\n"
    )


@bomb("mails-in-mails.eml")
def _(path: Path) -> None:
    path.write_text(
        "From: a@b.example\nSubject: Total 1.00\nMIME-Version: 1.0\n"
        + "Content-Type: message/rfc822\n\n" * 3_000
        + "x\n"
    )


@bomb("many-parts.eml")
def _(path: Path) -> None:
    part = '--b\nContent-Type: text/plain; name="a.txt"\nContent-Disposition: attachment; filename="a.txt"\n\nTotal: 1.00\n'
    path.write_text(
        'From: a@b.example\nSubject: s\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n'
        + part * 20_000
        + "--b--\n"
    )


@bomb("headers.eml")
def _(path: Path) -> None:
    path.write_text(
        "From: a@b.example\n"
        + "To: "
        + "a@b.example, " * 100_000
        + "\n"
        + "X: y\n" * 200_000
        + "Subject: "
        + "=?utf-8?q?a?= " * 50_000
        + "\n\nTotal: 1.00\n"
    )


@bomb("one-line.txt")
def _(path: Path) -> None:
    path.write_text("x" * 5_000_000)


@bomb("one-line-of-words.txt")
def _(path: Path) -> None:
    path.write_text("Total: 1.00 on 2026-03-01 at " * 100_000)


@bomb("many-lines.txt")
def _(path: Path) -> None:
    path.write_text("\n" * 5_000_000 + "Total: 1.00")


@bomb("columns.csv")
def _(path: Path) -> None:
    path.write_text(",".join(["a"] * 1_000_000) + "\n" + ",".join(["1"] * 1_000_000) + "\n")


@bomb("open-quote.csv")
def _(path: Path) -> None:
    path.write_text('a,b\n"' + "x,y\n" * 1_000_000)


@bomb("marks.txt")
def _(path: Path) -> None:
    """A letter with a million marks on it, and right-to-left overrides."""
    path.write_text("Total: 1.00\na" + "\u0301" * 1_000_000 + "\n" + "\u202e" * 100_000)


# --- sound, pictures that move, subtitles


@bomb("cues.srt")
def _(path: Path) -> None:
    path.write_text("".join(f"{number}\n00:00:00,000 --> 99:59:59,999\nTotal: 1.00\n\n" for number in range(200_000)))


@bomb("tags.vtt")
def _(path: Path) -> None:
    path.write_text(
        "WEBVTT\n\n00:00.000 --> 00:01.000\n"
        + "<v A><b><i>" * 200_000
        + "Total: 1.00\n\n"
        + "9" * 100_000
        + ":00:00.000 --> 00:01.000\nx\n"
    )


@bomb("claims-hours.wav")
def _(path: Path) -> None:
    path.write_bytes(
        b"RIFF\xff\xff\xff\xffWAVEfmt "
        + struct.pack("<I2H2I2H", 16, 1, 1, 16_000, 32_000, 2, 16)
        + b"data\xff\xff\xff\xff"
        + bytes(64_000)
    )


@bomb("slow.wav")
def _(path: Path) -> None:
    """One sample a second, two million of them."""
    path.write_bytes(
        b"RIFF\xff\xff\xff\x0fWAVEfmt "
        + struct.pack("<I2H2I2H", 16, 1, 1, 1, 2, 2, 16)
        + b"data\x00\x09\x3d\x00"
        + bytes(4_000_000)
    )


@bomb("channels.wav")
def _(path: Path) -> None:
    path.write_bytes(
        b"RIFF\xff\xff\xff\x0fWAVEfmt "
        + struct.pack("<I2H2I2H", 16, 1, 65_535, 16_000, 0, 65_534, 16)
        + b"data\x00\x09\x3d\x00"
        + bytes(4_000_000)
    )


@bomb("fast.wav")
def _(path: Path) -> None:
    path.write_bytes(
        b"RIFF\xff\xff\xff\x0fWAVEfmt "
        + struct.pack("<I2H2I2H", 16, 1, 1, 2**31, 2**31, 2, 16)
        + b"data\x00\x09\x3d\x00"
        + bytes(4_000_000)
    )


@bomb("claims-samples.flac")
def _(path: Path) -> None:
    info = (
        struct.pack(">2H", 4096, 4096)
        + bytes(6)
        + (16_000 << 44 | 0 << 41 | 15 << 36 | 2**36 - 1).to_bytes(8, "big")
        + bytes(16)
    )
    path.write_bytes(b"fLaC\x80\0\0\x22" + info + bytes(10_000))


def _box(kind: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return struct.pack(">I", 8 + len(body)) + kind + body


@bomb("claims-ages.mp4")
def _(path: Path) -> None:
    handler = _box(b"hdlr", bytes(8), b"soun", bytes(13))
    movie = _box(b"mvhd", b"\x01\0\0\0", bytes(16), struct.pack(">IQ", 1, 2**62), bytes(80))
    media = _box(b"mdia", _box(b"mdhd", b"\x01\0\0\0", bytes(16), struct.pack(">IQ", 1, 2**62), bytes(4)), handler)
    track = _box(b"trak", _box(b"tkhd", bytes(84)), media)
    path.write_bytes(_box(b"ftyp", b"isom\0\0\0\0isom") + _box(b"moov", movie, track) + _box(b"mdat", bytes(1000)))


@bomb("boxes.mp4")
def _(path: Path) -> None:
    path.write_bytes(_box(b"ftyp", b"isom\0\0\0\0isom") + _box(b"free") * 400_000)


@bomb("boxes-in-boxes.mp4")
def _(path: Path) -> None:
    data = b""
    for _ in range(20_000):
        data = struct.pack(">I", (8 + len(data)) & 0xFFFFFFFF) + b"trak" + data if len(data) < 200_000 else data
    path.write_bytes(_box(b"ftyp", b"isom\0\0\0\0isom") + _box(b"moov", data))


@bomb("large-frames.avi")
def _(path: Path) -> None:
    main = struct.pack("<14I", 40_000, 0, 0, 0, 10**9, 0, 1, 0, 65_535, 65_535, 0, 0, 0, 0)
    head = struct.pack("<4s4s10I4H", b"vids", b"MJPG", 0, 0, 0, 1, 25, 0, 10**9, 0, 0, 0, 0, 0, 65_535, 65_535)
    form = struct.pack("<IiiHH6I", 40, 65_535, 65_535, 1, 24, 0x47504A4D, 0, 0, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return kind + struct.pack("<I", len(data)) + data

    streams = (
        b"LIST"
        + struct.pack("<I", 4 + 16 + len(head) + len(form))
        + b"strl"
        + chunk(b"strh", head)
        + chunk(b"strf", form)
    )
    header = b"hdrl" + chunk(b"avih", main) + streams
    movie = b"movi" + chunk(b"00dc", b"\xff\xd8\xff" + bytes(1000))
    body = b"AVI " + chunk(b"LIST", header) + chunk(b"LIST", movie)
    path.write_bytes(chunk(b"RIFF", body))


@bomb("sectors.doc")
def _(path: Path) -> None:
    """An OLE file whose table of sectors names itself without end."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 62, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<9I", 0, 1, 0, 0, 4096, 0, 1, 0, 0xFFFFFF)
    path.write_bytes(
        (head + struct.pack("<109I", *[0] * 109))[:512].ljust(512, b"\0") + struct.pack("<128I", *[0] * 128) * 20
    )
