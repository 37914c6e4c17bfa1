"""E-mail as sent (EML): headers, body, attachments; what is malformed is read as far as it goes."""

from __future__ import annotations

import codecs
import email.errors
import email.header
import email.message
import email.parser
import email.policy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..datamodel.content import Content
from .decoding import decode_text
from .flow_text import FlowWriter
from .html import decode_html
from .interface import ExtractContext
from .mail import add_body, add_file, add_headers, file_name

if TYPE_CHECKING:
    Message = email.message.Message[str, str]

SHOWN_HEADERS = ("From", "To", "Cc", "Bcc", "Reply-To", "Subject", "Date")
_SIGNATURES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
_ENCRYPTED = ("application/pgp-encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")
_ENCODED_WORD_GAP = re.compile(r"(\?=)\s+(=\?)")


def extract(path: Path, context: ExtractContext) -> Content:
    """Reads a message; attachments, inline pictures and forwarded messages are parts of it."""
    data = path.read_bytes()
    if b"\0" in data[:64]:  # UTF-16, which no mail server would have sent but some programs save
        data = decode_text(data)[0].encode("utf-8")
    message = email.parser.BytesParser(policy=email.policy.compat32).parsebytes(data.removeprefix(codecs.BOM_UTF8))
    flow = FlowWriter(context.settings)
    files = list(_files(message))
    headers = [(name, header_text(message, name)) for name in SHOWN_HEADERS]
    headers.append(("Attachments", ", ".join(_name(part) for part in files if _is_attachment(part))))
    add_headers(flow, headers)
    for part in _bodies(message):
        text = _text(part)
        html = part.get_content_subtype() == "html"
        add_body(flow, plain="" if html else text, html=text if html else "")
    for part in files:
        _add_part(flow, context, part)
    return flow.builder.build()


def header_text(message: Message, name: str) -> str:
    """All headers of that name, decoded (RFC 2047, raw UTF-8 or legacy bytes), joined by a comma."""
    values = [value for key, value in message.raw_items() if key.lower() == name.lower()]
    return ", ".join(_decode_header(str(value)) for value in values)


def _decode_header(value: str) -> str:
    raw = decode_text(value.encode("utf-8", "surrogateescape"))[0]
    raw = _ENCODED_WORD_GAP.sub(r"\1\2", raw.replace("\r", "").replace("\n", " "))
    try:
        chunks = email.header.decode_header(raw)
    except (email.errors.HeaderParseError, ValueError):
        return raw
    return "".join(
        # decode_header gives latin bytes of a str it was given when some of it is encoded
        decode_text(chunk, charset)[0]
        if charset
        else chunk.decode("raw-unicode-escape", "replace")
        if isinstance(chunk, bytes)
        else chunk
        for chunk, charset in chunks
    )


def _bodies(message: Message, *, wanted: bool = True) -> Iterator[Message]:
    """The text parts that make up the body, in order; of alternatives the plain one, or else the HTML one."""
    if message.get_content_type() == "multipart/alternative":
        texts = [part for part in _parts(message) if _is_body_text(part) and _text(part).strip()]
        plain = [part for part in texts if part.get_content_subtype() != "html"]
        if chosen := plain[:1] or texts[:1]:
            yield chosen[0]
            return
    if message.is_multipart() and message.get_content_maintype() == "multipart":
        for part in _parts(message):
            yield from _bodies(part)
    elif _is_body_text(message):
        yield message


def _files(message: Message) -> Iterator[Message]:
    """The parts that are files of their own: attachments, inline pictures, forwarded messages."""
    if message.is_multipart() and message.get_content_maintype() == "multipart":
        for part in _parts(message):
            yield from _files(part)
    elif not _is_body_text(message) and message.get_content_type() not in _SIGNATURES:
        yield message


def _parts(message: Message) -> list[Message]:
    payload = message.get_payload()
    return [part for part in payload if isinstance(part, email.message.Message)] if isinstance(payload, list) else []


def _is_attachment(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or not part.get("Content-ID")


def _is_body_text(part: Message) -> bool:
    return (
        part.get_content_type() in ("text/plain", "text/html", "text/enriched")
        and part.get_content_disposition() != "attachment"
        and not _declared_name(part)
    )


def _declared_name(part: Message) -> str:
    try:
        return _decode_header(part.get_filename() or "")
    except (ValueError, LookupError, TypeError):  # malformed RFC 2231 parameters
        return ""


def _name(part: Message) -> str:
    if part.get_content_type() == "message/rfc822" and not _declared_name(part):
        inner = _parts(part)
        return (header_text(inner[0], "Subject") if inner else "").replace("/", "-").strip() + ".eml"
    return file_name(_declared_name(part), part.get_content_type())


def _text(part: Message) -> str:
    """The text of a text part, whatever its transfer encoding and character set say."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else str(part.get_payload()).encode("utf-8", "surrogateescape")
    charset = part.get_content_charset()
    return decode_html(data, charset)[0] if part.get_content_subtype() == "html" else decode_text(data, charset)[0]


def _add_part(flow: FlowWriter, context: ExtractContext, part: Message) -> None:
    media_type = part.get_content_type()
    if media_type in _ENCRYPTED:
        flow.builder.add_warning("encrypted", f"{_name(part)}: an encrypted part of the message was not read")
        return
    if media_type == "message/delivery-status":
        for group in _parts(part):
            flow.add("key_value", "\n".join(f"{key}: {value}" for key, value in group.items()))
        return
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        data = payload
    else:
        try:
            data = b"\n".join(inner.as_bytes() for inner in _parts(part))
        except (
            ValueError,
            LookupError,
            TypeError,
            AttributeError,
        ) as error:  # headers the generator cannot write again
            flow.builder.add_warning("corrupt", f"{_name(part)}: the message inside cannot be taken out ({error})")
            return
    if data.strip():
        add_file(flow, context, name=_name(part), media_type=media_type, data=data)
