from __future__ import annotations

import json
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from mmi_cli import registry
from mmi_cli.datamodel.content import Content, FrameBox
from mmi_cli.engines.image_tags_efficientnet import EfficientNetLite0
from mmi_cli.engines.interface import OcrLine, Transcript
from mmi_cli.errors import CorruptFile
from mmi_cli.extract import media, video
from mmi_cli.extract.media_facts import Frame
from mmi_cli.settings import Settings
from tests.support.media_files import BLUE, GREEN, RED, WHITE, picture, silence, tone, write_video, write_wav
from tests.support.models import need_model, real_settings
from tests.support.reading import BeepSpeech, ColorOcr, a_context


def three_colors(path: Path, *, sound: np.ndarray | None = None) -> Path:
    colors = [RED] * 50 + [GREEN] * 50 + [BLUE] * 50
    return write_video(path, [(number / 25, picture(color)) for number, color in enumerate(colors)], sound=sound)


def seen(content: Content) -> list[tuple[str, str]]:
    return [(block.kind, content.text_of(block.first, block.last)) for block in content.blocks]


def test_shots_text_and_speech_stand_on_one_time_line(tmp_path: Path) -> None:
    sound = np.concatenate([silence(0.5), tone(0.5), silence(3.5), tone(0.5), silence(1)])
    content = video.extract(
        three_colors(tmp_path / "a.mp4", sound=sound), a_context(speech=BeepSpeech(), ocr=ColorOcr())
    )
    assert seen(content) == [
        ("shot", ""), ("utterance", "beep"), ("on_screen_text", "red"),
        ("shot", ""), ("on_screen_text", "green"),
        ("shot", ""), ("utterance", "beep"), ("on_screen_text", "blue"),
    ]  # fmt: skip
    assert content.media is not None
    assert [round(shot.start_s, 2) for shot in content.media.shots] == [0.0, 2.0, 4.0]
    assert (content.media.width, content.media.height) == (160, 120)
    assert content.media.has_audio
    assert content.media.duration_s == pytest.approx(6.0, abs=0.1)
    assert content.engines == (("ocr", "colours-1"), ("speech", "beeps-1"))
    assert content.usage.audio_seconds == pytest.approx(6.0, abs=0.1)


def test_an_interrupt_while_the_sound_is_heard_waits_for_no_further_frame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = three_colors(tmp_path / "a.mp4", sound=np.concatenate([silence(1), tone(1)]))
    (first,) = islice(media.frames(path, Settings(), longest_side=128, warn=lambda code, message: None), 1)
    given: list[int] = []

    def without_end(*args: object, **named: object) -> Iterator[Frame]:
        for number in range(100_000):
            given.append(number)
            yield first._replace(number=number, time_s=number / 25)

    class Interrupted(BeepSpeech):
        def transcribe(self, *args: object, **named: object) -> Transcript:
            while not given:
                time.sleep(0.001)
            raise KeyboardInterrupt

    monkeypatch.setattr(video.media, "frames", without_end)
    with pytest.raises(KeyboardInterrupt):
        video.extract(path, a_context(speech=Interrupted(), ocr=ColorOcr()))
    assert len(given) < 50_000


def test_text_on_the_screen_has_its_frame_and_box(tmp_path: Path) -> None:
    content = video.extract(three_colors(tmp_path / "a.mp4"), a_context(ocr=ColorOcr()))
    place = content.words[0].place
    assert isinstance(place, FrameBox)
    assert 0.0 <= place.frame_s < 2.0
    assert place.box == (40.0, 30.0, 120.0, 90.0)


def test_text_that_stays_is_read_once(tmp_path: Path) -> None:
    colors = [RED] * 50 + [WHITE] * 50 + [RED] * 50 + [(130, 25, 25)] * 50
    path = write_video(tmp_path / "a.mp4", [(number / 25, picture(color)) for number, color in enumerate(colors)])
    engine = ColorOcr()
    content = video.extract(path, a_context(ocr=engine, shot_threshold=10))
    assert content.media is not None
    assert len(content.media.shots) == engine.pictures == 4
    assert content.text == "red\n\nred"


def test_a_video_without_sound_has_no_speech(tmp_path: Path) -> None:
    content = video.extract(three_colors(tmp_path / "a.mp4"), a_context(speech=BeepSpeech(), ocr=ColorOcr()))
    assert content.media is not None
    assert not content.media.has_audio
    assert content.usage.audio_seconds == 0
    assert all(block.kind != "utterance" for block in content.blocks)


def test_a_video_file_with_sound_only_is_read_as_a_recording(tmp_path: Path) -> None:
    content = video.extract(write_wav(tmp_path / "a.wav", tone(1)), a_context(speech=BeepSpeech(), ocr=ColorOcr()))
    assert content.text == "beep"
    assert content.media is not None
    assert not content.media.has_video


