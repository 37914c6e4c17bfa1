"""Writes about a whole case from its record alone: whom it is about, its papers, lists, totals, contradictions, and what is missing.

Every sentence is put together from values, papers and contradictions that the case has; no file is read and no model is asked, so the
same records give the same text. Its words are the names and descriptions of the schema.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..datamodel.record import ArrayValue, CheckResult, Evidence, FieldValue, LeafValue, ObjectValue, Scalar
from ..datamodel.schema import Field, Schema
from ..fill.combining import SURELY_SAID, Version
from ..fill.confidence import Signals, confidence_of
from ..fill.proposals import absent
from .papers import Paper, leaves_outside_lists
from .sources import leaves_from

_MOST_FACTS = 12
_MOST_NAMES = 5
"""Names of the rows of a list; the others are counted."""
_MOST_SENTENCES = 20
"""Of one kind: contradictions, checks that do not hold, texts of papers."""
_MOST_EVIDENCE_A_VALUE = 5
_MOST_EVIDENCE = 100
_MOST_CHARACTERS = 80
"""Of a value that is told; a longer one is cut."""
_LONGEST_LABEL = 60
"""Characters of a description that stands for the name of a total; a longer one tells a model what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """A case as it is put together, before anything is written about it."""

    folder: str
    schema: Schema
    papers: Sequence[Paper]
    """Those that could be read."""
    others: Sequence[Paper]
    unassigned: Sequence[Paper]
    fields: Sequence[tuple[str, FieldValue]]
    conflicts: Sequence[tuple[str, Sequence[Version]]]
    """(field, its versions, likeliest first)."""
    checks: Sequence[CheckResult]
    missing: Sequence[str]
    copies: Sequence[tuple[str, str]]
    """(path, path of the file with the same bytes)."""
    repeated: Sequence[tuple[str, str, Sequence[str]]]
    """(path, path of the paper that seems to be the same, lists that have rows of both)."""
    silent: Sequence[str]
    """Paths of papers in which nothing was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    text: str
    rests_on: tuple[LeafValue, ...] = ()
    surest: tuple[float, ...] = ()
    """How likely it is right, by what it says beside the values it rests on."""


def is_written(field: Field) -> bool:
    """Whether a field is a text about the case."""
    return field.kind == "abstracted" and field.type == "string" and field.expression is None


def with_summaries(case: Gathered) -> tuple[tuple[str, FieldValue], ...]:
    """The fields of the case, its texts written.

    A text that comes `from` fields of papers is what these say, file by file; any other is about the whole case, and what its papers
    write of their own in a field of that name follows.
    """
    written = {field.name: _text(case, field) for field in case.schema.fields if is_written(field)}
    return tuple((name, written.get(name, value)) for name, value in case.fields)


def _text(case: Gathered, field: Field) -> LeafValue:
    sentences = [] if field.sources else list(_sentences(case))
    sentences += _own_texts(case, field)
    if not case.papers or not sentences:
        return absent(field, confidence_of(Signals(finder="none")))
    leaves = [leaf for each in sentences for leaf in each.rests_on]
    pieces = dict.fromkeys(
        replace(piece, match="computed") for leaf in leaves for piece in leaf.evidence[:_MOST_EVIDENCE_A_VALUE]
    )
    certain = [leaf.confidence for leaf in leaves] + [each for sentence in sentences for each in sentence.surest]
    return LeafValue(
        type=field.type,
        kind=field.kind,
        value="\n".join(each.text for each in sentences),
        confidence=min(certain, default=1.0),
        evidence=tuple(pieces)[:_MOST_EVIDENCE],
    )


def _sentences(case: Gathered) -> Iterator[_Sentence]:
    yield from _facts(case)
    yield _papers(case)
    for field in case.schema.fields:
        value = dict(case.fields)[field.name]
        if isinstance(value, ArrayValue) and value.items:
            yield _list(field, value)
    for field in case.schema.fields:
        value = dict(case.fields)[field.name]
        if field.expression is not None and isinstance(value, LeafValue):
            told = "not known" if value.value is None else _shown(value.value)
            unsure = ", unsure" if value.value is not None and value.confidence < SURELY_SAID else ""
            rests_on = () if value.value is None else (value,)
            yield _Sentence(text=f"{_label(field)}: {told}{unsure}.", rests_on=rests_on)
    yield from _at_most(case.conflicts, (_contradiction(case, *each) for each in case.conflicts), "contradictions")
    failed = [check for check in case.checks if check.passed is False]
    yield from _at_most(
        failed,
        (_Sentence(text=f"Does not hold: {(check.message or check.expression).rstrip('.')}.") for check in failed),
        "checks that do not hold",
    )
    yield from _gaps(case)


def _facts(case: Gathered) -> Iterator[_Sentence]:
    """Whom it is about, then what else is known of it; a fact with a contradiction is told there."""
    contested = {name for name, _ in case.conflicts}
    known: dict[str, LeafValue] = {}
    for field in case.schema.fields:
        if field.expression is None and not is_written(field):
            known |= dict(leaves_outside_lists(field.name, dict(case.fields)[field.name]))
    surely = {name: leaf for name, leaf in known.items() if leaf.value is not None and leaf.confidence >= SURELY_SAID}
    subject = [name for name in reversed(case.schema.subject) if name in surely]  # a name says more than a number
    told = [*subject, *(name for name in surely if name not in subject and name not in contested)]
    parts = []
    for name in told[:_MOST_FACTS]:
        shown = _shown(surely[name].value)
        parts.append(shown if subject and name == subject[0] else f"{_words(name)} {shown}")
    if parts:
        yield _Sentence(
            text=f"{_begun(', '.join(parts))}.", rests_on=tuple(surely[name] for name in told[:_MOST_FACTS])
        )


def _papers(case: Gathered) -> _Sentence:
    files = len({paper.path for paper in case.papers})
    if not case.schema.categories:
        return _Sentence(text=f"{_counted(files, 'file')}.")
    counts = Counter(paper.category for paper in case.papers)
    kinds = [each.name for each in case.schema.categories if counts[each.name]]
    told = [f"{counts[kind]} {_words(kind)}" for kind in kinds]
    if strange := sum(counts.values()) - sum(counts[kind] for kind in kinds):
        told.append(f"{strange} of no kind")
    where = "" if files == len(case.papers) else f" in {_counted(files, 'file')}"
    certain = tuple(paper.confidence for paper in case.papers if paper.confidence is not None)
    return _Sentence(text=f"{_counted(len(case.papers), 'paper')}{where}: {', '.join(told)}.", surest=certain)


def _list(field: Field, value: ArrayValue) -> _Sentence:
    """How many rows there are, and what they are called: the first text that a row surely has."""
    named = [leaf for item in value.items if (leaf := _name(field, item)) is not None]
    names = list(dict.fromkeys(_shown(leaf.value) for leaf in named))
    told = ", ".join(names[:_MOST_NAMES])
    if len(names) > _MOST_NAMES:
        told += f" and {len(names) - _MOST_NAMES} others"
    first = tuple(leaf for leaf in named if _shown(leaf.value) in names[:_MOST_NAMES])
    return _Sentence(
        text=f"{_begun(_words(field.name))} ({len(value.items)}){': ' if told else ''}{told}.", rests_on=first
    )


def _name(field: Field, item: FieldValue) -> LeafValue | None:
    if isinstance(item, LeafValue):
        return item
    if not isinstance(item, ObjectValue) or field.items is None:
        return None
    texts = [child.name for child in field.items.properties if child.type == "string"]
    members = dict(item.members)
    for name in texts:
        leaf = members.get(name)
        if isinstance(leaf, LeafValue) and leaf.value is not None and leaf.confidence >= SURELY_SAID:
            return leaf
    return None


def _contradiction(case: Gathered, name: str, versions: Sequence[Version]) -> _Sentence:
    told = [
        f"{_shown(each.leaf.value)} in {_joined(_where(case, each))} ({each.leaf.confidence:.2f})" for each in versions
    ]
    return _Sentence(
        text=f"Contradiction about {_fact_in_words(name)}: {', '.join(told[:-1])}, but {told[-1]}.",
        # That the papers say so is as sure as each was read; which of them is right is another question.
        rests_on=tuple(replace(each.leaf, confidence=each.surest) for each in versions),
    )


def _where(case: Gathered, version: Version) -> list[str]:
    places = {piece.file: _place(piece) for piece in reversed(version.leaf.evidence) if piece.file is not None}
    files = dict.fromkeys(piece.file for piece in version.leaf.evidence if piece.file is not None)
    return [_short(case, file) + places[file] for file in files or dict.fromkeys(version.sources, "")]


def _place(piece: Evidence) -> str:
    if piece.start_s is not None:
        minutes, seconds = divmod(int(piece.start_s), 60)
        return f" at {minutes}:{seconds:02}"
    return f" page {piece.page}" if piece.page is not None and piece.page > 1 else ""


def _gaps(case: Gathered) -> Iterator[_Sentence]:
    """What is missing, and what was left out."""
    values = dict(case.fields)
    wanted = [
        _words(field.name) for field in case.schema.fields if field.required and not _is_there(values[field.name])
    ]
    unread = dict.fromkeys(f"{_short(case, paper.path)} ({paper.status})" for paper in case.others)
    for what, names in (
        ("Missing", [_words(name) for name in case.missing]),
        ("Not found", wanted),
        ("Not read", list(unread)),
        ("Nothing found in", [_short(case, path) for path in case.silent]),
        ("The same file twice, counted once", [_two(case, *each) for each in case.copies]),
        (
            "Perhaps the same paper twice",
            [
                _two(case, path, of) + (f" (both in {', '.join(map(_words, lists))})" if lists else "")
                for path, of, lists in case.repeated
            ],
        ),
        ("Names nobody", list(dict.fromkeys(_short(case, paper.path) for paper in case.unassigned))),
    ):
        if names:
            more = f" and {len(names) - _MOST_SENTENCES} others" if len(names) > _MOST_SENTENCES else ""
            yield _Sentence(text=f"{what}: {', '.join(names[:_MOST_SENTENCES])}{more}.")


def _is_there(value: FieldValue) -> bool:
    if isinstance(value, LeafValue):
        return value.value is not None
    return bool(value.items if isinstance(value, ArrayValue) else value.members)


def _own_texts(case: Gathered, field: Field) -> Iterator[_Sentence]:
    """What the papers themselves have written, each under its file where there are several."""
    found = [(paper, leaf) for paper in case.papers for leaf in leaves_from(paper, field, case.schema) if leaf.value]
    for paper, leaf in found[:_MOST_SENTENCES]:
        before = "" if len(found) == 1 and field.sources else f"{_short(case, paper.path)}: "
        text = str(leaf.value)
        yield _Sentence(text=f"{before}{text}{'' if text[-1] in '.!?…' else '.'}", rests_on=(leaf,))


def _at_most(all_: Sequence[object], sentences: Iterator[_Sentence], what: str) -> Iterator[_Sentence]:
    for at, each in enumerate(sentences):
        if at == _MOST_SENTENCES:
            yield _Sentence(text=f"{len(all_) - at} more {what}.")
            return
        yield each


def _two(case: Gathered, path: str, of: str) -> str:
    return f"{_short(case, path)} and {_short(case, of)}"


def _short(case: Gathered, path: str) -> str:
    """A path below the folder of the case."""
    for between in ("/", "!"):
        if path.startswith(case.folder + between):
            return path[len(case.folder) + 1 :]
    return path


def _label(field: Field) -> str:
    """What a total is of: its description, where that is short, else its name."""
    first = field.description.split(". ")[0].strip().rstrip(".")
    return _begun(first if 0 < len(first) <= _LONGEST_LABEL else _words(field.name))


def _fact_in_words(name: str) -> str:
    """`jobs[Northwind].wages` → `wages of Northwind`."""
    before, bracket, rest = name.partition("[")
    key, _, member = rest.rpartition("].")
    if not bracket:
        return _words(name)
    return f"{_words(member)} of {key}" if key else f"{_words(member)} of {_words(before)}"


def _words(name: str) -> str:
    return name.replace("_", " ").replace(".", " ")


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _joined(names: Sequence[str]) -> str:
    if len(names) > _MOST_NAMES:
        return f"{', '.join(names[:_MOST_NAMES])} and {len(names) - _MOST_NAMES} others"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _shown(value: Scalar) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        plain = f"{value:,.6f}".rstrip("0").rstrip(".")
        return f"{plain}0" if len(plain.partition(".")[2]) == 1 else plain  # 58,100.4 → 58,100.40
    text = " ".join(str(value).split())
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 1]}…"
