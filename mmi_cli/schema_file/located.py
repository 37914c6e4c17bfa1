"""YAML and JSON as plain values that remember their lines, so that an error can say where it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..errors import UsageError

_MAX_CHARS = 2_000_000
_MAX_NODES = 100_000


class Mapping(dict[str, Any]):
    """A mapping whose keys have lines."""

    line: int = 1

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}

    def line_of(self, key: str) -> int:
        return self.lines.get(key, self.line)


class Sequence(list[Any]):
    """A sequence whose items have lines."""

    def __init__(self) -> None:
        super().__init__()
        self.item_lines: list[int] = []


@dataclass(slots=True)
class Problems:
    """Everything wrong with one file, told together."""

    name: str
    found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, message: str) -> None:
        self.found.append((line, message))

    def raise_if_any(self) -> None:
        """Raises:
        UsageError: one line a problem, `file:line: message`.
        """
        if self.found:
            raise UsageError("\n".join(f"{self.name}:{line}: {message}" for line, message in sorted(set(self.found))))


def parse_yaml(text: str, problems: Problems) -> Any:
    """The document as `Mapping`, `Sequence` and scalars; JSON is YAML enough for this.

    Raises:
        UsageError: not YAML, or too large.
    """
    import yaml

    if len(text) > _MAX_CHARS:
        raise UsageError(
            f"{problems.name}: {len(text):,} characters are too many for a schema (at most {_MAX_CHARS:,})"
        )
    # JSON may indent with tabs, which YAML may not.
    text = text.replace("\t", "  ") if text.lstrip().startswith(("{", "[")) else text
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UsageError(f"{problems.name}:{line}: not YAML: {error.problem or error}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise UsageError(f"{problems.name}: not YAML: {' '.join(str(error).split())}") from None
    if node is None:
        return Mapping()
    return _Builder(problems).value(node)


class _Builder:
    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._count = 0
        self._open: set[int] = set()

    def value(self, node: Any) -> Any:
        import yaml

        self._count += 1
        if self._count > _MAX_NODES:
            raise UsageError(f"{self._problems.name}: more than {_MAX_NODES:,} values; aliases expand without end?")
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        if id(node) in self._open:
            raise UsageError(f"{self._problems.name}:{node.start_mark.line + 1}: an alias contains itself")
        self._open.add(id(node))
        try:
            return self._mapping(node) if isinstance(node, yaml.MappingNode) else self._sequence(node)
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: Any) -> Mapping:
        out = Mapping()
        out.line = node.start_mark.line + 1
        for key_node, value_node in self._pairs(node):
            key, line = str(getattr(key_node, "value", "")), key_node.start_mark.line + 1
            if key in out:
                self._problems.add(line, f"{key!r} stands here a second time (first on line {out.line_of(key)})")
                continue
            out[key] = self.value(value_node)
            out.lines[key] = line
        return out

    def _pairs(self, node: Any) -> Iterator[tuple[Any, Any]]:
        for key_node, value_node in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                self._problems.add(key_node.start_mark.line + 1, "merge keys (<<) are not read here; use $ref")
            else:
                yield key_node, value_node

    def _sequence(self, node: Any) -> Sequence:
        out = Sequence()
        for item in node.value:
            out.append(self.value(item))
            out.item_lines.append(item.start_mark.line + 1)
        return out


def _scalar(node: Any) -> Any:
    import yaml

    if node.tag.endswith((":int", ":float", ":bool", ":null")):
        return yaml.SafeLoader("").construct_object(node)
    return node.value  # timestamps too stay as they were written
