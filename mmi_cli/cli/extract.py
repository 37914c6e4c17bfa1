"""`mmi extract`: one file, synchronously."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import ExitCode, UsageError
from . import options as o
from .labelled import load_labelled
from .one_file import filled, open_file, outcomes_of
from .result_format import OfExtract, ResultFormat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..datamodel.record import FileRecord
    from ..datamodel.schema import Schema
    from ..pipeline import Outcome
    from ..runner.teaching import LabelledFile
    from ..settings import Settings


def extract(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file or a blob.", show_default=False)],
    schema: o.SchemaRefs,
    format_: OfExtract = ResultFormat.RECORD,
    labelled: o.Labelled = None,
    config: o.Config = None,
    set_: o.Set = None,
    password: o.Password = None,
    ocr: o.Ocr = None,
    speech: o.Speech = None,
    speech_model: o.SpeechModel = None,
    speech_language: o.SpeechLanguage = None,
    speakers: o.Speakers = None,
    embedding: o.Embedding = None,
    language_model: o.LanguageModel = None,
    allow_remote: o.AllowRemote = None,
    calibration: o.Calibration = None,
) -> None:
    """One file, or one folder for a schema of cases → its record on stdout: pretty on a terminal, one line in a pipe.

    Example: mmi extract receipt.jpg --schema 'company, date date, total number'
    """
    settings = o.settings_from(
        config=config, assignments=set_, passwords=password, ocr=ocr, speech=speech, speech_model=speech_model,
        speech_language=speech_language, speakers=speakers, embedding=embedding, language_model=language_model, allow_remote=allow_remote,
        calibration=calibration,
    )  # fmt: skip
    schemas = o.load_schemas(schema)
    taught = load_labelled(schemas, labelled)
    failed = False
    if format_ is ResultFormat.CONTENT_UNDERSTANDING:
        for outcome in _outcomes(file, schemas, settings, taught):
            failed = failed or any(record.status == "failed" for record in outcome.records)
            _print_service_results(outcome, schemas)
    else:
        for record in filled(file, schemas, settings, taught):
            failed = failed or record.status == "failed"
            _print_record(record)
    sys.stdout.flush()
    if failed:
        raise typer.Exit(ExitCode.SOME_FAILED)


def _print_record(record: FileRecord) -> None:
    if sys.stdout.isatty():
        from ..console import print_record

        print_record(record)
    else:
        sys.stdout.write(record.to_line() + "\n")


def _outcomes(
    file: str, schemas: tuple[Schema, ...], settings: Settings, labelled: tuple[tuple[LabelledFile, ...], ...]
) -> Iterator[Outcome]:
    if case := next((schema.name for schema in schemas if schema.unit == "folder"), None):
        raise UsageError(
            f"schema {case!r} is of cases, for which Content Understanding has no shape; leave --format out"
        )
    pipeline, source_file = open_file(file, schemas, settings, labelled)
    yield from outcomes_of(pipeline, [source_file])


def _print_service_results(outcome: Outcome, schemas: tuple[Schema, ...]) -> None:
    from ..datamodel.record import dump_line
    from ..runner.service_results import service_results

    for _, result in service_results(outcome, schemas):
        if sys.stdout.isatty():
            sys.stdout.write(json.dumps(result, ensure_ascii=False, indent=2) + "\n")
        else:
            sys.stdout.write(dump_line(result) + "\n")
