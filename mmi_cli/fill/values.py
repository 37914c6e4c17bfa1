"""Turns a value as it stands in a file into the type of its field."""

from __future__ import annotations

import re

from ..datamodel.record import Scalar
from ..datamodel.schema import Field
from .dates import parse_date
from .locale_hints import LocaleHints
from .numbers import parse_number


def normalize(text: str, field: Field, hints: LocaleHints) -> Scalar | None:
    """The typed value, or None when `text` cannot be a value of the field."""
    text = re.sub(r"\s+", " ", text).strip()
    if field.type == "date":
        date = parse_date(text, hints)
        return date.iso if date else None
    if field.type in ("number", "integer"):
        number = parse_number(text, hints)
        if number is None:
            return None
        return int(number.value) if field.type == "integer" else float(number.value)
    if field.type == "boolean":
        return text.lower() in ("yes", "true", "ja", "oui", "☒", "x")
    return text or None
