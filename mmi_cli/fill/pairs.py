"""Pairs of a label and its value on a form: the value stands behind the label in its segment, in the next segment, or in the one below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..datamodel.schema import Field
from .candidates import Candidate, candidate_kinds, candidates_within
from .label_synonyms import is_label
from .names_in_text import can_be_name, ends_with_legal_form
from .reading import Reading
from .segments import Segment

_INSIDE, _BARE, _RIGHT, _BELOW = 1.0, 0.8, 0.97, 0.82
_FAR = 12.0
"""Gap, in heights of the row, from which the next segment belongs to another column more likely than to the label."""
_FOREIGN_PREFIX = 0.55
_UNSURE_BELOW = 0.45
_SEPARATOR = re.compile(r"[\s.:：=#№º°/|_…·•*-]*")
_NUMBER_WORD = re.compile(r"(?:(?:no|nr|num|number|nummer|id|n)\b|№)[\s.:#º°-]*", re.IGNORECASE)
_NAME_WORD = re.compile(r"(?:names?|address|adresse|anschrift|details|party)\b[\s.:#-]*", re.IGNORECASE)
_ADDRESS_WORDS = re.compile(
    r"(?:[\s,;/&()]|(?:and|or|full|first|last|names?|initial|mailing|postal|street|number|no|address|city|town|post office|state|"
    r"suff|province|country|zip|postal|foreign|code|including|apt|telephone|phone|of)(?![^\W_])\.?)*",
    re.IGNORECASE,
)
"""What the label of a box with a name and an address goes on with: `'s name, street address, city or town, state, ZIP code`."""
_PART_OF_ADDRESS = re.compile(r"\b(?:address|street|zip|city|town|postal|telephone)\b", re.IGNORECASE)
_PART_OF_NAME = re.compile(r"\blast name\b", re.IGNORECASE)
_NEUTRAL_PREFIX = re.compile(
    r"^(?:(?:[a-z](?:/[a-z])?|\d{1,2}[a-z]?)\.?\s+)?(?:[\W\d_]|\b(?:the|your|our|total|unser|unsere|ihr|ihre|votre|notre|nom|name|tax|date|of|and)\b)*$",
    re.IGNORECASE,
)
_LABEL_NOUN = re.compile(
    r"(?:date|dates|number|numbers|no|nr|num|nos|code|codes|ref|refs|reference|type|id|period|month|terms|calendar|cycle|type|"
    r"office|region|executive|email|e-mail|phone|fax|tel|name|address|quantity|qty|rate|price|status|contact|representative|"
    r"statement|nummer|datum|zeichen|seite|page|menge|einheit|preis|betrag|telefon|telefax|konto|"
    r"numéro|référence|montant|quantité|fecha|número|importe|cantidad|"
    r"[^\W\d_]+(?:empfänger|nummer|datum|betrag|bezeichnung|anschrift|adresse|zeichen|preis|menge|satz))"
)
_FIRST_NOUN = re.compile(rf"{_LABEL_NOUN.pattern}(?![^\W_])|#", re.IGNORECASE)
_LAST_NOUN = re.compile(rf"(?:^|[\W_]){_LABEL_NOUN.pattern}\W*$|[:#]\s*$", re.IGNORECASE)
_NEXT_LABEL = re.compile(r"(?<=\S)\s+(?=[A-ZÄÖÜÉÈÁ][\w.$#-]{1,20}:(?:\s|$))")
_NAMES = frozenset({"company", "person"})
_ENDS_NAME = re.compile(r"store|shop|company|market|firm|bank", re.IGNORECASE)
"""Labels that are the last word of names as well: `Norton's Hardware Store`."""
_MAX_BELOW_NAME = 5
_LABELLED = re.compile(r"[^\W\d_][\w .\-/]{0,25}\s?:\s*(?=\S)|(?:GLN|ILN|DUNS)\b", re.IGNORECASE)
_NAME_LABEL = re.compile(
    r"(?:(?:company |firmen|full )?(?:names?|nom|nombre|nome|firma)|att(?:n|ention)?|t\.?a\.?v|z\.? ?hd)\.?\s*:?(?!\w)",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?:[^\W_]++[-/._])*[^\W_]*\d[\w./-]*")
_AMOUNT = re.compile(r"\d{1,3}(?:[.,]\d{3})*[.,]\d\d(?!\d)|\d+(?:[.,]\d+)? ?%")
_REST_OF_LABEL = re.compile(r"[^\W\d_][^\W\d_ ]*(?: [^\W\d_]+){0,2}\s?:(?=\s|$)")
_HEADING = re.compile(
    r"^(?:adresse|date|numéro|n°|référence|conditions|mode|lieu|dirección|fecha|número|forma)\s+(?:de|d['’]|du|des|of|para)\b",
    re.IGNORECASE,
)
_PARTY = re.compile(
    r"(?:bill|ship|sold|deliver|invoice|remit)(?:ed|ped|ing)? to|suff(?:ix)?\.?|(?:last|first|middle) name|m\.?i\.?",
    re.IGNORECASE,
)
_NUMBER_NAMED = re.compile(r"(?<![^\W_])(?:no|nr|num|number|nummer|n°|№)(?![^\W_])[\s.:#°-]*(?=\S*\d)", re.IGNORECASE)
_NUMBERED_LABEL = re.compile(r"\d{1,2}[a-z]?\.? (?:[^\W\d_]+[,.]? ){1,}[^\W\d_]+")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_WORD_BETWEEN = 0.25
_MAX_LABEL_WORDS, _MAX_LABEL_CHARS = 5, 120
_MOST_INSIDE = 40
_MAX_TO_CODE = 400
"""Characters in which a code and the word `No.` before it are looked for; a longer stretch is meant to cost time."""
_MAX_VALUE_WORDS, _SENTENCE = 9, 0.25
"""Words from which a text beside a label is a sentence about it rather than its value, and what it is worth then."""
_MAX_BARE = 80
"""Characters that a value may have which nothing but a space parts from its label."""


class Place(NamedTuple):
    """Where a value may stand, and how well it stands to its label, in (0, 1]."""

    start: int
    end: int
    strength: float
    is_ambiguous: bool


def looks_like_label(text: str) -> bool:
    """Whether a segment names something rather than being a value: `Original Date`, `Order #`, `Telefon:`."""
    if len(text) > _MAX_LABEL_CHARS or len(text.split()) > _MAX_LABEL_WORDS or re.search(r"\d", text):
        return False
    if _HEADING.match(text) or _PARTY.fullmatch(text.strip(" :")):
        return True
    return any(is_label(each) or _LAST_NOUN.search(each) is not None for each in (text, *re.split(r"\s*/\s*", text)))


def places_of_label(
    reading: Reading, field: Field, start: int, end: int, kinds: frozenset[str], candidates: Sequence[Candidate]
) -> Iterator[Place]:
    """Places of the value of a label that stands at `start`…`end`, best first."""
    segment = reading.segments.at(end - 1)  # a label may go over two segments: `Advertiser  Name:`
    if segment is None:
        return
    text = reading.content.text
    prefix = text[segment.start : start]
    factor = (
        1.0 if _NEUTRAL_PREFIX.match(prefix) or prefix.rstrip().endswith((":", ",", ";", ")", "/")) else _FOREIGN_PREFIX
    )
    at = _behind(text, end, segment.end, kinds)
    if at < segment.end:
        is_parted = bool(re.search(r"[:：=#°№º]", text[end:at]))
        if not is_parted and (_FIRST_NOUN.match(text, at, segment.end) or _REST_OF_LABEL.match(text, at, segment.end)):
            return  # the beginning of another label: `Advertiser Code`, `Contract Comment:`
        if (
            not is_parted
            and field.type == "string"
            and (text[at].islower() or text[at] in ",;()”’" or segment.end - at > _MAX_BARE)
        ):
            return  # running text
        if is_parted or not kinds & _NAMES or _is_own_name(field, text[start:end]):
            stop = _NEXT_LABEL.search(text, at, segment.end)
            inside = (at, stop.start() if stop else segment.end)
            yield from _values(reading, field, *inside, kinds, candidates, (_INSIDE if is_parted else _BARE) * factor)
        return
    is_end_of_name = bool(kinds & _NAMES) and _ENDS_NAME.fullmatch(text, start, segment.end) is not None
    if factor < 1.0 and field.type == "string" and (not kinds or is_end_of_name or ends_with_legal_form(segment.text)):
        return  # the end of a sentence or a name more likely than a label: `Harbour Coffee Company`
    right = reading.segments.right_of(segment)
    beside: list[Place] = []
    gap = 0.0
    is_above = bool(kinds & _NAMES) and _PART_OF_ADDRESS.search(text, start, segment.end) is not None
    if right is not None and not is_above and not _is_label_of_box(field, right[0].text):
        gap = right[1]
        strength = _RIGHT - 0.008 * min(gap, 50.0)
        beside = list(_values(reading, field, right[0].start, right[0].end, kinds, candidates, strength * factor))
        yield from beside
    strength = (_UNSURE_BELOW if beside and gap < _FAR else _BELOW) * factor
    if kinds & _NAMES:
        yield from _name_below(reading, field, segment, kinds, candidates, strength)
        return
    for below in reading.segments.below(segment):
        if _is_label_of_box(field, below.text):
            return
        found = list(_values(reading, field, below.start, below.end, kinds, candidates, strength))
        if found:
            yield from found
            return


def _is_label_of_box(field: Field, text: str) -> bool:
    """Whether a segment beside a label is another label, for numbers and names also that of a numbered box."""
    if looks_like_label(text):
        return True
    is_text = field.type == "string" and not candidate_kinds(field) & _NAMES
    return not is_text and _NUMBERED_LABEL.match(text) is not None and not ends_with_legal_form(text)


def _name_below(
    reading: Reading, field: Field, heading: Segment, kinds: frozenset[str], candidates: Sequence[Candidate], strength: float
) -> Iterator[Place]:  # fmt: skip
    """The first name in the block under a heading such as `Seller`; numbers and other labels may stand between."""
    at: Segment | None = heading
    right = reading.segments.right_of(heading)
    is_column = right is not None and looks_like_label(right[0].text) and not heading.text.rstrip().endswith(":")
    for row in range(_MAX_BELOW_NAME):
        at = next(iter(reading.segments.below(at)), None) if at is not None else None
        if at is None:
            return
        labelled = _LABELLED.match(at.text)
        if (labelled is not None and not _NAME_LABEL.match(at.text)) or is_address_label(at.text):
            continue
        if looks_like_label(at.text):
            right = reading.segments.right_of(at) if _NAME_LABEL.match(at.text) else None
            if right is None:
                if row == 0 and not _is_with_colon(reading, at):
                    return  # a row of headings, and nothing under this one
                continue
            place = right[0].start, right[0].end
        else:
            place = at.start + (labelled.end() if labelled else 0), at.end
        if can_be_name(reading.content.text[slice(*place)], kinds):
            yield from _values(reading, field, *place, kinds, candidates, strength - 0.05 * row)
            return
        if is_column:
            return  # under one of a row of headings only the first value is meant


def _is_with_colon(reading: Reading, label: Segment) -> bool:
    """Whether a colon parts a label from the value beside it, in either segment."""
    right = reading.segments.right_of(label)
    return label.text.rstrip().endswith(":") or (right is not None and right[0].text.startswith(":"))


def _is_own_name(field: Field, label: str) -> bool:
    """Whether a label is the field's own name or alias, and no usual word for it: `Lieferant GmbH` is a name."""
    return label.casefold() in (field.name.replace("_", " ").casefold(), *(alias.casefold() for alias in field.aliases))


