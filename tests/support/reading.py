"""What an extractor is given in tests: settings, and engines that answer as told, through the real seam."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mmi_cli.datamodel.detection import Detection
from mmi_cli.engines.interface import (
    ImageTagger,
    LanguageModel,
    OcrEngine,
    OcrLine,
    OcrWord,
    SpeakerEngine,
    SpeechEngine,
    SpokenSegment,
    SpokenWord,
    TextEmbedder,
    Transcript,
    VisionModel,
)
from mmi_cli.extract.interface import ExtractContext
from mmi_cli.settings import Settings


class BeepSpeech:
    """Hears one word, `beep`, for each stretch of sound between stretches of quiet."""

    name = "beeps-1"

    def __init__(self) -> None:
        self.heard_samples: list[int] = []

    def transcribe(
        self, samples: np.ndarray, *, language: str | None = None, hotwords: Sequence[str] = ()
    ) -> Transcript:
        self.heard_samples.append(len(samples))
        size = 800
        count = len(samples) // size
        loud = np.abs(samples[: count * size].reshape(count, size)).max(axis=1) > 0.05
        edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(int)))
        words = [
            SpokenWord(text="beep", start_s=first * 0.05, end_s=last * 0.05, probability=0.9)
            for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
        ]
        segments = tuple(SpokenSegment(start_s=word.start_s, end_s=word.end_s, words=(word,)) for word in words)
        return Transcript(
            language=language or "en", language_probability=1.0, speech_s=float(loud.sum()) * 0.05, segments=segments
        )


class ColorOcr:
    """Reads the name of a picture's strongest colour; nothing on white."""

    name = "colours-1"

    def __init__(self) -> None:
        self.pictures = 0

    def read(self, image: np.ndarray) -> tuple[OcrLine, ...]:
        self.pictures += 1
        mean = image.reshape(-1, 3).mean(axis=0)
        if mean.min() > 200:
            return ()
        text = ("red", "green", "blue")[int(mean.argmax())]
        # The middle of the picture, at whatever size it is given: small pictures are enlarged before they are read.
        height, width = image.shape[:2]
        box = (0.25 * width, 0.25 * height, 0.75 * width, 0.75 * height)
        quad = ((box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3]))
        return (OcrLine(text=text, box=box, quad=quad, score=0.9, words=(OcrWord(text=text, box=box, score=0.9),)),)


@dataclass
class GivenEngines:
    """Engines as given; None means turned off."""

    given_ocr: OcrEngine | None = None
    given_speech: SpeechEngine | None = None
    given_speakers: Callable[[], SpeakerEngine | None] = lambda: None
    given_tagger: ImageTagger | None = None
    given_vision: VisionModel | None = None
    calls: list[str] = field(default_factory=list)

    def ocr(self) -> OcrEngine | None:
        return self.given_ocr

    def speech(self) -> SpeechEngine | None:
        return self.given_speech

    def speakers(self) -> SpeakerEngine | None:
        return self.given_speakers()

    def text_embedder(self) -> TextEmbedder | None:
        return None

    def vision_model(self) -> VisionModel | None:
        return self.given_vision

    def image_tagger(self) -> ImageTagger | None:
        return self.given_tagger

    def language_model(self) -> LanguageModel | None:
        return None


def a_context(
    *,
    name: str = "file",
    speech: SpeechEngine | None = None,
    speakers: SpeakerEngine | None = None,
    ask_speakers: Callable[[], SpeakerEngine | None] | None = None,
    speakers_given: int = 0,
    ocr: OcrEngine | None = None,
    tagger: ImageTagger | None = None,
    vision: VisionModel | None = None,
    read_part: Callable[[str, bytes], Any] | None = None,
    **settings: Any,
) -> ExtractContext:
    return ExtractContext(
        detection=Detection(media_type="application/octet-stream", format=None, modality=None, reason="a test"),
        name=name,
        settings=Settings.model_validate({"speakers": speakers_given, **settings}),
        engines=GivenEngines(
            given_ocr=ocr,
            given_speech=speech,
            given_speakers=ask_speakers or (lambda: speakers),
            given_tagger=tagger,
            given_vision=vision,
        ),
        read_part=read_part or (lambda _name, _data: None),
    )
