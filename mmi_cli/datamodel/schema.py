"""A schema as the stages see it; read and validated by `mmi_cli.schema_file`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .detection import Modality

FieldType = Literal["string", "date", "time", "number", "integer", "boolean", "array", "object"]
FIELD_TYPES: tuple[FieldType, ...] = ("string", "date", "time", "number", "integer", "boolean", "array", "object")
FieldKind = Literal["extracted", "inferred", "abstracted"]
FIELD_KINDS: tuple[FieldKind, ...] = ("extracted", "inferred", "abstracted")


Fusion = Literal["hybrid", "late", "early"]
FUSIONS: tuple[Fusion, ...] = ("hybrid", "late", "early")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field; arrays have `items`, objects have `properties`, everything else is a leaf."""

    name: str
    """Empty for the `items` of an array."""
    type: FieldType
    kind: FieldKind = "extracted"
    description: str = ""
    aliases: tuple[str, ...] = ()
    """Words that label the field on a page."""
    required: bool = False
    pattern: str | None = None
    """Regular expression that the whole value matches, as it stands in the file or normalised."""
    examples: tuple[str, ...] = ()
    enum: tuple[str, ...] = ()
    enum_descriptions: tuple[tuple[str, str], ...] = ()
    expression: str | None = None
    sources: tuple[str, ...] = ()
    """In a case of several files, where it comes from: `w2.employee_name`, `w2` for one row a paper; YAML calls it `from`."""
    key: tuple[str, ...] = ()
    """In a case, the members that tell the rows of a list apart: rows of several papers with the same ones are one row."""
    items: Field | None = None
    properties: tuple[Field, ...] = ()
    per: str = ""
    """Of an array of objects: one item for each segment of a recording, divided in this way (`mmi_cli.datamodel.divisions`), or for each
    run of scenes that have one value of the property named here."""

    @property
    def is_leaf(self) -> bool:
        return self.type not in ("array", "object")

    def leaves(self, prefix: str = "") -> Iterator[tuple[str, Field]]:
        """(dotted path, leaf) of every leaf below; array items are written `line_items[].amount`."""
        path = f"{prefix}.{self.name}" if prefix and self.name else prefix or self.name
        if self.type == "array" and self.items is not None:
            yield from self.items.leaves(f"{path}[]")
        elif self.type == "object":
            for child in self.properties:
                yield from child.leaves(path)
        else:
            yield path, self


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """An expression over fields that should hold."""

    expression: str
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One outcome of a router schema."""

    name: str
    description: str
    schema: str
    """A schema's file, relative to the router's file, or built-in name; empty in a case: filled with the case's own fields."""
    filled_by: Schema | None = None
    """That schema, where it was looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What to fill, for which files."""

    name: str
    version: str
    description: str = ""
    modalities: tuple[Modality, ...] = ()
    """Empty: all."""
    locale: str | None = None
    """`en_GB`: how 03/04/2026 and 1.234,56 are read; None: decided by evidence in the file."""
    unit: Literal["file", "folder"] = "file"
    vocabulary: tuple[str, ...] = ()
    labelled: str | None = None
    fields: tuple[Field, ...] = ()
    checks: tuple[Check, ...] = ()
    categories: tuple[Category, ...] = ()
    split: bool = False
    subject: tuple[str, ...] = ()
    """Fields of a case that say whom it is about: papers of one folder about several are several cases."""
    expects: tuple[str, ...] = ()
    """Categories that a case should have a paper of."""
    fusion: Fusion | None = None
    """How what text, picture, speech and layout say is put together; None: as the settings say."""
    digest: str = ""
    """SHA-256 (hex) of the schema's meaning: comments, order of keys and spelling of YAML do not change it."""

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)
