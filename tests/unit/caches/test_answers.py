"""The same question is asked once; what decides the answer is part of the question."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mmi_cli.caches.answers import AnswerStore, RememberingModel
from mmi_cli.engines.interface import LanguageModel
from tests.support.models_at_hand import ScriptedModel

QUESTION: dict[str, Any] = {
    "system": "You fill forms.",
    "user": "Total: 9.50",
    "json_schema": {"properties": {"a": {}, "b": {}}},
}


class Loader:
    def __init__(self) -> None:
        self.model = ScriptedModel({"a": "9.50", "b": None})
        self.loads = 0

    def __call__(self) -> LanguageModel:
        self.loads += 1
        return self.model


def model_over(folder: Path, loader: Loader, *, identity: str = "m", **more: Any) -> RememberingModel:
    store = AnswerStore(folder, max_bytes=10_000_000, **more)
    return RememberingModel(loader, store, identity=identity, counts_are_dear=True)


def test_an_answer_that_was_kept_is_the_one_that_was_given_and_loads_nothing(tmp_path: Path) -> None:
    first, second = Loader(), Loader()
    model = model_over(tmp_path, first)
    asked = model.complete(**QUESTION)
    count = model.count_tokens("Total: 9.50")
    model.complete(system="another", user="question")  # what was counted is written with the next answer
    again = model_over(tmp_path, second)
    assert again.complete(**QUESTION) == asked
    assert again.count_tokens("Total: 9.50") == count
    assert (again.name, again.context_tokens) == (model.name, model.context_tokens)
    assert second.loads == 0


@pytest.mark.parametrize(
    "change",
    [
        {"system": "You fill other forms."},
        {"user": "Total: 9.51"},
        {"json_schema": {"properties": {"b": {}, "a": {}}}},  # the order of the answer
        {"json_schema": None},
        {"max_tokens": 100},
    ],
)
def test_another_question_is_asked(tmp_path: Path, change: dict[str, Any]) -> None:
    loader = Loader()
    model = model_over(tmp_path, loader)
    model.complete(**QUESTION)
    model.complete(**{**QUESTION, **change})
    assert len(loader.model.asked) == 2


def test_another_model_is_asked_itself(tmp_path: Path) -> None:
    first, second = Loader(), Loader()
    model_over(tmp_path, first).complete(**QUESTION)
    model_over(tmp_path, second, identity="n").complete(**QUESTION)
    assert len(second.model.asked) == 1


def test_asked_anew_it_keeps_the_new_answer(tmp_path: Path) -> None:
    first, second, third = Loader(), Loader(), Loader()
    second.model.answer["a"] = "9.99"
    model_over(tmp_path, first).complete(**QUESTION)
    anew = model_over(tmp_path, second, is_read=False).complete(**QUESTION)
    assert "9.99" in anew.text
    assert model_over(tmp_path, third).complete(**QUESTION) == anew


def test_a_store_that_is_damaged_is_begun_anew(tmp_path: Path) -> None:
    model_over(tmp_path, Loader()).complete(**QUESTION)
    for path in tmp_path.iterdir():
        path.write_bytes(b"this is no database" * 300)
    loader = Loader()
    model_over(tmp_path, loader).complete(**QUESTION)
    assert len(loader.model.asked) == 1
    again = Loader()
    model_over(tmp_path, again).complete(**QUESTION)
    assert again.model.asked == []


def test_without_a_place_to_keep_it_everything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    loader = Loader()
    model = model_over(tmp_path / "file", loader)
    assert model.complete(**QUESTION) == model.complete(**QUESTION)
    assert len(loader.model.asked) == 2


def test_the_least_used_go_when_there_are_too_many(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path, max_bytes=200_000)
    for number in range(100):
        store.write({f"{number}-{each}": bytes(500) for each in range(10)})
    assert (tmp_path / "answers.sqlite").stat().st_size < 400_000
    assert store.read("99-9") == bytes(500)


def test_the_store_is_for_its_owner_alone(tmp_path: Path) -> None:
    model_over(tmp_path / "answers", Loader()).complete(**QUESTION)
    assert (tmp_path / "answers").stat().st_mode & 0o077 == 0
    assert (tmp_path / "answers" / "answers.sqlite").stat().st_mode & 0o077 == 0
