"""Names that are said: who introduces themselves, who is addressed, for which company somebody speaks."""

# ruff: noqa: E501, SIM905 - a phrase list reads better with one pattern a line
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .roles import AGENT_ROLE, Role
from .turns import Sentence, Turn

_WORD = r"[^\W\d_a-zäöüß][^\W\d_]*(?:['’.-][^\W\d_]+)*"
_PERSON = rf"{_WORD}(?: (?:(?:von|van|de|der|den|la|al|bin|O') )?{_WORD}){{0,2}}"
_TITLE = r"(?:(?:Mr|Mrs|Ms|Miss|Dr|Doctor|Prof|Herrn?|Frau|Señora?)\.? )"
_SPOKEN_FOR = rf"(?P<company>(?:the )?{_WORD}(?:(?: (?:of|and|the|&|und|der|für) | & | )(?:{_WORD}|\d+)){{0,4}})"
_NOT_A_NAME = frozenset(
    """calling sorry here not glad happy afraid going speaking looking just really very so still also actually trying wondering having sure
    ok okay yes no yeah hello hi good great thanks thank please well right fine done back interested aware the a an it its my our your this
    that what how why when where who i i'm we you he she they customer service support agent english german american monday tuesday
    wednesday thursday friday saturday sunday january february march april june july august september october november december guten tag
    morgen abend hallo ja nein danke bitte richtig genau kunde kundin leider gerade nicht seit mit bei aus von am im an auf zu sehr total
    schon noch eine ein der die das ich wir sie es er mich ihr wirklich stinksauer sauer regarding about because perfect wonderful new
    currently unable able excited frustrated upset disappointed angry concerned worried speaking unfortunately absolutely correct
    visa mastercard wifi internet emergency reception information praxis doctor city""".split()
)
_INTRODUCED = (
    (re.compile(rf"\b[Mm]y (?:full )?name(?: is|'s) {_TITLE}?(?P<name>{_PERSON})"), 0.95),
    (re.compile(rf"\b[Tt]he name(?: is|'s) {_TITLE}?(?P<name>{_PERSON})"), 0.9),
    (re.compile(rf"\b[Yy]ou(?:'re| are) (?:now )?(?:speaking|talking|through) (?:to|with) {_TITLE}?(?P<name>{_PERSON})"), 0.9),
    (re.compile(rf"\b(?:[Mm]ein(?:e)? Name (?:ist|lautet)|[Ii]ch hei(?:ß|ss)e|[Hh]ier spricht|[Ss]ie sprechen mit) {_TITLE}?(?P<name>{_PERSON})"), 0.95),
    (re.compile(rf"(?P<name>{_PERSON}),? (?:am Apparat|mein Name|ist mein Name)"), 0.9),
    (re.compile(rf"(?P<name>{_PERSON}) (?:speaking|on the line)\b"), 0.92),
    (re.compile(rf"\b(?:[Ss]ur)?name(?: is|'s) {_TITLE}?{_WORD}, (?P<name>{_WORD} {_WORD})"), 0.96),
    (re.compile(rf"^(?:[Jj]a, |[Mm]orgen, |[Hh]allo, )?{_WORD}, (?P<name>{_WORD} {_WORD})(?=[,.!]|$)"), 0.7),
    (re.compile(rf"\b[Tt]his is {_TITLE}?(?P<name>{_PERSON})(?= (?:from|with|at|speaking|calling|in|again|here)\b|[,.!]|$)"), 0.85),
    (re.compile(rf"\b[Hh]ier ist {_TITLE}?(?P<name>{_PERSON})(?= (?:von|aus|vom)\b|[,.!]|$)"), 0.85),
    (re.compile(rf"\b(?:I'm|I am) (?P<name>{_PERSON})(?= (?:from|with|and|calling|your|at|the)\b|[,.!]|$)"), 0.8),
    (re.compile(rf"\b[Ii]ch bin (?:der |die )?{_TITLE}?(?P<name>{_PERSON})(?= (?:von|vom|aus|und)\b|[,.!]|$)"), 0.75),
    (re.compile(rf"(?:^|, )(?:(?:[Hh]i|[Hh]ello|[Gg]ood \w+),? )?(?P<name>{_PERSON}) here\b"), 0.8),
    (re.compile(rf"\b(?:[Ii]t's|[Ii]t is) (?P<name>{_PERSON})(?= (?:from|again|calling|here|speaking)\b)"), 0.85),
    (re.compile(rf"^(?:[Hh]i|[Hh]ello|[Hh]ey), (?P<name>{_WORD} {_WORD})(?=[,.!]|$)"), 0.75),
    (re.compile(rf"(?:^|, ){_TITLE}?(?P<name>{_PERSON}) hier\b"), 0.85),
    (re.compile(rf"^(?:[Jj]a,? )?(?:[Gg]uten \w+|[Hh]allo|[Gg]rü(?:ß|ss) Gott)[,.]? {_TITLE}?(?P<name>{_PERSON})(?=[,.!]|$)"), 0.7),
)  # fmt: skip
_ASKS_NAME = re.compile(
    r"\bname\b[^.!]*\?|(?:speaking|talking) (?:with|to)\?|\b(?:your (?:full |first |last |first and last )?(?:sur)?name|who am i (?:speaking|talking)|who is (?:calling|this)|ihren? (?:\w+ )?namen|"
    r"mit wem (?:spreche|rede)|wer ist (?:da|am))",
    re.IGNORECASE,
)
_ANSWERED = re.compile(
    rf"^(?:(?:[Yy]es|[Yy]eah|[Ss]ure|[Oo]f course|[Oo]kay|OK|[Cc]ertainly|[Jj]a|[Gg]erne?|[Nn]atürlich|[Kk]lar)[,.]? )*"
    rf"(?:(?:it's|[Ii]t is|[Ii]t's|that's|das ist) )?{_TITLE}?(?P<name>{_PERSON})(?=[,.!]|$| and\b| und\b)"
)
_ADDRESSED = re.compile(
    rf"(?P<title>Mr|Mrs|Ms|Miss|Dr|Doctor|Herr|Frau)\.? (?P<name>{_WORD}(?: {_WORD})?)"
    rf"|(?:(?<=[Tt]hanks, )|(?<=[Tt]hank you, )|(?<=[Hh]i )|(?<=[Hh]ello ))(?P<first>{_WORD})(?=[,.!?]|$)"
)
_OPENING = re.compile(
    rf"^(?:(?:[Hh]ello|[Hh]i|[Gg]ood (?:morning|afternoon|evening|day)|[Gg]uten (?:Tag|Morgen|Abend)|[Hh]allo)[,.!]? )?(?:[Tt]his is |[Hh]ier ist )?"
    rf"{_SPOKEN_FOR}(?: [a-z]\w+){{0,3}}, {_TITLE}?(?P<name>{_WORD}(?: {_WORD})?)(?= speaking| here| on the line| am Apparat|,|\.|$)"
)
"""How somebody answers a call for a company: `Woodgrove Bank, Denise speaking`."""
_COMPANY = (
    # Recognisers write a name that they do not know in small letters.
    (re.compile(r"\b[Tt]hank(?:s| you) for calling (?!(?:us|in|me|back|again|today|my|your|our|to|about|the)\b)(?P<company>[a-z][\w'&-]+(?: [a-z][\w'&-]+){0,2})(?=[,.!])"), 0.7),
    (re.compile(rf"\b(?:[Tt]hank(?:s| you)(?: so much| very much)? for (?:calling|phoning|ringing|contacting|choosing)|[Ww]elcome to|[Yy]ou(?:'ve| have) reached(?: the)?(?: voice ?mail| mailbox| office| answering machine)?(?: of| at)?) {_SPOKEN_FOR}"), 0.92),
    (re.compile(rf"\b(?:[Ii]'m calling|[Ii] am calling|calling(?: you)?) from {_SPOKEN_FOR}"), 0.85),
    (re.compile(rf"\b(?:[Tt]his is|[Mm]y name is|I'm|I am) {_PERSON},? (?:calling )?(?:from|with|at|of) {_SPOKEN_FOR}"), 0.88),
    (re.compile(rf"^[Tt]his is {_SPOKEN_FOR}, {_PERSON} (?:speaking|here)"), 0.85),
    (re.compile(rf"\b[Hh]ere at {_SPOKEN_FOR}"), 0.85),
    (re.compile(rf"^(?:(?:[Hh]ello|[Hh]i|[Gg]ood (?:morning|afternoon|evening|day))[,.!]? )?{_SPOKEN_FOR}(?:,| -)? (?:(?:[a-z]\w* ){{0,2}}(?:department|desk|line|services?|support|team|information|reception)?,? )?(?:you're (?:through|speaking|talking)|you are (?:through|speaking|talking)|what can|this is|my name is|how can I|how may I|{_PERSON} (?:speaking|here))"), 0.8),
    (re.compile(rf"\b(?:[Ww]illkommen bei(?: der| dem)?|Ihren Anruf bei(?: der| dem)?|[Ss]ie sind verbunden mit(?: der| dem)?) {_SPOKEN_FOR}"), 0.92),
    (re.compile(rf"\b(?:[Hh]ier (?:ist|spricht)|[Mm]ein Name ist|[Ss]ie sprechen mit|[Ii]ch bin) {_TITLE}?{_PERSON},? (?:von|vom|bei)(?: der| dem)? {_SPOKEN_FOR}"), 0.88),
    (re.compile(rf"^(?:[Gg]uten \w+[,.]? |[Hh]allo[,.]? )?{_SPOKEN_FOR},? (?:mein Name|Sie sprechen|{_WORD} am Apparat|was kann ich|wie kann ich)"), 0.8),
)  # fmt: skip
_GENERIC = re.compile(
    r"[ ,]+(?:(?:customer|technical|tech|billing|claims?|sales|support|service|member|client|card|the|fraud|order|returns?|reservations?|emergency|"
    r"care|help|helpdesk|hotline|department|desk|team|line|centre|center|kunden(?:service|dienst|betreuung|center)|hotline|service-?hotline|"
    r"support|abteilung|zentrale|today|my|and|und|der|of|for|how|this|what)\b[ ]?)+$",
    re.IGNORECASE,
)


