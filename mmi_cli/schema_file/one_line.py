"""A schema on one line, for ad-hoc work: `total number, date date, company, lines[] {name, amount number}`."""

from __future__ import annotations

import re
from typing import NoReturn

from ..datamodel.schema import FIELD_TYPES
from ..errors import UsageError
from .located import Mapping, Problems, Sequence
from .reading import did_you_mean

_TOKEN = re.compile(
    r"\s*(?:(?P<name>[^\W\d][\w-]*)|(?P<labels>\([^()]*\))|(?P<text>'[^']*'|\"[^\"]*\")|(?P<mark>[,{}!:]|\[\]))"
)
_LEAF_TYPES = tuple(each for each in FIELD_TYPES if each not in ("array", "object"))
_MAX_DEPTH = 12


def parse_one_line(text: str, problems: Problems) -> Mapping:
    """The mapping that the same schema would be in YAML.

    Fields stand between commas: `name`, `name type`, `name: type`; the type is `string` when left out. `name[]` is an array,
    `name {…}` an object, `name[] {…}` a table, `name (this|that)` one of several labels; `!` makes a field required and a text in
    quotes describes it: `total number! 'amount to pay'`.

    Raises:
        UsageError: with the column.
    """
    return _OneLine(text, problems).schema()


class _OneLine:
    def __init__(self, text: str, problems: Problems) -> None:
        self._where = problems.name
        self._tokens: list[tuple[str, str, int]] = []
        self._at = 0
        at = 0
        while at < len(text.rstrip()):
            match = _TOKEN.match(text, at)
            if match is None or match.lastgroup is None:
                at += len(text[at:]) - len(text[at:].lstrip())
                self._fail(at, f"{text[at : at + 12]!r} is not understood; write 'name type, name type'")
            self._tokens.append((match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
            at = match.end()
        self._tokens.append(("end", "", len(text)))

    def schema(self) -> Mapping:
        out = Mapping()
        out["fields"] = self._fields(depth=0)
        kind, token, column = self._tokens[self._at]
        if kind != "end":
            self._fail(column, f"unexpected {token!r}")
        return out

    def _fail(self, column: int, problem: str) -> NoReturn:
        raise UsageError(f"{self._where}, column {column + 1}: {problem}")

    def _take(self, mark: str) -> bool:
        found = self._tokens[self._at][:2] == ("mark", mark)
        self._at += found
        return found

    def _take_kind(self, wanted: str) -> str | None:
        kind, token, _ = self._tokens[self._at]
        if kind != wanted:
            return None
        self._at += 1
        return token

    def _fields(self, *, depth: int) -> Mapping:
        out = Mapping()
        if depth > _MAX_DEPTH:
            self._fail(self._tokens[self._at][2], f"fields are nested deeper than {_MAX_DEPTH} levels")
        while True:
            column = self._tokens[self._at][2]
            name = self._take_kind("name")
            if name is None:
                self._fail(column, "a field name is missing")
            if name in out:
                self._fail(column, f"{name!r} stands here a second time")
            out[name] = self._field(depth=depth)
            if not self._take(","):
                return out

    def _field(self, *, depth: int) -> Mapping:
        value = Mapping()
        is_array = self._take("[]")
        self._take(":")
        column = self._tokens[self._at][2]
        if self._take("{"):
            value["type"], value["properties"] = "object", self._fields(depth=depth + 1)
            if not self._take("}"):
                self._fail(self._tokens[self._at][2], "'}' is missing")
        elif (labels := self._take_kind("labels")) is not None:
            values = Sequence()
            values.extend(filter(None, (label.strip() for label in re.split(r"[|,]", labels[1:-1]))))
            if not values:
                self._fail(column, "labels are missing: (this|that)")
            value["kind"], value["enum"] = "inferred", values
        elif (type_ := self._take_kind("name")) is not None:
            if type_ not in _LEAF_TYPES:
                hint = (
                    "; arrays are name[]" if type_ == "array" else "; objects are name {…}" if type_ == "object" else ""
                )
                self._fail(column, f"unknown type {type_!r}{hint or did_you_mean(type_, _LEAF_TYPES)}")
            value["type"] = type_
        if is_array:
            items, value = value, Mapping()
            value["type"], value["items"] = "array", items
        if self._take("!"):
            value["required"] = True
        if (text := self._take_kind("text")) is not None:
            value["description"] = text[1:-1]
        return value
