from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from mmi_cli.datamodel.content import Shot
from mmi_cli.extract.media import Frame
from mmi_cli.extract.shots import find_shots
from tests.support.media_files import BLUE, GREEN, RED, picture


def film(*parts: tuple[float, np.ndarray], fps: float = 25.0) -> Iterator[Frame]:
    number = 0
    for seconds, image in parts:
        for _ in range(round(seconds * fps)):
            yield Frame(number, round(number / fps, 6), image)
            number += 1


def slide(*lines: str) -> np.ndarray:
    image = Image.new("RGB", (256, 144), (250, 250, 250))
    for number, line in enumerate(lines):
        ImageDraw.Draw(image).text((20, 20 + 40 * number), line, font=ImageFont.load_default(18), fill=(20, 20, 20))
    return np.asarray(image)


def starts(shots: tuple[Shot, ...]) -> list[float]:
    return [shot.start_s for shot in shots]


def test_a_change_of_content_is_a_cut() -> None:
    shots = find_shots(film((2, picture(RED)), (3, picture(GREEN)), (2, picture(BLUE))), threshold=27, key_frames=1)
    assert starts(shots) == [0.0, 2.0, 5.0]
    assert [shot.start_frame for shot in shots] == [0, 50, 125]
    assert shots[-1].end_s == pytest.approx(7.0)
    assert all(a.end_s == b.start_s for a, b in itertools.pairwise(shots))


def test_cuts_lie_on_real_times_of_a_variable_frame_rate() -> None:
    times = [0.0, 0.5, 1.0, 2.0, 2.1, 4.0, 4.04, 6.0]
    images = [picture(RED)] * 5 + [picture(BLUE)] * 3
    frames = [Frame(number, time_s, image) for number, (time_s, image) in enumerate(zip(times, images, strict=True))]
    assert starts(find_shots(frames, threshold=27, key_frames=1)) == [0.0, 4.0]


def test_two_slides_of_text_are_two_shots() -> None:
    frames = film((2, slide("Sales of the year", "412 000")), (2, slide("Next steps", "Open a shop")))
    assert starts(find_shots(frames, threshold=27, key_frames=1)) == [0.0, 2.0]


def test_slides_that_fade_cut_in_the_middle_of_the_fade() -> None:
    one, two = slide("Sales of the year", "412 000"), slide("Next steps", "Open a shop")
    fade = [(0.04, (one * (1 - k / 10) + two * (k / 10)).astype(np.uint8)) for k in range(1, 10)]
    shots = find_shots(film((2, one), *fade, (2, two)), threshold=27, key_frames=1)
    assert len(shots) == 2
    assert 2.0 < shots[1].start_s < 2.4


def test_a_slide_is_shown_best_when_it_is_complete() -> None:
    frames = film((2, slide("Agenda")), (2, slide("Agenda", "one more")), (1, picture(BLUE, size=(256, 144))))
    first = find_shots(frames, threshold=27, key_frames=1)[-2]
    assert first.key_frames_s[-1] == pytest.approx(3.96)


def test_noise_of_a_camera_is_no_cut() -> None:
    rng = np.random.default_rng(0)
    base = rng.integers(0, 255, (144, 256, 3))
    frames = [
        Frame(number, number / 25, np.clip(base + rng.normal(0, 8, base.shape), 0, 255).astype(np.uint8))
        for number in range(75)
    ]
    assert len(find_shots(frames, threshold=27, key_frames=1)) == 1


def test_key_frames_are_spread_over_a_moving_shot() -> None:
    rng = np.random.default_rng(0)
    wide = rng.integers(0, 80, (144, 600, 3)).astype(np.uint8)
    frames = [Frame(number, number / 25, np.ascontiguousarray(wide[:, number : number + 256])) for number in range(250)]
    (shot,) = find_shots(frames, threshold=60, key_frames=4)
    assert shot.key_frames_s == pytest.approx((1.25, 3.75, 6.25, 8.75))


def test_one_frame_is_one_shot_and_none_is_none() -> None:
    (shot,) = find_shots(film((0.04, picture(RED))), threshold=27, key_frames=1)
    assert shot.start_s == 0.0
    assert shot.end_s > 0.0
    assert find_shots([], threshold=27, key_frames=1) == ()


def test_a_higher_threshold_sees_fewer_cuts() -> None:
    dark, light = picture((90, 90, 90)), picture((140, 140, 140))

    def frames() -> Iterator[Frame]:
        rng = np.random.default_rng(0)
        for frame in film((1, dark), (1, light)):
            yield frame._replace(
                image=np.clip(frame.image + rng.normal(0, 6, (*frame.image.shape[:2], 1)), 0, 255).astype(np.uint8)
            )

    assert len(find_shots(frames(), threshold=10, key_frames=1)) == 2
    assert len(find_shots(frames(), threshold=40, key_frames=1)) == 1
