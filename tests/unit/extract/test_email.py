"""E-mail: headers that can be grounded, the body a reader sees, files as parts."""

from __future__ import annotations

import email.message
import email.policy
from pathlib import Path

import pytest

from mmi_cli.datamodel.content import Content, ParagraphPlace
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.extract.email import extract
from tests.support.reading import a_context


def echo_part(name: str, data: bytes) -> Content:
    """A reader of parts that answers with what it was given."""
    builder = ContentBuilder()
    builder.add_text_block("paragraph", f"[{name}] {data[:40].decode('utf-8', 'replace')}", ParagraphPlace(1))
    return builder.build()


def read(tmp_path: Path, data: bytes) -> Content:
    path = tmp_path / "mail.eml"
    path.write_bytes(data)
    return extract(path, a_context(read_part=echo_part))


def a_message(**headers: str) -> email.message.EmailMessage:
    message = email.message.EmailMessage()
    message["From"] = "Ann Gray <ann@example.com>"
    message["To"] = "bob@example.com, Cy <cy@example.com>"
    for name, value in headers.items():
        message[name] = value
    return message


def test_headers_are_lines_of_the_text(tmp_path: Path) -> None:
    message = a_message(Subject="Rechnung für März", Date="Tue, 3 Mar 2026 10:00:00 +0100")
    message.set_content("Body")
    content = read(tmp_path, message.as_bytes())
    assert content.blocks[0].kind == "metadata"
    assert content.text == (
        "From: Ann Gray <ann@example.com>\nTo: bob@example.com, Cy <cy@example.com>\nSubject: Rechnung für März\n"
        "Date: Tue, 03 Mar 2026 10:00:00 +0100\n\nBody"
    )
    assert dict(content.metadata)["subject"] == "Rechnung für März"


def test_the_plain_body_goes_before_the_html_one_and_quotes_stay(tmp_path: Path) -> None:
    message = a_message()
    message.set_content("Plain body\n\n> quoted line\n")
    message.add_alternative("<p>HTML body</p>", subtype="html")
    text = read(tmp_path, message.as_bytes()).text
    assert text.endswith("Plain body\n\n> quoted line")
    assert "HTML" not in text


def test_html_is_read_where_there_is_no_plain_text(tmp_path: Path) -> None:
    message = a_message()
    message.set_content(" \n")
    message.add_alternative("<style>x</style><h1>Offer</h1><p>only here</p>", subtype="html")
    assert read(tmp_path, message.as_bytes()).text.endswith("Offer\n\nonly here")


def test_attachments_and_forwarded_messages_are_parts(tmp_path: Path) -> None:
    inner = a_message(Subject="Inner / one")
    inner.set_content("inside")
    message = a_message()
    message.set_content("See attached")
    message.add_attachment(b"a,b\n", maintype="text", subtype="csv", filename="../../etc/costs.csv")
    message.add_attachment(inner)
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf")
    content = read(tmp_path, message.as_bytes())
    assert [part.name for part in content.parts] == ["costs.csv", "Inner - one.eml", "attachment.pdf"]
    assert [part.media_type for part in content.parts] == ["text/csv", "message/rfc822", "application/pdf"]
    assert "Attachments: costs.csv, Inner - one.eml, attachment.pdf" in content.text
    assert "[costs.csv] a,b" in content.text
    assert content.part_at(content.text.index("a,b")) == content.parts[0]


def test_text_around_an_attachment_is_all_body(tmp_path: Path) -> None:
    data = (
        b"Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/plain\n\nabove\n--B\n"
        b"Content-Type: application/pdf; name=a.pdf\n\n%PDF\n--B\nContent-Type: text/plain\n\nbelow\n--B--\n"
    )
    assert read(tmp_path, data).text == "Attachments: a.pdf\n\nabove\n\nbelow\n\n[a.pdf] %PDF"


def test_a_file_beside_the_chosen_alternative_is_not_lost(tmp_path: Path) -> None:
    data = (
        b"Content-Type: multipart/alternative; boundary=B\n\n--B\nContent-Type: text/plain\n\nplain\n--B\n"
        b"Content-Type: multipart/mixed; boundary=C\n\n--C\nContent-Type: text/html\n\n<p>html</p>\n--C\n"
        b"Content-Type: application/pdf; name=a.pdf\n\n%PDF\n--C--\n--B--\n"
    )
    text = read(tmp_path, data).text
    assert "[a.pdf] %PDF" in text
    assert "html" not in text


def test_encodings_and_broken_ones_survive(tmp_path: Path) -> None:
    data = (
        b"Subject: =?utf-8?q?Gr=C3=B6=C3=9Fe?= =?iso-8859-1?b?4vLZ?= =?nonsense?q?x?=\nFrom: J\xfcrgen <j@example.com>\n"
        b"Content-Type: text/plain; charset=no-such-thing\nContent-Transfer-Encoding: quoted-printable\n\n"
        b"Caf=C3=A9 =ZZ und mehr=\n Text\n"
    )
    text = read(tmp_path, data).text
    assert "Subject: GrößeâòÙ" in text
    assert "From: Jürgen <j@example.com>" in text
    assert "Café" in text
    assert "mehr Text" in text


def test_broken_base64_gives_what_can_be_read(tmp_path: Path) -> None:
    data = b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nSGVsbG8gd29ybGQ"
    assert "Hello world" in read(tmp_path, data).text


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n\n",
        b"no headers at all\n",
        b"Content-Type: multipart/mixed\n\nno boundary",
        b"Content-Type: multipart/mixed; boundary=B\n\n--B\nunended",
        b"Content-Type: ;;;===\nContent-Disposition: attachment; filename*=utf-8''%ZZ%\n\nx",
        b"Content-Type: message/rfc822\n\n",
        b'Content-Type: text/plain; charset="\\"\n\nx',
        b"To: " + b"a@b.c, " * 5000 + b"\n\nx",
        b"\xff\xfe\x00\x00",
    ],
)
def test_malformed_messages_do_not_raise(tmp_path: Path, data: bytes) -> None:
    assert isinstance(read(tmp_path, data), Content)


def test_an_encrypted_part_is_told(tmp_path: Path) -> None:
    data = (
        b'Content-Type: multipart/encrypted; boundary=B; protocol="application/pgp-encrypted"\n\n--B\n'
        b"Content-Type: application/pgp-encrypted\n\nVersion: 1\n--B--\n"
    )
    assert [notice.code for notice in read(tmp_path, data).warnings] == ["encrypted"]


def test_utf16_files_are_read(tmp_path: Path) -> None:
    message = a_message(Subject="wide")
    message.set_content("Body")
    assert "Subject: wide" in read(tmp_path, message.as_string().encode("utf-16-le")).text
