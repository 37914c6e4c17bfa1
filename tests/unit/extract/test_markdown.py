"""Markdown: its words are the visible ones, its structure is kept."""

from __future__ import annotations

from pathlib import Path

from mmi_cli.extract.markdown import extract
from tests.support.reading import a_context

SOURCE = """---
author: Ann
---
# Head *line*

A [link](https://example.com) and <b>bold</b>.

- one
  1. inner
- [x] done

| a | b |
|---|--:|
| 1 | 2 |

```py
x = 1
```

![A chart](chart.png)
"""


def test_the_visible_text_with_its_structure(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(SOURCE)
    content = extract(path, a_context())
    assert [(block.kind, content.text_of(block.first, block.last), block.label) for block in content.blocks] == [
        ("key_value", "author: Ann", None),
        ("heading", "Head line", None),
        ("paragraph", "A link and bold.", None),
        ("list_item", "one", "•"),
        ("list_item", "inner", "1."),
        ("list_item", "[x] done", "•"),
        ("table", "a\tb\n1\t2", None),
        ("code", "x = 1", None),
        ("figure", "", "A chart"),
    ]
    assert len(content.tables) == 1
