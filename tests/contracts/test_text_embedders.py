"""What every text embedder promises (`mmi_cli.engines.interface.TextEmbedder`), held against real weights."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

from mmi_cli import registry
from mmi_cli.engines.interface import TextEmbedder
from mmi_cli.errors import MissingEngine
from tests.support.models import need_model, real_settings

MODEL = "all-MiniLM-L6-v2"
ENGINES = [
    pytest.param("minilm", marks=pytest.mark.models),
    pytest.param("sentence-transformers", marks=[pytest.mark.models, pytest.mark.torch]),
]
NOTICE = "The tenant shall give notice three months before the end of the lease."
TEXTS = (
    "Total amount due: 1,234.56 EUR",
    NOTICE,
    "a",
    "",
    "Müller & Søn – №5 发票 فاتورة 😀",
    "word " * 3000,
    "The quick brown fox jumps over the lazy dog.",
    "\n\t  \u200b",
)


def loaded(name: str) -> TextEmbedder:
    if name == "sentence-transformers" and importlib.util.find_spec("sentence_transformers") is None:
        pytest.skip("sentence-transformers is not installed; pip install 'mmi-cli[torch]'")
    settings = real_settings()
    need_model(settings, MODEL)
    made: TextEmbedder = registry.load("embedding", name)(settings)
    return made


@pytest.fixture(scope="module", params=ENGINES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def engine(name: str) -> TextEmbedder:
    return loaded(name)


@pytest.fixture(scope="module")
def vectors(engine: TextEmbedder) -> np.ndarray:
    return engine.embed(TEXTS)


def cosine(engine: TextEmbedder, one: str, other: str) -> float:
    first, second = engine.embed([one, other])
    return float(first @ second)


def test_one_vector_a_text_in_their_order(engine: TextEmbedder, vectors: np.ndarray) -> None:
    assert vectors.shape == (len(TEXTS), engine.dimensions)
    assert vectors.dtype == np.float32
    assert engine.embed([NOTICE])[0] @ vectors[TEXTS.index(NOTICE)] > 0.9999


def test_every_vector_is_of_length_one(vectors: np.ndarray) -> None:
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_no_text_gives_no_vector(engine: TextEmbedder) -> None:
    assert engine.embed([]).shape == (0, engine.dimensions)


def test_the_same_texts_give_the_same_bytes(name: str, engine: TextEmbedder, vectors: np.ndarray) -> None:
    assert engine.embed(TEXTS).tobytes() == vectors.tobytes()
    engine.embed(["something between"])
    assert engine.embed(TEXTS).tobytes() == vectors.tobytes()
    assert loaded(name).embed(TEXTS).tobytes() == vectors.tobytes()


def test_a_vector_does_not_depend_on_its_neighbours(engine: TextEmbedder, vectors: np.ndarray) -> None:
    alone = np.concatenate([engine.embed([text]) for text in TEXTS])
    np.testing.assert_allclose(alone, vectors, atol=1e-5)
    np.testing.assert_allclose(engine.embed(TEXTS[::-1])[::-1], vectors, atol=1e-5)


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("invoice total", "amount to be paid", "name of the street"),
        ("Who is the employer?", "The company that employs you", "The weather in spring"),
        ("date of birth", "born on 3 May 1980", "shipping weight in kilograms"),
        (NOTICE, "How long before moving out must a renter say so?", "How is bread baked?"),
        ("a dog runs in the park", "a puppy plays outside", "quarterly revenue rose by 3 %"),
    ],
)
def test_what_means_the_same_is_nearer(engine: TextEmbedder, text: str, near: str, far: str) -> None:
    assert cosine(engine, text, near) > cosine(engine, text, far) + 0.1


def test_a_longer_text_is_cut_at_the_limit_of_the_model(engine: TextEmbedder) -> None:
    beginning = "The lease ends on the last day of the year. " * 60
    assert cosine(engine, beginning, beginning + "Bananas are yellow. " * 2000) > 0.9999
    assert cosine(engine, beginning, "Bananas are yellow. " * 2000) < 0.5


def test_white_space_and_nothing_are_the_same_text(vectors: np.ndarray) -> None:
    assert vectors[TEXTS.index("")] @ vectors[TEXTS.index("\n\t  \u200b")] > 0.9999


@pytest.mark.parametrize("text", ["\0", "\udcff", "half a pair \ud800", "\u202e", "[SEP] [CLS] [PAD]", "x" * 100_000])
def test_any_text_has_a_vector(engine: TextEmbedder, text: str) -> None:
    assert np.isfinite(engine.embed([text, NOTICE])).all()


def test_its_name_tells_version_and_weights(engine: TextEmbedder, name: str) -> None:
    made_of = {"minilm": "ctranslate2", "sentence-transformers": "sentence-transformers"}[name]
    assert re.fullmatch(rf"{made_of}-[\d.]+/{MODEL}", engine.name)


def test_missing_weights_say_which_command_gets_them(name: str, tmp_path: Path) -> None:
    if name == "sentence-transformers":
        loaded(name)
    with pytest.raises(MissingEngine, match=f"mmi models pull {MODEL}"):
        registry.load("embedding", name)(real_settings(models_dir=tmp_path))


@pytest.mark.models
@pytest.mark.torch
def test_both_engines_give_the_same_vectors() -> None:
    ours, theirs = loaded("minilm").embed(TEXTS), loaded("sentence-transformers").embed(TEXTS)
    assert ((ours * theirs).sum(axis=1) >= 0.9999).all()
