"""What is told in a call, as values: turns, names, the company, why somebody calls, how it ends, what is promised."""

from __future__ import annotations

from bisect import bisect_left

from ...calls.cues import is_greeting
from ...calls.introductions import company_of
from ...calls.promises import Promise
from ...calls.summing_up import summed_up
from ...datamodel.record import FieldValue
from ...engines.interface import TextEmbedder
from ...scenes.sayings import central_sentences, telling_phrases
from .found import ABSENT, NOTHING, Found, leaf, rounded, row
from .heard import TIMED, Heard
from .sums_and_dates import amounts_within

_MOST_TOPICS = 5
_TOPIC = 0.5
"""How sure it is that a phrase is a topic: nobody said so."""
_SAID_IN_EVERY_CALL = frozenset(
    """thanks thank welcome please sorry hello goodbye calling call speaking number name help today tomorrow morning
    afternoon evening moment minute monday tuesday wednesday thursday friday saturday sunday course day days week
    weeks month months year years guten tag tage tagen woche wochen monat monate jahr jahre morgen abend dank vielen
    danke bitte wiederhören herr frau montag dienstag mittwoch donnerstag freitag samstag sonntag ihnen ihr ihre ihren
    ihrem ihrer sie uhr seit leider""".split()  # noqa: SIM905
)
_GREETING = 4
"""Sentences at the beginning of a turn that may greet."""


def answers(heard: Heard) -> dict[str, Found]:
    """The measures of `MEASURES` that are texts: who, for which company, why, and with which ending."""
    call = heard.call
    reason, category, ending = call.reason, call.category, call.ending
    company = company_of(call.companies, call.roles)
    return {
        "agent_name": _name_of(heard, "agent"),
        "customer_name": _name_of(heard, "customer"),
        "company": (company.name, company.confidence, heard.at(company)) if company else NOTHING,
        "reason": (
            " ".join(sentence.text for sentence in reason.sentences), reason.confidence, heard.said_all(reason.sentences)
        )
        if reason
        else NOTHING,
        "reason_category": (category.name, category.confidence, heard.said(category.cited)) if category else NOTHING,
        "resolution": (ending.outcome, ending.confidence, heard.said_all(ending.cited)) if ending else (None, 0.6, ()),
    }  # fmt: skip


def summary_of(heard: Heard, told: dict[str, Found], embedder: TextEmbedder | None) -> Found:
    """Put together from what is told; the most telling sentences where no reason was found."""
    agent, customer, company = (_text(told[name]) for name in ("agent_name", "customer_name", "company"))
    found = summed_up(heard.call, agent=agent, customer=customer, company=company)
    if found is not None:
        return found.text, found.confidence, heard.said_all(found.cited)
    sentences = central_sentences(heard.content, _runs(heard), most=2, embedder=embedder)
    if not sentences:
        return NOTHING
    words = heard.content.words
    where = (
        heard.text_of(words[each.first].offset, words[each.last - 1].offset + len(words[each.last - 1].text), None)
        for each in sentences
    )
    return " ".join(each.text for each in sentences), 0.5, tuple(piece for pieces in where for piece in pieces)


def topic_items(heard: Heard, embedder: TextEmbedder | None) -> list[FieldValue]:
    call, words = heard.call, heard.content.words
    named = [
        *(each.name for each in (*call.introductions, *call.companies)),
        *(each.name for each in call.names.values()),
    ]
    but = frozenset(part for name in named for part in name.casefold().replace(".", " ").split()) | _SAID_IN_EVERY_CALL
    phrases = telling_phrases(heard.content, _runs(heard), most=_MOST_TOPICS, embedder=embedder, but=but)
    items: list[FieldValue] = []
    for each in phrases:
        start, end = words[each.first].offset, words[each.last - 1].offset + len(words[each.last - 1].text)
        items.append(leaf("string", (each.text, _TOPIC, heard.text_of(start, end, heard.turn_at(start)))))
    return items


def _runs(heard: Heard) -> list[tuple[int, int]]:
    """(first, after the last) words of the sentences without those that greet."""
    offsets = [word.offset for word in heard.content.words]
    spans = (
        (bisect_left(offsets, each.start), bisect_left(offsets, each.end))
        for each in heard.call.sentences
        if not is_greeting(each.text)
    )
    return [(first, last) for first, last in spans if first < last]


def _text(found: Found) -> str | None:
    return found[0] if isinstance(found[0], str) else None


