"""The mark of a picture stays when it is scaled, compressed anew, made grey or a little brighter, and is another one for others."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from mmi_cli.cases.copies import NEAR_BITS, SAME_BITS
from mmi_cli.pictures.fingerprint import BITS, fingerprint

SAMPLES = Path(__file__).resolve().parents[3] / "sample_data"


def sample(name: str) -> Image.Image:
    return Image.open(SAMPLES / name).convert("RGB")


def mark(image: Image.Image) -> str:
    return fingerprint(np.asarray(image.convert("RGB")))


def bits_apart(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def compressed(image: Image.Image) -> Image.Image:
    out = BytesIO()
    image.save(out, "JPEG", quality=40)
    return Image.open(BytesIO(out.getvalue()))


@pytest.mark.parametrize("name", ["photo/balloon.jpg", "product/product.jpg"])
def test_copies_share_it(name: str) -> None:
    image = sample(name)
    own = mark(image)
    assert len(own) * 4 == BITS
    small = image.resize((image.width // 3, image.height // 3))
    for copy in (small, compressed(image), image.convert("L"), ImageEnhance.Brightness(image).enhance(1.2)):
        assert bits_apart(own, mark(copy)) <= SAME_BITS
    edge = image.width // 60
    cut = image.crop((edge, edge, image.width - edge, image.height - edge))
    assert bits_apart(own, mark(cut)) <= NEAR_BITS


def test_another_picture_has_another_one() -> None:
    assert bits_apart(mark(sample("photo/balloon.jpg")), mark(sample("product/product.jpg"))) > NEAR_BITS


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (64, 64)])
def test_a_picture_of_any_size_and_of_one_colour_has_one(size: tuple[int, int]) -> None:
    assert len(mark(Image.new("RGB", size, "white"))) == 64
