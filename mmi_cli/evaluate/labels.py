"""Reads labelled truth, one JSON line a file or one `*.labels.json` a file, and finds the label of a record by its path."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..datamodel.content import Box
from ..errors import UsageError
from .label_values import places_of, plain_value
from .places import Place
from .service_labels import service_label

SERVICE_SUFFIX = ".labels.json"
_FORM = 'a label is {"file": "a/b.pdf", "fields": {name: value}}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What is known of one file."""

    file: str
    fields: dict[str, Any]
    """Plain values, nested for arrays and objects."""
    lines: tuple[tuple[str, Box], ...] = ()
    """Labelled lines of text with their boxes, where the set has them."""
    places: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    """Where values stand, by path: `total`, `items[0].amount`."""


def read_labels(path: Path) -> tuple[Label, ...]:
    """Labels of any of the three forms.

    - a file of JSON lines: `{"file": "relative/path", "fields": {name: value}}`. A value may be written as in a record, with its
      evidence, and evidence may also stand beside: `"evidence": {name: [{"page": 1, "box": […]}]}`
    - one `*.labels.json`: the labels of one file, as Content Understanding and Document Intelligence keep them
    - a folder of these

    Raises:
        UsageError: the file is missing or not of that form.
    """
    if path.is_dir():
        files = sorted(each for each in path.rglob(f"*{SERVICE_SUFFIX}") if each.is_file())
        if not files:
            raise UsageError(f"{path}: no *{SERVICE_SUFFIX} in this folder; name the file if the labels are JSON lines")
        labels = [(str(each), _of_service(each, each.relative_to(path).as_posix())) for each in files]
    elif path.name.endswith(SERVICE_SUFFIX):
        labels = [(str(path), _of_service(path, path.name))]
    else:
        labels = list(_lines(path))
    if not labels:
        raise UsageError(f"{path}: no labels in it")
    first: dict[tuple[str, ...], str] = {}
    for where, label in labels:
        before = first.setdefault(_parts(label.file), where)
        if before != where:
            raise UsageError(f"{where}: {label.file!r} has a label already, at {before}")
    return tuple(label for _, label in labels)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the labels {path}: {getattr(error, 'strerror', None) or error}") from error


def _of_service(path: Path, file: str) -> Label:
    try:
        fields, places = service_label(_text(path))
    except ValueError as error:
        raise UsageError(f"{path}: not a labels file: {error}") from error
    return Label(file=file.removesuffix(SERVICE_SUFFIX), fields=fields, places=places)


def _lines(path: Path) -> Iterable[tuple[str, Label]]:
    for number, line in enumerate(_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            yield where, _of_line(json.loads(line))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            told = "" if isinstance(error, KeyError | json.JSONDecodeError | RecursionError) else f" ({error})"
            raise UsageError(f"{where}: not a label{told}; {_FORM}") from error


def _of_line(value: Any) -> Label:
    """One line's label.

    Raises:
        ValueError, KeyError, TypeError: it is none.
    """
    file, fields = value["file"], value["fields"]
    if not isinstance(file, str) or not file.strip("/"):
        raise ValueError("`file` is the path of a file")
    if not isinstance(fields, dict):
        raise ValueError("`fields` is an object")
    places: dict[str, tuple[Place, ...]] = {}
    plain = {name: plain_value(each, name, places) for name, each in fields.items()}
    for name, pieces in dict(value.get("evidence") or {}).items():
        places[name] = places_of(pieces)
    return Label(file=file, fields=plain, lines=tuple(_line(item) for item in value.get("lines") or ()), places=places)


def _line(item: Any) -> tuple[str, Box]:
    x0, y0, x1, y1 = (float(number) for number in item["bbox"])
    return str(item["text"]), (x0, y0, x1, y1)


class LabelIndex:
    """Finds labels by the longest common ending of two paths, so that both may be relative to different folders."""

    def __init__(self, labels: Iterable[Label]) -> None:
        self._by_name: dict[str, list[Label]] = {}
        for label in labels:
            self._by_name.setdefault(_parts(label.file)[-1], []).append(label)

    def find(self, path: str) -> Label | None:
        """The one label whose path ends like `path`; None when there is none, or several end alike and none is the path itself."""
        wanted = _parts(path)
        found = sorted(
            ((_common_ending(wanted, _parts(label.file)), label) for label in self._by_name.get(wanted[-1], ())),
            key=lambda pair: (-pair[0], _parts(pair[1].file) != wanted),
        )
        if not found or (len(found) > 1 and found[0][0] == found[1][0] and _parts(found[0][1].file) != wanted):
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
