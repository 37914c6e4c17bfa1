"""Colours by name, and how crisp a picture is."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFilter

from mmi_cli.pictures.colours import dominant_colours
from mmi_cli.pictures.sharpness import sharpness
from tests.support.pictures import SCENES, scene, written


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((255, 255, 255), "white"), ((0, 0, 0), "black"), ((128, 128, 128), "grey"), ((200, 30, 30), "red"), ((20, 30, 90), "dark blue"),
        ((240, 220, 40), "yellow"), ((40, 150, 60), "green"), ((110, 70, 30), "brown"), ((245, 160, 180), "pink"),
        ((240, 130, 30), "orange"),
        ((120, 50, 160), "purple"), ((150, 200, 240), "light blue"), ((92, 140, 70), "green"), ((215, 200, 165), "beige"),
    ],
)  # fmt: skip
def test_a_plain_picture_has_the_colour_that_people_call_it(rgb: tuple[int, int, int], name: str) -> None:
    (colour,) = dominant_colours(np.full((40, 60, 3), rgb, np.uint8))
    assert (colour.name, colour.share) == (name, 1.0)
    assert colour.rgb == "#{:02x}{:02x}{:02x}".format(*rgb)


def test_shares_are_those_of_the_pixels_largest_first() -> None:
    image = np.full((100, 100, 3), 250, np.uint8)
    image[:30] = (200, 30, 30)
    image[98:] = (40, 150, 60)
    assert [(colour.name, round(colour.share, 1)) for colour in dominant_colours(image)] == [
        ("white", 0.7),
        ("red", 0.3),
    ]


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3, 2)])
def test_a_picture_of_any_size_has_a_colour(size: tuple[int, int]) -> None:
    assert [colour.name for colour in dominant_colours(np.zeros((*size, 3), np.uint8))] == ["black"]


def test_a_blank_picture_is_not_sharp() -> None:
    assert sharpness(np.full((200, 300, 3), 120, np.uint8)) == 0.0
    assert sharpness(np.full((2, 300, 3), 120, np.uint8)) == 0.0


@pytest.mark.parametrize("name", SCENES)
def test_each_blur_takes_sharpness_away(name: str) -> None:
    picture = Image.fromarray(scene(name))
    values = [sharpness(np.asarray(picture.filter(ImageFilter.GaussianBlur(radius)))) for radius in (0, 1, 2, 4)]
    assert values[0] > 0.7
    assert values == sorted(values, reverse=True)
    assert values[-1] < 0.2


def test_what_is_crisp_in_front_of_a_blurred_ground_is_crisp() -> None:
    picture = written().filter(ImageFilter.GaussianBlur(6))
    picture.paste(written().crop((60, 40, 500, 200)), (60, 40))
    assert sharpness(np.asarray(picture)) > 0.5
