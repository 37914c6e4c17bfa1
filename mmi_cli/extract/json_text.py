"""JSON and JSON Lines as readable lines: `path key: value`, and a table for every list of like objects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..datamodel.content import Content
from ..errors import LimitExceeded
from .decoding import decode_text, read_bytes
from .flow_text import FlowWriter
from .interface import ExtractContext

_MAX_COLUMNS = 60
"""Objects with more keys are records of their own, not rows."""


def extract(path: Path, context: ExtractContext) -> Content:
    """Reads a JSON document; numbers stand as they are written, text that is not JSON is read as text with a warning.

    Raises:
        LimitExceeded: more than `max_text_chars` or `max_cells`, or nested too deep to read.
    """
    text, encoding = decode_text(read_bytes(path, context.settings), context.detection.encoding)
    flow = FlowWriter(context.settings)
    flow.builder.add_metadata("encoding", encoding)
    try:
        value = _parse(text)
        _add(flow, "", value)
    except ValueError as error:
        flow.builder.add_warning("corrupt", f"not valid JSON ({error}); read as plain text")
        flow.add_paragraphs(text)
    except RecursionError:
        raise LimitExceeded("JSON nested deeper than can be read") from None
    return flow.builder.build()


def _parse(text: str) -> Any:
    """One JSON value, or a list of those on the lines. Numbers stay strings: 1.50 is not 1.5 for a reader."""
    decoder = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, strict=False)
    try:
        return decoder.decode(text)
    except ValueError:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            raise
        try:
            return [decoder.decode(line) for line in lines]
        except ValueError:
            pass
        raise


def _add(flow: FlowWriter, path: str, value: Any) -> None:
    """Simple members first come as one block of lines, nested ones follow under their path."""
    if isinstance(value, list):
        if columns := _columns(value):
            if path:
                flow.add("heading", path, level=min(6, 1 + path.count(".")))
            rows = [[_scalar(item.get(column)) for column in columns] for item in value]
            flow.add_table([columns, *rows], header_rows=1, label=path or None)
            return
        for number, item in enumerate(value, start=1):
            _add(flow, f"{path}.{number}" if path else str(number), item)
        return
    if not isinstance(value, dict):
        flow.add("paragraph", f"{path}: {_scalar(value)}" if path else _scalar(value))
        return
    lines: list[str] = []
    for name, member in value.items():
        key = f"{path}.{name}" if path else name
        if _is_simple(member):
            lines.append(f"{key}: {_scalar(member)}")
        elif isinstance(member, list) and all(map(_is_simple, member)):
            lines.extend(f"{key}: {_scalar(item)}" for item in member)
        else:
            if lines:
                flow.add("key_value", "\n".join(lines))
                lines = []
            _add(flow, key, member)
    if lines:
        flow.add("key_value", "\n".join(lines))


def _columns(items: list[Any]) -> list[str]:
    """The keys of a list of objects with simple values, in the order they come up; empty when it is no such list."""
    if not items or not all(isinstance(item, dict) and all(map(_is_simple, item.values())) for item in items):
        return []
    columns = list(dict.fromkeys(key for item in items for key in item))
    return columns if len(columns) <= _MAX_COLUMNS else []


def _is_simple(value: Any) -> bool:
    return not isinstance(value, dict | list) or not value


def _scalar(value: Any) -> str:
    if value is None or value == [] or value == {}:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
