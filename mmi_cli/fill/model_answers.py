"""Asks the language model once a file for what is open, and finds each of its answers in the text again."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..datamodel.content import Usage
from ..datamodel.schema import Field, Schema
from ..engines.interface import Completion, LanguageModel, TextEmbedder
from ..settings import Settings
from .alignment import Located, locate, locate_pieces
from .candidates import Candidate, candidate_kinds
from .label_hits import LabelHit
from .passages import Passage, choose_passages, shown_text
from .prompts import answer_schema, example_prompt, expected_tokens, repaired_json, system_prompt, user_prompt
from .proposals import Proposal
from .reading import Reading
from .values import normalize

_MAX_ANSWER_TOKENS = 1500
_RESERVE_TOKENS = 64
_BASE_TOKENS, _TOKENS_OF_A_VALUE, _TOKENS_OF_A_LIST, _WHOLE_FILE = 150, 220, 900, 1_000_000
_BRACKET_CHARS = 30
_OPENED = re.compile(r"(?:[^\W\d_]+ )?\((?:\d[^()\n]*)?$|\([^()\n]*$")
"""A bracket that is open at the end, with the word before it where it holds a number: `three (3`."""
_CLOSED = re.compile(r"[^()\n]*\)")
_TYPED = ("date", "time", "number", "integer")


@dataclass(frozen=True, slots=True)
class Answers:
    """What the model answered."""

    values: dict[str, Any] = field(default_factory=dict)
    logprobs: dict[str, float] = field(default_factory=dict)
    """Mean log-probability of the tokens of a leaf's value, where the model reports them."""
    usage: Usage = field(default_factory=Usage)
    is_complete: bool = True


def ask_model(
    model: LanguageModel,
    reading: Reading,
    schema: Schema,
    fields: Sequence[Field],
    hits: dict[str, list[LabelHit]],
    *,
    settings: Settings,
    embedder: TextEmbedder | None,
    example: tuple[str, str] = ("", ""),
) -> Answers:
    """One call for all fields; written ones last, so that what is copied comes first when the answer is cut.

    Args:
        example: excerpt of a labelled file and its right answer.

    Raises:
        EngineFailed: the model failed.
    """
    fields = sorted(fields, key=lambda each: each.kind == "abstracted")
    system = system_prompt(schema, [each for each in schema.fields if each.expression is None])
    wanted = min(_MAX_ANSWER_TOKENS, 20 + sum(expected_tokens(each) for each in fields))
    shown = model.count_tokens(example_prompt(example)) if example[0] else 0
    room = model.context_tokens - wanted - model.count_tokens(system) - shown - _RESERVE_TOKENS
    passages = choose_passages(
        reading, fields, hits, budget_tokens=max(128, min(settings.prompt_tokens, room, _worth_showing(fields))),
        count_tokens=model.count_tokens, embedder=embedder,
    )  # fmt: skip
    choices = {each.name: _choices(reading, each, passages) for each in fields}
    completion = model.complete(
        system=system,
        user=user_prompt(shown_text(reading, passages), fields, example),
        json_schema=answer_schema(fields, choices),
        max_tokens=wanted,
    )
    return Answers(
        values=repaired_json(completion.text),
        logprobs=_logprobs(completion),
        usage=Usage(model_input_tokens=completion.input_tokens, model_output_tokens=completion.output_tokens),
        is_complete=completion.is_complete,
    )


def _worth_showing(fields: Sequence[Field]) -> int:
    """Tokens of a file that the fields asked for are worth: a few passages for each value that is copied, all for what is written."""
    tokens = _BASE_TOKENS
    for each in fields:
        if each.kind != "extracted":
            return _WHOLE_FILE
        tokens += _TOKENS_OF_A_LIST if not each.is_leaf else _TOKENS_OF_A_VALUE
    return tokens


def _choices(reading: Reading, each: Field, passages: Sequence[Passage]) -> list[Candidate]:
    """Typed candidates that the model can see."""
    if each.kind != "extracted" or each.type not in _TYPED:
        return []
    return [
        candidate
        for candidate in reading.candidates(candidate_kinds(each))
        if any(passage.start <= candidate.start and candidate.end <= passage.end for passage in passages)
    ]


def is_answer(answer: object) -> bool:
    """Whether the model gave a value; small models write "null" in quotes."""
    if answer is None or isinstance(answer, dict | list):
        return False
    return str(answer).strip(" .").casefold() not in (
        "",
        "null",
        "none",
        "n/a",
        "na",
        "nil",
        "unknown",
        "not found",
        "not available",
    )


