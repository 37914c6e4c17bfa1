"""What a run's results amount to: how many of each status, how much was found, and how sure of it the program is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from ...datamodel.record import STATUSES, ErrorCode
from ...datamodel.schema import Field, Schema
from ..state.manifest import Done
from ..work import WORST_FIRST

ERROR_CODES: tuple[str, ...] = get_args(ErrorCode)
OF_CHECKS = ("passed", "failed", "open")
OF_VALUES = ("values", "filled", "mean_confidence", "min_confidence")
"""Measures of all values together and of each field; `confident_at_NN` besides."""
CONFIDENT_AT = "confident_at_"
_DECIMALS = 6
"""Confidences have four: a mean of 0.7 is not to fail `>= 0.7` for what binary fractions cannot hold."""


@dataclass(slots=True)
class _Values:
    """Values of one field, or of all."""

    places: int = 0
    """Where a value could stand: records, or rows of an array."""
    filled: int = 0
    values: int = 0
    confidences: float = 0.0
    lowest: float | None = None
    confident: Counter[int] = field(default_factory=Counter)
    """By percent: values at least so confident."""

    def add(self, confidence: float, percents: Iterable[int]) -> None:
        self.values += 1
        self.confidences += confidence
        self.lowest = confidence if self.lowest is None else min(self.lowest, confidence)
        for percent in percents:
            self.confident[percent] += confidence * 100 >= percent

    def measure(self, name: str) -> float | int | None:
        """A share of nothing is None."""
        if name == "values":
            return self.values
        if name == "filled":
            return self.filled / self.places if self.places else None
        if not self.values:
            return None
        if name == "mean_confidence":
            return self.confidences / self.values
        if name == "min_confidence":
            return self.lowest
        return self.confident[percent_of(name) or 0] / self.values


@dataclass(slots=True)
class _Tally:
    """The records of one schema, or of all."""

    records: int = 0
    files: Counter[str] = field(default_factory=Counter)
    """By worst status."""
    errors: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    values: _Values = field(default_factory=_Values)
    fields: dict[tuple[str, ...], _Values] = field(default_factory=dict)


class Measures:
    """Reads the results in order of path, one record at a time; its size does not grow with their number.

    Args:
        percents: for which `confident_at_NN` is asked.
        counts_only: nothing but files, records and statuses is asked for: no record needs to be parsed.
    """

    def __init__(self, schemas: Sequence[Schema], *, percents: Iterable[int] = (), counts_only: bool = False) -> None:
        self._percents = tuple(percents)
        self._counts_only = counts_only
        self._all = _Tally(fields={path: _Values() for schema in schemas for path, _ in field_paths(schema)})
        self._of_schema = {
            schema.name: _Tally(fields={path: _Values() for path, _ in field_paths(schema)}) for schema in schemas
        }
        self._file: tuple[str, str] | None = None
        """Path and worst status of the file whose records are read."""

    def read(self, done: Done) -> None:
        """The next record of the results."""
        self._all.records += 1
        if self._file is not None and self._file[0] == done.path:
            self._all.files[self._file[1]] -= 1
            worst = min(self._file[1], done.status, key=_badness)
        else:
            worst = done.status
        self._all.files[worst] += 1
        self._file = (done.path, worst)
        if self._counts_only:
            return
        record = json.loads(done.line)
        tally = self._of_schema.get(record["schema"]["name"]) or _Tally()
        tally.records += 1
        tally.files[done.status] += 1
        for each in (self._all, tally):
            each.errors.update(error["code"] for error in record["errors"])
            each.checks.update(_CHECKS[check["passed"]] for check in record["checks"])
            for name, value in record["fields"].items():
                self._add((name,), value, tally=each, above=(each.values,))

    def measure(self, path: Sequence[str]) -> float | int | None:
        """A measure by its name, to six decimals; `known_measures` tells which there are."""
        found = _look_up(self._of_schema[path[1]], path[2:]) if path[0] == "schemas" else _look_up(self._all, path)
        return round(found, _DECIMALS) if isinstance(found, float) else found

    def _add(
        self, path: tuple[str, ...], value: Mapping[str, Any], *, tally: _Tally, above: tuple[_Values, ...]
    ) -> bool:
        """Adds a field and what lies below it; whether anything was found.

        Args:
            above: where the values of the field count, too.
        """
        here = tally.fields.setdefault(path, _Values())
        here.places += 1
        inner = value["value"]
        if isinstance(inner, list):
            found = bool(inner)
            for row in inner:
                if isinstance(row.get("type"), str):  # a plain value, not the members of an object
                    self._add_leaf(row, (*above, here), places=above[:1])
                else:
                    for name, member in row.items():
                        self._add((*path, name), member, tally=tally, above=(*above, here))
        elif isinstance(inner, dict):
            members = [
                self._add((*path, name), each, tally=tally, above=(*above, here)) for name, each in inner.items()
            ]
            found = any(members)
        else:
            found = inner is not None
            self._add_leaf(value, (*above, here), places=above[:1])
        here.filled += found
        return found

    def _add_leaf(self, leaf: Mapping[str, Any], values: tuple[_Values, ...], *, places: tuple[_Values, ...]) -> None:
        is_found = leaf["value"] is not None
        for each in places:
            each.places += 1
            each.filled += is_found
        for each in values if is_found else ():
            each.add(leaf["confidence"], self._percents)


_CHECKS = {True: "passed", False: "failed", None: "open"}


def known_measures(schemas: Sequence[Schema]) -> tuple[str, ...]:
    """Every measure by name, those of one schema alone left out (`schemas.NAME.` and any of these)."""
    fields = {path: None for schema in schemas for path, _ in field_paths(schema)}
    return (
        "files", *STATUSES, "records", *OF_VALUES, f"{CONFIDENT_AT}90",
        *(f"errors.{code}" for code in ERROR_CODES), *(f"checks.{name}" for name in OF_CHECKS),
        *(f"fields.{'.'.join(path)}.{measure}" for path in fields for measure in (*OF_VALUES, f"{CONFIDENT_AT}90")),
    )  # fmt: skip


def field_paths(schema: Schema) -> Iterator[tuple[tuple[str, ...], Field]]:
    """Every field of a schema with the names that lead to it, rows of an array as if there was one."""

    def below(field: Field, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Field]]:
        yield path, field
        inner = field.items if field.type == "array" else field
        for child in inner.properties if inner is not None else ():
            yield from below(child, (*path, child.name))

    for top in schema.fields:
        yield from below(top, (top.name,))


def percent_of(measure: str) -> int | None:
    """90 of `confident_at_90`; None for another measure."""
    digits = measure.removeprefix(CONFIDENT_AT)
    return int(digits) if measure != digits and digits.isascii() and digits.isdigit() and len(digits) <= 2 else None


def _look_up(tally: _Tally, path: Sequence[str]) -> float | int | None:
    first, last = path[0], path[-1]
    if first == "fields":
        return tally.fields[tuple(path[1:-1])].measure(last)
    if first == "errors":
        return tally.errors[last]
    if first == "checks":
        return tally.checks[last]
    if first == "records":
        return tally.records
    if first == "files":
        return sum(tally.files.values())
    return tally.files[first] if first in STATUSES else tally.values.measure(first)


def _badness(status: str) -> int:
    return WORST_FIRST.index(status)
