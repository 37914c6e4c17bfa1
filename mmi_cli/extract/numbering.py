"""List markers of Word documents: `1.`, `(a)`, `2.3.1`, `•`, counted as Word counts them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VAL = f"{W}val"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


class Level(NamedTuple):
    """How the items of one depth are numbered."""

    start: int
    number_format: str
    text: str
    """`%1.%2)`: the numbers of the depths so far and what stands around them."""
    restarts_after: int | None
    """Depth (from 1) whose items start this one again; None: any shallower one; 0: never."""


@dataclass(slots=True)
class _Definition:
    levels: dict[int, Level] = field(default_factory=dict)
    counters: dict[int, int] = field(default_factory=dict)
    style_link: str | None = None


class Numbering:
    """The numbering definitions of a document and where their counters stand."""

    def __init__(self, root: _Element | None) -> None:
        self._definitions: dict[str, _Definition] = {}
        self._lists: dict[str, tuple[str, dict[int, int], dict[int, Level]]] = {}
        """List id → (definition id, start overrides, level overrides)."""
        self._started: set[tuple[str, int]] = set()
        if root is None:
            return
        for element in root.iter(f"{W}abstractNum"):
            definition = _Definition()
            for level in element.iter(f"{W}lvl"):
                definition.levels[_int(level.get(f"{W}ilvl"), 0)] = _level(level)
            link = element.find(f"{W}numStyleLink")
            definition.style_link = link.get(_VAL) if link is not None else None
            self._definitions[element.get(f"{W}abstractNumId") or ""] = definition
        for element in root.iter(f"{W}num"):
            reference = element.find(f"{W}abstractNumId")
            starts: dict[int, int] = {}
            levels: dict[int, Level] = {}
            for override in element.iter(f"{W}lvlOverride"):
                depth = _int(override.get(f"{W}ilvl"), 0)
                if (start := override.find(f"{W}startOverride")) is not None:
                    starts[depth] = _int(start.get(_VAL), 1)
                if (level := override.find(f"{W}lvl")) is not None:
                    levels[depth] = _level(level)
            definition_id = (reference.get(_VAL) if reference is not None else None) or ""
            self._lists[element.get(f"{W}numId") or ""] = (definition_id, starts, levels)

    def style_link(self, list_id: str) -> str | None:
        """The paragraph style that a list takes its definition from, if it has none of its own."""
        definition = self._definitions.get(self._lists.get(list_id, ("", {}, {}))[0])
        return definition.style_link if definition and not definition.levels else None

    def next_marker(self, list_id: str, depth: int) -> str | None:
        """Counts one item and gives its marker; None for a list or depth that is not defined."""
        if list_id not in self._lists:
            return None
        definition_id, starts, overrides = self._lists[list_id]
        definition = self._definitions.get(definition_id)
        if definition is None:
            return None
        levels = {**definition.levels, **overrides}
        level = levels.get(depth)
        if level is None:
            return None
        counters = definition.counters
        if depth in starts and (list_id, depth) not in self._started:
            counters[depth] = starts[depth]
        else:
            counters[depth] = counters.get(depth, level.start - 1) + 1
        self._started.add((list_id, depth))
        for deeper, deeper_level in levels.items():
            if deeper > depth and deeper_level.restarts_after != 0:
                counters.pop(deeper, None)
        if level.number_format == "bullet":
            # Symbol and Wingdings keep their bullets in the private use area or under letters.
            return level.text if level.text in ("-", "–", "—", "*", "•", "▪", "►") else "•"
        text = level.text
        for place in range(9, 0, -1):
            if f"%{place}" in text:
                shown = levels.get(place - 1, level)
                number = counters.get(place - 1, shown.start)
                text = text.replace(f"%{place}", format_number(number, shown.number_format))
        return text.strip() or None


def _level(element: _Element) -> Level:
    def value(name: str) -> str | None:
        found = element.find(f"{W}{name}")
        return found.get(_VAL) if found is not None else None

    restart = value("lvlRestart")
    return Level(
        start=_int(value("start"), 1),
        number_format=value("numFmt") or "decimal",
        text=value("lvlText") or "",
        restarts_after=_int(restart, 0) if restart is not None else None,
    )


def format_number(number: int, number_format: str) -> str:
    """A number as `decimal`, `decimalZero`, `lowerLetter`, `upperRoman`, …; unknown formats as decimal, `none` as nothing."""
    match number_format:
        case "none":
            return ""
        case "decimalZero":
            return f"{number:02}"
        case "lowerLetter" | "upperLetter" if 0 < number < 1000:
            letters = chr(97 + (number - 1) % 26) * (1 + (number - 1) // 26)
            return letters.upper() if number_format == "upperLetter" else letters
        case "lowerRoman" | "upperRoman" if 0 < number < 4000:
            roman = ""
            for value, letters in _ROMAN:
                roman += letters * (number // value)
                number %= value
            return roman.upper() if number_format == "upperRoman" else roman
        case _:
            return str(number)


def _int(text: str | None, default: int) -> int:
    try:
        return int(text) if text else default
    except ValueError:
        return default
