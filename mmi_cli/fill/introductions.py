"""Who a person is by how they introduce themselves: `<Agent> My name is Sam` makes Sam the agent."""

from __future__ import annotations

import re
from dataclasses import replace

from ..calls.roles import roles_of
from ..calls.turns import sentences_of, turns_of
from ..datamodel.content import TimeSpan
from ..datamodel.record import LeafValue, ObjectValue
from ..datamodel.schema import Field
from .confidence import Signals, confidence_of
from .evidence import evidence_of_span
from .reading import Line, Reading

_ROLE = re.compile(r"(?:^|[\W_])(?:role|function|title|position|rolle|funktion|r[oô]le|rol)(?:$|[\W_])", re.IGNORECASE)
_NAME = r"[^\W\d_a-z][\w'’-]*(?: [^\W\d_a-z][\w'’-]*){0,2}"
_INTRODUCTION = re.compile(
    r"(?:\b[Mm]y name(?: is|['’]s)|\b[Tt]his is|\bI(?: am|['’]m)|\b[Mm]ein Name ist|\b[Ii]ch (?:bin|heiße)|\b[Jj]e (?:m['’]appelle|suis)|"
    rf"\b[Mm]e llamo|\b[Mm]i nombre es|\b[Ss]oy) (?:(?:Mr|Mrs|Ms|Dr|Herr|Frau)\.? )?(?P<named>{_NAME})|"
    rf"(?P<speaking>{_NAME}) (?:speaking|here\b|am Apparat|à l['’]appareil)"
)
_NO_ROLE = re.compile(r"(?:speaker|sprecher|guest|unknown|locuteur|hablante|spk)?[ _-]*\d*", re.IGNORECASE)


def with_roles(reading: Reading, item: Field, row: ObjectValue) -> ObjectValue:
    """A row about a person, whose role is the name of the speaker that they introduce themselves as.

    Speakers that are numbers have the role that what they say tells: agent or customer.
    """
    roles = [child for child in item.properties if child.type == "string" and _ROLE.search(child.name)]
    names = [value.value for name, value in row.members if isinstance(value, LeafValue) and "name" in name.casefold()]
    if len(roles) != 1 or len(names) != 1 or not names[0]:
        return row
    found = _introduction(reading, str(names[0]))
    if found is None:
        return row
    line, speaker = found
    role = LeafValue(
        type="string", kind=roles[0].kind, value=speaker, confidence=confidence_of(Signals(finder="pattern")),
        evidence=evidence_of_span(reading.content, line.start, line.end, "cited"),
    )  # fmt: skip
    return replace(row, members=tuple((name, role if name == roles[0].name else value) for name, value in row.members))


def _introduction(reading: Reading, name: str) -> tuple[Line, str] | None:
    """(line, name of its speaker) in which somebody introduces themselves by a name, where the speaker has a name of another kind."""
    for line in reading.lines:
        place = reading.content.words[line.first].place
        speaker = place.speaker if isinstance(place, TimeSpan) else None
        if speaker and _NO_ROLE.fullmatch(speaker):
            speaker = _told_role(reading, speaker)
        if not speaker or speaker.casefold() in name.casefold():
            continue
        for match in _INTRODUCTION.finditer(line.text):
            said = (match["named"] or match["speaking"]).casefold()
            if said == name.casefold() or said.split()[0] == name.casefold() or name.casefold().startswith(f"{said} "):
                return line, speaker
    return None


def _told_role(reading: Reading, speaker: str) -> str | None:
    """`Agent` or `Customer`, where what a numbered speaker says tells it."""
    turns = turns_of(reading.content)
    role = roles_of(turns, sentences_of(reading.content, turns)).get(speaker)
    return role.name.capitalize() if role is not None and role.name in ("agent", "customer") else None
