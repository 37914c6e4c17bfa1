"""What a schema spells out is found by its words, also where they are misheard, and nothing else is."""

from __future__ import annotations

import pytest

from mmi_cli.datamodel.content import Content, ParagraphPlace, TimeSpan
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.datamodel.record import ArrayValue, LeafValue
from mmi_cli.datamodel.schema import Schema
from mmi_cli.fill.filling import fill_content
from mmi_cli.fill.phrases import find_phrases
from mmi_cli.fill.plain_words import plain_words
from mmi_cli.fill.reading import Reading
from mmi_cli.schema_file import read_schema_text
from mmi_cli.settings import Settings
from tests.support.models_at_hand import EnginesAtHand, ScriptedModel
from tests.support.pages import page_of

_ORDER = read_schema_text(
    """
fields:
  drink: {type: string, enum: [coffee, iced coffee, house coffee, mocha, iced mocha]}
  roast: {type: string, enum: [light roast, medium roast, dark roast]}
  size: {type: string, enum: [small, medium, twelve ounce, twenty_one ounce]}
  milk: {type: string, examples: [lots of soy milk, some whole milk, a little bit of cream]}
  sugar: {type: string, examples: [a bit of brown sugar, sugar, sweetener]}
""",
    name="order",
)


def spoken(text: str, score: float = 0.9) -> Content:
    builder = ContentBuilder()
    words = [(word, TimeSpan(0.5 * at, 0.5 * at + 0.4), score) for at, word in enumerate(text.split())]
    builder.add_block("utterance", [words])
    return builder.build()


def written(text: str) -> Content:
    builder = ContentBuilder()
    for number, line in enumerate(text.split("\n"), start=1):
        builder.add_block("paragraph", [[(word, ParagraphPlace(number), None) for word in line.split()]])
    return builder.build()


def found(content: Content, schema: Schema = _ORDER) -> dict[str, object]:
    """Field → the value of its best proposal."""
    by_field = find_phrases(Reading(content, schema.locale), schema.fields)
    return {name: proposals[0].value for name, proposals in by_field.items() if proposals}


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("a 12-ounce mocha", {"drink": "mocha", "size": "twelve ounce"}),
        ("A Twelve Ounce iced-mocha please", {"drink": "iced mocha", "size": "twelve ounce"}),
        ("twenty-one ounces of house coffee", {"drink": "house coffee", "size": "twenty_one ounce"}),
        ("a medium roast iced coffee", {"drink": "iced coffee", "roast": "medium roast"}),
        ("a medium dark roast coffee", {"drink": "coffee", "roast": "dark roast", "size": "medium"}),
        ("two coffees", {"drink": "coffee"}),
    ],
)
def test_values_are_found_in_any_spelling_and_the_longest_takes_its_words(said: str, values: dict[str, str]) -> None:
    assert found(spoken(said)) == values


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("a light rose coffee", {"drink": "coffee", "roast": "light roast"}),
        ("a dark rust moka", {"drink": "mocha", "roast": "dark roast"}),
        ("make me a nice coffee", {"drink": "iced coffee"}),
    ],
)
def test_what_is_slightly_misheard_is_found_and_trusted_less(said: str, values: dict[str, str]) -> None:
    content = spoken(said, score=0.6)
    assert found(content) == values
    field = _ORDER.fields[1 if "roast" in values else 0]
    (best, *_) = find_phrases(Reading(content, None), _ORDER.fields)[field.name]
    assert (best.match, best.strength < 0.7) == ("fuzzy", True)


@pytest.mark.parametrize(
    "said", ["the dark room", "a large tea", "smell the maple", "no coffee", "without mocha", "light. Roast it"]
)
def test_what_only_resembles_a_value_or_is_denied_is_not_found(said: str) -> None:
    assert found(spoken(said)) == {}


def test_another_word_beside_a_value_is_no_misheard_one() -> None:
    assert found(spoken("a hot coffee")) == {"drink": "coffee"}


def test_writing_is_never_taken_for_misheard() -> None:
    assert found(written("a light rose coffee")) == {"drink": "coffee"}


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("with a little bit of whole milk", {"milk": "a little bit of whole milk"}),
        ("lots of cream and some sugar", {"milk": "lots of cream", "sugar": "some sugar"}),
        ("with sweetener and soy milk", {"milk": "soy milk", "sugar": "sweetener"}),
        ("some brown sugar, a lot of cream", {"milk": "a lot of cream", "sugar": "some brown sugar"}),
        ("and some oat milk please", {"milk": "some oat milk"}),
        ("milk it is", {"milk": "milk"}),
        ("no sugar but cream", {"milk": "cream"}),
        ("a bit of a lot of some", {}),
    ],
)
def test_phrases_like_the_examples_are_found_in_combinations_no_example_has(said: str, values: dict[str, str]) -> None:
    assert found(spoken(said)) == values


def test_an_example_with_a_number_teaches_any_number() -> None:
    schema = read_schema_text("fields: {size: {type: string, examples: [twelve ounce, eight ounce, small]}}", name="x")
    assert found(spoken("a 16 ounce coffee"), schema) == {"size": "16 ounce"}


