"""A whole picture as a figure: what is told of it, and what is not."""

from __future__ import annotations

import numpy as np
import pytest

from mmi_cli.datamodel.figure import Figure, Tag
from mmi_cli.pictures.describing import sentence_of
from mmi_cli.pictures.looks import figure_of, from_base64, is_printed, to_base64, told_tags
from tests.support.pictures import SCENES, scene, written

LABELS = ("balloon", "sunglasses, dark glasses", "sunglasses", "menu")


def test_only_what_is_probable_is_told_by_its_first_name_and_twins_count_together() -> None:
    told = told_tags(LABELS, np.array([0.3, 0.2, 0.25, 0.04], np.float32))
    assert told == (Tag("sunglasses", 0.45), Tag("balloon", 0.3))


def test_features_go_into_a_figure_and_come_out() -> None:
    vector = np.random.default_rng(0).normal(size=1280).astype(np.float32)
    vector /= np.linalg.norm(vector)
    assert float(from_base64(to_base64(vector)) @ vector) > 0.99999


@pytest.mark.parametrize(
    "text", ["", "AAA=", "%%%", to_base64(np.zeros(8, np.float32)), to_base64(np.full(8, np.nan, np.float32))]
)
def test_what_is_no_vector_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_base64(text)


def test_a_page_of_text_and_a_blank_picture_are_no_things() -> None:
    page = np.asarray(written())
    assert is_printed(page, words=18)
    assert is_printed(np.full((90, 90, 3), 255, np.uint8), words=0)
    assert is_printed(scene("balloon"), words=40)


@pytest.mark.parametrize("name", ["analog clock", "balloon"])
def test_a_thing_with_a_few_words_on_it_is_a_thing(name: str) -> None:
    noisy = scene(name).astype(int) + np.random.default_rng(0).integers(-40, 40, scene(name).shape)
    assert not is_printed(noisy.clip(0, 255).astype(np.uint8), words=12)


def test_without_a_tagger_a_figure_still_has_colours_and_sharpness() -> None:
    figure = figure_of(scene(SCENES[1]), None)
    assert (figure.tags, figure.features, figure.features_model) == ((), None, None)
    assert figure.colours
    assert figure.sharpness is not None
    assert figure.box == (0.0, 0.0, 400.0, 400.0)


def test_a_sentence_without_a_model_says_how_sure_it_is() -> None:
    figure = Figure(kind="picture", block=0, tags=(Tag("balloon", 0.8), Tag("parachute", 0.4), Tag("kite", 0.1)))
    assert sentence_of(figure, ["UP", "AWAY"]) == "Seen: balloon, probably parachute; written on it: “UP AWAY”."
    assert sentence_of(Figure(kind="picture", block=0), ["UP"]) == "Written on it: “UP”."
    assert sentence_of(Figure(kind="picture", block=0), []) == ""
