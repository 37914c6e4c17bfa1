"""A located mapping → `Schema`, with every problem found and its line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast

from ..datamodel.detection import MODALITIES, Modality
from ..datamodel.schema import FUSIONS, Category, Check, Field, Fusion, Schema
from ..errors import UsageError
from .computed import ALBUM, CALL, check_computed, check_expression, names_of, reads_measures
from .digest import schema_digest
from .field_parsing import NAME, FieldParser
from .gathered import check_gathered
from .located import Mapping, Problems, Sequence
from .reading import did_you_mean

_SCHEMA_KEYS = (
    "name", "version", "description", "modalities", "locale", "unit", "vocabulary", "labelled", "fields", "checks", "categories",
    "split", "subject", "expects", "fusion", "definitions", "$defs",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Where a schema's file lies, for what it refers to."""

    folder: Path
    load: Callable[[str], Schema] | None = None
    """Reads the schema of a category; None where categories are not followed, since the schema is that of one itself."""
    built_in: tuple[str, ...] = ()
    """Names that mean a schema of the program, whatever lies in the folder."""


def parse_schema(
    document: Any, problems: Problems, *, default_name: str, surroundings: Surroundings | None = None
) -> Schema:
    """The schema that a document describes.

    Args:
        surroundings: None: what it refers to is not looked at.

    Raises:
        UsageError: with every problem of the document.
    """
    if not isinstance(document, Mapping):
        problems.add(1, "a schema is a mapping with `name` and `fields`")
        problems.raise_if_any()
    schema = _SchemaParser(document, problems, surroundings).schema(default_name)
    problems.raise_if_any()
    return schema


