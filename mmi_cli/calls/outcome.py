"""How a call ends: resolved, to be followed up, or not resolved, by what is said in its last part and what was promised."""

# ruff: noqa: E501 - a phrase list reads better with one pattern a line
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from .probing import OUTCOMES, Probe
from .promises import Promise
from .roles import AGENT_ROLE, CUSTOMER_ROLE, Role
from .turns import Sentence, Turn

Outcome = Literal["resolved", "follow_up", "unresolved"]
_CLOSING = 0.45
"""The part of a call, from its end, that says how it went."""

_NEAR, _MEANT = 0.45, 4.0
"""Cosine from which a sentence is like one of the examples, and what one at that cosine and 0.25 above weighs."""

_AGREED = 1.2
"""Weight from which a next step is agreed."""
_CONTENT = re.compile(
    r"\b(?:that's|that is|that was|that'll be|that will be) (?:all|everything|it|great|perfect|fine|wonderful|good)|\b(?:perfect|wonderful|excellent|fantastic|brilliant)\b|"
    r"\bsounds (?:good|great|perfect)|\b(?:it's|it is|it) works?(?:ing)?(?: now| again)?\b|\bthat (?:worked|did it|fixed|solves|helps|works)|\b(?:you've been|you have been|you were) (?:\w+ )?(?:helpful|great|kind)|"
    r"\bthank(?:s| you)(?: (?:so|very) much)? for (?:your|the|all) help|\bproblem solved|\bthere it is|\bi can see it now|\bi'm happy with|\bgreat,? thank|"
    r"\b(?:das ist|das wäre|das war) (?:dann )?(?:alles|super|toll|gut|prima|perfekt)|\b(?:super|prima|perfekt|wunderbar|toll|klasse)\b|\bes (?:geht|funktioniert|läuft) (?:jetzt|wieder)|"
    r"\b(?:vielen|herzlichen) dank für (?:ihre|die) (?:schnelle )?hilfe|\bjetzt (?:geht|klappt|funktioniert) es",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"\b(?:i|we)(?:'ve| have)(?: now| just| already)? (?:refunded|cancelled|canceled|processed|booked|scheduled|updated|changed|reset|issued|credited|blocked|removed|placed|waived|"
    r"ordered|sent|applied|registered|activated|corrected)|\byour (?:\w+ ){0,3}(?:is|has been|was) (?:now )?(?:confirmed|booked|cancell?ed|processed|updated|placed|blocked|refunded|active|changed|credited|"
    r"reset|scheduled|set)|\byou(?:'re| are) all set|\ball done|\bthat's (?:all )?(?:done|booked|sorted)|\b(?:habe ich|ich habe|wir haben) .{0,60}(?:gebucht|storniert|erstattet|gesperrt|geändert|"
    r"eingetragen|veranlasst|bestätigt|gutgeschrieben|reserviert|verlegt)|\bist (?:jetzt |nun |hiermit )?(?:gebucht|storniert|gesperrt|erledigt|bestätigt|reserviert|geändert)",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\b(?:call|phone|ring) (?:you|me|us) (?:back|again|tomorrow|later|on|as soon|once|when|next)|\b(?:call|get) back to (?:you|me)|\bget in touch|\bbe in touch|\bfollow[- ]?up|\bescalat|"
    r"\binvestigat|\btechnician|\bengineer|\badjuster|\bplumber|\bcall(?:ed)? back|\bopen(?:ed|ing)? (?:a|an) (?:ticket|case|investigation)|\braise(?:d)? (?:a|an) (?:ticket|case)|\bspecialist will|\bsupervisor will|"
    r"\bmanager will|\bwill (?:contact|call|ring|phone|visit) you|\bwaiting for (?:the|your)|\bonce (?:we|i)(?:'ve| have) (?:received|heard|got|checked)|\bcall (?:you|me) tomorrow|\bcall you (?:\w+ ){0,3}(?:morning|afternoon|day)|"
    r"\brückruf|\bzurückrufen|\brufe(?:n)? (?:ich |wir )?(?:sie|ihnen) .{0,30}(?:zurück|an)|\btechniker|\bmonteur|\bgutachter|\bmeldet sich|\bmelde(?:n)? (?:mich|uns)|\bweiterleiten|\bleite (?:das|es|ihr)|\bprüfen (?:das|es) und|\bsobald (?:wir|ich)|"
    r"\bcall me back|\bgive (?:me|us) a (?:call|ring)|\bring me|\breturn my call|\brufen sie mich|\bbitte um rückruf",
    re.IGNORECASE,
)
_BAD = re.compile(
    r"\b(?:unacceptable|ridiculous|not good enough|useless|waste of (?:my )?time|never (?:again|buying)|another (?:provider|company|bank|supplier)|take my business|i'm done|not (?:happy|satisfied|acceptable)|"
    r"still (?:not|doesn't|does not|isn't)|not (?:solved|resolved|fixed)|forget it|never mind|don't bother|complain to|bad review|lawyer|ombudsman|that doesn't help|doesn't help me|no use)\b|"
    r"\bi(?:'m| am) (?:going to|gonna) (?:cancel|leave|switch|post)|\b(?:wrong number)\b|"
    r"\b(?:unverschämt|frechheit|nicht akzeptabel|inakzeptabel|bringt (?:mir )?nichts|hilft mir nicht|anwalt|anderen anbieter|nicht zufrieden|lassen sie es|vergessen sie|falsch verbunden)\b",
    re.IGNORECASE,
)
_CANNOT = re.compile(
    r"\b(?:unfortunately|i'm afraid|i am afraid|sorry),? .{0,40}(?:can't|cannot|can not|unable|not able|not possible|no way|nothing)|\bthere(?:'s| is) nothing (?:i|we|more)|\b(?:i|we)(?:'m| am|'re| are) (?:not able|unable) to|"
    r"\bour policy (?:does|doesn't|is)|\b(?:leider|da) (?:kann|können|ist|geht).{0,40}(?:nicht|nichts|kein)|\bkann ich (?:leider )?nichts",
    re.IGNORECASE,
)


