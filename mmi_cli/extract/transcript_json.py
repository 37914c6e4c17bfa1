"""Transcripts as speech services and recognisers write them in JSON: phrases → utterances with speakers, times and scores.

Read are the results of Azure's batch and fast transcription (`recognizedPhrases`, `phrases`), of Content Understanding
(`transcriptPhrases`, in each of its contents) and of Whisper and its relatives (`segments`). A fact that is of the wrong sort is as if it
were not there; JSON without one phrase is read as any JSON.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ..datamodel.content import Content, Media, TimeSpan
from ..datamodel.content_builder import ContentBuilder, WordIn
from ..errors import LimitExceeded
from . import json_text
from .decoding import decode_text, read_bytes
from .interface import ExtractContext

_ISO_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?", re.IGNORECASE)
_TICKS_A_SECOND = 10_000_000
_MAX_SECONDS = 1_000_000.0
_MAX_DEPTH = 6


class Phrase(NamedTuple):
    """What one speaker says in one breath, as a service has it."""

    start_s: float
    end_s: float
    speaker: str | None
    text: str
    score: float | None
    words: tuple[tuple[str, float, float, float | None], ...]
    """(text, start_s, end_s, score); empty where the service gives no times of words."""


def extract(path: Path, context: ExtractContext) -> Content:
    """See `mmi_cli.extract.interface`; an utterance is a phrase.

    Raises:
        LimitExceeded: see `json_text.extract`.
    """
    text, _ = decode_text(read_bytes(path, context.settings), context.detection.encoding)
    try:
        value = json.loads(text, strict=False)
    except ValueError:
        return json_text.extract(path, context)
    except RecursionError:
        raise LimitExceeded("JSON nested deeper than can be read") from None
    phrases = sorted(dict.fromkeys(_phrases(value, 0)), key=lambda phrase: (phrase.start_s, phrase.end_s))
    if not phrases:
        return json_text.extract(path, context)
    builder = ContentBuilder()
    for phrase in phrases:
        builder.add_block("utterance", [_words(phrase)])
    builder.language = _language(value)
    end_s = max(phrase.end_s for phrase in phrases)
    builder.media = Media(duration_s=max(end_s, _duration_s(value)), has_audio=False, has_video=False)
    return builder.build()


def _phrases(value: Any, depth: int) -> Iterator[Phrase]:
    """The phrases of a result, wherever in it their list stands."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _phrases(item, depth + 1)
        return
    if not isinstance(value, dict):
        return
    for key, read in _LISTS.items():
        if isinstance(value.get(key), list):
            found = [phrase for item in value[key] if isinstance(item, dict) and (phrase := read(item)) is not None]
            yield from _with_channels(found, value[key])
            if found:
                return
    for member in value.values():
        yield from _phrases(member, depth + 1)


def _with_channels(found: list[Phrase], items: list[Any]) -> Iterator[Phrase]:
    """Phrases without speakers by their channel, where there are several."""
    channels = {item.get("channel") for item in items if isinstance(item, dict)}
    by_channel = len(channels) > 1 and all(phrase.speaker is None for phrase in found)
    kept = [item for item in items if isinstance(item, dict)]
    if not by_channel or len(kept) != len(found):
        yield from found
        return
    for phrase, item in zip(found, kept, strict=True):
        yield phrase._replace(speaker=_speaker(item.get("channel")))


def _content_understanding(item: dict[str, Any]) -> Phrase | None:
    start_s, end_s = _milliseconds(item.get("startTimeMs")), _milliseconds(item.get("endTimeMs"))
    words = [
        (word.get("text"), _milliseconds(word.get("startTimeMs")), _milliseconds(word.get("endTimeMs")), None)
        for word in _objects(item.get("words"))
    ]
    return _phrase(item.get("text"), start_s, end_s, item.get("speaker"), item.get("confidence"), words)


def _batch(item: dict[str, Any]) -> Phrase | None:
    """A phrase of `phrases` (fast transcription), times in milliseconds, or of `recognizedPhrases` (batch), times in ticks."""
    best = next(_objects(item.get("nBest")), item)
    words = [
        (word.get("displayText") or word.get("text") or word.get("word"), *_span(word), word.get("confidence"))
        for word in _objects(best.get("displayWords") or best.get("words"))
    ]
    text = best.get("display") or best.get("text") or best.get("lexical")
    return _phrase(text, *_span(item), item.get("speaker"), best.get("confidence", item.get("confidence")), words)


