"""Outlook messages, built stream by stream."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from mmi_cli.datamodel.content import Content, ParagraphPlace
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.errors import CorruptFile, LimitExceeded
from mmi_cli.extract.outlook import extract
from mmi_cli.extract.rtf_compressed import decompress_rtf
from mmi_cli.settings import Settings
from tests.support.ole_files import Tree, properties, write_ole
from tests.support.reading import a_context

SUBJECT, BODY, HTML, RTF, HEADERS = 0x0037, 0x1000, 0x1013, 0x1009, 0x007D
SENDER_NAME, SENDER_ADDRESS, NAME, ADDRESS, KIND = 0x0C1A, 0x5D01, 0x3001, 0x39FE, 0x0C15
FILE_NAME, FILE_DATA = 0x3707, 0x3701


def read_part(name: str, data: bytes) -> Content:
    builder = ContentBuilder()
    builder.add_text_block("paragraph", f"[{name}] {data.decode()}", ParagraphPlace(1))
    return builder.build()


def read(path: Path, **settings: object) -> Content:
    return extract(path, a_context(name=path.name, read_part=read_part, **settings))


def a_message(values: dict[int, str | bytes | int], *, inner: bool = False) -> Tree:
    tree = properties(24 if inner else 32, {SENDER_NAME: "Ann Gray", SENDER_ADDRESS: "ann@example.com", **values})
    tree["__recip_version1.0_#00000000"] = properties(8, {NAME: "Bob", ADDRESS: "bob@example.com", KIND: 1})
    tree["__recip_version1.0_#00000001"] = properties(8, {NAME: "cy@example.com", ADDRESS: "cy@example.com", KIND: 2})
    return tree


def test_headers_body_and_attachments_are_read(tmp_path: Path) -> None:
    tree = a_message({SUBJECT: "Größe", BODY: "First\r\n\r\nSecond " + "word " * 1500})
    tree["__attach_version1.0_#00000000"] = properties(8, {FILE_NAME: "costs.csv", FILE_DATA: b"a,b"})
    content = read(write_ole(tmp_path / "a.msg", tree))
    assert content.text.startswith(
        "From: Ann Gray <ann@example.com>\nTo: Bob <bob@example.com>\nCc: cy@example.com\nSubject: Größe\n"
        "Attachments: costs.csv\n\nFirst\n\nSecond word"
    )
    assert content.text.endswith("[costs.csv] a,b")
    assert [part.name for part in content.parts] == ["costs.csv"]


def test_transport_headers_go_before_properties(tmp_path: Path) -> None:
    headers = (
        "From: Real <real@example.com>\r\nDate: Tue, 3 Mar 2026 10:00:00 +0100\r\nSubject: =?utf-8?q?S=C3=A9?=\r\n"
    )
    text = read(write_ole(tmp_path / "a.msg", a_message({SUBJECT: "other", BODY: "x", HEADERS: headers}))).text
    assert "From: Real <real@example.com>" in text
    assert "Subject: Sé" in text
    assert "Date: Tue, 3 Mar 2026 10:00:00 +0100" in text


def test_html_and_rtf_bodies_are_read_where_there_is_no_plain_one(tmp_path: Path) -> None:
    html = read(write_ole(tmp_path / "a.msg", a_message({HTML: b"<p>from <b>html</b></p>"})))
    assert html.text.endswith("from html")
    source = rb"{\rtf1\ansi from rtf\par}"
    packed = struct.pack("<II4sI", len(source) + 12, len(source), b"MELA", 0) + source
    assert read(write_ole(tmp_path / "b.msg", a_message({RTF: packed}))).text.endswith("from rtf")


def test_a_message_inside_is_a_part_to_the_limit_of_depth(tmp_path: Path) -> None:
    inner: Tree = a_message({SUBJECT: "Inner", BODY: "deep inside"}, inner=True)
    tree = a_message({SUBJECT: "Outer", BODY: "outside"})
    tree["__attach_version1.0_#00000000"] = {**properties(8, {NAME: "Inner", 0x3705: 5}), "__substg1.0_3701000D": inner}
    path = write_ole(tmp_path / "a.msg", tree)
    content = read(path)
    assert content.text.endswith("Subject: Inner\n\ndeep inside")
    assert [part.name for part in content.parts] == ["Inner.msg"]
    stopped = read(path, max_depth=0)
    assert "deep inside" not in stopped.text
    assert [notice.code for notice in stopped.warnings] == ["limit_exceeded"]


@pytest.mark.parametrize("keep", [0, 8, 300, 600, 1500])
def test_cut_off_messages_are_corrupt(tmp_path: Path, keep: int) -> None:
    path = write_ole(tmp_path / "a.msg", a_message({SUBJECT: "x", BODY: "y " * 3000}))
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(CorruptFile):
        read(path)


def test_compressed_rtf_is_unpacked() -> None:
    # the example of MS-OXRTFCP 4.1.1
    data = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert decompress_rtf(data, Settings()) == "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


def test_compressed_rtf_keeps_the_limit() -> None:
    with pytest.raises(LimitExceeded, match="max_text_chars = 10"):
        decompress_rtf(struct.pack("<II4sI", 99, 4_000_000_000, b"LZFu", 0), Settings(max_text_chars=10))
