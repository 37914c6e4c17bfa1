"""What the stages may ask of an engine; every implementation passes the conformance suite of its kind in `tests/contracts`.

All engines: `name` is stable and names version and weights, so that it can stand in a record (`rapidocr-3.10.0/PP-OCRv6-small`). One
engine object is used by one thread at a time. The same input gives the same output. They raise `MissingEngine` when weights or
packages are absent (at construction, not at import) and `EngineFailed` when a call fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from ..datamodel.content import Box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class OcrWord:
    """A word inside a line that was read from a picture."""

    text: str
    box: Box
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OcrLine:
    """A line of text on a picture, in pixels of the picture that was given."""

    text: str
    box: Box
    """Axis-aligned hull of `quad`."""
    quad: tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
    """Corners clockwise from the text's own top left."""
    score: float
    """Recognition score in [0, 1]."""
    words: tuple[OcrWord, ...] = ()
    """Its words with boxes, left to right; their texts joined by spaces are `text` up to white space."""


class OcrEngine(Protocol):
    """Reads printed text from a picture."""

    name: str

    def read(self, image: NDArray[np.uint8]) -> tuple[OcrLine, ...]:
        """All lines of text, top to bottom then left to right.

        Args:
            image: RGB, shape (height, width, 3), uint8, upright or nearly so.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenWord:
    text: str
    """Without surrounding space; punctuation stays on it."""
    start_s: float
    end_s: float
    probability: float
    """The recogniser's own, in [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenSegment:
    """A phrase, in order of time; segments do not overlap."""

    start_s: float
    end_s: float
    words: tuple[SpokenWord, ...]
    no_speech_probability: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    language: str
    """ISO 639-1."""
    language_probability: float
    speech_s: float
    """Seconds of voice activity."""
    segments: tuple[SpokenSegment, ...]
    voice: tuple[tuple[float, float], ...] | None = None
    """(start, end) of each stretch of voice activity, seconds, in order, apart; None where the engine does not tell."""


class SpeechEngine(Protocol):
    """Turns speech into words with times; silence, noise and music give no words."""

    name: str

    def transcribe(
        self, samples: NDArray[np.float32], *, language: str | None = None, hotwords: Sequence[str] = ()
    ) -> Transcript:
        """Args:
        samples: mono, 16 kHz, shape (samples,), in [-1, 1].
        language: ISO 639-1, or None to detect it.
        hotwords: words to expect; a hint, never a command.
        """
        ...


class SpeakerEngine(Protocol):
    """Tells voices apart: who speaks when within some seconds, and vectors by which voices of other seconds are known again."""

    name: str
    dimensions: int
    window_s: float
    """Seconds that `activity` hears at once."""
    frame_s: float
    """Seconds from frame to frame."""
    first_frame_s: float
    """Middle of the first frame."""

    def activity(self, windows: Sequence[NDArray[np.float32]]) -> list[NDArray[np.bool_]]:
        """Of each window, which voice speaks in which frame, shape (frames, voices); several may speak at once, a column may stay empty.

        The order of the voices means nothing outside the window.

        Args:
            windows: mono, 16 kHz, shape (samples,), in [-1, 1]; no more than `window_s` each.
        """
        ...

    def embed(self, recordings: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(recordings), dimensions): the nearer two are, the more likely one person speaks.

        Args:
            recordings: of one voice each; mono, 16 kHz, in [-1, 1], of any length.
        """
        ...


class TextEmbedder(Protocol):
    """Maps texts to vectors of one space; cosine is the dot product."""

    name: str
    dimensions: int

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimensions); longer texts are cut at the model's limit."""
        ...


@runtime_checkable
class CountsTokens(Protocol):
    """What a text embedder that knows its own tokenizer adds: whoever splits texts need not guess."""

    most_tokens: int
    """Of a text that is embedded whole, the marks at its ends included."""

    def count_tokens(self, text: str) -> int:
        """Tokens of the whole text, without the marks at its ends."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What an image tagger makes of pictures, one row a picture."""

    probabilities: NDArray[np.float32]
    """Shape (pictures, len(tagger.labels)); each row sums to 1."""
    features: NDArray[np.float32]
    """Unit vectors, shape (pictures, tagger.dimensions): what it sees before it names it."""


class ImageTagger(Protocol):
    """Names what is seen on pictures, and gives features by which pictures can be compared and told apart."""

    name: str
    labels: tuple[str, ...]
    """English nouns, lower case; several names of one class are joined by a comma and a space."""
    dimensions: int

    def look(self, images: Sequence[NDArray[np.uint8]]) -> Seen:
        """Args:
        images: RGB, each of shape (height, width, 3), uint8, of any size.
        """
        ...


class JointEmbedder(Protocol):
    """Maps texts and pictures to vectors of one space; cosine is the dot product."""

    name: str
    dimensions: int

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(texts), dimensions); longer texts are cut at the model's limit."""
        ...

    def embed_images(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Unit vectors, shape (len(images), dimensions).

        Args:
            images: RGB, each of shape (height, width, 3), uint8, of any size.
        """
        ...


class VisionModel(Protocol):
    """A model that looks at a picture and answers in words."""

    name: str

    def look(
        self,
        image: NDArray[np.uint8],
        *,
        system: str,
        user: str,
        json_schema: dict[str, Any] | None = None,
        max_tokens: int = 512,
    ) -> Completion:
        """One turn about one picture; with `json_schema` the answer is JSON that the schema accepts (unless it was cut).

        Args:
            image: RGB, shape (height, width, 3), uint8.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenChoice:
    """One decoded token with its log-probability, as the model reports it."""

    text: str
    logprob: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    text: str
    tokens: tuple[TokenChoice, ...]
    """Empty when the server does not report them; their texts joined are `text` otherwise."""
    input_tokens: int
    output_tokens: int
    is_complete: bool
    """False when the answer was cut by `max_tokens`."""


class LanguageModel(Protocol):
    """An instruction-following model whose answer can be held to a JSON schema."""

    name: str
    context_tokens: int

    def complete(
        self, *, system: str, user: str, json_schema: dict[str, Any] | None = None, max_tokens: int = 512
    ) -> Completion:
        """Greedy, deterministic answer to one turn.

        `system` comes first and stays the same over the files of a run, so that its prefix can be cached. With `json_schema` the answer is
        JSON that the schema accepts (unless it was cut: `is_complete`).
        """
        ...

    def count_tokens(self, text: str) -> int:
        """Tokens of `text`; an estimate where the tokenizer is not at hand."""
        ...


class Engines(Protocol):
    """The engines of a run, loaded on first use; `None` where the settings turn one off.

    Raises:
        MissingEngine: the engine was asked for and cannot be loaded.
    """

    def ocr(self) -> OcrEngine | None: ...

    def speech(self) -> SpeechEngine | None: ...

    def speakers(self) -> SpeakerEngine | None: ...

    def text_embedder(self) -> TextEmbedder | None: ...

    def image_tagger(self) -> ImageTagger | None: ...

    def vision_model(self) -> VisionModel | None: ...

    def language_model(self) -> LanguageModel | None: ...
