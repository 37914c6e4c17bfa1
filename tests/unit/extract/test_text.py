"""Plain text: paragraphs between blank lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmi_cli.datamodel.content import ParagraphPlace
from mmi_cli.errors import LimitExceeded
from mmi_cli.extract.text import extract
from tests.support.reading import a_context


def test_blank_lines_set_paragraphs_apart_and_lines_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("First line\r\nsecond line\r\n\r\n  \r\nNext\fpage\n".encode("utf-16"))
    content = extract(path, a_context())
    assert content.text == "First line\nsecond line\n\nNext\n\npage"
    assert [word.place for word in content.words][-2:] == [ParagraphPlace(2), ParagraphPlace(3)]


def test_control_characters_leave_no_empty_blocks(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\x01\x02\n\none\x07two\n\n\x1b[31mred\n")
    content = extract(path, a_context())
    assert content.text == "onetwo\n\n[31mred"
    assert len(content.blocks) == 2


def test_too_much_text_is_stopped_before_and_while_reading(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("word " * 100)
    for limit in (50, 400):
        with pytest.raises(LimitExceeded, match=f"max_text_chars = {limit}"):
            extract(path, a_context(max_text_chars=limit))
