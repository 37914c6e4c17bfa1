"""Reports with charts → fields: a table a chart, sentences that a chart contradicts, and a summary that agrees with the tables.

A schema asks for it by an array of objects that have an array of rows with the members `x` and `y` (as the built-in schema `chart-report`
does). The summary is put together from the tables, with or without a language model: a sentence a chart, so that it cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..datamodel.content import Content, Notice
from ..datamodel.figure import Box, ChartMark
from ..datamodel.record import ArrayValue, Evidence, FieldValue, LeafValue, MatchKind, ObjectValue, Scalar
from ..datamodel.schema import Field, Schema
from .chart_claims import Disagreement, disagreements, shown
from .chart_fields import evidence_on, leaf_on, rows_of_chart
from .chart_tables import ChartTable, chart_tables, label_of
from .evidence import evidence_of_span

_NO_VALUE = 0.6
"""Confidence that there is no title where none was found."""
_CLAIM = 0.8
"""Confidence that a sentence is contradicted, times that of the mark which does it."""
_TRENDS = {"rising": "rising", "falling": "falling", "mixed": "up and down"}


def from_reports(content: Content, schema: Schema) -> tuple[dict[str, FieldValue], tuple[Notice, ...]]:
    """(values of the fields that charts answer, a warning for each sentence that a chart contradicts); empty where nothing asks."""
    charts = next((each for each in schema.fields if _holds_tables(each)), None)
    if charts is None or charts.items is None:
        return {}, ()
    tables = chart_tables(content)
    against = list(disagreements(content, tables))
    values: dict[str, FieldValue] = {
        charts.name: ArrayValue(items=tuple(_chart(content, charts.items, table) for table in tables))
    }
    for each in schema.fields:
        if each.type == "array" and each.items is not None and _names(each.items) >= {"sentence", "chart"}:
            values[each.name] = ArrayValue(items=tuple(_against(content, each.items, one) for one in against))
        elif each.kind == "abstracted" and each.type == "string" and tables:
            values[each.name] = _summary(content, each, tables)
    notices = tuple(
        Notice(
            code="unsupported",
            message=f"the file says {_text(content, one)!r}, its chart {one.table.title!r}: {one.shows}",
        )
        for one in against
    )
    return values, notices


def _holds_tables(each: Field) -> bool:
    if each.type != "array" or each.items is None or each.items.type != "object":
        return False
    return any(_is_rows(member) for member in each.items.properties)


def _is_rows(member: Field) -> bool:
    return member.type == "array" and member.items is not None and {"x", "y"} <= _names(member.items)


def _names(each: Field) -> set[str]:
    return {member.name for member in each.properties}


def _chart(content: Content, item: Field, table: ChartTable) -> ObjectValue:
    chart, figure = table.chart, table.figure
    mean = sum(mark.confidence for mark in table.marks) / len(table.marks)
    facts: dict[str, tuple[Scalar, float, Box | None]] = {
        "kind": (chart.kind, chart.confidence, figure.box),
        "page": (figure.page, 1.0, figure.box),
        "x_title": (chart.x_title, 0.9 * mean, figure.box),
        "y_title": (chart.y_title, 0.9 * mean, figure.box),
        "highest": (label_of(table.highest), table.highest.confidence, table.highest.box),
        "highest_value": (table.highest.y, table.highest.confidence, table.highest.box),
        "lowest": (label_of(table.lowest), table.lowest.confidence, table.lowest.box),
        "lowest_value": (table.lowest.y, table.lowest.confidence, table.lowest.box),
        "trend": (table.trend, mean, figure.box),
    }
    members: list[tuple[str, FieldValue]] = []
    for member in item.properties:
        if _is_rows(member):
            members.append((member.name, ArrayValue(items=tuple(rows_of_chart(content, member, figure)))))
        elif member.name == "title":
            members.append((member.name, _title(content, member, table, 0.9 * mean)))
        else:
            value, confidence, box = facts.get(member.name, (None, 0.0, None))
            value = None if member.enum and value not in member.enum else value
            found = evidence_on(content, figure, _plain(value), "computed", box) if value is not None else None
            members.append((member.name, leaf_on(member, value, confidence if value is not None else _NO_VALUE, found)))
    return ObjectValue(members=tuple(members))


def _title(content: Content, member: Field, table: ChartTable, confidence: float) -> LeafValue:
    if not table.title:
        return leaf_on(member, None, _NO_VALUE, None)
    box = table.chart.title_box if table.chart.title else None
    if table.title_words is not None:
        first, last = table.title_words
        words = content.words
        start, end = words[first].offset, words[last - 1].offset + len(words[last - 1].text)
        return LeafValue(
            type=member.type, kind=member.kind, value=table.title, confidence=confidence,
            evidence=evidence_of_span(content, start, end, "normalized"),
        )  # fmt: skip
    return leaf_on(
        member,
        table.title,
        confidence,
        evidence_on(content, table.figure, table.title, "exact", box or table.figure.box),
    )


def _against(content: Content, item: Field, one: Disagreement) -> ObjectValue:
    confidence = _CLAIM * one.mark.confidence
    at_mark: tuple[Box | None, MatchKind] = one.mark.box, "computed"
    members: list[tuple[str, FieldValue]] = []
    for member in item.properties:
        evidence: Iterable[Evidence]
        if member.name == "sentence":
            value, evidence = _text(content, one), evidence_of_span(content, one.start, one.end, "exact")
        elif member.name in ("chart", "chart_shows"):
            value = one.table.title if member.name == "chart" else one.shows
            evidence = (evidence_on(content, one.table.figure, value, at_mark[1], at_mark[0]),)
        else:
            members.append((member.name, leaf_on(member, None, _NO_VALUE, None)))
            continue
        members.append(
            (
                member.name,
                LeafValue(
                    type=member.type, kind=member.kind, value=value, confidence=confidence, evidence=tuple(evidence)
                ),
            )
        )
    return ObjectValue(members=tuple(members))


def _summary(content: Content, each: Field, tables: Sequence[ChartTable]) -> LeafValue:
    """A sentence a chart; the places are those of the values that it names."""
    sentences, evidence, confidence = [], [], 1.0
    for table in tables:
        high, low = table.highest, table.lowest
        name = table.title or "A chart without title"
        way = f", {_TRENDS[table.trend]}" if table.trend else ""
        sentences.append(f"{name} ({table.chart.kind}{way}): highest {_said(high)}, lowest {_said(low)}.")
        evidence += [evidence_on(content, table.figure, shown(mark), "computed", mark.box) for mark in (high, low)]
        confidence = min(confidence, high.confidence, low.confidence)
    return LeafValue(
        type=each.type, kind=each.kind, value=" ".join(sentences), confidence=confidence, evidence=tuple(evidence)
    )


def _said(mark: ChartMark) -> str:
    return f"{label_of(mark)} with {shown(mark)}"


def _text(content: Content, one: Disagreement) -> str:
    return " ".join(content.text[one.start : one.end].split())


def _plain(value: Scalar) -> str:
    return f"{value:.10g}" if isinstance(value, int | float) else str(value or "")
