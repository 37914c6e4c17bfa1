"""Segments as CSV, one row each."""

from __future__ import annotations

import csv
import io

from .asset import Asset

COLUMNS = ("number", "start_s", "end_s", "title", "kind", "summary", "tags", "on_screen_text", "speech", "sound")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(asset: Asset) -> str:
    """With a head; lists are joined by `; `. A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in asset.chapters:
        texts = (
            each.title, each.kind, each.summary, "; ".join(each.tags), "; ".join(each.on_screen_text), each.speech, each.sound,
        )  # fmt: skip
        writer.writerow([each.number, f"{each.start_s:.3f}", f"{each.end_s:.3f}", *map(_guarded, texts)])
    return out.getvalue()


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
