"""The JSON of speech services is read as who said what when."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from mmi_cli.datamodel.content import Content, TimeSpan
from mmi_cli.detect import detect_file
from mmi_cli.extract.transcript_json import extract
from mmi_cli.settings import Settings
from tests.support.reading import a_context

_DATA = Path(os.environ.get("MMI_BENCH_DATA", Path(__file__).parents[4] / "shared" / "data")) / "content_understanding"


def read(tmp_path: Path, value: Any) -> Content:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(value), "utf-8")
    found = detect_file(path, name="a.json", settings=Settings())
    assert found.format == "transcript-json" and found.modality == "audio", found
    return extract(path, a_context(name=path.name))


def said(content: Content) -> list[tuple[str | None, float, float, str]]:
    out = []
    for block in content.blocks:
        places = [word.place for word in content.words[block.first : block.last] if isinstance(word.place, TimeSpan)]
        out.append((places[0].speaker, places[0].start_s, places[-1].end_s, content.text_of(block.first, block.last)))
    return out


def test_content_understanding(tmp_path: Path) -> None:
    words = [
        {"startTimeMs": 80, "endTimeMs": 320, "text": "Hi"},
        {"startTimeMs": 320, "endTimeMs": 640, "text": "there."},
    ]
    phrase = {
        "speaker": "Agent",
        "startTimeMs": 80,
        "endTimeMs": 640,
        "text": "Hi there.",
        "confidence": 0.9,
        "words": words,
        "locale": "en-US",
    }
    content = read(tmp_path, {"result": {"contents": [{"kind": "audioVisual", "transcriptPhrases": [phrase]}]}})
    assert said(content) == [("Agent", 0.08, 0.64, "Hi there.")]
    assert content.words[1].place == TimeSpan(0.32, 0.64, "Agent") and content.words[1].score == 0.9
    assert content.language == "en"


def test_fast_and_batch_transcription(tmp_path: Path) -> None:
    fast = {"durationMilliseconds": 9000, "combinedPhrases": [], "phrases": [
        {"channel": 0, "speaker": 1, "offsetMilliseconds": 1000, "durationMilliseconds": 500, "text": "Good day.", "confidence": 0.8},
    ]}  # fmt: skip
    content = read(tmp_path, fast)
    assert said(content) == [("Speaker 1", 1.0, 1.5, "Good day.")]
    assert content.media is not None and content.media.duration_s == 9.0
    batch = {"recognizedPhrases": [
        {"speaker": 2, "offset": "PT1M3.5S", "duration": "PT1.2S", "nBest": [{"confidence": 0.7, "display": "Yes."}]},
        {"speaker": 1, "offsetInTicks": 10_000_000, "durationInTicks": 5_000_000, "nBest": [{"confidence": 0.9, "display": "Hello?"}]},
    ]}  # fmt: skip
    assert said(read(tmp_path, batch)) == [("Speaker 1", 1.0, 1.5, "Hello?"), ("Speaker 2", 63.5, 64.7, "Yes.")]


def test_whisper(tmp_path: Path) -> None:
    content = read(
        tmp_path,
        {"language": "en", "segments": [{"start": 0.5, "end": 1.5, "text": " Hello there.", "avg_logprob": -0.1}]},
    )
    assert said(content) == [(None, 0.5, 1.5, "Hello there.")]


def test_channels_are_speakers_where_there_are_no_others(tmp_path: Path) -> None:
    phrases = [
        {"channel": at, "offsetMilliseconds": at * 1000, "durationMilliseconds": 500, "text": "Hello."} for at in (0, 1)
    ]
    assert [speaker for speaker, *_ in said(read(tmp_path, {"combinedPhrases": [], "phrases": phrases}))] == [
        "Speaker 0", "Speaker 1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [
        {"combinedPhrases": [], "phrases": [{"text": 5}]},
        {"recognizedPhrases": "none"},
        {"transcriptPhrases": [{"text": "a", "startTimeMs": -5, "endTimeMs": True}]},
        {"combinedPhrases": [{"offsetMilliseconds": 1e99}]},
    ],
)
def test_phrases_without_text_or_times_are_plain_json(tmp_path: Path, value: Any) -> None:
    content = read(tmp_path, value)
    assert not any(block.kind == "utterance" for block in content.blocks)


@pytest.mark.skipif(not _DATA.is_dir(), reason=f"no benchmark data at {_DATA}: set MMI_BENCH_DATA")
def test_the_service_s_own_transcripts_agree_with_its_conversion() -> None:
    for name in ("cu", "batch", "fast"):
        path = next(_DATA.glob(f"10_*/{name}_pretranscribed.json"))
        content = extract(path, a_context(name=path.name))
        expected = path.with_name(f"{path.name}.expected.vtt.txt").read_text("utf-8")
        spoken = [line.split(">", 1)[1].strip().rstrip("`") for line in expected.splitlines() if line.startswith("<v")]
        assert [text for *_, text in said(content)] == spoken