def turn_rows(heard: Heard) -> list[FieldValue]:
    rows: list[FieldValue] = []
    for turn in heard.call.turns:
        where, role = heard.moments_of([turn]), heard.call.roles.get(turn.speaker)
        score = 0.99 if turn.score is None else turn.score
        rows.append(
            row(
                "turns",
                {
                    "speaker": (turn.speaker, heard.sureness, where),
                    "role": (role.name if role else None, role.confidence if role else ABSENT, where),
                    "text": (turn.text, round(score, 4), heard.text_of(turn.start, turn.end, turn)),
                    "start_s": (rounded(turn.start_s), TIMED, where),
                    "end_s": (rounded(turn.end_s), TIMED, where),
                    "confidence": (rounded(turn.score, 3), TIMED, where),
                },
            )
        )
    return rows


def promise_rows(heard: Heard) -> list[FieldValue]:
    return [_promise(heard, promise) for promise in heard.call.promises]


def people_rows(heard: Heard) -> list[FieldValue]:
    """Who is named: the speakers, who else introduces themselves, then every other person of the text."""
    call = heard.call
    rows: list[FieldValue] = []
    for speaker, name in sorted(call.names.items(), key=lambda pair: pair[1].start):
        role, where = call.roles.get(speaker), heard.at(name)
        told: Found = (role.name, role.confidence, where) if role and role.name else NOTHING
        rows.append(row("people", {"name": (name.name, name.confidence, where), "role": told}))
    known = {word for name in call.names.values() for word in _words(name.name)}
    agent, sure, _ = _name_of(heard, "agent")
    others = [(name.name, name.start, name.end, 0.8) for name in call.introductions]
    others += [
        (str(each.value).rstrip(".,"), each.start, each.end, 0.6)
        for each in heard.reading.candidates(frozenset({"person"}))
    ]
    for said, start, end, confidence in others:
        if _words(said) & known:
            continue
        known |= _words(said)
        where = heard.text_of(start, end, heard.turn_at(start))
        as_what: Found = ("agent", sure, where) if said == agent else (None, 0.6, ())
        rows.append(row("people", {"name": (said, confidence, where), "role": as_what}))
    return rows


def company_items(heard: Heard) -> list[FieldValue]:
    """Companies that speakers name as theirs, then every other one of the text."""
    found: dict[str, Found] = {
        each.name.casefold(): (each.name, each.confidence, heard.at(each)) for each in heard.call.companies
    }
    for each in heard.reading.candidates(frozenset({"company"})):
        name = str(each.value).casefold()
        if not any(name in known or known in name for known in found):
            found[name] = (str(each.value), 0.6, heard.text_of(each.start, each.end, heard.turn_at(each.start)))
    return [leaf("string", value) for value in found.values()]


def _name_of(heard: Heard, side: str) -> Found:
    call = heard.call
    for speaker, role in call.roles.items():
        if role.name == side and (name := call.names.get(speaker)) is not None:
            return name.name, round(name.confidence * role.confidence, 4), heard.at(name)
    own = {id(name) for name in call.names.values()}
    for name in call.introductions:
        # Said in one breath with the greeting of an agent, whoever the reader took for its speaker.
        turn = heard.turn_at(name.start)
        near = [each.text for each in call.sentences if turn and each.turn == turn.number][:_GREETING]
        if side == "agent" and id(name) not in own and any(is_greeting(text) for text in near):
            return name.name, 0.75, heard.at(name)
    return NOTHING


def _promise(heard: Heard, promise: Promise) -> FieldValue:
    sentence, turn = promise.sentence, heard.call.turns[promise.sentence.turn]
    where, role = heard.said(sentence), heard.call.roles.get(turn.speaker)
    due, amount = NOTHING, NOTHING
    if promise.due is not None and promise.due_sentence is not None:
        words = promise.due_sentence.text[slice(*promise.due)]
        due = (words.strip(" ,."), 0.88, heard.part_of(promise.due_sentence, words))
    if promise.amount is not None:
        found = amounts_within(heard, sentence.start, sentence.end)
        if found:
            amount = (found[0].value, 0.92, heard.text_of(found[0].start, found[0].end, turn))
    return row(
        "promises",
        {
            "text": (sentence.text, promise.confidence, where),
            "by": (promise.by, role.confidence if role else ABSENT, where),
            "speaker": (turn.speaker, heard.sureness, where),
            "due": due,
            "amount": amount,
        },
    )


def _words(name: str) -> set[str]:
    return {word.casefold().strip(".,") for word in name.split() if len(word.strip(".,")) > 2}
