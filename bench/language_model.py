"""Tokens a second and seconds a fill of the local language model, beside bare xllamacpp, on the prompts of real fills.

    python bench/language_model.py [--set sroie] [--schema receipt] [--files 4] [--threads 2]

The prompts are those that `mmi` makes of the first files of a set. Three ways take turns, each on another prompt than the one before, so
that no prompt is found in the cache because another way has just read it:

- mmi: the engine as a run uses it.
- bare: the same tokens and grammar straight into xllamacpp; what mmi takes longer is the price of the same bytes whatever ran before.
- chat: xllamacpp as its documentation shows it, `handle_chat_completions` with `response_format`; its JSON has white space.

Writes `bench/results/language_model.json`.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass, field
from typing import Any

from record import DATA, save

from mmi_cli.engines.bundle import EngineBundle
from mmi_cli.engines.interface import Completion, LanguageModel
from mmi_cli.engines.language_llama_cpp import LlamaCpp
from mmi_cli.pipeline import Pipeline
from mmi_cli.schema_file import load_schema
from mmi_cli.settings import Settings
from mmi_cli.storage.addresses import open_source


@dataclass(slots=True)
class Asked:
    """A question as a fill asks it, and what the engine made of it."""

    options: dict[str, Any]
    prompt: list[int] = field(default_factory=list)
    native: dict[str, Any] = field(default_factory=dict)


class _Listener:
    """A language model that answers nothing and keeps what it was asked."""

    def __init__(self, model: LanguageModel) -> None:
        self.name = model.name
        self.context_tokens = model.context_tokens
        self.count_tokens = model.count_tokens
        self.asked: list[Asked] = []

    def complete(self, **options: Any) -> Completion:
        self.asked.append(Asked(options))
        return Completion(text="{}", tokens=(), input_tokens=0, output_tokens=0, is_complete=True)


class _Engines(EngineBundle):
    def __init__(self, settings: Settings, model: _Listener) -> None:
        super().__init__(settings)
        self._listener = model

    def language_model(self) -> LanguageModel:
        return self._listener


@dataclass(slots=True)
class Way:
    """Sums over the prompts of one way to ask."""

    seconds: float = 0.0
    processor_s: float = 0.0
    """Of all threads: what a busy machine changes least."""
    prompt_tokens: int = 0
    """Read anew; what the cache had is not among them."""
    prompt_s: float = 0.0
    answer_tokens: int = 0
    answer_s: float = 0.0

    def add(self, since: tuple[float, float], timings: dict[str, Any]) -> None:
        self.seconds += time.perf_counter() - since[0]
        self.processor_s += time.process_time() - since[1]
        self.prompt_tokens += timings["prompt_n"]
        self.prompt_s += timings["prompt_ms"] / 1000
        self.answer_tokens += timings["predicted_n"]
        self.answer_s += timings["predicted_ms"] / 1000

    def numbers(self, name: str, count: int) -> dict[str, float]:
        return {
            f"{name} s a fill": round(self.seconds / count, 2),
            f"{name} processor s a fill": round(self.processor_s / count, 2),
            f"{name} prompt tokens/s": round(self.prompt_tokens / self.prompt_s, 1),
            f"{name} answer tokens/s": round(self.answer_tokens / self.answer_s, 1),
            f"{name} answer tokens a fill": round(self.answer_tokens / count, 1),
        }


def questions(model: LanguageModel, *, name: str, schema: str, files: int, settings: Settings) -> list[Asked]:
    """What a run asks about the first files of a set."""
    source = open_source([str(DATA / name / "files")])
    listener = _Listener(model)
    engines = _Engines(settings, listener)
    pipeline = Pipeline(source=source, schemas=(load_schema(schema),), settings=settings, engines=engines)
    for file in source.list():
        pipeline.process(file)
        if len(listener.asked) >= files:
            break
    return listener.asked


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


class Ways:
    """The three ways over one server."""

    def __init__(self, model: LlamaCpp) -> None:
        self._model = model
        self._server = model._server
        self._complete = self._server.complete
        self.mmi, self.bare, self.chat = Way(), Way(), Way()

    def prepare(self, asked: Asked) -> None:
        """Learns the tokens and options that the engine sends, and lets it keep the state of the fixed part."""

        def listen(prompt: list[int], **options: Any) -> dict[str, Any]:
            if options.get("n_predict", 0) > 1:
                asked.prompt, asked.native = prompt, options
                options = {**options, "n_predict": 1}
            return self._complete(prompt, **options)

        self._server.complete = listen  # type: ignore[method-assign]
        self._model.complete(**asked.options)

    def ask_mmi(self, asked: Asked) -> None:
        seen: dict[str, Any] = {}

        def listen(prompt: list[int], **options: Any) -> dict[str, Any]:
            answer = self._complete(prompt, **options)
            seen.update(answer["timings"])
            return answer

        self._server.complete = listen  # type: ignore[method-assign]
        since = _now()
        self._model.complete(**asked.options)
        self.mmi.add(since, seen)

    def ask_bare(self, asked: Asked) -> None:
        since = _now()
        answer = self._complete(asked.prompt, **asked.native)
        self.bare.add(since, answer["timings"])

    def ask_chat(self, asked: Asked) -> None:
        held = {"name": "answer", "strict": True, "schema": asked.options["json_schema"]}
        body = {
            "messages": [
                {"role": "system", "content": asked.options["system"]},
                {"role": "user", "content": asked.options["user"]},
            ],
            "max_tokens": asked.options["max_tokens"],
            "temperature": 0,
            "response_format": {"type": "json_schema", "json_schema": held},
        }
        since = _now()
        answer = self._server._server.handle_chat_completions(body)
        self.chat.add(since, (json.loads(answer) if isinstance(answer, str | bytes) else answer)["timings"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", default="sroie")
    parser.add_argument("--schema", default="receipt")
    parser.add_argument("--files", type=int, default=4)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    settings = Settings(threads=arguments.threads)
    start = time.perf_counter()
    model = LlamaCpp(settings)
    load_s = time.perf_counter() - start
    asked = questions(model, name=arguments.set, schema=arguments.schema, files=arguments.files, settings=settings)
    ways = Ways(model)
    for each in asked:
        ways.prepare(each)
    count = len(asked)
    for number in range(count):
        ways.ask_mmi(asked[number])
        ways.ask_bare(asked[(number + 1) % count])
        ways.ask_chat(asked[(number + 2) % count])
    numbers: dict[str, float] = {
        "load s": round(load_s, 2),
        "prompt tokens a fill": round(sum(len(each.prompt) for each in asked) / count, 1),
        **ways.mmi.numbers("mmi", count),
        **ways.bare.numbers("bare", count),
        **ways.chat.numbers("chat", count),
        "mmi over bare, processor time %": round(100 * (ways.mmi.processor_s / ways.bare.processor_s - 1), 1),
        "mmi over chat, processor time %": round(100 * (ways.mmi.processor_s / ways.chat.processor_s - 1), 1),
    }
    path = save(
        "language_model",
        numbers,
        data=f"the prompts of {count} fills, {arguments.set} with schema {arguments.schema}, {model.name}, "
        f"{arguments.threads} threads",
        packages=["xllamacpp", "httpx"],
    )
    print(path.read_text())


if __name__ == "__main__":
    main()
