"""Fields that the look of a picture answers, and those that its words keep."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest

from mmi_cli.datamodel.content import Content, Page, PageBox
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.datamodel.figure import Colour, Figure, Tag
from mmi_cli.datamodel.record import ArrayValue, LeafValue
from mmi_cli.fill.filling import fill_content
from mmi_cli.fill.lessons import Example, learn
from mmi_cli.fill.picture_fields import asks_for_looks
from mmi_cli.schema_file import read_schema_text
from mmi_cli.settings import Settings
from tests.support.models_at_hand import EnginesAtHand

FIGURE: dict[str, Any] = {
    "kind": "picture", "block": 0, "page": 1, "box": (0.0, 0.0, 640.0, 480.0), "sharpness": 0.8,
    "tags": (Tag("balloon", 0.7), Tag("parachute", 0.2), Tag("kite", 0.1)),
    "colours": (Colour("light blue", "#90c4ec", 0.6), Colour("red", "#d02020", 0.3)),
}  # fmt: skip


def content_of(
    words: str = "", *, codes: dict[str, str] | None = None, facts: dict[str, str] | None = None, **figure: Any
) -> Content:
    builder = ContentBuilder()
    for key, value in (facts or {}).items():
        builder.add_metadata(key, value)
    builder.add_page(Page(number=1, width=640, height=480, unit="px", source="ocr", reason="a picture"))
    builder.add_figure(Figure(**{**FIGURE, **figure}))
    if words:
        builder.add_text_block("paragraph", words, PageBox(1, (10, 10, 200, 30)))
    for text, symbology in (codes or {}).items():
        builder.add_text_block("barcode", text, PageBox(1, (300.0, 300.0, 400.0, 400.0)), label=symbology)
    return builder.build()


def filled(fields: str, content: Content, lessons: Any = None) -> dict[str, Any]:
    schema = read_schema_text(f"fields: {fields}", name="s")
    done = fill_content(
        content, schema, engines=EnginesAtHand(), settings=Settings(language_model="none"), lessons=lessons
    )
    return dict(done.fields)


def leaf(fields: str, content: Content, lessons: Any = None) -> LeafValue:
    (value,) = filled(fields, content, lessons).values()
    assert isinstance(value, LeafValue)
    return value


def items(fields: str, content: Content) -> list[tuple[Any, float]]:
    (value,) = filled(fields, content).values()
    assert isinstance(value, ArrayValue)
    return [(item.value, item.confidence) for item in value.items if isinstance(item, LeafValue)]


@pytest.mark.parametrize("name", ["tags", "keywords", "seen_objects"])
def test_tags_that_are_probable_are_values_with_their_probability(name: str) -> None:
    assert items(f"{{{name}: {{type: array, items: {{type: string}}}}}}", content_of()) == [
        ("balloon", 0.7),
        ("parachute", 0.2),
    ]


def test_evidence_of_what_is_seen_is_the_whole_picture() -> None:
    value = leaf("{dominant_colour: string}", content_of())
    (evidence,) = value.evidence
    assert value.value == "light blue"
    assert (evidence.match, evidence.text) == ("computed", "light blue #90c4ec")
    assert (evidence.page, evidence.box, evidence.page_size, evidence.unit) == (
        1,
        (0.0, 0.0, 640.0, 480.0),
        (640, 480),
        "px",
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("colour: {type: string, enum: [red, green]}", "red"), ("colour: {type: string, enum: [Gray, Blue]}", "Blue"),
        ("sharpness: number", 0.8), ("is_blurry: boolean", False), ("imageWidth: integer", 640), ("height_px: integer", 480),
        ("camera: string", "Fennmoor F2"), ("taken_at: date", "2026-05-06"), ("taken_at: string", "2026-05-06T07:08:09"),
        ("gps: string", "51.500000, -0.120000"), ("latitude: number", 51.5), ("longitude: number", -0.12),
    ],
)  # fmt: skip
def test_facts_of_the_pixels_and_the_camera_are_values(field: str, value: Any) -> None:
    facts = {"camera": "Fennmoor F2", "taken": "2026-05-06T07:08:09", "gps": "51.500000, -0.120000"}
    found = leaf(f"{{{field}}}", content_of(facts=facts))
    assert found.value == value
    assert found.confidence > 0.6
    assert found.evidence[0].page == 1


def test_a_fact_that_the_file_does_not_tell_is_no_value() -> None:
    assert leaf("{camera: string}", content_of()).value is None


def test_the_width_of_a_thing_is_not_that_of_its_picture() -> None:
    assert leaf("{width: {type: number, description: Width of the shelf in centimetres.}}", content_of()).value is None


def test_what_is_written_wins_over_what_is_seen() -> None:
    value = leaf("{colour: string}", content_of("Colour: midnight green"))
    assert value.value == "midnight green"
    assert value.evidence[0].match != "computed"


def test_codes_are_values_where_they_stand() -> None:
    content = content_of(codes={"https://example.org/7": "QRCode", "4006381333931": "EAN13"})
    assert [value for value, _ in items("{barcodes: {type: array, items: {type: string}}}", content)] == [
        "https://example.org/7",
        "4006381333931",
    ]
    ean = leaf("{ean: string}", content)
    assert ean.value == "4006381333931"
    assert ean.evidence[0].box == (300.0, 300.0, 400.0, 400.0)
    assert ean.evidence[0].match == "exact"
    assert leaf("{qr_code: string}", content).value == "https://example.org/7"


def test_a_description_is_cited_to_the_picture() -> None:
    content = content_of(description="A balloon over hills.", description_by="eyes-1")
    value = leaf("{description: {type: string, kind: abstracted}}", content)
    assert value.value == "A balloon over hills."
    assert value.evidence[0].box == (0.0, 0.0, 640.0, 480.0)


def test_a_page_of_text_is_no_picture_to_describe() -> None:
    content = content_of("word " * 40, description="Seen: menu.", description_by="tags")
    assert leaf("{summary: {type: string, kind: abstracted}}", content).value is None


def features(direction: int, seed: int) -> str:
    vector = np.random.default_rng(seed).normal(size=64) * 0.6
    vector[direction] += 8
    return base64.b64encode((vector / np.linalg.norm(vector)).astype("<f2").tobytes()).decode()


KIND = "{kind: {type: string, kind: inferred, enum: [cup, hat, shoe]}}"


def labelled(each: int = 6) -> list[Example]:
    return [
        Example(
            uri=f"file:///{kind}/{number}", sha256=f"{kind}{number}", fields={"kind": kind},
            content=content_of(features=features(at, 100 * at + number), features_model="t", tags=()),
        )
        for at, kind in enumerate(("cup", "hat", "shoe"))
        for number in range(each)
    ]  # fmt: skip


def test_labelled_pictures_teach_a_choice() -> None:
    lessons = learn(labelled(), read_schema_text(f"fields: {KIND}", name="s"))
    for at, kind in enumerate(("cup", "hat", "shoe")):
        found = leaf(KIND, content_of(features=features(at, 7), features_model="t", tags=()), lessons)
        assert found.value == kind
        assert 0.5 < found.confidence < 1
        assert found.evidence[0].page == 1
    other = content_of(features=features(0, 7), features_model="another", tags=())
    assert leaf(KIND, other, lessons).value is None


def test_a_picture_never_learns_from_its_own_label() -> None:
    examples = labelled()
    one = examples[0]
    wrong = Example(uri=one.uri, sha256=one.sha256, content=one.content, fields={"kind": "shoe"})
    schema = read_schema_text(f"fields: {KIND}", name="s")
    answers = [
        leaf(KIND, one.content, learn([given, *examples[1:]], schema).without(uri=one.uri, sha256=one.sha256))
        for given in (one, wrong)
    ]
    assert answers[0] == answers[1]
    assert answers[0].value == "cup"


def test_the_order_of_the_labelled_pictures_does_not_matter() -> None:
    schema = read_schema_text(f"fields: {KIND}", name="s")
    content = content_of(features=features(1, 7), features_model="t", tags=())
    assert leaf(KIND, content, learn(labelled(), schema)) == leaf(KIND, content, learn(labelled()[::-1], schema))


@pytest.mark.parametrize(
    ("fields", "asks"),
    [("{total: number, date: date}", False), ("{tags: {type: array, items: {type: string}}}", True), (KIND, True),
    ("{camera: string}", True)],
)  # fmt: skip
def test_only_a_schema_that_asks_for_looks_makes_a_picture_without_words_worth_filling(fields: str, asks: bool) -> None:
    assert asks_for_looks(read_schema_text(f"fields: {fields}", name="s")) == asks


def test_what_is_written_comes_line_by_line_where_it_stands_and_codes_apart() -> None:
    content = content_of("Harbour Office", codes={"https://x.example": "QRCode"})
    (value,) = filled("{text: {type: array, items: {type: string}}}", content).values()
    assert isinstance(value, ArrayValue)
    (line,) = value.items
    assert isinstance(line, LeafValue)
    assert (line.value, line.evidence[0].match, line.evidence[0].box) == ("Harbour Office", "exact", (10, 10, 200, 30))
    assert leaf("{text: string}", content).value == "Harbour Office"


def test_a_single_letter_and_a_picture_without_words_have_no_text() -> None:
    assert items("{text: {type: array, items: {type: string}}}", content_of("m")) == []
    assert leaf("{text: string}", content_of()).value is None


def test_the_mark_that_copies_share_is_a_fact() -> None:
    assert leaf("{fingerprint: {type: string, kind: inferred}}", content_of(fingerprint="ab" * 32)).value == "ab" * 32
