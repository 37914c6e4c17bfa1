"""Phrases by which agents, customers and machines are known, in English and German, each with its weight."""

# ruff: noqa: E501 - a phrase list reads better with one pattern a line
from __future__ import annotations

import re
from typing import NamedTuple

_NUMBERS = (
    r"(?:account|order|policy|customer|member(?:ship)?|claim|card|contract|reference|booking|serial|phone|telephone|mobile|tracking|invoice|"
    r"reservation|case|ticket|flight|patient|insurance|vehicle|registration)"
)
_DATA = rf"(?:{_NUMBERS}|name|full name|last name|date of birth|birth ?date|address|post(?:al)? ?code|zip|e-?mail|social security|security)"
_NUMMER = r"(?:kunden|vertrags|bestell|rechnungs|versicherungs|konto|karten|auftrags|schadens?|telefon|mitglieds|vorgangs)-?nummer"
_DATEN = rf"(?:{_NUMMER}|namen?|vor- und nachnamen|geburtsdatum|adresse|anschrift|postleitzahl|e-?mail)"


class Cue(NamedTuple):
    pattern: re.Pattern[str]
    weight: float


def _cues(*pairs: tuple[str, float]) -> tuple[Cue, ...]:
    return tuple(Cue(re.compile(pattern, re.IGNORECASE), weight) for pattern, weight in pairs)


