"""The namespace `call.` for the expressions of a schema: every measure and list of a call as field values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ...calls.analysis import analyse
from ...calls.names import LISTINGS, MEASURES, NAMESPACE, SIDES, reads_calls
from ...calls.probing import Probe
from ...datamodel.record import ArrayValue, FieldValue, LeafValue, ObjectValue
from ...datamodel.schema import Schema
from ...engines.interface import TextEmbedder
from ...expressions import names, parse_expression
from ..reading import Reading
from .found import NOTHING, Found, leaf
from .heard import Heard
from .measures import measures_of_side, measures_of_the_whole, mood_rows, speaker_rows
from .sums_and_dates import amount_rows, date_rows
from .told import answers, company_items, people_rows, promise_rows, summary_of, topic_items, turn_rows

_MOST_ROWS = 2_000


def call_namespace(
    reading: Reading, schema: Schema, embedder: Callable[[], TextEmbedder | None]
) -> tuple[tuple[str, FieldValue], ...]:
    """`(("call", its values),)` for the expressions of a schema that read it; nothing for other schemas.

    Args:
        embedder: loads the embedding model; asked only for a call.
    """
    if schema.field(NAMESPACE) is not None:
        return ()
    sources = [leaf.expression for each in schema.fields for _, leaf in each.leaves() if leaf.expression]
    sources += [each.expression for each in schema.fields if each.expression]
    sources += [check.expression for check in schema.checks]
    read = frozenset(name for source in sources for name in names(parse_expression(source)))
    if not reads_calls(read):
        return ()
    engine = embedder()
    call = analyse(
        reading.content,
        probe=Probe(engine.name, lambda texts: engine.embed(texts).tolist()) if engine is not None else None,
    )
    return ((NAMESPACE, _values(Heard(reading, call), engine) if call is not None else _nothing()),)


def without_companies(
    schema: Schema, values: dict[str, FieldValue], call: Sequence[tuple[str, FieldValue]]
) -> dict[str, FieldValue]:
    """The values without the companies of a call in its lists of products: a small model takes the one for the other."""
    namespace = dict(call).get(NAMESPACE)
    companies = dict(namespace.members).get("companies") if isinstance(namespace, ObjectValue) else None
    if not isinstance(companies, ArrayValue):
        return values
    named = {str(each.value).casefold() for each in companies.items if isinstance(each, LeafValue)}
    out = dict(values)
    for each in schema.fields:
        value = values.get(each.name)
        if "product" in each.name.casefold() and isinstance(value, ArrayValue) and each.expression is None:
            kept = [
                one for one in value.items if not (isinstance(one, LeafValue) and str(one.value).casefold() in named)
            ]
            out[each.name] = replace(value, items=tuple(kept))
    return out


def _values(heard: Heard, embedder: TextEmbedder | None) -> ObjectValue:
    told = answers(heard)
    whole = {**measures_of_the_whole(heard), **told, "summary": summary_of(heard, told, embedder)}
    return _named(
        whole,
        {side: measures_of_side(heard, side) for side in SIDES},
        {
            "turns": turn_rows(heard),
            "speakers": speaker_rows(heard),
            "sentiment_over_time": mood_rows(heard),
            "promises": promise_rows(heard),
            "people": people_rows(heard),
            "companies": company_items(heard),
            "topics": topic_items(heard, embedder),
            "amounts": amount_rows(heard),
            "dates": date_rows(heard),
        },
    )


def _nothing() -> ObjectValue:
    """Of a file in which nobody is seen to speak."""
    return _named({}, {side: {} for side in SIDES}, dict.fromkeys(LISTINGS, ()))


def _named(
    whole: dict[str, Found], sides: dict[str, dict[str, Found]], lists: dict[str, Iterable[FieldValue]]
) -> ObjectValue:
    members: list[tuple[str, FieldValue]] = []
    for name, measure in MEASURES.items():
        if measure.by_side:
            of_sides = ((side, leaf(measure.type, sides[side].get(name, NOTHING))) for side in SIDES)
            members.append((name, ObjectValue(members=tuple(of_sides))))
        else:
            members.append((name, leaf(measure.type, whole.get(name, NOTHING))))
    members += [(name, ArrayValue(items=tuple(rows)[:_MOST_ROWS])) for name, rows in lists.items()]
    return ObjectValue(members=tuple(members))
