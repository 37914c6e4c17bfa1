"""Parses an expression into a small tree, with errors that name the position.

A parser of its own rather than Python's: `if(…)` is a function here, field names may be words that Python reserves (`from`), and what
is not in this grammar cannot be reached at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple

from .functions import FUNCTIONS
from .tree import Binary, Call, Expression, ExpressionError, Items, Literal, Node, Path, Unary, did_you_mean

MAX_LENGTH = 2000
"""Characters of an expression; the longest useful one known is about 300."""
MAX_DEPTH = 40
"""Of brackets and signs inside each other."""
MAX_TOKENS = 400
"""Of an expression; bounds the depth of the tree, since `1 + 1 + 1` leans to the left."""


def parse_expression(source: str) -> Expression:
    """Read an expression.

    Raises:
        ExpressionError: names what is wrong and where.
    """
    if len(source) > MAX_LENGTH:
        raise ExpressionError(source[:40] + "…", MAX_LENGTH, f"longer than {MAX_LENGTH} characters")
    return Expression(source=source, root=_Parser(source).parse())


_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>\d+(?:\.\d+)?|\.\d+)
      | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
      | (?P<name>[^\W\d]\w*)
      | `(?P<quoted>[^`]+)`
      | (?P<sign>==|!=|<>|<=|>=|[-+*/%<>=(),.\[\]])
      | (?P<end>\Z)
    )""",
    re.VERBOSE,
)
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "none": None}
_COMPARE = {"==": "==", "=": "==", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "in": "in"}


class _Token(NamedTuple):
    kind: str
    text: str
    position: int


