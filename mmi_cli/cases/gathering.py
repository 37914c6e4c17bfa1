"""Puts the papers of a folder together: one record a case, with facts, lists, totals, contradictions, and what is missing.

A fact is taken from every paper that states it (`mmi_cli.fill.combining`); a list holds a row for each paper or item; expressions and
checks are held against the whole. Nothing is read or asked again: the same records give the same case.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .. import __version__
from ..datamodel.content import Notice, Usage
from ..datamodel.filled import lacks_required
from ..datamodel.record import (
    ArrayValue,
    ErrorInfo,
    FieldValue,
    FileRecord,
    LeafValue,
    ObjectValue,
    Scalar,
    Status,
    record_id,
)
from ..datamodel.schema import Field, Schema
from ..datamodel.source import SourceFile
from ..fill.checks import run_checks
from ..fill.combining import SURELY_SAID, Stated, Version, contradictions, each_once, versions_of
from ..fill.computed import compute_all
from ..fill.confidence import Signals, confidence_of
from ..fill.doubts import with_doubts
from ..fill.proposals import absent
from ..fill.same_fact import is_same_fact
from .album import album_of
from .case_summary import Gathered, is_written, with_summaries
from .papers import Paper, without_copies
from .same_papers import with_witnesses
from .sources import items_from, leaves_from, objects_from
from .subjects import part_by_subject

MEDIA_TYPE = "inode/directory"
_MOST_WARNINGS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A fact of which the papers of a case say different things."""

    field: str
    versions: tuple[Version, ...]
    """Likeliest first; each with the evidence of its sources."""

    def to_json(self) -> dict[str, Any]:
        return {
            "field": self.field,
            "values": [
                {
                    "value": version.leaf.value,
                    "confidence": round(version.leaf.confidence, 4),
                    "evidence": [piece.to_json() for piece in version.leaf.evidence],
                }
                for version in self.versions
            ],
        }


def cases_of(folder: str, papers: Iterable[Paper], schema: Schema) -> tuple[FileRecord, ...]:
    """The cases of a folder: one, or one a subject.

    Args:
        folder: path of the folder, as `case_folder` names it.
        papers: of its files, by path, then by number.
        schema: with `unit: folder`.
    """
    all_papers = list(papers)
    different, copies = without_copies(all_papers)
    readable = with_witnesses([paper for paper in different if paper.status in ("ok", "partial")])
    parted, unassigned = part_by_subject(readable, schema)
    others = [paper for paper in different if paper.status not in ("ok", "partial")]
    return tuple(
        _case(folder, number if len(parted) > 1 else None, group, others, unassigned, schema, copies)
        for number, group in enumerate(parted, start=1)
    )


def _case(
    folder: str,
    number: int | None,
    papers: Sequence[Paper],
    others: Sequence[Paper],
    unassigned: Sequence[Paper],
    schema: Schema,
    copies: Sequence[tuple[str, str]],
) -> FileRecord:
    conflicts: list[Conflict] = []
    values = {
        field.name: _gathered(field, papers, schema, conflicts) for field in schema.fields if not field.expression
    }
    album = album_of(papers, copies, schema)
    fields = tuple(compute_all(schema.fields, values, given=album).items())
    checks = run_checks(schema, fields, given=album)
    fields = with_doubts(schema, fields, checks, given=album)
    repeated = [(paper, paper.same_as, _counted_in(paper, schema)) for paper in papers if paper.same_as is not None]
    silent = [paper for paper in papers if _is_silent(paper)]
    missing = [name for name in schema.expects if all(paper.category != name for paper in papers)]
    fields = with_summaries(
        Gathered(
            folder=folder,
            schema=schema,
            papers=papers,
            others=others,
            unassigned=unassigned,
            fields=fields,
            conflicts=[(conflict.field, conflict.versions) for conflict in conflicts],
            checks=checks,
            missing=missing,
            copies=copies,
            repeated=[(paper.path, of, lists) for paper, of, lists in repeated],
            silent=[paper.path for paper in silent],
        )
    )
    whole = [*papers, *others]
    sha256 = _digest(whole)
    source = _source(folder, whole)
    warnings = [
        *(
            Notice(code="duplicate_file", message=f"{copy}: the same bytes as {of}; counted once")
            for copy, of in copies
        ),
        *(
            Notice(
                code="possible_duplicate",
                message=f"{paper.path}: seems to be the same paper as {of}; {_told_of_lists(lists)}",
            )
            for paper, of, lists in repeated
        ),
        *map(_nothing_found, silent),
        *(_told(paper, each) for paper in whole for each in paper.warnings),
    ]
    errors = tuple(
        ErrorInfo(
            stage=error.stage, code=error.code, message=f"{paper.path}: {error.message}", retryable=error.retryable
        )
        for paper in whole
        for error in paper.errors
    )
    usage = sum((paper.usage for paper in whole if number in (None, 1)), Usage())
    modalities = {paper.modality for paper in papers if paper.modality}
    return FileRecord(
        id=record_id(folder, sha256, schema.digest, segment=number),
        source=source,
        sha256=sha256,
        media_type=MEDIA_TYPE,
        modality=modalities.pop() if len(modalities) == 1 else None,  # type: ignore[arg-type]
        schema_name=schema.name,
        schema_version=schema.version,
        schema_digest=schema.digest,
        status=_status(schema, fields, papers, others, errors),
        fields=fields,
        checks=checks,
        segment=None if number is None else {"number": number, "subject": _subject(schema, fields)},
        case={
            "files": _files(papers, others),
            "conflicts": [conflict.to_json() for conflict in conflicts],
            "missing": missing,
            "unassigned": _files(unassigned, ()),
        },
        errors=errors,
        warnings=tuple(warnings[:_MOST_WARNINGS]),
        usage=usage,
        engines=tuple(sorted({engine for paper in whole for engine in paper.engines})),
        tool_version=__version__,
    )


