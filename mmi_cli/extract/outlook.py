"""Outlook messages (MSG): headers, body, attachments and forwarded messages."""

from __future__ import annotations

import email.parser
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..datamodel.content import Content
from ..errors import CorruptFile
from .decoding import decode_text
from .email import SHOWN_HEADERS, header_text
from .flow_text import FlowWriter
from .html import decode_html
from .interface import ExtractContext
from .mail import add_body, add_file, add_headers, file_name
from .rtf import add_rtf
from .rtf_compressed import decompress_rtf

if TYPE_CHECKING:
    from oxmsg.storage import Storage

# Where the properties begin in their stream: a message of its own, a message inside one, an attachment or recipient.
_ROOT_HEADER, _EMBEDDED_HEADER, _ITEM_HEADER = 32, 24, 8
_EMBEDDED_STREAM = "__substg1.0_3701000D"
_BODY_HTML_PROPERTY = 0x1013
_RECIPIENT_TYPES = {1: "To", 2: "Cc", 3: "Bcc"}


def extract(path: Path, context: ExtractContext) -> Content:
    """Reads a message.

    Raises:
        CorruptFile: not an Outlook message, or a damaged one.
    """
    import olefile
    from oxmsg.storage import Storage

    try:
        with olefile.OleFileIO(str(path)) as container:
            storage = Storage.from_ole(container)
        return _read(storage, _ROOT_HEADER, context, 0)
    except (OSError, KeyError, ValueError, IndexError, AttributeError, TypeError, RecursionError) as error:
        # A damaged container makes the parsers underneath raise any of these.
        raise CorruptFile(f"{context.name}: not a readable Outlook message: {type(error).__name__}: {error}") from None


def _read(storage: Storage, header_offset: int, context: ExtractContext, depth: int) -> Content:
    from oxmsg.domain import constants as c
    from oxmsg.properties import Properties

    properties = Properties(storage, properties_header_offset=header_offset)
    flow = FlowWriter(context.settings)
    attachments = list(_attachments(storage))
    names = ", ".join(name for name, *_ in attachments)
    add_headers(flow, [*_headers(storage, properties), ("Attachments", names)])
    plain = _text(properties, c.PID_BODY)
    if not plain.strip() and (html := _html(properties)).strip():
        add_body(flow, plain="", html=html)
    elif not plain.strip() and (packed := properties.binary_prop_value(c.PID_RTF_COMPRESSED)):
        add_rtf(flow, decompress_rtf(packed, context.settings))
    else:
        add_body(flow, plain=plain, html="")
    for name, media_type, data, inner in attachments:
        if inner is None:
            if data:
                add_file(flow, context, name=name, media_type=media_type, data=data)
        elif depth >= context.settings.max_depth:
            flow.builder.add_warning("limit_exceeded", f"{name}: not read: nested deeper than max_depth = {depth}")
        else:
            flow.builder.add_part(name, media_type, _read(inner, _EMBEDDED_HEADER, context, depth + 1))
    return flow.builder.build()


def _headers(storage: Storage, properties: Any) -> list[tuple[str, str]]:
    """The headers it came with; of a message never sent, what its properties say."""
    from oxmsg.domain import constants as c

    transported = _text(properties, c.PID_TRANSPORT_MESSAGE_HEADERS)
    message = email.parser.HeaderParser().parsestr(transported)
    found = {name: header_text(message, name) for name in SHOWN_HEADERS}
    recipients: dict[str, list[str]] = {}
    for kind, address in _recipients(storage):
        recipients.setdefault(kind, []).append(address)
    sender = _text(properties, c.PID_SENDER_NAME)
    address = _text(properties, c.PID_SENDER_SMTP_ADDRESS) or _text(properties, c.PID_SENDER_EMAIL_ADDRESS)
    sent = properties.date_prop_value(c.PID_CLIENT_SUBMIT_TIME)
    known = {
        "From": _mailbox(sender, address),
        "To": ", ".join(recipients.get("To", ())) or _text(properties, c.PID_DISPLAY_TO),
        "Cc": ", ".join(recipients.get("Cc", ())) or _text(properties, c.PID_DISPLAY_CC),
        "Bcc": ", ".join(recipients.get("Bcc", ())) or _text(properties, c.PID_DISPLAY_BCC),
        "Subject": _text(properties, c.PID_SUBJECT),
        "Date": sent.isoformat(sep=" ") if sent is not None else "",
    }
    return [(name, found[name] or known.get(name, "")) for name in SHOWN_HEADERS]


def _recipients(storage: Storage) -> Iterator[tuple[str, str]]:
    from oxmsg.domain import constants as c
    from oxmsg.properties import Properties

    for item in storage.iter_recipient_storages():
        properties = Properties(item, properties_header_offset=_ITEM_HEADER)
        kind = _RECIPIENT_TYPES.get((properties.int_prop_value(c.PID_RECIPIENT_TYPE) or 1) & 0xF, "To")
        address = _text(properties, c.PID_SMTP_ADDRESS) or _text(properties, c.PID_EMAIL_ADDRESS)
        yield kind, _mailbox(_text(properties, c.PID_DISPLAY_NAME), address)


def _attachments(storage: Storage) -> Iterator[tuple[str, str, bytes | None, Storage | None]]:
    """Name, media type and either the bytes or the message inside."""
    from oxmsg.domain import constants as c
    from oxmsg.properties import Properties

    for item in storage.iter_attachment_storages():
        properties = Properties(item, properties_header_offset=_ITEM_HEADER)
        name = _text(properties, c.PID_ATTACH_LONG_FILENAME) or _text(properties, c.PID_ATTACH_FILENAME)
        inner = next((inside for inside in item.storages if inside.name == _EMBEDDED_STREAM), None)
        if inner is not None and any(stream.name == "__properties_version1.0" for stream in inner.streams):
            title = name or _text(properties, c.PID_DISPLAY_NAME) or "message"
            yield f"{file_name(title, '')}.msg".replace(".msg.msg", ".msg"), "application/vnd.ms-outlook", None, inner
            continue
        media_type = _text(properties, c.PID_ATTACH_MIME_TAG) or "application/octet-stream"
        yield file_name(name, media_type), media_type, properties.binary_prop_value(c.PID_ATTACH_DATA_BINARY), None


def _html(properties: Any) -> str:
    from oxmsg.domain import constants as c

    if data := properties.binary_prop_value(_BODY_HTML_PROPERTY):
        return decode_html(data, properties.body_encoding)[0]
    return _text(properties, c.PID_BODY_HTML)


def _text(properties: Any, identifier: int) -> str:
    """A string property; bytes that do not fit their declared code page are decoded by what they look like."""
    try:
        return (properties.str_prop_value(identifier) or "").rstrip("\0")
    except (UnicodeDecodeError, LookupError):
        prop = properties._get_property(identifier, 0x001E)
        return decode_text(prop._storage.property_stream_bytes(identifier, 0x001E))[0] if prop is not None else ""
    except KeyError:  # the property is listed and its stream is missing
        return ""


def _mailbox(name: str, address: str) -> str:
    if name and address and name != address:
        return f"{name} <{address}>"
    return address or name
