"""By what a model is known: vectors of two models are never compared, so the index says which one made its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..caches.identities import identity, weights_of
from ..errors import UsageError
from ..settings import Settings
from .items import Space

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .index import Index

_ROLE: dict[Space, str] = {"text": "embedding", "seen": "image_tags", "joint": "joint_embedding"}
_MODEL_SETTING = {"embedding": "embedding_model", "joint_embedding": "joint_model"}


def model_name(space: Space, settings: Settings) -> str:
    """What the settings call the model of a space; `none` where it is turned off."""
    role = _ROLE[space]
    engine = str(getattr(settings, role, "none"))
    setting = _MODEL_SETTING.get(role)
    return engine if engine == "none" or setting is None else Path(str(getattr(settings, setting))).name


def model_mark(space: Space, settings: Settings) -> str:
    """Fingerprint of its weights; of an engine whose weights are not known, of all that decides what it gives."""
    role = _ROLE[space]
    engine = str(getattr(settings, role, "none"))
    if engine == "none":
        return "none"
    weights = weights_of(role, engine, settings)
    return weights if weights != "none" else identity(role, settings)


def check_same_model(where: Path, space: Space, kept: Mapping[str, str], settings: Settings, *, remedy: str) -> None:
    """
    Args:
        kept: `model` and `weights` of the index.
        remedy: what to do about it.

    Raises:
        UsageError: the settings name another model than the one that made the index's vectors.
    """
    now = model_mark(space, settings)
    if kept["weights"] == now:
        return
    role = _ROLE[space]
    named = model_name(space, settings)
    setting = _MODEL_SETTING.get(role, role)
    what = {"text": "texts", "seen": "what is seen on pictures", "joint": "texts and pictures in one space"}[space]
    raise UsageError(
        f"{where}: its vectors of {what} are of {kept['model']} (weights {kept['weights'][:12]}), the settings say "
        f"{named} (weights {now[:12]}): vectors of different models cannot be compared; set {setting} to what the index was "
        f"made with, or {remedy}"
    )


def check_index_models(index: Index, settings: Settings, spaces: tuple[Space, ...]) -> None:
    """
    Raises:
        UsageError: the question would be embedded by another model than the index was.
    """
    for space in spaces:
        if (rows := index.spaces.get(space)) is not None:
            check_same_model(
                index.folder,
                space,
                {"model": rows.model, "weights": rows.weights},
                settings,
                remedy="embed again into another folder",
            )
