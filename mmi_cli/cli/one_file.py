"""Opens one file for the commands that do one file at a time: `mmi extract` and `mmi read`."""

from __future__ import annotations

import sys
from itertools import islice
from typing import TYPE_CHECKING

from ..errors import UsageError
from .labelled import labelled_cache

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..datamodel.record import FileRecord
    from ..datamodel.schema import Schema
    from ..datamodel.source import SourceFile
    from ..pipeline import Outcome, Pipeline
    from ..runner.teaching import LabelledFile
    from ..settings import Settings


def filled(
    name: str, schemas: tuple[Schema, ...], settings: Settings, labelled: tuple[tuple[LabelledFile, ...], ...] = ()
) -> Iterator[FileRecord]:
    """The records of the one file that `name` stands for, as they are made; of schemas of cases, of the folder that it stands for.

    Args:
        labelled: files to learn from, one tuple a schema; empty: none for any.

    Raises:
        UsageError: it is several files and not all schemas are of cases, or no file.
    """
    from ..cases.folders import is_case, schema_of_files

    if not any(map(is_case, schemas)):
        yield from records_of(*open_file(name, schemas, settings, labelled))
        return
    if not all(map(is_case, schemas)):
        raise UsageError("schemas of cases (`unit: folder`) and of files cannot be mixed here; `mmi run` takes both")
    files = _listed(name)
    if not files:
        raise UsageError(f"{name}: no such file or folder, or nothing in it")
    pipeline = _pipeline(name, tuple(map(schema_of_files, schemas)), settings, labelled)
    yield from _cases(pipeline, files, schemas)


def open_file(
    name: str, schemas: tuple[Schema, ...], settings: Settings, labelled: tuple[tuple[LabelledFile, ...], ...] = ()
) -> tuple[Pipeline, SourceFile]:
    """The pipeline and the one file that `name` stands for.

    Raises:
        UsageError: it is several files, or none.
    """
    files = _listed(name, at_most=2)
    if len(files) > 1:
        raise UsageError(f"{name} is more than one file; `mmi run` does many")
    if not files:
        raise UsageError(f"{name}: no such file")
    return _pipeline(name, schemas, settings, labelled), files[0]


def records_of(pipeline: Pipeline, file: SourceFile) -> Iterator[FileRecord]:
    """The records of a file, and in the place of an archive those of its members, as they are made."""
    for outcome in outcomes_of(pipeline, [file]):
        yield from outcome.records


def outcomes_of(pipeline: Pipeline, files: Iterable[SourceFile]) -> Iterator[Outcome]:
    """What became of files, and in the place of an archive of its members, as it is known."""
    waiting = list(files)
    while waiting:
        outcome = pipeline.process(waiting.pop(0))
        waiting.extend(outcome.members)
        if not outcome.members:
            yield outcome


def _listed(name: str, *, at_most: int | None = None) -> list[SourceFile]:
    from ..storage.addresses import open_source

    return list(islice(open_source([name]).list(), at_most))


def _pipeline(
    name: str, schemas: tuple[Schema, ...], settings: Settings, labelled: tuple[tuple[LabelledFile, ...], ...]
) -> Pipeline:
    from ..fill.recalibration import read_calibration
    from ..runner.work import WorkSpec, build_pipeline
    from ..runner.workers.machine import usable_cores

    settings = settings.model_copy(update={"threads": settings.threads or usable_cores()})
    calibration = read_calibration(settings.calibration) if settings.calibration else None
    lessons = None
    if any(labelled):
        from ..runner.teaching import announce, teach

        lessons = teach(announce(schemas, labelled), settings, cache=labelled_cache(), note=_tell)
    spec = WorkSpec(inputs=(name,), schemas=schemas, settings=settings, calibration=calibration, lessons=lessons or ())
    return build_pipeline(spec)


def _cases(pipeline: Pipeline, files: Iterable[SourceFile], schemas: tuple[Schema, ...]) -> Iterator[FileRecord]:
    """The files as one case a schema (or several, one a subject), named by the folder they lie in."""
    from ..cases.folders import HERE
    from ..cases.gathering import cases_of
    from ..cases.papers import Paper, paper_of

    papers: list[list[Paper]] = [[] for _ in schemas]
    for outcome in outcomes_of(pipeline, files):
        of_schema = outcome.of_schema or range(len(outcome.records))
        for record, index in zip(outcome.records, of_schema, strict=True):
            papers[index].append(paper_of(record.to_line(), record.source.path))
    for schema, own in zip(schemas, papers, strict=True):
        yield from cases_of(
            HERE, sorted(own, key=lambda paper: (paper.path.encode("utf-8", "surrogateescape"), paper.number)), schema
        )


def _tell(message: str) -> None:
    sys.stderr.write(f"mmi: {message}\n")
