"""YAML and JSON as plain values that remember their lines, so that an error can say where it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..errors import UsageError

MAX_CHARS = 500_000
"""A schema with the most fields allowed, each described at length, has about 300 000."""
_MAX_NODES = 100_000
_MAX_TOLD = 50
"""Problems of one file that are shown; more of them have one cause."""
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}"
    for kind in ("null", "bool", "int", "float", "str", "timestamp", "value", "merge", "seq", "map")
)


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
    notes: list[str] = field(default_factory=list)
    """What of another format could not be taken over; no reason to refuse it."""

    def note(self, message: str) -> None:
        if message not in self.notes:
            self.notes.append(message)

    def add(self, line: int, message: str) -> None:
        self.found.append((line, message))

    def raise_if_any(self) -> None:
        """Raises:
        UsageError: one line a problem, `file:line: message`.
        """
        if self.found:
            lines = [f"{self.name}:{line}: {message}" for line, message in sorted(set(self.found))]
            more = [f"{self.name}: and {len(lines) - _MAX_TOLD} more"] if len(lines) > _MAX_TOLD else []
            raise UsageError("\n".join(lines[:_MAX_TOLD] + more))


def located(value: Any) -> Any:
    """Plain JSON values as `Mapping`, `Sequence` and scalars; all of them stand on line 1, and numbers become texts as in a file."""
    if isinstance(value, dict):
        mapping = Mapping()
        for key, each in value.items():
            mapping[str(key)] = located(each)
        return mapping
    if isinstance(value, list | tuple):
        sequence = Sequence()
        sequence.extend(located(each) for each in value)
        sequence.item_lines = [1] * len(sequence)
        return sequence
    return value if value is None or isinstance(value, bool | str) else str(value)


def parse_yaml(text: str, problems: Problems) -> Any:
    """The document as `Mapping`, `Sequence` and scalars; JSON is YAML enough for this.

    Raises:
        UsageError: not YAML, or too large.
    """
    import yaml

    if len(text) > MAX_CHARS:
        raise UsageError(f"{problems.name}: {len(text):,} characters are too many for a schema (at most {MAX_CHARS:,})")
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
        if node.tag not in _PLAIN_TAGS:
            self._problems.add(node.start_mark.line + 1, f"the tag {node.tag!r} has no meaning in a schema")
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


def _scalar(node: Any) -> str | bool | None:
    """Text as it was written, but for true, false and null.

    So `no` stays Norway's code, 12:30 a time, 1.10 a version and 007 an example: YAML 1.1 would make False, 750, 1.1 and 7 of them.
    """
    if node.tag.endswith(":null"):
        return None
    if node.tag.endswith(":bool") and node.value.lower() in ("true", "false"):
        return bool(node.value.lower() == "true")
    # JSON writes characters beyond the first plane as two escapes, which YAML takes for two characters.
    return str(node.value.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
