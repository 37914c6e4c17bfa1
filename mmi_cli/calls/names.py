"""The names of the namespace `call.` that an expression of a schema may use, and what each is."""

from __future__ import annotations

from typing import NamedTuple

from ..datamodel.schema import FieldType

NAMESPACE = "call"
SIDES = ("agent", "customer")


class Measure(NamedTuple):
    """A value of a call."""

    type: FieldType
    told: str
    by_side: bool = False
    """Whether it is asked for with `.agent` or `.customer` behind it."""


class Listing(NamedTuple):
    """A list of a call: its rows' members, or the type of its items."""

    told: str
    members: dict[str, FieldType]
    """Empty for a list of texts."""


MEASURES: dict[str, Measure] = {
    "duration_s": Measure("number", "seconds from the start of the recording to its end; of a transcript to its last word"),
    "speech_s": Measure("number", "seconds in which somebody speaks"),
    "silence_s": Measure("number", "seconds in which nobody speaks"),
    "silence_share": Measure("number", "silence_s by duration_s, 0 to 1"),
    "longest_silence_s": Measure("number", "the longest stretch in which nobody speaks"),
    "overlap_s": Measure("number", "seconds in which two speak at once"),
    "interruptions": Measure("integer", "how often somebody begins while another speaks, and goes on for more than a word or two"),
    "interruptions_by": Measure("integer", "how often one side interrupts", by_side=True),
    "longest_monologue_s": Measure("number", "the longest turn"),
    "longest_turn_s": Measure("number", "the longest turn of one side", by_side=True),
    "talk_s": Measure("number", "seconds that one side speaks", by_side=True),
    "talk_share": Measure("number", "talk_s by that of all speakers; by words where the transcript has no times", by_side=True),
    "pace_wpm": Measure("number", "words a minute while that side speaks", by_side=True),
    "response_s": Measure("number", "mean seconds until that side answers when another has ended a turn", by_side=True),
    "turns_by": Measure("integer", "turns of one side", by_side=True),
    "turn_count": Measure("integer", "turns of all speakers"),
    "speaker_count": Measure("integer", "speakers"),
    "word_count": Measure("integer", "words of all speakers"),
    "questions_by": Measure("integer", "questions that one side asks", by_side=True),
    "agent_name": Measure("string", "how the agent introduces themselves"),
    "customer_name": Measure("string", "how the customer introduces themselves, or is addressed"),
    "company": Measure("string", "the company that the agent speaks for"),
    "reason": Measure("string", "why the customer calls, in their own words"),
    "reason_category": Measure("string", "the kind of reason, one of a fixed list"),
    "resolution": Measure("string", "resolved, follow_up, unresolved, or nothing where it cannot be told"),
    "summary": Measure("string", "who called whom and why, what was promised and how it ended, in sentences put together from these"),
    "sentiment": Measure("string", "positive, neutral, negative or mixed", by_side=True),
    "sentiment_score": Measure("number", "-1 to 1, over all that one side says", by_side=True),
    "sentiment_change": Measure("number", "the score of the last third less that of the first", by_side=True),
}  # fmt: skip

LISTINGS: dict[str, Listing] = {
    "turns": Listing(
        "what was said, turn by turn",
        {
            "speaker": "string", "role": "string", "text": "string", "start_s": "number", "end_s": "number",
            "confidence": "number",
        },
    ),
    "speakers": Listing(
        "who speaks",
        {
            "speaker": "string", "name": "string", "role": "string", "talk_s": "number", "talk_share": "number",
            "pace_wpm": "number", "turns": "integer", "interruptions": "integer", "longest_turn_s": "number",
            "response_s": "number", "sentiment": "string", "sentiment_score": "number",
        },
    ),
    "sentiment_over_time": Listing(
        "the score of each side in each sixth of the call",
        {"start_s": "number", "end_s": "number", "agent": "number", "customer": "number"},
    ),
    "promises": Listing(
        "what somebody says they will do, and by when",
        {"text": "string", "by": "string", "speaker": "string", "due": "string", "amount": "number"},
    ),
    "people": Listing("who is named as speaking or being spoken to", {"name": "string", "role": "string"}),
    "companies": Listing("companies that are named", {}),
    "topics": Listing("phrases of one to three words that stand for what is said, the most telling first, without names", {}),
    "amounts": Listing(
        "sums of money", {"amount": "number", "currency": "string", "text": "string", "said_by": "string"}
    ),
    "dates": Listing("days and times that are named", {"text": "string", "date": "string", "said_by": "string"}),
}  # fmt: skip

REASON_CATEGORIES = (
    "purchase", "cancellation", "complaint", "billing", "refund_or_return", "technical_problem", "delivery", "appointment", "claim",
    "card_or_account_security", "account_change", "information", "wrong_number", "voicemail",
)  # fmt: skip


def known_paths() -> frozenset[str]:
    """Every dotted path of the namespace: `call.talk_share.agent`, `call.turns`, `call.turns.text`."""
    out = set()
    for name, measure in MEASURES.items():
        out |= {f"{NAMESPACE}.{name}.{side}" for side in SIDES} if measure.by_side else {f"{NAMESPACE}.{name}"}
    for name, listing in LISTINGS.items():
        out.add(f"{NAMESPACE}.{name}")
        out |= {f"{NAMESPACE}.{name}.{member}" for member in listing.members}
    return frozenset(out)


def reads_calls(expressions: frozenset[str]) -> bool:
    """Whether one of some dotted paths is of the namespace."""
    return any(path == NAMESPACE or path.startswith(f"{NAMESPACE}.") for path in expressions)
