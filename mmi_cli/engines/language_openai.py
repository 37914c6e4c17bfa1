"""A language model behind any OpenAI-compatible server: llama.cpp, vLLM, Ollama, LM Studio, or a service.

What servers differ in is found out and remembered: a request that is refused for naming a parameter is sent again without it. A server
that does not know `json_schema` gets the schema in words, and its answers are held to it here. What cannot be had from outside:

- Whether the same input gives the same bytes is the server's to keep (temperature 0 and a seed are sent).
- The tokenizer is not known: tokens are estimated, rather too many than too few, so that no server silently cuts a prompt.
- Control tokens in the text of a file (`<|im_end|>`, `[INST]`) would be obeyed by servers that tokenise a conversation in one piece:
  they are pulled apart with a space.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from typing import Any

from ..errors import EngineFailed, LimitExceeded
from ..settings import Settings
from .interface import Completion, TokenChoice
from .json_answers import cut_json_answer, json_answer, without_thoughts
from .openai_transport import OpenAiTransport, Refusal

# Parameters that a server may refuse, and what its refusal names them by.
_REFUSED_BY = {
    "max_tokens": re.compile(r"max_completion_tokens"),
    "logprobs": re.compile(r"logprobs"),
    "seed": re.compile(r"\bseed\b"),
    "temperature": re.compile(r"temperature"),
    "json_schema": re.compile(r"json_schema|response_format|schema|grammar"),
    "json_object": re.compile(r"json_object|response_format"),
}
# Refusals of one schema, not of schemas.
_ONE_SCHEMA = re.compile(r"invalid.{0,20}schema|schema error|features|grammar", re.IGNORECASE)
_TOO_LONG = re.compile(
    r"context.{0,20}(length|size|window)|exceed_context|prompt is too long|too many tokens", re.IGNORECASE
)
_CONTROL = re.compile(
    r"<(?=[|｜]|[^<>\s|｜]{1,40}[|｜]>|/?(?:s|bos|eos|pad|unk|think|tool_call|(?:start|end)_of_turn|__media__)>)"
    r"|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_RESULTS|TOOL_CALLS)\])",
    re.IGNORECASE,
)
_PIECES = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[^\W\d_]+|\d|[^\w\s]|_|\n")
# Tokens of a chat template around two messages; a dozen with Qwen, more with templates that tell the date.
_TEMPLATE_TOKENS = 64


class OpenAiCompatible:
    """A `LanguageModel`; base URL, model and key come from the settings. Nothing is sent before the first question.

    Raises:
        UsageError: an address that cannot be used, or another machine without `allow_remote`.
    """

    name: str
    context_tokens: int

    def __init__(self, settings: Settings) -> None:
        self._transport = OpenAiTransport(settings)
        self._model = settings.openai_model
        self._refused: set[str] = set()
        self.context_tokens = settings.context_tokens
        self.name = f"openai/{self._model}"

    def complete(
        self, *, system: str, user: str, json_schema: dict[str, Any] | None = None, max_tokens: int = 512
    ) -> Completion:
        """See `LanguageModel`. Log-probabilities are the server's own, where it gives them.

        Raises:
            LimitExceeded: prompt and answer do not fit in the context.
            EngineFailed: the server cannot be reached, refused, or answered no JSON where JSON was asked for.
            StorageDown: the server does not take the key, or has no such model.
        """
        system, user = _CONTROL.sub(r"\g<0> ", system), _CONTROL.sub(r"\g<0> ", user)
        wanted = self.count_tokens(system) + self.count_tokens(user) + _TEMPLATE_TOKENS
        if wanted + max_tokens > self.context_tokens:
            raise LimitExceeded(
                f"a prompt of about {wanted} tokens and an answer of {max_tokens} do not fit in the language model's "
                f"{self.context_tokens}; raise the setting context_tokens if the server's is larger"
            )
        return _completion(self._ask(system, user, json_schema, max_tokens), json_schema)

    def count_tokens(self, text: str) -> int:
        """An estimate, rather too high: a token for four Latin letters of a word, two capitals, or one of anything else.

        Held against Qwen's tokenizer on 122 documents it was 1.26 times the truth in the middle and 0.9 at the least.
        """
        count = 0
        for piece in _PIECES.findall(text):
            if not (piece.isascii() and piece.isalpha()):
                count += len(piece)
            else:
                count += math.ceil(len(piece) / (2 if piece.isupper() else 4))
        return count

    def _ask(self, system: str, user: str, json_schema: dict[str, Any] | None, max_tokens: int) -> dict[str, Any]:
        """Asks until no parameter is refused any more; each refusal takes one away, and what led to an answer is remembered."""
        refused, for_now = set(self._refused), set[str]()
        while True:
            body = self._body(system, user, json_schema, max_tokens, refused)
            answer = self._transport.post(body)
            if not isinstance(answer, Refusal):
                self._refused |= refused - for_now
                return answer
            if answer.status == 413 or _TOO_LONG.search(answer.message):
                raise LimitExceeded(f"the language model's server says: {answer.message}")
            parameter = next((each for each in _sent(body) if _is_named(each, answer.message)), None)
            if parameter is None:
                raise EngineFailed(
                    f"the language model's server refused the request ({answer.status}): {answer.message}"
                )
            refused.add(parameter)
            if parameter == "json_schema" and _ONE_SCHEMA.search(answer.message):
                for_now.add(parameter)

    def _body(
        self, system: str, user: str, json_schema: dict[str, Any] | None, max_tokens: int, refused: set[str]
    ) -> dict[str, Any]:
        body: dict[str, Any] = {"model": self._model, "stream": False}
        body["max_completion_tokens" if "max_tokens" in refused else "max_tokens"] = max_tokens
        if "temperature" not in refused:
            body["temperature"] = 0
        if "seed" not in refused:
            body["seed"] = 0
        if "logprobs" not in refused:
            body |= {"logprobs": True, "top_logprobs": 1}  # with 0, llama.cpp gives none at all
        if json_schema is not None:
            if "json_schema" not in refused:
                held = {"name": "answer", "strict": True, "schema": _with_types(json_schema)}
                body["response_format"] = {"type": "json_schema", "json_schema": held}
            else:
                words = json.dumps(json_schema, ensure_ascii=False)
                user += f"\nAnswer with one JSON object that this JSON schema accepts, and nothing else: {words}"
                if "json_object" not in refused:
                    body["response_format"] = {"type": "json_object"}
        body["messages"] = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        return body


def _sent(body: dict[str, Any]) -> list[str]:
    """What of a request may be left out, in the order of the table."""
    form = body.get("response_format", {}).get("type")
    return [each for each in _REFUSED_BY if each in body or each == form]


def _is_named(parameter: str, message: str) -> bool:
    """Whether a refusal is about a parameter; one without any words may be about each."""
    return not message or _REFUSED_BY[parameter].search(message) is not None


def _with_types(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema with a type beside each list of values, which OpenAI's strict form wants."""
    typed = dict(schema)
    if "enum" in schema and "type" not in schema:
        names = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
        kinds = list(dict.fromkeys(names[type(value)] for value in schema["enum"] if type(value) in names))
        typed["type"] = kinds[0] if len(kinds) == 1 else kinds
    if isinstance(schema.get("items"), dict):
        typed["items"] = _with_types(schema["items"])
    if isinstance(schema.get("properties"), dict):
        typed["properties"] = {name: _with_types(inner) for name, inner in schema["properties"].items()}
    return typed


