"""Damaged files and those who must survive them: seeds, ways to damage them, and what each reader may answer.

A reader answers with a value or with an error of the tree in `mmi_cli.errors`, within a time; anything else is a fault.
"""

# ruff: noqa: E501 - seeds are shown as they are
from __future__ import annotations

import io
import random
import time
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mmi_cli.datamodel.source import SourceFile
from mmi_cli.detect import detect_file
from mmi_cli.engines.bundle import EngineBundle
from mmi_cli.errors import FileError, MmiError
from mmi_cli.pipeline import Pipeline
from mmi_cli.schema_file.loading import read_schema_text
from mmi_cli.settings import Settings
from mmi_cli.settings_sources import load_settings
from mmi_cli.storage.addresses import open_source
from mmi_cli.storage.archive import extract_member, list_members

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 10.0
"""Processor time that a file of at most a few hundred kilobytes may take; most take milliseconds."""
LARGEST_BYTES = 300_000
_NATIVE = frozenset(("pdf", "audio", "video", "legacy-office"))
"""Read by native libraries and programs, whose death is the business of the run and not of the reader."""
_SETTINGS = Settings.model_validate(
    {
        "ocr": "none", "speech": "none", "embedding": "none", "image_tags": "none", "language_model": "none", "max_image_pixels": 4_000_000,
        "max_text_chars": 5_000_000, "max_cells": 300_000, "max_unpacked_bytes": 50_000_000,
    }
)  # fmt: skip


class Fault(Exception):
    """A reader that raised what it must not, or took too long."""


@cache
def _pipeline() -> Pipeline:
    return Pipeline(
        source=open_source((str(ROOT / "sample_data"),)),
        schemas=(),
        settings=_SETTINGS,
        engines=EngineBundle(_SETTINGS),
    )


def detect(path: Path, name: str) -> None:
    found = detect_file(path, name=name, settings=_SETTINGS)
    if found.media_type.count("/") != 1 or not found.reason:
        raise Fault(f"an odd verdict: {found}")


def read(path: Path, name: str) -> None:
    found = detect_file(path, name=name, settings=_SETTINGS)
    if found.format in (None, "archive", *_NATIVE):
        return
    content = _pipeline().reader.read(path, found, name=name)
    for word in content.words:
        if content.text[word.offset : word.offset + len(word.text)] != word.text:
            raise Fault(f"a word that does not stand in the text: {word}")


def unpack(path: Path, name: str) -> None:
    listed = SourceFile(uri=path.as_uri(), path=name, size_bytes=path.stat().st_size)
    for member in list_members(path, listed, _SETTINGS)[:20]:
        if ".." in member.path.split("!", 1)[1].split("/"):
            raise Fault(f"a way out: {member.path}")
        try:
            extract_member(path, member.members[-1], path.with_name("member"), _SETTINGS)
        except FileError:
            continue


def read_schema(path: Path, name: str) -> None:
    read_schema_text(path.read_bytes().decode("utf-8", "replace"), name=name)


def read_settings(path: Path, name: str) -> None:
    del name
    load_settings({}, {}, config=path)


TARGETS: dict[str, Callable[[Path, str], None]] = {
    "detect": detect, "read": read, "unpack": unpack, "schema": read_schema, "settings": read_settings,
}  # fmt: skip


