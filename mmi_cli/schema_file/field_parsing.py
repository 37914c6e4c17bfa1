"""A located mapping → `Field`, its items and properties and definitions included."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, cast

from ..datamodel.divisions import WAYS, length_of
from ..datamodel.schema import FIELD_KINDS, FIELD_TYPES, Field, FieldKind, FieldType
from .computed import Computed
from .gathered import Gathered
from .located import Mapping, Problems
from .reading import Reader, did_you_mean

_FIELD_KEYS = (
    "type", "kind", "description", "aliases", "required", "pattern", "examples", "enum", "enum_descriptions", "expression", "from",
    "key", "items", "properties", "per", "$ref",
)  # fmt: skip
NAME = re.compile(r"[^\W\d][\w-]{0,99}")
"""Of a schema or a field."""
_MAX_DEPTH = 12
_MAX_FIELDS = 1000
_MAX_ENUM = 1000
_MAX_PATTERN_CHARS = 1000


class FieldParser(Reader):
    """Parses the fields of one document.

    Args:
        definitions: name → field, for `$ref`.
    """

    def __init__(self, problems: Problems, definitions: dict[str, Any]) -> None:
        super().__init__(problems)
        self.computed: list[Computed] = []
        self.gathered: list[Gathered] = []
        self._definitions = definitions
        self._resolving: list[str] = []
        self._field_count = 0

    def fields(self, holder: Mapping, key: str, *, depth: int, kind: FieldKind = "extracted") -> tuple[Field, ...]:
        fields = holder.get(key)
        if fields is None:
            return ()
        if not isinstance(fields, Mapping):
            self.problems.add(holder.line_of(key), f"{key!r} is a mapping of names to fields")
            return ()
        out: list[Field] = []
        for name, value in fields.items():
            line = fields.line_of(name)
            if not NAME.fullmatch(name):
                self.problems.add(line, f"{name!r} is no field name: letters, digits, _ and -, a letter first")
            out.append(self._field(name, value, line, depth=depth, kind=kind))
            if out[-1].expression is not None:
                line = value.line_of("expression") if isinstance(value, Mapping) else line
                self.computed.append(Computed(field=out[-1], line=line, siblings=out, is_top=depth == 0))
        return tuple(out)

    def _field(self, name: str, value: Any, line: int, *, depth: int, kind: FieldKind = "extracted") -> Field:
        """Args:
        kind: that of the array or object it stands in, which is its own when it gives none.
        """
        blank = Field(name=name, type="string")
        self._field_count += 1
        if self._field_count == _MAX_FIELDS + 1:
            self.problems.add(line, f"more than {_MAX_FIELDS:,} fields")
        if depth > _MAX_DEPTH or self._field_count > _MAX_FIELDS:
            if depth == _MAX_DEPTH + 1:
                self.problems.add(line, f"fields are nested deeper than {_MAX_DEPTH} levels")
            return blank
        if isinstance(value, str):  # `total: number`
            short = Mapping()
            short.line, short["type"] = line, value
            value = short
        if not isinstance(value, Mapping):
            self.problems.add(line, f"{name!r} is described by a mapping such as {{type: string}}")
            return blank
        if "$ref" in value:
            return self._referenced(name, value, depth=depth, kind=kind)
        self.known_keys(value, _FIELD_KEYS, "key of a field")
        return self._plain_field(name, value, depth=depth, inherited=kind)

    def _plain_field(self, name: str, value: Mapping, *, depth: int, inherited: FieldKind) -> Field:
        expression = self.text(value, "expression") or None
        enum = self.texts(value, "enum")
        type_ = self.choice(
            value, "type", FIELD_TYPES, "object" if "properties" in value else "array" if "items" in value else "string"
        )
        if inherited == "abstracted" and type_ not in ("string", "array", "object"):
            inherited = "inferred"  # only text can be written; a number of an abstracted row follows from the file
        kind = cast("FieldKind", self.choice(value, "kind", FIELD_KINDS, "inferred" if expression else inherited))
        items = None
        if "items" in value:
            items = self._field("", value["items"], value.line_of("items"), depth=depth + 1, kind=kind)
            if "kind" not in value and items.is_leaf:
                kind = items.kind
        properties = self.fields(value, "properties", depth=depth + 1, kind=kind)
        field = Field(
            name=name,
            type=cast("FieldType", type_),
            kind=kind,
            description=self.text(value, "description"),
            aliases=self.texts(value, "aliases"),
            required=self.flag(value, "required"),
            pattern=self._pattern(value),
            examples=self.texts(value, "examples"),
            enum=enum,
            enum_descriptions=self._enum_descriptions(value, enum),
            expression=expression,
            sources=self.texts(value, "from"),
            key=self.texts(value, "key"),
            items=items,
            properties=properties,
            per=self.text(value, "per"),
        )
        self._check_shape(field, value)
        if field.per:
            self._check_division(field, value, depth=depth)
        if field.sources or field.key:
            self.gathered.append(
                Gathered(field=field, line=value.line_of("from" if field.sources else "key"), depth=depth)
            )
        return field

    def _check_shape(self, field: Field, value: Mapping) -> None:
        say = self.problems.add
        if field.type == "array" and field.items is None:
            say(value.line_of("type"), f"array {field.name!r} needs `items`")
        if field.type != "array" and field.items is not None:
            say(value.line_of("items"), f"`items` belongs to an array; {field.name!r} is a {field.type}")
        if field.type == "object" and not field.properties:
            say(value.line_of("type"), f"object {field.name!r} needs `properties`")
        if field.type != "object" and field.properties:
            say(value.line_of("properties"), f"`properties` belong to an object; {field.name!r} is a {field.type}")
        if field.enum and field.type != "string":
            say(
                value.line_of("enum"),
                "`enum` belongs to a string; for several labels use an array with `items: {enum: […]}`",
            )
        if field.kind == "abstracted" and field.is_leaf and field.type != "string":
            say(
                value.line_of("kind"),
                f"only text can be abstracted; a {field.type} that follows from the file is `kind: inferred`",
            )
        if len(set(field.enum)) < len(field.enum):
            twice = next(each for each in field.enum if field.enum.count(each) > 1)
            say(value.line_of("enum"), f"{twice!r} stands twice in the enum")
        if len(field.enum) > _MAX_ENUM:
            say(value.line_of("enum"), f"an enum has at most {_MAX_ENUM:,} values")
        if field.expression and field.kind != "inferred":
            say(value.line_of("kind"), f"a field with an `expression` is computed: `kind: inferred`, not {field.kind}")
        if field.expression and field.type == "object":
            say(value.line_of("expression"), "an `expression` gives one value; it cannot be that of an object")
        if field.key:
            rows = [each.name for each in field.items.properties] if field.items is not None else []
            for name in field.key:
                if name not in rows:
                    say(
                        value.line_of("key"),
                        f"`key` names members of the rows; there is no {name!r}{did_you_mean(name, rows)}",
                    )
        if field.expression and field.sources:
            say(value.line_of("from"), "a field is computed (`expression`) or comes `from` papers, not both")

    def _check_division(self, field: Field, value: Mapping, *, depth: int) -> None:
        line, items = value.line_of("per"), field.items
        if depth or field.type != "array" or items is None or items.type != "object":
            self.problems.add(line, "`per` belongs to an array of objects at the top: one item for each segment")
            return
        names = [each.name for each in items.properties if each.enum]
        if field.per in names:
            return
        try:
            length_of(field.per)
        except ValueError as error:
            self.problems.add(line, f"{error}, or a property with an `enum`{did_you_mean(field.per, [*WAYS, *names])}")

    def _referenced(self, name: str, value: Mapping, *, depth: int, kind: FieldKind) -> Field:
        line, reference = value.line_of("$ref"), str(value["$ref"])
        target = re.fullmatch(r"#/(?:\$defs|definitions)/(.+)", reference)
        if target is None or target[1] not in self._definitions:
            known = [f"#/$defs/{each}" for each in self._definitions]
            self.problems.add(line, f"{reference!r} is not defined{did_you_mean(reference, known)}")
            return Field(name=name, type="string")
        if target[1] in self._resolving:
            self.problems.add(line, f"{reference!r} contains itself")
            return Field(name=name, type="string")
        self._resolving.append(target[1])
        try:
            given = cast("FieldKind", self.choice(value, "kind", FIELD_KINDS, kind))
            field = self._field(name, self._definitions[target[1]], line, depth=depth, kind=given)
        finally:
            self._resolving.pop()
        # What stands beside a $ref describes this use of it.
        if description := self.text(value, "description"):
            field = replace(field, description=description)
        if aliases := self.texts(value, "aliases"):
            field = replace(field, aliases=aliases)
        if value.get("required") is True:
            field = replace(field, required=True)
        self.known_keys(value, ("$ref", "description", "aliases", "required", "type", "kind"), "key beside a $ref")
        return field

    def _pattern(self, value: Mapping) -> str | None:
        pattern = self.text(value, "pattern") or None
        if pattern is not None:
            from ..expressions.functions import is_runaway

            try:
                re.compile(pattern)
                if is_runaway(pattern):
                    self.problems.add(
                        value.line_of("pattern"), "the pattern repeats inside a repetition and could run for ever"
                    )
            except re.error as error:
                self.problems.add(value.line_of("pattern"), f"not a regular expression: {error}")
        return pattern

    def _enum_descriptions(self, value: Mapping, enum: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        described = value.get("enum_descriptions")
        if described is None:
            return ()
        if not isinstance(described, Mapping):
            self.problems.add(
                value.line_of("enum_descriptions"), "`enum_descriptions` maps values of the enum to texts"
            )
            return ()
        for name in described:
            if name not in enum:
                self.problems.add(described.line_of(name), f"{name!r} is not in the enum{did_you_mean(name, enum)}")
        known = [(name, str(text)) for name, text in described.items() if name in enum]
        return tuple(sorted(known, key=lambda each: enum.index(each[0])))  # some formats know no order of keys
