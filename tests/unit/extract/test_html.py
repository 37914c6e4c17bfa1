"""HTML: what a reader of the page sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmi_cli.datamodel.content import Content
from mmi_cli.errors import LimitExceeded
from mmi_cli.extract.html import extract
from tests.support.reading import a_context


def read(tmp_path: Path, html: str | bytes, **settings: object) -> Content:
    path = tmp_path / "page.html"
    path.write_bytes(html.encode() if isinstance(html, str) else html)
    return extract(path, a_context(**settings))


def blocks(content: Content) -> list[tuple[str, str]]:
    return [(block.kind, content.text_of(block.first, block.last)) for block in content.blocks]


def test_only_what_is_seen_is_read(tmp_path: Path) -> None:
    content = read(
        tmp_path,
        "<html><head><title>The title</title><style>p{}</style></head><body><p>seen</p><script>alert(1)</script>"
        "<noscript>no</noscript><template>no</template><p hidden>no</p><p style='color:red; DISPLAY : none'>no</p>"
        "<div aria-hidden=true>no</div><!-- no --><input type=hidden value=no><p style='visibility:hidden'>no</p></body>",
    )
    assert content.text == "seen"
    assert dict(content.metadata)["title"] == "The title"


def test_structure_is_kept(tmp_path: Path) -> None:
    content = read(
        tmp_path,
        "<h2>Head</h2><p>A <b>bold</b><i>ish</i> word<br>next line</p><ol start=3><li>three<ul><li>inner</li></ul></li>"
        "<li value=9>nine</li></ol><pre>a  b\n  c</pre><img src=x alt='A chart'><a href='http://x'>the link</a>",
    )
    assert blocks(content) == [
        ("heading", "Head"), ("paragraph", "A boldish word\nnext line"), ("list_item", "three"), ("list_item", "inner"),
        ("list_item", "nine"), ("code", "a b\nc"), ("figure", ""), ("paragraph", "the link"),
    ]  # fmt: skip
    assert [block.label for block in content.blocks] == [None, None, "3.", "•", "9.", None, "A chart", None]
    assert [block.level for block in content.blocks if block.kind == "list_item"] == [0, 1, 0]


def test_tables_keep_spans_and_headers(tmp_path: Path) -> None:
    content = read(
        tmp_path,
        "<table><caption>Sales</caption><thead><tr><th colspan=2>Name<th>Sum</thead><tr><td rowspan=0>a<td>b<td>1<tr><td>c<td>2</table>",
    )
    assert content.text == "Sales\n\nName\tSum\na\tb\t1\nc\t2"
    (table,) = content.tables
    spans = {content.text_of(c.first, c.last): (c.row_span, c.column_span) for c in table.cells if c.last > c.first}
    assert (spans["Name"], spans["a"], spans["c"]) == ((1, 2), (2, 1), (1, 1))
    assert [c.is_header for c in table.cells if c.row == 0] == [True] * 3


def test_tables_that_arrange_the_page_are_taken_apart(tmp_path: Path) -> None:
    content = read(
        tmp_path,
        "<table><tr><td><h1>Shop</h1></td></tr><tr><td><table><tr><td>Tea<td>3.50<tr><td>Cake<td>4.00</table></td></tr>"
        "<tr><td>Total<td>7.50</tr></table>",
    )
    assert blocks(content) == [("heading", "Shop"), ("table", "Tea\t3.50\nCake\t4.00"), ("table", "Total\t7.50")]


def test_form_controls_show_their_state(tmp_path: Path) -> None:
    html = (
        "<p>Name <input value='Ann'> <input type=checkbox checked> yes <input type=radio> no "
        "<select><option>a<option selected>b</select></p>"
    )
    assert read(tmp_path, html).text == "Name Ann ☒ yes ☐ no b"


@pytest.mark.parametrize(
    "data",
    [
        "<meta charset='windows-1252'><p>Größe".encode("cp1252"),
        "<?xml version='1.0' encoding='iso-8859-1'?><p>Größe".encode("cp1252"),
        "<p>Größe".encode("utf-16"),
        "<meta charset='utf-8'><p>Größe".encode(),
    ],
)
def test_encodings_are_read(tmp_path: Path, data: bytes) -> None:
    assert read(tmp_path, data).text == "Größe"


@pytest.mark.parametrize("tag", ["div", "table><tr><td", "ul><li", "span", "blockquote"])
def test_deep_nesting_is_read(tmp_path: Path, tag: str) -> None:
    assert read(tmp_path, f"<{tag}>" * 3000 + "deep").text == "deep"


def test_wide_spans_are_stopped(tmp_path: Path) -> None:
    html = "<table>" + "<tr><td colspan=1000 rowspan=1000>x<td>y" * 1000 + "</table>"
    with pytest.raises(LimitExceeded, match="max_cells"):
        read(tmp_path, html, max_cells=100_000)


def test_no_words_are_no_content(tmp_path: Path) -> None:
    assert read(tmp_path, "<script>x</script>").words == ()


def test_nesting_without_end_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(LimitExceeded, match="nested deeper"):
        read(tmp_path, "<ul><li>" * 50_000 + "x")
