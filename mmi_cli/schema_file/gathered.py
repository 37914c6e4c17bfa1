"""Checks where the fields of a case come from: that the categories they name are there, and have such a field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..datamodel.schema import Category, Field, Schema
from .located import Problems
from .reading import did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """A field with `from`, to be checked once all categories are known."""

    field: Field
    line: int
    depth: int
    """0 for a field of the case itself; below, `from` names a field of the row."""


def check_gathered(
    gathered: Sequence[Gathered],
    fields: Sequence[Field],
    categories: Sequence[Category],
    schemas: Mapping[str, Schema],
    problems: Problems,
) -> None:
    """Adds a problem for each `from` that leads nowhere.

    Args:
        schemas: of the categories that were looked at, by the category's name.
    """
    names = [category.name for category in categories]
    for each in gathered:
        for source in each.field.sources if each.depth == 0 else ():
            category, _, path = source.partition(".")
            if not categories:
                if source not in (known := [field.name for field in fields]):
                    problems.add(
                        each.line, f"`from` names no field of the schema: {source!r}{did_you_mean(source, known)}"
                    )
            elif category not in names:
                problems.add(each.line, f"`from` names no category: {category!r}{did_you_mean(category, names)}")
            elif path and (schema := schemas.get(category)) is not None:
                _check_path(each.line, path, schema, problems)
    rows = {id(field.items): field for field in fields if field.items is not None}
    for field in rows.values():
        _check_row(field, gathered, schemas, problems)


def _check_path(line: int, path: str, schema: Schema, problems: Problems) -> None:
    known = [field.name for field in schema.fields]
    if path.split(".")[0] not in known:
        problems.add(line, f"schema {schema.name!r} has no field {path!r}{did_you_mean(path, known)}")


def _check_row(field: Field, gathered: Sequence[Gathered], schemas: Mapping[str, Schema], problems: Problems) -> None:
    """Members of a row that name a field of its papers name one of some paper it comes from."""
    papers = [schemas[source] for source in field.sources if "." not in source and source in schemas]
    if not papers or field.items is None or len(papers) < len(field.sources):
        return
    known = sorted({each.name for schema in papers for each in schema.fields})
    lines = {each.field: each.line for each in gathered if each.depth > 0}
    for member in field.items.properties:
        for source in member.sources:
            if source.split(".")[0] not in known:
                problems.add(
                    lines.get(member, 1),
                    f"`from` names no field of {', '.join(field.sources)}: {source!r}{did_you_mean(source, known)}",
                )
