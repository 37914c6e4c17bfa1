"""Why the customer calls: the first sentence that asks for something or tells a problem, and what kind of reason it is."""

# ruff: noqa: E501 - a phrase list reads better with one pattern a line
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .cues import AGENT, CUSTOMER, Cue
from .names import REASON_CATEGORIES
from .probing import REASONS, Probe
from .roles import AGENT_ROLE, CUSTOMER_ROLE, SYSTEM_ROLE, Role
from .turns import Sentence, Turn

_SAYS_WHY = re.compile(
    r"\bcalling (?:about|because|to|regarding|in regards?|with)|\b(?:i|we)(?:'d| would) like\b|\b(?:i|we) (?:just )?(?:want|wanted|need|wish)|"
    r"\b(?:problem|question|issue|complaint|trouble|enquir|inquir)|\b(?:haven't|never|didn't|still) .{0,20}(?:receiv|arriv|got|get)|"
    r"\bnot working|\bn't work|\bbroken|\bstopped|\bcharged|\bbilled|\b(?:lost|stolen|stole)\b|\bcancel|\brefund|\breturn|\bappointment|"
    r"\bis this\b.*\?|\b(?:can|could) (?:you|i)\b|\bwater|\baccident|\bdamag|\breturning (?:your|a) call|"
    r"\bwrong\b|\bmissing\b|^(?:when|where|what|how|why|wann|wo|was|wie|warum|wieviel|ab wann|bis wann)\b.*\?|"
    r"\bich (?:möchte|würde|wollte|will|brauche|rufe|melde|hätte)|\b(?:problem|frage|beschwer|reklam|störung)|\bfunktioniert|\bkaputt|\bausgefallen|"
    r"\bkündig|\brechnung|\btermin|\bgeht nicht|\bnicht (?:an|gekommen|erhalten|angekommen|geliefert)|\bverloren|\bgestohlen|\bschaden",
    re.IGNORECASE,
)
_INTRODUCES = re.compile(r"\b(?:my name is|this is|mein name|hier ist|i'm|ich bin)\b[^,.]*[.!,]?$", re.IGNORECASE)
_VAGUE = re.compile(
    r"(?:problem|question|issue|complaint|trouble|help|frage|anliegen|beschwerde)(?: (?:with|please|today|here|for you))?[.!]?$|\bcan you help me|"
    r"(?:können sie mir helfen)",
    re.IGNORECASE,
)
_EARLY, _LEAST_WORDS = 6, 6
"""Among their first sentences a longer one with words of a customer tells why, too: `You installed my kitchen and the door fell off.`"""
_LATE = 12
"""Sentences of the customer after which a reason is hardly told for the first time."""

