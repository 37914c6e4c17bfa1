"""Which pictures inside a document are worth reading: large enough to hold text."""

from __future__ import annotations

import io

# Smaller ones are bullets, icons and tracking pixels; text of 8 px height needs about this much room to say anything.
_MIN_SIDE_PX = 50


def may_hold_text(data: bytes) -> bool:
    """Whether a picture is at least 50 × 50 px; True for what Pillow does not know (SVG, EMF), so that its reader decides."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as picture:
            return min(picture.size) >= _MIN_SIDE_PX
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return True
