"""Fields that the pixels and the camera answer: colours, sharpness, size, camera, time, place; told by a field's name and description."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from ..datamodel.content import Content
from ..datamodel.figure import Figure
from ..datamodel.record import Scalar
from ..datamodel.schema import Field

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_POINT = re.compile(r"(-?\d+(?:\.\d+)?), (-?\d+(?:\.\d+)?)")
_PICTURE = ("picture", "photo", "photograph", "image", "frame", "bild", "foto")
_MEASURED = 0.98
"""Probability that what is counted is what was meant."""
_CALLED = 0.85
"""That a person would call the largest colour so."""
_SHARP = 0.5
_WORDS: dict[str, frozenset[str]] = {
    "tags": frozenset({"tags", "keywords", "objects", "things", "seen", "contents", "subjects"}),
    "colours": frozenset({"colours", "colors", "palette", "farben", "colour", "color", "farbe"}),
    "sharpness": frozenset({"sharpness", "schärfe"}),
    "sharp": frozenset({"sharp", "focus", "focused"}),
    "blurred": frozenset({"blurred", "blurry", "unscharf"}),
    "width": frozenset({"width", "breite"}),
    "height": frozenset({"height", "höhe"}),
    "camera": frozenset({"camera", "kamera"}),
    "taken": frozenset({"taken", "captured", "shot", "aufgenommen"}),
    "gps": frozenset({"gps", "coordinates", "koordinaten"}),
    "latitude": frozenset({"latitude"}),
    "longitude": frozenset({"longitude"}),
    "barcodes": frozenset({"barcode", "barcodes", "qr", "qrcode", "ean", "gtin", "upc"}),
    "fingerprint": frozenset({"fingerprint", "phash"}),
    "description": frozenset({"description", "caption", "summary", "alt", "depicts", "scene"}),
}
_TEXT = frozenset(
    {"text", "texts", "lettering", "written", "visible_text", "text_on_picture", "text_in_image", "ocr_text"}
)
"""Names of fields that ask for all that is written; as a whole, since `text_colour` asks for something else."""


class Fact(NamedTuple):
    value: Scalar
    text: str
    """As the picture's own facts have it."""
    confidence: float


def what_is_asked(each: Field) -> str | None:
    """Which look at a picture a field asks for: `tags`, `colours`, `text`, `width`, …; None when it asks for something else."""
    name = _words(each.name)
    if each.name.casefold() in _TEXT and (
        each.type == "string" or (each.items is not None and each.items.type == "string")
    ):
        return None if each.enum or each.pattern or (each.items is not None and each.items.enum) else "text"
    for asked, words in _WORDS.items():
        if name & words and _may_be(asked, each, name):
            return asked
    return None


def _may_be(asked: str, each: Field, name: frozenset[str]) -> bool:
    """Whether the type allows it, and a name that other files use too is meant of the picture."""
    inner = each.items.type if each.items is not None else None
    about = bool((name | _words(each.description)) & frozenset((*_PICTURE, "pixel", "pixels", "px", "camera", "exif")))
    match asked:
        case "tags":
            return inner == "string" and not (each.items and each.items.enum)
        case "colours" | "barcodes":
            return each.type == "string" or inner == "string"
        case "sharpness":
            return each.type == "number"
        case "sharp" | "blurred":
            return each.type == "boolean"
        case "width" | "height":
            return each.type in ("integer", "number") and about
        case "taken":
            return each.type in ("date", "time", "string") and (
                about or bool(name & {"taken", "captured", "aufgenommen"})
            )
        case "latitude" | "longitude":
            return each.type == "number"
        case "description":
            return each.type == "string" and each.kind != "extracted" and not each.enum
        case _:
            return each.type == "string"


def fact_of(asked: str, each: Field, content: Content, figure: Figure) -> Fact | None:
    """The value of a field that is one fact; None when the picture does not tell."""
    facts = dict(content.metadata)
    page = content.pages[0]
    match asked:
        case "colours":
            return _colour(each, figure)
        case "sharpness" if figure.sharpness is not None:
            return Fact(figure.sharpness, "", _MEASURED)
        case "sharp" | "blurred" if figure.sharpness is not None:
            is_sharp = figure.sharpness >= _SHARP
            return Fact(is_sharp == (asked == "sharp"), "", round(0.5 + abs(figure.sharpness - _SHARP), 3))
        case "fingerprint" if figure.fingerprint is not None:
            return Fact(figure.fingerprint, "", _MEASURED)
        case "width" | "height":
            size = page.width if asked == "width" else page.height
            return Fact(int(size), f"{int(page.width)} x {int(page.height)}", _MEASURED)
        case "camera" if facts.get("camera"):
            return Fact(facts["camera"], facts["camera"], _MEASURED)
        case "taken" if facts.get("taken"):
            return _taken(each, facts["taken"])
        case "gps" | "latitude" | "longitude" if (found := _POINT.fullmatch(facts.get("gps", ""))) is not None:
            if asked == "gps":
                return Fact(facts["gps"], facts["gps"], _MEASURED)
            return Fact(float(found.group(1 if asked == "latitude" else 2)), facts["gps"], _MEASURED)
        case _:
            return None


def _taken(each: Field, taken: str) -> Fact | None:
    try:
        moment = datetime.fromisoformat(taken)
    except ValueError:
        return None
    if each.type == "date":
        return Fact(moment.date().isoformat(), taken, _MEASURED)
    if each.type == "time":
        return Fact(moment.time().isoformat(), taken, _MEASURED)
    return Fact(taken, taken, _MEASURED)


def _colour(each: Field, figure: Figure) -> Fact | None:
    """The largest colour, or the first of those that a field allows."""
    for rank, colour in enumerate(figure.colours):
        if not each.enum:
            return Fact(colour.name, f"{colour.name} {colour.rgb}", _CALLED)
        for option in each.enum:
            folded = option.casefold().replace("gray", "grey")
            if folded in (colour.name, colour.name.split()[-1]):
                return Fact(option, f"{colour.name} {colour.rgb}", round(_CALLED * colour.share ** (0.2 * rank), 3))
    return None


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d_]+", _CAMEL.sub(" ", text).casefold()))
