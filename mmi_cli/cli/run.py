"""`mmi run`: the main job."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from ..errors import UsageError
from . import options as o
from .detach import start_detached
from .evaluate import check_writable
from .given import as_command, given_arguments, without
from .labelled import labelled_cache, load_labelled
from .result_format import OfRun, ResultFormat
from .retry import ANY, check_codes
from .run_to_end import run_to_end

_DEFAULT_OUTPUT = "mmi-out"


def check_follow(inputs: list[str], given: Mapping[str, object]) -> None:
    """Refuses what a watch, which has no end, cannot do.

    Raises:
        UsageError: an input that cannot be looked at again, or one of the flags that were given.
        StorageDown: an input is not there.
    """
    from ..runner.follow import check_followed

    if "-" in inputs:
        raise UsageError("--follow: a list on stdin cannot be looked at again; name a folder, a pattern or a container")
    flag = next((name for name, value in given.items() if value), None)
    if flag is not None:
        raise UsageError(f"--follow and {flag} do not go together: a watch has no end")
    check_followed(inputs)


def run(
    inputs: o.Inputs,
    schema: o.SchemaRefs,
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="DEST", help="A folder, a .jsonl file, an az:// prefix, or - for stdout."
        ),
    ] = _DEFAULT_OUTPUT,
    content: Annotated[
        bool, typer.Option("--content", help="Also write what was read: markdown, JSON and VTT below DEST/content.")
    ] = False,
    format_: OfRun = ResultFormat.RECORD,
    sidecars: Annotated[
        str | None,
        typer.Option(
            "--sidecars",
            metavar="KIND,...",
            show_default=False,
            help="Also write, with --content, vtt, srt, chapters, chapter-list, ffmetadata, csv or xmp beside each recording and picture.",
        ),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Do every file again, whatever an earlier run did.")] = False,
    retry: Annotated[
        list[str] | None,
        typer.Option(
            "--retry",
            metavar="CODE",
            help="Do again what failed with this code (`any`: with whatever), however often it was tried. May be repeated.",
        ),
    ] = None,
    max_attempts: Annotated[
        int | None,
        typer.Option(
            "--max-attempts", metavar="N", help="How often a failure that may pass is tried over several runs."
        ),
    ] = None,
    no_cache: Annotated[
        bool,
        typer.Option("--no-cache", help="Keep nothing of what is read or asked, and believe nothing that was kept."),
    ] = False,
    detach: o.Detach = False,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", metavar="N", help="Worker processes; 0: one a core.")
    ] = None,
    inline: Annotated[
        bool | None, typer.Option("--inline", help="No worker processes; for debugging.", show_default=False)
    ] = None,
    runner: o.Runner = None,
    address: o.RayAddress = None,
    timeout: Annotated[float | None, typer.Option("--timeout", metavar="SECONDS", help="Wall clock of a file.")] = None,
    fail_on: Annotated[
        str | None, typer.Option("--fail-on", metavar="any|never|RATE", help="When failed files give exit code 3.")
    ] = None,
    asserted: Annotated[
        list[str] | None,
        typer.Option(
            "--assert",
            metavar="CONDITION",
            show_default=False,
            help="Exit code 5 where the results do not meet it: 'failed == 0', 'ok >= 0.95 * files'. May be repeated.",
        ),
    ] = None,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Also write a JUnit XML report.", show_default=False)
    ] = None,
    if_running: Annotated[
        str | None,
        typer.Option("--if-running", metavar="skip|fail", help="When another run holds the output: exit code 0 or 4."),
    ] = None,
    follow: Annotated[
        bool,
        typer.Option("--follow", help="Watch the input: do what is dropped there as it comes, until a signal ends it."),
    ] = False,
    include: o.Include = None,
    exclude: o.Exclude = None,
    since: o.Since = None,
    shard: Annotated[
        str | None,
        typer.Option(
            "--shard",
            metavar="I/N",
            show_default=False,
            help="Do the I-th of N parts of the input; `mmi merge DEST` puts them together.",
        ),
    ] = None,
    trace: Annotated[
        Path | None,
        typer.Option(
            "--trace",
            metavar="FILE",
            show_default=False,
            help="Also write where time went, as a Chrome trace: open it in ui.perfetto.dev.",
        ),
    ] = None,
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
    quiet: o.Quiet = None,
    log_format: o.LogFormat = None,
    log_file: o.LogFile = None,
) -> None:
    """Every file of a folder or blob container → one JSON line a file.

    Example: mmi run receipts/ --schema receipt --output out

    Stopped, it goes on where it was: type the same command again. Exit codes: 0 every file done, 2 bad flag, setting or
    schema, 3 some files failed, 4 storage or a required engine is down, 5 an --assert does not hold, 130/143 interrupted.
    """
    settings = o.settings_from(
        config=config, assignments=set_, passwords=password, ocr=ocr, speech=speech, speech_model=speech_model,
        speech_language=speech_language, speakers=speakers, embedding=embedding, language_model=language_model, allow_remote=allow_remote,
        calibration=calibration, quiet=quiet, log_format=log_format, jobs=jobs, inline=inline, runner=runner,
        ray_address=address, timeout_s=timeout, fail_on=fail_on, if_running=if_running, log_file=log_file,
        max_attempts=max_attempts, cache="off" if no_cache else None,
    )  # fmt: skip
    if sidecars is not None or settings.sidecars:
        from ..sidecars.kinds import check_kinds

        given = sidecars.split(",") if sidecars is not None else settings.sidecars
        settings = settings.model_copy(update={"sidecars": check_kinds(given)})
    o.check_runner(settings, address)
    if fresh and settings.cache == "on":
        settings = settings.model_copy(update={"cache": "refresh"})
    retried = tuple(check_codes(retry)) if retry else None
    schemas = o.load_schemas(schema)
    taught = load_labelled(schemas, labelled)

    selection = o.selection_from(include, exclude, since)

    from ..retry import Patience
    from ..runner.output import parse_output
    from ..runner.parts.shards import parse_shard, shard_address
    from ..runner.plan import RunPlan
    from ..runner.telling.assertions import Assertions
    from ..runner.telling.junit import JunitReport
    from ..storage.addresses import open_source

    if follow:
        check_follow(inputs, {"--assert": asserted, "--junit": junit, "--shard": shard, "--retry": retry})
    assertions = Assertions(asserted or (), schemas)
    if junit is not None:
        check_writable(junit)
    report_file = JunitReport(junit) if junit is not None else None
    patience = Patience(attempts=settings.retry_attempts)
    part = parse_shard(shard) if shard is not None else None
    cache = Path.home() / ".cache" / "mmi" / "runs"
    whole = parse_output(output, cache=cache, patience=patience)
    for_service = format_ is ResultFormat.CONTENT_UNDERSTANDING
    if for_service and whole.content_folder is None:
        raise UsageError(f"--format {format_.value} writes a file for each file: --output is a folder or a blob prefix")
    if for_service and (case := next((each.name for each in schemas if each.unit == "folder"), None)) is not None:
        raise UsageError(
            f"schema {case!r} is of cases, for which Content Understanding has no shape; leave --format out"
        )
    if settings.sidecars and whole.content_folder is None:
        raise UsageError("--sidecars writes files beside the content: --output is a folder or a blob prefix")
    is_apart = part is not None and not whole.is_stdout
    plan = RunPlan(
        inputs=tuple(inputs),
        source=open_source(inputs, patience=patience),
        schemas=schemas,
        settings=settings,
        output=parse_output(shard_address(output, part), cache=cache, patience=patience)
        if part is not None and is_apart
        else whole,
        shard=part,
        whole=whole if is_apart else None,
        with_content=content or for_service or bool(settings.sidecars),
        with_service_results=for_service,
        fresh=fresh,
        retried=() if retried is not None and ANY in retried else retried,
        command=as_command(settings),
        labelled=taught,
        cache=labelled_cache(),
        selection=selection,
        readers=(
            *((assertions.measures.read,) if assertions else ()),
            *((report_file.read,) if report_file is not None else ()),
        ),
        trace_file=trace,
        follow=follow,
    )
    if detach:
        start_detached(
            ["run", *without(given_arguments(), ("--detach",))], plan.output, shown=output, reads_stdin="-" in inputs
        )
        return
    hint = f"shard {part} is done; when all are, put them together: mmi merge {whole.address}" if is_apart else None
    run_to_end(plan, assertions=assertions, junit=report_file, hint=hint)
