"""Makes a JSON answer of what a model wrote: out of its thoughts and fences, and held to the schema where the server did not hold it."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from ..errors import EngineFailed

_THOUGHTS = re.compile(r"\A\s*<think>.*?(?:</think>\s*|\Z)", re.DOTALL)
_FENCE = re.compile(r"\A```\w*\s*")
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float, Decimal),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}


def without_thoughts(text: str) -> str:
    """The answer after what a reasoning model thought aloud; thoughts without an end leave nothing."""
    return _THOUGHTS.sub("", text)


def json_answer(written: str, schema: dict[str, Any]) -> str:
    """JSON that the schema accepts: as it was written where that is so, else with what does not fit put right.

    What has the wrong type or is in no list becomes null, keys that are unknown go, items that do not fit go, missing lists are empty.
    Of JSON schema it knows what `mmi` asks with: type, enum, properties, required, additionalProperties, items and maxItems.

    Raises:
        EngineFailed: no JSON, or a value that must not be null does not fit.
    """
    text = _json_part(written)
    value = _parsed(text)
    fitted = _fitted(value, schema, "answer")
    if fitted == value:
        return text
    return json.dumps(fitted, ensure_ascii=False, separators=(",", ":"), default=float)


def cut_json_answer(written: str) -> str:
    """The beginning of an answer that was cut: from its first brace on."""
    text = without_thoughts(written)
    return text[text.find("{") :] if "{" in text else ""


def _json_part(written: str) -> str:
    """The first of these that begins with JSON: the whole, what comes after the thoughts, what is in a fence, what follows a brace."""
    text = written.strip()
    if _end(text) == len(text):
        return text
    answer = without_thoughts(text)
    if (
        answer == text and "</think>" in text
    ):  # the chat template opened the thoughts, and only their end is in the answer
        answer = text.partition("</think>")[2]
    answer = _FENCE.sub("", answer.strip())
    start = answer.find("{")
    if start >= 0 and (end := _end(answer[start:])):
        return answer[start : start + end]
    raise EngineFailed(f"the language model answered no JSON ({len(written)} characters)")


def _end(text: str) -> int:
    """Where the JSON value at the start ends; 0 without one."""
    try:
        return json.JSONDecoder().raw_decode(text)[1]
    except (ValueError, RecursionError):
        return 0


def _parsed(text: str) -> Any:
    """Fractions keep their digits: 9.00 stays 9.00 where a text was asked for."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise EngineFailed("the language model answered no JSON") from error


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _fitted(value: Any, schema: dict[str, Any], where: str) -> Any:
    if "enum" in schema:
        same = [each for each in schema["enum"] if each == value and isinstance(each, bool) is isinstance(value, bool)]
        return same[0] if same else _null(schema, where)
    kinds = schema.get("type", list(_TYPES))
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "object" in kinds and (isinstance(value, dict) or (value is None and "null" not in kinds)):
        return _fitted_object(value or {}, schema, where)
    if "array" in kinds and (isinstance(value, list) or (value is None and "null" not in kinds)):
        return _fitted_array(value or [], schema, where)
    if any(_is(value, kind) for kind in kinds):
        return value
    if "string" in kinds and isinstance(value, int | Decimal):
        return json.dumps(value) if isinstance(value, int) else str(value)
    return _null(schema, where)


def _fitted_object(value: dict[str, Any], schema: dict[str, Any], where: str) -> dict[str, Any]:
    known: dict[str, Any] = schema.get("properties", {})
    required = schema.get("required", ())
    fitted = {
        name: _fitted(value.get(name), inner, f"{where}.{name}")
        for name, inner in known.items()
        if name in value or name in required
    }
    extra = {} if schema.get("additionalProperties") is False else {k: v for k, v in value.items() if k not in known}
    return {**fitted, **extra}


def _fitted_array(value: list[Any], schema: dict[str, Any], where: str) -> list[Any]:
    inner = schema.get("items", {})
    fitted = []
    for item in value[: schema.get("maxItems", len(value))]:
        try:
            fitted.append(_fitted(item, inner, f"{where}[]"))
        except EngineFailed:
            continue
    return fitted


def _null(schema: dict[str, Any], where: str) -> None:
    kinds = schema.get("type", ())
    if None in schema.get("enum", ()) or ("enum" not in schema and ("null" in kinds or kinds == "null")):
        return
    raise EngineFailed(f"{where} of the language model does not fit the schema it was asked with")


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES.get(kind, ())) or (
        kind == "integer" and isinstance(value, Decimal) and value == value.to_integral_value()
    )
