"""`Content` as GitHub-flavoured markdown, in which text of the file can become nothing but text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from .chart_table import header_and_rows
from .content import Block, Content, PageBox, SheetCell, SlideShape, Table, TimeSpan
from .figure import Chart, Figure

# What would begin a heading, quote, list, rule, fence or the line under a table's head at the start of a line.
_LINE_START = re.compile(r"^(\s*)(#{1,6}(?=\s)|>|[-+*](?=\s)|(?:=+|_{3,}|\*{3,}|[|:-][|:\s-]*)$|```|~~~)", re.MULTILINE)
_NUMBERED_START = re.compile(r"^(\s*\d{1,9})([.)])(?=\s)", re.MULTILINE)
_TAG_START = re.compile(r"<(?=[a-zA-Z/!?])")
_ANGLES = {ord("<"): "&lt;", ord(">"): "&gt;"}
_NUMBERED_MARKER = re.compile(r"\d{1,9}[.)]")


def to_markdown(content: Content, *, figure_files: Mapping[int, str] | None = None) -> str:
    """GitHub-flavoured markdown: tables as pipes where they are simple, as HTML where cells span.

    Where the page, slide or part changes stands a mark; utterances have speaker and time, shots are headings. Text of the
    file cannot become headings, lists, links, pictures or tags: what would is escaped.

    Args:
        figure_files: index of a figure → where its picture lies, beside the markdown.
    """
    figures = {figure.block: (index, figure) for index, figure in enumerate(content.figures)}
    pieces: list[str] = []
    kind_before = ""
    for number, (block, table, marks) in enumerate(_walk(content)):
        pieces.extend(f"\n\n{mark}" if pieces else mark for mark in marks)
        index, figure = figures.get(number, (-1, None))
        if figure is not None:
            text = _markdown_figure(content, block, figure, (figure_files or {}).get(index))
        else:
            text = _markdown_block(content, block, table)
        if not text:
            continue
        tight = block.kind == kind_before == "list_item" and not marks
        pieces.append(("\n" if tight else "\n\n") + text if pieces else text)
        kind_before = block.kind
    return "".join(pieces) + "\n" if pieces else ""


def _walk(content: Content) -> Iterator[tuple[Block, Table | None, list[str]]]:
    """Every block with its table and the marks that stand before it."""
    tables = {table.block: table for table in content.tables}
    parts = sorted((part for part in content.parts if part.end > part.start), key=lambda part: (part.start, -part.end))
    blocks = content.blocks or ((Block(kind="paragraph", first=0, last=len(content.words)),) if content.words else ())
    page_before: tuple[str | None, int] | None = None
    sheet_before = None
    shots = iter(content.media.shots if content.media else ())
    shot_number = 0
    for index, block in enumerate(blocks):
        marks = []
        if block.first < block.last:
            word = content.words[block.first]
            while parts and parts[0].start <= word.offset:
                marks.append(f"---\n\n**File inside: {_escape(parts.pop(0).name)}**")
                sheet_before = None
            place = word.place
            number = (
                place.page if isinstance(place, PageBox) else place.slide if isinstance(place, SlideShape) else None
            )
            if number is not None:
                part = content.part_at(word.offset) if content.parts else None
                page = (part.name if part else None, number)
                if page_before is not None and page_before != page and not marks:
                    marks.append("<!-- PageBreak -->")
                if isinstance(place, SlideShape) and page != page_before:
                    marks.append(f"<!-- Slide {number} -->")
                page_before = page
            if isinstance(place, SheetCell) and block.label != sheet_before:
                sheet_before = block.label
                if block.label:
                    marks.append(f"## {_escape(block.label)}")
        if block.kind == "shot":
            shot_number += 1
            shot = next(shots, None)
            times = f" {clock(shot.start_s)} – {clock(shot.end_s)}" if shot else ""
            marks.append(f"## Shot {shot_number}{times}")
        yield block, tables.get(index), marks


def _markdown_block(content: Content, block: Block, table: Table | None) -> str:
    if table is not None:
        return _markdown_table(content, table)
    text = content.text_of(block.first, block.last)
    match block.kind:
        case "title" | "heading":
            number = f"{block.label} " if block.label else ""
            return f"{'#' * min(max(block.level, 1), 6)} {_escape(number + ' '.join(text.split()))}" if text else ""
        case "list_item":
            marker = block.label if block.label and _NUMBERED_MARKER.fullmatch(block.label) else "-"
            own = f"{block.label} " if block.label and marker == "-" and block.label not in "•·-–*o▪" else ""
            indent = "    " * block.level
            return indent + marker + " " + _escape(own + text).replace("\n", f"\n{indent}  ")
        case "figure":
            caption = f"\n\n{_escape(text)}" if text else ""
            return f"![{_escape(block.label or '').replace(']', chr(92) + ']')}](figure){caption}"
        case "barcode":
            return f"{_escape(block.label or 'Code')}: {_escape(' '.join(text.split()))}"
        case "code":
            fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
            return f"{fence}\n{text}\n{fence}"
        case "header" | "footer":
            return f"<!-- Page{block.kind.capitalize()}: {' '.join(text.split()).replace('--', '- -').translate(_ANGLES)} -->"
        case "footnote":
            return f"[^{block.label}]: {_escape(text)}" if block.label else _escape(text)
        case "form_field" if block.label:
            return f"{_escape(block.label)}: {_escape(text)}"
        case "key_value" | "metadata" | "form_field":
            return _escape(text).replace("\n", "  \n")
        case "utterance":
            return _utterance(content, block, _escape(text))
        case "on_screen_text":
            return "> " + _escape(text).replace("\n", "\n> ")
        case _:
            return _escape(text)


def _markdown_figure(content: Content, block: Block, figure: Figure, file: str | None) -> str:
    """A link to the picture where there is one; a figure that says nothing and is not there leaves no trace."""
    label = block.label or ""
    seen = _seen(figure)
    if not label and figure.caption is not None and file is not None:
        label = " ".join(content.text_of(*figure.caption).split())[:200]
    if not label and file is None:
        link = ""
    else:
        target = quote(file) if file is not None else "figure"
        link = f"![{_escape(label).replace(']', chr(92) + ']')}]({target})"
    return "\n\n".join(piece for piece in (link, seen, _markdown_chart(figure.chart)) if piece)


def _markdown_chart(chart: Chart | None) -> str:
    """The title of a chart and the table behind it; `≈` stands before what was measured on the picture and is not printed."""
    if chart is None or not chart.marks:
        return ""
    head, rows = header_and_rows(chart)
    lines = [f"| {' | '.join(map(_cell, row))} |" for row in (head, *rows)]
    kind = f"{chart.kind} chart" + (", stacked" if chart.is_stacked else "")
    is_measured = any(mark.y_text is None for mark in chart.marks)
    note = f"({kind}; ≈ measured on the picture)" if is_measured else f"({kind}; values as printed)"
    title = f"**{_escape(chart.title)}** {note}" if chart.title else note
    return "\n".join([title, "", lines[0], "|" + " --- |" * len(head), *lines[1:]])


def _cell(text: str) -> str:
    return _TAG_START.sub("&lt;", " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|"))


def _seen(figure: Figure) -> str:
    """A line of what is seen on a figure, marked as not written there; empty when nothing is."""
    parts = []
    if figure.description and figure.description_by != "tags":
        parts.append(_escape(" ".join(figure.description.split())))
    elif figure.tags:
        parts.append(", ".join(f"{_escape(tag.name)} ({tag.probability:.0%})" for tag in figure.tags))
    if parts and figure.colours:
        parts.append(", ".join(colour.name for colour in figure.colours))
    return f"*Seen, not written: {'; '.join(parts)}*" if parts else ""


def _utterance(content: Content, block: Block, text: str) -> str:
    place = content.words[block.first].place if block.first < block.last else None
    if not isinstance(place, TimeSpan):
        return text
    speaker = place.speaker or block.label
    return (f"**{_escape(speaker)}** " if speaker else "") + f"[{clock(place.start_s)}] {text}"


def _markdown_table(content: Content, table: Table) -> str:
    spanning = any(cell.row_span > 1 or cell.column_span > 1 for cell in table.cells)
    if spanning or sum(cell.is_header and cell.row > 0 for cell in table.cells):
        return _html_table(content, table)
    grid = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        text = content.text_of(cell.first, cell.last)
        grid[cell.row][cell.column] = _TAG_START.sub("&lt;", text.replace("\\", "\\\\").replace("|", "\\|"))
    rows = ["| " + " | ".join(row) + " |" for row in grid]
    return "\n".join([*rows[:1], "|" + " --- |" * table.columns, *rows[1:]])


def _html_table(content: Content, table: Table) -> str:
    rows: list[list[str]] = [[] for _ in range(table.rows)]
    covered: set[tuple[int, int]] = set()
    for cell in table.cells:
        if (cell.row, cell.column) in covered:
            continue
        if cell.row_span > 1 or cell.column_span > 1:
            covered.update(
                (cell.row + down, cell.column + right)
                for down in range(cell.row_span)
                for right in range(cell.column_span)
            )
        tag = "th" if cell.is_header else "td"
        spans = (f' rowspan="{cell.row_span}"' if cell.row_span > 1 else "") + (
            f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
        )
        rows[cell.row].append(
            f"<{tag}{spans}>{html.escape(content.text_of(cell.first, cell.last), quote=False)}</{tag}>"
        )
    return "<table>\n" + "\n".join(f"<tr>{''.join(row)}</tr>" for row in rows) + "\n</table>"


def _escape(text: str) -> str:
    text = _LINE_START.sub(r"\1\\\2", _TAG_START.sub("&lt;", text).replace("](", "]\\("))
    return _NUMBERED_START.sub(r"\1\\\2", text)


def clock(seconds: float) -> str:
    """`00:01:03.2`: hours, minutes, seconds, tenths."""
    tenths = round(seconds * 10)
    return f"{tenths // 36000:02}:{tenths // 600 % 60:02}:{tenths // 10 % 60:02}.{tenths % 10}"
