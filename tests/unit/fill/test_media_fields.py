"""What a recording answers by itself, as a whole and for each of its segments."""

from __future__ import annotations

from typing import Any

import pytest

from mmi_cli.datamodel.content import Content, Sound
from mmi_cli.datamodel.filled import Filled
from mmi_cli.datamodel.record import ArrayValue, LeafValue, ObjectValue
from mmi_cli.errors import UsageError
from mmi_cli.fill.filling import fill_content
from mmi_cli.schema_file.loading import load_schema
from mmi_cli.schema_file.writing import to_yaml
from mmi_cli.settings import Settings
from tests.support.models_at_hand import EnginesAtHand, ScriptedModel
from tests.support.recordings import recording
from tests.support.small_index import WordsAsVectors

SAID = [
    (1.0, "Welcome to the roasting of coffee beans."),
    (5.0, "Coffee beans are roasted for twelve minutes by Harbour Coffee Ltd."),
    (13.0, "Ships carry the green beans over the sea to Bergen."),
    (19.0, "How long do ships take?"),
]
SHOWN = {5.0: ["Roasting coffee", "twelve minutes"], 17.0: ["By ship", "to Bergen"]}


class Engines(EnginesAtHand):
    def text_embedder(self) -> WordsAsVectors:  # type: ignore[override]
        return WordsAsVectors()


def a_talk() -> Content:
    return recording(
        SAID,
        shots=[0.0, 12.0],
        settings=[1, 2],
        shown=SHOWN,
        tags={1: "container ship"},
        sounds=[Sound(0.0, 23.0, "speech"), Sound(23.0, 26.0, "music")],
        end_s=26.0,
    )


def filled(content: Content, fields: str, model: ScriptedModel | None = None) -> Filled:
    schema = load_schema("media-asset") if fields == "built-in" else _schema(fields)
    settings = Settings.model_validate({} if model else {"language_model": "none"})
    return fill_content(content, schema, engines=Engines(model), settings=settings)


def _schema(fields: str) -> Any:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "talk.yaml"
        path.write_text(f"name: talk\nfields:\n{fields}", "utf-8")
        return load_schema(str(path))


def rows(result: Filled, name: str) -> list[dict[str, Any]]:
    value = dict(result.fields)[name]
    assert isinstance(value, ArrayValue)
    return [dict(row.members) for row in value.items if isinstance(row, ObjectValue)]


def plain(value: Any) -> Any:
    return [plain(each) for each in value.items] if isinstance(value, ArrayValue) else value.value


def test_the_whole_is_measured() -> None:
    values = {name: value for name, value in filled(a_talk(), "built-in").fields if name != "scenes"}
    assert {name: plain(value) for name, value in values.items()}.items() >= {
        "title": "Roasting coffee", "duration_s": 26.0, "resolution": "640x360", "language": "en", "has_speech": True, "has_music": True,
        "tags": ["container ship"],
    }.items()  # fmt: skip
    assert values["tags"].items[0].evidence[0].frame_s == 19.0  # type: ignore[union-attr]


def test_each_scene_has_its_times_title_words_and_pictures() -> None:
    first, second = rows(filled(a_talk(), "built-in"), "scenes")
    assert [plain(first[name]) for name in ("start_s", "end_s", "title")] == [0.0, 12.0, "Roasting coffee"]
    assert [plain(second[name]) for name in ("start_s", "end_s", "title")] == [12.0, 26.0, "By ship"]
    assert plain(first["on_screen_text"]) == ["Roasting coffee", "twelve minutes"]
    assert plain(second["tags"]) == ["container ship"]
    assert plain(second["speech"]) == "Ships carry the green beans over the sea to Bergen. How long do ships take?"
    assert plain(second["sound"]) == "speech"
    assert plain(second["key_frame_s"]) == 19.0


