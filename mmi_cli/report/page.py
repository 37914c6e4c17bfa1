"""Puts the page together: one HTML file whose only scripts and styles are ours, by hash; everything else in it is data.

Values of the run stand in it as JSON, and as blocks of deflated JSON in base64 that are unpacked when a record is opened. The scripts
write them with `textContent` alone; the policy of the page forbids any other script, any style attribute, any request but those for
pictures and recordings beside it, and the browser's ways from text to markup (Trusted Types).
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from typing import Any

SCRIPTS = (
    "base.js", "data.js", "charts.js", "totals.js", "overview.js", "table.js", "review.js", "marks.js", "pages.js", "media.js", "text.js",
    "values.js", "record.js", "main.js",
)  # fmt: skip
RECORDS_A_BLOCK = 16
"""Small enough to be unpacked in a few milliseconds, large enough for the names in them to cost nothing."""


def page(
    index: dict[str, Any], details: Sequence[dict[str, Any]], texts: Sequence[dict[str, Any] | None]
) -> Iterator[str]:
    """The HTML, piece by piece.

    Args:
        details: one a record, in the order of the index.
        texts: one a source; None where nothing was read.
    """
    folder = files("mmi_cli.report").joinpath("page")
    style = folder.joinpath("report.css").read_text("utf-8")
    scripts = [folder.joinpath(name).read_text("utf-8") for name in SCRIPTS]
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(map(_hash, scripts))}",
            f"style-src {_hash(style)}",
            "img-src 'self' file: data:",
            "media-src 'self' file:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )
    body = folder.joinpath("report.html").read_text("utf-8")
    head, _, rest = body.partition("<!-- head -->")
    middle, _, tail = rest.partition("<!-- data -->")
    yield head
    yield f'<meta http-equiv="Content-Security-Policy" content="{html.escape(policy, quote=True)}">\n'
    yield f"<title>{html.escape(str(index['title']))} – mmi report</title>\n<style>{style}</style>"
    yield middle
    yield f'<script type="application/json" id="index">{json_for_html(index)}</script>\n'
    for script in scripts:
        yield f"<script>{script}</script>\n"
    # After the scripts: the table stands before all of this has been read.
    for number, block in enumerate(_blocks(details)):
        yield f'<script type="text/plain" id="d{number}">{packed(block)}</script>\n'
    for number, text in enumerate(texts):
        if text:
            yield f'<script type="text/plain" id="t{number}">{packed(text)}</script>\n'
    yield tail


def json_for_html(value: Any) -> str:
    """JSON that ends no element and opens no comment, whatever is in it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def packed(value: Any) -> str:
    """JSON, deflated, in base64."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(zlib.compress(text.encode("utf-8", "replace"), 6)).decode()


def _blocks(details: Sequence[dict[str, Any]]) -> Iterable[Sequence[dict[str, Any]]]:
    return (details[first : first + RECORDS_A_BLOCK] for first in range(0, len(details), RECORDS_A_BLOCK))


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