def test_without_ocr_the_shots_are_still_there(tmp_path: Path) -> None:
    content = video.extract(three_colors(tmp_path / "a.mp4"), a_context())
    assert [kind for kind, _ in seen(content)] == ["shot"] * 3
    assert [warning.code for warning in content.warnings] == ["no_ocr_engine"]
    assert content.media is not None
    assert content.media.width == 160


def test_key_frames_beyond_the_limit_are_left_out_with_a_warning(tmp_path: Path) -> None:
    engine = ColorOcr()
    content = video.extract(three_colors(tmp_path / "a.mp4"), a_context(ocr=engine, max_key_frames=2))
    assert engine.pictures == 2
    assert [warning.code for warning in content.warnings] == ["key_frames_left_out"]
    assert content.media is not None
    assert len(content.media.shots) == 3


def test_a_file_cut_in_half_gives_its_first_shots(tmp_path: Path) -> None:
    colors = [RED] * 50 + [GREEN] * 50
    shown = [(number / 25, picture(color)) for number, color in enumerate(colors)]
    whole = write_video(tmp_path / "a.mkv", shown)
    half = tmp_path / "half.mkv"
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    content = video.extract(half, a_context(ocr=ColorOcr()))
    assert "red" in content.text
    assert content.media is not None
    assert content.media.duration_s < 4


def test_what_is_no_video_is_corrupt(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"\x00\x00\x00\x18ftypisom" + b"\x00" * 500)
    with pytest.raises(CorruptFile, match=r"a\.mp4"):
        video.extract(path, a_context(ocr=ColorOcr(), speech=BeepSpeech()))


@pytest.mark.models
def test_the_sample_video_is_read_as_its_label_says() -> None:
    settings = real_settings()
    need_model(settings, "faster-whisper-base")
    folder = Path(__file__).parents[3] / "sample_data" / "video"
    label = json.loads((folder / "labels.jsonl").read_text().splitlines()[0])
    engines = {
        kind: registry.load(kind, name)(settings) for kind, name in (("speech", "faster-whisper"), ("ocr", "rapidocr"))
    }
    content = video.extract(folder / label["file"], a_context(speech=engines["speech"], ocr=engines["ocr"]))
    assert content.media is not None
    assert [shot.start_s for shot in content.media.shots][1:] == pytest.approx(label["cuts_s"], abs=0.2)
    lines = [line for kind, text in seen(content) if kind == "on_screen_text" for line in text.split("\n")]
    assert lines == label["on_screen_text"]
    assert "467,500 euros" in " ".join(text for kind, text in seen(content) if kind == "utterance")


def test_what_is_seen_on_key_frames_stands_on_the_time_line(tmp_path: Path) -> None:
    tagger = EfficientNetLite0(Settings(threads=1))
    content = video.extract(three_colors(tmp_path / "a.mp4"), a_context(ocr=ColorOcr(), tagger=tagger))
    assert content.media is not None
    times = [time_s for shot in content.media.shots for time_s in shot.key_frames_s]
    assert [figure.frame_s for figure in content.figures] == times
    assert [content.blocks[figure.block].kind for figure in content.figures] == ["figure"] * 3
    assert [block.kind for block in content.blocks][:3] == ["shot", "figure", "on_screen_text"]
    assert content.figures[0].colours[0].name == "red"
    assert content.figures[0].page is None


class SizedOcr(ColorOcr):
    """Remembers the width of each picture that it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.widths: list[int] = []

    def read(self, image: np.ndarray) -> tuple[OcrLine, ...]:
        self.widths.append(image.shape[1])
        return super().read(image)


def test_of_large_frames_only_those_with_new_text_are_read_at_full_size(tmp_path: Path) -> None:
    size = (1280, 720)
    colors = [RED, (130, 25, 25), WHITE, BLUE]  # red, red again, nothing, blue
    shown = [
        (number * 1.2 + at * 0.2, picture(color, size=size)) for number, color in enumerate(colors) for at in range(6)
    ]
    engine = SizedOcr()
    content = video.extract(write_video(tmp_path / "large.mp4", shown), a_context(ocr=engine, shot_threshold=10))
    assert [text for kind, text in seen(content) if kind == "on_screen_text"] == ["red", "blue"]
    assert engine.widths == [640, 1280, 640, 640, 640, 1280]
    place = content.words[0].place
    assert isinstance(place, FrameBox)
    assert place.box == (320.0, 180.0, 960.0, 540.0)


def test_a_logo_that_was_read_together_with_its_neighbour_is_no_new_text() -> None:
    before = video._Line((), "Copyright 2013 A. Person www.example.org", (10.0, 600.0, 1200.0, 640.0))
    parts = [
        video._Line((), "www.example.org", (900.0, 600.0, 1200.0, 640.0)),
        video._Line((), "Copyright 2013 A Person", (10.0, 600.0, 700.0, 640.0)),
    ]
    elsewhere = video._Line((), "www.example.org", (900.0, 10.0, 1200.0, 50.0))
    assert all(video._is_part(part, before) for part in parts)
    assert not video._is_part(elsewhere, before)
    assert not video._is_part(video._Line((), "Now on sale", (10.0, 600.0, 700.0, 640.0)), before)