def _gathered(field: Field, papers: Sequence[Paper], schema: Schema, conflicts: list[Conflict]) -> FieldValue:
    """What the papers say of one field; contradictions are added to `conflicts`."""
    if is_written(field):
        return absent(field, confidence_of(Signals(finder="none")))  # until all else is known
    if field.type == "array":
        return ArrayValue(items=_list(field, papers, schema, conflicts))
    if field.type == "object":
        return _object(field, papers, schema, conflicts)
    stated = [Stated(source=paper.witness, leaf=leaf) for paper in papers for leaf in leaves_from(paper, field, schema)]
    return _fact(field, field.name, stated, conflicts)


def _fact(field: Field, name: str, stated: Sequence[Stated], conflicts: list[Conflict]) -> LeafValue:
    versions = versions_of(stated, field.type)
    if not versions:
        doubts = [each.leaf.confidence for each in stated]
        least = min(doubts) if doubts else confidence_of(Signals(finder="none", field_type=field.type))
        return absent(field, least)
    against = contradictions(versions)
    if against:
        conflicts.append(Conflict(field=name, versions=against))
    return versions[0].leaf


def _object(field: Field, papers: Sequence[Paper], schema: Schema, conflicts: list[Conflict]) -> ObjectValue:
    found = [(paper, value) for paper in papers for value in objects_from(paper, field, schema)]
    return _members(field, field.name, found, conflicts)


def _members(
    field: Field, name: str, found: Sequence[tuple[Paper, ObjectValue]], conflicts: list[Conflict]
) -> ObjectValue:
    """Member by member: each is a fact of its own."""
    members: list[tuple[str, FieldValue]] = []
    for child in field.properties:
        own = [(paper, dict(value.members).get(child.name)) for paper, value in found]
        if child.is_leaf:
            stated = [Stated(source=paper.witness, leaf=leaf) for paper, leaf in own if isinstance(leaf, LeafValue)]
            members.append((child.name, _fact(child, f"{name}.{child.name}", stated, conflicts)))
        else:
            known = next((value for _, value in own if value is not None), ArrayValue(items=()))
            members.append((child.name, known))
    return ObjectValue(members=tuple(members))


def _list(field: Field, papers: Sequence[Paper], schema: Schema, conflicts: list[Conflict]) -> tuple[FieldValue, ...]:
    inner = field.items
    if inner is None:
        return ()
    found = [(paper, item) for paper in papers for item in items_from(paper, field, schema) if says_something(item)]
    if inner.is_leaf:
        items = [Stated(source=paper.witness, leaf=item) for paper, item in found if isinstance(item, LeafValue)]
        return each_once(items, inner.type)
    rows = [(paper, item) for paper, item in found if isinstance(item, ObjectValue)]
    if not field.key:
        return tuple(item for _, item in rows)
    return tuple(_joined(field, group, conflicts) for group in _with_one_key(field, rows))


def _with_one_key(field: Field, rows: Sequence[tuple[Paper, ObjectValue]]) -> list[list[tuple[Paper, ObjectValue]]]:
    """Rows of the same key together.

    A row without one goes with the only key there is, and stands alone only if it is of the first source.
    """
    groups: list[list[tuple[Paper, ObjectValue]]] = []
    keyless = []
    for paper, row in rows:
        if not any(_is_known(row, name) for name in field.key):
            keyless.append((paper, row))
            continue
        home = next((group for group in groups if any(_has_same_key(field, row, other) for _, other in group)), None)
        if home is None:
            groups.append([(paper, row)])
        else:
            home.append((paper, row))
    first = field.sources[0].partition(".")[0] if field.sources else None
    alone = [[each] for each in keyless if first is None or each[0].category == first]
    joining = [each for each in keyless if [each] not in alone]
    groups.extend(alone)
    if len(groups) == 1:
        groups[0].extend(joining)
    return groups


