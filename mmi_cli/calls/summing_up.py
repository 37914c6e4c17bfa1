"""A call in a few sentences, put together from what was found: who with whom and why, what was promised, how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .analysis import Call
from .promises import Promise
from .reasons import Reason
from .turns import Sentence

_MOST_PROMISES = 2
_MOST_QUOTED = 240
"""Characters of a quotation."""
_LEAST_SURE = 0.5
"""Of a kind of reason that is told; a less sure one would say more than is known."""
_WHY = {
    "en": {
        "purchase": "about a purchase", "cancellation": "about a cancellation", "complaint": "about a complaint",
        "billing": "about a bill", "refund_or_return": "about a refund or return", "technical_problem": "about a technical problem",
        "delivery": "about a delivery", "appointment": "about an appointment", "claim": "about a claim",
        "card_or_account_security": "about the safety of a card or account", "account_change": "about a change of the account",
        "information": "for information", "wrong_number": "by a wrong number", "voicemail": "left as a message",
    },
    "de": {
        "purchase": "über einen Kauf", "cancellation": "über eine Kündigung", "complaint": "über eine Beschwerde",
        "billing": "über eine Rechnung", "refund_or_return": "über eine Erstattung oder Rückgabe",
        "technical_problem": "über eine Störung", "delivery": "über eine Lieferung", "appointment": "über einen Termin",
        "claim": "über einen Schaden", "card_or_account_security": "über die Sicherheit einer Karte oder eines Kontos",
        "account_change": "über eine Änderung des Kontos", "information": "mit der Bitte um Auskunft",
        "wrong_number": "unter falscher Nummer", "voicemail": "als hinterlassene Nachricht",
    },
}  # fmt: skip
_ENDING = {
    "en": {
        "resolved": "It was settled in the call.",
        "follow_up": "Somebody is to get back about it.",
        "unresolved": "It was not settled in the call.",
    },
    "de": {
        "resolved": "Das Anliegen wurde im Gespräch geklärt.",
        "follow_up": "Es soll sich noch jemand darum kümmern.",
        "unresolved": "Das Anliegen wurde im Gespräch nicht geklärt.",
    },
}
_OPENING = {
    "en": ("Call", "between {one} and {other}", "with {one}", "{agent} of {company}"),
    "de": ("Gespräch", "zwischen {one} und {other}", "mit {one}", "{agent} von {company}"),
}
_PROMISED = {"en": "{who} promised: {said}", "de": "{who} sagte zu: {said}"}
_SOMEBODY = {
    "en": {"agent": "The agent", "customer": "The customer", None: "Somebody"},
    "de": {"agent": "Die Beratung", "customer": "Die Kundenseite", None: "Jemand"},
}
_QUOTES = {"en": "“{}”", "de": "„{}“"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A text and the sentences of the call that it rests on."""

    text: str
    cited: tuple[Sentence, ...]
    confidence: float


def summed_up(call: Call, *, agent: str | None, customer: str | None, company: str | None) -> Summary | None:
    """None where no reason was told, or in a language in which reasons are not found."""
    if call.reason is None or call.language not in _WHY:
        return None
    language, reason = call.language, call.reason
    confidence = reason.confidence
    sentences = [_opening(language, agent=agent, customer=customer, company=company)]
    if call.category is not None and call.category.confidence >= _LEAST_SURE:
        sentences[0] += f" {_WHY[language][call.category.name]}"
        confidence = min(confidence, call.category.confidence)
    sentences[0] += f": {_quoted(' '.join(each.text for each in reason.sentences), language)}"
    cited = [*reason.sentences]
    for promise in _told(call.promises, reason):
        who = {"agent": agent, "customer": customer}.get(promise.by or "") or _SOMEBODY[language][promise.by]
        sentences.append(_PROMISED[language].format(who=who, said=_quoted(promise.sentence.text, language)))
        confidence = min(confidence, promise.confidence)
        cited.append(promise.sentence)
    if call.ending is not None:
        sentences.append(_ENDING[language][call.ending.outcome])
        confidence = min(confidence, call.ending.confidence)
        cited += call.ending.cited
    by_place = {sentence.start: sentence for sentence in cited}
    return Summary(
        text=" ".join(sentences), cited=tuple(by_place[at] for at in sorted(by_place)), confidence=round(confidence, 4)
    )


def _opening(language: str, *, agent: str | None, customer: str | None, company: str | None) -> str:
    call, between, with_one, of_company = _OPENING[language]
    theirs = of_company.format(agent=agent, company=company) if agent and company else agent or company
    if customer and theirs:
        return f"{call} {between.format(one=customer, other=theirs)}"
    return f"{call} {with_one.format(one=customer or theirs)}" if customer or theirs else call


def _told(promises: Sequence[Promise], reason: Reason) -> list[Promise]:
    """Those with a day or a sum before others, the agent's before the customer's; in the order in which they were made."""
    said = {sentence.start for sentence in reason.sentences}
    own = [promise for promise in promises if promise.sentence.start not in said]
    ranked = sorted(
        own, key=lambda each: (each.by == "customer", (each.due is None) + (each.amount is None), -each.sentence.start)
    )
    return sorted(ranked[:_MOST_PROMISES], key=lambda each: each.sentence.start)


def _quoted(text: str, language: str) -> str:
    if len(text) > _MOST_QUOTED:
        text = text[:_MOST_QUOTED].rsplit(" ", 1)[0] + " …"
    return _QUOTES[language].format(text)