AGENT = _cues(
    (r"\bthank(?:s| you)(?: very much| so much)? for (?:calling|contacting|holding|choosing|your call|your patience|being a)", 3),
    (r"\bwelcome to (?!the party)", 2),
    (r"\b(?:how|what) (?:can|may|could) (?:i|we) (?:help|assist|do for|be of)", 3),
    (r"\bhow may i direct", 3),
    (rf"\b(?:can|could|may) i (?:please |just )?(?:have|get|take|ask for) (?:your|the|a) (?:\w+ )?{_DATA}", 3),
    (rf"\b(?:what(?:'s| is)|i(?:'ll| will)? need|give me|provide(?: me)?(?: with)?|confirm|verify|spell|tell me|have) your (?:\w+ )?{_DATA}", 2.5),
    (r"\b(?:for security|verify your identity|confirm your identity|security question|verification purposes)", 2.5),
    (r"\banything else\b(?=.*\?)|\banything else (?:i|we) can", 3),
    (
        r"\b(?:i|we)(?:'ll| will| can| am going to|'m going to|'re going to|'ve| have)(?: \w+)? (?:refund|send(?:ing)? you|arrange|"
        r"schedule|transfer you|issue|credit|escalate|look into|put you|process|book you|waive|replace|open(?:ed)? a|connect you|block(?:ed)?|"
        r"sent you|update[d]? your|refunded|scheduled|booked|cancell?ed (?:that|it|your|the)|raise)",
        2,
    ),
    (r"\bi(?:'m| am)(?: so| very| really| terribly)? sorry (?:to hear|about|for the|for any|for your|that you)", 1.5),
    (r"\b(?:i|we) (?:do |sincerely |really )?apologi[sz]e|\bmy apologies", 2),
    (r"\blet me (?:just |quickly |go ahead and )?(?:check|see|look|pull|bring|take a look|have a look|verify|confirm|transfer|get|find)", 1.5),
    (r"\bi (?:can )?see (?:here|that|your|the|you|in)", 1.5),
    (r"\b(?:to help|helping|help|assist) you\b", 1),
    (rf"\byour (?:new |current |updated )?(?:{_NUMBERS}|refund|balance|point balance|appointment|subscription|plan)\b", 0.7),
    (r"\bhave a (?:nice|great|good|wonderful|lovely|pleasant) (?:day|evening|weekend|afternoon|rest|one)", 1),
    (r"\bour (?:records|system|policy|department|technicians?|team|specialists?|engineers?|warehouse|opening|website|premium|special)", 1),
    (r"\b(?:would|do) you (?:like|want|prefer) (?:me )?to\b|\bwould (?:that|either|you like)\b(?=.*\?)", 1),
    (r"\byou(?:'re| are) (?:very |most )?welcome\b", 0.7),
    (r"\b(?:happy|glad) to (?:help|assist)", 1.5),
    (r"\b(?:speaking|you're speaking) with\b(?=.*\b(?:today|how|from)\b)", 1),
    (r"\bi(?:'m| am) calling (?:you )?(?:from|on behalf)|\bcalling (?:you )?from\b", 4),
    (r"^\S.{3,60}, \w+(?: \w+)? (?:here|speaking|on the line|am apparat)\b", 2.5),
    (r"^\S.{3,60}, (?:(?:einen )?schönen )?(?:good (?:morning|afternoon|evening|day)|guten (?:morgen|tag|abend)|hello)\.?$", 2),
    (r"\bi understand (?:your|how|that|you)|\bi completely understand", 1),
    (r"\bmay i (?:ask|place you|put you)|\bplease (?:hold|bear with me)|\bone moment\b|\bbear with me", 1),
    (r"\bthis is (?:the )?(?:\w+ ){0,2}(?:department|manager|supervisor|support|service|desk|reception)", 2),
    (r"\bi'?m (?:the|a) (?:\w+ )?(?:manager|supervisor|technician|specialist)", 2),
    # German
    (r"\b(?:vielen dank|danke)(?: schön)?,? (?:für ihren anruf|dass sie (?:anrufen|sich melden)|für (?:ihre geduld|das warten))", 3),
    (r"\bwillkommen bei", 2),
    (r"\bwie (?:kann|darf) ich (?:ihnen )?(?:weiter|be)?(?:helfen|hilflich)|\bwas kann ich für sie tun|\bwie kann ich ihnen", 3),
    (rf"\b(?:darf|dürfte|bräuchte|brauche|benötige|können|könnten|nennen|geben|sagen|verraten|hätte)\b.{{0,40}}\bihre?n? (?:\w+ )?{_DATEN}", 3),
    (rf"\bwie (?:lautet|ist|war) ihre?n?\b|\b(?:haben sie|nennen sie mir|geben sie mir).{{0,25}}{_DATEN}", 2.5),
    (r"\bsonst noch (?:etwas|was|helfen|irgend)|\bkann ich (?:ihnen )?(?:sonst|noch|weiter)", 3),
    (
        r"\b(?:ich|wir) (?:schaue|sehe|prüfe|überprüfe|leite|schicke|sende|erstatte|storniere|verbinde|veranlasse|notiere|buche|trage|reserviere|"
        r"sperre|erstatten|schicken|senden|stornieren|veranlassen|lasse)\b",
        1.5,
    ),
    (r"\b(?:es )?tut mir (?:sehr |wirklich |furchtbar )?leid", 1.5),
    (r"\b(?:ich entschuldige|wir entschuldigen|entschuldigen sie (?:bitte )?(?:die|den|das))", 1.5),
    (r"\b(?:einen )?(?:schönen|angenehmen) (?:tag|abend|nachmittag|feierabend)", 0.8),
    (r"\b(?:einen )?(?:kleinen )?(?:moment|augenblick)\b(?=.*\b(?:bitte|ich)\b)|\bgedulden", 1),
    (r"\bsie (?:erhalten|bekommen)\b", 1.5),
    (r"\bihre? (?:bestellung|vertrag|konto|rechnung|termin|anschluss|paket|sendung|karte|gutschrift)\b", 0.7),
    (r"\bgern(?:e)? (?:geschehen|doch)|\bdas mache ich gern", 1),
)  # fmt: skip