def _is_known(row: ObjectValue, name: str) -> bool:
    """A key that is more likely wrong than right tells no rows apart."""
    value = dict(row.members).get(name)
    return isinstance(value, LeafValue) and value.value is not None and value.confidence >= SURELY_SAID


def _has_same_key(field: Field, row: ObjectValue, other: ObjectValue) -> bool:
    types = {child.name: child.type for child in (field.items.properties if field.items else ())}
    for name in field.key:
        own, their = _member_value(row, name), _member_value(other, name)
        if own is not None and their is not None:
            return is_same_fact(own, their, types[name])  # the first key that both have decides
    return False


def _member_value(row: ObjectValue, name: str) -> Scalar:
    value = dict(row.members).get(name)
    return value.value if isinstance(value, LeafValue) else None


def _joined(field: Field, rows: Sequence[tuple[Paper, ObjectValue]], conflicts: list[Conflict]) -> FieldValue:
    """One row of several papers, member by member."""
    if len(rows) == 1 or field.items is None:
        return rows[0][1]
    key = next(
        (value for name in field.key for _, row in rows if (value := _member_value(row, name)) is not None), None
    )
    return _members(field.items, f"{field.name}[{'' if key is None else key}]", rows, conflicts)


def says_something(value: FieldValue) -> bool:
    """Whether there is a value in it."""
    if isinstance(value, LeafValue):
        return value.value is not None
    inner = value.items if isinstance(value, ArrayValue) else tuple(member for _, member in value.members)
    return any(map(says_something, inner))


def _counted_in(paper: Paper, schema: Schema) -> tuple[str, ...]:
    """Lists that a paper adds rows to which are joined with no other's."""
    lists = [field for field in schema.fields if field.items is not None and not field.items.is_leaf and not field.key]
    return tuple(field.name for field in lists if any(map(says_something, items_from(paper, field, schema))))


def _told_of_lists(lists: Sequence[str]) -> str:
    return f"both are in {', '.join(lists)}" if lists else "counted once"


def _is_silent(paper: Paper) -> bool:
    """Nothing was found in it: it is in no list and in no total."""
    return not any(says_something(value) for _, value in paper.fields)


def _nothing_found(paper: Paper) -> Notice:
    kind = f"taken for {paper.category} ({paper.confidence:.2f}), but " if paper.category else ""
    return Notice(code="nothing_found", message=f"{paper.path}: {kind}none of the fields was found in it")


def _told(paper: Paper, notice: Notice) -> Notice:
    return Notice(code=notice.code, message=f"{paper.path}: {notice.message}")


def _files(papers: Sequence[Paper], others: Sequence[Paper]) -> list[dict[str, Any]]:
    """Files of the case by path, each with its papers."""
    out: dict[str, dict[str, Any]] = {}
    for paper in sorted([*papers, *others], key=lambda each: (each.path, each.number)):
        file = out.setdefault(paper.path, {"path": paper.path, "uri": paper.uri, "sha256": paper.sha256, "papers": []})
        told: dict[str, Any] = {"status": paper.status}
        if paper.category is not None:
            told |= {"category": paper.category, "confidence": paper.confidence}
        if paper.pages is not None:
            told["pages"] = list(paper.pages)
        file["papers"].append(told)
    return list(out.values())


def _source(folder: str, papers: Sequence[Paper]) -> SourceFile:
    sizes = {paper.path: paper.size_bytes for paper in papers}
    return SourceFile(uri=_folder_uri(folder, papers), path=folder, size_bytes=sum(sizes.values()))


def _folder_uri(folder: str, papers: Sequence[Paper]) -> str:
    """The address of the folder, from that of a file in it."""
    if not papers:
        return folder
    first = min(papers, key=lambda paper: paper.path)
    inner = first.path.partition("!")[0]
    rest = inner.removeprefix(f"{folder}/") if inner != folder else ""
    uri = first.uri
    for _ in range(rest.count("/") + 1 if rest else 0):
        uri = uri.rpartition("/")[0]
    return uri


def _digest(papers: Sequence[Paper]) -> str:
    told = sorted({f"{paper.path}\0{paper.sha256}" for paper in papers})
    return hashlib.sha256("\n".join(told).encode("utf-8", "surrogateescape")).hexdigest()


def _subject(schema: Schema, fields: Sequence[tuple[str, FieldValue]]) -> str | None:
    known = dict(fields)
    for name in reversed(schema.subject):  # a name says more than a number
        value = known.get(name)
        if isinstance(value, LeafValue) and value.value is not None:
            return str(value.value)
    return None


def _status(
    schema: Schema,
    fields: Sequence[tuple[str, FieldValue]],
    papers: Sequence[Paper],
    others: Sequence[Paper],
    errors: Sequence[ErrorInfo],
) -> Status:
    if not papers:
        statuses = {paper.status for paper in others}
        return next((each for each in ("failed", "unsupported", "skipped", "empty") if each in statuses), "empty")
    return "partial" if errors or lacks_required(schema, fields) else "ok"
