"""What a schema leads a reader to expect."""

from __future__ import annotations

from mmi_cli.datamodel.schema import Schema
from mmi_cli.schema_file import read_schema_text
from mmi_cli.schema_file.vocabulary import words_to_expect

_ORDER = """
vocabulary: [flat white, ristretto]
fields:
  drink: {type: string, enum: [mocha, iced_latte], aliases: [beverage], description: A hot or cold drink.}
  extras: {type: array, items: {type: string, enum: [whipped cream, Mocha]}}
  milk: {type: string, examples: [some oat milk]}
  number: {type: string, examples: [INV-100, 12 ounce]}
  mood: {type: string, kind: inferred, enum: [delighted, annoyed]}
  count: {type: integer, aliases: [how many]}
"""


def schema(text: str) -> Schema:
    return read_schema_text(text, name="x")


def test_the_explicit_words_come_first_then_values_examples_and_labels_each_once() -> None:
    assert words_to_expect([schema(_ORDER)]) == (
        "flat white", "ristretto", "mocha", "iced latte", "whipped cream", "some oat milk", "beverage",
    )  # fmt: skip


def test_a_judgement_a_description_and_a_number_are_no_words_to_listen_for() -> None:
    found = " ".join(words_to_expect([schema(_ORDER)]))
    assert not any(word in found for word in ("delighted", "cold drink", "INV-100", "12 ounce", "how many"))


def test_several_schemas_share_one_reading_with_the_explicit_words_of_all_first() -> None:
    other = schema("vocabulary: [cortado]\nfields: {drink: {type: string, enum: [tea]}}")
    found = words_to_expect([schema(_ORDER), other])
    assert found[:3] == ("flat white", "ristretto", "cortado")
    assert "tea" in found


def test_there_is_an_end_to_it() -> None:
    many = ", ".join(f"word{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(26 * 26))
    assert len(words_to_expect([schema(f"fields: {{drink: {{type: string, enum: [{many}]}}}}")])) == 500


def test_a_schema_without_words_expects_none() -> None:
    assert words_to_expect([schema("fields: {total: number}")]) == ()
