"""Copies are known: of pictures by hash and features, of texts by their runs of words."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmi_cli.datamodel.source import SourceFile
from mmi_cli.errors import LimitExceeded
from mmi_cli.search.duplicates import SAME_BITS, duplicate_groups
from mmi_cli.search.index import Index
from mmi_cli.search.items import Embedded, Item
from mmi_cli.search.near_texts import MARKS, text_marks
from mmi_cli.search.picture_marks import check_picture, picture_hash, thumbnail
from mmi_cli.search.writing import IndexWriter
from tests.support.pictures import written
from tests.support.small_index import embedded, ensure_text_space, put, write_index

TEXT = " ".join(f"word{at} of the agreement" for at in range(60))


def bits_apart(one: int, other: int) -> int:
    return (one ^ other).bit_count()


def scene(seed: int) -> Image.Image:
    """Coloured patches with soft edges: a picture with something in it."""
    small = np.random.default_rng(seed).integers(0, 255, (6, 6, 3), np.uint8)
    return Image.fromarray(small).resize((300, 240), Image.Resampling.BICUBIC)


def compressed(picture: Image.Image, quality: int) -> Image.Image:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality)
    return Image.open(stream).convert("RGB")


@pytest.mark.parametrize("seed", range(5))
def test_a_picture_scaled_or_compressed_anew_keeps_its_hash_and_another_does_not(seed: int) -> None:
    original = picture_hash(np.asarray(scene(seed)))
    for copy in (scene(seed).resize((150, 120)), compressed(scene(seed), 30), compressed(scene(seed), 10)):
        assert bits_apart(original, picture_hash(np.asarray(copy))) <= SAME_BITS
    assert bits_apart(original, picture_hash(np.asarray(scene(seed + 100)))) > SAME_BITS


@pytest.mark.parametrize("image", [np.zeros((40, 40, 3), np.uint8), np.full((10, 900, 3), 255, np.uint8)])
def test_a_blank_picture_has_a_hash_and_a_thumbnail(image: np.ndarray) -> None:
    assert 0 <= picture_hash(image) < 1 << 64
    with Image.open(io.BytesIO(thumbnail(image))) as small:
        assert max(small.size) <= 200


@pytest.mark.parametrize(
    ("width", "height", "size_bytes", "message"),
    [
        (9, 300, 100, "9 x 300 pixels; pictures of 10 to 16,000 pixels a side"),
        (16_001, 300, 100, "16,001|16001"),
        (300, 300, 20_000_000, "20,000,000 bytes; pictures under 20,000,000"),
    ],
)
def test_a_picture_beyond_the_limits_is_refused_with_the_limit(
    width: int, height: int, size_bytes: int, message: str
) -> None:
    with pytest.raises(LimitExceeded, match=message):
        check_picture(width=width, height=height, size_bytes=size_bytes)
    check_picture(width=10, height=16_000, size_bytes=19_999_999)


def test_marks_agree_in_about_the_share_of_common_runs() -> None:
    one = np.frombuffer(text_marks(TEXT), "<u4")
    same = np.frombuffer(text_marks(TEXT.upper()), "<u4")
    near = np.frombuffer(text_marks(TEXT + " and some more words at the end of it"), "<u4")
    other = np.frombuffer(text_marks(" ".join(f"thing{at} in a recipe" for at in range(60))), "<u4")
    assert len(one) == MARKS
    assert (one == same).all()
    assert (one == near).mean() > 0.85
    assert (one == other).mean() < 0.1
    assert text_marks("too few words") == b""


def test_nearly_the_same_texts_are_one_group_and_others_are_in_none(tmp_path: Path) -> None:
    folder = write_index(
        tmp_path,
        {
            "a.txt": [TEXT],
            "b.txt": [TEXT + " signed in March"],
            "c.txt": ["Bake the bread for an hour. " * 5],
            "d.txt": [TEXT],
        },
    )
    with Index(folder) as index:
        (group,) = duplicate_groups(index)
    assert [file.path for file in group.files] == ["a.txt", "b.txt", "d.txt"]
    assert {(pair.one.path, pair.other.path): pair.reason for pair in group.pairs}["a.txt", "d.txt"] == "same bytes"


def test_copies_of_a_picture_are_one_group(tmp_path: Path) -> None:
    pictures = {"a.png": scene(1), "b.jpg": compressed(scene(1), 40), "c.png": scene(2), "d.png": written()}
    with IndexWriter(tmp_path) as writer:
        ensure_text_space(writer)
        for path, picture in pictures.items():
            item = Item(kind="image", picture_hash=picture_hash(np.asarray(picture)))
            put(writer, replace(embedded(path, ["x"], modality="image"), items=(item,), vectors=(), sha256=path))
        writer.commit()
    with Index(tmp_path) as index:
        (group,) = duplicate_groups(index)
    assert [file.path for file in group.files] == ["a.png", "b.jpg"]
    assert group.pairs[0].reason == "same picture"


def test_files_that_failed_are_no_duplicates(tmp_path: Path) -> None:
    with IndexWriter(tmp_path) as writer:
        for path in ("a", "b"):
            file = SourceFile(uri=f"file:///{path}", path=path, size_bytes=0)
            put(writer, Embedded(file=file, sha256="0" * 64, status="failed"))
        writer.commit()
    with Index(tmp_path) as index:
        assert duplicate_groups(index) == ()
