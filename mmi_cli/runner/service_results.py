"""Results in the shape of Content Understanding's AnalyzeResult, one a file and schema, as files beside what was read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..datamodel.source import SourceFile
from ..storage.mirror import beside
from .whole_file import whole_file

if TYPE_CHECKING:
    from ..datamodel.record import FileRecord
    from ..datamodel.schema import Schema
    from ..pipeline import Outcome

SUFFIX = ".result.json"


def service_results(outcome: Outcome, schemas: Sequence[Schema]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(name of the schema, AnalyzeResult) for each schema that a file was filled by."""
    from ..datamodel.service.result import to_analyze_result

    of_schema = outcome.of_schema or range(len(outcome.records))
    grouped: dict[int, list[FileRecord]] = {}
    for record, index in zip(outcome.records, of_schema, strict=True):
        grouped.setdefault(index, []).append(record)
    for index, records in grouped.items():
        name = schemas[index].name
        yield name, to_analyze_result(records, outcome.content, analyzer=name)


def write_service_results(folder: Path, file: SourceFile, outcome: Outcome, schemas: Sequence[Schema]) -> None:
    """Writes `<path>.result.json` below `folder`, or `<path>.<schema>.result.json` where there are several schemas.

    Raises:
        StorageDown: it cannot be written.
    """
    from ..datamodel.record import dump_line

    names = [schema.name for schema in schemas]
    for number, (name, result) in enumerate(service_results(outcome, schemas)):
        own = f".{name}" if names.count(name) == 1 else f".{name}-{number + 1}"
        with whole_file(folder / beside(file, own if len(schemas) > 1 else "", SUFFIX)) as partial:
            partial.write_text(dump_line(result) + "\n", "utf-8", errors="replace")
