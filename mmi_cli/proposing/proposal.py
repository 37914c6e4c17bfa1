"""Sample files → the commented YAML of a schema for files like them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..datamodel.content import Content
from ..datamodel.detection import MODALITIES, Modality
from ..datamodel.schema import Check, Field, Schema
from ..engines.interface import Engines, TextEmbedder
from ..errors import MissingEngine
from ..fill.label_hits import label_words
from ..schema_file import to_yaml
from ..schema_file.computed import reads_of
from ..settings import Settings
from .fields import Proposed, fields_of, identifiers_of, list_of, merged
from .fitting import Fit, fields_held, fit
from .labels import normal
from .seen import see

_LEAST_SHARE_BESIDE = 0.3
"""Of the files that must have a label that the built-in schema does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A file that was read."""

    content: Content
    modality: Modality | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A schema and what it was told from."""

    schema: Schema
    text: str
    """Its YAML, with comments."""
    fit: Fit


def propose(samples: Sequence[Sample], *, name: str, engines: Engines, settings: Settings) -> Proposal | None:
    """A schema for files like the samples; None where they show no field.

    Args:
        name: of the schema.
    """
    contents = [sample.content for sample in samples]
    fitted = fit(contents, [sample.modality for sample in samples], _embedder(engines))
    seen = [see(content) for content in contents]
    proposed: list[Proposed] = []
    base = fitted.schema
    aliases: dict[str, list[str]] = {}
    if base is not None:
        held = fields_held(contents, base, engines, settings)
        proposed = [Proposed(field=replace(field, required=False), files=count) for field, count in held]
        known = _known_labels(base)
        for each in seen:
            for pair in each.pairs:
                if (of := known.get(normal(pair.label))) is not None:
                    aliases.setdefault(of, []).append(pair.label)
        own = [each for each in fields_of(seen) if not _is_known(each, known)]
        own = [each for each in own if each.files >= _LEAST_SHARE_BESIDE * len(samples)]
    else:
        own = fields_of(seen)
    taken = {each.field.name for each in proposed}
    own = [each for each in own if not each.is_constant]
    proposed = [_with_aliases(each, aliases.get(each.field.name, ()), len(samples)) for each in proposed]
    proposed += merged(own, taken)
    if not any(each.field.type == "array" for each in proposed) and (rows := list_of(seen)) is not None:
        proposed += merged([rows], taken)
    proposed += merged(identifiers_of(seen, proposed), taken)
    if not proposed:
        return None
    schema = _schema(name, proposed, base, samples)
    return Proposal(schema=schema, text=_commented(schema, proposed, fitted, len(samples)), fit=fitted)


def _schema(name: str, proposed: Sequence[Proposed], base: Schema | None, samples: Sequence[Sample]) -> Schema:
    names = {each.field.name for each in proposed}
    checks: tuple[Check, ...] = ()
    if base is not None:
        checks = tuple(check for check in base.checks if reads_of(check.expression) <= names)
    found = {sample.modality for sample in samples}
    return Schema(
        name=name,
        version="1",
        description=base.description if base is not None else "",
        modalities=tuple(each for each in MODALITIES if each in found),
        fields=tuple(each.field for each in proposed),
        checks=checks,
    )


def _with_aliases(each: Proposed, spellings: Sequence[str], files: int) -> Proposed:
    known = {alias.casefold() for alias in each.field.aliases} | {each.field.name.replace("_", " ")}
    more = {
        spelling.casefold(): spelling
        for spelling in spellings
        if spelling.casefold() not in known and spellings.count(spelling) > 1
    }
    required = files >= 3 and each.files == files
    return replace(
        each, field=replace(each.field, aliases=(*list(more.values())[:4], *each.field.aliases), required=required)
    )


def _known_labels(schema: Schema) -> dict[str, str]:
    """Normalised label → the field of a schema that it names."""
    known: dict[str, str] = {}
    for field in schema.fields:
        leaves = [leaf for _, leaf in field.leaves()] if field.type == "array" else [field]
        for leaf in leaves:
            for phrase, _ in label_words(leaf):
                known.setdefault(normal(phrase), field.name if leaf is field else f"{field.name}[]")
    return known


def _is_known(each: Proposed, known: dict[str, str]) -> bool:
    return any(normal(word) in known for word in (each.field.name.replace("_", " "), *each.field.aliases))


def _embedder(engines: Engines) -> TextEmbedder | None:
    try:
        return engines.text_embedder()
    except MissingEngine:
        return None


def _commented(schema: Schema, proposed: Sequence[Proposed], fitted: Fit, files: int) -> str:
    heads = [f"# Proposed from {files} file{'s' * (files > 1)}; look it over, then `mmi schema validate` it."]
    if fitted.schema is not None:
        heads.append(
            f"# They look like papers of the built-in schema `{fitted.schema.name}` ({fitted.confidence:.0%} sure); "
            "its fields that they hold are among these."
        )
    elif len(fitted.kinds) > 1:
        told = ", ".join(f"{name} ({count})" for name, count in fitted.kinds[:5])
        heads.append(f"# They look like several kinds of papers: {told}. A router sends each to a schema of its own.")
    lines = to_yaml(schema).splitlines()
    comments = {each.field.name: _comment(each, files) for each in proposed}
    out: list[str] = []
    is_inside = False
    for line in lines:
        if not line.startswith(" "):
            is_inside = line.startswith("fields:")
        found = re.match(r"  '?([\w-]+)'?:", line)
        if is_inside and found is not None and found[1] in comments:
            out.append(f"  # {comments[found[1]]}")
        out.append(line)
    return "\n".join([*heads, *out]) + "\n"


def _comment(each: Proposed, files: int) -> str:
    shown = [*each.field.examples[:2]] if isinstance(each.field, Field) else []
    told = f", such as {' · '.join(' '.join(text.split()) for text in shown)}" if shown else ""
    return f"in {each.files} of {files} files{told}"
