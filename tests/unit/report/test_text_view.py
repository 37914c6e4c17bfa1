"""What the page holds of a file's text: all of a short one, of a long one the beginning and what is around its evidence."""

from __future__ import annotations

from mmi_cli.datamodel.content import Content, ParagraphPlace, SheetCell, TimeSpan
from mmi_cli.datamodel.content_builder import ContentBuilder, WordIn
from mmi_cli.report.text_view import MOST_CHARS, text_view


def paragraphs(*texts: str) -> Content:
    builder = ContentBuilder()
    for number, text in enumerate(texts, start=1):
        words: list[WordIn] = [(word, ParagraphPlace(number), None) for word in text.split()]
        builder.add_block("paragraph", [words])
    return builder.build()


def test_blocks_keep_the_offsets_that_evidence_counts_by() -> None:
    content = paragraphs("Größe 😀 eins", "Total 9.50")
    view = text_view(content, [(content.text.index("9.50"), 4)], [])
    assert [content.text[block[1] : block[1] + len(block[2])] for block in view["blocks"]] == [
        "Größe 😀 eins",
        "Total 9.50",
    ]
    assert view["cut"] is False


def test_a_long_text_is_cut_but_for_what_is_around_its_evidence() -> None:
    content = paragraphs(*(f"paragraph {number} " + "x" * 90 for number in range(2000)), "Total 9.50", "the end")
    at = content.text.index("9.50")
    view = text_view(content, [(at, 4)], [])
    assert view["cut"] is True
    assert sum(len(block[2]) for block in view["blocks"]) < MOST_CHARS + 2000
    assert any("9.50" in block[2] for block in view["blocks"])
    gap = next(block for block in view["blocks"] if block[0] == "gap")
    assert gap[3]["chars"] > 100_000


def test_a_sheet_is_a_grid_with_its_rows_and_letters() -> None:
    builder = ContentBuilder()
    builder.add_block(
        "paragraph",
        [
            [
                ("Rent", SheetCell("Q1", "B2"), None),
                ("and", SheetCell("Q1", "B2"), None),
                ("12", SheetCell("Q1", "AA2"), None),
            ]
        ],
    )
    sheet = text_view(builder.build(), [], [("Q1", "AA2")])["sheets"][0]
    assert (sheet["name"], sheet["columns"][0], sheet["columns"][-1]) == ("Q1", "B", "AA")
    assert [cell and cell[1] for cell in sheet["rows"][0][1]][:1] == ["Rent and"]
    assert sheet["rows"][0][1][-1][1] == "12"


def test_an_utterance_has_its_times_and_speaker() -> None:
    builder = ContentBuilder()
    builder.add_block(
        "utterance",
        [[("Good", TimeSpan(1.5, 2.0, "Speaker 1"), 0.9), ("morning", TimeSpan(2.0, 2.5, "Speaker 1"), 0.9)]],
    )
    block = text_view(builder.build(), [], [])["blocks"][0]
    assert block[3] == {"t": 1.5, "end": 2.5, "speaker": "Speaker 1"}


def test_nothing_read_is_nothing_shown() -> None:
    assert text_view(Content(text="", words=()), [], []) == {}
