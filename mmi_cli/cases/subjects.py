"""Parts the papers of a folder by whom they are about, where a case says which fields name its subject."""

from __future__ import annotations

from collections.abc import Sequence

from ..datamodel.record import LeafValue
from ..datamodel.schema import Field, Schema
from ..fill.combining import SURELY_SAID
from ..fill.same_fact import is_same_fact
from .papers import Paper
from .sources import leaves_from


def part_by_subject(papers: Sequence[Paper], schema: Schema) -> tuple[list[list[Paper]], list[Paper]]:
    """Papers of each subject, in the order of their first paper, and papers that name nobody.

    Two papers are about one subject when any field of `schema.subject` says the same in both. A paper that names nobody goes with the
    papers of its file when these are about one subject, and with all when there is only one.
    """
    fields = [field for name in schema.subject if (field := schema.field(name)) is not None]
    if not fields:
        return [list(papers)], []
    named = [(paper, _names(paper, fields, schema)) for paper in papers]
    groups: list[list[tuple[Paper, list[tuple[str, LeafValue]]]]] = []
    for paper, names in named:
        if not names:
            continue
        meets = [group for group in groups if any(_is_shared(names, others, fields) for _, others in group)]
        joined = [each for group in meets for each in group]
        groups = [group for group in groups if group not in meets]
        groups.append([*joined, (paper, names)])
    order = {id(paper): number for number, paper in enumerate(papers)}
    parted = [sorted((paper for paper, _ in group), key=lambda paper: order[id(paper)]) for group in groups]
    parted.sort(key=lambda group: order[id(group[0])])
    left = []
    for paper, names in named:
        if names:
            continue
        homes = [group for group in parted if any(other.path == paper.path for other in group)]
        if len(homes) == 1 or len(parted) == 1:
            (homes or parted)[0].append(paper)
        else:
            left.append(paper)
    for group in parted:
        group.sort(key=lambda paper: order[id(paper)])
    return parted or [list(papers)], left if parted else []


def _names(paper: Paper, fields: Sequence[Field], schema: Schema) -> list[tuple[str, LeafValue]]:
    return [
        (field.name, leaf)
        for field in fields
        for leaf in leaves_from(paper, field, schema)
        if leaf.value is not None and leaf.confidence >= SURELY_SAID
    ]


def _is_shared(
    names: Sequence[tuple[str, LeafValue]], others: Sequence[tuple[str, LeafValue]], fields: Sequence[Field]
) -> bool:
    types = {field.name: field.type for field in fields}
    # The first field that both have decides: a number tells people of one name apart.
    for field in fields:
        own = [leaf for name, leaf in names if name == field.name]
        their = [leaf for name, leaf in others if name == field.name]
        if own and their:
            return any(is_same_fact(a.value, b.value, types[field.name]) for a in own for b in their)
    return False
