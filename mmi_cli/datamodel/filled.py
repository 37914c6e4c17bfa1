"""What filling a schema from a content gives, before it becomes a record."""

from __future__ import annotations

from dataclasses import dataclass, field

from .content import Notice, Usage
from .record import CheckResult, FieldValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """Values for every field of the schema, in its order; a field without a value is there with `value=None`."""

    fields: tuple[tuple[str, FieldValue], ...]
    checks: tuple[CheckResult, ...] = ()
    warnings: tuple[Notice, ...] = ()
    usage: Usage = field(default_factory=Usage)
    """Model tokens only; pages and seconds are counted by the readers."""
    engines: tuple[tuple[str, str], ...] = ()
