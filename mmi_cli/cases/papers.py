"""The papers of a case: records of its files, read back, with the file they are from in each piece of evidence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from ..datamodel.content import Notice, Usage
from ..datamodel.record import ArrayValue, ErrorInfo, FieldValue, LeafValue, ObjectValue, Status
from ..datamodel.record_reading import values_of

NamedValue = tuple[str, FieldValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper: a file, or the part of it that a router told apart."""

    path: str
    """Of its file, as storage lists it."""
    uri: str
    size_bytes: int
    sha256: str | None
    modality: str | None
    status: Status
    category: str | None = None
    """None where the case has no categories, or nothing could be read."""
    confidence: float | None = None
    """Probability in [0, 1] that the category is right."""
    pages: tuple[int, int] | None = None
    number: int = 1
    """Within its file."""
    fields: tuple[NamedValue, ...] = ()
    errors: tuple[ErrorInfo, ...] = ()
    warnings: tuple[Notice, ...] = ()
    usage: Usage = field(default_factory=Usage)
    engines: tuple[tuple[str, str], ...] = ()
    same_as: str | None = None
    """Path of a paper of the case that seems to be this very one; None where it is like no other."""

    @property
    def witness(self) -> str:
        """Who states what it says: papers of one witness are no support for each other."""
        return self.same_as or self.path

    def value(self, path: str) -> FieldValue | None:
        """The value of a field by its dotted path; None where it has no such."""
        return value_at(self.fields, path)


def paper_of(line: str, path: str) -> Paper:
    """A paper from the record of a file.

    Args:
        line: the record as JSON.
        path: of the file; the record may hold it in another spelling.
    """
    record = json.loads(line)
    source, segment = record["source"], record["segment"] or {}
    shown, certain = source["path"], segment.get("confidence", 1.0)
    return Paper(
        path=path,
        uri=source["uri"],
        size_bytes=source["size_bytes"],
        sha256=source["sha256"],
        modality=record["modality"],
        status=record["status"],
        category=segment.get("category"),
        confidence=segment.get("confidence"),
        pages=tuple(segment["pages"]) if "pages" in segment else None,
        number=segment.get("number", 1),
        fields=tuple((name, as_told(value, shown, certain)) for name, value in values_of(record["fields"])),
        errors=tuple(ErrorInfo(**error) for error in record["errors"]),
        warnings=tuple(Notice(**warning) for warning in record["warnings"]),
        usage=Usage(**record["usage"]),
        engines=tuple(record["engines"].items()),
    )  # fmt: skip


def as_told(value: FieldValue, file: str, certain: float = 1.0) -> FieldValue:
    """A value with the file it is from; what a paper of another kind says is no such value, so its confidence is that of both."""
    if isinstance(value, LeafValue):
        confidence = value.confidence if value.value is None else round(value.confidence * certain, 4)
        evidence = tuple(replace(piece, file=file) for piece in value.evidence)
        return replace(value, confidence=confidence, evidence=evidence)
    if isinstance(value, ArrayValue):
        return ArrayValue(items=tuple(as_told(item, file, certain) for item in value.items))
    return ObjectValue(members=tuple((name, as_told(member, file, certain)) for name, member in value.members))


def value_at(fields: Iterable[NamedValue], path: str) -> FieldValue | None:
    """What stands at a dotted path; None where nothing does."""
    first, _, rest = path.partition(".")
    for name, value in fields:
        if name == first:
            return value if not rest else value_at(value.members, rest) if isinstance(value, ObjectValue) else None
    return None


def leaves_outside_lists(path: str, value: FieldValue) -> Iterator[tuple[str, LeafValue]]:
    """(dotted path, leaf) of a field and of its members; what a list holds is left out."""
    if isinstance(value, LeafValue):
        yield path, value
    elif isinstance(value, ObjectValue):
        for name, member in value.members:
            yield from leaves_outside_lists(f"{path}.{name}", member)


def without_copies(papers: Iterable[Paper]) -> tuple[list[Paper], list[tuple[str, str]]]:
    """Papers of every different file, and (copy, of which file) of those with the same bytes as one before."""
    first: dict[str, str] = {}
    kept: list[Paper] = []
    copies: dict[tuple[str, str], None] = {}
    for paper in papers:
        of = first.setdefault(paper.sha256, paper.path) if paper.sha256 is not None else paper.path
        if of == paper.path:
            kept.append(paper)
        else:
            copies[(paper.path, of)] = None
    return kept, list(copies)
