"""What somebody in a call says they will do: first person and future, with an act that goes beyond the next minute."""

# ruff: noqa: E501 - a phrase list reads better with one pattern a line
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from .moments import moments
from .roles import AGENT_ROLE, CUSTOMER_ROLE, SYSTEM_ROLE, Role
from .turns import Sentence, Turn

# What one does in the next minute, or says of oneself, is no promise: `I will check`, `I'll need your name`.
_PASSING = (
    r"(?:be (?:happy|glad|right|honest|able|with you in|paying|there)|just|help|check|look(?! into)|see|need|have to|ask|try|take a look|put you|connect|transfer you|wait|say|"
    r"explain|tell|verify|confirm your|pull|bring (?:it|that|this|up)|start|go (?:over|through|ahead and (?:check|look))|read|repeat|note|stop|block|do (?:our|my) best|do that|"
    r"get (?:that|your|it|this|you) (?:up|open|sorted|now)|never|be honest|have a look|listen|hold|let you go|miss|love|want|think|know|like|assume|guess|remember|hear|talk to you (?:tomorrow|later|soon)|"
    r"take (?!care of|it back|off|that off)|regret|leave|freeze|be (?:back )?(?:in|at) (?:the|my)|freeze|search|walk you|guide|open (?:it|the|your|up)|restart|reset|freeze)"
)
_ENGLISH = (
    re.compile(rf"\b(?:i|we)(?:'ll| will| shall|'m going to| am going to|'re going to| are going to)(?: (?:also|then|now|personally|definitely|certainly|go ahead and|make sure to))* (?!{_PASSING}\b)\w+", re.I),
    re.compile(r"\b(?:you(?:'ll| will)|you (?:are|'re) going to) (?:then |also |now )?(?:receive|get|be (?:refunded|credited|contacted|reimbursed|charged nothing)|have (?:it|your|the|a)|see (?:the|it|a|your))\b", re.I),
    re.compile(r"\b(?:someone|somebody|a colleague|my colleague|our (?:\w+ ){0,2}(?:team|department|technician|engineer|manager|driver|specialist)|(?:a|the|my|your) (?:\w+ )?(?:technician|supervisor|manager|adjuster|engineer|specialist|driver|plumber|courier|nurse|doctor)) (?:will|is going to)\b", re.I),
    re.compile(r"\b(?:our|the|a|an|my|your) (?:\w+ ){1,3}(?:will|is going to) (?:then |personally )?(?:contact|call|come|visit|be (?:in touch|active|ready|there|with you)|get back|reach|inspect|deliver|pick|send|look|review|meet|ring|phone|write|email|start|text)\b", re.I),
    re.compile(r"\b(?:is|are) (?:already )?on (?:his|her|its|their|the) way\b", re.I),
    re.compile(r"\b(?:the|your|that|it|this|a)(?: (?:new|full|replacement|confirmation|first|\w+ing))? ?(?:refund|replacement|card|parcel|package|order|letter|e-?mail|money|amount|credit|payment|confirmation|device|router|invoice|item|label)? ?(?:will|should|is going to) (?:be (?:refunded|sent|shipped|delivered|credited|mailed|issued|processed|there|with you|in your|back|waived|replaced|returned|emailed)|arrive|reach you|appear|show up|go through|be visible)\b", re.I),
    re.compile(r"\blet me (?:schedule|book|arrange|refund|send you)\b", re.I),
)  # fmt: skip
_GERMAN = (
    re.compile(r"\b(?:ich|wir) (?:werde|werden)\b(?=.*\b(?:schicken|senden|erstatten|überweisen|anrufen|zurückrufen|melden|stornieren|kündigen|prüfen|veranlassen|weiterleiten|liefern|austauschen|gutschreiben|buchen|reparieren|kümmern|zahlen|bezahlen|einreichen|ausstellen|informieren|nachsehen|schauen)\b)", re.I),
    re.compile(r"\b(?:ich|wir) (?:schicke|sende|erstatte|überweise|rufe|melde|storniere|veranlasse|leite|liefere|tausche|schreibe|buche|kümmere|lasse|gebe|stelle|reiche|informiere|reserviere|trage|schicken|senden|erstatten|überweisen|rufen|melden|stornieren|veranlassen|leiten|liefern|tauschen|schreiben|buchen|kümmern|lassen|stellen|legen|bringen|holen)\b(?! (?:sie )?(?:an,? weil|wegen))(?=.*\b(?:ihnen|sie|uns|zu|zurück|weiter|aus|gut|an|ein|raus|noch|darum|gleich|heute|morgen|den|die|das|dem)\b)", re.I),
    re.compile(r"\b(?:schicke|sende|erstatte|überweise|rufe|melde|veranlasse|schreibe|buche|lasse|gebe|storniere|leite|reserviere|schicken|senden|erstatten|überweisen|rufen|melden|veranlassen|schreiben) (?:ich|wir) (?:ihnen|sie|das|es|den|die|mich|uns|ihre?n?|einen?)\b", re.I),
    re.compile(r"\bsie (?:erhalten|bekommen)(?: (?:dann|in|eine?n?|ihr|ihre|das|den|die|per|noch|von))", re.I),
    re.compile(r"\b(?:ein|der|unser|eine|die|unsere|ihr|ihre|das) (?:techniker|kollege|kollegin|mitarbeiter|ersatz|gutschrift|betrag|erstattung|paket|lieferung|karte|geld|monteur|bestätigung)(?:in)? (?:wird|kommt|meldet|ruft|ist)\b(?=.*\b(?:bei|zu|an|sich|zurück|uhr|tagen|woche|morgen|geliefert|erstattet|verschickt|unterwegs|ihnen|sie)\b)", re.I),
)  # fmt: skip
_NO_PROMISE = re.compile(
    r"\b(?:happy|glad|pleased) to (?:help|assist)|\b(?:put|place|putting|placing) you (?:on (?:a )?(?:brief )?hold|through)|\b(?:i'll|i will) (?:wait|hold|try|think|see|need|have to|"
    r"be honest|never|take)\b(?! (?:that|it) (?:to|with|back))|\bhelp you (?:right now|with that|today)|\b(?:if|when|until|unless) you (?:pay|call|want|need|reach)|"
    r"\bi'll (?:just )?(?:get|pull) (?:that|your|it|this) (?:up|open)|\bwill (?:you|i) (?:be able|get|receive|have)|^(?:will|when will|how|wann|wie)\b|"
    r"\btransfer you (?:to|now|over)|\bconnect you\b|\bask (?:you )?(?:a few|some|one)|\bi verbinde sie|\bich rufe (?:an|wegen|sie an,? weil)|"
    r"\bcancel my (?:account|contract|subscription)|\bnever (?:buy|order|call)|\bcall (?:my|a) lawyer|\bi'?ll speak to my lawyer|\bif (?:it|you|this|that|we) (?:don't|doesn't|do not|isn't)",
    re.IGNORECASE,
)
_SUM = re.compile(
    r"(?:[$€£]\s?(?P<before>\d[\d.,]*\d|\d))|(?P<after>\d[\d.,]*\d|\d)\s?(?:[$€£]|(?:dollars?|euros?|pounds?|usd|eur|gbp|bucks)\b)",
    re.IGNORECASE,
)


