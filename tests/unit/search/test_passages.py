"""Passages: every word once, bounded, in one place each."""

from __future__ import annotations

from mmi_cli.datamodel.content import Content, PageBox, ParagraphPlace, TimeSpan
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.search.passages import estimate_tokens, split_passages


def by_words(text: str) -> int:
    return len(text.split())


def flowing(*blocks: tuple[str, str, int]) -> Content:
    builder = ContentBuilder()
    for number, (kind, text, level) in enumerate(blocks, start=1):
        builder.add_text_block(kind, text, ParagraphPlace(number), level=level)  # type: ignore[arg-type]
    return builder.build()


def all_words(content: Content, **bounds: int) -> list[str]:
    return [word for each in split_passages(content, count_tokens=by_words, **bounds) for word in each.text.split()]


def test_every_word_is_in_one_passage_and_in_order() -> None:
    content = flowing(
        ("title", "The Lease", 0), ("paragraph", "one two three. " * 90, 0), ("paragraph", "word " * 700, 0)
    )
    assert all_words(content, most_tokens=50) == [word.text for word in content.words]


def test_no_passage_is_longer_than_the_bound_with_its_headings() -> None:
    content = flowing(
        ("title", "A rather long title of a document", 0),
        ("heading", "And of a part", 1),
        ("paragraph", "a b c d. " * 200, 0),
    )
    passages = split_passages(content, count_tokens=by_words, most_tokens=40)
    assert len(passages) > 10
    assert max(by_words(each.text_with_headings) for each in passages) <= 41  # the sign between two headings


def test_a_passage_stands_under_its_headings_and_a_new_one_ends_it() -> None:
    filling = "some words to fill the part with, more than a few so that it stands alone, as parts of papers do. " * 2
    content = flowing(
        ("title", "Handbook", 0), ("heading", "Leave", 1), ("paragraph", filling, 0), ("heading", "Pay", 1),
        ("paragraph", "Paid monthly. " + filling, 0), ("paragraph", "The end. " * 60, 0),
    )  # fmt: skip
    passages = split_passages(content, count_tokens=by_words, most_tokens=60)
    monthly = next(each for each in passages if "Paid monthly" in each.text)
    assert monthly.headings == ("Handbook",)
    assert monthly.text.startswith("Pay")
    assert passages[-1].headings == ("Handbook", "Pay")
    assert "Leave" not in monthly.text


def test_a_sentence_is_not_cut_while_it_fits() -> None:
    content = flowing(("paragraph", "The first has six words here. The second has six as well. Third.", 0))
    texts = [each.text for each in split_passages(content, count_tokens=by_words, most_tokens=8)]
    assert texts == ["The first has six words here.", "The second has six as well. Third."]


def test_a_passage_never_crosses_a_page_and_its_box_is_the_hull_of_its_words() -> None:
    builder = ContentBuilder()
    for page in (1, 2):
        words = [(f"w{page}{at}", PageBox(page, (10.0 * at, 5.0, 10.0 * at + 8, 15.0)), 0.9) for at in range(3)]
        builder.add_block("paragraph", [words])
    first, second = split_passages(builder.build(), count_tokens=by_words)
    assert (first.place.page, second.place.page) == (1, 2)
    assert first.place.box == (0.0, 5.0, 28.0, 15.0)


def test_a_turn_is_of_one_speaker_and_has_its_times() -> None:
    builder = ContentBuilder()
    for start, (speaker, text) in enumerate([("Ann", "hello there"), ("Ann", "how are you"), ("Ben", "fine")]):
        place = TimeSpan(float(start), start + 0.9, speaker)
        builder.add_block("utterance", [[(word, place, None) for word in text.split()]])
    turns = split_passages(builder.build(), count_tokens=by_words)
    assert [(each.place.speaker, each.place.start_s, each.place.end_s) for each in turns] == [
        ("Ann", 0.0, 1.9), ("Ben", 2.0, 2.9),
    ]  # fmt: skip
    assert all(each.is_spoken for each in turns)


def test_nothing_has_no_passages() -> None:
    assert split_passages(ContentBuilder().build()) == ()


def test_the_estimate_is_no_lower_than_words() -> None:
    assert estimate_tokens("a bc 2026-03-04 internationalisation") >= 4
