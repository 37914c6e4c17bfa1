"""Finds names and addresses by their form: companies by legal form, persons by title, addresses by post code and street words."""

# ruff: noqa: SIM905 - long word lists read better without quotes
from __future__ import annotations

import re
from typing import NamedTuple

from .column_names import senses
from .label_synonyms import is_label


class NameInText(NamedTuple):
    """A name or an address and where it stands."""

    start: int
    end: int


LEGAL_FORMS = (
    "GmbH & Co. KG", "GmbH & Co KG", "GmbH", "mbH", "AG & Co. KG", "AG", "KGaA", "OHG", "KG", "e.K.", "e.V.", "eG", "UG", "SE",
    "Inc", "Incorporated", "Corp", "Corporation", "Co", "Company", "LLC", "L.L.C.", "LLP", "L.L.P.", "LP", "L.P.", "PLC", "Ltd",
    "Limited", "Pte Ltd", "Pte. Ltd", "Pty Ltd", "Pvt Ltd", "Sdn Bhd", "Sdn. Bhd", "Sdn. Bnd", "Sdn Bnd", "Bhd", "S.A.R.L.", "SARL",
    "S.à r.l.", "SAS", "S.A.S.", "S.A.", "SA", "SNC", "EURL", "S.L.", "S.L.U.", "SL", "S.p.A.", "SpA", "S.r.l.", "Srl", "B.V.", "BV",
    "N.V.", "NV", "VOF", "Ltda", "Lda", "S.A. de C.V.", "A/S", "ApS", "AS", "ASA", "AB", "Oy", "Oyj", "Kft", "Zrt", "s.r.o.", "a.s.",
    "Sp. z o.o.", "d.o.o.", "K.K.", "PAC", "Committee", "Trust", "Bank", "University", "Foundation", "Association", "Enterprise",
    "Trading", "Holdings", "Group",
)  # fmt: skip
"""Legal forms and the few words that do the same; compared without regard to case where they are longer than three letters."""

_LONG = "|".join(
    re.escape(form).replace(r"\ ", r"[ .]{1,2}") for form in sorted(LEGAL_FORMS, key=len, reverse=True) if len(form) > 3
)
_SHORT = "|".join(
    sorted(
        {re.escape(each) for form in LEGAL_FORMS if len(form) <= 3 for each in (form, form.upper())},
        key=len,
        reverse=True,
    )
)
_FORM = re.compile(rf"(?=[A-Za-z])(?<![^\W_])(?:(?i:{_LONG})|{_SHORT})(?![^\W_])\.?")
_LINK_WORDS = frozenset(
    "of and the for de la le du des del der die das und et y e von van & + - – / at in for do da dos di".split()
)
_STOP = re.compile(r"[:;|•\t]|\s{3,}")


def find_companies(text: str) -> list[NameInText]:
    """Names that end in a legal form, within their line, by start; of `Muster AG Mitte` both the name to `AG` and the whole."""
    out: list[NameInText] = []
    for match in _FORM.finditer(text):
        line_start = _line_start(text, match.start())
        before = text[max(line_start, match.start() - 100) : match.start()]
        stops = [stop.end() for stop in _STOP.finditer(before)]
        before = before[stops[-1] :] if stops else before
        start = _name_start(before, match.start())
        if start is not None:
            if match[0].islower() or _NO_NAME_OF_ITS_OWN.fullmatch(text, start, match.start()):
                continue  # `a Delaware corporation`, `the Company`
            name = NameInText(start, match.end())
            if out and out[-1].start == start:
                out[-1] = name
            else:
                out.append(name)
    for name in list(out):
        longer = _REST_OF_NAME.match(text, name.end)
        if longer is not None:
            out.append(NameInText(name.start, longer.end()))
    return sorted(out)


