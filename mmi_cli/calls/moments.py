"""Days and times as people say them: `tomorrow morning at 9:45 a.m.`, `within three to five business days`, `bis Freitag`."""

# ruff: noqa: E501 - a phrase list reads better with one pattern a line
from __future__ import annotations

import re

_COUNT = r"(?:\d+|a|an|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|twenty|thirty|forty|sixty|few|couple of|next few)"
_UNIT = r"(?:seconds?|minutes?|hours?|(?:business |working |calendar )?days?|weeks?|months?|years?)"
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
_ORDINAL = (
    r"(?:\d{1,2}(?:st|nd|rd|th)?|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|twentieth|thirtieth)"
)
_CLOCK = (
    r"(?:\d{1,2}(?:[:.]\d{2})?\s?(?:a\.?\s?m\b\.?|p\.?\s?m\b\.?|o'?clock)|\d{1,2}:\d{2}|noon|midday|midnight|"
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?: (?:thirty|fifteen|forty[- ]five))?\s?(?:a\.?\s?m\b\.?|p\.?\s?m\b\.?|o'?clock)|"
    r"half past \w+|quarter (?:past|to) \w+)"
)
_PART = r"(?:morning|afternoon|evening|night|noon|midday)"
_DE_DAY = r"(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)"
_DE_MONTH = r"(?:januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember)"
_DE_COUNT = r"(?:\d+|ein(?:e[rnm]?|em)?|zwei|drei|vier|fünf|sechs|sieben|acht|zehn|zwölf|vierzehn|paar|wenigen)"
_DE_UNIT = r"(?:minuten?|stunden?|(?:werk|arbeits)?tage?n?|wochen?|monate?n?)"
_DE_CLOCK = r"(?:\d{1,2}(?:[:.]\d{2})? uhr(?: \d{1,2})?|(?:halb )?(?:eins?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf)(?: uhr))"

_NUMBER = r"(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon|midnight)"
_ON = rf"(?:{_MONTH} (?:the )?{_ORDINAL}(?:,? \d{{4}})?|(?:the )?{_ORDINAL} (?:of )?{_MONTH}(?:,? \d{{4}})?|\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?)"
_WHEN = (
    rf"(?:(?:today|tomorrow|tonight|(?:this|next|coming) (?:{_DAY}|week|month|{_PART}|weekend)|{_DAY}|{_ON})(?:,? (?:{_DAY}|{_ON}|{_PART}|next week))*"
    rf"(?:,? (?:at|by|around|before|between|from) (?:about )?{_CLOCK}(?: (?:and|to|or) {_CLOCK})?)?"
    rf"|between (?:{_CLOCK}|{_NUMBER}) and (?:{_CLOCK}|{_NUMBER})(?: (?:on |this |next )?(?:{_DAY}|tomorrow|today))?|within the (?:hour|day|week)"
    rf"|(?:day|night|evening|week) (?:before|after)\b|(?:end|beginning|middle) of (?:the|this|next) (?:day|week|month|year)|{_CLOCK}(?:,? (?:today|tomorrow(?: {_PART})?|{_DAY}|on {_DAY}|on {_ON}))?)"
)
_WITHIN = (
    rf"(?:within|in|after|takes?|take up to|for|up to) (?:about |the next |up to |another |around |approximately )?(?:an? )?{_COUNT}"
    rf"(?:(?: to | or |-)?{_COUNT})? {_UNIT}(?: time)?"
)
_DE_ON = rf"(?:\d{{1,2}}\. ?(?:{_DE_MONTH}|\d{{1,2}}\.)(?: ?\d{{2,4}})?|(?:ersten|zweiten|dritten|vierten|fünften|fünfzehnten) {_DE_MONTH})"
_DE_WHEN = (
    rf"(?:(?:heute|morgen(?! [a-zäöü]+en\b)|übermorgen|(?:am |bis |ab |für |spätestens |zum |nächsten |kommenden |diesen )*(?:{_DE_DAY}|{_DE_ON})|(?:nächste|kommende|diese) woche|"
    rf"(?:ende|anfang) (?:der|dieser|nächster|des) (?:woche|monats?))(?:,? (?:den|dem) {_DE_ON})?"
    rf"(?: (?:früh|vormittag|mittag|nachmittag|abend|vormittags|nachmittags))?(?:,? (?:um|gegen|ab|bis|zwischen) {_DE_CLOCK}(?: und {_DE_CLOCK})?)?"
    rf"|(?:um|gegen|ab|bis) {_DE_CLOCK})"
)
_DE_WITHIN = rf"(?:in|innerhalb(?: von)?|binnen) (?:den nächsten |etwa |circa |spätestens )?{_DE_COUNT}(?: bis {_DE_COUNT}| oder {_DE_COUNT})? {_DE_UNIT}"

MOMENT = re.compile(
    rf"(?<!\w)(?:(?:by|until|before|no later than|on|at|starting|from) (?:the )?)?(?:{_WHEN})(?!\w)|(?<!\w){_WITHIN}(?!\w)"
    rf"|(?<!\w){_DE_WITHIN}(?!\w)|(?<!\w){_DE_WHEN}(?!\w)",
    re.IGNORECASE,
)
_NO_MOMENT = re.compile(r"(?:guten|schönen) (?:morgen|tag|abend)|good (?:morning|afternoon|evening|day)", re.IGNORECASE)


def moments(text: str) -> list[tuple[int, int]]:
    """(start, end) of every day, time or span of time that a sentence names, longest first where they overlap, in its order."""
    greeted = [match.span() for match in _NO_MOMENT.finditer(text)]
    found: list[tuple[int, int]] = []
    for match in MOMENT.finditer(text):
        start, end = match.span()
        if any(start < last and first < end for first, last in greeted) or match[0].casefold() in ("may", "second"):
            continue
        if found and re.fullmatch(r",? ?", text[found[-1][1] : start]):
            start = found.pop()[0]  # `on Thursday` `between 8 and 10`
        found.append((start, end))
    return found
