"""An expression as a condition on measures, `f1 >= 0.9`: what `--assert` takes, wherever it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .evaluation import evaluate, exact
from .parser import parse_expression
from .tree import Binary, Call, Expression, ExpressionError, Items, Literal, Node, Path, Unary, paths

_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">=", "and", "or", "in"})


def parse_condition(source: str, *, example: str) -> Expression:
    """Reads an expression that is true or false.

    Args:
        example: shown where it is none.

    Raises:
        ExpressionError: it cannot be read, or is no condition.
    """
    expression = parse_expression(source)
    root = expression.root
    is_condition = (isinstance(root, Binary) and root.operator in _COMPARISONS) or (
        isinstance(root, Unary) and root.operator == "not"
    )
    if not is_condition:
        raise ExpressionError(source, 0, f"not a condition; compare a measure with a number: {example}")
    return expression


def holds(expression: Expression, measured: Mapping[tuple[str, ...], Any]) -> bool:
    """Whether a condition holds; one that needs a measure of nothing (None) does not.

    Args:
        measured: the value of every path in it.
    """
    return evaluate(Expression(source=expression.source, root=_filled_in(expression.root, measured)), {}) is True


def told(expression: Expression, measured: Mapping[tuple[str, ...], Any]) -> str:
    """The condition with what was measured: `ok >= 0.95 * files: ok is 3, files is 6`."""
    facts = [f"{'.'.join(path.parts)} is {_shown(measured[path.parts])}" for path in paths(expression)]
    return f"{expression.source}: {', '.join(facts) or 'never holds'}"


def _filled_in(node: Node, measured: Mapping[tuple[str, ...], Any]) -> Node:
    match node:
        case Path():
            return Literal(exact(measured[node.parts]))
        case Unary():
            return Unary(node.operator, _filled_in(node.operand, measured))
        case Binary():
            return Binary(node.operator, _filled_in(node.left, measured), _filled_in(node.right, measured))
        case Call():
            return Call(node.function, tuple(_filled_in(argument, measured) for argument in node.arguments))
        case Items():
            return Items(tuple(_filled_in(item, measured) for item in node.items))
        case Literal():
            return node


def _shown(value: Any) -> str:
    if value is None:
        return "not measured"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
