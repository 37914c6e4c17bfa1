from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmi_cli import registry
from mmi_cli.datamodel.content import Content, TimeSpan
from mmi_cli.engines.interface import SpokenWord
from mmi_cli.errors import CorruptFile
from mmi_cli.extract import audio
from mmi_cli.extract.speech import are_separate_voices, utterances_of_words, windows
from tests.support.media_files import RATE_HZ, RED, picture, silence, tone, write_audio, write_video, write_wav
from tests.support.models import need_model, real_settings
from tests.support.reading import BeepSpeech, a_context


def spans(content: Content) -> list[TimeSpan]:
    return [word.place for word in content.words if isinstance(word.place, TimeSpan)]


def said(*words: tuple[str, float, float]) -> list[SpokenWord]:
    return [SpokenWord(text=text, start_s=start, end_s=end, probability=0.5) for text, start, end in words]


def test_every_word_has_its_time_and_its_probability(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", np.concatenate([silence(1), tone(0.5), silence(2), tone(1), silence(1)]))
    content = audio.extract(path, a_context(speech=BeepSpeech()))
    assert content.text == "beep\n\nbeep"
    assert [(span.start_s, span.end_s) for span in spans(content)] == [(1.0, 1.5), (3.5, 4.5)]
    assert [word.score for word in content.words] == [0.9, 0.9]
    assert [block.kind for block in content.blocks] == ["utterance", "utterance"]


def test_facts_language_usage_and_engine_stand_in_the_content(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tone(2.0))
    content = audio.extract(path, a_context(speech=BeepSpeech()))
    assert content.media is not None
    assert (content.media.duration_s, content.media.has_audio, content.media.has_video) == (2.0, True, False)
    assert content.media.speech_s == pytest.approx(2.0)
    assert content.media.sample_rate_hz == RATE_HZ
    assert content.language == "en"
    assert content.usage.audio_seconds == 2.0
    assert content.engines == (("speech", "beeps-1"),)
    assert content.warnings == ()


def test_silence_has_no_words_and_no_language(tmp_path: Path) -> None:
    content = audio.extract(write_wav(tmp_path / "a.wav", silence(3)), a_context(speech=BeepSpeech()))
    assert content.text == ""
    assert content.blocks == ()
    assert content.language is None
    assert content.media is not None
    assert content.media.speech_s == 0.0


def test_with_speech_turned_off_a_warning_says_so(tmp_path: Path) -> None:
    content = audio.extract(write_wav(tmp_path / "a.wav", tone(2)), a_context(speech=None))
    assert content.words == ()
    assert [warning.code for warning in content.warnings] == ["no_speech_engine"]
    assert content.media is not None
    assert content.media.duration_s == 2.0


def test_each_channel_of_a_call_is_one_speaker(tmp_path: Path) -> None:
    left = np.concatenate([silence(2), tone(1.5), silence(4), tone(1.5), silence(1)])
    right = np.concatenate([silence(4.5), tone(1.5), silence(4)])
    path = write_wav(tmp_path / "a.wav", left, right)
    content = audio.extract(path, a_context(speech=BeepSpeech()))
    assert [(span.start_s, span.speaker) for span in spans(content)] == [
        (2.0, "Speaker 1"),
        (4.5, "Speaker 2"),
        (7.5, "Speaker 1"),
    ]


def test_what_leaks_into_the_other_channel_is_heard_once(tmp_path: Path) -> None:
    left = np.concatenate([tone(2, level=0.8), silence(1), tone(2, level=0.08)])
    right = np.concatenate([tone(2, level=0.08), silence(1), tone(2, level=0.8)])
    content = audio.extract(write_wav(tmp_path / "a.wav", left, right), a_context(speech=BeepSpeech()))
    assert [span.speaker for span in spans(content)] == ["Speaker 1", "Speaker 2"]


def test_stereo_music_is_not_two_speakers() -> None:
    rng = np.random.default_rng(0)
    shared = rng.normal(0, 0.2, RATE_HZ * 10)
    sides = np.stack([shared + rng.normal(0, 0.05, len(shared)) for _ in range(2)]).astype(np.float32)
    assert not are_separate_voices(sides)
    assert not are_separate_voices(np.stack([tone(10), silence(10)]))


def test_a_recording_of_hours_is_read_in_windows_cut_where_it_is_quiet() -> None:
    hiss = np.random.default_rng(0).normal(0, 0.1, 25 * 60 * RATE_HZ).astype(np.float32)
    hiss[585 * RATE_HZ : 586 * RATE_HZ] = 0
    blocks = [hiss[None, at : at + 30 * RATE_HZ] for at in range(0, len(hiss), 30 * RATE_HZ)]
    found = list(windows(iter(blocks)))
    assert len(found) == 3
    assert 585 <= found[1][0] <= 586
    assert all(samples.shape[1] <= 600 * RATE_HZ for _, samples in found)
    np.testing.assert_array_equal(np.concatenate([samples for _, samples in found], axis=1)[0], hiss)


def test_words_of_a_later_window_have_times_of_the_whole_recording(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", np.concatenate([silence(650), tone(1), silence(10)]))
    engine = BeepSpeech()
    content = audio.extract(path, a_context(speech=engine))
    assert len(engine.heard_samples) == 2
    (span,) = spans(content)
    assert span.start_s == pytest.approx(650, abs=0.06)


def test_an_utterance_ends_at_a_long_pause_and_at_the_end_of_a_long_sentence() -> None:
    words = said(
        ("Yes.", 0.0, 0.3), ("Sure.", 0.4, 0.8), ("I", 0.9, 1.0), ("can", 1.1, 1.3), ("do", 1.4, 2.0), ("it.", 2.1, 3.5),
        ("When", 3.6, 4.0), ("then", 6.0, 6.5),
    )  # fmt: skip
    found = [" ".join(word[0] for word in u.words) for u in utterances_of_words(words, 10.0, None)]
    assert found == ["Yes. Sure. I can do it.", "When", "then"]


def test_an_abbreviation_does_not_end_an_utterance() -> None:
    words = said(("I", 0, 2), ("met", 2.1, 3), ("Mr.", 3.1, 4), ("Hill.", 4.5, 5), ("He", 5.5, 6))
    found = [" ".join(word[0] for word in u.words) for u in utterances_of_words(words, 0.0, None)]
    assert found == ["I met Mr. Hill.", "He"]


def test_an_endless_utterance_is_cut_at_its_longest_pauses() -> None:
    words = said(
        *((f"w{number}", number * 0.5 + (0.3 if number >= 50 else 0), number * 0.5 + 0.4) for number in range(80))
    )
    found = list(utterances_of_words([word for word in words if word.end_s > word.start_s], 0.0, None))
    assert max(u.end_s - u.start_s for u in found) <= 20.0
    assert any(u.words[0][0] == "w51" or u.words[0][0] == "w50" for u in found)


def test_a_file_cut_in_half_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, RATE_HZ * 10)
    whole = write_audio(tmp_path / "a.flac", noise, codec="flac")
    half = tmp_path / "half.flac"
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    content = audio.extract(half, a_context(name="half.flac", speech=BeepSpeech()))
    assert content.media is not None
    assert 4 < content.media.duration_s < 6
    assert "cut_short" in [warning.code for warning in content.warnings]


def test_a_file_with_pictures_only_is_no_recording(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", [(0.0, picture(RED)), (0.04, picture(RED))])
    with pytest.raises(CorruptFile, match="without an audio stream"):
        audio.extract(path, a_context(speech=BeepSpeech()))


@pytest.mark.models
def test_the_sample_call_is_read_with_both_speakers() -> None:
    settings = real_settings()
    need_model(settings, "faster-whisper-base")
    engine = registry.load("speech", "faster-whisper")(settings)
    path = Path(__file__).parents[3] / "sample_data" / "call" / "call.mp3"
    content = audio.extract(path, a_context(speech=engine))
    by_speaker = {
        name: " ".join(
            word.text for word in content.words if isinstance(word.place, TimeSpan) and word.place.speaker == name
        )
        for name in ("Speaker 1", "Speaker 2")
    }
    assert "Northwind Energy" in by_speaker["Speaker 1"]
    assert "October 15" in by_speaker["Speaker 1"]
    assert "David Carter" in by_speaker["Speaker 2"]
    assert "$240" in by_speaker["Speaker 2"]
    starts = [content.words[block.first].place[0] for block in content.blocks]
    assert starts == sorted(starts)
    assert len(starts) > 8