_MINE = (
    r"(?:order|bill|account|card|phone|internet|connection|package|parcel|laptop|computer|printer|car|flight|policy|subscription|router|modem|"
    r"invoice|statement|delivery|booking|reservation|appointment|washing machine|fridge|dishwasher|heating|boiler|contract|plan|password|"
    r"prescription|claim|refund|money|tv|tablet|wallet|credit card|debit card|luggage|suitcase|kitchen|basement|roof|windscreen|current)"
)
CUSTOMER = _cues(
    (r"\bi(?:'m| am| was)(?: just)? (?:calling|phoning|ringing) (?:about|because|to|regarding|in regards?|with)", 2.5),
    (r"\b(?:i|we)(?:'d| would)(?: really| just)? like (?:to|some|a|an|my)\b(?! (?:help you|inform you|offer))", 2),
    (r"\b(?:i|we) (?:just )?(?:want|wanted|need|wish)(?:ed)? (?:to|a|an|my|some|help)\b(?! (?:your|ask you|verify|confirm|check your))", 1.5),
    (r"\b(?:i|we)(?:'ve| have)(?: got)? (?:a|an|another|some) (?:\w+ )?(?:problem|question|issue|complaint|concern|enquiry|inquiry|emergency)", 2.5),
    (rf"\b(?:my|our) (?:\w+ )?{_MINE}\b", 1),
    (r"\bmy (?:husband|wife|son|daughter|mother|father|family|kids|children|boss|company)\b", 0.6),
    (r"\bcan you (?:please )?(?:tell me|help me|check|explain|send me|cancel|fix|look)\b(?! your)", 1),
    (r"\b(?:i|we) (?:never|haven't|have not|didn't|did not|still haven't|don't) (?:yet )?(?:receive|got|get|order|authori[sz]e|recogni[sz]e|hear)", 2),
    (r"\b(?:i|we) (?:was|were|got|am being|keep getting) (?:over)?(?:charged|told|promised|billed|transferred)|\bi've been (?:charged|told)", 2),
    (r"\b(?:i|we)(?:'ve| have) been (?:waiting|trying|on hold|a customer|without)", 2),
    (r"\b(?:i|we) (?:just )?(?:bought|ordered|purchased|received|lost|paid|booked|returned|tried|noticed)\b", 1.5),
    (r"\b(?:is|are|was|has|does|do|did|has)(?:n't| not) (?:work|start|turn|connect|arriv|responding|cooling|heating|showing)", 1.2),
    (r"\b(?:broken|stopped working|won't (?:turn|start|work|connect|print)|keeps? (?:crashing|dropping|disconnecting|failing))", 1.2),
    (rf"\bmy (?:\w+ )?(?:{_NUMBERS} (?:number|id)|date of birth|address|zip code|postcode|e-?mail) (?:is|'s)", 2),
    (r"\bi want (?:my money|a refund|to cancel|to speak|someone)|\bmy money back", 2),
    (r"\b(?:speak|talk) (?:to|with) (?:a|your|the|someone) ?(?:manager|supervisor|human|real person)?", 1),
    (r"\bhow much (?:does|would|is|will|do)\b|\bhow (?:soon|long|often) (?:can|will|would|does|do)\b", 0.7),
    (r"\bthank(?:s| you)(?: so much| very much)? for (?:your|the|all your) help|\byou(?:'ve| have) been (?:very |so |really )?(?:helpful|kind)", 2),
    (r"\b(?:that's|that is|that was|that will be|that'll be) (?:all|everything|it)\b", 1),
    (r"\b(?:ridiculous|unacceptable|terrible service|fed up|disgusted|outrageous)", 1),
    (r"\bi(?:'ll| will) take (?:it|that|the|two|one)\b", 1),
    # German
    (r"\bich (?:möchte|würde(?: sehr)? gern|wollte|will|hätte gern|muss|brauche)\b(?! (?:sie|ihnen|mich (?:bei ihnen )?entschuldigen))", 1.5),
    (r"\bich rufe (?:an|wegen|sie)|\bich melde mich wegen", 2.5),
    (r"\b(?:ich )?hab(?:e)? (?:ich )?(?:da )?(?:ein|eine|mal eine|folgendes) (?:\w+ )?(?:problem|frage|anliegen|beschwerde|reklamation)", 2.5),
    (
        r"\b(?:mein|unser)(?:e|en|em|er)? (?:\w+ )?(?:internet|rechnung|vertrag|bestellung|konto|paket|karte|anschluss|telefon|handy|auto|waschmaschine|"
        r"heizung|kreditkarte|sendung|termin|router|tarif|strom|abo|flug|versicherung|geld)",
        1,
    ),
    (r"\bich (?:warte|habe) .{0,60}\b(?:bestellt|bezahlt|erhalten|bekommen|gekauft|gewartet|verloren|überwiesen|gekündigt)\b", 1.5),
    (r"\bich warte (?:schon|seit|immer|noch)", 2),
    (r"\b(?:funktioniert|geht|läuft|klappt) (?:\w+ )?(?:nicht|nix)\b|\b(?:kaputt|ausgefallen|defekt)\b", 1.2),
    (rf"\b(?:meine|die) {_NUMMER} (?:ist|lautet)|\bmein (?:geburtsdatum|name) (?:ist|lautet)", 1.2),
    (r"\bkönn(?:en|ten) sie mir\b(?!.{0,25}\bihre)", 1),
    (r"\b(?:vielen )?dank für (?:ihre|die) (?:schnelle )?hilfe", 2),
    (r"\bdas (?:ist|war|wäre) (?:dann )?(?:schon )?alles\b|\bdas (?:war's|wär's)", 1),
    (r"\b(?:unverschämt|frechheit|das darf doch nicht wahr|das kann doch nicht sein|ich bin (?:sehr |total )?(?:sauer|enttäuscht|verärgert))", 1.2),
)  # fmt: skip