class Named(NamedTuple):
    """A name and where it is said."""

    name: str
    start: int
    end: int
    confidence: float
    speaker: str | None
    """Whose name it is; of a company, who says it."""


def introduced(
    turns: Sequence[Turn], sentences: Sequence[Sentence], text: str
) -> tuple[dict[str | None, Named], tuple[Named, ...]]:
    """Speaker → their name, the surest and fullest that is said; and every name that somebody introduces themselves by.

    A speaker with two names is two people that the reader took for one.
    """
    found: dict[str | None, list[Named]] = {}
    companies = {each.name.casefold() for each in companies_of(turns, sentences, text)}
    for at, sentence in enumerate(sentences):
        speaker = turns[sentence.turn].speaker
        opening = ((_OPENING, 0.88),) if sentence.turn == sentences[0].turn else ()
        for pattern, confidence in (*opening, *_INTRODUCED):
            for match in pattern.finditer(sentence.text):
                _add(found, speaker, match["name"], confidence, sentence, text, companies)
        if _was_asked(turns, sentences, at) and (answer := _ANSWERED.match(sentence.text)):
            _add(found, speaker, answer["name"], 0.88, sentence, text, companies)
    out = {speaker: max(names, key=_rank) for speaker, names in found.items()}
    for speaker, name in _addressed(turns, sentences, text).items():
        if speaker not in out and name.name.casefold() not in companies:
            out[speaker] = name
    every = [name for names in found.values() for name in names]
    return out, tuple(sorted({(each.start, each.end): each for each in every}.values(), key=lambda each: each.start))


