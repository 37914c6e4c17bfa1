"""Kinds of text: by their form first, by their name only where forms are alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmi_cli.datamodel.detection import Detection
from mmi_cli.detect import detect_file
from mmi_cli.settings import Settings

HTML = "<!DOCTYPE html>\n<html><body><p>Hi</p></body></html>"
MAIL = "Received: from a by b\n\twith x\nFrom: a@b.c\nTo: d@e.f\nSubject: Hi\n\nHello"
SRT = "1\n00:00:01,000 --> 00:00:02,000\nHi\n"
CSV = "name,amount,date\npen,1.00,2024-01-01\nink,2.00,2024-01-02\npad,3.00,2024-01-03\n"


def detect(text: str | bytes, tmp_path: Path, name: str = "file") -> Detection:
    path = tmp_path / "file"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return detect_file(path, name=name, settings=Settings())


@pytest.mark.parametrize(
    ("text", "format_", "media_type"),
    [
        (HTML, "html", "text/html"),
        ("\ufeff  <!-- hi -->\n<HTML><head>", "html", "text/html"),
        ("<table><tr><td>1</td></tr></table>", "html", "text/html"),
        ('<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x">\n<html xmlns="http://www.w3.org/1999/xhtml">', "html", "text/html"),
        ('<?xml version="1.0"?>\n<table><row/></table>', "xml", "application/xml"),
        ("<order id='1'><line/></order>", "xml", "application/xml"),
        ('<?xml version="1.0"?><!-- x --><svg xmlns="x"/>', "xml", "image/svg+xml"),
        ("<svg width='1'></svg>", "xml", "image/svg+xml"),
        (MAIL, "eml", "message/rfc822"),
        ("From a@b.c Mon Jan 1 00:00:00 2024\n" + MAIL, "eml", "message/rfc822"),
        (MAIL.replace("\n", "\r\n"), "eml", "message/rfc822"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nHi", "subtitles", "text/vtt"),
        ("\ufeffWEBVTT - a title\n", "subtitles", "text/vtt"),
        ("```WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n```\n", "subtitles", "text/vtt"),
        ("\n```vtt\nWEBVTT\n\n00:01.000 --> 00:02.000\nHi```", "subtitles", "text/vtt"),
        ("~~~\n1\n00:00:01,000 --> 00:00:02,000\nHi\n~~~\n\n", "subtitles", "application/x-subrip"),
        ("```WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n```\n\nThis is what was said.\n", "text", "text/plain"),
        ("```python\nprint('WEBVTT')\n```\n", "text", "text/plain"),
        (SRT, "subtitles", "application/x-subrip"),
        ("\n\n" + SRT.replace("\n", "\r\n"), "subtitles", "application/x-subrip"),
        ('{"a": [1, 2]}', "json", "application/json"),
        ('[{"a": 1}]', "json", "application/json"),
        ('{"a": 1}\n{"a": 2}\n', "json", "application/x-ndjson"),
        ('{"a": "' + "x" * 100_000 + '"}', "json", "application/json"),
        (CSV, "csv", "text/csv"),
        (CSV.replace(",", ";"), "csv", "text/csv"),
        (CSV.replace(",", "\t"), "csv", "text/tab-separated-values"),
        ("Dear Sir,\n\nthank you.\n", "text", "text/plain"),
        ("{not json at all}", "text", "text/plain"),
        ("Note: this\nis: no mail", "text", "text/plain"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["file.txt", "file"])
def test_by_form(text: str, format_: str, media_type: str, name: str, tmp_path: Path) -> None:
    found = detect(text, tmp_path, name)
    assert (found.format, found.media_type) == (format_, media_type), found.reason
    assert found.modality == ("audio" if format_ == "subtitles" else "document")


@pytest.mark.parametrize(
    ("name", "format_"),
    [("a.md", "markdown"), ("a.MD", "markdown"), ("a.csv", "csv"), ("a.tsv", "csv"), ("a.txt", "text"), ("a.pdf", "text")],
)  # fmt: skip
def test_a_name_decides_only_between_texts_that_look_alike(name: str, format_: str, tmp_path: Path) -> None:
    assert detect("one plain line\nand another one of words\n", tmp_path, name).format == format_


@pytest.mark.parametrize(("text", "format_"), [(HTML, "html"), (MAIL, "eml"), (SRT, "subtitles"), ('{"a": 1}', "json")])
@pytest.mark.parametrize("name", ["a.csv", "a.md", "a.jpg"])
def test_a_form_goes_before_a_name(text: str, format_: str, name: str, tmp_path: Path) -> None:
    assert detect(text, tmp_path, name).format == format_


@pytest.mark.parametrize("name", ["a.json", "a.html", "a.vtt", "a.eml"])
def test_a_name_that_the_text_contradicts_is_not_believed(name: str, tmp_path: Path) -> None:
    assert detect("just some words without any form\nand more of them here\n", tmp_path, name).format == "text"


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"), ("utf-32", "utf-32"), ("cp1252", None), ("iso8859_2", None), ("cp437", None),
    ],
)  # fmt: skip
def test_encodings(encoding: str, told: str | None, tmp_path: Path) -> None:
    text = "Rechnung über größere Mengen für die Straße nach Köln. Schöne Grüße! " * 4
    found = detect(text.encode(encoding), tmp_path, "a.txt")
    assert (found.format, found.encoding) == ("text", told)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("これは日本語の請求書です。番号は一二三です。よろしくお願いいたします。", "cp932"), ("これは日本語の請求書です。", "iso2022_jp"),
        ("这是一张发票，号码是一二三。谢谢您的合作。", "gb18030"), ("這是一張發票號碼是一二三謝謝您的合作", "big5"),
        ("안녕하세요 이것은 청구서입니다 번호는 하나둘셋입니다", "euc_kr"), ("Привет, это счёт на оплату номер сто", "cp866"),
        ("Привет, это счёт на оплату номер сто", "koi8_r"), ("Αυτό είναι ένα τιμολόγιο με αριθμό", "cp1253"),
        ("هذه فاتورة رقم مائة وعشرين", "cp1256"),
    ],
)  # fmt: skip
def test_alphabets_of_the_world(text: str, encoding: str, tmp_path: Path) -> None:
    assert detect((text * 6).encode(encoding), tmp_path, "a.txt").format == "text"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
@pytest.mark.parametrize(("text", "format_"), [(HTML, "html"), (MAIL, "eml"), ('{"a": 1}', "json"), (CSV, "csv")])
def test_forms_in_wide_encodings(encoding: str, text: str, format_: str, tmp_path: Path) -> None:
    assert detect(text.encode(encoding), tmp_path).format == format_


def test_a_text_that_is_cut_in_a_character_is_a_text(tmp_path: Path) -> None:
    text = ("ä" * 40_000).encode()
    assert detect(b"x" + text, tmp_path, "a.txt").encoding == "utf-8"


def test_white_space_is_a_text_without_words(tmp_path: Path) -> None:
    assert detect(" \n\t\n", tmp_path).format == "text"
