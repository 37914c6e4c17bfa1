"""Puts together what the modalities of one file say of its fields: by one decision over all, each on its own, or all in one prompt.

`hybrid`: candidates of the whole file, one decision a field; then what the other modalities say on their own supports or contradicts it.
`late`: each modality is filled as if it were a file; a fact is merged from what each says (`combining`).
`early`: all of the file goes into one prompt, and the language model alone proposes; what it copies is grounded as ever.
A file of one modality is the same under `hybrid` and `late`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..datamodel.content import Content, Notice
from ..datamodel.record import ArrayValue, FieldValue, LeafValue, ObjectValue
from ..datamodel.schema import Field
from .combining import Stated, contradictions, each_once, versions_of
from .views import View, source_at, views_of

Values = dict[str, FieldValue]
_MESSAGES = ("message/rfc822", "application/vnd.ms-outlook")


def merged(fields: Sequence[Field], of_views: Sequence[tuple[View, Values]]) -> tuple[Values, list[Notice]]:
    """Late fusion: one value a field from those of each modality.

    A fact is decided by the confidence of all; of a list of plain values each item stays once; of a list of rows the modality counts
    whose rows are surest altogether.
    """
    out: Values = {}
    notices: list[Notice] = []
    for field in fields:
        said = [(view, view.put_back(values[field.name])) for view, values in of_views if field.name in values]
        if said:
            out[field.name] = _merged(field, field.name, said, notices)
    return out, notices


def supported(
    content: Content, fields: Sequence[Field], values: Values, fill_cheaply: Callable[[Content], Values]
) -> tuple[Values, list[Notice]]:
    """The decided values, with what the other modalities of the file say on their own counted in.

    Args:
        fill_cheaply: values of a content without a model.
    """
    views = views_of(content)
    if len(views) < 2:
        return values, []
    said = [(view, fill_cheaply(view.content)) for view in views]
    out = dict(values)
    notices: list[Notice] = []
    for field in fields:
        value = values.get(field.name)
        if not isinstance(value, LeafValue) or field.kind != "extracted" or value.value is None:
            continue
        span = next((piece.span for piece in value.evidence if piece.span is not None), None)
        if span is None:
            continue
        own = source_at(content, span[0])
        stated = [Stated(source=own, leaf=value)]
        for view, others in said:
            leaf = others.get(field.name)
            if (
                view.name != own
                and not _is_of_another_message(view.name, content)
                and isinstance(leaf, LeafValue)
                and leaf.value is not None
            ):
                back = view.put_back(leaf)
                assert isinstance(back, LeafValue)
                stated.append(Stated(source=view.name, leaf=back))
        out[field.name] = _decided(field, field.name, stated, notices)
    return out, notices


def _is_of_another_message(source: str, content: Content) -> bool:
    """Whether a modality is of a message that is attached: who sent that one, and what it is about, says nothing of this one."""
    return any(
        part.media_type in _MESSAGES and source.startswith((f"{part.name} ", f"{part.name}/")) for part in content.parts
    )


def _merged(field: Field, name: str, said: Sequence[tuple[View, FieldValue]], notices: list[Notice]) -> FieldValue:
    if field.type == "object":
        members = []
        for child in field.properties:
            own = [
                (view, dict(value.members).get(child.name)) for view, value in said if isinstance(value, ObjectValue)
            ]
            known = [(view, member) for view, member in own if member is not None]
            if known:
                members.append((child.name, _merged(child, f"{name}.{child.name}", known, notices)))
        return ObjectValue(members=tuple(members))
    if field.type == "array":
        lists = [(view, value) for view, value in said if isinstance(value, ArrayValue)]
        inner = field.items
        if inner is not None and inner.is_leaf:
            items = [
                Stated(source=view.name, leaf=item)
                for view, value in lists
                for item in value.items
                if isinstance(item, LeafValue)
            ]
            return ArrayValue(items=each_once(items, inner.type))
        return max((value for _, value in lists), key=_weight, default=ArrayValue(items=()))
    stated = [Stated(source=view.name, leaf=value) for view, value in said if isinstance(value, LeafValue)]
    return _decided(field, name, stated, notices)


def _weight(value: ArrayValue) -> float:
    """How much there is in a list: the sum of the confidences of its leaves."""
    return sum(_sureness(item) for item in value.items)


def _sureness(value: FieldValue) -> float:
    if isinstance(value, LeafValue):
        return value.confidence if value.value is not None else 0.0
    inner = value.items if isinstance(value, ArrayValue) else tuple(member for _, member in value.members)
    return sum(map(_sureness, inner))


def _decided(field: Field, name: str, stated: Sequence[Stated], notices: list[Notice]) -> LeafValue:
    versions = versions_of(stated, field.type)
    if not versions:  # absent everywhere: as surely as the least sure says so
        return min((each.leaf for each in stated), key=lambda leaf: leaf.confidence)
    against = contradictions(versions)
    if against:
        told = "; ".join(f"{' and '.join(each.sources)}: {each.leaf.value}" for each in against)
        notices.append(Notice(code="contradicted", message=f"{name}: {told}"))
    return versions[0].leaf