def _was_asked(turns: Sequence[Turn], sentences: Sequence[Sentence], at: int) -> bool:
    """Whether the turn before that of a sentence asks for a name, and the sentence is among the first two that answer."""
    own = sentences[at].turn
    begins = at
    while begins and sentences[begins - 1].turn == own:
        begins -= 1
    before = [each for each in sentences[max(0, begins - 4) : begins] if each.turn == own - 1]
    return at - begins < 2 and any(_ASKS_NAME.search(each.text) for each in before)


def companies_of(turns: Sequence[Turn], sentences: Sequence[Sentence], text: str) -> list[Named]:
    """Companies that somebody speaks for, each once, in the order they are named."""
    out: dict[str, Named] = {}
    for sentence in sentences:
        opening = ((_OPENING, 0.85),) if sentence.turn == sentences[0].turn else ()
        for pattern, confidence in (*opening, *_COMPANY):
            for match in pattern.finditer(sentence.text):
                name = match["company"]
                while (shorter := _GENERIC.sub("", name)) != name:
                    name = shorter
                name = re.sub(r"^(?:[Tt]he|[Dd]er|[Dd]ie|[Dd]as) ", "", name).strip(" ,.-")
                words = [word.casefold() for word in name.split()]
                if not words or all(word in _NOT_A_NAME for word in words) or name.casefold() in out:
                    continue
                if (span := _place(text, sentence, name)) is not None:
                    out[name.casefold()] = Named(name, *span, confidence, turns[sentence.turn].speaker)
    return list(out.values())