def test_every_value_of_a_scene_stands_where_its_evidence_says() -> None:
    content = a_talk()
    for row in rows(filled(content, "built-in"), "scenes"):
        for value in row.values():
            leaves = value.items if isinstance(value, ArrayValue) else (value,)
            for leaf in leaves:
                assert isinstance(leaf, LeafValue)
                assert leaf.value is None or leaf.evidence
                for piece in leaf.evidence:
                    assert piece.span or piece.start_s is not None or piece.frame_s is not None
                    if piece.span:
                        start, length = piece.span
                        assert content.text[start : start + length].split() == piece.text.split()


def test_other_properties_are_looked_for_in_the_words_of_their_segment() -> None:
    fields = """
  parts:
    type: array
    per: shot
    items:
      type: object
      properties:
        companies: {type: array, items: {type: string, description: Name of a company.}}
"""
    content = a_talk()
    first, second = rows(filled(content, fields), "parts")
    (company,) = first["companies"].items
    assert company.value.rstrip(".") == "Harbour Coffee Ltd"
    start, length = company.evidence[0].span
    assert content.text[start : start + length] == company.value
    assert not second["companies"].items


def test_scenes_are_told_by_the_words_of_the_schema_and_joined() -> None:
    fields = """
  parts:
    type: array
    per: part
    items:
      type: object
      properties:
        part:
          type: string
          enum: [roasting, shipping]
          enum_descriptions: {roasting: coffee beans are roasted, shipping: ships carry beans over the sea}
        start_s: number
        end_s: number
"""
    found = rows(filled(a_talk(), fields), "parts")
    assert [(plain(row["part"]), plain(row["start_s"]), plain(row["end_s"])) for row in found] == [
        ("roasting", 0.0, 12.0), ("shipping", 12.0, 26.0),
    ]  # fmt: skip


def test_a_model_writes_the_summary_of_each_segment_and_the_screen_keeps_its_title() -> None:
    model = ScriptedModel({"summary": "Coffee beans are carried by ships.", "title": "Something else"})
    found = rows(filled(a_talk(), "built-in", model), "scenes")
    assert [plain(row["title"]) for row in found] == ["Roasting coffee", "By ship"]
    assert plain(found[1]["summary"]) == "Coffee beans are carried by ships."
    assert len(model.asked) == 2 + 1


def test_only_the_segments_with_most_words_are_asked_about_where_there_are_many() -> None:
    model = ScriptedModel({"summary": "Coffee beans are carried by ships.", "title": "Something else"})
    settings = Settings.model_validate({"max_segment_questions": 1})
    result = fill_content(a_talk(), load_schema("media-asset"), engines=Engines(model), settings=settings)
    assert len(model.asked) == 1 + 1
    assert [notice.code for notice in result.warnings if notice.code == "segments_not_asked"] == ["segments_not_asked"]
    assert all(plain(row["summary"]) for row in rows(result, "scenes"))


def test_a_recording_in_which_nothing_is_said_needs_no_model() -> None:
    model = ScriptedModel({"summary": "Nothing.", "title": "Nothing"})
    result = filled(recording(shots=[0.0], tags={0: "gazelle"}, end_s=9.0), "built-in", model)
    values = dict(result.fields)
    assert not model.asked
    assert plain(values["title"]) == "Gazelle"
    assert plain(values["language"]) is None
    assert not result.warnings
    (scene,) = rows(result, "scenes")
    assert plain(scene["sound"]) == "silence"


def test_a_schema_with_segments_is_written_and_read_again() -> None:
    schema = load_schema("media-asset")
    assert "per: scene" in to_yaml(schema)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ("  a: {type: array, per: scenes, items: {type: object, properties: {start: number}}}\n", "did you mean 'scene'"),
        ("  a: {type: string, per: scene}\n", "array of objects"),
        ("  a: {type: array, per: scene, items: {type: string}}\n", "array of objects"),
    ],
)  # fmt: skip
def test_a_division_that_cannot_be_is_told_with_its_line(fields: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        _schema(fields)
