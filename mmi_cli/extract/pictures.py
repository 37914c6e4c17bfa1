"""Pictures inside a document: which are figures, which are worth reading, and what their own reader saw on them."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from ..datamodel.content import Content
from ..datamodel.figure import Figure

# Smaller ones are bullets, icons and tracking pixels; text of 8 px height needs about this much room to say anything.
_MIN_SIDE_PX = 50
_MIN_FIGURE_PX = 24


def may_hold_text(data: bytes) -> bool:
    """Whether a picture is at least 50 × 50 px; True for what Pillow does not know (SVG, EMF), so that its reader decides."""
    return _is_as_large(data, _MIN_SIDE_PX)


def may_be_figure(data: bytes) -> bool:
    """Whether a picture is at least 24 × 24 px, no bullet or line; True for what Pillow does not know."""
    return _is_as_large(data, _MIN_FIGURE_PX)


def picture_apart(content: Content) -> tuple[Figure | None, Content]:
    """(the figure that a picture file is as a whole, what else was read of it): the document shows the figure where it stands."""
    if not content.figures or any(figure.frame_s is not None or figure.page != 1 for figure in content.figures):
        return None, content
    own = content.figures[0]
    for figure in content.figures[1:]:
        own = replace(own, **{name: value for name, value in what_is_seen(figure).items() if value})
    dropped = {figure.block for figure in content.figures}
    place = {old: new for new, old in enumerate(at for at in range(len(content.blocks)) if at not in dropped)}
    tables = tuple(replace(table, block=place[table.block]) for table in content.tables)
    blocks = tuple(block for at, block in enumerate(content.blocks) if at not in dropped)
    return own, replace(content, figures=(), blocks=blocks, tables=tables)


def what_is_seen(figure: Figure | None) -> dict[str, Any]:
    """What was found out about a picture, apart from where it stands."""
    if figure is None:
        return {}
    names = ("tags", "colours", "sharpness", "features", "features_model", "description", "description_by", "chart")
    seen = {name: getattr(figure, name) for name in names}
    if figure.chart is not None:
        seen["kind"] = "chart"
    return seen


def _is_as_large(data: bytes, side: int) -> bool:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as picture:
            return min(picture.size) >= side
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return True