def _behind(text: str, at: int, end: int, kinds: frozenset[str]) -> int:
    """Where the value can begin behind a label: after signs, and after `No.` or `Name` that only finish the label."""
    at = _skip(_SEPARATOR, text, at, end)
    if kinds & {"company", "person"}:
        at = end if is_address_label(text[at:end]) else _skip(_NAME_WORD, text, at, end)
    elif "identifier" in kinds:
        at = _skip(_NUMBER_WORD, text, at, end)
    return _skip(_SEPARATOR, text, at, end)


def is_address_label(rest: str) -> bool:
    """Whether what follows a label only names the parts of a name and an address."""
    is_listed = _PART_OF_ADDRESS.search(rest) or _PART_OF_NAME.search(rest)
    return is_listed is not None and _ADDRESS_WORDS.fullmatch(rest) is not None


def _skip(pattern: re.Pattern[str], text: str, at: int, end: int) -> int:
    found = pattern.match(text, at, end)
    return found.end() if found else at


def _values(
    reading: Reading,
    field: Field,
    start: int,
    end: int,
    kinds: frozenset[str],
    candidates: Sequence[Candidate],
    strength: float,
) -> Iterator[Place]:
    """What of a stretch of text can be the value: typed candidates in it, a code, or for texts the whole."""
    text = reading.content.text
    if field.type != "string":
        inside = candidates_within(candidates, start, end)
        for order, each in enumerate(inside[:_MOST_INSIDE]):
            between = _WORD_BETWEEN if _LONG_WORD.search(text, start, each.start) else 0.0
            yield Place(each.start, each.end, strength - 0.08 * order - between, each.is_ambiguous)
        return
    if "identifier" in kinds:
        until = min(end, start + _MAX_TO_CODE)
        named = _NUMBER_NAMED.search(text, start, until)
        code = _CODE.search(text, named.end() if named else start, until)
        if code is not None and not _AMOUNT.fullmatch(text, code.start(), min(end, code.end() + 2)):
            stop = len(text[start : code.end()].rstrip(".,;:/-")) + start
            is_behind = _LONG_WORD.search(text, start, code.start()) is not None
            yield Place(code.start(), stop, strength - (_WORD_BETWEEN if is_behind else 0.0), False)
        return
    typed = candidates_within(candidates, start, end)
    if kinds and not kinds & {"company", "person", "address"}:
        if typed:
            yield Place(typed[0].start, typed[0].end, strength, typed[0].is_ambiguous)
        return
    stop = len(text[start:end].rstrip(" \t,;|")) + start
    if stop > start and not looks_like_label(text[start:stop]):
        is_sentence = not kinds and len(text[start:stop].split()) > _MAX_VALUE_WORDS
        yield Place(start, stop, strength * (_SENTENCE if is_sentence else 1.0), False)
