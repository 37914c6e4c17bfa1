"""Speech to words with faster-whisper: CTranslate2, int8 on the CPU, Silero voice activity, no download and no chance.

What differs from calling faster-whisper with its defaults, and why:

- Whisper hears speech only. Voice activity goes first, and a recording without any gives no words at once: Whisper answers silence
  and noise with sentences it has learned by heart.
- Nothing is sampled. Whisper's temperature fallback draws at random and gives other words on every run; here a looping or doubtful
  window is decoded a second time by beam search with repetition forbidden, and the better of the two stands.
- Words to expect settle what was misheard and add nothing: see `speech_bias`.
- The text of one window is no prompt for the next: an error stays where it is.
- The encoder runs once a window. faster-whisper runs it twice on the first one: for the language, and again for the words.
- A long recording is heard in parts that begin and end in pauses, as many at once as there are threads: the decoder, which takes most of
  the time, uses one thread however many it is given. What is heard does not depend on their number.
"""

from __future__ import annotations

import importlib.metadata
import os
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from faster_whisper import WhisperModel

from .. import progress
from ..errors import EngineFailed, MissingEngine
from ..settings import Settings
from .interface import Transcript
from .speech_bias import edits, expected_words, prompt_of
from .speech_voice import Voice, find_voice
from .speech_words import Phrase, Piece, segments_of_phrases

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FILES = ("model.bin", "config.json", "tokenizer.json")
# Text that packs better than this by zlib repeats itself (Whisper's own threshold).
_LOOP_RATIO = 2.4
# Mean log-probability of a token below which a decoding is doubtful (Whisper's own threshold).
_DOUBTFUL_LOGPROB = -1.0
_MORE_TOKENS = 8
_PART_S = 120.0
"""Of packed sound in a part. The last window of the encoder, half a minute, is half empty on average."""


class FasterWhisper:
    """A `SpeechEngine`.

    Raises:
        MissingEngine: no such model in the models folder, or one that does not know the language of the settings.
    """

    name: str

    def __init__(self, settings: Settings) -> None:
        folder = model_folder(settings)
        self._threads = settings.threads or os.cpu_count() or 1
        try:
            self._model = _SteadyWhisper(
                str(folder), device="cpu", compute_type="int8",
                cpu_threads=1, num_workers=self._threads, local_files_only=True,
            )  # fmt: skip
        except (RuntimeError, ValueError, OSError) as error:
            raise MissingEngine(f"the speech model in {folder} cannot be loaded ({error}); pull it again") from error
        check_language(settings.speech_language, self._model.supported_languages, settings.speech_model)
        self._language = settings.speech_language
        self.name = f"faster-whisper-{importlib.metadata.version('faster-whisper')}/{folder_size_name(folder)}"

    def transcribe(
        self, samples: NDArray[np.float32], *, language: str | None = None, hotwords: Sequence[str] = ()
    ) -> Transcript:
        """See `SpeechEngine`; the language of the call goes before that of the settings. Without speech, the language is `""`."""
        language = language or self._language
        voice = find_voice(samples)
        if not voice.kept:
            return Transcript(language="", language_probability=0.0, speech_s=0.0, segments=(), voice=())
        try:
            heard = self._heard(samples, voice.parts(_PART_S), language, hotwords)
        except (RuntimeError, ValueError) as error:
            raise EngineFailed(f"faster-whisper failed on {len(samples) / 16_000:.1f} s of audio: {error}") from error
        return Transcript(
            language=heard[0].language,
            language_probability=round(heard[0].language_probability, 3),
            speech_s=round(voice.speech_s, 3),
            segments=tuple(segment for part in heard for segment in segments_of_phrases(part.phrases, part.voice)),
            voice=voice.spans,
        )

    def _heard(
        self, samples: NDArray[np.float32], voices: Sequence[Voice], language: str | None, hotwords: Sequence[str]
    ) -> list[_Part]:
        """What is said in each part, in order; the first one settles the language."""
        is_over = threading.Event()

        def begun(voice: Voice, language: str | None) -> _Begun:
            model = self._model.for_one_part(expected_words(hotwords), is_over)
            said, info = model.transcribe(
                voice.packed(samples),
                language=language,
                beam_size=5,
                temperature=0.0,
                condition_on_previous_text=False,
                word_timestamps=True,
                hotwords=prompt_of(hotwords),
            )
            return _Begun(voice, said, info)

        first = begun(voices[0], language)
        if len(voices) == 1:
            return [first.heard()]
        language = first.info.language
        with ThreadPoolExecutor(self._threads, thread_name_prefix="speech") as pool:
            parts = [
                pool.submit(first.heard),
                *(pool.submit(lambda voice: begun(voice, language).heard(), voice) for voice in voices[1:]),
            ]
            try:
                return [part.result() for part in parts]
            finally:  # after a failure or an interrupt the others end at their next window
                is_over.set()
                pool.shutdown(wait=False, cancel_futures=True)


