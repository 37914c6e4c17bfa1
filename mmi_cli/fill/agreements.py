"""What the first and last clauses of an agreement say in running text: who the parties are, from when it holds, whose law governs it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..datamodel.schema import Field
from .candidates import candidate_kinds
from .names_in_text import LEGAL_FORMS, can_be_name
from .proposals import Proposal, proposal_of_span, with_margins
from .reading import Reading

_PREAMBLE_CHARS = 5_000
_MAX_PARTIES_CHARS = 1_500
_MAX_NAME_CHARS = 90
_ONE_LISTED, _ONLY_DEFINED = 0.6, 0.4
"""Strengths of a list of one name, and of names that only a short name in brackets marks."""
_ASKS_PARTIES = re.compile(
    r"\b(?:party|parties|signator(?:y|ies)|contracting|vertragspartei(?:en)?|contractants?)\b", re.IGNORECASE
)
_ASKS_LAW = re.compile(
    r"\b(?:jurisdiction|governing law|applicable law|choice of law|law of|whose law|governed by|anwendbares recht|droit applicable|"
    r"ley aplicable)\b",
    re.IGNORECASE,
)
_ASKS_START = re.compile(
    r"\b(?:effective|in effect|agreement date|contract date|date of (?:the )?(?:agreement|contract)|commencement|signed|signing|executed|"
    r"vertragsdatum|vertragsbeginn|in kraft)\b",
    re.IGNORECASE,
)

_FORMS = "|".join(
    sorted(
        {re.escape(form).replace(r"\ ", r"\s") for form in LEGAL_FORMS}
        | {"N.A.", "Jr", "Sr", "III?", "IV", "PTE", "LTD", "INC", "CORP"},
        key=len,
        reverse=True,
    )
)
_BETWEEN = re.compile(
    r"\b(?:by\s+and\s+(?:between|among)|(?:is|are)\s+(?:made\s+)?(?:by|between)|(?:entered\s+into|made)\b[^.;]{0,120}?\b"
    r"(?:by\s+and\s+(?:between|among)|by|between|among)|"
    r"between|among|zwischen|entre)\b\s*:?\s+",
    re.IGNORECASE,
)
_END = re.compile(
    r"\b(?:WHEREAS|RECITALS?|WITNESSETH|W I T N E S S E T H|Background|NOW,?\s+THEREFORE|in consideration|"
    r"(?:the|you|both)\s+(?:parties\s+)?(?:hereto\s+)?agree|intending\s+to\s+be|to\s+allow|relating\s+to|"
    r"with\s+respect\s+to|for\s+the\s+purpose|Präambel)\b|\n\s*\n|"
    r"\.\s+(?=[A-Z“\"])(?<!\bInc\.\s)(?<!\bCorp\.\s)(?<!\bLtd\.\s)(?<!\bCo\.\s)(?<!\b[A-Z]\.\s)",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\([^()]*\)|“[^”]*”|\"[^\"\n]*\"")
_QUOTED = re.compile(r"[“\"]([^”\"\n]{2,60})[”\"]")
_NEXT_PARTY = re.compile(
    r"(?:[,;]\s*)?\s(?:and|und|et|y)\s+(?:(?:by|between|(?:its|their)\s+[\w ]{3,30}company),?\s+)?(?=[a-z]?[A-Z])|"
    r";\s+(?=[a-z]?[A-Z])|\x00\s*,\s+(?=[a-z]?[A-Z])"
)
_STOP = re.compile(
    rf"\x00|\s*,(?!\s*(?:{_FORMS})(?![^\W_]))|\s+(?:d/b/a|f/k/a|a/k/a|whose|who|having|with|as|on\s+behalf|in\s+connection|located|"
    r"residing|acting|for|of\s+the\s+(?:one|other|first|second)\s+part|hereinafter|effective|dated|relating|pursuant|is|are|agrees?|to|acknowledges?|desires?|wish(?:es)?|may|shall|will|has|have|hereby|that|which)\s|"
    r"[;:_\t]|\s+an?\s+[A-Z]?[a-z]+|\s+and\s+(?:its|their|his|her|all|any|each|other)\b",
)
_ROLE = re.compile(
    r"^(?:the\s+)?(?:undersigned|employee|employer|company|contractor|consultant|executive|recipient|distributor|party|parties|client|"
    r"discloser|participant|you|each|certain|affiliates?|subsidiar(?:y|ies)|shareholders?|stockholders?)\b[^\W\d]*$",
    re.IGNORECASE,
)
_NO_PARTY = re.compile(
    r"\b(?:agreement|information|act|exhibit|benefits?|section|article|plan|date|materials?|schedule|annex|code|rules?|regulations?|"
    r"laws?|transactions?|state|services|purpose|period|term|representatives?)\b",
    re.IGNORECASE,
)
_DEFINED = re.compile(
    r"(?<!\w)(?P<name>[a-z]?[A-Z][\w.&’'-]*+"
    r"(?:[ \n]+(?:of|the|and|&|de|[A-Z][\w.&’'-]*+)|,\s(?:Inc|LLC|Ltd|L\.P|LP|N\.A|Corp|Limited|Incorporated)\.?){0,12})"
    r"[^.(;:]{0,80}?\((?:the|collectively|hereinafter|together|[^()“\"]{0,60})?,?\s*[“\"]"
)
_LAW = re.compile(
    r"\b(?:govern(?:ed|ing)|construed|interpreted|enforced|controlled|subject\s+to)\b[^.;]{0,220}?\blaws?\b(?:\s+and\s+[a-z ]{3,30})?"
    r"\s+(?:of|in\s+force\s+in)\s+(?:the\s+)?(?:(?:internal\s+)?laws?\s+of\s+(?:the\s+)?)?"
    r"(?:(?:State|Commonwealth|Province|Republic|Kingdom|Country|Territory|District)\s+of\s+(?:the\s+)?)?"
    r"(?P<place>(?-i:[A-Z]))",
    re.IGNORECASE,
)
_LAW_GOVERNS = re.compile(
    r"\blaws?\s+of\s+(?:the\s+)?(?:(?:State|Commonwealth|Province|Republic|Kingdom)\s+of\s+(?:the\s+)?)?(?P<place>(?-i:[A-Z]))"
    r"(?=[^.;]{0,200}?\b(?:governs?|appl(?:y|ies)|controls?)\b)",
    re.IGNORECASE,
)
_NARROWER = re.compile(r",?\s+(?:and\s+)?(?:the\s+)?(?:State|Commonwealth|Province)\s+of\s+(?=[A-Z])")
_PLACE = re.compile(
    r"(?:(?:[A-Z]\.){2,}|[A-Z][\w’'-]*)(?:[ \n]+(?:(?:of|and|the)[ \n]+)*(?!This|Any|The\b|All\b)[A-Z][\w’'-]*){0,4}"
)
_START_BEFORE = (
    (
        re.compile(
            r"effective\s+(?:as\s+of|from|on)?\s*(?:the\s+)?$|effective\s+date\W{0,12}(?:is|of|shall be|means)?\s*$",
            re.IGNORECASE,
        ),
        1.0,
    ),
    (
        re.compile(
            r"(?:made|entered\s+into|dated|executed|signed|agreement)\b[^.;]{0,60}?\b(?:as\s+of|on|this|of)?\s*(?:the\s+)?$",
            re.IGNORECASE,
        ),
        0.9,
    ),
    (re.compile(r"(?:as\s+of|dated|date:?|this)\s*(?:the\s+)?$", re.IGNORECASE), 0.7),
)
_START_AFTER = re.compile(r"^\W{0,4}\(?\s*(?:the\s+)?\W{0,3}effective\s+date", re.IGNORECASE)


def asks_for_parties(field: Field) -> bool:
    """Whether a list asks for the parties of an agreement."""
    inner = field.items
    return (
        field.type == "array"
        and inner is not None
        and inner.type == "string"
        and inner.kind == "extracted"
        and bool(_ASKS_PARTIES.search(_asked(field)))
    )


def find_parties(reading: Reading, field: Field) -> list[Proposal]:
    """The parties that the first sentence of an agreement names, in its order; strength 1 where it lists two or more."""
    text = reading.content.text[:_PREAMBLE_CHARS]
    found: list[tuple[int, int]] = []
    for match in _BETWEEN.finditer(text):
        spans = list(_listed(text, match.end()))
        if len(spans) > len(found):
            found = spans
        if len(found) >= 2:
            break
    strength = 1.0 if len(found) >= 2 else _ONE_LISTED
    if not found:
        found, strength = sorted(set(_defined(text))), _ONLY_DEFINED
    proposals = []
    for start, end in found:
        proposal = proposal_of_span(reading, field.items or field, start, end, "clause", strength=strength)
        if proposal is not None:
            proposals.append(proposal)
    return proposals


def by_clauses(reading: Reading, field: Field) -> list[Proposal]:
    """The governing law or the date of effect, best first, for fields that ask for one; strengths in (0, 1]."""
    asked = _asked(field)
    if field.type == "date" and _ASKS_START.search(asked):
        found = list(_starts(reading, field))
    elif field.type == "string" and not field.enum and _ASKS_LAW.search(asked) and not candidate_kinds(field):
        found = list(_laws(reading, field))
    else:
        return []
    return with_margins(sorted(found, key=lambda each: (-each.strength, each.start)))


def _asked(field: Field) -> str:
    return " ".join((field.name.replace("_", " "), field.description, *field.aliases))


def _listed(text: str, at: int) -> Iterator[tuple[int, int]]:
    """(start, end) of each name in a list of parties that begins at `at`."""
    region = text[at : at + _MAX_PARTIES_CHARS]
    masked = _BRACKETED.sub(lambda match: "\x00" * len(match[0]), region)
    end = _END.search(masked)
    masked = masked[: end.start()] if end else masked
    defined = {short.strip(" .,").casefold() for short in _QUOTED.findall(region)}
    begins = [0, *(match.end() for match in _NEXT_PARTY.finditer(masked))]
    for begin, after in zip(begins, [*begins[1:], len(masked)], strict=True):
        span = _name(masked[begin:after])
        if span is not None and masked[begin + span[0] : begin + span[1]].casefold() not in defined:
            yield at + begin + span[0], at + begin + span[1]


def _name(chunk: str) -> tuple[int, int] | None:
    """The name at the beginning of a chunk of a list of parties."""
    start = len(chunk) - len(chunk.lstrip(" \n\t(“\"'"))
    article = re.match(r"(?:the|by|and)\s+(?=[A-Z])", chunk[start:])
    start += article.end() if article else 0
    stop = _STOP.search(chunk, start)
    end = stop.start() if stop else len(chunk)
    end = start + len(re.sub(r"(?:[\s,;\x00-]|\s(?:and|or|by|of))*$", "", chunk[start:end]))
    name = " ".join(chunk[start:end].split())
    if not 3 <= len(name) <= _MAX_NAME_CHARS or name[:2].lower() == name[:2] or _ROLE.match(name):
        return None
    if _NO_PARTY.search(name):
        return None
    if not can_be_name(name, frozenset({"company", "person"})) or (
        " " not in name and not name.isupper() and len(name) < 4
    ):
        return None
    return start, end


def _defined(text: str) -> Iterator[tuple[int, int]]:
    """Names that a bracket with quotes gives a short name: `Tektronix, Inc. (the “Company”)`."""
    for match in _DEFINED.finditer(text):
        span = _name(match["name"])
        if span is not None and " " in match["name"][span[0] : span[1]]:
            yield match.start("name") + span[0], match.start("name") + span[1]


def _laws(reading: Reading, field: Field) -> Iterator[Proposal]:
    text = reading.content.text
    for match in [*_LAW.finditer(text), *_LAW_GOVERNS.finditer(text)]:
        place = _PLACE.match(text, match.start("place"))
        narrower = _NARROWER.match(text, place.end()) if place is not None else None
        if narrower is not None:
            place = _PLACE.match(text, narrower.end())
        if place is None:
            continue
        before = text[max(0, match.start() - 120) : match.start()].casefold()
        strength = 1.0 if "agreement" in before or "contract" in before or "law" in before else 0.85
        proposal = proposal_of_span(reading, field, place.start(), place.end(), "clause", strength=strength)
        if proposal is not None:
            yield proposal


def _starts(reading: Reading, field: Field) -> Iterator[Proposal]:
    text = reading.content.text
    for candidate in reading.candidates(frozenset({"date"})):
        before, after = text[max(0, candidate.start - 90) : candidate.start], text[candidate.end : candidate.end + 40]
        before = before.rsplit("\n\n", 1)[-1]
        strength = next((worth for pattern, worth in _START_BEFORE if pattern.search(before)), 0.0)
        if _START_AFTER.search(after):
            strength = 1.0
        if strength == 0.0 and candidate.start < 1_200 and before.strip() == "":
            strength = 0.55  # the date of a letter
        if strength == 0.0:
            continue
        if candidate.start > _PREAMBLE_CHARS:
            strength *= 0.6
        proposal = proposal_of_span(reading, field, candidate.start, candidate.end, "clause", strength=strength)
        if proposal is not None:
            yield proposal
