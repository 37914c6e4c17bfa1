"""Recordings: utterances with a time for every word."""

from __future__ import annotations

from pathlib import Path

from ..datamodel.content import Content, Media, Usage
from ..datamodel.content_builder import ContentBuilder
from ..errors import CorruptFile
from . import media
from .interface import ExtractContext
from .sounds import sounds_of
from .speech import add_utterance, hear

# A file that gives less than it declares, by more than this, is cut off or damaged.
_SHORT_BY_S = 2.0


def extract(path: Path, context: ExtractContext) -> Content:
    """See `mmi_cli.extract.interface`; a recording without speech has no words, and its `Media` says so."""
    facts = media.probe(path, context.settings)
    if facts.audio is None:
        raise CorruptFile(f"{context.name}: {facts.container} without an audio stream")
    builder = ContentBuilder()
    heard = hear(path, context, builder, channels=facts.audio.channels)
    for utterance in heard.utterances:
        add_utterance(builder, utterance)
    if facts.duration_s - heard.duration_s > _SHORT_BY_S and facts.video is None:
        builder.add_warning(
            "cut_short", f"the file declares {facts.duration_s:.1f} s, {heard.duration_s:.1f} s could be decoded"
        )
    builder.language = heard.language
    if heard.engine:
        builder.add_engine("speech", heard.engine)
    builder.add_metadata("title", facts.title)
    builder.add_usage(Usage(audio_seconds=heard.duration_s))
    builder.media = Media(
        duration_s=heard.duration_s,
        has_audio=True,
        has_video=False,
        speech_s=heard.speech_s,
        sample_rate_hz=facts.audio.sample_rate_hz,
        sounds=sounds_of(path, context.settings, heard.voice),
    )
    return builder.build()
