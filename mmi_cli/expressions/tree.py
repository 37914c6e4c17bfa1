"""What an expression is once it was read: a small tree, the field paths in it, and the error for what cannot be read."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from ..errors import UsageError


class ExpressionError(UsageError):
    """An expression that cannot be read, or names something unknown."""

    def __init__(self, source: str, position: int, problem: str) -> None:
        super().__init__(f"expression {source!r}, column {position + 1}: {problem}")
        self.source = source
        self.position = position
        """From 0."""
        self.problem = problem


class Literal(NamedTuple):
    value: Decimal | str | bool | None


class Path(NamedTuple):
    """A field, or what is below it: `line_items.amount`."""

    parts: tuple[str, ...]
    position: int


class Unary(NamedTuple):
    operator: str
    operand: Node


class Binary(NamedTuple):
    operator: str
    left: Node
    right: Node


class Call(NamedTuple):
    function: str
    arguments: tuple[Node, ...]


class Items(NamedTuple):
    """A list that is written out: `['EUR', 'USD']`."""

    items: tuple[Node, ...]


Node = Literal | Path | Unary | Binary | Call | Items


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """An expression that was read and holds only what the language has."""

    source: str
    root: Node


def paths(expression: Expression) -> tuple[Path, ...]:
    """The field paths in order of their first use."""
    seen: dict[tuple[str, ...], Path] = {}
    for node in _walk(expression.root):
        if isinstance(node, Path):
            seen.setdefault(node.parts, node)
    return tuple(seen.values())


def names(expression: Expression) -> frozenset[str]:
    """Dotted paths of the fields that an expression reads: `line_items.amount`."""
    return frozenset(".".join(path.parts) for path in paths(expression))


def check_names(expression: Expression, known: Collection[str]) -> None:
    """Refuse names that are not among the dotted paths `known` (arrays without brackets: `line_items`, `line_items.amount`).

    Raises:
        ExpressionError: with the nearest known name.
    """
    for path in paths(expression):
        name = ".".join(path.parts)
        if name not in known:
            problem = f"unknown field {name!r}{did_you_mean(name, known)}"
            raise ExpressionError(expression.source, path.position, problem)


def _walk(node: Node) -> Iterator[Node]:
    yield node
    children: tuple[Node, ...] = ()
    if isinstance(node, Unary):
        children = (node.operand,)
    elif isinstance(node, Binary):
        children = (node.left, node.right)
    elif isinstance(node, Call):
        children = node.arguments
    elif isinstance(node, Items):
        children = node.items
    for child in children:
        yield from _walk(child)


def did_you_mean(name: str, known: Collection[str]) -> str:
    """The end of an error about an unknown name; empty when no known name is near."""
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""
