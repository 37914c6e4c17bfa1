"""What the modalities of one file say, put together."""

from __future__ import annotations

from typing import Any

import pytest

from mmi_cli.datamodel.content import Content, FrameBox, ParagraphPlace, TimeSpan
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.datamodel.filled import Filled
from mmi_cli.datamodel.record import ArrayValue, LeafValue
from mmi_cli.engines.interface import Completion
from mmi_cli.errors import MissingEngine
from mmi_cli.fill.filling import fill_content
from mmi_cli.fill.views import views_of
from mmi_cli.schema_file import read_schema_text
from mmi_cli.settings import Settings

SCHEMA = """
name: order
fields:
  order_number: {type: string, aliases: [order number], pattern: 'A-[0-9]{4}'}
  total: {type: number, aliases: [total, the total is]}
  delivery_date: {type: date, aliases: [delivery date, delivered on]}
  emails: {type: array, items: {type: string, description: An e-mail address.}}
"""


class NoEngines:
    """Engines of a machine on which all are turned off."""

    def __getattr__(self, name: str) -> Any:
        return lambda: None


class OnlyAModel(NoEngines):
    """A language model with one answer."""

    def __init__(self, answer: str) -> None:
        self._answer = answer
        self.name, self.context_tokens = "one answer", 4096

    def language_model(self) -> OnlyAModel:
        return self

    def complete(self, **asked: Any) -> Completion:
        return Completion(text=self._answer, tokens=(), input_tokens=1, output_tokens=1, is_complete=True)

    def count_tokens(self, text: str) -> int:
        return len(text) // 4


def film(*, said: str, shown: str) -> Content:
    builder = ContentBuilder()
    at = 0
    for number, line in enumerate(shown.splitlines()):
        words = [
            (word, FrameBox(1.0, (10.0 * at, 20.0 * number, 10.0 * at + 8, 20.0 * number + 12)), 0.99)
            for at, word in enumerate(line.split())
        ]
        builder.add_block("on_screen_text", [words])
        spoken = said.splitlines()[number] if number < len(said.splitlines()) else ""
        builder.add_block(
            "utterance",
            [[(word, TimeSpan(at + 0.5 * i, at + 0.5 * i + 0.4, None), 0.99) for i, word in enumerate(spoken.split())]],
        )
        at += 5
    return builder.build()


def filled(content: Content, fusion: str) -> Filled:
    schema = read_schema_text(f"{SCHEMA}fusion: {fusion}\n", name="s")
    return fill_content(content, schema, engines=NoEngines(), settings=Settings(language_model="none"))


def leaf(filled: Filled, name: str) -> LeafValue:
    value = dict(filled.fields)[name]
    assert isinstance(value, LeafValue)
    return value


SHOWN = "Order number: A-1234\nTotal: 99.50"
SAID = "Your order number is A-1234.\nThe total is 99.50 dollars."


def test_the_views_of_a_file_are_its_modalities_and_hold_all_of_its_words() -> None:
    content = film(said=SAID, shown=SHOWN)
    views = views_of(content)
    assert [view.name for view in views] == ["screen", "speech"]
    assert sorted(word.text for view in views for word in view.content.words) == sorted(
        word.text for word in content.words
    )


def test_a_place_in_a_view_is_that_place_in_the_whole() -> None:
    content = film(said=SAID, shown=SHOWN)
    for view in views_of(content):
        for word in view.content.words:
            assert view.content.text[word.offset : word.offset + len(word.text)] == word.text
            at = view.in_whole(word.offset)
            assert content.text[at : at + len(word.text)] == word.text


def test_a_file_of_one_modality_is_one_view() -> None:
    builder = ContentBuilder()
    builder.add_text_block("paragraph", "Order number: A-1234", ParagraphPlace(1))
    content = builder.build()
    (view,) = views_of(content)
    assert view.content is content


@pytest.mark.parametrize("fusion", ["hybrid", "late"])
def test_what_two_modalities_say_alike_is_surer_and_has_both_places(fusion: str) -> None:
    both = filled(film(said=SAID, shown=SHOWN), fusion)
    alone = filled(film(said="", shown=SHOWN), fusion)
    assert leaf(both, "total").value == 99.5
    assert leaf(both, "total").confidence > leaf(alone, "total").confidence
    places = {(piece.frame_s is not None, piece.start_s is not None) for piece in leaf(both, "total").evidence}
    assert places == {(True, False), (False, True)}
    content = film(said=SAID, shown=SHOWN)
    for piece in leaf(both, "total").evidence:
        assert piece.span is not None
        assert content.text[piece.span[0] : sum(piece.span)] == piece.text


@pytest.mark.parametrize("fusion", ["hybrid", "late"])
def test_what_two_modalities_say_differently_is_doubtful_and_told(fusion: str) -> None:
    torn = filled(film(said=SAID.replace("99.50", "95.90"), shown=SHOWN), fusion)
    alone = filled(film(said="", shown=SHOWN), fusion)
    assert leaf(torn, "total").value in (99.5, 95.9)
    assert leaf(torn, "total").confidence < leaf(alone, "total").confidence
    assert any(notice.code == "contradicted" and "total" in notice.message for notice in torn.warnings)


def test_late_fusion_keeps_each_item_of_a_list_once() -> None:
    content = film(said="Write to anna@post.example please.\n", shown="anna@post.example\nben@post.example")
    value = dict(filled(content, "late").fields)["emails"]
    assert isinstance(value, ArrayValue)
    assert sorted(str(item.value) for item in value.items if isinstance(item, LeafValue)) == [
        "anna@post.example",
        "ben@post.example",
    ]


def test_early_fusion_needs_a_language_model() -> None:
    with pytest.raises(MissingEngine, match="early"):
        filled(film(said=SAID, shown=SHOWN), "early")


def test_early_fusion_takes_the_model_at_its_word_where_it_stands_in_the_file() -> None:
    schema = read_schema_text(f"{SCHEMA}fusion: early\n", name="s")
    engines = OnlyAModel('{"order_number": "A-1234", "total": "99.50", "delivery_date": "2020-01-01", "emails": []}')
    early = fill_content(film(said=SAID, shown=SHOWN), schema, engines=engines, settings=Settings())
    assert leaf(early, "order_number").value == "A-1234"
    assert leaf(early, "total").value == 99.5
    assert leaf(early, "delivery_date").value is None
