"""Sentences by what they mean: how near each is to example sentences of a kind, where a text embedding model is at hand; English only."""

# ruff: noqa: E501 - examples read better in full lines
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

Embed = Callable[[Sequence[str]], Sequence[Sequence[float]]]
"""Texts → one unit vector each."""

REASONS: dict[str, tuple[str, ...]] = {
    "purchase": (
        "I would like to order something", "I want to buy a new product", "I'd like to place an order", "I am interested in getting a new contract",
        "Can I get a quote for a new policy",
    ),
    "cancellation": (
        "I want to cancel my contract", "Please end my subscription", "I would like to stop my membership", "I want to close my account",
    ),
    "complaint": (
        "I want to complain about the service", "Your staff was rude to me", "I am very disappointed with you",
        "I want to speak to a manager about bad service",
    ),
    "billing": (
        "My bill is wrong", "You charged me too much", "There is a fee on my statement I do not understand", "I have a question about my invoice",
        "I want to pay my bill",
    ),
    "refund_or_return": (
        "I want a refund", "I want to return an item", "You sent me the wrong product", "I would like my money back for a cancelled booking",
    ),
    "technical_problem": (
        "My internet is not working", "The device does not turn on", "I cannot log in", "The machine is broken", "There is no signal",
        "It keeps crashing with an error message",
    ),
    "delivery": (
        "My package has not arrived", "Where is my order", "My delivery is late", "The parcel was delivered to the wrong address",
    ),
    "appointment": (
        "I need to make an appointment", "I want to book a room", "I would like to reserve a table", "I need to reschedule my visit",
        "Can I bring my car in for a service",
    ),
    "claim": (
        "I need to report damage to my insurance", "I had an accident and want to file a claim", "A pipe burst and flooded my flat",
        "Somebody hit my car",
    ),
    "card_or_account_security": (
        "I lost my credit card", "My wallet was stolen", "There is a payment on my account that I did not make", "I think my account was hacked",
        "Please block my card",
    ),
    "account_change": (
        "I want to change my address", "I would like to upgrade my plan", "I need to change the date of my booking", "Please update my phone number",
    ),
    "information": (
        "I have a question about opening hours", "I would like to know my balance", "What time does it open", "How much does it cost",
        "Is my order ready for pickup", "Can you tell me more about it",
    ),
}  # fmt: skip

OUTCOMES: dict[str, tuple[str, ...]] = {
    "resolved": (
        "Great, that solved my problem", "It works now, thank you", "That is all I needed", "Your booking is confirmed", "I have done that for you now",
        "Perfect, that works for me",
    ),
    "follow_up": (
        "I will call you back tomorrow", "A technician will come and look at it", "We will investigate the case and contact you",
        "Please call me back", "Someone is on the way", "I will escalate this to my manager",
    ),
    "unresolved": (
        "This is not good enough, I am leaving", "There is nothing I can do for you", "I am afraid that is not possible",
        "I will never use your company again", "You will hear from my lawyer", "That does not help me at all",
    ),
}  # fmt: skip

MOODS: dict[str, tuple[str, ...]] = {
    "positive": (
        "I am so happy with this", "Thank you so much, you are wonderful", "That is great news", "What a relief, I am really grateful",
    ),
    "negative": (
        "I am very angry about this", "This is terrible and unacceptable", "It is driving me crazy", "I am really worried and scared",
        "I have been waiting for weeks and nothing happens", "I am so disappointed",
    ),
    "": (
        "My name is John Smith", "I would like to make an appointment", "The number is five five one two", "Can you tell me how much it costs",
        "I will be there on Monday", "Yes, that is right",
    ),
}  # fmt: skip


class Probe:
    """Compares sentences with tables of examples.

    Args:
        embed: of the engine called `name`.
    """

    _known: dict[str, dict[int, list[list[float]]]] = {}  # noqa: RUF012 - the vectors of the examples, once a process and engine

    def __init__(self, name: str, embed: Embed) -> None:
        self._tables = self._known.setdefault(name, {})
        self._embed = embed
        self._seen: dict[str, list[float]] = {}

    def near(self, texts: Sequence[str], table: Mapping[str, Sequence[str]]) -> list[dict[str, float]]:
        """For each text the cosine of the nearest example of each kind."""
        examples = [example for kind in table for example in table[kind]]
        if id(table) not in self._tables:
            self._tables[id(table)] = _plain(self._embed(examples))
        missing = [text for text in dict.fromkeys(texts) if text not in self._seen]
        if missing:
            self._seen.update(zip(missing, _plain(self._embed(missing)), strict=True))
        kinds = [kind for kind in table for _ in table[kind]]
        out = []
        for text in texts:
            own = self._seen[text]
            best: dict[str, float] = {}
            for kind, vector in zip(kinds, self._tables[id(table)], strict=True):
                cosine = sum(a * b for a, b in zip(own, vector, strict=True))
                best[kind] = max(best.get(kind, -1.0), cosine)
            out.append(best)
        return out


def _plain(vectors: Sequence[Sequence[float]]) -> list[list[float]]:
    return [[float(value) for value in vector] for vector in vectors]
