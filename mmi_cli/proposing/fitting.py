"""Which built-in schema sample files fit, and which of its fields they hold."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..cases.classifying import Classifier, log_probabilities
from ..cases.routing import titles_of
from ..datamodel.content import Content, TimeSpan
from ..datamodel.detection import Modality
from ..datamodel.record import ArrayValue, FieldValue, LeafValue, ObjectValue
from ..datamodel.schema import Category, Field, Schema
from ..engines.interface import Engines, TextEmbedder
from ..fill.filling import fill_content
from ..schema_file import built_in_names, load_schema
from ..schema_file.computed import reads_of
from ..settings import Settings

_SURE = 0.6
"""Mean probability from which a built-in schema is named."""
_MOST = 0.6
"""Share of the files that it must be the likeliest for."""
_LEAST_FILES = 0.25
"""Share of the files that must hold a field for it to be taken over."""
_LEAST_HELD = 3
"""Fields without a model from which it can be told which of a schema's fields the files hold."""
_GREETING = re.compile(
    r"(?:thanks?(?: you)?|danke|merci) (?:for|für|pour) (?:calling|votre appel|ihren anruf)|how (?:can|may) i (?:help|assist)|"
    r"(?:wie|womit) kann ich (?:ihnen )?helfen|puis-je vous aider|¿?en qué (?:le )?puedo ayudar",
    re.IGNORECASE,
)
"""How somebody answers the telephone of a company; titles and labels, which tell papers apart, are not said."""
_BEGINNING = 1000
_TOO_BROAD = frozenset({"document", "image", "photo", "video", "chart", "media-asset"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How well the files fit the built-in schemas."""

    kinds: tuple[tuple[str, int], ...]
    """(built-in schema, files that look most like it), the commonest first."""
    schema: Schema | None = None
    """The one that they fit, if they fit one."""
    confidence: float = 0.0
    """Mean probability of it, in [0, 1]."""


def fit(contents: Sequence[Content], modalities: Sequence[Modality | None], embedder: TextEmbedder | None) -> Fit:
    """Asks of each file what kind of paper it is."""
    schemas = [load_schema(name) for name in built_in_names() if name not in _TOO_BROAD]
    schemas = [schema for schema in schemas if schema.fields and not schema.categories and schema.unit == "file"]
    names = {schema.name for schema in schemas}
    # `call-analytics` asks more of what `call` is of.
    schemas = [each for each in schemas if not any(each.name.startswith(f"{name}-") for name in names)]
    odds: Counter[str] = Counter()
    firsts: Counter[str] = Counter()
    counted = 0
    classifiers: dict[Modality | None, Classifier] = {}
    for content, modality in zip(contents, modalities, strict=True):
        fitting = [schema for schema in schemas if not schema.modalities or modality in schema.modalities]
        if not content.words or not fitting:
            continue
        if isinstance(content.words[0].place, TimeSpan) and _GREETING.search(content.text[:_BEGINNING]):
            counted += 1
            firsts["call"] += 1
            odds["call"] += 1
            continue
        if modality not in classifiers:
            categories = [
                Category(name=schema.name, description=schema.description, schema=schema.name, filled_by=schema)
                for schema in fitting
            ]
            classifiers[modality] = Classifier(categories, embedder)
        classifier = classifiers[modality]
        chances = log_probabilities(classifier.signals(content, titles_of(content)))
        best = max(range(len(chances)), key=lambda each: chances[each])
        counted += 1
        if math.exp(chances[best]) >= 0.5:
            firsts[classifier.categories[best].name] += 1
        for category, chance in zip(classifier.categories, chances, strict=True):
            odds[category.name] += math.exp(chance)  # type: ignore[assignment]
    kinds = tuple(firsts.most_common())
    if not counted or not kinds:
        return Fit(kinds=kinds)
    name, count = kinds[0]
    confidence = odds[name] / counted
    if count < _MOST * counted or confidence < _SURE:
        return Fit(kinds=kinds, confidence=confidence)
    return Fit(kinds=kinds, schema=next(each for each in schemas if each.name == name), confidence=confidence)


def fields_held(
    contents: Sequence[Content], schema: Schema, engines: Engines, settings: Settings
) -> list[tuple[Field, int]]:
    """The fields of a schema that enough files hold, with the number of files; what a model would have to write is left out."""
    counts: Counter[str] = Counter()
    for content in contents:
        if content.words:
            filled = fill_content(content, schema, engines=engines, settings=settings)
            counts.update(name for name, value in filled.fields if _has_value(value))
    least = max(1, math.ceil(_LEAST_FILES * len(contents)))
    kept = [field for field in schema.fields if counts[field.name] >= least and field.expression is None]
    left = [field for field in schema.fields if field not in kept and field.expression is None]
    by_model = sum(field.kind != "extracted" for field in left)
    if len(kept) < _LEAST_HELD or (by_model > 1 and 2 * by_model >= len(left)):
        # Of a call nearly all is written or judged by a model, and nothing can be told of it without one: the schema as it is.
        return [(field, counts[field.name]) for field in schema.fields]
    names = {field.name for field in kept}
    kept += [field for field in schema.fields if field.expression is not None and reads_of(field.expression) <= names]
    order = {field.name: at for at, field in enumerate(schema.fields)}
    return [(field, counts[field.name]) for field in sorted(kept, key=lambda each: order[each.name])]


def _has_value(value: FieldValue) -> bool:
    match value:
        case LeafValue():
            return value.value is not None
        case ArrayValue():
            return any(_has_value(item) for item in value.items)
        case ObjectValue():
            return any(_has_value(member) for _, member in value.members)