def grounded(
    reading: Reading, each: Field, answer: object, *, near: Sequence[Proposal] = (), logprob: float | None = None
) -> Proposal | None:  # fmt: skip
    """The place of the model's answer in the text; None when it stands nowhere or cannot be the field's value."""
    if not is_answer(answer):
        return None
    text = str(answer).strip()
    best = near[0].start if near else None
    typed = _typed_candidate(reading, each, text, near)
    if typed is not None:
        return Proposal(
            start=typed.start, end=typed.end, value=typed.value, finder="model", is_ambiguous=typed.is_ambiguous,
            token_logprob=logprob,
        )  # fmt: skip
    places = locate(reading.index, text, near=best)
    for place in _preferred(places, near):
        start, end = _with_whole_brackets(reading.content.text, place.start, place.end)
        value = normalize(reading.content.text[start:end], each, reading.hints)
        if value is not None and value != "":
            return Proposal(
                start=start, end=end, value=value, finder="model", match=place.match, strength=place.score,
                token_logprob=logprob,
            )  # fmt: skip
    return _in_pieces(reading, each, text, near=best, logprob=logprob)


def _with_whole_brackets(text: str, start: int, end: int) -> tuple[int, int]:
    """A span that begins or ends inside a bracket, with the rest of it; `3) years` of `three (3) years` becomes the whole."""
    inside = text[start:end]
    if inside.count(")") > inside.count("("):
        opening = _OPENED.search(text, max(0, start - _BRACKET_CHARS), start)
        return (opening.start(), end) if opening else (start, end)
    if inside.count("(") > inside.count(")"):
        closing = _CLOSED.match(text, end, end + _BRACKET_CHARS)
        return (start, closing.end()) if closing else (start, end)
    return start, end


def _in_pieces(reading: Reading, each: Field, text: str, *, near: int | None, logprob: float | None) -> Proposal | None:
    """A value whose lines or parts stand close together in another order or with something between: the run of text over them."""
    pieces = locate_pieces(reading.index, text, near=near) if each.type == "string" else ()
    if not pieces:
        return None
    start, end = min(piece.start for piece in pieces), max(piece.end for piece in pieces)
    if end - start > 1.3 * len(text):
        return None
    value = normalize(reading.content.text[start:end], each, reading.hints)
    return (
        Proposal(start=start, end=end, value=value, finder="model", match="fuzzy", strength=0.9, token_logprob=logprob)
        if value
        else None
    )


def _typed_candidate(reading: Reading, each: Field, text: str, near: Sequence[Proposal]) -> Candidate | None:
    """The candidate that the answer names, by its text or, failing that, by its value."""
    if each.type not in _TYPED:
        return None
    candidates = reading.candidates(candidate_kinds(each))
    same = [candidate for candidate in candidates if " ".join(candidate.text.split()) == text]
    if not same:
        value = normalize(text, each, reading.hints)
        same = [candidate for candidate in candidates if value is not None and candidate.value == value]
    if not same:
        return None
    spans = [(proposal.start, proposal.end) for proposal in near]
    at_label = [candidate for candidate in same if (candidate.start, candidate.end) in spans]
    if at_label:
        return min(at_label, key=lambda candidate: spans.index((candidate.start, candidate.end)))
    return min(same, key=lambda candidate: abs(candidate.start - near[0].start)) if near else same[0]


def _preferred(places: Sequence[Located], near: Sequence[Proposal]) -> list[Located]:
    """Places that a label points at first."""
    spans = [(proposal.start, proposal.end) for proposal in near]
    return sorted(
        places, key=lambda place: (not any(s < place.end and place.start < e for s, e in spans), -place.score)
    )


def _logprobs(completion: Completion) -> dict[str, float]:
    """Mean log-probability of the tokens under each top-level value."""
    if not completion.tokens or "".join(token.text for token in completion.tokens) != completion.text:
        return {}
    out: dict[str, float] = {}
    decoder = json.JSONDecoder()
    ends, at = [], 0
    for token in completion.tokens:
        at += len(token.text)
        ends.append(at)
    for match in re.finditer(r'"([^"\\]+)"\s*:\s*', completion.text):
        try:
            value, end = decoder.raw_decode(completion.text, match.end())
        except ValueError:
            continue
        if isinstance(value, dict | list) or match[1] in out:
            continue
        chosen = [
            token.logprob
            for token, token_end in zip(completion.tokens, ends, strict=True)
            if token_end > match.end() and token_end - len(token.text) < end
        ]
        if chosen:
            out[match[1]] = sum(chosen) / len(chosen)
    return out
