"""Answers for people: what stood in a file is shown and never obeyed."""

from __future__ import annotations

import pytest

from mmi_cli.search.index import FoundFile, FoundItem
from mmi_cli.search.question import Hit
from mmi_cli.search.telling import clock, html_page, link, place_words, snippet

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def hit(path: str = "a.pdf", text: str = "some text", uri: str = "file:///in/a.pdf", **place: object) -> Hit:
    file = FoundFile(
        id=1, input="", uri=uri, members=(), path=path, size_bytes=1, sha256=None, modality="document",
        media_type="application/pdf", status="ok", notice="", fields={},
    )  # fmt: skip
    item = FoundItem(
        id=1, file=1, number=0, kind="passage", text=text, headings=EVIL, place=dict(place), tags=(), method="", page=None,
        picture_hash=None,
    )  # fmt: skip
    return Hit(
        file=file, item=item, relevance=0.5, similarity=0.5, metadata=0.0, lists={"words": {"rank": 1, "score": 2.0}}
    )


def page(*hits: Hit, question: str = "text") -> str:
    return html_page(hits, title=EVIL, about=EVIL, question=question, thumbnails={})


def test_a_page_runs_no_script_whatever_stood_in_the_file() -> None:
    made = page(hit(path=EVIL, text=EVIL), question=EVIL)
    assert "<script" not in made
    assert "<img src=x" not in made
    assert "default-src 'none'" in made


def test_a_link_leads_to_the_file_and_to_no_program() -> None:
    assert link(hit(uri="javascript:alert(1)").file, {}) == "#"
    assert 'href="#"' in page(hit(uri="javascript:alert(1)"))
    assert link(hit().file, {"page": 3}) == "file:///in/a.pdf#page=3"


def test_the_words_of_the_question_are_marked() -> None:
    assert "<mark>bread</mark>" in page(hit(text="bake the bread"), question="the bread")
    assert "<mark>the</mark>" not in page(hit(text="bake the bread"), question="the bread")


def test_a_box_is_drawn_on_its_page() -> None:
    made = page(hit(page=1, box=[10, 20, 60, 40], page_size=[100, 200]))
    assert "left:10.00%;top:10.00%;width:50.00%;height:10.00%" in made


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"page": 3, "part": "a.pdf"}, "a.pdf page 3"),
        ({"start_s": 62.04, "end_s": 65.0, "speaker": "Ann"}, "1:02.0–1:05.0 Ann"),
        ({"frame_s": 7.0}, "at 0:07.0"),
        ({"sheet": "Q1", "cell": "B4"}, "Q1!B4"),
        ({"slide": 2, "shape": "notes"}, "slide 2"),
        ({"paragraph": 5}, "¶5"),
        ({}, ""),
    ],
)
def test_a_place_in_words(place: dict[str, object], words: str) -> None:
    assert place_words(place) == words


def test_hours_are_told() -> None:
    assert clock(3725.5) == "1:02:05.5"


def test_a_snippet_is_where_the_words_are() -> None:
    text = "filler " * 100 + "the notice period is three months " + "filler " * 100
    shown = snippet(text, "how long is the notice period", most=80)
    assert "notice period" in shown
    assert shown.startswith("…")
    assert len(shown) <= 82