_WORDS: dict[str, str] = {
    "purchase": r"\bbuy|\bpurchas|\border (?:a|an|some|two|three|new|the|another)|\bplace an order|\bto order\b|\bsign up|\bsubscribe to|\bnew (?:contract|plan|line|policy)|\binterested in|\bquote\b|\bprice of|\bkaufen|\bbestellen|\bneuen (?:vertrag|tarif)|\bangebot",
    "cancellation": r"\bcancel|\bterminate|\b(?:stop|quit|end) my (?:membership|subscription|contract|plan)|\bclose my account|\bend my (?:contract|subscription|membership)|\bunsubscribe|\bkündig|\bstornier|\bwiderruf",
    "complaint": r"\bcomplain|\bunacceptable|\brude\b|\bdisappointed|\bridiculous|\bmanager\b|\bdisgust|\bfed up|\bterrible|\bdirty|\bcold food|\bbeschwer|\breklam|\bunverschämt|\bfrechheit",
    "billing": r"\bcharge|\bbill\b|\bbilled|\bbilling|\binvoice|\bstatement|\bfee\b|\bfees\b|\bpayment|\bovercharged|\brechnung|\babgebucht|\bgebühr|\bzahlung|\bberechnet",
    "refund_or_return": r"\brefund|\bmoney back|\breturn (?:it|this|the|my|an?|some)|\bexchange\b|\bwrong (?:size|item|colou?r|product)|\breimburse|\bgeld zurück|\berstatt|\bzurückgeben|\bumtausch|\bretoure|\bzurückschicken",
    "technical_problem": r"\bnot work|\bn't work|\bnot (?:start|turn|connect|charg)|\bn't (?:start|turn|connect|print|charge|load|open|log)|\bbroken|\bcrash|\berror|\binternet|\bwi-?fi|\bconnection|\brouter|\bprinter|\blaptop|\bscreen|\breset|\bpassword|\bheating|\bboiler|\bleak|\bcut(?:s|ting)? out|\bdropping|\bslow|\bfunktioniert|\bgeht nicht|\bkaputt|\bstörung|\bausgefallen|\bfehler|\bheizung|\bdefekt",
    "delivery": r"\bdeliver|\bpackage|\bparcel|\bshipment|\bshipping|\btracking|\bcourier|\barrived|\bwhere (?:is|'s) my order|\blieferung|\bpaket|\bsendung|\bgeliefert|\bversand|\bnoch nicht (?:da|angekommen)",
    "appointment": r"\bappointment|\bbook (?:a|an|me|in)|\breschedul|\breservation|\btable for|\b(?:double|single|free)? ?room for|\broom available|\breserve\b|\bcheck-?up|\bsee the (?:doctor|dentist)|\bschedule (?:a|an)|\btermin|\breservier",
    "claim": r"\bclaim\b|\baccident|\bdamage|\bflood|\bburst|\bstorm|\bwater damage|\binsurance claim|\bhit my|\bhail|\bschaden|\bunfall|\bwasserschaden|\bleitungswasser",
    "card_or_account_security": r"\b(?:lost|stolen|block|freeze|missing) (?:my|your|the|a)? ?(?:\w+ )?(?:card|wallet|phone)|\bcard (?:was|is|has been|got) (?:stolen|lost|blocked|declined)|\bfraud|\bunauthori[sz]ed|\bdon't recogni[sz]e|\bhacked|\bsuspicious|\bkarte (?:verloren|gestohlen|sperren)|\b(?:karte|konto).{0,30}sperren|\bgeldbörse|\bportemonnaie",
    "account_change": r"\bchange (?:my|the) (?:address|name|plan|phone|e-?mail|details|tariff|bank)|\bupdate (?:my|the)|\bnew address|\bmoved|\bmoving|\bupgrade|\bdowngrade|\bumgezogen|\bumzug|\badresse ändern|\btarif wechsel|\bbankverbindung",
    "information": r"\bquestion|\binquire|\benquire|\binformation|\bfind out|\bknow (?:if|whether|when|how|what|about|more)|\bbalance\b|\bopening hours|\bhow (?:much|long|often|do|does|can)|\bcheck (?:the|my|on)|\bwhat time|\bfrage\b|\bauskunft|\bwissen\b|\bkontostand|\böffnungszeiten|\berkundigen",
    "wrong_number": r"\bwrong number|\bnobody (?:here )?by that name|\bno one (?:here )?by that name|\bfalsch verbunden|\bverwählt|\bfalsche nummer",
    "voicemail": r"\bvoice ?mail|\bafter the (?:tone|beep)|\bleave (?:a|your) message|\breturn(?:ing)? (?:your|my) call|\bcall me back|\bmailbox|\banrufbeantworter|\bnach dem signal|\bhinterlassen",
}  # fmt: skip
_CATEGORY = {name: re.compile(_WORDS[name], re.IGNORECASE) for name in REASON_CATEGORIES}
_NEAR = 0.2
"""Cosine from which a reason is like one of the examples at all."""
_WORDS_WEIGH = 0.4
"""What all words of the call weigh beside the cosine of the reason."""
_WHOLE_CALL = frozenset({"wrong_number", "voicemail"})


class Reason(NamedTuple):
    """What was said of why."""

    sentences: tuple[Sentence, ...]
    confidence: float


class Category(NamedTuple):
    name: str
    cited: Sentence
    confidence: float


