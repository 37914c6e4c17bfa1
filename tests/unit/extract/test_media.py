from __future__ import annotations

import io
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmi_cli.errors import CorruptFile, FileIoError, LimitExceeded
from mmi_cli.extract import media, media_program
from mmi_cli.settings import Settings
from tests.support.media_files import (
    BLUE,
    GREEN,
    RATE_HZ,
    RED,
    picture,
    silence,
    tone,
    with_cover_art,
    write_audio,
    write_video,
    write_wav,
)

SAMPLES = Path(__file__).parents[3] / "sample_data"
SETTINGS = Settings.model_validate({})

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="the ffmpeg program is not installed")


def test_decode_mono_gives_float32_at_the_rate_that_was_asked(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tone(1.0))
    samples = media.decode_mono(path)
    assert samples.dtype == np.float32
    assert samples.shape == (RATE_HZ,)
    np.testing.assert_allclose(samples, tone(1.0), atol=2e-4)
    assert media.decode_mono(path, sample_rate_hz=8_000).shape == (8_000,)


def test_decode_mono_averages_the_channels(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tone(0.5), silence(0.5))
    np.testing.assert_allclose(media.decode_mono(path), tone(0.5) / 2, atol=2e-4)


def test_two_channels_stay_apart_when_asked(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tone(0.5), silence(0.5))
    (block,) = media.audio_blocks(path, SETTINGS, channels=2)
    assert block.shape == (2, RATE_HZ // 2)
    assert np.abs(block[0]).max() > 0.25
    assert np.abs(block[1]).max() == 0


def test_long_sound_comes_in_blocks_of_half_a_minute(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", silence(100))
    sizes = [block.shape[1] for block in media.audio_blocks(path, SETTINGS)]
    assert sum(sizes) == 100 * RATE_HZ
    assert max(sizes) < 35 * RATE_HZ


def test_sound_that_starts_late_is_silent_before(tmp_path: Path) -> None:
    frames = [(number * 0.1, picture(RED)) for number in range(30)]
    path = write_video(tmp_path / "a.mkv", frames, sound=tone(1.0), sound_start_s=1.5)
    samples = media.decode_mono(path)
    assert np.abs(samples[: round(1.3 * RATE_HZ)]).max() < 0.01
    assert np.abs(samples[round(1.6 * RATE_HZ) : round(2.4 * RATE_HZ)]).max() > 0.2


def test_frames_keep_the_times_of_a_variable_frame_rate(tmp_path: Path) -> None:
    times = [0.0, 0.04, 0.08, 1.0, 1.5, 1.54, 3.0]
    path = write_video(tmp_path / "a.mkv", [(time_s, picture(BLUE)) for time_s in times])
    found = [(frame.number, frame.time_s) for frame in media.frames(path, SETTINGS)]
    assert [number for number, _ in found] == list(range(len(times)))
    np.testing.assert_allclose([time_s for _, time_s in found], times, atol=0.002)


def test_the_clock_starts_at_zero_when_time_stamps_do_not(tmp_path: Path) -> None:
    shown = [(50 + number / 25, picture(RED)) for number in range(10)]
    path = write_video(tmp_path / "a.ts", shown, codec="mpeg2video", ticks_a_second=25)
    times = [frame.time_s for frame in media.frames(path, SETTINGS)]
    assert times[0] == 0.0
    assert times[-1] == pytest.approx(0.36, abs=0.01)


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_frames_are_turned_upright(tmp_path: Path, rotation: int) -> None:
    upright = picture(RED, size=(160, 96))
    upright[:, 80:] = BLUE
    path = write_video(tmp_path / "a.mp4", [(0.0, upright), (0.04, upright)], rotation=rotation)
    frame = next(media.frames(path, SETTINGS))
    expected = np.rot90(upright, rotation // 90)
    assert frame.image.shape == expected.shape
    assert np.abs(frame.image.astype(int) - expected).mean() < 12


def test_small_frames_are_asked_for_by_their_longest_side(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", [(0.0, picture(RED, size=(320, 160)))])
    assert next(media.frames(path, SETTINGS, longest_side=80)).image.shape == (40, 80, 3)
    assert next(media.frames(path, SETTINGS, longest_side=999)).image.shape == (160, 320, 3)


def test_frames_at_gives_what_is_shown_at_a_time(tmp_path: Path) -> None:
    colors = [RED] * 25 + [GREEN] * 25 + [BLUE] * 25
    path = write_video(tmp_path / "a.mp4", [(number / 25, picture(color)) for number, color in enumerate(colors)])
    found = list(media.frames_at(path, SETTINGS, (0.5, 1.01, 2.0, 99.0)))
    assert [frame.time_s for frame in found] == [pytest.approx(time_s, abs=0.001) for time_s in (0.48, 1.0, 2.0, 2.96)]
    assert [int(frame.image.mean(axis=(0, 1)).argmax()) for frame in found] == [0, 1, 2, 2]


def test_a_song_with_cover_art_is_no_video(tmp_path: Path) -> None:
    png = io.BytesIO()
    Image.fromarray(picture(RED)).save(png, "PNG")
    path = tmp_path / "song.mp3"
    path.write_bytes(with_cover_art((SAMPLES / "call" / "call.mp3").read_bytes(), png.getvalue()))
    facts = media.probe(path, SETTINGS)
    assert facts.video is None
    assert facts.audio is not None
    with pytest.raises(CorruptFile):
        next(media.frames(path, SETTINGS))


def test_a_video_without_sound_has_no_audio_track(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", [(0.0, picture(RED)), (0.04, picture(RED))])
    facts = media.probe(path, SETTINGS)
    assert facts.audio is None
    assert facts.video is not None
    assert (facts.video.width, facts.video.height) == (160, 120)
    with pytest.raises(CorruptFile, match=r"a\.mp4"):
        media.decode_mono(path)


def test_the_first_half_of_a_file_is_read_with_a_warning(tmp_path: Path) -> None:
    whole = write_audio(tmp_path / "a.flac", np.random.default_rng(0).normal(0, 0.1, RATE_HZ * 8), codec="flac")
    half = tmp_path / "half.flac"
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    warnings: list[tuple[str, str]] = []
    samples = media.decode_mono(half, warn=lambda code, message: warnings.append((code, message)))
    assert 3 * RATE_HZ < len(samples) < 5 * RATE_HZ
    assert warnings
    assert "half.flac" in warnings[0][1]


@pytest.mark.parametrize("data", [b"", b"RIFF\x00\x00\x00\x00WAVEfmt ", b"\x00" * 4096, b"just words " * 300])
def test_what_is_no_media_is_corrupt(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(data)
    with pytest.raises(CorruptFile, match=r"a\.wav"):
        media.decode_mono(path)
    with pytest.raises(CorruptFile, match=r"a\.wav"):
        list(media.frames(path, SETTINGS))
    with pytest.raises(CorruptFile, match=r"a\.wav"):
        media.probe(path, SETTINGS)


def test_a_file_that_is_not_there_is_an_io_error(tmp_path: Path) -> None:
    with pytest.raises(FileIoError, match="missing"):
        media.probe(tmp_path / "missing.wav", SETTINGS)


@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nsecret.wav\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile 'secret.wav'\n",
        "#EXTM3U\n#EXTINF:5,\nhttp://127.0.0.1:9/secret.wav\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
    ],
    ids=["hls", "concat", "http", "sdp"],
)
def test_a_playlist_never_opens_what_it_names(tmp_path: Path, playlist: str) -> None:
    write_wav(tmp_path / "secret.wav", tone(5.0))
    path = tmp_path / "list.wav"
    path.write_text(playlist)
    with pytest.raises(CorruptFile):
        media.decode_mono(path)


def test_a_name_is_never_taken_for_a_protocol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = write_wav(Path("concat:a|b.wav"), tone(0.5))
    assert len(media.decode_mono(path)) == RATE_HZ // 2


def test_too_long_names_the_setting(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", silence(10))
    short = Settings.model_validate({"max_media_hours": 5 / 3600})
    with pytest.raises(LimitExceeded, match="max_media_hours"):
        media.probe(path, short)
    with pytest.raises(LimitExceeded, match="max_media_hours"):
        list(media.audio_blocks(path, short))


def test_too_many_pixels_names_the_setting(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", [(0.0, picture(RED))])
    small = Settings.model_validate({"max_image_pixels": 1_000})
    for read in (lambda: media.probe(path, small), lambda: list(media.frames(path, small))):
        with pytest.raises(LimitExceeded, match="max_image_pixels"):
            read()


@needs_ffmpeg
def test_the_program_reads_the_same_sound_as_the_library(tmp_path: Path) -> None:
    path = SAMPLES / "call" / "call.mp3"
    pieces = media_program.audio(path, sample_rate_hz=RATE_HZ, channels=1)
    by_program = np.concatenate(list(pieces), axis=1)[0].astype(np.float32) / 32_768
    by_library = media.decode_mono(path)
    assert abs(len(by_program) - len(by_library)) < RATE_HZ // 10
    length = min(len(by_program), len(by_library))
    assert np.corrcoef(by_program[:length], by_library[:length])[0, 1] > 0.99


@needs_ffmpeg
def test_the_program_reads_frames_and_facts(tmp_path: Path) -> None:
    path = SAMPLES / "video" / "report.mp4"
    facts = media_program.facts(path)
    assert facts.video is not None
    assert facts.video[1:] == (960, 540)
    frame = next(media_program.frames(path, longest_side=96, check=lambda _width, _height: None))
    assert frame.image.shape == (54, 96, 3)


@needs_ffmpeg
def test_the_program_opens_no_playlist_either(tmp_path: Path) -> None:
    write_wav(tmp_path / "secret.wav", tone(5.0))
    path = tmp_path / "list.m3u8"
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nsecret.wav\n#EXT-X-ENDLIST\n")
    with pytest.raises(media_program.ProgramFailed):
        list(media_program.audio(path, sample_rate_hz=RATE_HZ, channels=1))


def test_without_the_program_the_message_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "a.wav"
    path.write_bytes(b"nothing")
    with pytest.raises(CorruptFile, match="no `ffprobe` program is installed"):
        media.probe(path, SETTINGS)
