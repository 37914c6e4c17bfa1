"""The recipients of an e-mail, each by itself, from the lines at its head."""

from __future__ import annotations

import re

from ..datamodel.schema import Field
from .proposals import Proposal, proposal_of_span
from .reading import Reading

_HEADERS = 15
"""Lines at the head of a message that its headers may take."""
_ASKED = re.compile(
    r"\b(?:recipients?|addressees?|to|cc|carbon cop(?:y|ies)|empfänger|destinataires?|destinatarios?)\b", re.IGNORECASE
)
_COPIES = re.compile(r"\b(?:cc|carbon cop(?:y|ies))\b", re.IGNORECASE)
_MAIN = re.compile(r"\b(?:recipients?|addressees?|to|empfänger|destinataires?|destinatarios?)\b", re.IGNORECASE)
_FROM = re.compile(r"^from\s*:\s*\S", re.IGNORECASE)
_LINE = re.compile(r"^(to|cc)\s*:\s*", re.IGNORECASE)
_ADDRESS = re.compile(
    r'(?:"[^"<>]{0,200}"|[^,;<>@"\s][^,;<>@"]{0,200})?\s*<[^<>\s]{3,320}>|[^\s,;<>"]{1,64}@[^\s,;<>"]{1,255}'
)
_STRENGTH = 0.95
_MOST = 200


def find_addressees(reading: Reading, field: Field) -> list[Proposal]:
    """Whom a message went to, in the order of its head, for a list that asks for recipients; empty where the file is no message."""
    inner = field.items
    if inner is None or inner.type != "string" or inner.kind != "extracted":
        return []
    asked = " ".join((field.name.replace("_", " "), *field.aliases, *inner.aliases))
    if not _ASKED.search(asked):
        return []
    attached = min((part.start for part in reading.content.parts), default=len(reading.content.text))
    head = [line for line in reading.lines[:_HEADERS] if line.start < attached]
    if not any(_FROM.match(line.text) for line in head):
        return []
    found: list[Proposal] = []
    for line in head:
        header = _LINE.match(line.text)
        wanted = _COPIES if header and header[1].lower() == "cc" else _MAIN
        if header is None or not wanted.search(asked):
            continue
        for match in _ADDRESS.finditer(reading.content.text, line.start + header.end(), line.end):
            proposal = proposal_of_span(reading, inner, *match.span(), "clause", strength=_STRENGTH)
            if proposal is not None and len(found) < _MOST:
                found.append(proposal)
    return found