_NO_NAME_OF_ITS_OWN = re.compile(
    r"(?:[^\w\n]|\b(?:the|a|an|each|both|either|neither|any|every|such|this|that|of|and|or|for|by|at|as|to|in|said|our|your|its|their|other|"
    r"parent|holding|insurance|[ivxlc]{1,4}|[a-z]|\d+)\b)*",
    re.IGNORECASE,
)
LONG_LINE = 50
"""Characters from which a line is running text, so that a name may begin on the line before."""


def _line_start(text: str, at: int) -> int:
    start = text.rfind("\n", 0, at) + 1
    before = text.rfind("\n", 0, max(0, start - 1)) + 1
    return before if start - before > LONG_LINE else start


_REST_OF_NAME = re.compile(r"(?: [A-ZÄÖÜ(&][^\W\d_]*[).]?){1,3}(?=[ \t]*(?:\n|$))")


def _name_start(before: str, form_start: int) -> int | None:
    """Where the run of name words ends that stands before a legal form, read from right to left; None when there is none."""
    offset = form_start - len(before)
    start: int | None = None
    for count, word in enumerate(reversed(list(re.finditer(r"\S+", before)))):
        token = word[0]
        bare = token.strip("(),.\"“”'’")
        is_name = bool(bare) and (bare[0].isupper() or bare[0].isdigit() or token[0] in "(&")
        if not is_name and bare.lower() not in _LINK_WORDS and token not in _LINK_WORDS:
            break
        if token[-1] == "." and count and len(bare) > 3:  # the end of the sentence before
            break
        if count >= MAX_NAME_WORDS:
            break
        if is_name and token not in _LINK_WORDS:
            start = offset + word.start() + (len(token) - len(token.lstrip(",.\"“'")))
    return start


MAX_NAME_WORDS = 9
"""Words before a legal form that can belong to the name."""
_TITLE = re.compile(
    r"(?<![^\W_])(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Herrn|Herr|Frau|Mme|Mlle|Monsieur|Madame|M|Sr|Sra|Señor|Señora|Sig|Sig\.ra|Dhr|Mevr|Dott)\.?"
    r"(?: (?:Dr|Prof)\.)*[ ]"
    r"(?P<name>(?:[A-ZÄÖÜÉÈÁÓÍÇÑ][^\W\d_]*[.'’-]?(?:[A-ZÄÖÜÉ]?[^\W\d_]+)?)(?: (?:(?:von|van|de|der|den|zu|la|le|di|da|bin|binti|a/l)[ ])*"
    r"[A-ZÄÖÜÉÈÁÓÍÇÑ][^\W\d_]*[.'’-]?[^\W\d_]*){0,3})"
)
_PERSON_LABEL = re.compile(
    r"(?i:\b(?:cashier|attended by|served by|server|contact|attn|attention|name|(?:signed|prepared|issued) by|sales ?person|agent|"
    r"ansprechpartner|bearbeiter|kontakt|vendeur|contacto)\b)\.?[ ]?[:;#][ \n]{0,3}(?P<name>[A-Z][^\W\d_.]+(?:[ ][A-Z][^\W\d_]*\.?){0,3})"
    r"(?![^\W_])"
)


_PARTY = re.compile(
    r"\b(?:between|and|by|to|with)[ \n](?P<name>[A-Z][a-zé'’-]+(?:[ \n](?:[A-Z]\.|[A-Z][a-zé'’-]+)){1,3})"
    r"(?=,? ?\n?[(][\"“'‘]|,? an? individual|, residing)"
)


def find_persons(text: str) -> list[NameInText]:
    """Capitalised names after a title, after a label such as `Cashier:` or as a party to a contract, by start."""
    patterns = (_TITLE, _PERSON_LABEL, _PARTY)
    spans = {match.span("name") for pattern in patterns for match in pattern.finditer(text)}
    return [NameInText(*span) for span in sorted(spans)]


