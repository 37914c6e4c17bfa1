"""Opens one file for the commands that do one file at a time: `mmi extract` and `mmi read`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ..errors import UsageError
from .labelled import labelled_cache

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..datamodel.record import FileRecord
    from ..datamodel.schema import Schema
    from ..datamodel.source import SourceFile
    from ..pipeline import Outcome, Pipeline
    from ..runner.teaching import LabelledFile
    from ..settings import Settings


def open_file(
    name: str, schemas: tuple[Schema, ...], settings: Settings, labelled: tuple[tuple[LabelledFile, ...], ...] = ()
) -> tuple[Pipeline, SourceFile]:
    """The pipeline and the one file that `name` stands for.

    Args:
        labelled: files to learn from, one tuple a schema; empty: none for any.

    Raises:
        UsageError: it is several files, or none.
    """
    from ..fill.recalibration import read_calibration
    from ..runner.work import WorkSpec, build_pipeline
    from ..runner.workers.machine import usable_cores
    from ..storage.addresses import open_source

    files = []
    for file in open_source([name]).list():
        files.append(file)
        if len(files) > 1:
            raise UsageError(f"{name} is more than one file; `mmi run` does many")
    if not files:
        raise UsageError(f"{name}: no such file")
    settings = settings.model_copy(update={"threads": settings.threads or usable_cores()})
    calibration = read_calibration(settings.calibration) if settings.calibration else None
    lessons = None
    if any(labelled):
        from ..runner.teaching import announce, teach

        lessons = teach(announce(schemas, labelled), settings, cache=labelled_cache(), note=_tell)
    spec = WorkSpec(inputs=(name,), schemas=schemas, settings=settings, calibration=calibration, lessons=lessons or ())
    return build_pipeline(spec), files[0]


def records_of(pipeline: Pipeline, file: SourceFile) -> Iterator[FileRecord]:
    """The records of a file, and in the place of an archive those of its members, as they are made."""
    for outcome in outcomes_of(pipeline, file):
        yield from outcome.records


def outcomes_of(pipeline: Pipeline, file: SourceFile) -> Iterator[Outcome]:
    """What became of a file, and in the place of an archive of its members, as it is known."""
    waiting = [file]
    while waiting:
        outcome = pipeline.process(waiting.pop(0))
        waiting.extend(outcome.members)
        if not outcome.members:
            yield outcome


def _tell(message: str) -> None:
    sys.stderr.write(f"mmi: {message}\n")
