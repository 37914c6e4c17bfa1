"""What every speech engine promises (`mmi_cli.engines.interface.SpeechEngine`), held against real weights."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from mmi_cli import registry
from mmi_cli.engines.interface import SpeechEngine, SpokenWord, Transcript
from mmi_cli.errors import MissingEngine
from mmi_cli.extract import media
from tests.support.media_files import RATE_HZ, silence, tone
from tests.support.models import need_model, real_settings

SAMPLES = Path(__file__).parents[2] / "sample_data"
ENGINES = [
    pytest.param("faster-whisper", marks=pytest.mark.models),
    pytest.param("openai-whisper", marks=[pytest.mark.models, pytest.mark.torch]),
]


@pytest.fixture(scope="module", params=ENGINES)
def name(request: pytest.FixtureRequest) -> str:
    if request.param == "openai-whisper" and importlib.util.find_spec("whisper") is None:
        pytest.skip("openai-whisper is not installed; pip install 'mmi-cli[torch]'")
    return str(request.param)


@pytest.fixture(scope="module")
def engine(name: str) -> SpeechEngine:
    settings = real_settings()
    need_model(settings, "faster-whisper-base")
    made: SpeechEngine = registry.load("speech", name)(settings)
    return made


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    """The spoken part of the sample video, 23 s, one voice."""
    return media.decode_mono(SAMPLES / "video" / "report.mp4")


@pytest.fixture(scope="module")
def heard(engine: SpeechEngine, speech: np.ndarray) -> Transcript:
    return engine.transcribe(speech)


def words(transcript: Transcript) -> list[SpokenWord]:
    return [word for segment in transcript.segments for word in segment.words]


def plain(text: str) -> list[str]:
    return re.sub(r"[^\w\s]", "", text.casefold().replace(",", "")).split()


def test_it_hears_what_is_said(heard: Transcript) -> None:
    truth = json.loads((SAMPLES / "video" / "labels.jsonl").read_text().splitlines()[0])["transcript"]
    said = " ".join(word.text for word in words(heard))
    assert Levenshtein.distance(plain(truth), plain(said)) <= 0.15 * len(plain(truth)), said
    assert "467,500" in said


def test_it_knows_the_language_and_how_sure_it_is(heard: Transcript) -> None:
    assert heard.language == "en"
    assert 0.5 < heard.language_probability <= 1.0


def test_words_come_in_order_inside_their_segments_with_probabilities(heard: Transcript, speech: np.ndarray) -> None:
    ends = 0.0
    for segment in heard.segments:
        assert segment.start_s >= ends
        for word in segment.words:
            assert ends <= word.start_s <= word.end_s
            assert 0.0 <= word.probability <= 1.0
            assert word.text == word.text.strip() != ""
            ends = word.end_s
        assert (segment.start_s, segment.end_s) == (segment.words[0].start_s, segment.words[-1].end_s)
    assert ends <= len(speech) / RATE_HZ + 0.01


def test_numbers_are_plain_python(heard: Transcript) -> None:
    word = words(heard)[0]
    assert {type(value) for value in (word.start_s, word.end_s, word.probability, heard.speech_s)} == {float}


def test_the_same_sound_gives_the_same_transcript(engine: SpeechEngine, speech: np.ndarray) -> None:
    part = speech[: 8 * RATE_HZ]
    assert engine.transcribe(part) == engine.transcribe(part)


def test_times_are_those_of_the_recording_when_silence_is_long(engine: SpeechEngine, speech: np.ndarray) -> None:
    part = speech[: 7 * RATE_HZ]
    spaced = np.concatenate([silence(10), part, silence(20), part])
    found = words(engine.transcribe(spaced))
    assert min(word.start_s for word in found) >= 9.5
    assert not [word for word in found if word.end_s > 17.6 and word.start_s < 36.5]
    again = [word for word in found if word.start_s > 36.5]
    assert len(again) >= 0.4 * len(found)


@pytest.mark.parametrize("language", [None, "en"])
@pytest.mark.parametrize("what", ["silence", "white", "quiet_hiss", "hum", "tone", "chord", "clicks", "nothing"])
def test_what_is_no_speech_gives_no_words(engine: SpeechEngine, what: str, language: str | None) -> None:
    rng = np.random.default_rng(0)
    count = 20 * RATE_HZ
    clicks = np.zeros(count, dtype=np.float32)
    clicks[:: RATE_HZ // 2] = 0.9
    pulse = 1 + np.sin(2 * np.pi * 2 * np.arange(count) / RATE_HZ)
    sounds = {
        "silence": silence(20),
        "white": rng.normal(0, 0.1, count),
        "quiet_hiss": rng.normal(0, 0.001, count),
        "hum": tone(20, hz=50, level=0.2) + tone(20, hz=150, level=0.1),
        "tone": tone(20, hz=440),
        "chord": sum(tone(20, hz=hz, level=0.1) for hz in (220, 277, 330, 440)) * pulse,
        "clicks": clicks,
        "nothing": silence(0),
    }
    transcript = engine.transcribe(np.asarray(sounds[what], dtype=np.float32), language=language)
    assert transcript.segments == ()
    assert transcript.speech_s == 0.0


def test_hotwords_are_a_hint_and_never_heard_where_nothing_is_said(engine: SpeechEngine) -> None:
    hiss = np.random.default_rng(1).normal(0, 0.05, 10 * RATE_HZ).astype(np.float32)
    assert engine.transcribe(hiss, hotwords=("Zebrafinch", "Quetzal")).segments == ()


def test_hotwords_do_not_replace_what_is_said(engine: SpeechEngine, speech: np.ndarray) -> None:
    said = " ".join(
        word.text for word in words(engine.transcribe(speech[: 8 * RATE_HZ], hotwords=("Zebrafinch", "Quetzal")))
    )
    assert "2026" in said
    assert "zebrafinch" not in said.casefold()
    assert "quetzal" not in said.casefold()


def test_hotwords_settle_what_was_heard_otherwise(engine: SpeechEngine, speech: np.ndarray, heard: Transcript) -> None:
    assert {"Harbor", "Fisher."} <= {word.text for word in words(heard)}
    led = engine.transcribe(speech, hotwords=("Harbour Coffee", "Anna Fischer"))
    said = [word.text for word in words(led)]
    assert {"Harbour", "Fischer."} <= set(said)
    assert not {"Harbor", "Fisher."} & set(said)
    assert all(0.0 <= word.probability <= 1.0 for word in words(led))
    ends = [(word.start_s, word.end_s) for word in words(led)]
    assert ends == sorted(ends)


def test_hotwords_add_nothing_after_the_end_of_speech(
    engine: SpeechEngine, speech: np.ndarray, heard: Transcript
) -> None:
    menu = (
        "a little bit of brown sugar",
        "lots of sweetener",
        "twelve ounce",
        "thank you very much",
        "see you in the next video",
    )
    assert [word.text for word in words(engine.transcribe(speech, hotwords=menu))] == [
        word.text for word in words(heard)
    ]


def test_the_language_that_is_given_is_taken(engine: SpeechEngine, speech: np.ndarray) -> None:
    transcript = engine.transcribe(speech[: 4 * RATE_HZ], language="de")
    assert transcript.language == "de"
    assert transcript.language_probability == 1.0


def test_its_name_tells_version_and_weights(engine: SpeechEngine, name: str) -> None:
    assert re.fullmatch(rf"{name}-[\d.]+/base", engine.name)


def test_missing_weights_say_which_command_gets_them(name: str, tmp_path: Path) -> None:
    with pytest.raises(MissingEngine, match="mmi models pull faster-whisper-base"):
        registry.load("speech", name)(real_settings(models_dir=tmp_path))


def test_a_model_of_one_language_refuses_another(name: str) -> None:
    settings = real_settings(speech_model="tiny.en", speech_language="de")
    need_model(settings, "faster-whisper-tiny.en")
    with pytest.raises(MissingEngine, match=r"tiny\.en.*'de'"):
        registry.load("speech", name)(settings)


def test_a_long_recording_is_heard_the_same_with_any_number_of_threads(
    speech: np.ndarray, heard: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = real_settings()
    need_model(settings, "faster-whisper-base")
    from mmi_cli.engines import speech_faster_whisper

    monkeypatch.setattr(speech_faster_whisper, "_PART_S", 8.0)
    two, one = (registry.load("speech", "faster-whisper")(real_settings(threads=number)) for number in (2, 1))
    in_parts = two.transcribe(speech)
    assert in_parts == one.transcribe(speech)
    assert [word.start_s for word in words(in_parts)] == sorted(word.start_s for word in words(in_parts))
    said, whole = (plain(" ".join(word.text for word in words(each))) for each in (in_parts, heard))
    assert Levenshtein.normalized_distance(said, whole) < 0.1
