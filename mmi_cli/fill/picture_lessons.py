"""What a few labelled pictures teach: for each choice of a schema, which pictures got which answer."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..datamodel.content import Content
from ..datamodel.figure import Figure
from ..datamodel.schema import Field, Schema

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .picture_probe import Probe

MOST_PICTURES = 2000
"""Labelled pictures that are learned from: with more, each picture that is itself filled would cost seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureLessons:
    """Labelled pictures and their answers; plain data."""

    files: tuple[tuple[str, str], ...] = ()
    """(address, SHA-256) of each."""
    features: tuple[str, ...] = ()
    """As `Figure.features` has them."""
    model: str | None = None
    """Engine that made the features."""
    answers: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    """By field, one a picture; None where nobody looked."""

    def without(self, *, uri: str | None, sha256: str | None) -> PictureLessons:
        """What is known without a picture and its copies; the same object when it is none of these."""
        kept = [number for number, (address, digest) in enumerate(self.files) if address != uri and digest != sha256]
        if len(kept) == len(self.files):
            return self
        return replace(
            self,
            files=tuple(self.files[number] for number in kept),
            features=tuple(self.features[number] for number in kept),
            answers={name: tuple(given[number] for number in kept) for name, given in self.answers.items()},
        )

    def chances(self, each: Field, figure: Figure) -> dict[str, float] | None:
        """Answer → probability, the most probable first; None where the labelled pictures do not tell."""
        answers = self.answers.get(each.name)
        if answers is None or figure.features is None or figure.features_model != self.model:
            return None
        named = [
            (features, answer) for features, answer in zip(self.features, answers, strict=True) if answer is not None
        ]
        probe = _probe(tuple(features for features, _ in named), tuple(answer for _, answer in named))
        if probe is None or not probe.is_useful:
            return None
        return probe.probabilities(vector_of(figure.features))


def learn_pictures(examples: Sequence[tuple[str, str, Content, Mapping[str, Any]]], schema: Schema) -> PictureLessons:
    """Keeps what labelled pictures show.

    Args:
        examples: address, SHA-256, content and labelled values of each labelled file, in any order.
    """
    asked = [each for each in schema.fields if is_choice(each)]
    looked_at = []
    for uri, sha256, content, values in sorted(examples, key=lambda example: (example[1], example[0])):
        figure = whole_picture(content)
        if figure is not None and figure.features is not None:
            looked_at.append((uri, sha256, figure, values))
    if not asked or not looked_at:
        return PictureLessons()
    model = looked_at[0][2].features_model
    kept = [each for each in looked_at if each[2].features_model == model][:MOST_PICTURES]
    return PictureLessons(
        files=tuple((uri, sha256) for uri, sha256, _, _ in kept),
        features=tuple(figure.features or "" for _, _, figure, _ in kept),
        model=model,
        answers={each.name: tuple(_answer(each, values.get(each.name)) for _, _, _, values in kept) for each in asked},
    )


def is_choice(each: Field) -> bool:
    """Whether a field is answered by one of a few values."""
    return each.expression is None and (bool(each.enum and each.type == "string") or each.type == "boolean")


def whole_picture(content: Content) -> Figure | None:
    """The figure that the whole file is, when it is a picture that was looked at."""
    if content.parts or content.media is not None:
        return None
    looked_at = [figure for figure in content.figures if figure.sharpness is not None and figure.frame_s is None]
    return looked_at[0] if len(looked_at) == 1 and len(content.pages) == 1 else None


def vector_of(text: str) -> NDArray[np.float32]:
    """`Figure.features` as numbers.

    Raises:
        ValueError: it is no base64.
    """
    import numpy as np

    return np.frombuffer(base64.b64decode(text, validate=True), "<f2").astype(np.float32)


def _answer(each: Field, value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return None
    if each.type == "boolean":
        return value.casefold() if value.casefold() in ("true", "false") else None
    folded = value.strip().casefold()
    return next((option for option in each.enum if option.casefold() == folded), None)


@lru_cache(maxsize=16)
def _probe(features: tuple[str, ...], answers: tuple[str, ...]) -> Probe | None:
    import numpy as np

    from .picture_probe import fit_probe

    if not features:
        return None
    return fit_probe(np.stack([vector_of(each) for each in features]), answers)
