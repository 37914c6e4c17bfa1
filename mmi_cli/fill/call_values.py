"""A call → the values of the namespace `call.`: each with its confidence and the times and speaker it was computed from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from ..calls.analysis import Call, analyse
from ..calls.cues import is_greeting
from ..calls.introductions import Named, company_of
from ..calls.measures import talk_of
from ..calls.moments import moments
from ..calls.names import LISTINGS, MEASURES, NAMESPACE, SIDES, reads_calls
from ..calls.probing import Probe
from ..calls.promises import Promise
from ..calls.sentiment import Feeling, feeling_of, scores_over_time
from ..calls.turns import Sentence, Turn
from ..datamodel.record import ArrayValue, Evidence, FieldValue, LeafValue, ObjectValue, Scalar
from ..datamodel.schema import FieldType, Schema
from ..engines.interface import TextEmbedder
from ..expressions import names, parse_expression
from .evidence import evidence_of_span
from .reading import Reading

_TIMED, _DIARIZED, _COUNTED = 0.97, 0.85, 0.95
"""How sure a measure is: of times by channel or transcript, of speakers told apart by their voices, of words without times."""
_ABSENT = 0.8
_MOST_ROWS = 2_000
_SLICES = 6
_CENTS = re.compile(r"(?: and)? (\d{2})\b(?= cents?| pence| an?\b| per\b| each| in\b|[.,!?]|\s*$)")
"""What follows the dollars of `24 dollars 50 a bag`."""
_ONE_WORD = 0.9

Found = tuple[Scalar, float, tuple[Evidence, ...]]
"""Value, confidence, evidence."""


def call_namespace(
    reading: Reading, schema: Schema, embedder: Callable[[], TextEmbedder | None]
) -> tuple[tuple[str, FieldValue], ...]:
    """`(("call", its values),)` for the expressions of a schema that read it; nothing for other schemas.

    Args:
        embedder: loads the embedding model; asked only for a call.
    """
    if schema.field(NAMESPACE) is not None:
        return ()
    sources = [leaf.expression for each in schema.fields for _, leaf in each.leaves() if leaf.expression]
    sources += [each.expression for each in schema.fields if each.expression]
    sources += [check.expression for check in schema.checks]
    read = frozenset(name for source in sources for name in names(parse_expression(source)))
    if not reads_calls(read):
        return ()
    engine = embedder()
    call = analyse(
        reading.content,
        probe=Probe(engine.name, lambda texts: engine.embed(texts).tolist()) if engine is not None else None,
    )
    return ((NAMESPACE, _Values(reading, call).all() if call is not None else _nothing()),)


def without_companies(
    schema: Schema, values: dict[str, FieldValue], call: Sequence[tuple[str, FieldValue]]
) -> dict[str, FieldValue]:
    """The values without the companies of a call in its lists of products: a small model takes the one for the other."""
    namespace = dict(call).get(NAMESPACE)
    companies = dict(namespace.members).get("companies") if isinstance(namespace, ObjectValue) else None
    if not isinstance(companies, ArrayValue):
        return values
    named = {str(each.value).casefold() for each in companies.items if isinstance(each, LeafValue)}
    out = dict(values)
    for each in schema.fields:
        value = values.get(each.name)
        if "product" in each.name.casefold() and isinstance(value, ArrayValue) and each.expression is None:
            kept = [
                one for one in value.items if not (isinstance(one, LeafValue) and str(one.value).casefold() in named)
            ]
            out[each.name] = replace(value, items=tuple(kept))
    return out


def _nothing() -> ObjectValue:
    members: list[tuple[str, FieldValue]] = []
    for name, measure in MEASURES.items():
        none = LeafValue(type=measure.type, kind="inferred", value=None, confidence=_ABSENT)
        members.append((name, ObjectValue(members=tuple((side, none) for side in SIDES)) if measure.by_side else none))
    return ObjectValue(members=(*members, *((name, ArrayValue(items=())) for name in LISTINGS)))


class _Amount(NamedTuple):
    """A sum of money with its sign."""

    start: int
    end: int
    value: float


class _Values:
    """Puts the values of one call together."""

    def __init__(self, reading: Reading, call: Call) -> None:
        self._reading = reading
        self._content = reading.content
        self._call = call
        is_diarized = any(name == "diarization" for name, _ in reading.content.engines)
        self._sure = _COUNTED if call.timing is None else _DIARIZED if is_diarized else _TIMED
        self._sides = {side: talk_of(call.side(side), call.turns, call.seconds, call.timing) for side in SIDES}
        self._feelings = {
            side: feeling_of(call.said_by(call.side(side)), call.language, probe=call.probe) for side in SIDES
        }

    def all(self) -> ObjectValue:
        measured = {**self._of_the_whole(), **self._told()}
        members: list[tuple[str, FieldValue]] = []
        for name, measure in MEASURES.items():
            if measure.by_side:
                sides = [(side, _leaf(measure.type, self._of_side(name, side))) for side in SIDES]
                members.append((name, ObjectValue(members=tuple(sides))))
            else:
                members.append((name, _leaf(measure.type, measured[name])))
        members += [(name, ArrayValue(items=tuple(rows)[:_MOST_ROWS])) for name, rows in self._lists().items()]
        return ObjectValue(members=tuple(members))

    # --- measures

    def _of_the_whole(self) -> dict[str, Found]:
        call, timing = self._call, self._call.timing
        everyone = self._where(call.turns)
        counted: dict[str, Found] = {
            "turn_count": (len(call.turns), self._sure, everyone),
            "word_count": (sum(turn.word_count for turn in call.turns), self._sure, everyone),
            "speaker_count": self._speaker_count(),
        }
        if timing is None:
            missing = (
                "duration_s", "speech_s", "silence_s", "silence_share", "longest_silence_s", "overlap_s", "interruptions",
                "longest_monologue_s",
            )  # fmt: skip
            return counted | dict.fromkeys(missing, (None, 0.95, ()))
        whole = (Evidence(text="", match="computed", start_s=0.0, end_s=timing.duration_s),)
        share = timing.silence_s / timing.duration_s if timing.duration_s else None
        gap, longest = timing.longest_silence, timing.longest_turn
        pause = (Evidence(text="", match="computed", start_s=gap[0], end_s=gap[1]),) if gap else ()
        has_speakers = set(call.seconds) != {None}
        return counted | {
            "duration_s": (_round(timing.duration_s), _TIMED, whole),
            "speech_s": (_round(timing.speech_s), _TIMED, everyone),
            "silence_s": (_round(timing.silence_s), _TIMED, whole),
            "silence_share": (_round(share, 4), _TIMED, whole),
            "longest_silence_s": (_round(gap[1] - gap[0] if gap else 0.0), _TIMED, pause or whole),
            "overlap_s": (_round(timing.overlap_s) if has_speakers else None, self._sure, everyone),
            "interruptions": (
                len(timing.interruptions) if has_speakers else None, self._sure,
                self._moments_of([new for _, new in timing.interruptions]) or everyone,
            ),
            "longest_monologue_s": (
                _round(_length(longest)) if longest and has_speakers else None, self._sure,
                self._moments_of([longest]) if longest else (),
            ),
        }  # fmt: skip

    def _of_side(self, name: str, side: str) -> Found:
        talk, sure = self._sides[side], min(self._sure, self._role_confidence(side))
        if not talk.turns:
            return None, _ABSENT, ()
        where = self._where(talk.turns)
        values: dict[str, Found] = {
            "talk_s": (_round(talk.talk_s), sure, where),
            "talk_share": (_round(talk.share, 4), sure, self._where(self._call.turns)),
            "pace_wpm": (_round(talk.pace_wpm, 1), sure, where),
            "turns_by": (len(talk.turns), sure, where),
            "questions_by": (len(talk.questions), sure, where),
            "response_s": (_round(_mean(talk.answers_s)), sure, where),
            "longest_turn_s": (
                _round(_length(talk.longest_turn)) if talk.longest_turn else None, sure,
                self._moments_of([talk.longest_turn]) if talk.longest_turn else (),
            ),
            "interruptions_by": (
                len(talk.interruptions) if self._call.timing else None, sure,
                self._moments_of(talk.interruptions) or where,
            ),
        }  # fmt: skip
        return values[name] if name in values else self._felt(name, self._feelings[side], sure)

    def _felt(self, name: str, feeling: Feeling | None, sure: float) -> Found:
        if feeling is None:
            return None, _ABSENT, ()
        evidence = self._said(feeling.strongest)
        confidence = min(sure, feeling.confidence)
        value: Scalar = {
            "sentiment": feeling.mood,
            "sentiment_score": _round(feeling.score, 3),
            "sentiment_change": _round(feeling.change, 3),
        }[name]
        return value, confidence, evidence

    def _speaker_count(self) -> Found:
        call = self._call
        speakers = {turn.speaker for turn in call.turns if turn.speaker is not None}
        if not speakers:
            return None, 0.9, ()
        return len(speakers), self._sure, self._where(call.turns)

    def _role_confidence(self, side: str) -> float:
        return min((role.confidence for role in self._call.roles.values() if role.name == side), default=_ABSENT)

    # --- what is told

    def _told(self) -> dict[str, Found]:
        call = self._call
        reason, category, ending = call.reason, call.category, call.ending
        company = company_of(call.companies, call.roles)
        nothing: Found = (None, _ABSENT, ())
        return {
            "agent_name": self._name_of("agent"),
            "customer_name": self._name_of("customer"),
            "company": (company.name, company.confidence, self._at(company)) if company else nothing,
            "reason": (
                " ".join(sentence.text for sentence in reason.sentences), reason.confidence,
                tuple(piece for sentence in reason.sentences for piece in self._said(sentence)),
            )
            if reason
            else nothing,
            "reason_category": (category.name, category.confidence, self._said(category.cited)) if category else nothing,
            "resolution": (
                ending.outcome, ending.confidence, tuple(p for sentence in ending.cited for p in self._said(sentence))
            )
            if ending
            else (None, 0.6, ()),
        }  # fmt: skip

    def _name_of(self, side: str) -> Found:
        for speaker, role in self._call.roles.items():
            if role.name == side and (name := self._call.names.get(speaker)) is not None:
                return name.name, round(name.confidence * role.confidence, 4), self._at(name)
        own = {id(name) for name in self._call.names.values()}
        for name in self._call.introductions:
            # Said in one breath with the greeting of an agent, whoever the reader took for its speaker.
            turn = self._turn_at(name.start)
            near = [each.text for each in self._call.sentences if turn and each.turn == turn.number][:4]
            if side == "agent" and id(name) not in own and any(is_greeting(text) for text in near):
                return name.name, 0.75, self._at(name)
        return None, _ABSENT, ()

    # --- lists

    def _lists(self) -> dict[str, list[FieldValue]]:
        return {
            "turns": [self._turn(turn) for turn in self._call.turns],
            "speakers": [
                self._speaker(speaker) for speaker in dict.fromkeys(turn.speaker for turn in self._call.turns)
            ],
            "sentiment_over_time": self._over_time(),
            "promises": [self._promise(promise) for promise in self._call.promises],
            "people": self._people(),
            "companies": self._companies(),
            "amounts": self._amounts(),
            "dates": self._dates(),
        }

    def _turn(self, turn: Turn) -> FieldValue:
        where, role = self._moments_of([turn]), self._call.roles.get(turn.speaker)
        score = 0.99 if turn.score is None else turn.score
        return _row(
            "turns",
            {
                "speaker": (turn.speaker, self._sure, where),
                "role": (role.name if role else None, role.confidence if role else _ABSENT, where),
                "text": (turn.text, round(score, 4), self._text_of(turn.start, turn.end, turn)),
                "start_s": (_round(turn.start_s), _TIMED, where),
                "end_s": (_round(turn.end_s), _TIMED, where),
                "confidence": (_round(turn.score, 3), _TIMED, where),
            },
        )

    def _speaker(self, speaker: str | None) -> FieldValue:
        call = self._call
        own = tuple(turn for turn in call.turns if turn.speaker == speaker)
        talk = talk_of(own, call.turns, call.seconds, call.timing)
        role, name = call.roles.get(speaker), call.names.get(speaker)
        feeling = feeling_of(call.said_by(own), call.language, probe=call.probe)
        where = self._where(own)
        role_said = self._said(role.cited) if role and role.cited else where
        return _row(
            "speakers",
            {
                "speaker": (speaker, self._sure, where),
                "name": (name.name, name.confidence, self._at(name)) if name else (None, _ABSENT, ()),
                "role": (role.name, role.confidence, role_said) if role else (None, _ABSENT, ()),
                "talk_s": (_round(talk.talk_s), self._sure, where),
                "talk_share": (_round(talk.share, 4), self._sure, where),
                "pace_wpm": (_round(talk.pace_wpm, 1), self._sure, where),
                "turns": (len(own), self._sure, where),
                "interruptions": (
                    len(talk.interruptions) if call.timing else None, self._sure,
                    self._moments_of(talk.interruptions) or where,
                ),
                "longest_turn_s": (
                    _round(_length(talk.longest_turn)) if talk.longest_turn else None, self._sure,
                    self._moments_of([talk.longest_turn]) if talk.longest_turn else (),
                ),
                "response_s": (_round(_mean(talk.answers_s)), self._sure, where),
                "sentiment": self._felt("sentiment", feeling, self._sure),
                "sentiment_score": self._felt("sentiment_score", feeling, self._sure),
            },
        )  # fmt: skip

    def _over_time(self) -> list[FieldValue]:
        timing = self._call.timing
        if timing is None or timing.duration_s <= 0:
            return []
        step = timing.duration_s / _SLICES
        spans = [(at * step, (at + 1) * step) for at in range(_SLICES)]
        scores = {
            side: scores_over_time(
                self._call.turns,
                self._call.said_by(self._call.side(side)),
                spans,
                self._call.language,
                probe=self._call.probe,
            )
            for side in SIDES
        }
        rows: list[FieldValue] = []
        for number, (start_s, end_s) in enumerate(spans):
            where = (Evidence(text="", match="computed", start_s=start_s, end_s=end_s),)
            told: dict[str, Found] = {
                side: (_round(score, 3), 0.6, where)
                if (score := scores[side][number]) is not None
                else (None, _ABSENT, ())
                for side in SIDES
            }
            rows.append(
                _row("sentiment_over_time", {"start_s": (_round(start_s), _TIMED, where), "end_s": (_round(end_s), _TIMED, where), **told})
            )  # fmt: skip
        return rows

    def _promise(self, promise: Promise) -> FieldValue:
        sentence, turn = promise.sentence, self._call.turns[promise.sentence.turn]
        where, role = self._said(sentence), self._call.roles.get(turn.speaker)
        due: Found = (None, _ABSENT, ())
        if promise.due is not None and promise.due_sentence is not None:
            said = promise.due_sentence
            due = (
                said.text[slice(*promise.due)].strip(" ,."),
                0.88,
                self._part_of(said, said.text[slice(*promise.due)]),
            )
        amount: Found = (None, _ABSENT, ())
        if promise.amount is not None:
            found = self._amounts_within(sentence.start, sentence.end)
            if found:
                amount = (found[0].value, 0.92, self._text_of(found[0].start, found[0].end, turn))
        return _row(
            "promises",
            {
                "text": (sentence.text, promise.confidence, where),
                "by": (promise.by, role.confidence if role else _ABSENT, where),
                "speaker": (turn.speaker, self._sure, where),
                "due": due,
                "amount": amount,
            },
        )

    def _people(self) -> list[FieldValue]:
        rows: list[FieldValue] = []
        for speaker, name in sorted(self._call.names.items(), key=lambda pair: pair[1].start):
            role = self._call.roles.get(speaker)
            told: Found = (role.name, role.confidence, self._at(name)) if role and role.name else (None, _ABSENT, ())
            rows.append(_row("people", {"name": (name.name, name.confidence, self._at(name)), "role": told}))
        known = {word for name in self._call.names.values() for word in _words(name.name)}
        agent, sure, _ = self._name_of("agent")
        others = [(name.name, name.start, name.end, 0.8) for name in self._call.introductions]
        others += [
            (str(each.value).rstrip(".,"), each.start, each.end, 0.6)
            for each in self._reading.candidates(frozenset({"person"}))
        ]
        for said, start, end, confidence in others:
            if _words(said) & known:
                continue
            known |= _words(said)
            where = self._text_of(start, end, self._turn_at(start))
            as_what: Found = ("agent", sure, where) if said == agent else (None, 0.6, ())
            rows.append(_row("people", {"name": (said, confidence, where), "role": as_what}))
        return rows

    def _companies(self) -> list[FieldValue]:
        found = {each.name.casefold(): (each.name, each.confidence, self._at(each)) for each in self._call.companies}
        for each in self._reading.candidates(frozenset({"company"})):
            if not any(str(each.value).casefold() in name or name in str(each.value).casefold() for name in found):
                where = self._text_of(each.start, each.end, self._turn_at(each.start))
                found[str(each.value).casefold()] = (str(each.value), 0.6, where)
        return [_leaf("string", value) for value in found.values()]

    def _amounts(self) -> list[FieldValue]:
        rows: list[FieldValue] = []
        for found in self._amounts_within(0, len(self._content.text)):
            turn = self._turn_at(found.start)
            if turn is None:
                continue
            where = self._text_of(found.start, found.end, turn)
            text = self._content.text[found.start : found.end]
            currency = next(
                (sign for sign in self._reading.candidates(frozenset({"currency"})) if found.start - 2 <= sign.start <= found.end + 2), None
            )  # fmt: skip
            rows.append(
                _row(
                    "amounts",
                    {
                        "amount": (found.value, 0.92, where),
                        "currency": (currency.value, 0.92, where) if currency else (None, _ABSENT, ()),
                        "text": (" ".join(text.split()), 0.95, where),
                        "said_by": (self._call.role_of(turn) or turn.speaker, self._sure, where),
                    },
                )
            )
        return rows

    def _amounts_within(self, start: int, end: int) -> list[_Amount]:
        """Numbers with a currency beside them, by start."""
        signs = self._reading.candidates(frozenset({"currency"}))
        out: list[_Amount] = []
        for found in self._reading.candidates(frozenset({"amount"})):
            beside = any(found.start - 3 <= sign.end and sign.start <= found.end + 3 for sign in signs)
            if start <= found.start and found.end <= end and beside and isinstance(found.value, int | float):
                sign = [each for each in signs if found.start - 3 <= each.end and each.start <= found.end + 3]
                first, last = (
                    min(found.start, *(each.start for each in sign)),
                    max(found.end, *(each.end for each in sign)),
                )
                if not out or first >= out[-1].end:
                    cents = _CENTS.match(self._content.text, last)
                    value = found.value + int(cents[1]) / 100 if cents else found.value
                    out.append(_Amount(first, cents.end(1) if cents else last, value))
        return out

    def _dates(self) -> list[FieldValue]:
        rows: list[FieldValue] = []
        known = self._reading.candidates(frozenset({"date"}))
        for sentence in self._call.sentences:
            turn = self._call.turns[sentence.turn]
            for start, end in moments(sentence.text):
                said = sentence.text[start:end].strip(" ,")
                where = self._part_of(sentence, said)
                span = where[0].span if where else None
                date = next(
                    (each for each in known if span and span[0] <= each.start and each.end <= span[0] + span[1]), None
                )
                rows.append(
                    _row(
                        "dates",
                        {
                            "text": (said, 0.85, where),
                            "date": (date.value, 0.9, where) if date else (None, _ABSENT, ()),
                            "said_by": (self._call.role_of(turn) or turn.speaker, self._sure, where),
                        },
                    )
                )
        return rows

    # --- evidence

    def _said(self, sentence: Sentence) -> tuple[Evidence, ...]:
        return self._text_of(sentence.start, sentence.end, self._call.turns[sentence.turn])

    def _at(self, named: Named) -> tuple[Evidence, ...]:
        return self._text_of(named.start, named.end, self._turn_at(named.start))

    def _part_of(self, sentence: Sentence, said: str) -> tuple[Evidence, ...]:
        """Where words of a sentence stand; the whole of it where white space or marks differ."""
        at = self._content.text.find(said, sentence.start, sentence.end)
        turn = self._call.turns[sentence.turn]
        return self._text_of(at, at + len(said), turn) if at >= 0 else self._said(sentence)

    def _text_of(self, start: int, end: int, turn: Turn | None) -> tuple[Evidence, ...]:
        pieces = evidence_of_span(self._content, start, end, "computed")
        return tuple(
            replace(piece, speaker=turn.speaker) if turn and piece.speaker is None else piece for piece in pieces
        )

    def _where(self, turns: Sequence[Turn]) -> tuple[Evidence, ...]:
        """One piece a speaker: from the beginning of their first turn to the end of their last."""
        out = []
        for speaker in dict.fromkeys(turn.speaker for turn in turns):
            own = [turn for turn in turns if turn.speaker == speaker]
            starts = [turn.start_s for turn in own if turn.start_s is not None]
            ends = [turn.end_s for turn in own if turn.end_s is not None]
            if starts and ends:
                out.append(Evidence(text="", match="computed", start_s=min(starts), end_s=max(ends), speaker=speaker))
            else:
                out += self._text_of(own[0].start, own[0].end, own[0])[:1]
        return tuple(out[:8])

    def _moments_of(self, turns: Iterable[Turn]) -> tuple[Evidence, ...]:
        out = []
        for turn in list(turns)[:10]:
            if turn.start_s is not None and turn.end_s is not None:
                out.append(
                    Evidence(text="", match="computed", start_s=turn.start_s, end_s=turn.end_s, speaker=turn.speaker)
                )
            else:
                out += self._text_of(turn.start, turn.end, turn)[:1]
        return tuple(out)

    def _turn_at(self, offset: int) -> Turn | None:
        return next((turn for turn in self._call.turns if turn.start <= offset < turn.end), None)


def _words(name: str) -> set[str]:
    return {word.casefold().strip(".,") for word in name.split() if len(word.strip(".,")) > 2}


def _leaf(type_: FieldType, found: Found) -> LeafValue:
    value, confidence, evidence = found
    return LeafValue(
        type=type_, kind="inferred", value=value, confidence=confidence, evidence=evidence if value is not None else ()
    )


def _row(listing: str, found: dict[str, Found]) -> ObjectValue:
    members = LISTINGS[listing].members
    return ObjectValue(members=tuple((name, _leaf(type_, found[name])) for name, type_ in members.items()))


def _round(value: float | None, digits: int = 2) -> float | None:
    return None if value is None else round(value, digits)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _length(turn: Turn) -> float:
    return (turn.end_s or 0.0) - (turn.start_s or 0.0)
