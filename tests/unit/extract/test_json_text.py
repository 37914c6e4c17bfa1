"""JSON as lines a reader and a model can use."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmi_cli.datamodel.content import Content
from mmi_cli.errors import LimitExceeded
from mmi_cli.extract.json_text import extract
from tests.support.reading import a_context


def read(tmp_path: Path, source: str, **settings: object) -> Content:
    path = tmp_path / "a.json"
    path.write_text(source)
    return extract(path, a_context(**settings))


def test_values_stand_behind_their_path(tmp_path: Path) -> None:
    content = read(tmp_path, '{"invoice": {"id": "A-1", "paid": true, "tags": ["x", "y"], "buyer": {"city": "Bonn"}}}')
    assert content.text == (
        "invoice.id: A-1\ninvoice.paid: true\ninvoice.tags: x\ninvoice.tags: y\n\ninvoice.buyer.city: Bonn"
    )
    assert {block.kind for block in content.blocks} == {"key_value"}


def test_numbers_stand_as_they_are_written(tmp_path: Path) -> None:
    assert read(tmp_path, '{"a": 1.50, "b": 10000000000000000000000001, "c": 1e3}').text == (
        "a: 1.50\nb: 10000000000000000000000001\nc: 1e3"
    )


def test_lists_of_like_objects_are_tables(tmp_path: Path) -> None:
    content = read(tmp_path, '{"lines": [{"item": "tea", "price": 3.5}, {"item": "cake", "qty": 2}]}')
    assert content.text == "lines\n\nitem\tprice\tqty\ntea\t3.5\ncake\t2"
    (table,) = content.tables
    assert (table.rows, table.columns) == (3, 3)
    assert all(cell.is_header for cell in table.cells if cell.row == 0)


def test_json_lines_are_a_table(tmp_path: Path) -> None:
    assert read(tmp_path, '{"a": 1, "b": 2}\n{"a": 3, "b": 4}\n').text == "a\tb\n1\t2\n3\t4"


def test_what_is_not_json_is_read_as_text_and_told(tmp_path: Path) -> None:
    content = read(tmp_path, '{"a": 1, "b": [')
    assert content.text == '{"a": 1, "b": ['
    assert [notice.code for notice in content.warnings] == ["corrupt"]


def test_limits_are_kept(tmp_path: Path) -> None:
    with pytest.raises(LimitExceeded, match="deeper"):
        read(tmp_path, "[" * 200_000 + "]" * 200_000)
    with pytest.raises(LimitExceeded, match="max_cells = 10"):
        read(tmp_path, "[" + ",".join(['{"a": 1, "b": 2}'] * 10) + "]", max_cells=10)
