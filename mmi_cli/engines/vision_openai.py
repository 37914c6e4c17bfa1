"""A model that looks at pictures behind any OpenAI-compatible server: the picture travels in the request, as a `data:` address."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

from ..errors import EngineFailed, LimitExceeded
from ..settings import Settings
from .interface import Completion
from .language_openai import OpenAiCompatible

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SIDE = 1024
"""Pixels of the longer side that are sent: services shrink larger ones themselves, and small models to less."""
_LEAST_SIDE = 10
_QUALITY = 85


class OpenAiVision(OpenAiCompatible):
    """A `VisionModel`; address and key are those of the language model, the model is `vision_model`. One picture a question.

    Raises:
        UsageError: an address that cannot be used, or another machine without `allow_remote`.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._model = settings.vision_model
        self.name = f"openai/{self._model}"
        self._picture = ""

    def look(
        self,
        image: NDArray[np.uint8],
        *,
        system: str,
        user: str,
        json_schema: dict[str, Any] | None = None,
        max_tokens: int = 512,
    ) -> Completion:
        """See `VisionModel`.

        Raises:
            EngineFailed: the picture is too small to be sent, or the server cannot be reached, refused, or answered nothing that fits.
            StorageDown: the server does not take the key, or has no such model.
        """
        self._picture = _address_of(image)
        try:
            return self.complete(system=system, user=user, json_schema=json_schema, max_tokens=max_tokens)
        except LimitExceeded as error:
            raise EngineFailed(str(error)) from error
        finally:
            self._picture = ""

    def _body(
        self, system: str, user: str, json_schema: dict[str, Any] | None, max_tokens: int, refused: set[str]
    ) -> dict[str, Any]:
        body = super()._body(system, user, json_schema, max_tokens, refused)
        if self._picture:
            asked = body["messages"][-1]
            shown = {"type": "image_url", "image_url": {"url": self._picture}}
            body["messages"][-1] = {"role": "user", "content": [{"type": "text", "text": asked["content"]}, shown]}
        return body


def _address_of(image: NDArray[np.uint8]) -> str:
    """The picture as `data:image/jpeg;base64,…`, at most a few hundred kilobytes."""
    import numpy as np
    from PIL import Image

    picture = Image.fromarray(np.ascontiguousarray(image))
    if min(picture.size) < _LEAST_SIDE:
        raise EngineFailed(f"a picture of {picture.width} x {picture.height} px is too small for a vision model")
    picture.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    if min(picture.size) < _LEAST_SIDE:
        raise EngineFailed(f"a picture of {image.shape[1]} x {image.shape[0]} px is too long for a vision model")
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(data.getvalue()).decode("ascii")
