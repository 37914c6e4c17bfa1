"""Where the fields of a schema are named in a text: by their aliases, their own names, what else these are called, or a part of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ..datamodel.schema import Field
from .character_forms import is_unspaced, plain_forms
from .label_synonyms import synonyms, told_papers
from .letter_case import lowered
from .reading import Reading

_ALIAS, _NAME, _SYNONYM, _NAME_PART = 1.0, 0.95, 0.9, 0.5
_LATER_ALIAS = 0.02
"""Of two aliases on a page the one that the schema names first is meant more likely."""
_ALIKE_LETTERS = str.maketrans("il1|0o5sce", "iiiioosscc")
"""Letters that OCR takes for one another, as one."""
_LONG_PHRASE = 12
_MISREAD = 0.97
_MOST_HITS = 200
"""Places of a label that are looked at, half of them from the beginning of a file and half from its end."""
_SAID_OF_WORDS = (
    ["term"],
    ["terms"],
    ["word"],
    ["words"],
    ["phrase"],
    ["expression"],
    ["begriff"],
    ["ausdruck"],
    ["terme"],
)
_QUOTED = re.compile(r"""\s*["“”„«»‘'`]""")
_OF_MESSAGES = re.compile(r"\b(?:sent|mail|message|letter|received|posted|e-?mail|sending)\b", re.IGNORECASE)
_FIRST_SIDE = frozenset(
    {"from", "start", "begin", "beginning", "first", "since", "von", "beginn", "début", "debut", "desde", "inicio"}
)
_LAST_SIDE = frozenset(
    {"to", "until", "end", "ending", "last", "till", "through", "bis", "ende", "fin", "hasta", "expiry", "expiration"}
)


@dataclass(frozen=True, slots=True)
class LabelHit:
    """A place in the text where words stand that name a field."""

    start: int
    end: int
    strength: float
    field: str


def _name_words(name: str) -> list[str]:
    """`invoiceNumber`, `invoice_number` → invoice, number."""
    spaced = re.sub(r"[\W_]+", " ", re.sub(r"(?<=[^\W\d_A-Z])(?=[A-Z])", " ", name))
    return spaced.casefold().split()


@lru_cache(maxsize=4096)
def label_words(field: Field) -> tuple[tuple[str, float], ...]:
    """(phrase, strength) of every way to name the field: aliases, its name, and, weaker, the last word of its name."""
    name = " ".join(_name_words(field.name))
    found: dict[str, float] = {}
    for position, alias in enumerate(field.aliases):
        found.setdefault(alias.casefold(), _ALIAS - _LATER_ALIAS * min(position, 5))
    found.setdefault(name, _NAME)
    words = name.split()
    if len(words) > 1 and range_side(field) is not None and words[-1] in _FIRST_SIDE | _LAST_SIDE | {"date"}:
        rest = " ".join(word for word in words if word not in _FIRST_SIDE | _LAST_SIDE | {"date"})
        found.setdefault(rest, _NAME_PART)
        found.setdefault(f"{rest} dates", _NAME)
        found.setdefault(f"{rest} period", _NAME)
    if len(words) > 1 and words[-1] in ("date", "number", "total", "amount", "address", "name", "id"):
        found.setdefault(" ".join(words[:-1]), _NAME_PART)
        if words[-1] in ("date", "total", "amount"):
            found.setdefault(words[-1], _NAME_PART)
    if field.kind == "extracted":
        told = told_papers(field.description) if words in (["date"], ["number"], ["id"]) else []
        for phrase in synonyms([*told, *words]):
            found.setdefault(phrase, _SYNONYM)
    return tuple((phrase, strength) for phrase, strength in found.items() if phrase)


def range_side(field: Field) -> Literal["first", "last"] | None:
    """Which end of a span of time (or of numbers) a field asks for, by its name."""
    words = set(_name_words(field.name))
    if words & _FIRST_SIDE:
        return "first"
    return "last" if words & _LAST_SIDE else None