def _completion(answer: dict[str, Any], json_schema: dict[str, Any] | None) -> Completion:
    """
    Raises:
        EngineFailed: no answer in it, or none that the schema accepts.
    """
    try:
        choice = answer["choices"][0]
        message = choice["message"]
        content = message.get("content") or ""
        if isinstance(content, list):  # parts: thoughts and text
            content = "".join(part["text"] for part in content if part.get("type") == "text")
        usage = answer.get("usage") or {}
        input_tokens, output_tokens = int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0)
        reason = choice.get("finish_reason")
        entries = (choice.get("logprobs") or {}).get("content") or []
        refusal = message.get("refusal")
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise EngineFailed("the language model's server answered something that is no chat completion") from error
    if refusal or reason == "content_filter":
        raise EngineFailed("the language model's server did not want to answer (refusal or content filter)")
    is_complete = reason != "length"
    if json_schema is None:
        text = without_thoughts(content)
    else:
        text = json_answer(content, json_schema) if is_complete else cut_json_answer(content)
    return Completion(
        text=text,
        tokens=_tokens(entries, text),
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        is_complete=is_complete,
    )


def _tokens(entries: list[Any], text: str) -> tuple[TokenChoice, ...]:
    """The tokens under `text`: fences and thoughts around it are cut off; none when they do not line up."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    choices: list[TokenChoice] = []
    try:
        for entry in entries:
            data = entry.get("bytes")
            piece = decoder.decode(bytes(data)) if data is not None else str(entry["token"])
            logprob = float(entry["logprob"])
            if math.isnan(logprob):
                return ()
            choices.append(TokenChoice(text=piece, logprob=min(0.0, logprob)))
    except (LookupError, TypeError, ValueError, AttributeError):
        return ()
    start = "".join(choice.text for choice in choices).rfind(text) if text else -1
    if start < 0:
        return ()
    under, at = [], 0
    for choice in choices:
        piece = choice.text[max(0, start - at) : max(0, start + len(text) - at)]
        at += len(choice.text)
        if piece:
            under.append(TokenChoice(text=piece, logprob=choice.logprob))
    return tuple(under)
