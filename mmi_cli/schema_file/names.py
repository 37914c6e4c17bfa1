"""Names of fields in other formats → names of ours, with the old name kept as a word that labels the field."""

from __future__ import annotations

import re

from .located import Mapping, Sequence

_LONGEST = 100


def field_name(text: str) -> str:
    """Letters, digits, `_` and `-`, a letter or `_` first; `field` for a text that has none of them."""
    name = re.sub(r"[^\w-]+", "_", text.strip()).strip("_")[:_LONGEST] or "field"
    return name if re.match(r"[^\W\d]", name) else f"_{name}"[:_LONGEST]


def schema_name(text: str) -> str:
    """The same for a schema."""
    name = re.sub(r"[^\w-]+", "-", text.strip()).strip("-_")[:_LONGEST] or "schema"
    return name if re.match(r"[^\W\d_]", name) else f"schema-{name}"[:_LONGEST]


def add_field(fields: Mapping, given: str, field: Mapping, line: int) -> None:
    """Puts a field under a name that can be one; where it had to change, the field is labelled by what it was called."""
    name = stem = field_name(given)
    number = 2
    while name in fields:
        name, number = f"{stem[: _LONGEST - 4]}_{number}", number + 1
    if name != given and field.get("kind", "extracted") == "extracted" and "$ref" not in field:
        aliases = field.get("aliases")
        label = Sequence()
        label.extend([*(aliases if isinstance(aliases, list) else ()), " ".join(re.split(r"[_\s]+", given.strip()))])
        label.item_lines = [line] * len(label)
        field["aliases"] = label
    fields[name] = field
    fields.lines[name] = line


def mapping(line: int, **values: object) -> Mapping:
    """A mapping that stands on one line; None is left out."""
    out = Mapping()
    out.line = line
    for key, value in values.items():
        if value is not None:
            out[key] = value
    return out


def sequence(line: int, *items: object) -> Sequence:
    out = Sequence()
    out.extend(items)
    out.item_lines = [line] * len(items)
    return out