def company_of(companies: Sequence[Named], roles: Mapping[str | None, Role]) -> Named | None:
    """The company that the agent names first of all; that of anybody where the agent names none."""
    spoken = list(companies)
    return max(
        spoken,
        key=lambda each: (roles.get(each.speaker, Role(None, 0, None)).name == AGENT_ROLE, each.confidence),
        default=None,
    )


def _add(
    found: dict[str | None, list[Named]], speaker: str | None, said: str, confidence: float, sentence: Sentence, text: str,
    companies: set[str],
) -> None:  # fmt: skip
    name = _cleaned(said)
    if not name or name.casefold() in companies:
        return
    if (span := _place(text, sentence, name)) is not None:
        found.setdefault(speaker, []).append(Named(name, *span, confidence, speaker))


def _cleaned(said: str) -> str:
    """A name up to the first word that is none."""
    words: list[str] = []
    for word in said.split():
        if word.strip(".,'").casefold() in _NOT_A_NAME or len(word.strip(".,'")) < 2:
            break
        words.append(word.strip(",."))
    return " ".join(words)


def _addressed(turns: Sequence[Turn], sentences: Sequence[Sentence], text: str) -> dict[str | None, Named]:
    """Speaker → how the other speaker of the turns around addresses them: `Mrs. Adams`."""
    speakers = {turn.speaker for turn in turns}
    out: dict[str | None, Named] = {}
    if len(speakers) != 2 or None in speakers:
        return out
    for sentence in sentences:
        speaker = turns[sentence.turn].speaker
        other = next(each for each in speakers if each != speaker)
        for match in _ADDRESSED.finditer(sentence.text):
            said = _cleaned(match["name"] or match["first"] or "")
            named = (
                f"{match['title']}. {said}"
                if match["title"] and match["title"] not in ("Herr", "Frau", "Miss", "Doctor")
                else ""
            )
            shown = next(
                (form for form in (named, match[0].rstrip(",.!"), said) if form and _place(text, sentence, form)), ""
            )
            if said and shown and other not in out and (span := _place(text, sentence, shown)) is not None:
                out[other] = Named(shown, *span, 0.7, other)
    return out


def _rank(name: Named) -> tuple[float, int]:
    return (name.confidence + 0.08 * min(1, name.name.count(" ")), -name.start)


def _place(text: str, sentence: Sentence, name: str) -> tuple[int, int] | None:
    """Where a name of a sentence stands in the text, whatever white space and apostrophes it has there."""
    pattern = r"\s+".join(re.escape(word).replace("'", "['’‘]") for word in name.split())
    match = re.compile(pattern).search(text, sentence.start, sentence.end)
    return match.span() if match else None