class Ending(NamedTuple):
    outcome: Outcome
    cited: tuple[Sentence, ...]
    confidence: float


def ending_of(
    turns: Sequence[Turn],
    sentences: Sequence[Sentence],
    roles: Mapping[str | None, Role],
    promises: Sequence[Promise],
    *,
    probe: Probe | None = None,
) -> Ending | None:
    """None where nothing in the last part of the call tells it."""
    role = {speaker: each.name for speaker, each in roles.items()}
    first = int(len(sentences) * (1 - _CLOSING)) if len(sentences) > 8 else 0
    last = list(enumerate(sentences))[first:]
    scores: dict[Outcome, float] = {"resolved": 0.0, "follow_up": 0.0, "unresolved": 0.0}
    cited: dict[Outcome, list[tuple[float, Sentence]]] = {"resolved": [], "follow_up": [], "unresolved": []}

    is_refused = False

    def count(outcome: Outcome, weight: float, sentence: Sentence) -> None:
        scores[outcome] += weight
        cited[outcome].append((weight, sentence))

    for at, sentence in last:
        who = role.get(turns[sentence.turn].speaker)
        late = 0.6 + 0.4 * at / max(1, len(sentences) - 1)
        if who != AGENT_ROLE:
            if _BAD.search(sentence.text):
                count("unresolved", 2.2 * late, sentence)
            elif _CONTENT.search(sentence.text):
                count("resolved", 1.2 * late, sentence)
        if who != CUSTOMER_ROLE:
            if _CANNOT.search(sentence.text):
                is_refused = True
                count("unresolved", 1.2 * late, sentence)
            if _DONE.search(sentence.text):
                count("resolved", 1.5 * late, sentence)
        if _LATER.search(sentence.text) and not sentence.text.endswith("?"):
            count("follow_up", 2.4 * late, sentence)
    if probe is not None:
        said = [(at, sentence) for at, sentence in last if len(sentence.text.split()) > 2]
        for (at, sentence), near in zip(said, probe.near([each.text for _, each in said], OUTCOMES), strict=True):
            kind = max(near, key=lambda each: near[each])
            if near[kind] >= _NEAR:
                late = 0.6 + 0.4 * at / max(1, len(sentences) - 1)
                outcome: Outcome = (
                    "resolved" if kind == "resolved" else "follow_up" if kind == "follow_up" else "unresolved"
                )
                count(outcome, _MEANT * late * (near[kind] - _NEAR + 0.2), sentence)
    counted = {sentence.start for _, sentence in last}
    for promise in promises:
        if (
            promise.by != CUSTOMER_ROLE
            and promise.sentence.start not in counted
            and _LATER.search(promise.sentence.text)
        ):
            count("follow_up", _AGREED, promise.sentence)
        if promise.by != CUSTOMER_ROLE and not _LATER.search(promise.sentence.text):
            count("resolved", 0.5, promise.sentence)
    if scores["follow_up"] >= _AGREED and not is_refused:
        scores["unresolved"] = 0.0  # an unhappy customer who was promised a next step is one to follow up
    best_of = max(scores, key=lambda each: scores[each])
    if scores[best_of] < 0.5:
        return None
    rest = sum(scores.values()) - scores[best_of]
    best = sorted(cited[best_of], key=lambda pair: -pair[0])[:2]
    confidence = 0.5 + 0.4 * (scores[best_of] - rest) / (scores[best_of] + rest) if rest < scores[best_of] else 0.5
    return Ending(best_of, tuple(sorted((each for _, each in best), key=lambda each: each.start)), round(confidence, 4))
