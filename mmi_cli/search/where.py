"""Filters: an expression over what is known of an item, `total > 100 and modality = "image"`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..expressions import Expression, ExpressionError, parse_expression
from ..expressions.conditions import holds
from ..expressions.tree import Binary, Node, did_you_mean, paths
from .index import FoundFile, FoundItem

FILE_NAMES = ("path", "name", "uri", "modality", "media_type", "size_bytes", "confidence", "fields")
ITEM_NAMES = (
    "kind", "text", "tags", "method", "part", "page", "start_s", "end_s", "frame_s", "speaker", "sheet", "cell", "slide",
    "shape", "paragraph",
)  # fmt: skip
"""A field of a record that has one of these names is written `fields.page`."""

_Paths = tuple[tuple[str, ...], ...]


class Filter:
    """Holds for some files and items.

    Args:
        fields: names of fields that some file of the index has.

    Raises:
        ExpressionError: it cannot be read, or names what no file of the index has.
    """

    def __init__(self, source: str, fields: Iterable[str]) -> None:
        expression = parse_expression(source)
        _check_names(expression, frozenset(fields))
        wholes = [Expression(source=source, root=node) for node in _conjuncts(expression.root)]
        with_paths = [(each, tuple(path.parts for path in paths(each))) for each in wholes]
        self._of_files = [each for each in with_paths if not _names_items(each[1])]
        self._of_items = [each for each in with_paths if _names_items(each[1])]

    @property
    def asks_items(self) -> bool:
        return bool(self._of_items)

    @property
    def asks_files(self) -> bool:
        return bool(self._of_files)

    def takes_file(self, file: FoundFile) -> bool:
        """Whether what it says of files holds."""
        return all(holds(each, _measured(named, file, None)) for each, named in self._of_files)

    def takes_item(self, file: FoundFile, item: FoundItem) -> bool:
        """Whether what it says of items holds, for a file that is taken."""
        return all(holds(each, _measured(named, file, item)) for each, named in self._of_items)


def _check_names(expression: Expression, fields: frozenset[str]) -> None:
    known = {*FILE_NAMES, *ITEM_NAMES, *fields}
    for path in paths(expression):
        first, rest = path.parts[0], path.parts[1:]
        name, among = (rest[0], fields) if rest and first in ("fields", "confidence") else (first, known)
        if name not in among:
            where = (
                "no file of the index has such a field"
                if not fields
                else "see `fields` of an answer with --format json"
            )
            problem = f"unknown name {name!r}{did_you_mean(name, among) or f'; {where}'}"
            raise ExpressionError(expression.source, path.position, problem)


def _conjuncts(node: Node) -> list[Node]:
    if isinstance(node, Binary) and node.operator == "and":
        return [*_conjuncts(node.left), *_conjuncts(node.right)]
    return [node]


def _names_items(named: _Paths) -> bool:
    return any(parts[0] in ITEM_NAMES for parts in named)


def _measured(named: _Paths, file: FoundFile, item: FoundItem | None) -> Mapping[tuple[str, ...], Any]:
    return {parts: _value(parts, file, item) for parts in named}


def _value(parts: tuple[str, ...], file: FoundFile, item: FoundItem | None) -> Any:
    first, rest = parts[0], parts[1:]
    if first == "confidence":
        return _confidence(file, rest)
    if first == "fields":
        return _below(file.fields[rest[0]]["value"], rest[1:]) if rest and rest[0] in file.fields else None
    if first == "name":
        return file.path.replace("!", "/").rsplit("/", 1)[-1]
    if first in FILE_NAMES:
        return getattr(file, first)
    if first in ITEM_NAMES:
        return _of_item(first, item) if item is not None else None
    return _below(file.fields[first]["value"], rest) if first in file.fields else None


def _of_item(name: str, item: FoundItem) -> Any:
    if name == "tags":
        return [each.strip() for tag, _ in item.tags for each in tag.split(",")]
    if name in ("kind", "text", "method"):
        return getattr(item, name)
    return item.place.get(name)


def _confidence(file: FoundFile, rest: tuple[str, ...]) -> float | None:
    """Of a field, or the lowest of the file's fields that have a value."""
    if rest:
        return file.fields[rest[0]]["confidence"] if rest[0] in file.fields else None
    known = [field["confidence"] for field in file.fields.values() if field["confidence"] is not None]
    return min(known, default=None)


def _below(value: Any, parts: tuple[str, ...]) -> Any:
    for position, part in enumerate(parts):
        if isinstance(value, list):
            return [_below(each, parts[position:]) for each in value]
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value
