"""`docs/schema.md` says what the program reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mmi_cli.datamodel.schema import FIELD_KINDS, FIELD_TYPES
from mmi_cli.schema_file import field_parsing, parsing, read_schema_text
from mmi_cli.schema_file.located import Problems
from mmi_cli.schema_file.one_line import parse_one_line

PAGE = (Path(__file__).parents[3] / "docs" / "schema.md").read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_examples_are_schemas(text: str) -> None:
    assert read_schema_text(text, name="docs/schema.md").name


def test_the_line_on_the_page_is_a_schema() -> None:
    line = re.findall(r"--schema '(.*?)'\n", PAGE)[0]
    assert len(parse_one_line(line, Problems("docs/schema.md"))["fields"]) == 5


def test_every_key_type_and_kind_is_on_the_page() -> None:
    words = {*parsing._SCHEMA_KEYS, *field_parsing._FIELD_KEYS, *FIELD_TYPES, *FIELD_KINDS}
    assert [word for word in sorted(words) if f"`{word}`" not in PAGE] == []
