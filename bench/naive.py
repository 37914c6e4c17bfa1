"""The naive way, to compare with: the whole text and one prompt, the same model, and what it answers is taken as it is.

Types stand in the JSON schema of the answer, dates are asked for as YYYY-MM-DD, and a text that is longer than the model's context is cut.
"""

from __future__ import annotations

import json
from typing import Any

from mmi_cli.datamodel.content import Content
from mmi_cli.datamodel.schema import Field, Schema
from mmi_cli.engines.interface import LanguageModel

_ANSWER_TOKENS = 400
_TYPES = {"number": "number", "integer": "integer", "boolean": "boolean"}


def fill_naively(content: Content, schema: Schema, model: LanguageModel) -> dict[str, dict[str, Any]]:
    """The fields of a record: values without evidence and without a confidence."""
    asked = [field for field in schema.fields if field.expression is None]
    system = "Extract the fields from the document. Answer with JSON. Write dates as YYYY-MM-DD. Use null when a field is not in it."
    described = "\n".join(f"- {field.name} ({field.type}): {field.description}{_choices(field)}" for field in asked)
    text = content.text
    room = model.context_tokens - _ANSWER_TOKENS - model.count_tokens(system + described) - 100
    while (tokens := model.count_tokens(text)) > room:
        text = text[: int(len(text) * room / tokens * 0.98)]
    answer = model.complete(
        system=system,
        user=f"Fields:\n{described}\n\nDocument:\n{text}",
        json_schema=_answer_schema(asked),
        max_tokens=_ANSWER_TOKENS,
    )
    try:
        values = json.loads(answer.text)
    except ValueError:
        values = {}
    return {field.name: _value(field, values.get(field.name)) for field in asked}


def _choices(field: Field) -> str:
    return f" One of: {', '.join(field.enum)}." if field.enum else ""


def _answer_schema(fields: list[Field]) -> dict[str, Any]:
    properties = {field.name: _type(field) for field in fields}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _type(field: Field) -> dict[str, Any]:
    if field.type == "array":
        return {"type": "array", "items": {"type": "string"}, "maxItems": 12}
    if field.enum:
        return {"enum": [*field.enum, None]}
    return {"type": [_TYPES.get(field.type, "string"), "null"]}


def _value(field: Field, value: Any) -> dict[str, Any]:
    if field.type == "array":
        items = value if isinstance(value, list) else []
        return {"type": "array", "value": [_leaf("string", item) for item in items]}
    return _leaf(field.type, None if value in ("", "null") else value)


def _leaf(kind: str, value: Any) -> dict[str, Any]:
    return {"type": kind, "kind": "extracted", "value": value, "confidence": None, "evidence": []}
