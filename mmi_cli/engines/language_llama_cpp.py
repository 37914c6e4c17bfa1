"""A local language model with llama.cpp: greedy, held to a JSON schema by a grammar, the same bytes whatever ran before.

What differs from calling llama.cpp with its defaults, and why:

- The text of a file is tokenised apart from the chat template, as plain text: `<|im_end|>` in a document is nine characters and
  cannot end its turn.
- The prompt cache is put back before every call to the state in which the system part had just been read. Left alone, the cache
  keeps whatever the last prompt happens to share with this one; the rest is then computed in other batches, and the last bits of the
  log-probabilities depend on which file came before.
- JSON comes without white space: on a CPU each token costs 30 ms and more, and a third of a pretty-printed answer is blank.
- A prompt that does not fit is refused, never cut.
- A schema that cannot be made a grammar is refused: llama.cpp would answer without one and not say so.
"""

from __future__ import annotations

import codecs
import hashlib
import json
from collections import OrderedDict
from typing import Any

from .. import progress
from ..errors import EngineFailed, LimitExceeded
from ..settings import Settings
from .interface import Completion, TokenChoice
from .language_weights import gguf_file
from .llama_server import LlamaServer, build_name, grammar_of

# States of system prompts kept at once; one takes about 28 kB a token with the default model.
_STATES = 8
# Stand for the two texts while the chat template is taken apart.
_SYSTEM, _USER = "8b1c5e0fsystem", "8b1c5e0fuser"
# Keywords of the grammar engine (llguidance) that leave no choice of white space. JSON is written as most of it was that a model has
# seen: without the spaces the default model answers `null` to most of what stands on a receipt.
_WHITE_SPACE = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
_GREEDY: dict[str, Any] = {"seed": 0, "temperature": 0.0, "samplers": ["top_k"], "top_k": 1}


class LlamaCpp:
    """A `LanguageModel`.

    Raises:
        MissingEngine: no such model, or its file cannot be loaded.
    """

    name: str
    context_tokens: int

    def __init__(self, settings: Settings) -> None:
        weights = gguf_file(settings)
        self._server = LlamaServer(weights, context_tokens=settings.context_tokens, threads=settings.threads)
        self.context_tokens = int(self._server.properties()["default_generation_settings"]["n_ctx"])
        self.name = f"llama.cpp-{build_name()}/{weights.stem}"
        self._head, self._middle, self._tail = self._template_parts()
        self._not_json = self._server.tokens("I")[0]
        self._states: OrderedDict[str, None] = OrderedDict()
        self._sound_grammars: set[str] = set()

    def complete(
        self, *, system: str, user: str, json_schema: dict[str, Any] | None = None, max_tokens: int = 512
    ) -> Completion:
        """See `LanguageModel`. A token's log-probability is the model's own, before the grammar took choices away.

        Raises:
            LimitExceeded: prompt and answer do not fit in the context.
            EngineFailed: the schema cannot be made a grammar, or the model failed.
        """
        fixed = [*self._head, *self._server.tokens(system), *self._middle]
        prompt = [*fixed, *self._server.tokens(user), *self._tail]
        if len(prompt) + max_tokens > self.context_tokens:
            raise LimitExceeded(
                f"a prompt of {len(prompt)} tokens and an answer of {max_tokens} do not fit in the language model's "
                f"{self.context_tokens}; raise the setting context_tokens"
            )
        options: dict[str, Any] = {"grammar": self._grammar(json_schema)} if json_schema is not None else {}
        progress.step()
        self._read_fixed_part(fixed)
        progress.step()
        answer = self._server.complete(
            prompt, cache_prompt=True, n_predict=max_tokens, logprobs=1, **_GREEDY, **options,
        )  # fmt: skip
        choice = answer["choices"][0]
        text = str(choice["text"])
        return Completion(
            text=text,
            tokens=_tokens((choice.get("logprobs") or {}).get("content") or [], text),
            input_tokens=len(prompt),
            output_tokens=int(answer["usage"]["completion_tokens"]),
            is_complete=choice["finish_reason"] == "stop",
        )

    def count_tokens(self, text: str) -> int:
        """Tokens of `text`, exactly."""
        return len(self._server.tokens(text))

    def _grammar(self, json_schema: dict[str, Any]) -> str:
        """The grammar of a schema, tried once: pushed towards a word that is no JSON, the model must not be able to say it.

        Raises:
            EngineFailed: the schema uses what the grammar engine does not know.
        """
        grammar = grammar_of({**json_schema, "x-guidance": _WHITE_SPACE})
        key = hashlib.sha256(grammar.encode()).hexdigest()
        if key not in self._sound_grammars:
            push = [[self._not_json, 1000.0]]
            answer = self._server.complete(
                self._tail[-1:], grammar=grammar, logit_bias=push, n_predict=1, cache_prompt=False, **_GREEDY
            )
            if answer["choices"][0]["text"].startswith("I"):
                raise EngineFailed(
                    f"the answer's JSON schema cannot be made a grammar: {json.dumps(json_schema, ensure_ascii=False)[:300]}"
                )
            self._sound_grammars.add(key)
        return grammar

    def _read_fixed_part(self, fixed: list[int]) -> None:
        """Brings the sequence to the state after the fixed part, read alone from an empty one."""
        name = hashlib.sha256(json.dumps(fixed).encode()).hexdigest()
        if name not in self._states:
            self._server.complete(fixed, cache_prompt=False, n_predict=0, **_GREEDY)
            self._server.save_state(name)
            self._states[name] = None
            if len(self._states) > _STATES:
                self._server.forget_state(self._states.popitem(last=False)[0])
        self._states.move_to_end(name)
        self._server.restore_state(name)

    def _template_parts(self) -> tuple[list[int], list[int], list[int]]:
        """Tokens before the system text, between it and the user's, and after it."""
        conversations = [
            [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": _USER}],
            [{"role": "user", "content": f"{_SYSTEM}\n\n{_USER}"}],  # for templates without a system role
        ]
        for messages in conversations:
            try:
                prompt = self._server.apply_template(messages)
            except EngineFailed:
                continue
            head, has_system, rest = prompt.partition(_SYSTEM)
            middle, has_user, tail = rest.partition(_USER)
            if has_system and has_user:
                return (
                    self._server.tokens(head, is_template=True, is_start=True),
                    self._server.tokens(middle, is_template=True),
                    self._server.tokens(tail, is_template=True),
                )
        raise EngineFailed(f"the chat template of {self.name} takes no system and user text; use an instruction model")


def _tokens(entries: list[dict[str, Any]], text: str) -> tuple[TokenChoice, ...]:
    """Decoded tokens whose texts join to `text`; a character of several tokens belongs to its last one."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    choices = tuple(
        TokenChoice(text=decoder.decode(bytes(entry["bytes"])), logprob=float(entry["logprob"]))
        for entry in entries
        if entry["bytes"]
    )
    return choices if "".join(choice.text for choice in choices) == text else ()
