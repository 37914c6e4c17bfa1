"""Everything that can go wrong, as a tree.

MmiError
├── FileError                one file fails, the run goes on; becomes `errors[]` of its record
│   ├── CorruptFile          cannot be decoded
│   ├── EncryptedFile        needs a password
│   ├── LimitExceeded        larger, longer or deeper than a limit; names the limit and its setting
│   ├── MissingEngine        needs an engine, model or program that is not installed
│   ├── EngineFailed         an engine was there and failed
│   │   └── EngineUnreachable   its server did not answer, or only that it cannot now
│   ├── FileIoError          could not be read or downloaded
│   │   └── StorageUnreachable  for a reason that other files may share
│   ├── ChangedDuringRead    replaced while it was read
│   ├── FileTimeout          passed its clock
│   ├── WorkerCrashed        the process that read it died
│   └── WorkerOutOfMemory    the process that read it passed its memory limit
└── RunError                 the run ends
    ├── UsageError           bad flag, setting or schema, found before any file is opened (exit 2)
    ├── StorageDown          storage or a required engine is down (exit 4)
    └── RunLocked            another run writes to the same place (exit 4)
"""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from .datamodel.record import ErrorCode, ErrorInfo, Stage


class ExitCode(IntEnum):
    """What the program returns to its caller."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    SOME_FAILED = 3
    STOPPED = 4
    ASSERTION = 5
    INTERRUPTED = 130
    TERMINATED = 143


class MmiError(Exception):
    """The root; its message is for people: what, where, what to do."""


class FileError(MmiError):
    """This file fails, the run goes on."""

    code: ClassVar[ErrorCode] = "internal"
    retryable: ClassVar[bool] = False
    is_outage: ClassVar[bool] = False
    """It speaks of the world and not of the file: several in a row stop the run."""

    def info(self, stage: Stage) -> ErrorInfo:
        from .datamodel.record import ErrorInfo  # a program that only shows its help builds no records

        return ErrorInfo(
            stage=stage, code=self.code, message=str(self), retryable=self.retryable, is_outage=self.is_outage
        )


class CorruptFile(FileError):
    """Bytes that cannot be decoded as what they claim to be."""

    code = "corrupt"


class EncryptedFile(FileError):
    """Needs a password that was not given, or a wrong one was."""

    code = "encrypted"


class LimitExceeded(FileError):
    """A limit was passed; the message names the limit and the setting that raises it."""

    code = "limit_exceeded"


class MissingEngine(FileError):
    """An engine, model or program is not installed; the message says how to get it."""

    code = "missing_engine"


class EngineFailed(FileError):
    """An engine raised, answered nonsense or was not reachable."""

    code = "engine_failed"
    retryable = True


class EngineUnreachable(EngineFailed):
    """The server of an engine did not answer, or only that it cannot now, however often it was asked."""

    is_outage = True


class FileIoError(FileError):
    """Reading or downloading failed."""

    code = "io"
    retryable = True


class StorageUnreachable(FileIoError):
    """Reading or downloading failed for a reason that other files may share."""

    is_outage = True


class ChangedDuringRead(FileError):
    """The file was replaced while it was read."""

    code = "changed_during_read"
    retryable = True


class FileTimeout(FileError):
    """The file passed its clock and its worker was killed."""

    code = "timeout"
    retryable = True


class WorkerCrashed(FileError):
    """The process that read the file died."""

    code = "crashed"


class WorkerOutOfMemory(FileError):
    """The process that read the file passed its memory limit."""

    code = "out_of_memory"


class RunError(MmiError):
    """The run ends."""

    exit_code: ClassVar[ExitCode] = ExitCode.INTERNAL


class UsageError(RunError):
    """A bad flag, setting or schema; nothing was opened."""

    exit_code = ExitCode.USAGE


class StorageDown(RunError):
    """Storage or a required engine is down."""

    exit_code = ExitCode.STOPPED


class RunLocked(RunError):
    """Another run writes to the same place."""

    exit_code = ExitCode.STOPPED


_NO_MEMORY = (
    "the process that reads the file was given no more memory; `worker_memory_bytes` in the settings raises its limit"
)
_TOO_DEEP = "nested deeper than can be read; no setting raises this limit, which is that of the interpreter"


def as_error_info(error: BaseException, stage: Stage) -> ErrorInfo:
    """An exception as data; what nobody foresaw is `internal` with its type and where it was raised."""
    from .datamodel.record import ErrorInfo

    if isinstance(error, FileError):
        return error.info(stage)
    if isinstance(error, MemoryError):
        return ErrorInfo(stage=stage, code="out_of_memory", message=_NO_MEMORY, retryable=False)
    if isinstance(error, RecursionError):
        return ErrorInfo(stage=stage, code="limit_exceeded", message=_TOO_DEEP, retryable=False)
    if isinstance(error, OSError) and not isinstance(error, MmiError):
        return ErrorInfo(stage=stage, code="io", message=error.strerror or type(error).__name__, retryable=True)
    where = ""
    if error.__traceback__ is not None:
        trace = error.__traceback__
        while trace.tb_next is not None:
            trace = trace.tb_next
        where = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
    try:
        detail = " ".join(str(error)[:10_000].split())[:300]
    except Exception:  # noqa: BLE001 - an exception may be as broken as the file it came from
        detail = "its message cannot be shown"
    return ErrorInfo(stage=stage, code="internal", message=f"{type(error).__name__}: {detail}{where}", retryable=False)
