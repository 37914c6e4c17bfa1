"""The model is asked for what the cheap finders leave unsure, and for nothing else."""

from __future__ import annotations

from mmi_cli.datamodel.record import ArrayValue, LeafValue
from mmi_cli.errors import MissingEngine
from mmi_cli.fill.confidence import Signals, confidence_of
from mmi_cli.fill.filling import fill_content
from mmi_cli.schema_file import read_schema_text
from mmi_cli.settings import Settings
from tests.support.models_at_hand import EnginesAtHand, ScriptedModel
from tests.support.pages import page_of

AGREEMENT = page_of(
    "This Agreement is made by and between Acme Corp., a Utah company, and Beta LLC.",
    "It shall be governed by the laws of the State of Oregon.",
)
SCHEMA = read_schema_text(
    """
name: agreement
fields:
  parties: {type: array, items: {type: string}}
  jurisdiction: {type: string, description: State whose law governs}
  colour: {type: string, description: Colour of the paper}
""",
    name="agreement.yaml",
)


def asked(model: ScriptedModel) -> list[str]:
    return [name for _, _, schema in model.asked if schema is not None for name in schema["properties"]]


def test_a_sure_clause_is_not_asked_of_the_model_and_an_unfound_value_is() -> None:
    model = ScriptedModel({"parties": ["Nobody"], "jurisdiction": "Utah", "colour": None})
    filled = dict(fill_content(AGREEMENT, SCHEMA, engines=EnginesAtHand(model), settings=Settings()).fields)
    assert asked(model) == ["colour"]
    law, parties = filled["jurisdiction"], filled["parties"]
    assert isinstance(law, LeafValue)
    assert law.value == "Oregon"
    assert law.confidence is not None
    assert law.confidence >= 0.6
    assert isinstance(parties, ArrayValue)
    assert [each.value for each in parties.items if isinstance(each, LeafValue)] == ["Acme Corp.", "Beta LLC"]


def test_doubtful_parties_are_asked_of_the_model() -> None:
    model = ScriptedModel({"parties": [], "jurisdiction": None, "colour": None})
    content = page_of("The train between London and Paris was late.")
    filled = dict(fill_content(content, SCHEMA, engines=EnginesAtHand(model), settings=Settings()).fields)
    assert "parties" in asked(model)
    assert filled["parties"] == ArrayValue(items=())


def test_a_model_is_not_loaded_where_every_field_is_sure() -> None:
    schema = read_schema_text("name: x\nfields:\n  total: number\n  date: date\n", name="x.yaml")
    engines = EnginesAtHand(MissingEngine("no weights"))
    content = page_of("Date: 25/12/2018", "Pencil  2.50", "Paper   6.50", "Total   9.00")
    filled = fill_content(content, schema, engines=engines, settings=Settings())
    assert [value.value for _, value in filled.fields if isinstance(value, LeafValue)] == [9.0, "2018-12-25"]
    assert filled.warnings == ()


def test_signals_that_speak_for_a_value_raise_its_confidence_and_doubts_lower_it() -> None:
    plain = Signals(finder="label", strength=0.7, margin=0.2, field_type="number")
    summed = Signals(finder="label", strength=0.7, margin=0.2, field_type="number", is_summed=True)
    misread = Signals(finder="label", strength=0.7, margin=0.2, field_type="number", source_score=0.4, source_doubt=0.6)
    assert confidence_of(summed) > confidence_of(plain) > confidence_of(misread)
    assert all(0 < confidence_of(each) < 1 for each in (plain, summed, misread))


def test_few_copied_fields_are_shown_few_passages_and_written_ones_the_whole_file() -> None:
    noise = page_of(*(f"Paragraph {'x' * n} speaks about colour, weather and harvest." for n in range(150)))
    shown = {}
    for kind in ("extracted", "abstracted"):
        schema = read_schema_text(
            f"name: x\nfields:\n  colour: {{type: string, kind: {kind}, description: Colour}}\n", name="x.yaml"
        )
        model = ScriptedModel({"colour": None})
        fill_content(noise, schema, engines=EnginesAtHand(model), settings=Settings())
        shown[kind] = model.count_tokens(model.asked[0][1])
    assert shown["extracted"] < 700 < shown["abstracted"]
