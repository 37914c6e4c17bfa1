"""Speech to words with openai-whisper, the reference in torch; slower than faster-whisper, on the same weights.

Behind the extra `[torch]`. It hears speech only and samples nothing, for the reasons given in `speech_faster_whisper`.
"""

from __future__ import annotations

import importlib.metadata
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import whisper

from ..errors import EngineFailed, MissingEngine
from ..settings import Settings
from .interface import Transcript
from .speech_bias import edits, expected_words, prompt_of
from .speech_faster_whisper import check_language, folder_size_name, model_folder
from .speech_voice import find_voice
from .speech_words import Phrase, Piece, segments_of_phrases
from .whisper_checkpoint import alignment_heads, ensure_checkpoint

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class OpenAiWhisper:
    """A `SpeechEngine`; `speech_model` is a size of the catalogue, a CTranslate2 folder, or an openai-whisper `.pt` file.

    Raises:
        MissingEngine: no such model, or one that does not know the language of the settings.
    """

    name: str

    def __init__(self, settings: Settings) -> None:
        torch.set_num_threads(settings.threads or os.cpu_count() or 1)
        self._model, size = _load(settings)
        known = tuple(whisper.tokenizer.LANGUAGES) if self._model.is_multilingual else ("en",)
        check_language(settings.speech_language, known, settings.speech_model)
        self._language = settings.speech_language
        self.name = f"openai-whisper-{importlib.metadata.version('openai-whisper')}/{size}"

    def transcribe(
        self, samples: NDArray[np.float32], *, language: str | None = None, hotwords: Sequence[str] = ()
    ) -> Transcript:
        """See `SpeechEngine`; without speech, the language is `""`."""
        voice = find_voice(samples)
        if not voice.kept:
            return Transcript(language="", language_probability=0.0, speech_s=0.0, segments=(), voice=())
        heard = voice.packed(samples)
        try:
            language, probability = self._language_of(heard, language or self._language)
            phrases = self._phrases(heard, language)
            prompt = prompt_of(hotwords)
            if phrases and prompt is not None:
                phrases = _settled(phrases, self._phrases(heard, language, prompt), expected_words(hotwords))
        except (RuntimeError, ValueError) as error:
            raise EngineFailed(f"openai-whisper failed on {len(samples) / 16_000:.1f} s of audio: {error}") from error
        return Transcript(
            language=language,
            language_probability=round(probability, 3),
            speech_s=round(voice.speech_s, 3),
            segments=segments_of_phrases(phrases, voice),
            voice=voice.spans,
        )

    def _phrases(self, heard: NDArray[np.float32], language: str, prompt: str | None = None) -> list[Phrase]:
        found = self._model.transcribe(
            heard,
            language=language,
            beam_size=5,
            temperature=0.0,
            condition_on_previous_text=False,
            word_timestamps=True,
            initial_prompt=prompt,
            carry_initial_prompt=prompt is not None,
            fp16=False,
            verbose=None,
        )
        return [
            Phrase(
                tuple(
                    Piece(word["word"], float(word["start"]), float(word["end"]), float(word["probability"]))
                    for word in segment["words"]
                ),
                float(segment["no_speech_prob"]),
            )
            for segment in found["segments"]
        ]

    def _language_of(self, heard: NDArray[np.float32], wanted: str | None) -> tuple[str, float]:
        """The language, and how probable it is in the first half minute of speech."""
        if not self._model.is_multilingual:
            return "en", 1.0
        if wanted is not None:
            return wanted, 1.0
        window = whisper.pad_or_trim(torch.from_numpy(heard))
        mel = whisper.log_mel_spectrogram(window, self._model.dims.n_mels)
        _, probabilities = self._model.detect_language(mel)
        language = max(probabilities, key=lambda code: (probabilities[code], code))
        return language, float(probabilities[language])


def _settled(phrases: list[Phrase], led: list[Phrase], expected: frozenset[str]) -> list[Phrase]:
    """The phrases with words of the other decoding where `edits` says so, at the times of the words that give way."""
    heard = [(number, piece) for number, phrase in enumerate(phrases) for piece in phrase.pieces]
    other = [piece for phrase in led for piece in phrase.pieces]
    for edit in reversed(edits([piece.text for _, piece in heard], [piece.text for piece in other], expected)):
        number = heard[edit.first][0]
        if number != heard[edit.last - 1][0]:
            continue
        start_s, end_s = heard[edit.first][1].start_s, heard[edit.last - 1][1].end_s
        new = other[edit.new_first : edit.new_last]
        step_s = (end_s - start_s) / len(new)
        heard[edit.first : edit.last] = [
            (number, piece._replace(start_s=start_s + at * step_s, end_s=start_s + (at + 1) * step_s))
            for at, piece in enumerate(new)
        ]
    return [
        phrase._replace(pieces=tuple(piece for of, piece in heard if of == number))
        for number, phrase in enumerate(phrases)
    ]


def _load(settings: Settings) -> tuple[Any, str]:
    """The model and the name of its weights."""
    given = Path(settings.speech_model).expanduser()
    heads: tuple[tuple[int, int], ...] = ()
    if given.suffix == ".pt":
        path, size = given, given.stem
        if not path.is_file():
            raise MissingEngine(f"speech model {path} is not there")
    else:
        folder = model_folder(settings)
        path, size, heads = ensure_checkpoint(folder), folder_size_name(folder), alignment_heads(folder)
    try:
        # openai-whisper loads it with `weights_only=True`: a pickle of tensors, no code in it is run.
        model = whisper.load_model(str(path), device="cpu")
    except (RuntimeError, KeyError, TypeError, OSError, EOFError) as error:
        raise MissingEngine(
            f"the checkpoint {path} cannot be loaded ({error}); delete it to have it made again"
        ) from error
    if heads:
        mask = torch.zeros(model.dims.n_text_layer, model.dims.n_text_head, dtype=torch.bool)
        for layer, head in heads:
            mask[layer, head] = True
        model.register_buffer("alignment_heads", mask.to_sparse(), persistent=False)
    return model, size