class _Part(NamedTuple):
    """What was said in a part of a recording."""

    voice: Voice
    phrases: list[Phrase]
    language: str
    language_probability: float


class _Begun(NamedTuple):
    """A part whose language is known and whose words are decoded as they are asked for."""

    voice: Voice
    said: Iterable[Any]
    info: Any

    def heard(self) -> _Part:
        phrases = [
            Phrase(
                tuple(
                    Piece(word.word, float(word.start), float(word.end), float(word.probability))
                    for word in segment.words or ()
                ),
                segment.no_speech_prob,
            )
            for segment in self.said
        ]
        return _Part(self.voice, phrases, self.info.language, float(self.info.language_probability))


class _Ended(Exception):
    """Nobody waits for the part any more."""


class _SteadyWhisper(WhisperModel):  # type: ignore[misc]
    """faster-whisper's model with a fallback that does not draw at random, and one run of the encoder a window."""

    expected: frozenset[str] = frozenset()
    """The single words among the hotwords."""
    _encoded: tuple[NDArray[np.float32], Any] | None = None
    _is_over: threading.Event | None = None

    def for_one_part(self, expected: frozenset[str], is_over: threading.Event) -> _SteadyWhisper:
        """The same model with notes of its own.

        Args:
            is_over: once set, the part ends at its next window.
        """
        other = copy(self)
        other.expected, other._encoded, other._is_over = expected, None, is_over
        return other

    def encode(self, features: NDArray[np.float32]) -> Any:
        self._go_on()
        progress.step()
        if self._encoded is None or not np.array_equal(self._encoded[0], features):
            self._encoded = (features.copy(), super().encode(features))
        return self._encoded[1]

    def detect_language(self, audio: Any = None, features: Any = None, **options: Any) -> Any:
        if features is not None and features.shape[-1] > 1:
            # The words are decoded without the last frame of the features; without it here too, both see the same window.
            features = features[..., :-1]
        return super().detect_language(audio=audio, features=features, **options)

    def generate_with_fallback(self, encoder_output: Any, prompt: Any, tokenizer: Any, options: Any) -> Any:
        self._go_on()
        plain_prompt = self.get_prompt(tokenizer, [], without_timestamps=options.without_timestamps)
        heard = self._without_chance(encoder_output, plain_prompt, tokenizer, options)
        tokens = heard[0].sequences_ids[0]
        if not self.expected or not any(token < tokenizer.eot for token in tokens):
            return heard
        self._go_on()
        # Led by a list of words, the decoder often talks on after the end of speech: it is given a little more room than was needed.
        room = len(tokens) + len(tokens) // 4 + _MORE_TOKENS
        # CTranslate2 takes the prompt off the length it is given, and gives no more than half of it.
        room = min(self.max_length - len(prompt), max(room, 2 * room - len(prompt)))
        # Without a beam: on spoken orders the same words, for less time.
        plainly = replace(options, max_new_tokens=room, beam_size=1)
        led = super().generate_with_fallback(encoder_output, prompt, tokenizer, plainly)
        settled = _settled(tokens, led[0].sequences_ids[0], tokenizer, self.expected)
        return _Decoded([settled], heard[0].no_speech_prob), *heard[1:]

    def _go_on(self) -> None:
        if self._is_over is not None and self._is_over.is_set():
            raise _Ended

    def _without_chance(self, encoder_output: Any, prompt: Any, tokenizer: Any, options: Any) -> Any:
        first = super().generate_with_fallback(encoder_output, prompt, tokenizer, options)
        if _is_sound(first):
            return first
        strict = replace(options, no_repeat_ngram_size=3, repetition_penalty=1.1)
        second = super().generate_with_fallback(encoder_output, prompt, tokenizer, strict)
        return max(first, second, key=lambda decoded: (decoded[3] <= _LOOP_RATIO, decoded[1]))