_STREET = re.compile(
    r"(?i)(?<![^\W_])(?:jalan|jln|lorong|lot|street|st\.|road|rd\b\.?|avenue|ave\b\.?|boulevard|blvd|lane|drive|suite|floor|flr|level|"
    r"block|unit|building|plaza|mall|p\.? ?o\.? box|taman|bandar|kampung|rue|avenue|place|impasse|chemin|calle|avda|plaza|via|piazza|"
    r"weg|platz|allee|gasse|autoroute|route|highway|hwy|parkway|pkwy|court|square|basement|wisma|menara|persiaran|"
    r"crescent|terrace|flat|apt|allée|quai|avenida|avda|paseo|rambla|ronda|camino|carretera|glorieta|callejón|alameda|pasaje|polígono|"
    r"urbanización|corso|viale|rua|travessa|praça|chaussee|plein|kade)(?![^\W_])"
    r"|[^\W\d_]{3,}-?(?:stra(?:ß|ss)e|weg|platz|allee|gasse|chaussee|straat|laan|plein|kade)(?![^\W_])"
    r"|[^\W\d_]{3,}-?(?:str\.|(?:ring|ufer|damm)(?= \d))"
    r"|^[cC](?:/|\. )"
)
_POST_CODE = re.compile(
    r"(?<![\w./#:-])(?<!\d,)(?:[A-Z]{1,2}[- ])?\d{4,5}(?:-\d{4})?[,.]? {0,2}[^\W\d_]{2}|[A-Z]{2}\.? \d{5}(?:-\d{4})?(?![\w-])"
    r"|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}(?!\w)|(?<=[^\W\d_]{3}), ?\d{5}$"
)
_HOUSE = re.compile(
    r"(?i)^\W*(?:no\.?|lot|unit|blk)\W*[\w-]*\d|^\d+[\w/-]*,? [^\W\d_]|[^\W\d_]{3,}\.? \d{1,4}(?:[/-]\d{1,3})?[a-z]?$"
)
_NO_ADDRESS = re.compile(
    r"(?i)\b(?:tel|telephone|phone|fax|e-?mail|gst|vat|tax|reg|invoice|rechnung|date|datum|cash(?:ier)?|total|ust|iban|bic|www|http|receipt|"
    r"doc(?:ument)?|order|qty|rm|usd|eur|amount)\b|@|[€$£]|\d\.\d\d(?!\d)|\d,\d\d$|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}"
)
MAX_ADDRESS_LINES = 6
"""A postal address has three to six lines."""


def find_addresses(text: str) -> list[NameInText]:
    """Postal addresses: the run of lines around a post code or a street word that look like address lines, by start."""
    lines = [(match.start(), match.end()) for match in re.finditer(r"[^\n]+", text)]
    weights = [_address_weight(text[start:end]) for start, end in lines]
    out: list[NameInText] = []
    index = 0
    while index < len(lines):
        if weights[index] < 1:
            index += 1
            continue
        first, last = index, _last_line(text, lines, weights, index)
        index = last + 1
        is_place = sum(weights[first : last + 1]) >= 1 and any(
            _POST_CODE.search(text[start:end]) for start, end in lines[first : last + 1]
        )
        floor = out[-1].end if out else 0
        while (  # lines above that go on with a comma: "CAR PARK OFFICE,"
            is_place
            and first > 0
            and last - first + 1 < MAX_ADDRESS_LINES
            and lines[first - 1][0] >= floor
            and lines[first][0] - lines[first - 1][1] == 1
            and text[lines[first - 1][1] - 1] == ","
            and not _NO_ADDRESS.search(text[slice(*lines[first - 1])])
        ):
            first -= 1
            weights[first] = max(weights[first], 0.5)
        if is_place and not any(_STREET.search(text[slice(*line)]) for line in lines[first : last + 1]):
            house = _house_above(text, lines, weights, first, floor)
            weights[house:first] = [max(weight, 0.5) for weight in weights[house:first]]
            first = house
        if sum(weights[first : last + 1]) >= 1.5 and (last > first or weights[last] >= 2):
            out.append(NameInText(lines[first][0], lines[last][1]))
    return out


