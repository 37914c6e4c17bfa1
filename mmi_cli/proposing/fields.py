"""Labels and headings of several files put together → fields."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..datamodel.schema import Field, FieldType
from ..fill.candidates import candidate_kinds
from .kinds import ValueKind, is_period, type_of
from .labels import name_of, normal
from .seen import Column, Rows, Seen

_LEAST_SHARE, _LEAST_SHARE_UNMARKED = 0.2, 0.3
"""Of the files that must have a label with a colon, and one without, for it to become a field."""
_MOST_FIELDS, _MOST_COLUMNS = 40, 30
_MOST_EXAMPLES, _MOST_ALIASES = 3, 6
_MOST_LABELS = 6
"""Values of an enum."""
_LEAST_REPEATS = 3.0
"""How often each value of an enum stands in the files, on average."""
_IDENTIFIERS = (
    ("vat", "vat_id", "Tax number of the company that issued it."),
    ("iban", "iban", "IBAN of the account."),
    ("email", "email", "E-mail address."),
    ("url", "website", "Web address."),
)
_OF_ANY_FIELD = frozenset(
    {"date", "dates", "period", "range", "total", "amount", "number", "name", "time", "the", "of"}
)
"""Words that tell no two fields apart."""
_OF_THE_PAPER = frozenset({"page", "seite", "pages", "side", "página", "pagina", "pag", "blatt"})
"""Labels that say where in the file one is."""
_LEAST_REQUIRED = 3
"""Files from which `required` can be told."""


@dataclass(slots=True)
class Gathered:
    """What several files say of one field."""

    spellings: Counter[str] = field(default_factory=Counter)
    files: set[int] = field(default_factory=set)
    values: list[tuple[str, ValueKind]] = field(default_factory=list)
    marked: int = 0
    first: tuple[int, int] = (1 << 30, 0)
    """Where it was seen first: how far down its file, in which file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A field and why."""

    field: Field
    files: int
    """In how many of them it was seen."""
    is_constant: bool = False
    """It has the same value in all of them."""


def fields_of(seen: Sequence[Seen]) -> list[Proposed]:
    """Fields from labels, those first that stand first in their files; a period becomes two dates."""
    gathered: dict[str, Gathered] = {}
    labels = _recurring(seen)
    for number, each in enumerate(seen):
        once: set[str] = set()
        for at, pair in enumerate(each.pairs):
            key = normal(pair.label)
            if not key or key in _OF_THE_PAPER or normal(pair.value) in labels:
                continue
            group = gathered.setdefault(key, Gathered())
            group.spellings[pair.label] += 1
            group.files.add(number)
            group.first = min(group.first, (at, number))
            if key not in once:
                group.marked += pair.is_marked
                group.values.append((pair.value, pair.kind))
            once.add(key)
    kept = [(key, group) for key, group in _joined(gathered).items() if _is_kept(group, len(seen))]
    kept = sorted(kept, key=lambda each: (-len(each[1].files), each[1].first))[:_MOST_FIELDS]
    made = []
    for _, group in sorted(kept, key=lambda each: each[1].first):
        made += _both_ends(group, len(seen)) if is_period(group.values) else [_proposed(group, len(seen))]
    return made


def identifiers_of(seen: Sequence[Seen], proposed: Sequence[Proposed]) -> list[Proposed]:
    """Fields for what shows by its own form what it is, where half of the files hold it and no other field asks for it."""
    asked = frozenset[str]().union(*(candidate_kinds(each.field) for each in proposed))
    made = []
    for kind, name, description in _IDENTIFIERS:
        found = [[text for of, text in each.identifiers if of == kind] for each in seen]
        count = sum(bool(texts) for texts in found)
        values = list(dict.fromkeys(texts[0] for texts in found if texts))
        if kind in asked or count < 2 or count < 0.5 * len(seen) or len(values) == 1:
            continue
        field = Field(name=name, type="string", description=description, examples=_examples(values))
        made.append(Proposed(field=field, files=count))
    return made


def list_of(seen: Sequence[Seen]) -> Proposed | None:
    """A list from the table that most files have, with a member a column; None where no headings recur."""
    tables: Counter[frozenset[str]] = Counter()
    for each in seen:
        tables.update({_signature(table) for table in each.tables})
    if not tables:
        return None
    anchor = max(tables, key=lambda each: (tables[each] * min(len(each), 8), sorted(each)))
    near = [(n, t) for n, each in enumerate(seen) for t in each.tables if _is_near(_signature(t), anchor)]
    files = {number for number, _ in near}
    if len(seen) > 1 and len(files) < max(2, _LEAST_SHARE * len(seen)):
        return None
    columns: dict[str, list[Column]] = {}
    for _, table in near:
        for column in table.columns:
            if normal(column.heading):
                columns.setdefault(normal(column.heading), []).append(column)
    least = max(1, 0.2 * len(near))
    members: dict[str, Field] = {}
    for group in columns.values():
        if len(group) >= least and any(column.values for column in group) and len(members) < _MOST_COLUMNS:
            made = _member(group)
            members.setdefault(made.name, made)
    if len(members) < 2:
        return None
    names = Counter(table.name for _, table in near if table.name)
    name = name_of(names.most_common(1)[0][0]) if names else "rows" if _is_all_rows(seen) else "line_items"
    items = Field(name="", type="object", properties=tuple(members.values()))
    return Proposed(field=Field(name=name, type="array", items=items), files=len(files))


def merged(own: Sequence[Proposed], taken: set[str]) -> list[Proposed]:
    """The fields whose names are still free."""
    free = []
    for each in own:
        if each.field.name not in taken:
            taken.add(each.field.name)
            free.append(each)
    return free


def _joined(gathered: dict[str, Gathered]) -> dict[str, Gathered]:
    """Labels of one thing in several layouts put together: no file has both, the words of one are among those of the other."""
    joined: dict[str, Gathered] = {}
    for key, group in sorted(gathered.items(), key=lambda each: (-len(each[1].files), each[0])):
        words = frozenset(key.split()) - _OF_ANY_FIELD
        kind = _kind(group)
        for other_key, other in joined.items():
            other_words = frozenset(other_key.split()) - _OF_ANY_FIELD
            is_one = bool(words) and bool(other_words) and (words <= other_words or other_words <= words)
            if is_one and kind == _kind(other) and kind != "text" and not group.files & other.files:
                other.spellings += group.spellings
                other.files |= group.files
                other.values += group.values
                other.marked += group.marked
                break
        else:
            joined[key] = group
    return joined


def _kind(group: Gathered) -> ValueKind:
    return Counter(kind for _, kind in group.values).most_common(1)[0][0]


def _recurring(seen: Sequence[Seen]) -> set[str]:
    """Labels of two files or more: where one stands beside another, it is no value."""
    counts: Counter[str] = Counter()
    for each in seen:
        counts.update({normal(pair.label) for pair in each.pairs})
    return {label for label, count in counts.items() if count > 1}


def _both_ends(group: Gathered, files: int) -> list[Proposed]:
    label = group.spellings.most_common(1)[0][0]
    stem = re.sub(r"_(?:dates?|period|range)$", "", name_of(label))
    spellings = tuple(dict.fromkeys(group.spellings))[:_MOST_ALIASES]
    return [
        Proposed(
            field=Field(name=f"{stem}_{end}", type="date", description=f"{word} day: {label}", aliases=spellings),
            files=len(group.files),
        )
        for end, word in (("from", "First"), ("to", "Last"))
    ]


def _is_kept(group: Gathered, files: int) -> bool:
    if files == 1:
        return group.marked > 0
    share = _LEAST_SHARE if group.marked * 2 >= len(group.values) else _LEAST_SHARE_UNMARKED
    return len(group.files) >= max(2, share * files)


def _proposed(group: Gathered, files: int) -> Proposed:
    label = group.spellings.most_common(1)[0][0]
    values = [text for text, _ in group.values]
    distinct = list(dict.fromkeys(values))
    name = name_of(label)
    type_ = type_of(label, group.values)
    made = Field(
        name=name,
        type=type_,
        description=label if normal(label).replace(" ", "_") != name else "",
        aliases=_aliases(group, name),
        required=files >= _LEAST_REQUIRED and len(group.files) == files,
    )
    is_constant = len(distinct) == 1 and len(group.files) >= 3
    if type_ == "string" and not is_constant:
        labels = _enum(values)
        made = replace(made, enum=labels) if labels else replace(made, examples=_examples(distinct))
    return Proposed(field=made, files=len(group.files), is_constant=is_constant)


def _member(group: Sequence[Column]) -> Field:
    spellings = Counter(column.heading for column in group)
    label = spellings.most_common(1)[0][0]
    values = [value for column in group for value in column.values]
    name = name_of(label)
    type_: FieldType = type_of(label, values)
    texts = [text for text, _ in values]
    made = Field(name=name, type=type_, aliases=tuple(s for s in spellings if _differs(s, name))[:_MOST_ALIASES])
    if type_ == "string":
        labels = _enum(texts)
        made = replace(made, enum=labels) if labels else replace(made, examples=_examples(list(dict.fromkeys(texts))))
    return made


def _aliases(group: Gathered, name: str) -> tuple[str, ...]:
    """Every spelling that the name alone would not find, the commonest first."""
    found: dict[str, str] = {}
    for spelling, _ in group.spellings.most_common():
        if _differs(spelling, name):
            found.setdefault(spelling.casefold(), spelling)
    return tuple(found.values())[:_MOST_ALIASES]


def _differs(spelling: str, name: str) -> bool:
    return " ".join(spelling.casefold().split()) != name.replace("_", " ")


def _enum(values: Sequence[str]) -> tuple[str, ...]:
    """The few values that come again and again; empty where there are many."""
    counts = Counter(values)
    is_few = 2 <= len(counts) <= _MOST_LABELS and len(values) / len(counts) >= _LEAST_REPEATS
    is_words = all(len(value) <= 30 and any(char.isalpha() for char in value) for value in counts)
    return tuple(value for value, _ in counts.most_common()) if is_few and is_words and min(counts.values()) > 1 else ()


def _examples(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(value for value in values if len(value) <= 50)[:_MOST_EXAMPLES]


def _signature(table: Rows) -> frozenset[str]:
    return frozenset(filter(None, (normal(column.heading) for column in table.columns)))


def _is_near(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= 0.5 * max(1, min(len(one), len(other)))


def _is_all_rows(seen: Sequence[Seen]) -> bool:
    return all(not each.pairs for each in seen if each.tables)
