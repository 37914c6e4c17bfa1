"""`mmi extract`: one file, synchronously."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ..errors import ExitCode
from . import options as o
from .labelled import load_labelled
from .one_file import open_file, records_of


def extract(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file or a blob.", show_default=False)],
    schema: o.SchemaRefs,
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
    """One file → its record on stdout: pretty on a terminal, one line in a pipe.

    Example: mmi extract receipt.jpg --schema 'company, date date, total number'
    """
    settings = o.settings_from(
        config=config, assignments=set_, passwords=password, ocr=ocr, speech=speech, speech_model=speech_model,
        speech_language=speech_language, speakers=speakers, embedding=embedding, language_model=language_model, allow_remote=allow_remote,
        calibration=calibration,
    )  # fmt: skip
    schemas = o.load_schemas(schema)
    pipeline, source_file = open_file(file, schemas, settings, load_labelled(schemas, labelled))
    failed = False
    for record in records_of(pipeline, source_file):
        failed = failed or record.status == "failed"
        if sys.stdout.isatty():
            from ..console import print_record

            print_record(record)
        else:
            sys.stdout.write(record.to_line() + "\n")
    sys.stdout.flush()
    if failed:
        raise typer.Exit(ExitCode.SOME_FAILED)