def survive(target: str, data: bytes, name: str, folder: Path) -> str:
    """Gives the bytes to a reader; the name of the error it answered with, or "".

    Raises:
        Fault: it raised anything else, or took too long.
    """
    path = folder / "damaged"
    path.write_bytes(data)
    began = time.process_time()
    try:
        TARGETS[target](path, name)
        answer = ""
    except MmiError as error:
        answer = type(error).__name__
    except (Fault, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise Fault(f"{target} of {name}: {type(error).__name__}: {str(error)[:300]}") from error
    if (seconds := time.process_time() - began) > SECONDS:
        raise Fault(f"{target} of {name} took {seconds:.1f} s for {len(data):,} bytes ({answer or 'no error'})")
    return answer


@dataclass(frozen=True)
class Seed:
    name: str
    data: bytes


SCHEMA = (
    (ROOT / "configs" / "schemas" / "invoice.yaml").read_bytes()
    + b"""
checks:
  - {expression: 'abs(total - 1) <= 0.02', message: m}
definitions: {A: {type: string}}
"""
)
SETTINGS = b"jobs: 3\nmax_depth: 2\npasswords: [a, b]\nocr: rapidocr\ntimeout_s: 3.5\nmodels_dir: /tmp\n"


def own_seeds() -> dict[str, list[Seed]]:
    """Seeds of each reader that lie in the project or are made here."""
    from tests.support import bombs

    small: list[Seed] = [
        Seed("a.srt", b"1\n00:00:01,000 --> 00:00:02,500 X1:3\n<i>Hello</i> {\\an8}there\n\n2\n00:00:03.0 --> 00:00:04\nTwo\n"),
        Seed("a.vtt", b"WEBVTT - t\nX-A: b\n\nSTYLE\n::cue{}\n\nNOTE x\n\nid\n00:01.000 --> 00:02.000 align:start\n<v Roger><c.a>Hi</c> &amp;\n"),
        Seed("a.eml", (ROOT / "sample_data" / "email" / "order.eml").read_bytes()),
        Seed("b.eml", b"From: =?utf-8?b?w7w=?= <a@b.c>\nTo: x\nDate: Mon, 1 Jan 2026 10:00:00 +0100\nMIME-Version: 1.0\n"
             b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html; charset=utf-16\nContent-Transfer-Encoding: base64\n\n"
             b"PGI+YTwvYj4=\n--b\nContent-Type: message/rfc822\n\nSubject: in\n\ny\n--b\nContent-Type: application/zip; name=\"z.zip\"\n"
             b"Content-Transfer-Encoding: base64\n\nUEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==\n--b--\n"),
        Seed("a.rtf", b"{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}\\f0 Total: \\'e4\\u228 ? 1.00\\par {\\b x}\\trowd\\cellx100 a\\cell b\\cell\\row"
             b"{\\*\\bkmkstart a}{\\field{\\*\\fldinst HYPERLINK \"x\"}{\\fldrslt y}}\\bin3 abc {\\pict\\pngblip 89504e47}}"),
        Seed("a.xml", b"<?xml version='1.0' encoding='utf-8'?><a xmlns:x='y'><x:b c='d'>Total &lt; <![CDATA[1]]><!-- z --></x:b><?pi x?></a>"),
        Seed("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' width='9'><text x='1'>Total</text></svg>"),
        Seed("a.html", b"<!doctype html><html lang=en><head><title>t</title><meta charset=utf-8></head><body><h1>a</h1><table><tr><td rowspan=2 colspan=3>"
             b"x</td></tr></table><ul><li>b<ol><li>c</ol></ul><p style='display:none'>d<pre>e</pre></body></html>"),
        Seed("a.json", b'{"a": [1, 2.5e3, null, true, "x\\u00e4\\ud800"], "b": {"c": []}}'),
        Seed("a.jsonl", b'{"a": 1}\n{"a": 2}\n'),
        Seed("a.md", b"# a\n\n- b\n  1. c\n\n|x|y|\n|-|-|\n|1|2|\n\n> q `c` **b** [l](u) ![i](j)\n\n```py\nx\n```\n"),
        Seed("a.csv", b'a;b;"c ""x"""\n1,5;2;3\n"x\ny";;\n'),
        Seed("a.txt", "Rechnung Nr. 5\nSumme: 1.234,56 €\n".encode("utf-16")),
        Seed("subscriptions.csv", (ROOT / "sample_data" / "spreadsheet" / "subscriptions.csv").read_bytes()),
        Seed("expenses.xlsx", (ROOT / "sample_data" / "spreadsheet" / "expenses.xlsx").read_bytes()),
        Seed("chart.png", (ROOT / "sample_data" / "chart" / "chart.png").read_bytes()),
    ]  # fmt: skip
    made = io.BytesIO()
    bombs.zipped({"a.txt": "Total 1.00\n" * 9, "b/c.txt": "x"}, made)
    stored = io.BytesIO()
    bombs.zipped({"a.txt": "Total 1.00\n" * 9, "b.zip": made.getvalue()}, stored, zipfile.ZIP_STORED)
    packed = [Seed("a.zip", made.getvalue()), Seed("b.zip", stored.getvalue()), *_packed()]
    media = [Seed("call.mp3", (ROOT / "sample_data" / "call" / "call.mp3").read_bytes()[:LARGEST_BYTES]), _boxes()]
    return {
        "detect": [*small, *packed, *media],
        "read": [*small, *_documents()],
        "unpack": packed,
        "schema": [
            Seed("s.yaml", SCHEMA),
            Seed("invoice.yaml", (ROOT / "configs" / "schemas" / "receipt.yaml").read_bytes()),
        ],
        "settings": [Seed("mmi.yaml", SETTINGS)],
    }


def _boxes() -> Seed:
    from tests.support.bombs import _box

    handler = _box(b"mdia", _box(b"hdlr", bytes(8), b"vide", bytes(13)))
    return Seed(
        "a.mp4",
        _box(b"ftyp", b"isom\0\0\0\0isommp42") + _box(b"moov", _box(b"trak", handler)) + _box(b"mdat", b"x" * 99),
    )


def _packed() -> list[Seed]:
    import bz2
    import gzip
    import lzma
    import tarfile

    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name in ("a.txt", "b/c.txt"):
            info = tarfile.TarInfo(name)
            info.size = 9
            tar.addfile(info, io.BytesIO(b"Total 1.0"))
    tar_bytes = stream.getvalue()
    return [
        Seed("a.tar", tar_bytes), Seed("a.tgz", gzip.compress(tar_bytes)), Seed("a.tar.xz", lzma.compress(tar_bytes)),
        Seed("a.txt.bz2", bz2.compress(b"Total 1.0")), Seed("a.txt.gz", gzip.compress(b"Total 1.0")),
    ]  # fmt: skip


def _documents() -> list[Seed]:
    """Small Office files of each kind."""
    import tempfile

    from tests.support import bombs

    made = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made"
        for name, make in (
            ("a.docx", lambda: bombs.docx(path, "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Total 1.00</w:t></w:r></w:p></w:tc></w:tr></w:tbl>")),
            ("a.xlsx", lambda: bombs.xlsx(path, '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>', strings="<si><t>a</t></si>")),
            ("a.odt", lambda: bombs.odf(path, "text", "<text:list><text:list-item><text:p>a<text:s/></text:p></text:list-item></text:list>")),
            ("a.ods", lambda: bombs.odf(path, "spreadsheet", "<table:table><table:table-row><table:table-cell/></table:table-row></table:table>")),
            ("a.epub", lambda: bombs.epub(path, "<html><body><p>Total 1.00</p></body></html>")),
        ):  # fmt: skip
            make()
            made.append(Seed(name, path.read_bytes()))
    return made


def seeds_from(folder: Path) -> list[Seed]:
    """Real files of a folder that are small enough."""
    return [
        Seed(path.name, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and 0 < path.stat().st_size <= LARGEST_BYTES
    ]


_MAGIC_NUMBERS = tuple(
    number.to_bytes(size, order, signed=number < 0)  # type: ignore[arg-type]
    for size, numbers in ((1, (0, 127, -1)), (2, (0, 32_767, -1)), (4, (0, 2**31 - 1, -1, 2**30)), (8, (2**63 - 1, -1)))
    for number in numbers
    for order in ("little", "big")
)
_WORDS = (
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"\xff\xfe", b"\0", b"\r", b"{", b"}", b"[" * 500, b"{\\*" * 200, b"<a>" * 300, b"-->", b"\\u-1 ?",
    b"\\bin99999999 ", b"=?utf-8?q?", b"\nContent-Type: multipart/mixed; boundary=\"\"\n\n", b"99999999999999999999", b"-1", b"NaN", b"1e999",
    b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x80\xa8", b"*a", b"&a ", b"!!python/object:os.system", b"? ", b": ", b"- " * 300, b"\t",
)  # fmt: skip


def damaged(data: bytes, others: Iterable[bytes], chance: random.Random) -> bytes:
    """A few of: flip, cut, splice, repeat, insert, overwrite with numbers that are edges."""
    out = bytearray(data)
    others = list(others)
    for _ in range(chance.choice((1, 1, 2, 3, 6, 12))):
        at = chance.randrange(len(out) + 1)
        length = min(len(out) - at, chance.choice((1, 2, 4, 16, 100, 1000)))
        match chance.randrange(8):
            case 0 if out and at < len(out):
                out[at] ^= 1 << chance.randrange(8)
            case 1:
                del out[at : at + length]
            case 2:
                del out[at:]
            case 3:
                out[at:at] = out[at : at + length] * chance.choice((1, 2, 10, 200))
            case 4 if others:
                other = chance.choice(others)
                first = chance.randrange(len(other) + 1)
                out[at : at + length] = other[first : first + chance.choice((4, 64, 4096))]
            case 5:
                number = chance.choice(_MAGIC_NUMBERS)
                out[at : at + len(number)] = number
            case 6:
                out[at:at] = chance.choice(_WORDS)
            case _:
                out[at : at + length] = chance.randbytes(length)
        if len(out) > LARGEST_BYTES:
            del out[LARGEST_BYTES:]
    return bytes(out)


def damaged_inside(data: bytes, others: Iterable[bytes], chance: random.Random) -> bytes:
    """A zip whose parts are damaged one by one and packed again, so that what reads them is reached."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {info.filename: archive.read(info) for info in archive.infolist()[:200]}
    except Exception:
        return damaged(data, others, chance)
    if not parts:
        return data
    for name in chance.choices(list(parts), k=chance.choice((1, 1, 2, 4))):
        parts[name] = damaged(parts[name], parts.values(), chance)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return made.getvalue()


def any_damage(seed: Seed, others: list[bytes], chance: random.Random) -> bytes:
    """One damaged file made of a seed."""
    if seed.data.startswith(b"PK\x03\x04") and chance.random() < 0.7:
        return damaged_inside(seed.data, others, chance)
    return damaged(seed.data, others, chance)
