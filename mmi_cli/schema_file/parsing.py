"""A located mapping → `Schema`, with every problem found and its line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from typing import Any

from ..datamodel.detection import MODALITIES
from ..datamodel.schema import FIELD_KINDS, FIELD_TYPES, Category, Check, Field, Schema
from ..expressions import ExpressionError, check_names, parse_expression
from .digest import schema_digest
from .located import Mapping, Problems, Sequence

_SCHEMA_KEYS = (
    "name", "version", "description", "modalities", "locale", "unit", "vocabulary", "labelled", "fields", "checks", "categories",
    "split", "definitions", "$defs",
)  # fmt: skip
_FIELD_KEYS = (
    "type", "kind", "description", "aliases", "required", "pattern", "examples", "enum", "enum_descriptions", "expression", "items",
    "properties", "$ref",
)  # fmt: skip
_NAME = re.compile(r"[^\W\d][\w-]{0,99}")
_MAX_DEPTH = 12
_MAX_FIELDS = 1000
_MAX_ENUM = 1000


def parse_schema(document: Any, problems: Problems, *, default_name: str) -> Schema:
    """The schema that a document describes.

    Raises:
        UsageError: with every problem of the document.
    """
    if not isinstance(document, Mapping):
        problems.add(1, "a schema is a mapping with `name` and `fields`")
        problems.raise_if_any()
    parser = _Parser(document, problems)
    schema = parser.schema(default_name)
    problems.raise_if_any()
    return schema


class _Parser:
    def __init__(self, document: Mapping, problems: Problems) -> None:
        self._document = document
        self._problems = problems
        self._definitions: dict[str, Any] = {}
        for key in ("definitions", "$defs"):
            definitions = document.get(key)
            if isinstance(definitions, Mapping):
                self._definitions.update(definitions)
            elif definitions is not None:
                problems.add(document.line_of(key), f"{key!r} is a mapping of names to fields")
        self._resolving: list[str] = []
        self._field_count = 0

    def schema(self, default_name: str) -> Schema:
        document = self._document
        self._known_keys(document, _SCHEMA_KEYS, "key of a schema")
        fields = self._fields(document, "fields", depth=0)
        categories = self._categories()
        if not fields and not categories:
            self._problems.add(document.line, "a schema needs `fields`, or `categories` for a router")
        if fields and categories:
            self._problems.add(document.line_of("categories"), "a router has `categories` in place of `fields`")
        if document.get("split") is True and not categories:
            self._problems.add(document.line_of("split"), "`split` needs `categories`")
        name = self._text(document, "name") or default_name
        if not _NAME.fullmatch(name):
            self._problems.add(
                document.line_of("name"), f"{name!r} is no name: letters, digits, _ and -, a letter first"
            )
        self._check_expressions(document, fields)
        schema = Schema(
            name=name,
            version=str(document.get("version", "1")),
            description=self._text(document, "description"),
            modalities=self._choices(document, "modalities", MODALITIES, "modality"),  # type: ignore[arg-type]
            locale=self._locale(),
            unit=self._choice(document, "unit", ("file", "folder"), "file"),  # type: ignore[arg-type]
            vocabulary=self._texts(document, "vocabulary"),
            labelled=self._text(document, "labelled") or None,
            fields=fields,
            checks=self._checks(fields),
            categories=categories,
            split=self._flag(document, "split"),
        )
        import dataclasses

        return dataclasses.replace(schema, digest=schema_digest(schema))

    def _fields(self, holder: Mapping, key: str, *, depth: int) -> tuple[Field, ...]:
        fields = holder.get(key)
        if fields is None:
            return ()
        if not isinstance(fields, Mapping):
            self._problems.add(holder.line_of(key), f"{key!r} is a mapping of names to fields")
            return ()
        out = []
        for name, value in fields.items():
            line = fields.line_of(name)
            if not _NAME.fullmatch(name):
                self._problems.add(line, f"{name!r} is no field name: letters, digits, _ and -, a letter first")
            out.append(self._field(name, value, line, depth=depth))
        return tuple(out)

    def _field(self, name: str, value: Any, line: int, *, depth: int) -> Field:
        blank = Field(name=name, type="string")
        self._field_count += 1
        if self._field_count == _MAX_FIELDS + 1:
            self._problems.add(line, f"more than {_MAX_FIELDS:,} fields")
        if depth > _MAX_DEPTH or self._field_count > _MAX_FIELDS:
            if depth == _MAX_DEPTH + 1:
                self._problems.add(line, f"fields are nested deeper than {_MAX_DEPTH} levels")
            return blank
        if isinstance(value, str):  # `total: number`
            short = Mapping()
            short.line, short["type"] = line, value
            value = short
        if not isinstance(value, Mapping):
            self._problems.add(line, f"{name!r} is described by a mapping such as {{type: string}}")
            return blank
        if "$ref" in value:
            return self._referenced(name, value, depth=depth)
        self._known_keys(value, _FIELD_KEYS, "key of a field")
        return self._plain_field(name, value, depth=depth)

    def _plain_field(self, name: str, value: Mapping, *, depth: int) -> Field:
        expression = self._text(value, "expression") or None
        enum = self._texts(value, "enum")
        type_ = self._choice(
            value, "type", FIELD_TYPES, "object" if "properties" in value else "array" if "items" in value else "string"
        )
        kind = self._choice(value, "kind", FIELD_KINDS, "inferred" if expression else "extracted")
        items = None
        if "items" in value:
            items = self._field("", value["items"], value.line_of("items"), depth=depth + 1)
        properties = self._fields(value, "properties", depth=depth + 1)
        field = Field(
            name=name,
            type=type_,  # type: ignore[arg-type]
            kind=kind,  # type: ignore[arg-type]
            description=self._text(value, "description"),
            aliases=self._texts(value, "aliases"),
            required=self._flag(value, "required"),
            pattern=self._pattern(value),
            examples=self._texts(value, "examples"),
            enum=enum,
            enum_descriptions=self._enum_descriptions(value, enum),
            expression=expression,
            items=items,
            properties=properties,
        )
        self._check_shape(field, value)
        return field

    def _check_shape(self, field: Field, value: Mapping) -> None:
        say = self._problems.add
        if field.type == "array" and field.items is None:
            say(value.line_of("type"), f"array {field.name!r} needs `items`")
        if field.type != "array" and field.items is not None:
            say(value.line_of("items"), f"`items` belongs to an array; {field.name!r} is a {field.type}")
        if field.type == "object" and not field.properties:
            say(value.line_of("type"), f"object {field.name!r} needs `properties`")
        if field.type != "object" and field.properties:
            say(value.line_of("properties"), f"`properties` belong to an object; {field.name!r} is a {field.type}")
        if field.enum and field.type not in ("string", "integer", "number"):
            say(
                value.line_of("enum"),
                "`enum` belongs to a string; for several labels use an array with `items: {enum: […]}`",
            )
        if len(field.enum) > _MAX_ENUM:
            say(value.line_of("enum"), f"an enum has at most {_MAX_ENUM:,} values")
        if field.expression and field.kind != "inferred":
            say(value.line_of("kind"), f"a field with an `expression` is computed: `kind: inferred`, not {field.kind}")
        if field.expression and not field.is_leaf:
            say(value.line_of("expression"), "an `expression` gives one value; it cannot be that of an array or object")

    def _referenced(self, name: str, value: Mapping, *, depth: int) -> Field:
        import dataclasses

        line, reference = value.line_of("$ref"), str(value["$ref"])
        target = re.fullmatch(r"#/(?:\$defs|definitions)/(.+)", reference)
        if target is None or target[1] not in self._definitions:
            known = [f"#/$defs/{each}" for each in self._definitions]
            self._problems.add(line, f"{reference!r} is not defined{_did_you_mean(reference, known)}")
            return Field(name=name, type="string")
        if target[1] in self._resolving:
            self._problems.add(line, f"{reference!r} contains itself")
            return Field(name=name, type="string")
        self._resolving.append(target[1])
        try:
            field = self._field(name, self._definitions[target[1]], line, depth=depth)
        finally:
            self._resolving.pop()
        # What stands beside a $ref describes this use of it.
        if description := self._text(value, "description"):
            field = dataclasses.replace(field, description=description)
        if aliases := self._texts(value, "aliases"):
            field = dataclasses.replace(field, aliases=aliases)
        if value.get("required") is True:
            field = dataclasses.replace(field, required=True)
        self._known_keys(value, ("$ref", "description", "aliases", "required", "type", "kind"), "key beside a $ref")
        return field

    def _categories(self) -> tuple[Category, ...]:
        categories = self._document.get("categories")
        if categories is None:
            return ()
        if not isinstance(categories, Mapping):
            self._problems.add(
                self._document.line_of("categories"), "`categories` is a mapping of names to {description, schema}"
            )
            return ()
        out = []
        for name, value in categories.items():
            line = categories.line_of(name)
            if not isinstance(value, Mapping) or not self._text(value, "schema"):
                self._problems.add(line, f"category {name!r} is {{description: …, schema: …}}")
                continue
            self._known_keys(value, ("description", "schema"), "key of a category")
            out.append(
                Category(name=name, description=self._text(value, "description"), schema=self._text(value, "schema"))
            )
        return tuple(out)

    def _checks(self, fields: tuple[Field, ...]) -> tuple[Check, ...]:
        checks = self._document.get("checks")
        if checks is None:
            return ()
        if not isinstance(checks, Sequence):
            self._problems.add(self._document.line_of("checks"), "`checks` is a list of {expression, message}")
            return ()
        out = []
        for value, line in zip(checks, checks.item_lines, strict=True):
            if isinstance(value, str):
                out.append(Check(expression=value))
            elif isinstance(value, Mapping) and self._text(value, "expression"):
                self._known_keys(value, ("expression", "message"), "key of a check")
                out.append(Check(expression=self._text(value, "expression"), message=self._text(value, "message")))
            else:
                self._problems.add(line, "a check is {expression: …, message: …}")
                continue
            self._expression(out[-1].expression, line, paths_of(fields))
        return tuple(out)

    def _check_expressions(self, document: Mapping, fields: tuple[Field, ...]) -> None:
        known = paths_of(fields)
        described = document.get("fields")
        computed = {field.name: field.expression for field in fields if field.expression}
        for name, source in computed.items():
            value = described.get(name) if isinstance(described, Mapping) else None
            line = value.line_of("expression") if isinstance(value, Mapping) else document.line
            self._expression(source or "", line, known - {name})

    def _expression(self, source: str, line: int, known: frozenset[str]) -> None:
        try:
            check_names(parse_expression(source), known)
        except ExpressionError as error:
            self._problems.add(line, str(error))

    def _locale(self) -> str | None:
        text = self._text(self._document, "locale")
        if not text:
            return None
        from babel import Locale, UnknownLocaleError

        try:
            return str(Locale.parse(text.replace("-", "_")))
        except (ValueError, UnknownLocaleError):
            self._problems.add(
                self._document.line_of("locale"), f"unknown locale {text!r}; write one such as en_GB or de_DE"
            )
            return None

    def _pattern(self, value: Mapping) -> str | None:
        pattern = self._text(value, "pattern") or None
        if pattern is not None:
            from ..expressions.functions import is_runaway

            try:
                re.compile(pattern)
                if is_runaway(pattern):
                    self._problems.add(
                        value.line_of("pattern"), "the pattern repeats inside a repetition and could run for ever"
                    )
            except re.error as error:
                self._problems.add(value.line_of("pattern"), f"not a regular expression: {error}")
        return pattern

    def _enum_descriptions(self, value: Mapping, enum: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        described = value.get("enum_descriptions")
        if described is None:
            return ()
        if not isinstance(described, Mapping):
            self._problems.add(
                value.line_of("enum_descriptions"), "`enum_descriptions` maps values of the enum to texts"
            )
            return ()
        for name in described:
            if name not in enum:
                self._problems.add(described.line_of(name), f"{name!r} is not in the enum{_did_you_mean(name, enum)}")
        return tuple((name, str(text)) for name, text in described.items())

    def _known_keys(self, value: Mapping, known: Collection[str], what: str) -> None:
        for key in value:
            if key not in known:
                self._problems.add(value.line_of(key), f"unknown {what} {key!r}{_did_you_mean(key, known)}")

    def _choice(self, value: Mapping, key: str, known: Collection[str], default: str) -> str:
        given = value.get(key, default)
        if given not in known:
            self._problems.add(value.line_of(key), f"unknown {key} {given!r}{_did_you_mean(str(given), known)}")
            return default
        return str(given)

    def _choices(self, value: Mapping, key: str, known: Collection[str], what: str) -> tuple[str, ...]:
        texts = self._texts(value, key)
        for text in texts:
            if text not in known:
                self._problems.add(value.line_of(key), f"unknown {what} {text!r}{_did_you_mean(text, known)}")
        return texts

    def _text(self, value: Mapping, key: str) -> str:
        given = value.get(key)
        if given is None:
            return ""
        if isinstance(given, Mapping | Sequence):
            self._problems.add(value.line_of(key), f"{key!r} is a text")
            return ""
        return str(given).strip()

    def _texts(self, value: Mapping, key: str) -> tuple[str, ...]:
        given = value.get(key)
        if given is None:
            return ()
        if isinstance(given, str | int | float):
            return (str(given),)
        if not isinstance(given, Sequence) or any(isinstance(item, Mapping | Sequence) for item in given):
            self._problems.add(value.line_of(key), f"{key!r} is a list of texts")
            return ()
        return tuple(_plain(item) for item in given)

    def _flag(self, value: Mapping, key: str) -> bool:
        given = value.get(key, False)
        if not isinstance(given, bool):
            self._problems.add(value.line_of(key), f"{key!r} is true or false")
            return False
        return given


def paths_of(fields: tuple[Field, ...], prefix: str = "") -> frozenset[str]:
    """Every name and dotted path that an expression may use."""
    return frozenset(_paths(fields, prefix))


def _paths(fields: tuple[Field, ...], prefix: str) -> Iterator[str]:
    for field in fields:
        path = f"{prefix}{field.name}"
        yield path
        inner = field.items if field.type == "array" and field.items else field
        yield from _paths(inner.properties, f"{path}.")


def _plain(item: object) -> str:
    # YAML reads `no` and `on` in an enum as booleans; the schema meant the word, which is lost, so the usual spelling is given.
    return {True: "true", False: "false"}[item] if isinstance(item, bool) else str(item)


def _did_you_mean(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return (
        f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(known)}" if known and len(known) <= 15 else ""
    )
