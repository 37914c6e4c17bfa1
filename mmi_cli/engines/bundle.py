"""The engines of a run, chosen by name in the settings and loaded when they are first asked for."""

from __future__ import annotations

from typing import Any, cast

from ..registry import Kind, load
from ..settings import Settings
from .interface import LanguageModel, OcrEngine, SpeechEngine, TextEmbedder


class EngineBundle:
    """Implements `Engines`: each engine is made once a process; what could not be loaded is not tried again."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loaded: dict[str, Any] = {}

    def ocr(self) -> OcrEngine | None:
        return cast("OcrEngine | None", self._engine("ocr", self._settings.ocr))

    def speech(self) -> SpeechEngine | None:
        return cast("SpeechEngine | None", self._engine("speech", self._settings.speech))

    def text_embedder(self) -> TextEmbedder | None:
        return cast("TextEmbedder | None", self._engine("embedding", self._settings.embedding))

    def language_model(self) -> LanguageModel | None:
        return cast("LanguageModel | None", self._engine("language_model", self._settings.language_model))

    def _engine(self, kind: Kind, name: str) -> Any:
        if name == "none":
            return None
        if kind not in self._loaded:
            try:
                self._loaded[kind] = load(kind, name)(self._settings)
            except Exception as error:
                self._loaded[kind] = error
                raise
        if isinstance(engine := self._loaded[kind], Exception):
            raise engine
        return engine