@pytest.mark.parametrize("examples", ["[INV-100, INV-200]", "[Contoso Ltd, Fabrikam Inc]", "['2026', '2027']"])
def test_names_codes_and_numbers_are_no_phrases(examples: str) -> None:
    schema = read_schema_text(f"fields: {{what: {{type: string, examples: {examples}}}}}", name="x")
    assert find_phrases(Reading(spoken("the Widget Ltd has invoice INV-300 of 2026"), None), schema.fields) == {}


def test_examples_that_do_not_end_alike_are_cases_of_something_open_and_left_to_the_model() -> None:
    schema = read_schema_text(
        "fields: {reason: {type: string, examples: [late delivery, wrong item, rude driver]}}", name="x"
    )
    content = spoken("the item is fine but the bill was too high")
    assert find_phrases(Reading(content, None), schema.fields) == {}
    model = ScriptedModel({"reason": "the bill was too high"})
    filled = fill_content(content, schema, engines=EnginesAtHand(model), settings=Settings())
    reason = dict(filled.fields)["reason"]
    assert isinstance(reason, LeafValue)
    assert reason.value == "the bill was too high"


def test_the_record_holds_the_spelling_of_the_schema_and_the_evidence_what_was_said_and_when() -> None:
    filled = fill_content(spoken("one 12-ounce coffee"), _ORDER, engines=EnginesAtHand(None), settings=Settings())
    size = dict(filled.fields)["size"]
    assert isinstance(size, LeafValue)
    assert size.value == "twelve ounce"
    assert size.confidence > 0.8
    (evidence,) = size.evidence
    assert (evidence.text, evidence.match, evidence.start_s, evidence.end_s) == (
        "12-ounce coffee"[:8],
        "normalized",
        0.5,
        0.9,
    )


def test_what_is_not_said_is_absent_without_asking_the_model() -> None:
    model = ScriptedModel({"roast": "dark roast", "sugar": "some sugar"})
    filled = fill_content(spoken("one coffee please"), _ORDER, engines=EnginesAtHand(model), settings=Settings())
    for name in ("roast", "size", "milk", "sugar"):
        value = dict(filled.fields)[name]
        assert isinstance(value, LeafValue)
        assert value.value is None
        assert value.confidence > 0.5
    assert filled.usage.model_input_tokens == 0


def test_a_list_holds_every_value_that_is_named_once() -> None:
    schema = read_schema_text(
        "fields: {extras: {type: array, items: {type: string, enum: [foam, ice, syrup]}}}", name="x"
    )
    filled = fill_content(
        spoken("syrup and foam and more syrup"), schema, engines=EnginesAtHand(None), settings=Settings()
    )
    extras = dict(filled.fields)["extras"]
    assert isinstance(extras, ArrayValue)
    assert [item.value for item in extras.items if isinstance(item, LeafValue)] == ["syrup", "foam"]


def test_in_writing_a_label_decides_between_values_that_are_named() -> None:
    schema = read_schema_text("fields: {status: {type: string, enum: [open, closed]}}", name="x")
    text = "The shop is open all day.\nStatus: closed"
    filled = fill_content(written(text), schema, engines=EnginesAtHand(None), settings=Settings())
    status = dict(filled.fields)["status"]
    assert isinstance(status, LeafValue)
    assert status.value == "closed"


def test_plain_words_join_the_words_of_a_number_and_know_where_they_stand() -> None:
    text = "Twenty-one Ounces, please"
    assert [(word.plain, text[word.start : word.end]) for word in plain_words(text)] == [
        ("21", "Twenty-one"), ("ounce", "Ounces"), ("please", "please"),
    ]  # fmt: skip


def test_a_scan_may_misread_a_value_of_an_enum_and_the_print_stays_in_the_evidence() -> None:
    schema = read_schema_text(
        "fields: {shop: {type: string, enum: [Guardian Health Sdn Bhd, Harbour Coffee, Sanyu Stationery]}}", name="x"
    )
    page = page_of("buardian Health Sdn Bhd", "Total 9.00", scores=0.8)
    shop = dict(fill_content(page, schema, engines=EnginesAtHand(None), settings=Settings()).fields)["shop"]
    assert isinstance(shop, LeafValue)
    assert shop.value == "Guardian Health Sdn Bhd"
    assert [(piece.text, piece.match) for piece in shop.evidence] == [("buardian Health Sdn Bhd", "fuzzy")]


def test_a_field_with_an_enum_holds_one_of_its_values_or_none() -> None:
    schema = read_schema_text("fields: {company: {type: string, enum: [Harbour Coffee, Sanyu Stationery]}}", name="x")
    page = page_of("ACME STORES SDN BHD", "Company: Fabrikam Ltd", scores=0.9)
    company = dict(fill_content(page, schema, engines=EnginesAtHand(None), settings=Settings()).fields)["company"]
    assert isinstance(company, LeafValue)
    assert company.value is None