class _Parser:
    """Recursive descent, one method a level of binding; weakest first."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._tokens = list(self._tokenize())
        if len(self._tokens) > MAX_TOKENS:
            position = self._tokens[MAX_TOKENS].position
            raise ExpressionError(source[:40] + "…", position, f"more than {MAX_TOKENS} words and signs")
        self._at = 0
        self._depth = 0

    def parse(self) -> Node:
        if self._token.kind == "end":
            raise self._error("empty expression")
        node = self._or()
        if self._token.kind != "end":
            raise self._error(f"unexpected {self._token.text!r}")
        return node

    def _tokenize(self) -> Iterator[_Token]:
        at = 0
        while True:
            match = _TOKEN.match(self._source, at)
            if match is None or match.lastgroup is None:
                at += len(self._source[at:]) - len(self._source[at:].lstrip())
                character = self._source[at : at + 1]
                problem = "string without an end" if character in "'\"`" else f"unexpected character {character!r}"
                raise ExpressionError(self._source, at, problem)
            yield _Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup))
            if match.lastgroup == "end":
                return
            at = match.end()

    @property
    def _token(self) -> _Token:
        return self._tokens[self._at]

    def _error(self, problem: str, position: int | None = None) -> ExpressionError:
        return ExpressionError(self._source, self._token.position if position is None else position, problem)

    def _next(self) -> _Token:
        token = self._token
        self._at += 1
        return token

    def _take(self, kind: str, *texts: str) -> str | None:
        token = self._token
        if token.kind == kind and token.text in texts:
            self._at += 1
            return token.text
        return None

    def _expect(self, sign: str) -> None:
        if self._take("sign", sign) is None:
            found = "the end" if self._token.kind == "end" else repr(self._token.text)
            raise self._error(f"expected {sign!r}, found {found}")

    def _is_keyword(self, word: str) -> bool:
        token = self._token
        return token.kind == "name" and token.text.lower() == word

    def _or(self) -> Node:
        node = self._and()
        while self._is_keyword("or"):
            self._at += 1
            node = Binary("or", node, self._and())
        return node

    def _and(self) -> Node:
        node = self._not()
        while self._is_keyword("and"):
            self._at += 1
            node = Binary("and", node, self._not())
        return node

    def _not(self) -> Node:
        if self._is_keyword("not"):
            self._at += 1
            return Unary("not", self._nested(self._not))
        return self._comparison()

    def _comparison(self) -> Node:
        left = self._sum()
        node: Node | None = None
        while (operator := self._comparison_operator()) is not None:
            right = self._sum()
            is_negated = operator == "not in"
            step: Node = Binary("in" if is_negated else operator, left, right)
            if is_negated:
                step = Unary("not", step)
            node = step if node is None else Binary("and", node, step)  # 0 <= a <= 10 is two comparisons
            left = right
        return left if node is None else node

    def _comparison_operator(self) -> str | None:
        token = self._token
        if token.kind == "sign" and token.text in _COMPARE:
            self._at += 1
            return _COMPARE[token.text]
        if self._is_keyword("in"):
            self._at += 1
            return "in"
        following = self._tokens[min(self._at + 1, len(self._tokens) - 1)]
        if self._is_keyword("not") and following.kind == "name" and following.text.lower() == "in":
            self._at += 2
            return "not in"
        return None

    def _sum(self) -> Node:
        node = self._product()
        while (operator := self._take("sign", "+", "-")) is not None:
            node = Binary(operator, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._signed()
        while (operator := self._take("sign", "*", "/", "%")) is not None:
            node = Binary(operator, node, self._signed())
        return node

    def _signed(self) -> Node:
        operator = self._take("sign", "-", "+")
        if operator is None:
            return self._primary()
        operand = self._nested(self._signed)
        return Unary("-", operand) if operator == "-" else operand

    def _primary(self) -> Node:
        token = self._next()
        if token.kind == "number":
            return Literal(Decimal(token.text))
        if token.kind == "string":
            return Literal(re.sub(r"\\(.)", _unescape, token.text[1:-1]))
        if token.kind == "quoted":
            return self._path(token)
        if token.kind == "name":
            if self._token == ("sign", "(", self._token.position):
                return self._call(token)
            if token.text.lower() in _CONSTANTS:
                return Literal(_CONSTANTS[token.text.lower()])
            return self._path(token)
        if token.text == "(" and token.kind == "sign":
            node = self._nested(self._or)
            self._expect(")")
            return node
        if token.text == "[" and token.kind == "sign":
            return Items(self._list_until("]"))
        self._at -= 1
        found = "the end" if token.kind == "end" else repr(token.text)
        raise self._error(f"expected a value, found {found}")

    def _path(self, first: _Token) -> Path:
        parts = [first.text]
        while self._take("sign", ".") is not None:
            token = self._next()
            if token.kind not in ("name", "quoted"):
                raise self._error("expected a field name after '.'", token.position)
            parts.append(token.text)
        return Path(tuple(parts), first.position)

    def _call(self, name: _Token) -> Call:
        function = FUNCTIONS.get(name.text.lower())
        if name.text.lower() in ("today", "now"):
            raise self._error("there is no clock here: the same file must always give the same result", name.position)
        if function is None:
            raise self._error(
                f"unknown function {name.text!r}{did_you_mean(name.text.lower(), FUNCTIONS)}", name.position
            )
        self._expect("(")
        arguments = self._list_until(")")
        if not function.least <= len(arguments) <= function.most:
            raise self._error(f"{name.text} takes {function.signature}, not {len(arguments)} values", name.position)
        constants = [argument.value if isinstance(argument, Literal) else None for argument in arguments]
        problem = function.refuse(constants) if function.refuse else None
        if problem:
            raise self._error(problem, name.position)
        return Call(name.text.lower(), arguments)

    def _list_until(self, sign: str) -> tuple[Node, ...]:
        items: list[Node] = []
        if self._take("sign", sign) is not None:
            return ()
        while True:
            items.append(self._nested(self._or))
            if self._take("sign", ",") is None:
                self._expect(sign)
                return tuple(items)

    def _nested(self, parse: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._error(f"brackets or signs more than {MAX_DEPTH} deep")
        node = parse()
        self._depth -= 1
        return node


def _unescape(match: re.Match[str]) -> str:
    # Only quotes and the backslash itself are escaped; \d and the like reach `matches` as they are.
    return match[1] if match[1] in "'\"\\" else match[0]
