"""Chooses the amount that a field means by what the words beside each amount call it: net or gross, tax, due, paid, change, …"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from ..datamodel.content import Box, PageBox
from ..datamodel.schema import Field
from .amount_words import OWN_NAME_ONLY, meanings, meanings_of
from .candidates import Candidate
from .currencies import currency_code
from .proposals import Proposal, with_margins
from .reading import Line, Reading

# What the words of a place say that the field does not ask for, and how much that speaks against it.
_FOREIGN = {
    "tax": 0.8, "paid": 0.6, "change": 0.9, "discount": 0.9, "charge": 0.9, "rounding": 0.9, "quantity": 0.7, "unit": 0.6, "lines": 0.25,
    "earlier": 0.7, "due": 0.0, "sum": 0.0, "net": 0.0, "gross": 0.0,
}  # fmt: skip
_OWN_LABEL = 0.7
_MIN_OWN = 0.9
_OF_A_ROW = frozenset({"charge", "discount", "change", "quantity", "rounding"})
"""Meanings of the words at the beginning of a row of amounts that all of them keep."""
_VERY_GOOD = 1.25
"""Score of a label that says all the field asks for, in words of its own."""
_MAX_LABEL_WORDS = 9
_MOST_AMOUNTS = 8000
"""Amounts that are looked at, most of them from the end of a file, where sums stand."""
_MAX_HEADER_LINES = 12
_MAX_HEADING_LINES = 3
_BOX_LABEL = re.compile(r"\d{1,2}[a-z]?\.? [^\W\d_]{2,}")
_RUNNING = re.compile(r"\b(?:ytd|year[ -]to[ -]date)\b", re.IGNORECASE)
_LIST = 4
"""Amounts below one heading from which they are the rows of a list."""
_WIDE = 4.0
"""Widths of an amount that the heading of its column may have."""
_WORD = re.compile(r"[^\W\d_]+")
_RATE = re.compile(r"@?\s{0,3}(?<!\d)\d{1,12}(?:[.,]\d{1,12})?\s{0,3}%")
"""A percentage; what repeats has an end, or a line of a hundred thousand digits takes minutes."""


@dataclass(frozen=True, slots=True)
class _Place:
    candidate: Candidate
    meanings: frozenset[str]
    words: str
    """The label as it stands, folded to words."""
    is_above: bool
    heading: str = ""
    """What its column is called, where that was looked at."""


class _Name(NamedTuple):
    """A way to name the field."""

    words: str
    """Folded."""
    long_words: str
    """Those of two letters and more, as the label of a place has them."""
    strength: float

    @classmethod
    def of(cls, phrase: str, strength: float) -> _Name:
        words = _WORD.findall(phrase.casefold())
        return cls(" ".join(words), " ".join(word for word in words if len(word) > 1), strength)


def by_amount_words(reading: Reading, field: Field, labels: Sequence[tuple[str, float]]) -> list[Proposal]:
    """Amounts whose label means what the field means, best first; strength is about 0.3 (hardly) to 1 (named exactly).

    Args:
        labels: (phrase, strength) of every way to name the field.
    """
    has_money = any(candidate.detector == "amount" for candidate in reading.once(_amounts))
    wanted = meanings_of(field)
    names = [_Name.of(phrase, strength) for phrase, strength in labels]
    length = max(1, len(reading.content.text))
    scored: list[tuple[float, Candidate]] = []
    places = reading.once(_places)
    rows = Counter(place.heading for place in places if place.is_above)
    for place in places:
        score = _fit(wanted, place.meanings) + _named(place.words, names)
        if _begins_with_own_label(place.words, names) and not ("earlier" in place.meanings and "earlier" not in wanted):
            score = max(score, _OWN_LABEL)
        if score <= 0:
            continue
        candidate = place.candidate
        if has_money and candidate.detector != "amount":
            score -= 0.6
        if place.is_above:
            score *= (
                0.6 if rows[place.heading] < _LIST or not place.heading else 0.4
            )  # a list has many amounts and no sum
        if not wanted & {"tax", *OWN_NAME_ONLY} and float(candidate.value or 0) <= 0:
            score -= 0.2 if candidate.value else 0.5
        score += 0.1 * candidate.start / length  # sums stand at the end
        if score > 0.2:
            scored.append((score, candidate))
    repeated = Counter(candidate.value for _, candidate in scored)
    found = [
        Proposal(
            start=candidate.start, end=candidate.end, value=candidate.value, finder="label",
            strength=round(min(1.0, (score + 0.08 * min(2, repeated[candidate.value] - 1)) / _VERY_GOOD), 4),
            is_ambiguous=candidate.is_ambiguous,
        )
        for score, candidate in scored
    ]  # fmt: skip
    return with_margins(sorted(found, key=lambda each: (-each.strength, -each.start)))


def _amounts(reading: Reading) -> list[Candidate]:
    """The amounts of a file; the first and the last of one that has them without end."""
    numbers = reading.candidates(frozenset({"amount", "number"}))
    amounts = [candidate for candidate in numbers if not candidate.text.endswith("%")]
    return (
        amounts
        if len(amounts) <= _MOST_AMOUNTS
        else [*amounts[: _MOST_AMOUNTS // 4], *amounts[-_MOST_AMOUNTS * 3 // 4 :]]
    )


def _fit(wanted: frozenset[str], said: frozenset[str]) -> float:
    """How well what a label says fits what is wanted; 0 or less: not at all."""
    if not said:
        return 0.0
    score = -sum(_FOREIGN[meaning] for meaning in said - wanted)
    own = wanted & OWN_NAME_ONLY
    for meaning in own:
        score += 0.9 if meaning in said else -0.6
    if "tax" in wanted and not wanted & {"net", "gross"}:
        return (
            score
            + (0.9 if "tax" in said else -1.0)
            + (0.2 if "sum" in said else 0.0)
            - (0.6 if said & {"net", "gross"} else 0.0)
        )
    if "sum" in said or said & {"net", "gross", "due"}:
        score += 0.5
    if "lines" in wanted and "lines" in said:
        score += 0.4  # the sum of the lines is net where nothing says otherwise
    elif "net" in wanted:
        score += 0.5 if "net" in said else -0.7 if "gross" in said else -0.3
    elif "gross" in wanted or not own:
        score += -0.5 if "net" in said else 0.3 if "gross" in said else 0.0
    if "lines" in wanted:
        score += 0.5 if "lines" in said else -0.15
    if "due" in wanted:
        score += 0.5 if "due" in said else -0.25
    elif "due" in said:
        score += 0.1
    return score


def _named(words: str, names: Sequence[_Name]) -> float:
    """How exactly a place's label is one of the field's own."""
    best = 0.0
    for name in names:
        if not name.long_words:
            continue
        if words == name.long_words:
            best = max(best, (0.52 if " " in name.long_words else 0.45) * name.strength)
        elif f" {name.long_words} " in f" {words} ":
            best = max(best, name.strength * (0.15 + 0.3 * len(name.long_words) / len(words)))
    return best


def _begins_with_own_label(words: str, names: Sequence[_Name]) -> bool:
    """Whether a place's label begins with one of the field's own of two words or more: `Total Gross Cash Discount Price`."""
    own = (name.words for name in names if name.strength >= _MIN_OWN)
    return any(" " in phrase and f"{words} ".startswith(f"{phrase} ") for phrase in own)


def _places(reading: Reading) -> list[_Place]:
    """Each amount with the words that label it: left of it on its line, else in its row of the page, else in the column above."""
    by_line: dict[int, list[Candidate]] = {}
    for candidate in reading.once(_amounts):
        line = reading.line_at(candidate.start)
        if line is not None:
            by_line.setdefault(line.number, []).append(candidate)
    out = []
    has_running_sums = _RUNNING.search(reading.content.text) is not None
    for number, members in by_line.items():
        line = reading.lines[number]
        label, row, places = "", frozenset[str](), list[_Place]()
        for position, candidate in enumerate(members):
            left = members[position - 1].end if position else line.start
            own = _segment_words(reading, candidate, left) or _words(reading.content.text[left : candidate.start])
            if not own and position == 0:
                own = _row_words(reading, candidate)
            # In a row of amounts the words at its beginning hold for all of them.
            label = own or label
            said, is_above = meanings(label), False
            if not position:  # what the row is about: `Zuschlag Versandkosten 115,30 7 % UST 5,80`
                row = meanings(_words(reading.content.text[line.start : candidate.start])) & _OF_A_ROW
            said |= row
            if position and has_running_sums and _RUNNING.search(_header(reading, line, candidate, by_line)):
                said |= {"earlier"}  # the sum of the year so far stands beside that of the period
            words, above = label, ""
            if not label or (len(members) > 1 and said <= {"sum"}):
                above = _header(reading, line, candidate, by_line)
                is_above = not said  # all that is known of it is what its column is called
                said |= meanings(above)
                words = label or above
            places.append(_Place(candidate, said, words, is_above, above))
        out.extend(_beside_tax(places))
    return out


def _beside_tax(row: list[_Place]) -> list[_Place]:
    """Of two amounts in a row, one of them the tax: what stands before it was taxed, what stands after it is taxed."""
    if len(row) != 2:
        return row
    first, last = row
    if "tax" in last.meanings and first.meanings == {"sum"}:
        return [replace(first, meanings=frozenset({"sum", "net"})), last]
    if "tax" in first.meanings and last.meanings == {"sum"}:
        return [first, replace(last, meanings=frozenset({"sum", "gross"}))]
    return row


def _segment_words(reading: Reading, candidate: Candidate, left: int) -> str:
    """Words before an amount in its own segment, where a form sets label and amount together: `Total $: $1,530.00`."""
    segment = reading.segments.at(candidate.start)
    return _words(reading.content.text[max(left, segment.start) : candidate.start]) if segment is not None else ""


def _words(text: str) -> str:
    """The last words of a label, without currencies and percentages."""
    text = _RATE.sub(" ", text)
    words = [word for word in _WORD.findall(text) if not (word.isupper() and currency_code(word)) and len(word) > 1]
    return " ".join(words[-_MAX_LABEL_WORDS:]).casefold()


def _row_words(reading: Reading, candidate: Candidate) -> str:
    """Words left of an amount at its height on the page, where the reading order has parted them."""
    found = reading.box_of(candidate.start, candidate.end)
    if found is None:
        return ""
    page, (left, top, _, bottom) = found
    row = []
    for word in reading.words_of_pages[page]:
        place = word.place
        if isinstance(place, PageBox) and place.box[2] <= left:
            shared = min(bottom, place.box[3]) - max(top, place.box[1])
            if shared > 0.5 * min(bottom - top, place.box[3] - place.box[1]):
                row.append((place.box[0], word.text))
    return _words(" ".join(text for _, text in sorted(row)))


def _header(reading: Reading, line: Line, candidate: Candidate, by_line: dict[int, list[Candidate]]) -> str:
    """The words right above an amount in the nearest lines that hold no amounts: a heading may be set in several."""
    box = reading.box_of(candidate.start, candidate.end)
    found: list[str] = []
    for above in reversed(reading.lines[max(0, line.number - _MAX_HEADER_LINES) : line.number]):
        if above.number in by_line and not _is_form_label(reading, above, box, by_line[above.number]):
            if found:
                break
            continue
        if box is None:
            return _words(above.text) if above.number == line.number - 1 else ""
        words = _over(reading, above, box[0], box[1])
        if found and (not words or _is_apart(reading, above)):
            break
        if words or above.number == line.number - 1:
            found.insert(0, words)
        if len(found) == _MAX_HEADING_LINES or (not words and not found):
            break
    return _words(" ".join(found))


def _is_form_label(reading: Reading, line: Line, box: tuple[int, Box] | None, amounts: Sequence[Candidate]) -> bool:
    """Whether what stands over an amount in a line with numbers is the label of a numbered box: `1 Wages, tips, other compensation`."""
    if box is None:
        return False
    words = _over(reading, line, *box)
    if _BOX_LABEL.match(words) is None:
        return False
    return not any(each.detector == "amount" and each.text in words for each in amounts)


def _is_apart(reading: Reading, line: Line) -> bool:
    """Whether a blank line parts it from the next one."""
    after = reading.lines[line.number + 1]
    return reading.content.text.count("\n", line.end, after.start) > 1


def _over(reading: Reading, line: Line, page: int, box: Box) -> str:
    """The words of a line that stand over a box: whole segments, unless one goes far beyond it."""
    out, last = [], None
    for word in reading.content.words[line.first : line.last]:
        place = word.place
        if not isinstance(place, PageBox) or place.page != page or place.box[0] >= box[2] or place.box[2] <= box[0]:
            continue
        segment = reading.segments.at(word.offset)
        if (
            segment is not None
            and segment.box is not None
            and _WIDE * (box[2] - box[0]) >= segment.box[2] - segment.box[0]
        ):
            if segment is not last:
                out.append(segment.text)
            last = segment
        else:
            out.append(word.text)
    return " ".join(out)
