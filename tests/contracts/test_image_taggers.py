"""What every image tagger promises (`mmi_cli.engines.interface.ImageTagger`), held against the real weights."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmi_cli import engines, registry
from mmi_cli.engines.interface import ImageTagger
from tests.support.models import real_settings
from tests.support.pictures import SCENES, scene

ENGINES = ["efficientnet-lite0"]
WEIGHTS = Path(engines.__file__).parent / "weights"


def loaded(name: str, threads: int = 1) -> ImageTagger:
    made: ImageTagger = registry.load("image_tags", name)(real_settings(threads=threads))
    return made


@pytest.fixture(scope="module", params=ENGINES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def tagger(name: str) -> ImageTagger:
    return loaded(name)


def noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


PICTURES = [noise(240, 320), scene("traffic light"), noise(1, 1), noise(3, 900), np.zeros((50, 40, 3), np.uint8)]


def test_one_row_a_picture_in_their_order(tagger: ImageTagger) -> None:
    seen = tagger.look(PICTURES)
    assert seen.probabilities.shape == (len(PICTURES), len(tagger.labels))
    assert seen.features.shape == (len(PICTURES), tagger.dimensions)
    assert seen.probabilities.dtype == seen.features.dtype == np.float32
    np.testing.assert_array_equal(tagger.look(PICTURES[1:2]).features[0], seen.features[1])


def test_probabilities_of_a_picture_add_up_to_one(tagger: ImageTagger) -> None:
    probabilities = tagger.look(PICTURES).probabilities
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, atol=1e-5)


def test_features_are_of_length_one(tagger: ImageTagger) -> None:
    np.testing.assert_allclose(np.linalg.norm(tagger.look(PICTURES).features, axis=1), 1.0, atol=1e-5)


def test_no_picture_gives_no_row(tagger: ImageTagger) -> None:
    seen = tagger.look([])
    assert seen.probabilities.shape == (0, len(tagger.labels))
    assert seen.features.shape == (0, tagger.dimensions)


def test_what_is_seen_does_not_depend_on_the_other_pictures_nor_on_what_was_seen_before(
    name: str, tagger: ImageTagger
) -> None:
    seen = tagger.look(PICTURES)
    backwards = tagger.look(PICTURES[::-1])
    assert backwards.probabilities[::-1].tobytes() == seen.probabilities.tobytes()
    assert loaded(name).look(PICTURES).features.tobytes() == seen.features.tobytes()


def test_the_number_of_threads_changes_nothing(name: str, tagger: ImageTagger) -> None:
    assert (
        loaded(name, threads=2).look(PICTURES).probabilities.tobytes() == tagger.look(PICTURES).probabilities.tobytes()
    )


def test_a_view_into_a_larger_picture_is_taken_as_it_is(tagger: ImageTagger) -> None:
    whole = noise(300, 400)
    part = whole[10:200:2, 40:300]
    np.testing.assert_array_equal(tagger.look([part]).features, tagger.look([part.copy()]).features)


def test_labels_are_english_nouns_in_lower_case(tagger: ImageTagger) -> None:
    assert len(tagger.labels) > 100
    for label in tagger.labels:
        assert label == label.strip().lower()
        assert all(part and part == part.strip() for part in label.split(", "))


@pytest.mark.parametrize("drawn", SCENES)
def test_what_is_plainly_drawn_is_named(tagger: ImageTagger, drawn: str) -> None:
    probabilities = tagger.look([scene(drawn)]).probabilities[0]
    best = [tagger.labels[index].split(", ")[0] for index in np.argsort(-probabilities)[:3]]
    assert drawn in best


def test_a_larger_copy_of_a_picture_looks_nearly_the_same(tagger: ImageTagger) -> None:
    small = scene("traffic light")
    large = np.asarray(
        Image.fromarray(small).resize((small.shape[1] * 5, small.shape[0] * 5), Image.Resampling.BICUBIC)
    )
    one, other = tagger.look([small, large]).features
    assert float(one @ other) > 0.97


@pytest.mark.parametrize("folder", sorted(path.name for path in WEIGHTS.iterdir() if path.is_dir()))
def test_weights_in_the_package_are_those_that_their_origin_names(folder: str) -> None:
    told = (WEIGHTS / folder / "ORIGIN.txt").read_text("utf-8")
    assert "licen" in (WEIGHTS / folder / "LICENSE.txt").read_text("utf-8").lower()
    for path in (WEIGHTS / folder).iterdir():
        if path.suffix != ".txt":
            assert path.name in told
            assert hashlib.sha256(path.read_bytes()).hexdigest() in told
