"""`mmi schema infer`: a schema proposed from sample files."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import RunError, UsageError, as_error_info
from . import options as o

if TYPE_CHECKING:
    from ..proposing.proposal import Sample
    from ..settings import Settings

_FILES = 24


def infer(
    inputs: o.Inputs,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="What the schema is called; default the folder's name.")
    ] = None,
    files: Annotated[
        int,
        typer.Option("--files", metavar="N", min=1, max=500, help="How many of the files are read, spread over all."),
    ] = _FILES,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write it; default stdout.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    config: o.Config = None,
    set_: o.Set = None,
    password: o.Password = None,
    ocr: o.Ocr = None,
    speech: o.Speech = None,
    speech_model: o.SpeechModel = None,
    speech_language: o.SpeechLanguage = None,
    embedding: o.Embedding = None,
) -> None:
    """A schema for files like these: labels that recur, columns of tables, the built-in schema that fits. Asks no language model.

    Example: mmi schema infer contracts/ -o contracts.yaml
    """
    from ..engines.bundle import EngineBundle
    from ..proposing.proposal import propose
    from ..schema_file import read_schema_text
    from ..schema_file.names import schema_name
    from .schema import write_schema

    settings = o.settings_from(
        config=config, assignments=set_, passwords=password, ocr=ocr, speech=speech, speech_model=speech_model,
        speech_language=speech_language, embedding=embedding, language_model="none",
    )  # fmt: skip
    samples = read_samples(inputs, files, settings, _tell)
    stem = (
        re.split(r"[\\/]", inputs[0].split("?")[0].rstrip("/\\"))[-1]
        if inputs[0] not in ("-", ".")
        else Path.cwd().name
    )
    called = name or schema_name(Path(stem).stem.replace("*", ""))
    proposal = propose(samples, name=called, engines=EngineBundle(settings), settings=settings) if samples else None
    if proposal is None:
        raise UsageError(
            f"{len(samples)} files were read and no label or heading recurs in them; "
            "`mmi schema new` writes a schema to begin with, `mmi schema list` names the built-in ones"
        )
    read_schema_text(proposal.text, name=f"schema {called!r}")  # refuses a name that cannot be
    write_schema(proposal.text, output, force=force)
    built_in = proposal.fit.schema
    like = f"; they look like the built-in schema {built_in.name!r}" if built_in is not None else ""
    _tell(f"{_counted(len(proposal.schema.fields), 'field')} from {_counted(len(samples), 'file')}{like}")


def read_samples(inputs: list[str], most: int, settings: Settings, tell: Callable[[str], None]) -> list[Sample]:
    """What stands in some of the files, spread over all of them in the order of their paths.

    Raises:
        UsageError: there is no file.
        StorageDown: an input is not there.
    """
    from ..proposing.proposal import Sample
    from ..runner.work import WorkSpec, build_pipeline
    from ..runner.workers.machine import usable_cores
    from ..storage.addresses import open_source

    found = sorted(open_source(inputs).list(), key=lambda file: file.path)
    if not found:
        raise UsageError(f"{' '.join(inputs)}: there is no file")
    step = len(found) / min(most, len(found))
    chosen = [found[int(number * step)] for number in range(min(most, len(found)))]
    settings = settings.model_copy(update={"threads": settings.threads or usable_cores()})
    pipeline = build_pipeline(WorkSpec(inputs=tuple(inputs), schemas=(), settings=settings))
    samples = []
    for file in chosen:
        try:
            with pipeline.opened(file) as opened:
                content, modality = opened.content, opened.detection.modality
        except RunError:
            raise
        except Exception as error:  # noqa: BLE001 - one file that cannot be read is one sample less
            tell(f"{file.path}: {as_error_info(error, 'extract').message}")
            continue
        if content is None or not content.words:
            tell(f"{file.path}: nothing to read in it")
            continue
        samples.append(Sample(content=content, modality=modality))
    return samples


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _tell(message: str) -> None:
    from ..console import printable

    sys.stderr.write(f"mmi: {printable(message)}\n")
