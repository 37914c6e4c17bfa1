"""A row of files that fail because the world is down ends the run; files that fail by themselves do not."""

from __future__ import annotations

import pytest

from mmi_cli.datamodel.record import ErrorInfo
from mmi_cli.datamodel.source import SourceFile
from mmi_cli.errors import EngineUnreachable, FileIoError, StorageDown, StorageUnreachable
from mmi_cli.runner.work import WorkResult
from mmi_cli.runner.workers.breaker import Breaker
from mmi_cli.runner.workers.executor import Finished

STORAGE = StorageUnreachable("the network is gone").info("storage")
ENGINE = EngineUnreachable("no server").info("fill")
OWN = FileIoError("in the archive tier").info("storage")


def finished(name: str, error: ErrorInfo | None = None, *, tokens: int = 0) -> Finished:
    file = SourceFile(uri=f"file:///{name}", path=name, size_bytes=1)
    status = "ok" if error is None else "failed"
    return file, WorkResult(status=status, error=error, usage=(("model_input_tokens", tokens),))


def names(booked: list[Finished]) -> list[str]:
    return [file.path for file, _ in booked]


@pytest.mark.parametrize(("error", "told"), [(STORAGE, "storage"), (ENGINE, "the server of an engine")])
def test_a_row_as_long_as_the_limit_stops_the_run_and_books_none_of_it(error: ErrorInfo, told: str) -> None:
    breaker = Breaker(3)
    assert names(breaker.sift([finished("a"), finished("b", error)])) == ["a"]
    assert names(breaker.sift([finished("c", error)])) == []
    with pytest.raises(StorageDown, match=rf"{told} does not answer \(3 files in a row\)"):
        breaker.sift([finished("d", error)])


def test_a_file_that_goes_well_shows_that_the_files_before_it_failed_by_themselves() -> None:
    breaker = Breaker(3)
    for _ in range(5):
        assert names(breaker.sift([finished("a", STORAGE), finished("b", STORAGE), finished("c")])) == ["a", "b", "c"]


def test_a_file_that_needs_no_model_says_nothing_about_its_server() -> None:
    breaker = Breaker(2)
    assert names(breaker.sift([finished("a", ENGINE), finished("b")])) == ["b"]
    with pytest.raises(StorageDown):
        breaker.sift([finished("c", ENGINE)])


def test_a_file_that_the_model_answered_for_ends_the_row() -> None:
    breaker = Breaker(2)
    assert names(breaker.sift([finished("a", ENGINE), finished("b", tokens=5), finished("c", ENGINE)])) == ["a", "b"]
    assert names(breaker.rest()) == ["c"]


def test_a_file_whose_server_is_down_was_read_so_storage_is_up() -> None:
    breaker = Breaker(2)
    assert names(breaker.sift([finished("a", STORAGE), finished("b", ENGINE), finished("c", STORAGE)])) == ["a"]
    assert sorted(names(breaker.rest())) == ["b", "c"]


def test_failures_of_files_themselves_never_stop_a_run() -> None:
    breaker = Breaker(1)
    assert len(breaker.sift([finished(str(number), OWN) for number in range(100)])) == 100


def test_without_a_limit_every_failure_is_booked() -> None:
    breaker = Breaker(0)
    assert len(breaker.sift([finished(str(number), STORAGE) for number in range(100)])) == 100
