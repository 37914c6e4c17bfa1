"""`Content` as the plain text that a reader would copy."""

from __future__ import annotations

from .content import Content, Table


def to_text(content: Content) -> str:
    """The text a reader would copy: blocks apart by blank lines, list markers kept, table cells apart by tabs."""
    if not content.blocks:
        return content.text + "\n" if content.text else ""
    tables = {table.block: table for table in content.tables}
    pieces: list[str] = []
    kind_before = ""
    for index, block in enumerate(content.blocks):
        table = tables.get(index)
        text = _plain_table(content, table) if table else content.text_of(block.first, block.last)
        if block.kind == "list_item":
            text = "    " * block.level + (f"{block.label} " if block.label else "") + text
        elif block.kind == "heading" and block.label:
            text = f"{block.label} {text}"
        elif block.kind == "form_field" and block.label:
            text = f"{block.label}: {text}"
        if not text:
            continue
        pieces.append(("\n" if block.kind == kind_before == "list_item" else "\n\n") if pieces else "")
        pieces.append(text)
        kind_before = block.kind
    return "".join(pieces) + "\n" if pieces else ""


def _plain_table(content: Content, table: Table) -> str:
    rows: list[list[str]] = [[] for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row].append(content.text_of(cell.first, cell.last))
    return "\n".join("\t".join(row).rstrip("\t") for row in rows)
