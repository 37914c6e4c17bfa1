"""A made call on one track: its words are given, who says them is heard by the real engine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from mmi_cli import registry
from mmi_cli.datamodel.content import Content, TimeSpan
from mmi_cli.engines.interface import SpeakerEngine, SpokenSegment, SpokenWord, Transcript
from mmi_cli.errors import MissingEngine
from mmi_cli.extract import audio, media
from mmi_cli.extract.speech import windows
from tests.support.media_files import RATE_HZ, silence, tone, write_wav
from tests.support.models import need_model, real_settings
from tests.support.reading import BeepSpeech, a_context

CALL = Path(__file__).parents[4] / "sample_data" / "call" / "call.mp3"
# Who says what in the sample call, and when, in seconds.
LINES = [
    ("agent", 0.0, 5.2, "Thank you for calling Northwind Energy. My name is Sarah Miller. How can I help you?"),
    ("customer", 6.0, 13.8, "Hello, this is David Carter. My bill for September is wrong. You charged me 240 dollars instead of 180."),
    ("agent", 14.6, 19.8, "I am sorry about that, Mister Carter. What is the number of your invoice, please?"),
    ("customer", 20.5, 23.4, "It is invoice number 55820."),
    ("agent", 24.2, 30.9, "Thank you. I see the problem. Your meter was counted two times. I will refund 60 dollars to your account."),
    ("customer", 31.6, 33.2, "When will I get the money?"),
    ("agent", 34.0, 40.8, "You will have the refund by October 15, 2026. I will also send you a corrected bill by email."),
    ("customer", 41.5, 43.9, "Very good. Thank you for your help."),
    ("agent", 44.6, 46.2, "You are welcome. Goodbye."),
]  # fmt: skip


class KnownSpeech:
    """Hears the words of the sample call, which begins at a given second of each window it is asked about."""

    name = "known-1"

    def __init__(self, *starts_s: float) -> None:
        self._starts_s = list(starts_s) or [0.0]

    def transcribe(
        self, samples: np.ndarray, *, language: str | None = None, hotwords: Sequence[str] = ()
    ) -> Transcript:
        length_s = len(samples) / RATE_HZ
        shift_s = self._starts_s.pop(0) if self._starts_s else 0.0
        words: list[SpokenWord] = []
        for _, start_s, end_s, text in LINES:
            each_s = (end_s - start_s) / len(text.split())
            for at, word in enumerate(text.split()):
                began_s = shift_s + start_s + at * each_s
                words.append(SpokenWord(text=word, start_s=began_s, end_s=began_s + each_s, probability=0.9))
        segment = SpokenSegment(start_s=0.0, end_s=length_s, words=tuple(words))
        return Transcript(language="en", language_probability=1.0, speech_s=length_s, segments=(segment,))


@cache
def engine() -> SpeakerEngine:
    made: SpeakerEngine = registry.load("diarization", "campplus")(real_settings(threads=1))
    return made


@pytest.fixture(scope="module")
def mono(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_wav(tmp_path_factory.mktemp("call") / "mono.wav", media.decode_mono(CALL))


def turns(content: Content) -> list[tuple[str | None, str]]:
    """(speaker, words) of the utterances, those of one speaker in a row joined."""
    told = []
    for block in content.blocks:
        words = content.words[block.first : block.last]
        (speaker,) = {word.place.speaker for word in words if isinstance(word.place, TimeSpan)}
        told.append((speaker, " ".join(word.text for word in words)))
    return [(who, " ".join(text for _, text in run)) for who, run in groupby(told, key=lambda turn: turn[0])]


EXPECTED = [({"agent": "Speaker 1", "customer": "Speaker 2"}[who], text) for who, _, _, text in LINES]


@pytest.mark.parametrize("speakers", [0, 2])
def test_a_call_on_one_track_has_its_turns(mono: Path, speakers: int) -> None:
    content = audio.extract(mono, a_context(speech=KnownSpeech(), speakers=engine(), speakers_given=speakers))
    assert turns(content) == EXPECTED
    assert dict(content.engines)["diarization"] == engine().name


def test_one_person_has_no_name(mono: Path, tmp_path: Path) -> None:
    samples = media.decode_mono(mono)[: int(5.5 * RATE_HZ)]
    content = audio.extract(write_wav(tmp_path / "a.wav", samples), a_context(speech=KnownSpeech(), speakers=engine()))
    assert {who for who, _ in turns(content)} == {None}


def test_a_given_number_of_one_leaves_the_call_without_names(mono: Path) -> None:
    content = audio.extract(mono, a_context(speech=KnownSpeech(), speakers=engine(), speakers_given=1))
    assert {who for who, _ in turns(content)} == {None}


def test_beeps_silence_and_the_shortest_file_have_no_speakers(tmp_path: Path) -> None:
    for number, samples in enumerate((np.concatenate([tone(1), silence(1), tone(2, hz=900)]), silence(3), tone(0.1))):
        path = write_wav(tmp_path / f"{number}.wav", samples)
        content = audio.extract(path, a_context(speech=BeepSpeech(), speakers=engine()))
        assert {word.place.speaker for word in content.words if isinstance(word.place, TimeSpan)} <= {None}


def test_a_call_by_channels_is_not_listened_to_for_voices() -> None:
    def asked() -> SpeakerEngine:
        raise AssertionError("not asked for")

    content = audio.extract(CALL, a_context(speech=BeepSpeech(), ask_speakers=asked))
    assert {who for who, _ in turns(content)} == {"Speaker 1", "Speaker 2"}
    assert "diarization" not in dict(content.engines)


def test_without_the_engine_the_words_are_there_and_a_warning_says_what_is_not(mono: Path) -> None:
    def missing() -> SpeakerEngine:
        raise MissingEngine("no such weights")

    content = audio.extract(mono, a_context(speech=KnownSpeech(), ask_speakers=missing))
    assert [warning.code for warning in content.warnings] == ["missing_engine"]
    assert {who for who, _ in turns(content)} == {None}


def test_people_are_known_again_ten_minutes_later(mono: Path, tmp_path: Path) -> None:
    call = media.decode_mono(mono)
    # The window is cut at the quietest half second of its tenth minute, which is the first one without any sound: at 545.25 s here.
    path = write_wav(tmp_path / "long.wav", np.concatenate([call, silence(600 - len(call) / RATE_HZ), call]))
    cuts = [start_s for start_s, _ in windows(iter([media.decode_mono(path)[None]]))]
    speech = KnownSpeech(0.0, 600 - cuts[1])
    content = audio.extract(path, a_context(speech=speech, speakers=engine()))
    assert len(cuts) == 2
    again = turns(content)
    assert [who for who, _ in again] == [who for who, _ in (*EXPECTED[:-1], *EXPECTED)]
    assert again[8][1].startswith("You are welcome. Goodbye. Thank you for calling")


def test_the_same_file_gives_the_same_content_twice(mono: Path) -> None:
    first, second = (audio.extract(mono, a_context(speech=KnownSpeech(), speakers=engine())) for _ in range(2))
    assert first == second


@pytest.mark.models
def test_a_call_on_one_track_is_heard_with_both_speakers(mono: Path) -> None:
    settings = real_settings()
    need_model(settings, "faster-whisper-base")
    speech = registry.load("speech", "faster-whisper")(settings)
    found = turns(audio.extract(mono, a_context(speech=speech, speakers=engine())))
    assert [who for who, _ in found] == [who for who, _ in EXPECTED]
    assert "David Carter" in found[1][1]
    assert "Goodbye" in found[-1][1].title()