SYSTEM = _cues(
    (r"\bpress (?:one|two|three|\d|the (?:hash|pound|star))", 3),
    (r"\b(?:this|your) call (?:may|is|will) be (?:monitored|recorded)|\bcalls (?:may|are) (?:be )?recorded", 2.5),
    (r"\byour call is important|\ball (?:of )?our (?:agents|representatives|lines|operators) are (?:currently )?busy", 3),
    (r"\bleave (?:a|your) message|\bafter the (?:tone|beep)|\byou(?:'ve| have) reached the (?:voice ?mail|mailbox|answering)", 3),
    (r"\b(?:not|un)available to take your call|\bat the tone\b", 2.5),
    (r"\bdrücken sie (?:die )?(?:\d|eins|zwei|drei)|\bnach dem (?:signal|piep|ton)|\bhinterlassen sie (?:bitte )?(?:eine|ihre) nachricht", 3),
    (r"\b(?:gespräch|anruf) (?:wird|kann) .{0,40}aufgezeichnet|\bder nächste freie mitarbeiter", 2.5),
)  # fmt: skip

NAMED_AGENT = re.compile(
    r"agents?|(?:customer |service |support |sales )?(?:rep(?:resentative)?|advis[oe]r|operator|consultant|specialist)|support|csr|employee|clerk|"
    r"receptionist|reception|supervisor|manager|pharmacist|dispatcher|technician|(?:kunden)?berater(?:in)?|mitarbeiter(?:in)?|service|kundendienst|"
    r"sachbearbeiter(?:in)?|assistant",
    re.IGNORECASE,
)
NAMED_CUSTOMER = re.compile(
    r"customers?|callers?|clients?|patient|guest|user|member|policy ?holder|kund(?:e|in)|anrufer(?:in)?|versicherte[r]?|patient(?:in)?",
    re.IGNORECASE,
)
NAMED_SYSTEM = re.compile(
    r"ivr|system|voice ?mail|bot|recording|announcement|ansage|auto(?:mated)?(?: attendant)?", re.IGNORECASE
)

_GREETINGS = AGENT[:4]
_GERMAN_GREETINGS = tuple(
    cue
    for cue in AGENT
    if "für ihren anruf" in cue.pattern.pattern
    or "willkommen" in cue.pattern.pattern
    or "was kann ich" in cue.pattern.pattern
)


def is_greeting(text: str) -> bool:
    """Whether only somebody who answers for a company says so: `thank you for calling`, `how can I help you`."""
    return any(cue.pattern.search(text) for cue in (*_GREETINGS, *_GERMAN_GREETINGS))


_COURTESY = re.compile(
    r"(?:guten (?:tag|morgen|abend)|vielen dank|auf wieder(?:sehen|hören)|herr|frau|good (?:day|morning|afternoon|evening)|thanks?(?: you)?|bye|goodbye|please|bitte|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|today|tomorrow|heute|morgen|moment|minute|day|name)",
    re.IGNORECASE,
)


def is_courtesy(text: str) -> bool:
    """Whether a phrase is a greeting, thanks or the name of a day: said in every call and the topic of none."""
    return _COURTESY.fullmatch(text.strip()) is not None
