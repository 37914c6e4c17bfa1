"""The language model is asked once a file, for what the cheap finders leave open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..datamodel.content import Notice
from ..datamodel.schema import Field
from ..engines.interface import Engines, LanguageModel, TextEmbedder
from ..errors import EngineFailed, LimitExceeded, MissingEngine
from ..settings import Settings
from .finding import sure_find
from .members import looked_for
from .model_answers import ask_model
from .task import Task


def open_fields(task: Task) -> tuple[Field, ...]:
    """What the model is to be asked: everything that is neither decided, nor computed, nor evident."""
    return tuple(
        each
        for each in task.schema.fields
        if each.expression is None and each.name not in task.decided and not _is_sure(task, each)
    )


def _is_sure(task: Task, each: Field) -> bool:
    parts = [(part, task.finds.get(part.name)) for part in looked_for(each)]
    return all(
        finds is not None and (finds.is_closed or sure_find(task, part, finds) is not None) for part, finds in parts
    )


def ask(task: Task, fields: Sequence[Field], engines: Engines, settings: Settings) -> None:
    model = _engine(task, "language model", engines.language_model, fields)
    if model is None:
        return
    embedder = task.reading.embedder = embedder_of(task, engines)
    example = task.taught.example_for(fields) if task.taught else ("", "")
    try:
        task.answers = ask_model(
            model,
            task.reading,
            task.schema,
            fields,
            task.hits,
            settings=settings,
            embedder=embedder,
            example=example,
        )
    except LimitExceeded as error:
        raise EngineFailed(str(error)) from error
    task.engines["language_model"] = model.name
    if not task.answers.is_complete:
        task.warnings.append(
            Notice(code="answer_cut", message="the model's answer was longer than its room; its end is missing")
        )


def _engine(task: Task, what: str, load: Any, fields: Sequence[Field]) -> LanguageModel | None:
    try:
        model: LanguageModel | None = load()
    except MissingEngine as error:
        task.warnings.append(Notice(code="missing_engine", message=f"{what}: {error}"))
        return None
    if model is None and any(each.kind != "extracted" for each in fields):
        task.unasked = tuple(each.name for each in fields if each.kind != "extracted")
    return model


def embedder_of(task: Task, engines: Engines) -> TextEmbedder | None:
    """The text embedding model, noted as used; None where there is none."""
    try:
        embedder = engines.text_embedder()
    except MissingEngine:
        return None  # passages are then chosen by words
    if embedder is not None:
        task.engines["embedding"] = embedder.name
    return embedder
