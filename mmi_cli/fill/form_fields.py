"""Values of the filled fields of a form whose own names say what they hold."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..datamodel.content import Block
from ..datamodel.schema import Field
from .proposals import Proposal, proposal_of_span
from .reading import Reading

_PART = 0.7
"""What a name is worth that holds the field's words among others."""
_MAX_MORE = 3
_EMPTY = re.compile(r"(?:☐|\[ \]) *(?=\S)")
_TICKED = re.compile(r"(?:☒|☑|\[[xX]\]) *(?=\S)")


def by_form_fields(reading: Reading, field: Field, labels: Sequence[tuple[str, float]]) -> list[Proposal]:
    """What stands in form fields named like the field, best first; an empty option of a choice says nothing.

    Args:
        labels: (phrase, strength) of every way to name the field.
    """
    content = reading.content
    found = []
    for block in content.blocks:
        strength = (
            _names(block, labels) if block.kind == "form_field" and block.label and block.first < block.last else 0.0
        )
        if not strength:
            continue
        last = content.words[block.last - 1]
        start, end = content.words[block.first].offset, last.offset + len(last.text)
        if field.type != "boolean":
            if _EMPTY.match(content.text, start, end):
                continue
            ticked = _TICKED.match(content.text, start, end)
            start = ticked.end() if ticked else start
        proposal = proposal_of_span(reading, field, start, end, "label", strength=strength)
        if proposal is not None:
            found.append(proposal)
    return sorted(found, key=lambda each: (-each.strength, each.start))


def _names(block: Block, labels: Sequence[tuple[str, float]]) -> float:
    """How well the name of a form field names a field of the schema, in [0, 1]: `form1[0].Page1[0].invoiceDate[0]`."""
    own = re.sub(r"\[\d+\]", "", block.label or "").rsplit(".", 1)[-1]
    words = re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", own).casefold())
    best = 0.0
    for phrase, strength in labels:
        wanted = re.findall(r"[^\W\d_]+", phrase.casefold())
        if not wanted:
            continue
        if words == wanted:
            best = max(best, strength)
        elif len(words) <= len(wanted) + _MAX_MORE and f" {' '.join(wanted)} " in f" {' '.join(words)} ":
            best = max(best, _PART * strength * len(wanted) / len(words))
    return best
