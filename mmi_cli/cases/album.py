"""A case of pictures as a whole: the values of the namespace `album.`, computed from the records of its pictures.

What a field of a picture is, is told by its name: `tags`, `colours`, `text`, `fingerprint`, as the built-in schema `photo` has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..album_names import LISTINGS, MEASURES, NAMESPACE
from ..datamodel.record import ArrayValue, Evidence, FieldValue, LeafValue, ObjectValue, Scalar
from ..datamodel.schema import FieldType, Schema
from ..expressions import names, parse_expression
from .copies import Likeness, Marked, copies_among
from .papers import Paper, as_told, value_at

_OTHER_NAMES = {"description": ("caption",), "colours": ("colors", "palette"), "tags": ("keywords",)}
_BLURRED = 0.5
_COUNTED = 0.98
_LACKING = {"subject": ("tags", "text"), "time": ("taken_at",), "place": ("gps",)}
"""What a picture lacks when none of some fields that its schema has is known."""
_MOST_FILES = 100
"""Named in one cell."""
_MOST_EVIDENCE = 20


def reads_album(expressions: Iterable[str]) -> bool:
    """Whether one of some dotted paths is of the namespace."""
    return any(path == NAMESPACE or path.startswith(f"{NAMESPACE}.") for path in expressions)


def album_of(
    papers: Sequence[Paper], copies: Sequence[tuple[str, str]], schema: Schema
) -> tuple[tuple[str, FieldValue], ...]:
    """`(("album", its values),)` for the expressions of a case that read it; nothing for other cases.

    Args:
        copies: (path, path of the file with the same bytes) of files that are not among the papers.
    """
    sources = [each.expression for each in schema.fields if each.expression]
    sources += [check.expression for check in schema.checks]
    if schema.field(NAMESPACE) is not None or not reads_album(
        n for each in sources for n in names(parse_expression(each))
    ):
        return ()
    return ((NAMESPACE, _Album([paper for paper in papers if paper.modality == "image"], copies).all()),)


@dataclass(frozen=True, slots=True)
class _Copy:
    path: str
    of: str
    how: str
    likeness: float
    confidence: float


class _Album:
    """Puts the values of one album together."""

    def __init__(self, papers: Sequence[Paper], copies: Sequence[tuple[str, str]]) -> None:
        self._papers = list({paper.path: paper for paper in papers}.values())
        self._papers, copies = _first_named(self._papers, copies)
        known = {paper.path for paper in self._papers}
        same_bytes = [(copy, of) for copy, of in copies if of in known]
        alike = copies_among([marked for paper in self._papers if (marked := _marked(paper)) is not None])
        kept = {each.path: each.of for each in alike}
        self._copies = [_of_likeness(each) for each in alike]
        self._copies += [_Copy(copy, kept.get(of, of), "same bytes", 1.0, 1.0) for copy, of in same_bytes]
        self._copies.sort(key=lambda each: (each.of, each.path))

    def all(self) -> ObjectValue:
        members: list[tuple[str, FieldValue]] = []
        measures = self._measures()
        for name, measure in MEASURES.items():
            value, evidence = measures[name]
            members.append((name, _leaf(measure.type, value, _COUNTED, evidence)))
        lists = {
            "pictures": self._pictures(), "duplicates": self._duplicates(), "tags": self._counted("tags", "tag"),
            "colours": self._counted("colours", "colour"), "blurred": self._blurred(), "gaps": self._gaps(),
        }  # fmt: skip
        assert lists.keys() == LISTINGS.keys()
        members += [(name, ArrayValue(items=tuple(rows))) for name, rows in lists.items()]
        return ObjectValue(members=tuple(members))

    def _measures(self) -> dict[str, tuple[Scalar, tuple[Evidence, ...]]]:
        bytes_again = sum(each.how == "same bytes" for each in self._copies)
        count = len(self._papers) + bytes_again
        taken = sorted(
            (str(leaf.value), leaf.evidence)
            for paper in self._papers
            if (leaf := _leaf_of(paper, "taken_at")) is not None and leaf.value is not None
        )
        everything = tuple(_whole(paper.path) for paper in self._papers[:_MOST_EVIDENCE])
        return {
            "count": (count, everything),
            "different": (count - len(self._copies), everything),
            "copies": (len(self._copies), tuple(_whole(each.path) for each in self._copies[:_MOST_EVIDENCE])),
            "first_taken": taken[0] if taken else (None, ()),
            "last_taken": taken[-1] if taken else (None, ()),
        }

    def _pictures(self) -> list[FieldValue]:
        copy_of = {each.path: each for each in self._copies}
        rows: dict[str, FieldValue] = {}
        for paper in self._papers:
            members: list[tuple[str, FieldValue]] = [("file", _leaf("string", paper.path, 1.0, (_whole(paper.path),)))]
            for name, type_ in LISTINGS["pictures"].members.items():
                if name in ("file", "copy_of"):
                    continue
                members.append((name, _joined(_value_of(paper, name), type_)))
            rows[paper.path] = ObjectValue(members=(*members, ("copy_of", _copied(copy_of.get(paper.path)))))
        for each in self._copies:
            if each.how == "same bytes":
                bare: list[tuple[str, FieldValue]] = [
                    (name, _leaf(type_, None, _COUNTED, ()))
                    for name, type_ in LISTINGS["pictures"].members.items()
                    if name not in ("file", "copy_of")
                ]
                own = ("file", _leaf("string", each.path, 1.0, (_whole(each.path),)))
                rows[each.path] = ObjectValue(members=(own, *bare, ("copy_of", _copied(each))))
        return [rows[path] for path in sorted(rows)]

    def _duplicates(self) -> list[FieldValue]:
        return [
            _row(
                ("file", "string", each.path), ("copy_of", "string", each.of), ("how", "string", each.how),
                ("likeness", "number", each.likeness), confidence=each.confidence, evidence=(_whole(each.path), _whole(each.of)),
            )
            for each in self._copies
        ]  # fmt: skip

    def _counted(self, name: str, member: str) -> list[FieldValue]:
        """What several pictures share, copies left out."""
        left_out = {each.path for each in self._copies}
        found: dict[str, list[LeafValue]] = {}
        files: dict[str, list[str]] = {}
        for paper in self._papers:
            for leaf in _leaves(_value_of(paper, name)) if paper.path not in left_out else ():
                if paper.path not in files.setdefault(str(leaf.value), []):
                    files[str(leaf.value)].append(paper.path)
                    found.setdefault(str(leaf.value), []).append(leaf)
        ranked = sorted(found, key=lambda each: (-len(found[each]), each))
        return [
            _row(
                (member, "string", each), ("pictures", "integer", len(found[each])),
                ("files", "string", "; ".join(files[each][:_MOST_FILES])),
                confidence=sum(leaf.confidence for leaf in found[each]) / len(found[each]),
                evidence=_evidence(found[each]),
            )
            for each in ranked
        ]  # fmt: skip

    def _blurred(self) -> list[FieldValue]:
        out: list[FieldValue] = []
        for paper in self._papers:
            leaf = _leaf_of(paper, "sharpness")
            if leaf is not None and isinstance(leaf.value, int | float) and leaf.value < _BLURRED:
                out.append(_leaf("string", paper.path, round(0.5 + (_BLURRED - leaf.value), 3), leaf.evidence))
        return out

    def _gaps(self) -> list[FieldValue]:
        out: list[FieldValue] = []
        for paper in self._papers:
            missing = []
            for told, wanted in _LACKING.items():
                asked = [value for name in wanted if (value := _value_of(paper, name)) is not None]
                if asked and not any(map(_leaves, asked)):
                    missing.append(told)
            if missing:
                out.append(
                    _row(
                        ("file", "string", paper.path), ("missing", "string", "; ".join(missing)),
                        confidence=_COUNTED, evidence=(_whole(paper.path),),
                    )
                )  # fmt: skip
        return out


def _first_named(
    papers: Sequence[Paper], copies: Sequence[tuple[str, str]]
) -> tuple[list[Paper], list[tuple[str, str]]]:
    """Of files with the same bytes the one with the shortest name is the picture: `a.jpg`, not `a (1).jpg`."""
    same: dict[str, list[str]] = {}
    for copy, of in copies:
        same.setdefault(of, [of]).append(copy)
    names = {of: min(paths, key=lambda each: (len(each), each)) for of, paths in same.items()}
    told = [(path, names[of]) for of, paths in same.items() for path in paths if path != names[of]]
    out = []
    for paper in papers:
        name = names.get(paper.path, paper.path)
        if name != paper.path:
            fields = tuple((field, as_told(value, name)) for field, value in paper.fields)
            paper = replace(paper, path=name, fields=fields)
        out.append(paper)
    return sorted(out, key=lambda each: each.path), told


def _marked(paper: Paper) -> Marked | None:
    """What a picture is known by; None where its record has no fingerprint."""
    mark = _leaf_of(paper, "fingerprint")
    if mark is None or not isinstance(mark.value, str):
        return None
    size = 1
    for name in ("width", "height"):
        leaf = _leaf_of(paper, name)
        size *= int(leaf.value) if leaf is not None and isinstance(leaf.value, int | float) else 0
    sharpness = _leaf_of(paper, "sharpness")
    return Marked(
        path=paper.path,
        fingerprint=mark.value,
        pixels=size,
        sharpness=float(sharpness.value) if sharpness and isinstance(sharpness.value, int | float) else 0.0,
        text=" ".join(str(leaf.value) for leaf in _leaves(_value_of(paper, "text"))),
    )


def _of_likeness(each: Likeness) -> _Copy:
    return _Copy(each.path, each.of, each.how, each.likeness, each.confidence)


def _value_of(paper: Paper, name: str) -> FieldValue | None:
    for each in (name, *_OTHER_NAMES.get(name, ())):
        if (value := value_at(paper.fields, each)) is not None:
            return value
    return None


def _leaf_of(paper: Paper, name: str) -> LeafValue | None:
    value = _value_of(paper, name)
    return value if isinstance(value, LeafValue) else None


def _leaves(value: FieldValue | None) -> list[LeafValue]:
    """The plain values of a field that are known."""
    if isinstance(value, LeafValue):
        return [value] if value.value is not None else []
    items = value.items if isinstance(value, ArrayValue) else ()
    return [item for item in items if isinstance(item, LeafValue) and item.value is not None]


def _joined(value: FieldValue | None, type_: FieldType) -> LeafValue:
    """A field of a picture as one cell."""
    leaves = _leaves(value)
    if isinstance(value, LeafValue) and type_ != "string":
        return replace(value, type=type_)
    text = "; ".join(str(leaf.value) for leaf in leaves)
    confidence = min(
        (leaf.confidence for leaf in leaves), default=value.confidence if isinstance(value, LeafValue) else 0.5
    )
    return _leaf(type_, text or None, confidence, _evidence(leaves))


def _evidence(leaves: Sequence[LeafValue]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(piece for leaf in leaves for piece in leaf.evidence))[:_MOST_EVIDENCE]


def _copied(copy: _Copy | None) -> LeafValue:
    if copy is None:
        return _leaf("string", None, 0.9, ())
    return _leaf("string", copy.of, copy.confidence, (_whole(copy.path), _whole(copy.of)))


def _row(*cells: tuple[str, FieldType, Scalar], confidence: float, evidence: tuple[Evidence, ...]) -> ObjectValue:
    return ObjectValue(members=tuple((name, _leaf(type_, value, confidence, evidence)) for name, type_, value in cells))


def _leaf(type_: FieldType, value: Scalar, confidence: float, evidence: tuple[Evidence, ...]) -> LeafValue:
    computed = tuple(replace(piece, match="computed") for piece in evidence) if value is not None else ()
    return LeafValue(
        type=type_, kind="inferred", value=value, confidence=round(min(1.0, confidence), 4), evidence=computed
    )


def _whole(path: str) -> Evidence:
    """A picture as a whole."""
    return Evidence(text="", match="computed", page=1, file=path)
