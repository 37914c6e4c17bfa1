"""What stands in a page of `mmi report`, read back without a browser."""

from __future__ import annotations

import base64
import json
import re
import zlib
from pathlib import Path
from typing import Any


def index_of(page: Path) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="index">(.*?)</script>', page.read_text("utf-8"), re.DOTALL)
    assert found is not None
    index: dict[str, Any] = json.loads(found[1])
    return index


def details_of(page: Path) -> list[dict[str, Any]]:
    """Of each record, in order."""
    return [detail for block in _packed(page, "d") for detail in block]


def texts_of(page: Path) -> list[dict[str, Any]]:
    """What was read of each file that anything was read of, in order."""
    return _packed(page, "t")


def _packed(page: Path, kind: str) -> list[Any]:
    blocks = re.findall(rf'<script type="text/plain" id="{kind}\d+">(.*?)</script>', page.read_text("utf-8"))
    return [json.loads(zlib.decompress(base64.b64decode(block))) for block in blocks]
