"""Which files are one case, and what each of them is filled with before they are put together."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from ..datamodel.schema import Category, Field, Schema
from ..schema_file.digest import schema_digest

CaseFolders = Literal["top", "input"]
_IN_ARCHIVE = re.compile(r"([^/]*?\.(?:zip|tar|tgz|tbz2|txz|gz|bz2|xz|zst|7z|rar))!", re.IGNORECASE)
"""A path of a member of an archive that lies in the input itself."""
HERE = "."
"""The case of files that lie in the input itself."""


def case_folder(path: str, folders: CaseFolders) -> str:
    """The folder whose files are one case with a listed one.

    Args:
        path: as storage lists it; the members of an archive are files of a folder with its name.
        folders: `top`: each folder right below the input, with all that lies in it, is a case; `input`: the whole input is one.
    """
    if folders == "input":
        return HERE
    if archive := _IN_ARCHIVE.match(path):
        return archive[1]
    first, slash, _ = path.partition("/")
    return first if slash else HERE


def is_case(schema: Schema) -> bool:
    return schema.unit == "folder"


def schema_of_files(schema: Schema) -> Schema:
    """What each file of a case is filled with: a router to the case's categories, or its own fields; any other schema as it is.

    Its digest is of that alone, so that other totals or checks of the case read no file anew.
    """
    if not is_case(schema):
        return schema
    own = Schema(
        name=schema.name,
        version=schema.version,
        description=schema.description,
        modalities=schema.modalities,
        locale=schema.locale,
        vocabulary=schema.vocabulary,
        labelled=schema.labelled,
        fusion=schema.fusion,
        fields=tuple(_of_file(each) for each in schema.fields if _stands_in_files(each, schema)),
    )
    own = replace(own, digest=schema_digest(own))
    if not schema.categories:
        return own
    categories = tuple(_filled(each, own) for each in schema.categories)
    router = replace(own, fields=(), unit="file", labelled=None, categories=categories, split=True)
    written = tuple(replace(each, filled_by=None) for each in categories)
    digests = [each.filled_by.digest for each in categories if each.filled_by is not None]
    return replace(
        router, digest=schema_digest(replace(router, categories=written, digest=""), category_digests=digests)
    )


def _filled(category: Category, own: Schema) -> Category:
    if category.schema:
        return category
    name = f"{own.name}-{category.name}"[:100]
    return replace(category, filled_by=replace(own, name=name))


def _of_file(field: Field) -> Field:
    """A field as a single file has it: it comes from nowhere else, and may be missing."""
    return replace(field, sources=(), required=False)


def _stands_in_files(field: Field, schema: Schema) -> bool:
    """Whether the field can be filled from one file: it is not computed over the case, nor rows that are whole papers."""
    is_rows = field.type == "array" and field.items is not None and field.items.type == "object"
    own = {category.name for category in schema.categories if not category.schema}
    return field.expression is None and not (is_rows and field.sources and own.isdisjoint(field.sources))
