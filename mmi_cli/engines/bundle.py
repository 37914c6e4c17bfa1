"""The engines of a run, each loaded by name on first use, kept, and measured at each call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ..errors import MissingEngine
from ..registry import Kind, load
from ..settings import Settings
from .measured import loaded

if TYPE_CHECKING:
    from .interface import (
        ImageTagger,
        JointEmbedder,
        LanguageModel,
        OcrEngine,
        SpeakerEngine,
        SpeechEngine,
        TextEmbedder,
        VisionModel,
    )


class EngineBundle:
    """Implements `Engines`. An engine that could not be loaded is not tried again: its error is raised each time it is asked for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loaded: dict[Kind, Any] = {}
        self._missing: dict[Kind, str] = {}

    def ocr(self) -> OcrEngine | None:
        return cast("OcrEngine | None", self._engine("ocr", self._settings.ocr))

    def speech(self) -> SpeechEngine | None:
        return cast("SpeechEngine | None", self._engine("speech", self._settings.speech))

    def speakers(self) -> SpeakerEngine | None:
        return cast("SpeakerEngine | None", self._engine("diarization", self._settings.diarization))

    def text_embedder(self) -> TextEmbedder | None:
        return cast("TextEmbedder | None", self._engine("embedding", self._settings.embedding))

    def image_tagger(self) -> ImageTagger | None:
        return cast("ImageTagger | None", self._engine("image_tags", self._settings.image_tags))

    def joint_embedder(self) -> JointEmbedder | None:
        return cast("JointEmbedder | None", self._engine("joint_embedding", self._settings.joint_embedding))

    def vision_model(self) -> VisionModel | None:
        return cast("VisionModel | None", self._engine("vision", self._settings.vision))

    def language_model(self) -> LanguageModel | None:
        return cast("LanguageModel | None", self._engine("language_model", self._settings.language_model))

    def _engine(self, kind: Kind, name: str) -> Any:
        """
        Raises:
            MissingEngine: it cannot be loaded.
            UsageError: no such name, or settings that the engine refuses.
        """
        if name == "none":
            return None
        if kind in self._missing:
            raise MissingEngine(self._missing[kind])
        if kind not in self._loaded:
            try:
                self._loaded[kind] = loaded(lambda: load(kind, name)(self._settings), kind, name)
            except MissingEngine as error:
                self._missing[kind] = str(error)
                raise
        return self._loaded[kind]
