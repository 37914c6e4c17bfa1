"""The figures of a file as JSON lines, to lie beside their pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .content import Content
from .content_json import to_json


def figure_lines(content: Content, files: Mapping[int, str]) -> list[dict[str, Any]]:
    """One object a figure: its picture, where it stands, its caption and alternative text, and what else is known of it.

    Args:
        files: index of a figure → name of its picture; those without one have `"file": null`.
    """
    known = to_json(content).get("figures", []) if content.figures else []
    lines = []
    for index, (figure, given) in enumerate(zip(content.figures, known, strict=True)):
        caption = " ".join(content.text_of(*figure.caption).split()) if figure.caption else None
        rest = {name: value for name, value in given.items() if name not in ("caption", "features", "features_model")}
        label = content.blocks[figure.block].label
        lines.append({"figure": index, "file": files.get(index), **rest, "caption": caption, "alternative_text": label})
    return lines
