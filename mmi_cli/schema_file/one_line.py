"""A schema on one line, for ad-hoc work: `total number, date date, company, lines[] {name, amount number}`."""

from __future__ import annotations

import re
from typing import Any

from ..datamodel.schema import FIELD_TYPES
from ..errors import UsageError
from .located import Mapping, Problems

_TOKEN = re.compile(r"\s*(?:(?P<name>[^\W\d][\w-]*)|(?P<mark>[,{}!]|\[\]))")


def parse_one_line(text: str, problems: Problems) -> Mapping:
    """The mapping that the same schema would be in YAML.

    `name [type] [!]`, separated by commas; the type is `string` when left out, `!` makes a field required, `name[]` is an array and
    `name {…}` an object.

    Raises:
        UsageError: with the column.
    """
    tokens: list[tuple[str, int]] = []
    at = 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise UsageError(
                f"{problems.name}, column {at + 1}: {text[at : at + 12]!r} is not understood; write 'name type, name type'"
            )
        tokens.append((match["name"] or match["mark"], match.start("name") if match["name"] else match.start("mark")))
        at = match.end()
    tokens.append(("", len(text)))
    fields, end = _fields(tokens, 0, problems)
    if tokens[end][0]:
        raise UsageError(f"{problems.name}, column {tokens[end][1] + 1}: unexpected {tokens[end][0]!r}")
    out = Mapping()
    out["fields"] = fields
    return out


def _fields(tokens: list[tuple[str, int]], at: int, problems: Problems) -> tuple[Mapping, int]:
    out = Mapping()
    while True:
        name, column = tokens[at]
        if not name or not (name[0].isalpha() or name[0] == "_"):
            raise UsageError(f"{problems.name}, column {column + 1}: a field name is missing")
        if name in out:
            raise UsageError(f"{problems.name}, column {column + 1}: {name!r} stands here a second time")
        out[name], at = _field(tokens, at + 1, problems)
        if tokens[at][0] != ",":
            return out, at
        at += 1


def _field(tokens: list[tuple[str, int]], at: int, problems: Problems) -> tuple[Mapping, int]:
    value: Any = Mapping()
    is_array = tokens[at][0] == "[]"
    at += is_array
    word, column = tokens[at]
    if word == "{":
        properties, at = _fields(tokens, at + 1, problems)
        if tokens[at][0] != "}":
            raise UsageError(f"{problems.name}, column {tokens[at][1] + 1}: '}}' is missing")
        value["type"], value["properties"] = "object", properties
        at += 1
    elif word and word not in (",", "}", "!"):
        if word not in FIELD_TYPES or word in ("array", "object"):
            known = ", ".join(each for each in FIELD_TYPES if each not in ("array", "object"))
            raise UsageError(
                f"{problems.name}, column {column + 1}: unknown type {word!r}; known: {known}; arrays are name[]"
            )
        value["type"] = word
        at += 1
    if is_array:
        items, value = value, Mapping()
        value["type"], value["items"] = "array", items
    if tokens[at][0] == "!":
        value["required"] = True
        at += 1
    return value, at
