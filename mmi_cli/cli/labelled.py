"""Finds the labelled files that a command is to learn from, and refuses labels that cannot be meant."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UsageError

if TYPE_CHECKING:
    from ..datamodel.schema import Schema
    from ..runner.teaching import LabelledFile


def labelled_cache() -> Path:
    """Where labelled files are kept once they are read; may be deleted at any time."""
    return Path.home() / ".cache" / "mmi" / "labelled"


def load_labelled(schemas: tuple[Schema, ...], given: Path | None) -> tuple[tuple[LabelledFile, ...], ...]:
    """The labelled files of each schema: those of `given` for all of them, else those that the schema names.

    Raises:
        UsageError: labels that cannot be read, that name a file which is not there, or a field which no schema has.
    """
    if given is not None:
        return _labelled(given, schemas)
    return tuple(
        found
        for schema in schemas
        for found in (((),) if schema.labelled is None else _labelled(Path(schema.labelled), (schema,)))
    )


def _labelled(path: Path, schemas: tuple[Schema, ...]) -> tuple[tuple[LabelledFile, ...], ...]:
    from ..evaluate.labels import read_labels
    from ..runner.teaching import LabelledFile

    labels = read_labels(path)
    folder = path if path.is_dir() else path.parent
    for label in labels:
        _check_fields(f"{path}: {label.file}", label.fields, schemas)
        if not (folder / label.file).is_file():
            raise UsageError(
                f"{path}: there is no file {str(folder / label.file)!r}; paths are relative to the file of labels"
            )
    return tuple(
        tuple(
            LabelledFile(
                path=folder / label.file,
                fields={name: value for name, value in label.fields.items() if schema.field(name) is not None},
            )
            for label in labels
        )
        for schema in schemas
    )


def _check_fields(where: str, fields: Mapping[str, Any], schemas: tuple[Schema, ...]) -> None:
    """Raises:
    UsageError: a field that no schema has, or a list where there is a single value.
    """
    names = sorted({field.name for schema in schemas for field in schema.fields})
    for name, value in fields.items():
        found = [field for schema in schemas if (field := schema.field(name)) is not None]
        if not found:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(names)}"
            raise UsageError(f"{where}: the schema has no field {name!r}; {hint}")
        if isinstance(value, list | dict) and all(field.is_leaf for field in found):
            raise UsageError(f"{where}: {name!r} is labelled with more than one value, the field has one")
