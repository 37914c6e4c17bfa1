"""What a picture looks like, as a figure: tags, colours, sharpness and the features by which pictures are compared."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import numpy as np

from ..datamodel.figure import Figure, Tag
from ..engines.interface import ImageTagger
from .colours import dominant_colours
from .sharpness import sharpness

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEAST = 0.1
"""Probability below which a tag is not told."""
_MOST = 5
_MANY_WORDS = 30
_SOME_WORDS = 5
_FLAT = 0.45
"""Of a picture that has one and the same colour. Charts, forms and scans have half of it and more, photographs a seventh and less."""
_BLANK = 0.97


def figure_of(
    image: NDArray[np.uint8],
    tagger: ImageTagger | None,
    *,
    words: int = 0,
    page: int | None = 1,
    frame_s: float | None = None,
) -> Figure:
    """The whole of a picture as a figure; its `block` is set by whoever adds it.

    Args:
        image: RGB, shape (height, width, 3), uint8, upright.
        words: how many are written on it; a page of text is not tagged, since the tagger has never seen one.
        page: None on a key frame.
    """
    height, width = image.shape[:2]
    tags: tuple[Tag, ...] = ()
    features = None
    if tagger is not None:
        seen = tagger.look([image])
        features = to_base64(seen.features[0])
        if not is_printed(image, words):
            tags = told_tags(tagger.labels, seen.probabilities[0])
    return Figure(
        kind="picture",
        block=0,
        page=page,
        box=(0.0, 0.0, float(width), float(height)),
        frame_s=frame_s,
        tags=tags,
        colours=dominant_colours(image),
        sharpness=sharpness(image),
        features=features,
        features_model=tagger.name if tagger is not None else None,
    )


def told_tags(labels: tuple[str, ...], probabilities: NDArray[np.float32]) -> tuple[Tag, ...]:
    """The tags that are probable enough to be told, by the first name of each label, most probable first."""
    told: dict[str, float] = {}
    for index in np.argsort(-probabilities, kind="stable")[: 2 * _MOST].tolist():
        name = labels[index].split(", ")[0]
        told[name] = told.get(name, 0.0) + float(probabilities[index])
    tags = [Tag(name, round(min(1.0, probability), 3)) for name, probability in told.items() if probability >= _LEAST]
    return tuple(sorted(tags, key=lambda tag: -tag.probability)[:_MOST])


def is_printed(image: NDArray[np.uint8], words: int) -> bool:
    """Whether a picture is a page of text, a form, a chart or blank rather than the picture of a thing."""
    if words >= _MANY_WORDS:
        return True
    shrunk = image[:: max(1, image.shape[0] // 128), :: max(1, image.shape[1] // 128)] >> 4
    levels = shrunk.reshape(-1, 3).astype(np.int64) @ np.array([256, 16, 1])
    flat = float(np.bincount(levels).max()) / max(1, len(levels))
    return flat >= _BLANK or (words >= _SOME_WORDS and flat >= _FLAT)


def to_base64(vector: NDArray[np.float32]) -> str:
    """A unit vector as `Figure.features` has it."""
    return base64.b64encode(vector.astype("<f2").tobytes()).decode("ascii")


def from_base64(text: str) -> NDArray[np.float32]:
    """The unit vector of `Figure.features`.

    Raises:
        ValueError: it is none.
    """
    vector = np.frombuffer(base64.b64decode(text, validate=True), "<f2").astype(np.float32)
    length = float(np.linalg.norm(vector))
    if not np.isfinite(length) or length == 0:
        raise ValueError("features that are no vector")
    return vector / np.float32(length)
