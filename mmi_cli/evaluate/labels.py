"""Reads labelled truth: one JSON line a file, and finds the label of a record by its path."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What is known of one file."""

    file: str
    fields: dict[str, Any]
    lines: tuple[tuple[str, tuple[float, float, float, float]], ...] = ()
    """Labelled lines of text with their boxes, where the set has them."""


def read_labels(path: Path) -> tuple[Label, ...]:
    """`{"file": "relative/path", "fields": {name: value}}`, one a line; values may be nested as in a record.

    Raises:
        UsageError: the file is missing or a line is not of that form.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the labels {path}: {error}") from error
    labels = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            file, fields = value["file"], value["fields"]
            lines = tuple((item["text"], tuple(item["bbox"])) for item in value.get("lines", ()))
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f'{path}:{number}: not a label, which is {{"file": "a/b.pdf", "fields": {{name: value}}}}'
            ) from error
        labels.append(Label(file=file, fields=fields, lines=lines))
    if not labels:
        raise UsageError(f"{path}: no labels in it")
    return tuple(labels)


class LabelIndex:
    """Finds labels by the longest common ending of two paths, so that both may be relative to different folders."""

    def __init__(self, labels: Iterable[Label]) -> None:
        self._by_name: dict[str, list[Label]] = {}
        for label in labels:
            self._by_name.setdefault(_parts(label.file)[-1], []).append(label)

    def find(self, path: str) -> Label | None:
        """The one label whose path ends like `path`; None when there is none, or several end alike."""
        wanted = _parts(path)
        found = sorted(
            ((_common_ending(wanted, _parts(label.file)), label) for label in self._by_name.get(wanted[-1], ())),
            key=lambda pair: -pair[0],
        )
        if not found or (len(found) > 1 and found[0][0] == found[1][0]):
            return None
        return found[0][1]


def _parts(path: str) -> tuple[str, ...]:
    return tuple(path.replace("\\", "/").strip("/").split("/"))


def _common_ending(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    count = 0
    for left, right in zip(reversed(a), reversed(b), strict=False):
        if left != right:
            break
        count += 1
    return count
