"""Charts → fields: the kind, the titles, and the table behind them, each value where its mark stands on the page.

A schema asks for charts by an array of objects with the members `x` and `y` (as the built-in schema `chart` does).
"""

from __future__ import annotations

from collections.abc import Iterator

from ..datamodel.content import Content
from ..datamodel.figure import Box, Chart, Figure
from ..datamodel.record import ArrayValue, Evidence, FieldValue, LeafValue, MatchKind, ObjectValue
from ..datamodel.schema import Field, Schema

_NO_TITLE = 0.6
"""Confidence that a title is absent where none was found."""


def from_charts(content: Content, schema: Schema) -> dict[str, FieldValue]:
    """Values of the fields that charts answer; empty where the file has no chart or the schema does not ask for one."""
    table = next((each for each in schema.fields if _is_table(each)), None)
    figures = [figure for figure in content.figures if figure.chart is not None]
    if table is None or not figures:
        return {}
    first = max(figures, key=lambda figure: (len(figure.chart.marks) if figure.chart else 0, -figure.block))
    chart = first.chart
    assert chart is not None
    values: dict[str, FieldValue] = {
        table.name: ArrayValue(items=tuple(row for figure in figures for row in rows_of_chart(content, table, figure)))
    }
    for each in schema.fields:
        if each.name in values or each.expression is not None:
            continue
        if each.name == "kind" and each.enum:
            value = chart.kind if chart.kind in each.enum else None
            values[each.name] = leaf_on(
                each, value, chart.confidence, evidence_on(content, first, chart.kind, "computed", first.box)
            )
        elif each.name in ("title", "x_title", "y_title") and each.type == "string":
            text = getattr(chart, each.name)
            box = chart.title_box if each.name == "title" else None
            found = evidence_on(content, first, text, "exact", box or first.box) if text else None
            values[each.name] = leaf_on(each, text, 0.9 * _mean(chart) if text else _NO_TITLE, found)
        elif each.name == "series" and each.type == "array" and each.items is not None and each.items.type == "string":
            names = [(name, evidence_on(content, first, name, "exact", first.box)) for name in chart.series]
            values[each.name] = ArrayValue(items=tuple(leaf_on(each.items, name, _mean(chart), e) for name, e in names))
    return values


def _is_table(each: Field) -> bool:
    if each.type != "array" or each.items is None or each.items.type != "object":
        return False
    return {"x", "y"} <= {member.name for member in each.items.properties}


def _mean(chart: Chart) -> float:
    return sum(mark.confidence for mark in chart.marks) / len(chart.marks) if chart.marks else chart.confidence


def rows_of_chart(content: Content, table: Field, figure: Figure) -> Iterator[ObjectValue]:
    chart = figure.chart
    if chart is None or table.items is None:
        return
    for mark in chart.marks:
        at_mark = evidence_on(
            content,
            figure,
            mark.y_text if mark.y_text is not None else _plain(mark.y),
            "exact" if mark.y_text else "computed",
            mark.box,
        )
        named = evidence_on(content, figure, _plain(mark.x), "computed", mark.box)
        known: dict[str, tuple[str | float | None, Evidence | None]] = {
            "chart": (
                chart.title,
                evidence_on(content, figure, chart.title or "", "exact", chart.title_box or figure.box),
            ),
            "series": (mark.series, evidence_on(content, figure, mark.series or "", "exact", figure.box)),
            "x": (mark.x, named),
            "y": (mark.y, at_mark),
            "size": (mark.size, at_mark),
        }
        members: list[tuple[str, FieldValue]] = []
        for member in table.items.properties:
            value, evidence = known.get(member.name, (None, None))
            if value is not None and member.type == "string" and not isinstance(value, str):
                value = _plain(value)
            confidence = mark.confidence if value is not None or member.name in ("x", "y") else _NO_TITLE
            members.append((member.name, leaf_on(member, value, confidence, evidence if value is not None else None)))
        yield ObjectValue(members=tuple(members))


def leaf_on(each: Field, value: str | float | None, confidence: float, evidence: Evidence | None) -> LeafValue:
    number = isinstance(value, int | float)
    if each.type in ("number", "integer") and value is not None and not number:
        value = None
    if each.type == "integer" and isinstance(value, float):
        value = round(value)
    return LeafValue(
        type=each.type, kind=each.kind, value=value, confidence=min(max(confidence, 0.0), 1.0),
        evidence=(evidence,) if evidence is not None and value is not None else (),
    )  # fmt: skip


def evidence_on(content: Content, figure: Figure, text: str, match: MatchKind, box: Box | None) -> Evidence:
    page = next((p for p in content.pages if p.number == figure.page and p.part == figure.part), None)
    return Evidence(
        text=text,
        match=match,
        page=figure.page,
        box=box,
        page_size=(page.width, page.height) if page else None,
        unit=page.unit if page else None,
        part=figure.part,
        frame_s=figure.frame_s,
    )


def _plain(value: str | float | None) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:.10g}"