class Promise(NamedTuple):
    """A sentence that promises something."""

    sentence: Sentence
    by: str | None
    """`agent` or `customer`; None where the roles are not known."""
    due: tuple[int, int] | None
    """Where in `due_sentence` it says by when."""
    due_sentence: Sentence | None
    amount: tuple[int, int] | None
    """Where in the sentence a sum of money is named."""
    confidence: float


def promises_of(
    turns: Sequence[Turn], sentences: Sequence[Sentence], roles: Mapping[str | None, Role]
) -> tuple[Promise, ...]:
    """The promises of a call in their order."""
    return tuple(_promises(turns, sentences, roles))


def _promises(
    turns: Sequence[Turn], sentences: Sequence[Sentence], roles: Mapping[str | None, Role]
) -> Iterator[Promise]:
    for at, sentence in enumerate(sentences):
        role = roles.get(turns[sentence.turn].speaker)
        by = role.name if role is not None else None
        if by == SYSTEM_ROLE or not _is_promise(sentence.text):
            continue
        due, where = _due(sentence, sentences[at + 1 : at + 2])
        if by == CUSTOMER_ROLE and due is None and not _binds_customer(sentence.text):
            continue
        amount = _SUM.search(sentence.text)
        confidence = 0.9 if by == AGENT_ROLE else 0.8
        yield Promise(sentence, by, due, where, amount.span() if amount else None, confidence + (0.04 if due else 0.0))


def _is_promise(text: str) -> bool:
    is_question = text.rstrip().endswith("?") and not re.search(
        r", (?:okay|ok|alright|all right|right|ja|in ordnung)\?$", text, re.I
    )
    if is_question or _NO_PROMISE.search(text):
        return False
    return any(pattern.search(text) for pattern in (*_ENGLISH, *_GERMAN))


def _binds_customer(text: str) -> bool:
    return bool(re.search(r"\b(?:i(?:'ll| will)|we(?:'ll| will)) (?:send|bring|return|pay|upload|email|e-mail|mail|call|drop|fill|sign|scan|post|be there|come)|\b(?:ich|wir) (?:schicke|sende|bringe|überweise|zahle|rufe|werde)", text, re.I))  # fmt: skip


def _due(sentence: Sentence, following: Iterable[Sentence]) -> tuple[tuple[int, int] | None, Sentence | None]:
    """By when: in the sentence itself, else in the next one of the same turn when that says nothing more."""
    if found := moments(sentence.text):
        return max(found, key=lambda span: span[1] - span[0]), sentence
    for after in following:
        found = moments(after.text)
        if (
            after.turn == sentence.turn
            and found
            and re.match(r"(?:it|that|this|you|expect|das|es|sie)\b", after.text, re.IGNORECASE)
        ):
            return max(found, key=lambda span: span[1] - span[0]), after
    return None, None
