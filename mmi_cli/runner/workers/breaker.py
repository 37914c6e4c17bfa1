"""Stops a run whose storage or whose engine's server is down, instead of failing every file that is left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from ...errors import StorageDown
from ..work import WorkResult
from .executor import Finished

_Part = Literal["storage", "engine"]
_TOLD = {
    "storage": "storage does not answer",
    "engine": "the server of an engine does not answer",
}


@dataclass(slots=True)
class Breaker:
    """Holds back what failed because the world was down, until it is known whether the world or the files are to blame.

    A file that storage gave, or that a model answered for, ends the row: what was held back is then given on as failed. A row as
    long as the limit ends the run, and what was held back is forgotten: those files were not tried.
    """

    limit: int
    """Files in a row; 0: never."""
    _held: dict[_Part, list[Finished]] = field(default_factory=lambda: {"storage": [], "engine": []})

    def sift(self, finished: Iterable[Finished]) -> list[Finished]:
        """What is to be booked now, in the order in which it was finished.

        Raises:
            StorageDown: the row is as long as the limit.
        """
        booked: list[Finished] = []
        for file, result in finished:
            part = _part_that_is_down(result)
            if part != "storage":  # its bytes came
                booked += self._given_up("storage")
            if part is None and _was_answered(result):
                booked += self._given_up("engine")
            if part is None or not self.limit:
                booked.append((file, result))
                continue
            self._held[part].append((file, result))
            if len(self._held[part]) >= self.limit:
                raise self._stop(part)
        return booked

    def rest(self) -> list[Finished]:
        """What is still held back when all is done."""
        return self._given_up("storage") + self._given_up("engine")

    def _given_up(self, part: _Part) -> list[Finished]:
        held, self._held[part] = self._held[part], []
        return held

    def _stop(self, part: _Part) -> StorageDown:
        last = self._held[part][-1][1].error
        many = f"{self.limit} files in a row" if self.limit > 1 else "a file"
        why = last.message if last is not None else ""
        return StorageDown(
            f"stopped: {_TOLD[part]} ({many}). {why}\nNo file of these counts as tried; type the same command again when it is back. "
            "The setting stop_after_failures says how many are waited for."
        )


def _part_that_is_down(result: WorkResult) -> _Part | None:
    if result.error is None or not result.error.is_outage:
        return None
    return "storage" if result.error.code == "io" else "engine"


def _was_answered(result: WorkResult) -> bool:
    """Whether a language model worked on the file: one that needed none says nothing about its server."""
    return dict(result.usage).get("model_input_tokens", 0) > 0