class _SchemaParser(FieldParser):
    def __init__(self, document: Mapping, problems: Problems, surroundings: Surroundings | None) -> None:
        definitions: dict[str, Any] = {}
        for key in ("definitions", "$defs"):
            given = document.get(key)
            if isinstance(given, Mapping):
                definitions.update(given)
            elif given is not None:
                problems.add(document.line_of(key), f"{key!r} is a mapping of names to fields")
        super().__init__(problems, definitions)
        self._document = document
        self._surroundings = surroundings
        self._category_digests: list[str] = []
        self._category_schemas: dict[str, Schema] = {}

    def schema(self, default_name: str) -> Schema:
        document = self._document
        self.known_keys(document, _SCHEMA_KEYS, "key of a schema")
        fields = self.fields(document, "fields", depth=0)
        categories = self._categories()
        if not fields and not categories and not self.problems.found:
            self.problems.add(document.line, "a schema needs `fields`, or `categories` for a router")
        is_case = document.get("unit") == "folder"
        if fields and categories and not is_case:
            self.problems.add(
                document.line_of("categories"),
                "a router has `categories` in place of `fields`; only a case (`unit: folder`) has both",
            )
        if categories and not fields and is_case:
            self.problems.add(document.line_of("unit"), "a case (`unit: folder`) needs `fields` to be gathered")
        if document.get("split") is True and not categories:
            self.problems.add(document.line_of("split"), "`split` needs `categories`")
        name = self.text(document, "name") or default_name
        if not NAME.fullmatch(name):
            self.problems.add(
                document.line_of("name"), f"{name!r} is no name: letters, digits, _ and -, a letter first"
            )
        check_computed(self.computed, fields, self.problems)
        self._check_case(fields, categories, is_case=is_case)
        schema = Schema(
            name=name,
            version=self.text(document, "version") or "1",
            description=self.text(document, "description"),
            modalities=cast("tuple[Modality, ...]", self.choices(document, "modalities", MODALITIES, "modality")),
            locale=self._locale(),
            unit=cast('Literal["file", "folder"]', self.choice(document, "unit", ("file", "folder"), "file")),
            vocabulary=self.texts(document, "vocabulary"),
            labelled=self.text(document, "labelled") or None,
            fields=fields,
            checks=self._checks(fields),
            categories=categories,
            split=self.flag(document, "split"),
            subject=self.texts(document, "subject"),
            expects=self.texts(document, "expects"),
            fusion=cast("Fusion", self.choice(document, "fusion", FUSIONS, "hybrid")) if "fusion" in document else None,
        )
        # The digest is of what is written; where the file lies is no part of its meaning.
        digest = schema_digest(schema, category_digests=self._category_digests)
        return replace(schema, digest=digest, labelled=self._labelled(schema), categories=self._found(categories))

    def _check_case(self, fields: tuple[Field, ...], categories: tuple[Category, ...], *, is_case: bool) -> None:
        """What only a case has is in a case, and names what is there."""
        document, say = self._document, self.problems.add
        for key in ("subject", "expects"):
            if key in document and not is_case:
                say(document.line_of(key), f"{key!r} belongs to a case: `unit: folder`")
        if self.gathered and not is_case:
            key = "from" if self.gathered[0].field.sources else "key"
            say(self.gathered[0].line, f"`{key}` belongs to a case: `unit: folder`")
            return
        for computed in self.computed if is_case else ():
            if reads_measures(computed.expression, CALL) and all(field.name != CALL for field in fields):
                say(
                    computed.line,
                    "the measures of a call are of one file: put them in the schema of a category, and take them `from` there",
                )
        for computed in () if is_case else self.computed:
            if reads_measures(computed.expression, ALBUM) and all(field.name != ALBUM for field in fields):
                say(computed.line, "the values of an album are of a folder of pictures: `unit: folder`")
        for key, known in (
            ("subject", [field.name for field in fields]),
            ("expects", [each.name for each in categories]),
        ):
            for name in self.texts(document, key):
                if name not in known:
                    say(document.line_of(key), f"{key!r} names {name!r}, which is not there{did_you_mean(name, known)}")
        check_gathered(self.gathered, fields, categories, self._category_schemas, self.problems)

    def _labelled(self, schema: Schema) -> str | None:
        if schema.labelled is None or self._surroundings is None:
            return schema.labelled
        path = self._surroundings.folder / schema.labelled
        if not path.is_file():
            self.problems.add(self._document.line_of("labelled"), f"there is no file {str(path)!r}")
        return str(path)

    def _categories(self) -> tuple[Category, ...]:
        categories = self._document.get("categories")
        if categories is None:
            return ()
        if not isinstance(categories, Mapping):
            self.problems.add(
                self._document.line_of("categories"), "`categories` is a mapping of names to {description, schema}"
            )
            return ()
        out = []
        for name, value in categories.items():
            line = categories.line_of(name)
            if isinstance(value, Mapping) and isinstance(value.get("schema"), Mapping):
                out.append(self._inline_category(name, value))
                continue
            is_own = self._document.get("unit") == "folder"  # its papers are filled with the fields of the case
            if not isinstance(value, Mapping) or not (self.text(value, "schema") or is_own):
                self.problems.add(line, f"category {name!r} is {{description: …, schema: …}}")
                continue
            self.known_keys(value, ("description", "schema"), "key of a category")
            out.append(
                Category(name=name, description=self.text(value, "description"), schema=self.text(value, "schema"))
            )
            if out[-1].schema:
                self._look_at_category(out[-1], value.line_of("schema"))
        return tuple(out)

    def _inline_category(self, name: str, value: Mapping) -> Category:
        """A category whose schema stands in the router itself."""
        self.known_keys(value, ("description", "schema"), "key of a category")
        schema = _SchemaParser(value["schema"], self.problems, None).schema(name)
        if schema.categories:
            self.problems.add(value.line_of("schema"), f"category {name!r} is a router itself; routers do not nest")
        self._category_digests.append(schema.digest)
        self._category_schemas[name] = schema
        return Category(name=name, description=self.text(value, "description"), schema="")

    def _look_at_category(self, category: Category, line: int) -> None:
        if self._surroundings is None or self._surroundings.load is None:
            return
        try:
            schema = self._surroundings.load(self._where(category.schema))
        except UsageError as error:
            self.problems.add(line, f"the schema of category {category.name!r}: {error}")
            return
        if schema.categories:
            self.problems.add(line, f"category {category.name!r} is a router itself; routers do not nest")
        self._category_digests.append(schema.digest)
        self._category_schemas[category.name] = schema

    def _found(self, categories: tuple[Category, ...]) -> tuple[Category, ...]:
        return tuple(
            replace(
                each,
                schema=self._where(each.schema) if each.schema else "",
                filled_by=self._category_schemas.get(each.name),
            )
            for each in categories
        )

    def _where(self, ref: str) -> str:
        """A category's schema as `load_schema` takes it: a path from here when it is a file beside the router."""
        if self._surroundings is None:
            return ref
        path = self._surroundings.folder / ref
        is_own = ref not in self._surroundings.built_in
        if is_own and not path.suffix and not path.exists():  # the name of an analyzer, whose file may lie beside
            path = next((each for suffix in (".yaml", ".json") if (each := path.with_suffix(suffix)).is_file()), path)
        return str(path) if path.is_file() or "/" in ref or "." in ref else ref

    def _checks(self, fields: tuple[Field, ...]) -> tuple[Check, ...]:
        checks = self._document.get("checks")
        if checks is None:
            return ()
        if not isinstance(checks, Sequence):
            self.problems.add(self._document.line_of("checks"), "`checks` is a list of {expression, message}")
            return ()
        known = names_of(fields)
        out = []
        for value, line in zip(checks, checks.item_lines, strict=True):
            if isinstance(value, str):
                out.append(Check(expression=value))
            elif isinstance(value, Mapping) and self.text(value, "expression"):
                self.known_keys(value, ("expression", "message"), "key of a check")
                out.append(Check(expression=self.text(value, "expression"), message=self.text(value, "message")))
            else:
                self.problems.add(line, "a check is {expression: …, message: …}")
                continue
            check_expression(out[-1].expression, line, known, self.problems)
        return tuple(out)

    def _locale(self) -> str | None:
        text = self.text(self._document, "locale")
        if not text:
            return None
        from babel import Locale, UnknownLocaleError

        try:
            return str(Locale.parse(text.replace("-", "_")))
        except (ValueError, UnknownLocaleError):
            self.problems.add(
                self._document.line_of("locale"), f"unknown locale {text!r}; write one such as en_GB or de_DE"
            )
            return None