def reason_of(turns: Sequence[Turn], sentences: Sequence[Sentence], roles: Mapping[str | None, Role]) -> Reason | None:
    """None where no sentence asks for anything."""
    theirs = _of_customer(turns, sentences, roles)
    for number, sentence in enumerate(theirs[:_LATE]):
        weight, words = _weight(CUSTOMER, sentence), len(sentence.text.split())
        tells = _SAYS_WHY.search(sentence.text) or (
            weight >= 1 and words >= _LEAST_WORDS and number < _EARLY and not _INTRODUCES.search(sentence.text)
        )
        if words < 3 or not tells:
            continue
        kept = [sentence]
        if _VAGUE.search(sentence.text) or _is_offhand(sentence.text):
            kept += [each for each in theirs[number + 1 : number + 2] if len(each.text.split()) > 2]
        return Reason(tuple(kept), 0.9 if weight >= 1.5 else 0.8)
    longest = max(theirs[:_LATE], key=lambda sentence: len(sentence.text.split()), default=None)
    return Reason((longest,), 0.5) if longest is not None and len(longest.text.split()) >= 5 else None


def category_of(
    turns: Sequence[Turn],
    sentences: Sequence[Sentence],
    roles: Mapping[str | None, Role],
    reason: Reason | None,
    *,
    probe: Probe | None = None,
) -> Category | None:
    """The kind of reason that most is said of, what the reason itself says weighing most; None where nothing is said of any."""
    told = {sentence.start for sentence in reason.sentences} if reason else set()
    theirs = {sentence.start for sentence in _of_customer(turns, sentences, roles)[:_LATE]}
    scores: dict[str, float] = {}
    cited: dict[str, tuple[float, Sentence]] = {}
    for at, sentence in enumerate(sentences):
        weight = 3.0 if sentence.start in told else 0.8 if sentence.start in theirs else 0.25
        for name, pattern in _CATEGORY.items():
            if not (found := pattern.findall(sentence.text)):
                continue
            own = (4.0 if name in _WHOLE_CALL else weight) * min(2, len(found)) ** 0.5
            scores[name] = scores.get(name, 0.0) + own * (1.0 if at < 30 else 0.5)
            if own > cited.get(name, (0.0, sentence))[0]:
                cited[name] = (own, sentence)
    whole = [name for name in _WHOLE_CALL if scores.get(name, 0.0) >= 2.0]
    if reason is not None and probe is not None and not whole:
        total = sum(scores.values()) or 1.0
        near = probe.near([" ".join(each.text for each in reason.sentences)], REASONS)[0]
        if max(near.values()) >= _NEAR:
            scores = {
                name: _WORDS_WEIGH * scores.get(name, 0.0) / total + near.get(name, 0.0) for name in REASON_CATEGORIES
            }
            cited |= {name: (1.0, reason.sentences[0]) for name in near if near[name] >= _NEAR or name not in cited}
    if not scores:
        return None
    ranked = sorted(scores, key=lambda name: (-scores[name], REASON_CATEGORIES.index(name)))
    best = ranked[0]
    runner_up = scores[ranked[1]] if len(ranked) > 1 else 0.0
    confidence = min(0.9, 0.45 + 0.5 * (scores[best] - runner_up) / scores[best])
    return Category(best, cited[best][1], round(confidence, 4))


def _of_customer(
    turns: Sequence[Turn], sentences: Sequence[Sentence], roles: Mapping[str | None, Role]
) -> list[Sentence]:
    """What the customer says; where nobody is known to be it, what nobody says who is known to be something else."""
    role = {speaker: each.name for speaker, each in roles.items()}
    theirs = [each for each in sentences if role.get(turns[each.turn].speaker) == CUSTOMER_ROLE]
    if theirs:
        return theirs
    others = [each for each in sentences if role.get(turns[each.turn].speaker) not in (AGENT_ROLE, SYSTEM_ROLE)]
    return [each for each in others if _weight(AGENT, each) <= _weight(CUSTOMER, each)]


def _weight(cues: Sequence[Cue], sentence: Sentence) -> float:
    return sum(cue.weight for cue in cues if cue.pattern.search(sentence.text))


def _is_offhand(text: str) -> bool:
    """A sentence that announces the reason and does not tell it: `I'm calling about my order.`"""
    return len(text.split()) <= 6 and bool(
        re.search(r"\b(?:calling (?:about|because of|regarding)|rufe an wegen)", text, re.IGNORECASE)
    )
