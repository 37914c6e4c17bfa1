"""Engines through the real seam whose answers a test decides."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mmi_cli.engines.interface import Completion, TokenChoice
from mmi_cli.errors import MissingEngine


class ScriptedModel:
    """A language model that answers what it was told to; remembers what it was asked."""

    name = "scripted"
    context_tokens = 4096

    def __init__(self, answer: Mapping[str, Any], *, cut: bool = False) -> None:
        self.answer = dict(answer)
        self.cut = cut
        self.asked: list[tuple[str, str, dict[str, Any] | None]] = []

    def complete(
        self, *, system: str, user: str, json_schema: dict[str, Any] | None = None, max_tokens: int = 512
    ) -> Completion:
        self.asked.append((system, user, json_schema))
        wanted = list((json_schema or {}).get("properties", self.answer))
        text = json.dumps({name: self.answer.get(name) for name in wanted}, ensure_ascii=False)
        if self.cut:
            text = text[: int(len(text) * 0.7)]
        return Completion(
            text=text,
            tokens=tuple(TokenChoice(text=char, logprob=-0.1) for char in text),
            input_tokens=self.count_tokens(system + user),
            output_tokens=self.count_tokens(text),
            is_complete=not self.cut,
        )

    def count_tokens(self, text: str) -> int:
        return len(text) // 4 + 1


class EnginesAtHand:
    """Engines of a test: a language model, or `None` for off, or an error for missing."""

    def __init__(self, model: ScriptedModel | MissingEngine | None = None) -> None:
        self._model = model

    def ocr(self) -> None:
        return None

    def speech(self) -> None:
        return None

    def speakers(self) -> None:
        return None

    def text_embedder(self) -> None:
        return None

    def image_tagger(self) -> None:
        return None

    def vision_model(self) -> None:
        return None

    def language_model(self) -> ScriptedModel | None:
        if isinstance(self._model, MissingEngine):
            raise self._model
        return self._model
