"""A Pydantic class by its dotted path → its JSON Schema, and a schema → the source of such a class."""

from __future__ import annotations

import importlib
import keyword
import re
import sys
from pathlib import Path
from typing import Any

from ..datamodel.schema import Field, Schema
from ..errors import UsageError
from .writing import field_mapping, to_mapping

_WIDTH = 120
_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_TYPES = {
    "string": "str", "number": "float", "integer": "int", "boolean": "bool", "date": "datetime.date", "time": "datetime.time",
}  # fmt: skip
_SAID_BY_THE_CLASS = ("type", "description", "examples", "enum", "items", "properties", "required")
_TAKEN = frozenset(
    "datetime Any BaseModel ConfigDict Field Literal str float int bool list None copy dict json schema validate construct".split()  # noqa: SIM905
)


def is_class_path(ref: str) -> bool:
    """Whether a reference can be nothing but a class: `package.module:Class`."""
    module, colon, name = ref.partition(":")
    return bool(colon) and "." in module and bool(_DOTTED.fullmatch(module) and _DOTTED.fullmatch(name))


def json_schema_of_class(path: str) -> dict[str, Any]:
    """JSON Schema of the class at `package.module:Class` or `package.module.Class`; its module is imported, so its code runs.

    Raises:
        UsageError: it cannot be imported, or is no Pydantic model.
    """
    module_name, _, name = path.partition(":") if ":" in path else path.rpartition(".")
    if not (module_name and name and _DOTTED.fullmatch(module_name) and _DOTTED.fullmatch(name)):
        raise UsageError(f"{path!r} is no class; write package.module:Class")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found: Any = importlib.import_module(module_name)
    except Exception as error:  # noqa: BLE001 - whatever the module does when it is imported
        raise UsageError(
            f"{path}: cannot import {module_name!r} from {here} or this environment: {type(error).__name__}: {error}"
        ) from None
    for part in name.split("."):
        found = getattr(found, part, None)
        if found is None:
            raise UsageError(f"{path}: there is no {name!r} in {module_name}")
    from pydantic import BaseModel, TypeAdapter

    try:
        if isinstance(found, type) and issubclass(found, BaseModel):
            return dict(found.model_json_schema())
        made = dict(TypeAdapter(found).json_schema())  # a dataclass or a TypedDict will do as well
    except Exception as error:  # noqa: BLE001 - Pydantic has many ways to refuse a class
        raise UsageError(f"{path}: no JSON Schema can be made of it: {' '.join(str(error).split())[:300]}") from None
    if "properties" not in made:
        raise UsageError(f"{path}: a Pydantic model, a dataclass or a TypedDict is wanted, not {type(found).__name__}")
    return {"title": name.rpartition(".")[2], **made}


def to_python_source(schema: Schema) -> str:
    """A module with a Pydantic class for the schema, and one for each object in it; its JSON Schema reads back as the same schema.

    Raises:
        UsageError: a router, which has no fields.
    """
    if not schema.fields:
        raise UsageError(f"{schema.name} is a router and has no fields; export the schemas of its categories")
    return _Source(schema).text()


class _Source:
    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._classes: list[str] = []
        self._names: set[str] = set(_TAKEN)

    def text(self) -> str:
        schema = self._schema
        ours = {key: value for key, value in to_mapping(schema).items() if key not in ("fields", "description")}
        top = self._class(schema.name, schema.description, schema.fields, ours)
        used = "\n".join(self._classes)
        heads = [f'"""{_one_line(schema.description) or schema.name}"""', "", "from __future__ import annotations", ""]
        if "datetime." in used:
            heads.append("import datetime")
        if "Literal[" in used:
            heads.append("from typing import Literal")
        heads += [] if heads[-1] == "" else [""]
        return "\n".join(
            [*heads, "from pydantic import BaseModel, ConfigDict, Field", "", "", *self._classes]
        ).rstrip() + (f'\n\n\n__all__ = ["{top}"]\n')

    def _class(self, name: str, description: str, fields: tuple[Field, ...], ours: dict[str, Any] | None = None) -> str:
        class_name = self._class_name(name)
        lines = [f"class {class_name}(BaseModel):"]
        if description:
            lines += [f'    """{_one_line(description)}"""', ""]
        if description and _one_line(description) != description:
            ours = {**(ours or {}), "description": description}
        config = {"populate_by_name": True, "protected_namespaces": ()}
        extra: dict[str, Any] = {}
        if ours is not None:
            extra = {"title": name, "json_schema_extra": {"x-mmi": ours}}
        lines += [f"    model_config = ConfigDict({_arguments({**extra, **config})})", ""]
        body = [self._field(field) for field in fields]
        self._classes += [*lines, *body, "", ""]
        return class_name

    def _field(self, field: Field) -> str:
        own = field.name.replace("-", "_")
        own = own.lstrip("_") or "field"
        if (
            own in self._names
            or own in _TAKEN
            or keyword.iskeyword(own)
            or own.startswith("model_")
            or own[0].isdigit()
        ):
            own = f"{own}_" if not own[0].isdigit() else f"field_{own}"
        type_ = self._type(field)
        if not field.required:
            type_ = f"{type_} | None"
        arguments: dict[str, Any] = {} if field.required else {"default": None}
        if own != field.name:
            arguments["alias"] = field.name
        if field.description:
            arguments["description"] = field.description
        if field.examples:
            arguments["examples"] = list(field.examples)
        ours = {key: value for key, value in field_mapping(field).items() if key not in _SAID_BY_THE_CLASS}
        arguments["json_schema_extra"] = {"x-mmi": {**ours, "kind": field.kind, **_of_items(field)}}
        line = f"    {own}: {type_} = Field({_arguments(arguments)})"
        if len(line) <= _WIDTH:
            return line
        each = "".join(f"        {name}={value!r},\n" for name, value in arguments.items())
        return f"    {own}: {type_} = Field(\n{each}    )"

    def _type(self, field: Field) -> str:
        if field.items is not None:
            return f"list[{self._type(_named(field.items, field.name))}]"
        if field.properties:
            return self._class(field.name, field.description, field.properties)
        if field.enum:
            return f"Literal[{', '.join(map(repr, field.enum))}]"
        return _TYPES[field.type]

    def _class_name(self, name: str) -> str:
        stem = "".join(part[:1].upper() + part[1:] for part in re.split(r"[\W_]+", name)) or "Model"
        stem = stem if stem.isidentifier() and not keyword.iskeyword(stem) else f"Model{stem}"
        made, number = stem, 2
        while made in self._names:
            made, number = f"{stem}{number}", number + 1
        self._names.add(made)
        return made


def _of_items(field: Field) -> dict[str, Any]:
    """What is said of the items of a list of plain values, which have no place of their own in a class."""
    if field.items is None:
        return {}
    items = {key: value for key, value in field_mapping(field.items).items() if key != "properties"}
    return {"items": {**items, "kind": field.items.kind}} if not field.items.properties else {}


def _named(field: Field, name: str) -> Field:
    from dataclasses import replace

    singular = (
        name[:-3] + "y"
        if name.endswith("ies")
        else name[:-1]
        if name.endswith("s") and len(name) > 3
        else f"{name}_item"
    )
    return replace(field, name=singular)


def _arguments(values: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in values.items())


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace('"""', "'''").removesuffix('"')
