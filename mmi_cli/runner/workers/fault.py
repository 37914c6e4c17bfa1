"""What ends a run, as plain data: what a worker sends in place of a result when the run cannot go on."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import RunError, StorageDown, UsageError


@dataclass(frozen=True, slots=True)
class RunFault:
    """A `RunError` on its way to the run."""

    kind: str
    message: str

    @classmethod
    def of(cls, error: RunError) -> RunFault:
        return cls(type(error).__name__, str(error))

    def error(self) -> RunError:
        return {"UsageError": UsageError, "StorageDown": StorageDown}.get(self.kind, RunError)(self.message)
