"""Sound → utterances: read in windows, cut at pauses and where another speaks, by channel where each channel is one voice of a call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..datamodel.content import TimeSpan
from ..datamodel.content_builder import ContentBuilder, WordIn
from ..engines.interface import SpokenWord, Transcript
from ..errors import MissingEngine
from . import media
from .interface import ExtractContext
from .speakers.listening import Listening
from .speakers.turns import Turn, turns
from .speakers.words import speakers_of_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE_HZ = 16_000
# Ten minutes are 38 MB of samples: memory stays flat for a recording of any length, and a cut is rare.
_WINDOW_S = 600
# Where the window may be cut: at the quietest half second of its last minute.
_CUT_RANGE_S = 60
_QUIET_S = 0.5

# A pause that ends an utterance wherever it falls, and one that does so after the end of a sentence.
_LONG_PAUSE_S = 1.2
_SENTENCE_PAUSE_S = 0.3
# A sentence end alone ends an utterance that is at least this long, so that "Yes. Sure." stays together.
_SHORT_UTTERANCE_S = 2.5
# Nothing longer fits a subtitle; it is cut at its longest pause.
_LONGEST_UTTERANCE_S = 20.0
_SENTENCE_END = (".", "?", "!", "…", "。", "？", "！", '."', '?"', '!"')
_ABBREVIATIONS = frozenset({"mr.", "mrs.", "ms.", "dr.", "st.", "no.", "vs.", "z.b.", "nr.", "hr.", "fr.", "prof."})

# Channels of a call: in nearly all frames with sound one channel is this much louder, and each leads for a while.
_LEAD_DB = 10.0
_LED_SHARE = 0.85
_LEAST_LEAD_S = 1.0
_FRAME_S = 0.05


class Utterance(NamedTuple):
    """What one speaker says between two pauses, or until another one speaks."""

    words: tuple[WordIn, ...]
    start_s: float
    end_s: float
    speaker: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """All that was said in a file."""

    utterances: tuple[Utterance, ...]
    """By start."""
    duration_s: float
    """Of the sound that could be decoded."""
    speech_s: float
    language: str | None
    engine: str | None
    voice: tuple[tuple[float, float], ...] | None = None
    """(start, end) of stretches with voice, by start, those of two channels may overlap; None where nobody looked for it."""


def hear(path: Path, context: ExtractContext, builder: ContentBuilder, *, channels: int) -> Heard:
    """Transcribes the first audio stream of a file and tells its speakers; what goes wrong on the way becomes warnings of `builder`.

    A recording in which one voice speaks names no speaker.

    Args:
        channels: of the stream. Two are looked at for two separate voices.

    Raises:
        CorruptFile, LimitExceeded: see `media.audio_blocks`.
        MissingEngine, EngineFailed: of the speech engine.
    """
    engine = context.engines.speech()
    if engine is None:
        builder.add_warning("no_speech_engine", "speech recognition is turned off (speech: none); no words were read")
    blocks = media.audio_blocks(
        path, context.settings, sample_rate_hz=RATE_HZ, channels=2 if channels == 2 else 1, warn=builder.add_warning
    )
    utterances: list[Utterance] = []
    # Of one track: the words of each window, with times of the whole recording, and what was heard of voices.
    said: list[list[SpokenWord]] = []
    ears = _Ears(context, builder)
    voiced: list[tuple[float, float]] | None = None
    speech_s, end_s, by_channel = 0.0, 0.0, None
    language = context.settings.speech_language
    for offset_s, samples in windows(blocks):
        end_s = offset_s + samples.shape[1] / RATE_HZ
        if engine is None:
            continue
        if by_channel is None and samples.any():
            by_channel = are_separate_voices(samples)
        for speaker, voice in _voices(samples, is_by_channel=bool(by_channel)):
            transcript = engine.transcribe(voice, language=language, hotwords=context.vocabulary)
            speech_s += transcript.speech_s
            if transcript.voice is not None:
                voiced = [*(voiced or ()), *((offset_s + one, offset_s + other) for one, other in transcript.voice)]
            if transcript.segments and language is None and transcript.language_probability >= 0.5:
                language = transcript.language
            if speaker is not None:
                utterances.extend(_utterances(transcript, offset_s, speaker))
            elif transcript.segments:
                said.append(_words(transcript, offset_s))
                ears.hear(voice, offset_s)
    found = ears.turns()
    for words in said:
        utterances.extend(_utterances_by_speaker(words, found))
    utterances.sort(key=lambda utterance: (utterance.start_s, utterance.end_s))
    return Heard(
        utterances=tuple(_named_by_appearance(utterances)),
        duration_s=round(end_s, 3),
        speech_s=round(min(speech_s, end_s), 3),
        language=language if utterances else None,
        engine=engine.name if engine else None,
        voice=tuple(sorted(voiced)) if voiced is not None else None,
    )


def add_utterance(builder: ContentBuilder, utterance: Utterance) -> None:
    builder.add_block("utterance", [utterance.words])


def windows(blocks: Iterable[NDArray[np.float32]]) -> Iterator[tuple[float, NDArray[np.float32]]]:
    """(start in seconds, samples) of stretches of at most ten minutes, cut where it is quiet; shape (channels, samples)."""
    import numpy as np

    kept: NDArray[np.float32] | None = None
    start = 0
    for block in blocks:
        kept = block if kept is None else np.concatenate([kept, block], axis=1)
        while kept.shape[1] >= _WINDOW_S * RATE_HZ:
            cut = _quietest(kept[:, : _WINDOW_S * RATE_HZ])
            yield start / RATE_HZ, kept[:, :cut]
            start += cut
            kept = kept[:, cut:]
    if kept is not None and kept.shape[1]:
        yield start / RATE_HZ, kept


def are_separate_voices(samples: NDArray[np.float32]) -> bool:
    """Whether left and right are two voices of one call: they hardly ever sound together, and each leads for a while.

    Args:
        samples: shape (channels, samples).
    """
    if samples.shape[0] != 2:
        return False
    left, right = _levels_db(samples)
    loudest = max(float(left.max()), float(right.max()))
    has_sound = (left > loudest - 35) | (right > loudest - 35)
    leads = [int((has_sound & (one - other > _LEAD_DB)).sum()) for one, other in ((left, right), (right, left))]
    least = _LEAST_LEAD_S / _FRAME_S
    return bool(min(leads) >= least and sum(leads) >= _LED_SHARE * int(has_sound.sum()))


def utterances_of_words(words: Sequence[SpokenWord], offset_s: float, speaker: str | None) -> Iterator[Utterance]:
    """Cuts a run of words at pauses and sentence ends."""
    first = 0
    for index in range(1, len(words) + 1):
        if index == len(words) or _ends_utterance(words[first:index], words[index]):
            for part in _shortened(words[first:index]):
                yield Utterance(
                    tuple(
                        (
                            word.text,
                            TimeSpan(round(word.start_s + offset_s, 3), round(word.end_s + offset_s, 3), speaker),
                            word.probability,
                        )
                        for word in part
                    ),
                    round(part[0].start_s + offset_s, 3),
                    round(part[-1].end_s + offset_s, 3),
                    speaker,
                )
            first = index


class _Ears:
    """What is heard of voices while a recording is read, by an engine that is asked for when somebody has spoken."""

    def __init__(self, context: ExtractContext, builder: ContentBuilder) -> None:
        self._context, self._builder = context, builder
        self._listening: Listening | None = None
        self._is_asked = False

    def hear(self, samples: NDArray[np.float32], offset_s: float) -> None:
        if not self._is_asked:
            self._is_asked = True
            try:
                engine = self._context.engines.speakers()
            except MissingEngine as error:
                self._builder.add_warning("missing_engine", f"the speakers are not told apart: {error}")
                return
            if engine is not None:
                self._listening = Listening(engine)
                self._builder.add_engine("diarization", engine.name)
        if self._listening is not None:
            self._listening.hear(samples, offset_s)

    def turns(self) -> tuple[Turn, ...]:
        return turns(self._listening, self._context.settings.speakers) if self._listening is not None else ()


def _words(transcript: Transcript, offset_s: float) -> list[SpokenWord]:
    """The words of a transcript with times of the whole recording."""
    return [
        replace(word, start_s=word.start_s + offset_s, end_s=word.end_s + offset_s)
        for segment in transcript.segments
        for word in segment.words
    ]


def _utterances(transcript: Transcript, offset_s: float, speaker: str | None) -> Iterator[Utterance]:
    words = [word for segment in transcript.segments for word in segment.words]
    yield from utterances_of_words(words, offset_s, speaker)


def _utterances_by_speaker(words: Sequence[SpokenWord], found: Sequence[Turn]) -> Iterator[Utterance]:
    if len({turn.person for turn in found}) < 2:
        yield from utterances_of_words(words, 0.0, None)
        return
    who = speakers_of_words(words, found)
    for person, run in groupby(zip(words, who, strict=True), key=lambda pair: pair[1]):
        yield from utterances_of_words([word for word, _ in run], 0.0, f"voice {person}")


def _ends_utterance(said: Sequence[SpokenWord], following: SpokenWord) -> bool:
    last = said[-1]
    pause_s = following.start_s - last.end_s
    if pause_s >= _LONG_PAUSE_S:
        return True
    if not last.text.endswith(_SENTENCE_END) or last.text.lower() in _ABBREVIATIONS:
        return False
    return pause_s >= _SENTENCE_PAUSE_S or last.end_s - said[0].start_s >= _SHORT_UTTERANCE_S


def _shortened(words: Sequence[SpokenWord]) -> Iterator[Sequence[SpokenWord]]:
    if len(words) < 2 or words[-1].end_s - words[0].start_s <= _LONGEST_UTTERANCE_S:
        yield words
        return
    # The longest pause, the one nearest the middle among equals, a comma before it counting as a fifth of a second.
    middle_s = (words[0].start_s + words[-1].end_s) / 2
    cut = max(
        range(1, len(words)),
        key=lambda at: (
            words[at].start_s - words[at - 1].end_s + (0.2 if words[at - 1].text.endswith((",", "、")) else 0.0),
            -abs(words[at].start_s - middle_s),
        ),
    )
    yield from _shortened(words[:cut])
    yield from _shortened(words[cut:])


def _voices(samples: NDArray[np.float32], *, is_by_channel: bool) -> list[tuple[str | None, NDArray[np.float32]]]:
    """(speaker, mono samples) to transcribe one after the other."""
    import numpy as np

    if not is_by_channel:
        return [(None, samples.mean(axis=0) if samples.shape[0] > 1 else samples[0])]
    left, right = _levels_db(samples)
    voices: list[tuple[str | None, NDArray[np.float32]]] = []
    for channel, (own, other) in enumerate(((left, right), (right, left))):
        # What leaks over from the other channel would be heard twice.
        is_leak = np.repeat(other - own > _LEAD_DB, round(_FRAME_S * RATE_HZ))[: samples.shape[1]]
        voice = samples[channel].copy()
        voice[: len(is_leak)][is_leak] = 0
        voices.append((f"channel {channel}", voice))
    return voices


def _named_by_appearance(utterances: Iterable[Utterance]) -> Iterator[Utterance]:
    """`Speaker 1` speaks first."""
    names: dict[str, str] = {}
    for utterance in utterances:
        if utterance.speaker is None:
            yield utterance
            continue
        name = names.setdefault(utterance.speaker, f"Speaker {len(names) + 1}")
        words = tuple(
            (text, place._replace(speaker=name) if isinstance(place, TimeSpan) else place, score)
            for text, place, score in utterance.words
        )
        yield utterance._replace(words=words, speaker=name)


def _levels_db(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Loudness of each channel, shape (channels, frames), smoothed over a fifth of a second; -100 for silence."""
    import numpy as np

    size = round(_FRAME_S * RATE_HZ)
    count = max(1, -(-samples.shape[1] // size))
    padded = np.pad(samples, ((0, 0), (0, count * size - samples.shape[1])))
    power = (padded.reshape(samples.shape[0], count, size) ** 2).mean(axis=2)
    smooth = np.stack([np.convolve(channel, np.ones(5) / 5, mode="same") for channel in power])
    levels: NDArray[np.float32] = (10 * np.log10(np.maximum(smooth, 1e-10))).astype(np.float32)
    return levels


def _quietest(samples: NDArray[np.float32]) -> int:
    """The sample in the middle of the quietest half second near the end."""
    import numpy as np

    size = round(_QUIET_S * RATE_HZ)
    first = samples.shape[1] - _CUT_RANGE_S * RATE_HZ
    tail = samples[:, first:]
    power = (tail.reshape(samples.shape[0], -1, size) ** 2).sum(axis=(0, 2))
    return int(first + int(np.argmin(power)) * size + size // 2)
