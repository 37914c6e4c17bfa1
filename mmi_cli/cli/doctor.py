"""`mmi doctor`: what is there, what is missing, how to get it."""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .. import __version__
from ..errors import ExitCode, UsageError
from . import options as o
from .streams import has_room_for_tables

if TYPE_CHECKING:
    from ..settings import Settings

_PACKAGES = {
    "rapidocr": ("rapidocr", "onnxruntime", "cv2"),
    "easyocr": ("easyocr", "torch"),
    "faster-whisper": ("faster_whisper", "ctranslate2", "av"),
    "openai-whisper": ("whisper", "torch"),
    "minilm": ("tokenizers",),
    "sentence-transformers": ("sentence_transformers", "torch"),
    "llama-cpp": ("xllamacpp",),
    "openai": ("httpx",),
}
_TORCH = frozenset({"easyocr", "openai-whisper", "sentence-transformers"})


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    state: str
    """`ok`, `missing` (the settings need it) or `optional`."""
    detail: str


def doctor(
    config: o.Config = None,
    set_: o.Set = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """The machine, the engines of the settings, their weights and the programs that help; exit code 4 when something needed is missing.

    Example: mmi doctor
    """
    settings = o.settings_from(config=config, assignments=set_)
    findings = [*_machine(settings), *_engines(settings), *_weights(settings), *_programs(), *_runner(settings)]
    if as_json:
        sys.stdout.write(json.dumps([asdict(finding) for finding in findings], indent=2) + "\n")
    else:
        _print(findings)
    if any(finding.state == "missing" for finding in findings):
        raise typer.Exit(ExitCode.STOPPED)


def _machine(settings: Settings) -> list[Finding]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    folder = next(each for each in (settings.models_dir, *settings.models_dir.parents) if each.exists())
    free = shutil.disk_usage(folder).free / 1e9
    return [
        Finding(
            "mmi", "ok", f"{__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
        ),
        Finding("machine", "ok", f"{cores} cores, {memory:.0f} GB of memory, {free:.0f} GB free for models"),
    ]


def _engines(settings: Settings) -> list[Finding]:
    findings = []
    for kind in ("ocr", "speech", "diarization", "embedding", "image_tags", "vision", "language_model"):
        name = getattr(settings, kind)
        absent = [each for each in _PACKAGES.get(name, ()) if importlib.util.find_spec(each) is None]
        if name == "none":
            findings.append(Finding(kind, "optional", "turned off"))
        elif absent:
            how = "pip install 'mmi-cli[torch]'" if name in _TORCH else "reinstall mmi-cli"
            findings.append(Finding(kind, "missing", f"{name}: {', '.join(absent)} cannot be imported; {how}"))
        elif name == "openai":
            findings.append(_server(settings))
        else:
            findings.append(Finding(kind, "ok", name))
    return findings


def _server(settings: Settings) -> Finding:
    """Whether anything answers at the address of the OpenAI-compatible server; neither key nor content is sent."""
    import httpx

    from ..engines.remote_hosts import is_loopback, server_url

    try:
        url = server_url(settings)
        shown = f"openai: {settings.openai_model} at {url.scheme}://{url.netloc.decode()}"
        httpx.get(url, timeout=5.0, trust_env=not is_loopback(url.host))
    except UsageError as error:
        return Finding("language_model", "missing", f"openai: {error}")
    except httpx.HTTPError as error:
        return Finding("language_model", "missing", f"{shown} does not answer ({type(error).__name__})")
    return Finding("language_model", "ok", shown)


def _weights(settings: Settings) -> list[Finding]:
    from ..engines.models import catalogue, is_path, missing_files, models_of

    needed = models_of(settings)
    findings = []
    for model in catalogue().values():
        if missing_files(settings, model):
            state = "missing" if model.id in needed else "optional"
            findings.append(Finding(f"weights {model.id}", state, f"not here; mmi models pull {model.id}"))
        else:
            findings.append(Finding(f"weights {model.id}", "ok", f"verified, in {settings.models_dir}"))
    for name in needed:
        if name not in catalogue():
            folder = settings.models_dir / name
            state = "ok" if folder.is_dir() else "missing"
            detail = (
                f"not of the catalogue, in {folder}"
                if folder.is_dir()
                else "neither in the catalogue nor in the models folder"
            )
            findings.append(Finding(f"weights {name}", state, detail))
    used = {
        settings.speech_model if settings.speech != "none" else "",
        settings.embedding_model if settings.embedding != "none" else "",
        settings.language_model_path if settings.language_model == "llama-cpp" else "",
    }
    for name in sorted(each for each in used if each and is_path(each)):
        is_there = Path(name).expanduser().exists()
        findings.append(Finding(f"weights {name}", "ok" if is_there else "missing", "a path of the settings"))
    return findings


def _programs() -> list[Finding]:
    findings = []
    for names, what in (
        (("ffmpeg",), "media that PyAV cannot read"),
        (("soffice", "libreoffice"), "DOC, XLS and PPT files"),
    ):
        found = next((path for name in names if (path := shutil.which(name))), None)
        state, detail = ("ok", found) if found else ("optional", f"not on the PATH; it would read {what}")
        findings.append(Finding(names[0], state, detail))
    return findings


def _runner(settings: Settings) -> list[Finding]:
    """Ray, which is not imported for it: that takes a second."""
    absent = [name for name in ("ray", "pyarrow", "pandas") if importlib.util.find_spec(name) is None]
    if not absent:
        from importlib.metadata import version

        return [Finding("ray", "ok", f"{version('ray')}, for --runner ray")]
    state = "missing" if settings.runner == "ray" else "optional"
    return [
        Finding("ray", state, f"{', '.join(absent)} cannot be imported; --runner ray needs pip install 'mmi-cli[ray]'")
    ]


def _print(findings: list[Finding]) -> None:
    """Columns on a terminal, one line each in a pipe."""
    if not has_room_for_tables():
        sys.stdout.writelines(f"{finding.state}\t{finding.what}\t{finding.detail}\n" for finding in findings)
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    marks = {"ok": "[green]✓[/]", "missing": "[red]✗[/]", "optional": "[dim]–[/]"}
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for finding in findings:
        table.add_row(marks[finding.state], finding.what, escape(finding.detail))
    Console().print(table)