def find_labels(reading: Reading, fields: Sequence[Field]) -> dict[str, list[LabelHit]]:
    """Where each field is named; a name inside a longer one ("total" in "sub total") belongs to the longer one's field."""
    hits: list[LabelHit] = []
    low = lowered(plain_forms(reading.content.text))
    is_scanned = any(word.score is not None for word in reading.content.words)
    alike = low.translate(_ALIKE_LETTERS) if is_scanned else ""
    for field in fields:
        for phrase, strength in label_words(field):
            found = list(_phrase_hits(low, phrase, strength, field.name))
            if is_scanned and len(phrase) >= _LONG_PHRASE:  # `Sociai security tax`
                known = {hit.start for hit in found}
                mistaken = _phrase_hits(alike, phrase.translate(_ALIKE_LETTERS), _MISREAD * strength, field.name)
                found += [hit for hit in mistaken if hit.start not in known]
            hits.extend(hit for hit in found if not _is_of_message(reading, field, hit) and not _names_a_word(low, hit))
    hits.sort(key=lambda hit: (hit.start, -(hit.end - hit.start), -hit.strength))
    types = {field.name: field.type for field in fields}
    kept: dict[str, list[LabelHit]] = {field.name: [] for field in fields}
    covering: dict[str, LabelHit] = {}
    for hit in hits:
        # Of fields of one type the longer name wins; a date and a number may share a label.
        longer = covering.get(types[hit.field])
        is_inside = longer is not None and hit.end <= longer.end and (hit.start, hit.end) != (longer.start, longer.end)
        if is_inside and longer is not None and hit.field != longer.field:
            continue
        if longer is None or hit.end > longer.end:
            covering[types[hit.field]] = hit
        if not (kept[hit.field] and kept[hit.field][-1].end >= hit.end):
            kept[hit.field].append(hit)
    return {name: _few(found) for name, found in kept.items()}


def _is_of_message(reading: Reading, field: Field, hit: LabelHit) -> bool:
    """Whether a part of a date's name stands in the head of a message: `Date:` there is the message's, and no `invoice_date`."""
    if field.type != "date" or hit.strength > _NAME_PART or len(_name_words(field.name)) < 2:
        return False
    head = reading.content.blocks[0] if reading.content.blocks else None
    if head is None or head.kind != "metadata" or head.first == head.last:
        return False
    end = reading.content.words[head.last - 1].offset
    return hit.start < end and not _OF_MESSAGES.search(" ".join((field.name, field.description)).replace("_", " "))


def _names_a_word(low: str, hit: LabelHit) -> bool:
    """Whether what looks like a label says that a word follows: `the term “Confidential Information” includes …`."""
    return low[hit.start : hit.end].split()[-1:] in _SAID_OF_WORDS and _QUOTED.match(low, hit.end) is not None


def _few(hits: list[LabelHit]) -> list[LabelHit]:
    """The first and the last hits of a label that is repeated without end."""
    return hits if len(hits) <= _MOST_HITS else [*hits[: _MOST_HITS // 2], *hits[-_MOST_HITS // 2 :]]


def _phrase_hits(low: str, phrase: str, strength: float, field: str) -> Iterator[LabelHit]:
    """Where a phrase stands in a text in lower case, as words of their own; scripts without spaces have no such borders."""
    words = [word.replace("ß", "ss") for word in re.findall(r"[^\W_]+|#", phrase.lower())]
    if not words or not all(word in low or "ss" in word for word in words):
        return
    pattern = r"[\s.,:#/'’()-]*".join(re.escape(word).replace("ss", "(?:ss|ß)") for word in words)
    before = "" if is_unspaced(words[0][0]) else r"(?<![^\W_])(?<!\w-)"
    after = "" if is_unspaced(words[-1][-1]) else r"(?![^\W_])(?!-\w)(?!['’]s\b)"
    for match in re.finditer(f"{before}{pattern}{after}", low):
        if "\n\n" not in match[0]:
            yield LabelHit(match.start(), match.end(), strength, field)
