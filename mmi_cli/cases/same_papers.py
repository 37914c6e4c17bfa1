"""Tells which papers of a case seem to be one paper: an invoice as PDF and as photograph, a form that was scanned twice.

They are one witness of what they say. Papers that only look alike (two equal purchases on one day) cannot be told from these, so nothing
is left out for it: rows of lists without a key stay, and the case says that both are there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..datamodel.record import LeafValue
from ..fill.combining import SURELY_SAID
from ..fill.same_fact import is_same_fact
from .papers import Paper, leaves_outside_lists

_LEAST_IN_COMMON = 3
"""Values that both papers state."""
_LEAST_EXACT = 2
"""Of them: amounts, dates and numbers of things, which papers of one sender do not share; an amount is one of them."""
_MOST_MISREAD = 1 / 3
"""Share of their amounts that may differ where two dates or numbers are the same: a photograph askew gives an amount of another line."""


def with_witnesses(papers: Sequence[Paper]) -> list[Paper]:
    """The papers, each that seems to be the same as one before it with the path of that in `same_as`."""
    out: list[Paper] = []
    with_amount: dict[tuple[str | None, str, int], list[Paper]] = {}
    for paper in papers:
        said = _said(paper)
        keys = [
            (paper.category, name, round(float(leaf.value) * 100))
            for name, leaf in said.items()
            if leaf.type == "number" and isinstance(leaf.value, int | float)
        ]
        near = {id(each): each for key in keys for each in with_amount.get(key, ())}
        before = next((each for each in near.values() if _is_one_paper(said, _said(each))), None)
        if before is not None:
            paper = replace(paper, same_as=before.path)
        else:
            for key in keys:
                with_amount.setdefault(key, []).append(paper)
        out.append(paper)
    return out


def _is_one_paper(said: dict[str, LeafValue], other: dict[str, LeafValue]) -> bool:
    """Whether all dates and numbers that both state are the same, and most of their amounts and names."""
    amounts = marks = loose = misread = strange = 0
    for name, leaf in said.items():
        their = other.get(name)
        if their is None or their.type != leaf.type:
            continue
        is_same = is_same_fact(leaf.value, their.value, leaf.type)
        if leaf.type == "number":
            amounts += is_same
            misread += not is_same
        elif _is_mark(leaf) or _is_mark(their):
            if not is_same:
                return False
            marks += 1
        else:
            loose += is_same
            strange += not is_same
    if misread and (marks < _LEAST_EXACT or misread > _MOST_MISREAD * (amounts + misread)):
        return False
    return (
        amounts > 0
        and amounts + marks >= _LEAST_EXACT
        and amounts + marks + loose >= _LEAST_IN_COMMON
        and strange <= loose
    )


def _is_mark(leaf: LeafValue) -> bool:
    """A date, or the number of a thing."""
    if leaf.type != "string":
        return leaf.type != "boolean"
    signs = [c for c in str(leaf.value) if c.isalnum()]
    return 2 * sum(c.isdigit() for c in signs) > len(signs)


def _said(paper: Paper) -> dict[str, LeafValue]:
    """What it surely says itself, by path; what a list holds apart."""
    return {
        path: leaf
        for name, value in paper.fields
        for path, leaf in leaves_outside_lists(name, value)
        if leaf.value is not None and leaf.kind == "extracted" and leaf.confidence >= SURELY_SAID
    }