class _Decoded(NamedTuple):
    """What faster-whisper asks of a decoding."""

    sequences_ids: list[list[int]]
    no_speech_prob: float


def _settled(heard: list[int], led: list[int], tokenizer: Any, expected: frozenset[str]) -> list[int]:
    """The tokens of the first decoding with words of the second where `edits` says so; time stamps stay where they are."""
    units, other = _units(heard, tokenizer), _units(led, tokenizer)
    places, other_places = ([at for at, unit in enumerate(each) if unit.is_word] for each in (units, other))
    tokens = [unit.tokens for unit in units]
    for edit in edits([units[at].text for at in places], [other[at].text for at in other_places], expected):
        first, last = places[edit.first], places[edit.last - 1] + 1
        if not any(unit.is_time for unit in units[first:last]):
            new = range(other_places[edit.new_first], other_places[edit.new_last - 1] + 1)
            tokens[first:last] = [
                [token for at in new for token in other[at].tokens],
                *([] for _ in range(last - first - 1)),
            ]
    return [token for each in tokens for token in each]


class _Unit(NamedTuple):
    """A word, a mark between words, or a time stamp of the decoder."""

    text: str
    tokens: list[int]
    is_time: bool = False

    @property
    def is_word(self) -> bool:
        return any(character.isalnum() for character in self.text)


def _units(tokens: list[int], tokenizer: Any) -> list[_Unit]:
    units: list[_Unit] = []
    for is_text, run in groupby(tokens, key=lambda token: token < tokenizer.eot):
        if is_text:
            units += [_Unit(text, part) for text, part in zip(*tokenizer.split_to_word_tokens(list(run)), strict=True)]
        else:
            units += [_Unit("", [token], is_time=True) for token in run]
    return units


def _is_sound(decoded: tuple[Any, float, float, float]) -> bool:
    """(result, mean log-probability, temperature, compression ratio) of a decoding that needs no second one."""
    return decoded[3] <= _LOOP_RATIO and decoded[1] >= _DOUBTFUL_LOGPROB


def model_folder(settings: Settings) -> Path:
    """The folder with the CTranslate2 weights: a catalogue name under `models_dir`, or a folder.

    Raises:
        MissingEngine: not there or not whole; the message says how to get it.
    """
    named = settings.models_dir / f"faster-whisper-{settings.speech_model}"
    given = Path(settings.speech_model).expanduser()
    is_path = len(given.parts) > 1 and not named.is_dir()
    folder = given if is_path else named
    missing = [name for name in _FILES if not (folder / name).is_file()]
    if missing:
        what = "name a folder with a CTranslate2 model" if is_path else f"run `mmi models pull {named.name}`"
        raise MissingEngine(f"speech model {settings.speech_model!r}: {folder} has no {', '.join(missing)}; {what}")
    return folder


def folder_size_name(folder: Path) -> str:
    """`base` of `faster-whisper-base`."""
    return folder.name.removeprefix("faster-whisper-")


def check_language(language: str | None, known: Sequence[str], model: str) -> None:
    """Raises:
    MissingEngine: the model does not know the language.
    """
    if language is not None and language not in known:
        knows = "English only" if len(known) == 1 else f"{len(known)} languages by their ISO 639-1 codes"
        raise MissingEngine(
            f"speech model {model!r} does not know the language {language!r} (it knows {knows}); "
            "set speech_language or speech_model"
        )
