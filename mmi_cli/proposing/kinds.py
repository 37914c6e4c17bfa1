"""What kind of value a text is, and what type a field of such values has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from ..datamodel.schema import FieldType
from ..fill.candidates import Candidate
from ..fill.reading import Reading

ValueKind = Literal["date", "period", "time", "amount", "number", "integer", "percent", "checkbox", "text"]
KINDS = frozenset({"date", "time", "amount", "number", "integer", "percent", "checkbox"})
_MOST = 0.6
"""Share of a text from which a date or number in it is what the text says."""
_BETWEEN = re.compile(r"\s*(?:[-–—]|to|thru|through|until|till|bis|au|al|hasta)\s*", re.IGNORECASE)
_YES_OR_NO = frozenset({"yes", "no", "ja", "nein", "oui", "non", "sí", "si", "true", "false", "y", "n", "☒", "☐", "x"})
_NAMES_A_CODE = re.compile(
    r"\b(?:no|nr|num|number|nummer|numéro|número|numero|id|code|key|ref|reference|referenz|account|konto|phone|tel|telefon|fax|zip|plz|"
    r"gst|vat|ust|registration|reg|sku|ean|order|estimate|contract|document|doc|cashier|till|table|terminal|trace|batch|auth)\b"
    r"|[#°№]|(?:nr|nummer)\b",
    re.IGNORECASE,
)
_AGREEING = 0.7
"""Share of the values that must be of a type for the field to have it."""


def kind_of(reading: Reading, start: int, end: int, candidates: Sequence[Candidate]) -> ValueKind:
    """What the characters of a content from `start` to `end` are."""
    text = reading.content.text[start:end]
    dates = [each for each in _inside(candidates, start, end) if each.detector == "date"]
    if len(dates) == 2 and _BETWEEN.fullmatch(reading.content.text[dates[0].end : dates[1].start]):
        return "period"
    bare = re.sub(r"[\s$€£¥%]|\b(?:EUR|USD|GBP|CHF|RM|INR|MYR)\b", "", text)
    times = [each for each in _inside(candidates, start, end) if each.detector == "time"]
    if len(dates) == 1 and times and sum(len(each.text) for each in (*dates, *times)) >= _MOST * len(text):
        return "date"
    best: tuple[float, str] = (0.0, "text")
    for each in _inside(candidates, start, end):
        length = len(re.sub(r"[\s$€£¥%]", "", each.text))
        best = max(best, (length / max(1, len(bare)), each.detector))
    if best[0] < _MOST:
        return "text"
    return best[1]  # type: ignore[return-value]


def type_of(label: str, values: Sequence[tuple[str, ValueKind]]) -> FieldType:
    """The type that most values agree on; a number that names a thing is a text."""
    counts = Counter(kind for _, kind in values)
    total = max(1, len(values))

    def share(*kinds: ValueKind) -> float:
        return sum(counts[kind] for kind in kinds) / total

    if values and sum(text.casefold() in _YES_OR_NO for text, _ in values) / total >= _AGREEING and len(values) > 1:
        return "boolean"
    if share("date") >= _AGREEING:
        return "date"
    if share("time") >= _AGREEING:
        return "time"
    if share("checkbox") >= _AGREEING:
        return "boolean"
    if share("amount", "number", "integer", "percent") < _AGREEING:
        return "string"
    if _NAMES_A_CODE.search(label.replace("_", " ")) and not share("amount"):
        return "string"
    if any(re.match(r"0\d", text) or re.fullmatch(r"\d{7,}", text) for text, _ in values):
        return "string"  # 00412 is a name made of digits
    return "integer" if share("integer") >= _AGREEING else "number"


def is_period(values: Sequence[tuple[str, ValueKind]]) -> bool:
    """Whether most values run from one date to another."""
    return bool(values) and sum(kind == "period" for _, kind in values) >= _AGREEING * len(values)


def _inside(candidates: Sequence[Candidate], start: int, end: int) -> Sequence[Candidate]:
    from bisect import bisect_left

    first = bisect_left(candidates, start, key=lambda each: each.start)
    found = []
    for each in candidates[first:]:
        if each.start >= end:
            break
        if each.end <= end:
            found.append(each)
    return found
