"""What every joint embedder promises (`mmi_cli.engines.interface.JointEmbedder`), held against a tiny model with random weights."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmi_cli import registry
from mmi_cli.engines.interface import JointEmbedder
from mmi_cli.errors import MissingEngine
from tests.support.command_line import mmi_here
from tests.support.models import need_model, real_settings

pytestmark = pytest.mark.torch
TEXTS = ("a cat", "", "a dog on a sofa", "word " * 500, "Müller 日本 \ud800")
RNG = np.random.default_rng(5)
IMAGES = tuple(
    RNG.integers(0, 255, (height, width, 3), np.uint8) for height, width in ((40, 60), (300, 20), (10, 10), (64, 64))
)


@pytest.fixture(scope="module", params=["sentence-transformers"])
def name(request: pytest.FixtureRequest) -> str:
    if importlib.util.find_spec("sentence_transformers") is None:
        pytest.skip("sentence-transformers is not installed; pip install 'mmi-cli[torch]'")
    return str(request.param)


@pytest.fixture(scope="module")
def folder(name: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.support.tiny_clip import make_tiny_clip

    return make_tiny_clip(tmp_path_factory.mktemp("models") / "tiny-clip")


def loaded(name: str, folder: Path) -> JointEmbedder:
    made: JointEmbedder = registry.load("joint_embedding", name)(
        real_settings(joint_embedding=name, joint_model=str(folder))
    )
    return made


@pytest.fixture(scope="module")
def engine(name: str, folder: Path) -> JointEmbedder:
    return loaded(name, folder)


def test_one_unit_vector_a_text_and_a_picture_in_their_order(engine: JointEmbedder) -> None:
    for vectors, count in (
        (engine.embed_texts(TEXTS), len(TEXTS)),
        (engine.embed_images(IMAGES), len(IMAGES)),
    ):
        assert vectors.shape == (count, engine.dimensions)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_what_is_alone_has_the_same_vector_as_among_others(engine: JointEmbedder) -> None:
    alone = np.concatenate([engine.embed_images([image]) for image in IMAGES])
    np.testing.assert_allclose(alone, engine.embed_images(IMAGES), atol=1e-5)
    alone = np.concatenate([engine.embed_texts([text]) for text in TEXTS])
    np.testing.assert_allclose(alone, engine.embed_texts(TEXTS), atol=1e-5)


def test_the_same_input_gives_the_same_bytes_with_an_engine_loaded_anew(
    engine: JointEmbedder, name: str, folder: Path
) -> None:
    again = loaded(name, folder)
    assert engine.embed_texts(TEXTS).tobytes() == again.embed_texts(TEXTS).tobytes()
    assert engine.embed_images(IMAGES).tobytes() == again.embed_images(IMAGES).tobytes()


def test_nothing_gives_no_vector(engine: JointEmbedder) -> None:
    assert engine.embed_texts([]).shape == engine.embed_images([]).shape == (0, engine.dimensions)


def test_a_longer_text_is_cut_where_the_text_tower_ends(engine: JointEmbedder) -> None:
    beginning = "one two three four five six seven eight"
    first, second = engine.embed_texts([beginning, beginning + " nine" * 100])
    assert first @ second > 0.9999


def test_its_name_tells_version_and_weights(engine: JointEmbedder) -> None:
    assert re.fullmatch(r"sentence-transformers-[\d.]+/tiny-clip", engine.name)


def test_a_folder_that_is_not_there_is_told(name: str, tmp_path: Path) -> None:
    with pytest.raises(MissingEngine, match=r"joint model 'clip-ViT-B-32': there is no folder"):
        registry.load("joint_embedding", name)(real_settings(models_dir=tmp_path))


def test_a_model_of_texts_alone_is_refused(name: str) -> None:
    settings = real_settings()
    folder = need_model(settings, "all-MiniLM-L6-v2")
    with pytest.raises(MissingEngine, match="cannot be loaded as a model of texts and pictures"):
        loaded(name, folder)


def test_an_index_of_the_model_is_asked_by_words_and_by_picture_and_by_no_other_model(
    name: str, folder: Path, tmp_path: Path
) -> None:
    """Through the whole of `mmi embed` and `mmi search`: pictures are in the space of the joint model, and in no other of words."""
    need_model(real_settings(), "all-MiniLM-L6-v2")
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for number, image in enumerate(IMAGES[:3]):
        Image.fromarray(image).save(pictures / f"{number}.png")
    env = {"MMI_EMBEDDING": "minilm", "MMI_JOINT_EMBEDDING": name, "MMI_JOINT_MODEL": str(folder)}
    ran = mmi_here("embed", "pictures", "-o", "index", cwd=tmp_path, env=env)
    assert ran.code == 0, ran.err
    Image.fromarray(IMAGES[1]).save(tmp_path / "asked.png")
    asked = mmi_here("search", "index", "a cat", "--image", "asked.png", "-f", "json", cwd=tmp_path, env=env)
    answer = json.loads(asked.out)
    assert set(answer["hits"][0]["lists"]) >= {"pictures by words", "pictures jointly", "pictures alike"}
    assert {hit["method"] for hit in answer["hits"]} == {"joint model"}
    first = min(answer["hits"], key=lambda hit: hit["lists"]["pictures jointly"]["rank"])
    assert first["path"] == "1.png"
    assert first["lists"]["pictures jointly"]["score"] == pytest.approx(1.0, abs=1e-4)
    other = mmi_here("search", "index", "a cat", cwd=tmp_path, env={"MMI_EMBEDDING": "minilm"})
    assert other.code == 2
    assert "texts and pictures in one space are of" in other.err
