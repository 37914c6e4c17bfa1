from __future__ import annotations

from mmi_cli.datamodel.content import TimeSpan
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.datamodel.timed_text import to_srt, to_vtt


def a_talk() -> ContentBuilder:
    builder = ContentBuilder()
    builder.add_block("shot", [])
    builder.add_text_block("utterance", "Good day & welcome.", TimeSpan(0.08, 1.5, "Speaker 1"))
    builder.add_text_block("utterance", "a < b --> c", TimeSpan(3661.0, 3661.0))
    return builder


def test_vtt_has_voices_hours_and_escapes() -> None:
    assert to_vtt(a_talk().build()) == (
        "WEBVTT\n\n"
        "00:00:00.080 --> 00:00:01.500\n<v Speaker 1>Good day &amp; welcome.\n\n"
        "01:01:01.000 --> 01:01:01.001\na &lt; b --&gt; c\n"
    )


def test_srt_is_numbered_and_names_the_speaker() -> None:
    assert to_srt(a_talk().build()) == (
        "1\n00:00:00,080 --> 00:00:01,500\nSpeaker 1: Good day & welcome.\n\n"
        "2\n01:01:01,000 --> 01:01:01,001\na < b -> c\n"
    )


def test_without_speech_only_the_head_is_left() -> None:
    builder = ContentBuilder()
    builder.add_text_block("on_screen_text", "words", TimeSpan(0, 1))
    assert to_vtt(builder.build()) == "WEBVTT\n"
    assert to_srt(builder.build()) == ""