def _whisper(item: dict[str, Any]) -> Phrase | None:
    words = [
        (word.get("word") or word.get("text"), word.get("start"), word.get("end"), word.get("probability", word.get("score")))
        for word in _objects(item.get("words"))
    ]  # fmt: skip
    logprob = item.get("avg_logprob")
    score = math.exp(min(0.0, logprob)) if isinstance(logprob, int | float) else item.get("confidence")
    return _phrase(item.get("text"), item.get("start"), item.get("end"), item.get("speaker"), score, words)


_LISTS = {
    "transcriptPhrases": _content_understanding, "recognizedPhrases": _batch, "phrases": _batch, "segments": _whisper,
}  # fmt: skip


def _phrase(
    text: Any, start_s: Any, end_s: Any, speaker: Any, score: Any, words: Iterable[tuple[Any, Any, Any, Any]]
) -> Phrase | None:
    begin, end = _seconds(start_s), _seconds(end_s)
    if not isinstance(text, str) or not text.strip() or begin is None or end is None:
        return None
    timed: list[tuple[str, float, float, float | None]] = []
    for word, word_start, word_end, word_score in words:
        first, last = _seconds(word_start), _seconds(word_end)
        if not isinstance(word, str) or first is None or last is None:
            timed = []
            break
        timed.append((word.strip(), first, max(first, last), _score(word_score)))
    return Phrase(begin, max(begin, end), _speaker(speaker), text.strip(), _score(score), tuple(timed))


def _words(phrase: Phrase) -> list[WordIn]:
    """The words of the text, each with its own time where there is one of each, else with that of the phrase."""
    pieces = phrase.text.split()
    timed = phrase.words if len(phrase.words) == len(pieces) else ()
    if not timed:
        whole = TimeSpan(phrase.start_s, phrase.end_s, phrase.speaker)
        return [(piece, whole, phrase.score) for piece in pieces]
    return [
        (piece, TimeSpan(start_s, end_s, phrase.speaker), phrase.score if score is None else score)
        for piece, (_, start_s, end_s, score) in zip(pieces, timed, strict=True)
    ]


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())


def _span(item: dict[str, Any]) -> tuple[float | None, float | None]:
    """Start and end of something with an offset and a duration."""
    start_s, length_s = _time_of(item, "offset"), _time_of(item, "duration")
    return start_s, None if start_s is None or length_s is None else start_s + length_s


def _time_of(item: dict[str, Any], name: str) -> float | None:
    ticks, thousandths, iso = item.get(f"{name}InTicks"), item.get(f"{name}Milliseconds"), item.get(name)
    if isinstance(ticks, int | float):
        return ticks / _TICKS_A_SECOND
    if isinstance(thousandths, int | float):
        return thousandths / 1000
    if isinstance(iso, str) and (match := _ISO_DURATION.fullmatch(iso)):
        hours, minutes, seconds = (float(part or 0) for part in match.groups())
        return hours * 3600 + minutes * 60 + seconds
    return None


def _milliseconds(value: Any) -> float | None:
    return value / 1000 if isinstance(value, int | float) and not isinstance(value, bool) else None


def _seconds(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return round(float(value), 3) if is_number and 0 <= value <= _MAX_SECONDS else None


def _score(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value <= 1 else None


def _speaker(value: Any) -> str | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return f"Speaker {value}"
    return str(value).strip()[:100] or None if isinstance(value, str) else None


def _duration_s(value: Any) -> float:
    """Of the recording, where the result tells it."""
    found = _time_of(value, "duration") if isinstance(value, dict) else None
    return found if found is not None and found <= _MAX_SECONDS else 0.0


def _language(value: Any) -> str | None:
    """The first language that the result names: `en` of `"locale": "en-US"`."""
    match = re.search(r'"(?:locale|language)": ?"([a-z]{2})(?:[-_][^"]*)?"', json.dumps(value))
    return match[1] if match else None
