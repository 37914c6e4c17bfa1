"""Finds where in a file a value stands: exactly, then up to case, spacing and punctuation, then with few slips."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal, NamedTuple

from ..datamodel.content import Content
from .text_index import Folded, TextIndex, fold_text, without_slips

MAX_SLIPS = 0.12
"""Edits a fuzzy match may need, as a part of the value's length: one letter in eight."""
MIN_FUZZY = 6
"""Folded characters below which a value is found exactly or not at all: with one edit, `total` is `metal`'s neighbour."""
MAX_VALUE = 4000
"""Characters of a value that are looked for; longer ones are not values."""
_MANY = 500
"""Occurrences looked at of one value: beyond them a value says nothing about its place."""
_FUZZY_CHARS = 30_000
"""Characters compared with a value letter by letter: a long value is held against fewer places."""
_MAX_PIECES = 40
"""Lines or parts of a value that may stand apart; an address has three to ten."""


class Located(NamedTuple):
    """A place in `Content.text` where a value stands."""

    start: int
    end: int
    match: Literal["exact", "normalized", "fuzzy"]
    score: float
    """Similarity in (0, 1]; 1 when exact."""


def locate(content: Content | TextIndex, text: str, *, near: int | None = None, limit: int = 8) -> tuple[Located, ...]:
    """Where `text` stands, best first, places of the same goodness nearest to the offset `near` (else the start) first.

    `normalized`: the same letters and digits in the same order; case, accents, spaces, line breaks and punctuation may differ, marks
    inside numbers may not. `fuzzy`, tried only where neither is found: one letter in eight may differ, digits may not, save for letters
    that a scan took for digits. A match begins and ends at the border of a word or of a number.

    Args:
        content: a `TextIndex` where more than one value is looked for.
    """
    index = content if isinstance(content, TextIndex) else TextIndex(content)
    text = text.strip()
    if not text or len(text) > MAX_VALUE:
        return ()
    found = {(place.start, place.end): place for place in _exact(index.content.text, text)}
    folded = fold_text(text)
    if folded.text:
        for place in _normalized(index, text, folded):
            if not any(start <= place.start and place.end <= end for start, end in _around(found, place)):
                found[(place.start, place.end)] = place
        if not found and len(folded.text) >= MIN_FUZZY:
            places = (_slipped(index, text, folded) if index.is_ocr else []) or _fuzzy(index, folded)
            found = {(place.start, place.end): place for place in places}
    anchor = near or 0
    ranked = sorted(found.values(), key=lambda place: (-place.score, abs(place.start - anchor), place.start))
    return tuple(ranked[:limit])


def locate_pieces(content: Content | TextIndex, text: str, *, near: int | None = None) -> tuple[Located, ...]:
    """The lines of a value that stands in several places close together, in order of the file; () when a good part is missing.

    For addresses and names whose lines are parted by other columns: `text` is split at line breaks and commas.
    """
    index = content if isinstance(content, TextIndex) else TextIndex(content)
    pieces = [
        piece for piece in (part.strip() for part in re.split(r"[\n\t;,|]+", text)) if len(fold_text(piece).text) >= 2
    ]
    if not 2 <= len(pieces) <= _MAX_PIECES:
        return ()
    places = [locate(index, piece, near=near, limit=50) for piece in pieces]
    found = [options for options in places if options]
    size = sum(len(piece) for piece in pieces)
    if not found or sum(len(piece) for piece, options in zip(pieces, places, strict=True) if options) < 0.8 * size:
        return ()
    rarest = min(found, key=lambda options: (len(options), -(options[0].end - options[0].start)))
    best: tuple[Located, ...] = ()
    for anchor in rarest:
        chosen = {min(options, key=lambda place: (abs(place.start - anchor.start), -place.score)) for options in found}
        reach = max(place.end for place in chosen) - min(place.start for place in chosen)
        if reach <= 3 * size + 300 and (not best or reach < best[-1].end - best[0].start):
            best = tuple(sorted(chosen))
    return best


def _around(found: dict[tuple[int, int], Located], place: Located) -> Iterator[tuple[int, int]]:
    starts = sorted(found)
    at = bisect_left(starts, (place.start + 1, 0))
    yield from starts[max(0, at - 1) : at + 1]


