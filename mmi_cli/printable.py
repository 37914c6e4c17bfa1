"""Names and messages that come from files, made fit for a terminal, a log or a report."""

from __future__ import annotations


def printable(text: str) -> str:
    """Control characters, terminal escapes and bytes that are not UTF-8 are shown, never sent on."""
    return text if text.isprintable() else "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    # A byte of a name that is not UTF-8 stands in the text as a lone surrogate.
    return f"\\x{ord(char) - 0xDC00:02x}" if "\udc80" <= char <= "\udcff" else repr(char)[1:-1]