_MAX_GAP = 2
"""Line ends between the lines of an address: a reader of pictures takes wide lines for blocks."""
_MAX_ABOVE = 3
"""Lines between a house and its post code, the house's own counted: `Flat 1`, `Mill Way`, `Ely`, `CB7 4AB`."""


def _house_above(text: str, lines: list[tuple[int, int]], weights: list[float], first: int, floor: int) -> int:
    """Index of the line with the house of a place that begins at line `first`; `first` where none stands above it."""
    for above in range(first - 1, max(-1, first - 1 - _MAX_ABOVE), -1):
        is_next = lines[above + 1][0] - lines[above][1] <= _MAX_GAP
        if not is_next or lines[above][0] < floor or not weights[above]:
            return first
        if _HOUSE.search(text[slice(*lines[above])].strip()):
            return above
    return first


def _last_line(text: str, lines: list[tuple[int, int]], weights: list[float], first: int) -> int:
    """Index of the line an address that begins at line `first` ends with."""
    last = first
    while (
        last + 1 < len(lines)
        and last + 1 - first < MAX_ADDRESS_LINES
        and lines[last + 1][0] - lines[last][1] <= _MAX_GAP
        and (weights[last + 1] >= 1 or (weights[last + 1] == 0.5 and not _has_post_code(text, lines[last])))
    ):
        last += 1
    while last > first and weights[last] < 1 and not _is_tail(text, lines, last):
        last -= 1
    return last


def _has_post_code(text: str, line: tuple[int, int]) -> bool:
    return _POST_CODE.search(text[line[0] : line[1]]) is not None and not text[line[0] : line[1]].rstrip().endswith(",")


def _is_tail(text: str, lines: list[tuple[int, int]], index: int) -> bool:
    """Whether a short line goes on with an address: the line before it ends in a comma."""
    return index > 0 and text[lines[index - 1][0] : lines[index - 1][1]].rstrip().endswith(",")


def _address_weight(line: str) -> float:
    """How much a line looks like part of an address: 0 no, 0.5 could be, 1 and more yes."""
    if len(line) > 90 or _NO_ADDRESS.search(line):
        return 0
    weight = 0.0
    weight += 1 if _STREET.search(line) else 0
    weight += 1 if _POST_CODE.search(line) else 0
    weight += 0.5 if _HOUSE.search(line.strip()) else 0
    if weight == 0.5:
        weight = 1 if "," in line else 0.5
    if weight == 0 and len(line) < 40 and not any(character.isdecimal() for character in line):
        weight = 0.5
    return weight


def ends_with_legal_form(text: str) -> bool:
    """Whether a text ends with the legal form of a company, with a name before it."""
    return any(match.end() == len(text) and match.start() > 2 for match in _FORM.finditer(text))


def is_legal_form(text: str) -> bool:
    """Whether a text is the legal form of a company and nothing else: `GmbH & Co. KG`."""
    rest = re.sub(r"(?i)[\s&+.,]|\bco\b", "", _FORM.sub("", text))
    return not rest and _FORM.search(text) is not None


_NO_NAME = re.compile(r"[n№][°º] ?\d|\d{1,2}\.? [^\W\d_]{3,} (?:19|20)\d\d")
_HEADING = 0.85


def can_be_name(value: str, kinds: frozenset[str]) -> bool:
    """Whether a text can be the name that is asked for: `Nummer: 549910` is none, and a person has no digits."""
    if not kinds & {"company", "person"}:
        return True
    if "company" not in kinds and any(character.isdigit() for character in value):
        return False
    if (
        _NO_NAME.search(value)
        or is_label(value)
        or is_legal_form(value)
        or max(senses(value).values(), default=0.0) >= _HEADING
    ):
        return False  # `Facture n°562044387 du 02 Juillet 2015`, `Artikel`
    letters = sum(character.isalpha() for character in value)
    if value.count(" ") >= 4 and letters <= 1.2 * len(value.split()):
        return False  # a word set in spaced letters: `R E C H N U N G`
    return letters >= 2 and letters > 0.5 * len(value.replace(" ", "")) and ":" not in value and len(value) <= 120