def _exact(source: str, text: str) -> Iterator[Located]:
    at = source.find(text)
    count = 0
    while at >= 0 and count < _MANY:
        if _is_border(source, at, text[0], -1) and _is_border(source, at + len(text), text[-1], 1):
            yield Located(at, at + len(text), "exact", 1.0)
        count += 1
        at = source.find(text, at + 1)


def _is_border(source: str, at: int, inner: str, direction: int) -> bool:
    """Whether a word or number ends at offset `at`; `inner` is the matched character beside it."""
    outer = source[at - 1 : at] if direction < 0 else source[at : at + 1]
    if not outer.isalnum() or not inner.isalnum():
        # 9.00 does not stand in 19.00 nor in 9.001, and 5 does not stand in 5.25.
        if inner.isdecimal() and outer and outer in ".,":
            beyond = source[at - 2 : at - 1] if direction < 0 else source[at + 1 : at + 2]
            return not beyond.isdecimal()
        return True
    return outer.isdecimal() != inner.isdecimal() or _is_caseless(outer) or _is_caseless(inner)


def _is_caseless(character: str) -> bool:
    """Scripts without case are written without spaces, or nearly so."""
    return character.isalpha() and character.lower() == character.upper()


def _normalized(index: TextIndex, text: str, value: Folded) -> Iterator[Located]:
    source, folded = index.content.text, index.folded
    gaps = _digit_gaps(text, value)
    plain = " ".join(text.split()).casefold()
    at = folded.text.find(value.text)
    count = 0
    while at >= 0 and count < _MANY:
        count += 1
        span = _span(source, folded, at, at + len(value.text), text)
        if span is not None and _same_gaps(gaps, _digit_gaps(source, folded, at, at + len(value.text)), value.text):
            is_plain = " ".join(source[span[0] : span[1]].split()).casefold() == plain
            yield Located(*span, "normalized", 0.99 if is_plain else 0.97)
        at = folded.text.find(value.text, at + 1)


def _span(source: str, folded: Folded, first: int, last: int, text: str) -> tuple[int, int] | None:
    """The characters of the source under [first, last) of the folded text; None when they begin or end inside a word."""
    offsets = folded.offsets
    if not _begins_at(source, folded, first) or not _ends_at(source, folded, last):
        return None
    start, end = offsets[first], offsets[last - 1] + 1
    # Punctuation that frames the value and stands there too belongs to it: "(Pty) Ltd." → with its full stop.
    for character in reversed(_frame(text, -1)):
        if not _is_alike(source[start - 1 : start], character):
            break
        start -= 1
    for character in _frame(text, 1):
        if not _is_alike(source[end : end + 1], character):
            break
        end += 1
    return start, end


_QUOTES = frozenset("\"'“”„‟«»‘’‚‹›`´")


def _is_alike(left: str, right: str) -> bool:
    return left == right or (left in _QUOTES and right in _QUOTES)


def _frame(text: str, direction: int) -> str:
    match = re.match(r"[^\w\s]*", text) if direction < 0 else re.search(r"[^\w\s]*$", text)
    return match[0] if match else ""


def _begins_at(source: str, folded: Folded, at: int) -> bool:
    offset = folded.offsets[at]
    if at and folded.offsets[at - 1] == offset:  # inside a ligature
        return False
    return _is_border(source, offset, source[offset], -1)


def _ends_at(source: str, folded: Folded, at: int) -> bool:
    offset = folded.offsets[at - 1]
    if at < len(folded.text) and folded.offsets[at] == offset:
        return False
    return _is_border(source, offset + 1, source[offset], 1)


def _digit_gaps(source: str, folded: Folded, first: int = 0, last: int | None = None) -> list[bool]:
    """For each pair of neighbouring digits, whether something was left out between them."""
    text, offsets = folded.text, folded.offsets
    return [
        offsets[at + 1] > offsets[at] + 1
        for at in range(first, (len(text) if last is None else last) - 1)
        if text[at].isdecimal() and text[at + 1].isdecimal()
    ]


