"""Lower case that keeps every character at its offset, so that patterns need no slow case-blind matching."""

from __future__ import annotations


def lowered(text: str) -> str:
    """`text` in lower case, of the same length; the few letters whose lower case is longer (İ) stay."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(each if len(each.lower()) != 1 else each.lower() for each in text)
