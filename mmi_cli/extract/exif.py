"""What a camera or program wrote beside the pixels: when, where, with what."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from PIL import ExifTags

from .picture import Picture

_MAX_CHARS = 1000  # a comment may hold a whole file
_TEXTS = {
    "software": ExifTags.Base.Software,
    "description": ExifTags.Base.ImageDescription,
    "author": ExifTags.Base.Artist,
    "copyright": ExifTags.Base.Copyright,
}
_PNG_TEXTS = {
    "title": "Title",
    "author": "Author",
    "description": "Description",
    "comment": "Comment",
    "software": "Software",
}


def facts_of(picture: Picture) -> Iterator[tuple[str, str]]:
    """(key, value) of what is known: camera, taken (ISO 8601), gps (latitude, longitude, degrees), software, author, ….

    Never raises: what is damaged is left out.
    """
    exif = picture.exif()
    for key, name in _PNG_TEXTS.items():
        yield key, picture.info(name)[:_MAX_CHARS]
    for key, tag in _TEXTS.items():
        yield key, _text(exif.get(tag))
    make, model = _text(exif.get(ExifTags.Base.Make)), _text(exif.get(ExifTags.Base.Model))
    yield "camera", model if model.lower().startswith(make.lower()) else f"{make} {model}"
    details = _directory(exif, ExifTags.IFD.Exif)
    taken = _text(details.get(ExifTags.Base.DateTimeOriginal))
    yield "taken", _iso_time(taken, _text(details.get(ExifTags.Base.OffsetTimeOriginal)))
    yield "gps", _position(_directory(exif, ExifTags.IFD.GPSInfo))


def _directory(exif: Any, which: int) -> Mapping[int, Any]:
    try:
        found: Mapping[int, Any] = exif.get_ifd(which)
    except Exception:  # noqa: BLE001 - a damaged directory raises anything
        return {}
    return found


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return str(value).split("\0", 1)[0].strip()[:_MAX_CHARS] if isinstance(value, str) else ""


def _iso_time(taken: str, offset: str) -> str:
    """`2024:05:06 07:08:09` → `2024-05-06T07:08:09+02:00`; anything else is no time."""
    date, _, time = taken.partition(" ")
    digits = date.split(":") + time.split(":")
    if len(digits) != 6 or not all(part.isascii() and part.isdigit() for part in digits) or digits[0] == "0000":
        return ""
    is_offset = len(offset) == 6 and offset[0] in "+-" and offset[3] == ":"
    return f"{'-'.join(digits[:3])}T{':'.join(digits[3:])}{offset if is_offset else ''}"


def _position(gps: Mapping[int, Any]) -> str:
    latitude = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), "S")
    longitude = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), "W")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return ""
    return f"{latitude:.6f}, {longitude:.6f}"


def _degrees(value: Any, reference: Any, negative: str) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    total = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(total):
        return None
    return -total if reference == negative else total