def _same_gaps(wanted: list[bool], found: list[bool], value: str) -> bool:
    """Whether digits are parted alike; long numbers may be grouped in another way (`DE 232 446 240`, `0312345678`)."""
    return wanted == found or sum(character.isdecimal() for character in value) >= 7


def _slipped(index: TextIndex, text: str, value: Folded) -> list[Located]:
    """Places that differ only by letters that scans mistake for digits, however many."""
    source, folded, wanted = index.content.text, index.folded, without_slips(value.text)
    out: list[Located] = []
    at = index.unslipped.find(wanted)
    while at >= 0 and len(out) < _MANY:
        span = _span(source, folded, at, at + len(wanted), text)
        if span is not None:
            out.append(Located(*span, "fuzzy", 0.95))
        at = index.unslipped.find(wanted, at + 1)
    return out


def _fuzzy(index: TextIndex, value: Folded) -> list[Located]:
    """Places within the allowed edits.

    A value cut into one piece more than it may have edits keeps at least one piece whole, so that only the surroundings of
    pieces that are found need a closer look.
    """
    from rapidfuzz.distance import Levenshtein

    source, folded = index.content.text, index.folded
    edits = max(1, int(len(value.text) * MAX_SLIPS))
    best: dict[tuple[int, int], Located] = {}
    for at in _whereabouts(folded.text, value.text, edits):
        low, high = max(0, at - edits), min(len(folded.text), at + len(value.text) + edits)
        found: tuple[int, int, int] | None = None
        ends = [end for end in range(max(low + 1, high - 3 * edits), high + 1) if _ends_at(source, folded, end)]
        for first in range(low, min(low + 3 * edits, high)):
            if not _begins_at(source, folded, first):
                continue
            for last in ends:
                if last <= first:
                    continue
                cutoff = edits if found is None else found[0] - 1
                distance = Levenshtein.distance(value.text, folded.text[first:last], score_cutoff=cutoff)
                if distance <= cutoff:
                    found = (distance, first, last)
        if found is None:
            continue
        distance, first, last = found
        if not _keeps_digits(value.text, folded.text[first:last], is_ocr=index.is_ocr):
            continue
        start, end = folded.offsets[first], folded.offsets[last - 1] + 1
        best[(start, end)] = Located(start, end, "fuzzy", round(0.96 * (1 - distance / len(value.text)), 4))
    return list(best.values())


def _whereabouts(text: str, value: str, edits: int) -> list[int]:
    """Offsets in the folded text at which the value could begin, rarest pieces first."""
    count = edits + 1
    cuts = [round(number * len(value) / count) for number in range(count + 1)]
    hits: list[tuple[int, list[int]]] = []
    for first, last in pairwise(cuts):
        piece = value[first:last]
        places: list[int] = []
        at = text.find(piece)
        while at >= 0 and len(places) < _MANY:
            places.append(at - first)
            at = text.find(piece, at + 1)
        hits.append((len(places), places))
    hits.sort(key=lambda hit: hit[0])
    seen: set[int] = set()
    out: list[int] = []
    for _, places in hits:
        for place in places:
            bucket = place // (edits + 1)
            if bucket not in seen and len(out) < _MANY:
                seen.add(bucket)
                out.append(place)
    return out[: max(8, _FUZZY_CHARS // len(value))]


_FIXED = frozenset("0123456789@%")


def _keeps_digits(value: str, found: str, *, is_ocr: bool) -> bool:
    """Whether no edit touches a digit, unless it is a letter that a scan took for that digit; marks may come and go in words."""
    from rapidfuzz.distance import Levenshtein

    has_words = sum(character.isalpha() for character in value) >= MIN_FUZZY
    for edit in Levenshtein.editops(value, found):
        left = value[edit.src_pos] if edit.tag != "insert" else ""
        right = found[edit.dest_pos] if edit.tag != "delete" else ""
        if (left in _FIXED and left) or (right in _FIXED and right):
            is_slip = edit.tag == "replace" and without_slips(left) == without_slips(right)
            if not (is_ocr and is_slip):
                return False
        elif not (left + right).isalpha() and not has_words:
            return False
    return True
