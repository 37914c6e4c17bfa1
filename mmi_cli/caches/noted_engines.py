"""The engines of a run, with a note of which of them a file asked for, and with a language model that remembers."""

from __future__ import annotations

from typing import cast

from ..engines.interface import (
    Engines,
    ImageTagger,
    LanguageModel,
    OcrEngine,
    SpeakerEngine,
    SpeechEngine,
    TextEmbedder,
    VisionModel,
)
from ..settings import Settings
from .answers import AnswerStore, RememberingModel
from .identities import hash_of, identity

_SERVERS_CHOICE = "default"
"""As a model's name it leaves the choice to the server: nobody knows which one answers next time."""


class NotedEngines:
    """Implements `Engines` around others.

    Args:
        answers: where answers are kept; None: nowhere.
    """

    def __init__(self, engines: Engines, settings: Settings, answers: AnswerStore | None = None) -> None:
        self._engines = engines
        self._settings = settings
        self._answers = answers
        self._remembering: RememberingModel | None = None
        self.asked: set[str] = set()
        """Engines that were asked for, be they there or not; emptied by whoever begins a file."""

    def ocr(self) -> OcrEngine | None:
        self.asked.add("ocr")
        return self._engines.ocr()

    def speech(self) -> SpeechEngine | None:
        self.asked.add("speech")
        return self._engines.speech()

    def speakers(self) -> SpeakerEngine | None:
        self.asked.add("diarization")
        return self._engines.speakers()

    def text_embedder(self) -> TextEmbedder | None:
        self.asked.add("embedding")
        return self._engines.text_embedder()

    def image_tagger(self) -> ImageTagger | None:
        self.asked.add("image_tags")
        return self._engines.image_tagger()

    def vision_model(self) -> VisionModel | None:
        self.asked.add("vision")
        return self._engines.vision_model()

    def language_model(self) -> LanguageModel | None:
        self.asked.add("language_model")
        if self._answers is None or not self._is_known_by_name():
            return self._engines.language_model()
        if self._remembering is None:
            is_local = self._settings.language_model == "llama-cpp"
            model = None if is_local else self._engines.language_model()
            made = [identity("language_model", self._settings), self._settings.threads]
            if model is not None:
                made.append(model.name)
            self._remembering = RememberingModel(
                lambda: cast("LanguageModel", self._engines.language_model()),
                self._answers,
                identity=hash_of(made),
                counts_are_dear=is_local,
            )
        return self._remembering

    def _is_known_by_name(self) -> bool:
        name = self._settings.language_model
        return name != "none" and not (name == "openai" and self._settings.openai_model == _SERVERS_CHOICE)
