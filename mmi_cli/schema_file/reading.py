"""Reads typed values out of a located mapping; what is not of its type becomes a problem with its line."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from .located import Mapping, Problems, Sequence


class Reader:
    """Reads of one document, which collect their problems."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems

    def known_keys(self, value: Mapping, known: Collection[str], what: str) -> None:
        for key in value:
            if key not in known:
                self.problems.add(value.line_of(key), f"unknown {what} {key!r}{did_you_mean(key, known)}")

    def choice(self, value: Mapping, key: str, known: Collection[str], default: str) -> str:
        given = value.get(key, default)
        if isinstance(given, Mapping | Sequence):
            self.problems.add(value.line_of(key), f"{key!r} is a word, one of: {', '.join(known)}")
            return default
        if given not in known:
            self.problems.add(value.line_of(key), f"unknown {key} {given!r}{did_you_mean(str(given), known)}")
            return default
        return str(given)

    def choices(self, value: Mapping, key: str, known: Collection[str], what: str) -> tuple[str, ...]:
        texts = self.texts(value, key)
        for text in texts:
            if text not in known:
                self.problems.add(value.line_of(key), f"unknown {what} {text!r}{did_you_mean(text, known)}")
        return texts

    def text(self, value: Mapping, key: str) -> str:
        given = value.get(key)
        if given is None:
            return ""
        if isinstance(given, Mapping | Sequence):
            self.problems.add(value.line_of(key), f"{key!r} is a text")
            return ""
        return _plain(given).strip()

    def texts(self, value: Mapping, key: str) -> tuple[str, ...]:
        given = value.get(key)
        if given is None:
            return ()
        if isinstance(given, str | bool):
            return (_plain(given),)
        if not isinstance(given, Sequence) or any(isinstance(item, Mapping | Sequence) for item in given):
            self.problems.add(value.line_of(key), f"{key!r} is a list of texts")
            return ()
        return tuple(_plain(item) for item in given if item is not None)

    def flag(self, value: Mapping, key: str) -> bool:
        given = value.get(key, False)
        if not isinstance(given, bool):
            self.problems.add(value.line_of(key), f"{key!r} is true or false")
            return False
        return given


def did_you_mean(name: str, known: Collection[str]) -> str:
    """The end of a message about an unknown name: the nearest known one, or all of a few."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; known: {', '.join(known)}" if known and len(known) <= 15 else ""


def _plain(item: object) -> str:
    return {True: "true", False: "false"}[item] if isinstance(item, bool) else str(item)
