"""Finds what a `--schema` stands for and reads it."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable
from pathlib import Path

from ..datamodel.schema import Schema
from ..errors import UsageError
from .analyzer_json import from_analyzer, is_analyzer
from .field_list import from_field_list, is_field_list
from .invoice_template import from_invoice_template, is_invoice_template
from .json_schema import from_json_schema, is_json_schema
from .located import MAX_CHARS, Mapping, Problems, located, parse_yaml
from .names import schema_name
from .one_line import parse_one_line
from .parsing import Surroundings, parse_schema
from .python_class import is_class_path, json_schema_of_class

_PACKAGE = Path(__file__).parents[1]
# A link to configs/schemas in a checkout, a folder once installed; some file systems and archives have no links.
_FOLDER = _PACKAGE / "schemas" if (_PACKAGE / "schemas").is_dir() else _PACKAGE.parent / "configs" / "schemas"
_SUFFIXES = (".yaml", ".yml", ".json")
_LOOKS_LIKE_FIELDS = re.compile(r"[\s,{(\[]")


def built_in_names() -> tuple[str, ...]:
    """Names of the schemas that come with the program, sorted."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))


def built_in_path(name: str) -> Path:
    """The file of a built-in schema.

    Raises:
        UsageError: no such schema.
    """
    if name not in built_in_names():
        near = difflib.get_close_matches(name, built_in_names(), n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"`mmi schema list` shows them; one field is '{name} string'"
        raise UsageError(f"there is no file and no built-in schema {name!r}; {hint}")
    return _FOLDER / f"{name}.yaml"


def load_schema(ref: str) -> Schema:
    """The schema that a file, a built-in name or a one-line form stands for.

    Raises:
        UsageError: with every problem, each with its file and line.
    """
    return _load(ref, _load_category)


def import_schema(ref: str) -> tuple[Schema, tuple[str, ...]]:
    """The schema that a file of another format stands for, or a class by its dotted path, and notes on what could not be taken over.

    Raises:
        UsageError: with every problem.
    """
    notes: list[str] = []
    if not Path(ref).is_file() and Path(ref).suffix.lower() not in _SUFFIXES and "/" not in ref:
        return _of_class(ref, notes), tuple(notes)
    return _load_file(Path(ref), _load_category, notes), tuple(notes)


def _of_class(ref: str, notes: list[str] | None = None) -> Schema:
    problems = Problems(ref)
    document = from_json_schema(located(json_schema_of_class(ref)), problems)
    if notes is not None:
        notes += problems.notes
    return parse_schema(document, problems, default_name=schema_name(re.split(r"[.:]", ref)[-1]))


def read_schema_text(text: str, *, name: str, default_name: str = "schema") -> Schema:
    """A schema from the text of a YAML or JSON file; files that it refers to are not looked at.

    Args:
        name: stands before the line in messages.
        default_name: the schema's name when the text gives none.

    Raises:
        UsageError: with every problem.
    """
    return _read(text, name=name, default_name=default_name, surroundings=None)


def _load_category(ref: str) -> Schema:
    return _load(ref, None)


def _load(ref: str, load_category: Callable[[str], Schema] | None) -> Schema:
    path = Path(ref)
    if path.suffix.lower() in _SUFFIXES or ("/" in ref and not _LOOKS_LIKE_FIELDS.search(ref)):
        return _load_file(path, load_category)
    if ref in built_in_names():
        return _load_file(built_in_path(ref), load_category)
    if is_class_path(ref):
        return _of_class(ref)
    if os.path.isfile(ref):  # noqa: PTH113 - a long line is no name of a file, and is_file would raise
        return _load_file(path, load_category)
    if _LOOKS_LIKE_FIELDS.search(ref.strip()):
        problems = Problems("--schema")
        return parse_schema(parse_one_line(ref, problems), problems, default_name="ad-hoc")
    return _load_file(built_in_path(ref), load_category)


def _load_file(path: Path, load_category: Callable[[str], Schema] | None, notes: list[str] | None = None) -> Schema:
    try:
        with path.open("rb") as stream:
            data = stream.read(4 * MAX_CHARS + 1)
    except OSError as error:
        raise UsageError(f"cannot read the schema {path}: {error.strerror}") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 (byte {error.start})") from None
    surroundings = Surroundings(folder=path.parent, load=load_category, built_in=built_in_names())
    return _read(text, name=str(path), default_name=path.stem, surroundings=surroundings, notes=notes)


def _read(
    text: str, *, name: str, default_name: str, surroundings: Surroundings | None, notes: list[str] | None = None
) -> Schema:
    problems = Problems(name)
    document = parse_yaml(text, problems)
    default_name = schema_name(default_name)
    if isinstance(document, Mapping):
        if is_field_list(document):
            document = from_field_list(document, problems)
        elif is_invoice_template(document):
            document = from_invoice_template(document, problems)
        elif is_analyzer(document):
            document = from_analyzer(document, problems)
        elif is_json_schema(document):
            document = from_json_schema(document, problems)
    if notes is not None:
        notes += problems.notes
    return parse_schema(document, problems, default_name=default_name, surroundings=surroundings)
