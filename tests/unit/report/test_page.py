"""Data in the page begins no markup, and every value has one number on both sides."""

from __future__ import annotations

import json

from mmi_cli.report.leaves import leaves, where
from mmi_cli.report.page import json_for_html
from mmi_cli.report.sources import archive_path


def test_json_in_the_page_can_end_no_element_and_open_no_comment() -> None:
    hostile = {"</script><!--<script>": ["&lt;", "\u2028\u2029", "a\\u003c"]}
    text = json_for_html(hostile)
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == hostile


def test_leaves_come_in_the_order_of_the_record() -> None:
    leaf = {"type": "string", "kind": "extracted", "value": "x", "confidence": 1.0, "evidence": []}
    fields = {
        "a": leaf,
        "rows": {"type": "array", "value": [{"b": leaf, "type": leaf, "value": leaf}, {"b": leaf}]},
        "one": {"type": "object", "value": {"c": leaf, "list": {"type": "array", "value": [leaf]}}},
        "none": {"type": "array", "value": []},
    }
    told = [(each.path, each.rows) for each in leaves(fields)]
    rows = [("rows[].b", (0,)), ("rows[].type", (0,)), ("rows[].value", (0,)), ("rows[].b", (1,))]
    assert told == [("a", ()), *rows, ("one.c", ()), ("one.list[]", (0,))]


def test_places_are_told_shortly() -> None:
    assert where({"page": 2, "part": "a.pdf"}) == "a.pdf · p. 2"
    assert where({"start_s": 63.2, "end_s": 64}) == "1:03"
    assert where({"frame_s": 3723}) == "frame 1:02:03"
    assert where({"sheet": "Q1", "cell": "B7"}) == "Q1!B7"


def test_members_of_archives_are_told_from_names_with_an_exclamation_mark() -> None:
    assert archive_path("file:///in/a.zip", "in/a.zip!b.pdf") == "in/a.zip"
    assert archive_path("file:///in/b%20c.zip", "b c.zip!x!y.pdf") == "b c.zip"
    assert archive_path("file:///in/wow!.pdf", "in/wow!.pdf") is None
    assert archive_path("https://account/container/a.zip", "a.zip!b.zip!c.pdf") == "a.zip"
