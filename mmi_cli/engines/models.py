"""The catalogue of model weights: every file with its SHA-256, and where its bytes may come from."""

from __future__ import annotations

import difflib
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..settings import Settings

_STAMP = ".verified"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPart:
    """A member of a package on the package index; a file is its parts, one after another."""

    package: str
    version: str
    member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    name: str
    """Below the model's folder."""
    size_bytes: int
    sha256: str
    hub_path: str | None
    """Path in the publisher's repository; None when it is not on the hub."""
    parts: tuple[IndexPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    id: str
    purpose: str
    licence: str
    hub_repository: str | None
    files: tuple[ModelFile, ...]

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)


@cache
def catalogue() -> dict[str, Model]:
    """Every model by its id."""
    loaded = json.loads(Path(__file__).with_name("catalogue.json").read_text("utf-8"))
    return {each["id"]: _model(each) for each in loaded}


def find_model(model_id: str) -> Model:
    """Raises:
    UsageError: no such model.
    """
    models = catalogue()
    if model_id not in models:
        near = difflib.get_close_matches(model_id, models, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "`mmi models list` shows them"
        raise UsageError(f"no model {model_id!r} in the catalogue; {hint}")
    return models[model_id]


def model_folder(settings: Settings, model_id: str) -> Path:
    """Where the files of a model lie."""
    return settings.models_dir / model_id


def models_of(settings: Settings, *, hears: bool = True) -> tuple[str, ...]:
    """Ids of the models that a run with these settings loads; what the settings name by path is left out.

    Args:
        hears: audio and video are among the files.
    """
    named = []
    if hears and settings.speech in ("faster-whisper", "openai-whisper") and not is_path(settings.speech_model):
        named.append(f"faster-whisper-{settings.speech_model}")
    if settings.embedding in ("minilm", "sentence-transformers") and not is_path(settings.embedding_model):
        named.append(settings.embedding_model)
    if settings.language_model == "llama-cpp" and not is_path(settings.language_model_path):
        named.append(settings.language_model_path)
    if settings.ocr == "easyocr":
        named.append("easyocr-en")
    return tuple(named)


def is_path(name: str) -> bool:
    """Whether a setting names weights by where they lie rather than by their id in the catalogue."""
    given = Path(name).expanduser()
    return len(given.parts) > 1 or given.suffix in (".gguf", ".pt")


def missing_files(settings: Settings, model: Model, *, thorough: bool = False) -> tuple[ModelFile, ...]:
    """Files that are absent or have other bytes.

    Args:
        thorough: hash every file; else one that was verified and has not been touched since is believed.
    """
    folder = model_folder(settings, model.id)
    stamps = _read_stamps(folder)
    missing, found = [], {}
    for file in model.files:
        path = folder / file.name
        mark = _mark(path)
        if mark is None:
            missing.append(file)
        elif (not thorough and stamps.get(file.name) == [file.sha256, mark]) or sha256_of(path) == file.sha256:
            found[file.name] = [file.sha256, mark]
        else:
            missing.append(file)
    if found != stamps:
        _write_stamps(folder, found)
    return tuple(missing)


def sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _mark(path: Path) -> list[int] | None:
    """Size and time of a file: what changes when its bytes do."""
    try:
        info = path.stat()
    except OSError:
        return None
    return [info.st_size, info.st_mtime_ns]


def _read_stamps(folder: Path) -> dict[str, Any]:
    try:
        loaded = json.loads((folder / _STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _write_stamps(folder: Path, stamps: dict[str, Any]) -> None:
    try:
        (folder / _STAMP).write_text(json.dumps(stamps), "utf-8")
    except OSError:
        return  # a shared folder may be read-only: then it is hashed each time


def _model(each: dict[str, Any]) -> Model:
    return Model(
        id=each["id"],
        purpose=each["purpose"],
        licence=each["licence"],
        hub_repository=each.get("hub"),
        files=tuple(
            ModelFile(
                name=file["name"],
                size_bytes=file["size_bytes"],
                sha256=file["sha256"],
                hub_path=file.get("hub_path", file["name"]) if each.get("hub") else None,
                parts=tuple(IndexPart(package=p[0], version=p[1], member=p[2]) for p in file["parts"]),
            )
            for file in each["files"]
        ),
    )
