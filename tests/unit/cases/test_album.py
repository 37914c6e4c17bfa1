"""A folder of pictures as a case: copies, what is seen how often, what is blurred, what is lacking."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mmi_cli.album_names import LISTINGS, MEASURES
from mmi_cli.cases.copies import NEAR_BITS, SAME_BITS, Marked, copies_among
from mmi_cli.cases.gathering import cases_of
from mmi_cli.cases.papers import Paper
from mmi_cli.datamodel.record import ArrayValue, Evidence, LeafValue, plain_value
from mmi_cli.errors import UsageError
from mmi_cli.schema_file import load_schema, read_schema_text

MARK = "b39d7c9d0ee4d36b64e69d1ae50613628c594d1e332bcce41339e2964a673a99"
OTHER = "ed2cb2c312d3cf3c92de6d2dcc3971e1692c12c7ac639e182392b8f343c761e1"


def with_bits_turned(mark: str, count: int) -> str:
    return f"{int(mark, 16) ^ ((1 << count) - 1):064x}"


def leaf(value: Any, type_: str = "string") -> LeafValue:
    evidence = () if value is None else (Evidence(text=str(value), match="computed", page=1),)
    return LeafValue(type=type_, kind="inferred", value=value, confidence=0.8, evidence=evidence)  # type: ignore[arg-type]


def texts(*values: str) -> ArrayValue:
    return ArrayValue(items=tuple(leaf(value) for value in values))


def picture(path: str, *, sha256: str = "", side: int = 100, mark: str = MARK, **fields: Any) -> Paper:
    own = {
        "tags": texts(), "text": texts(), "colours": texts("red"), "width": leaf(side, "integer"), "height": leaf(side, "integer"),
        "sharpness": leaf(0.9, "number"), "taken_at": leaf(None), "gps": leaf(None), "fingerprint": leaf(mark), **fields,
    }  # fmt: skip
    return Paper(
        path=path, uri=f"file:///in/{path}", size_bytes=1, sha256=sha256 or path, modality="image", status="ok", category="picture",
        confidence=1.0, fields=tuple(own.items()),
    )  # fmt: skip


def album(*papers: Paper) -> dict[str, Any]:
    (record,) = cases_of("holiday", papers, load_schema("image-folder"))
    return {name: plain_value(value) for name, value in record.to_json()["fields"].items()}


def test_copies_are_told_with_the_largest_as_the_picture_to_keep() -> None:
    told = album(
        picture("a.jpg", side=50, mark=with_bits_turned(MARK, SAME_BITS)), picture("b.jpg"), picture("c.jpg", mark=OTHER),
        picture("d.jpg", side=90, mark=with_bits_turned(MARK, NEAR_BITS)),
    )  # fmt: skip
    assert [(row["file"], row["copy_of"], row["how"], row["likeness"]) for row in told["duplicates"]] == [
        ("a.jpg", "b.jpg", "same picture", round(1 - SAME_BITS / 256, 4)),
        ("d.jpg", "b.jpg", "nearly the same picture", 0.75),
    ]
    assert (told["picture_count"], told["different_pictures"]) == (4, 2)
    assert {row["file"]: row["copy_of"] for row in told["pictures"]} == {
        "a.jpg": "b.jpg", "b.jpg": None, "c.jpg": None, "d.jpg": "b.jpg",
    }  # fmt: skip


def test_of_the_same_bytes_the_shortest_name_is_the_picture_and_all_are_counted() -> None:
    told = album(picture("a (1).jpg", sha256="s", taken_at=leaf("2026-05-06T07:08:09")), picture("a.jpg", sha256="s"))
    assert [(row["file"], row["copy_of"], row["how"]) for row in told["duplicates"]] == [
        ("a (1).jpg", "a.jpg", "same bytes")
    ]
    assert (told["picture_count"], told["different_pictures"]) == (2, 1)
    assert [(row["file"], row["taken_at"]) for row in told["pictures"]] == [
        ("a (1).jpg", None), ("a.jpg", "2026-05-06T07:08:09"),
    ]  # fmt: skip


def test_two_that_look_alike_and_say_something_else_are_no_copies() -> None:
    def tin(path: str, text: str) -> Marked:
        return Marked(path=path, fingerprint=MARK, text=text)

    assert not copies_among([tin("a", "Morning Breeze black tea 125 g"), tin("b", "Evening Roast ground coffee 250 g")])
    assert copies_among([tin("a", "Morning Breeze black tea 125 g"), tin("b", "Morning Breoze black tea 125 g")])
    assert copies_among([tin("a", "Morning Breeze black tea 125 g"), tin("b", "")])


def test_two_receipts_of_one_shop_are_no_copies() -> None:
    def receipt(path: str, first: int) -> Marked:
        rows = " ".join(f"Item {number} {first + 7 * number}.50" for number in range(8))
        return Marked(
            path=path, fingerprint=MARK, text=f"Corner Shop, 12 Harbour Street, Bergen, thank you for coming {rows}"
        )

    assert not copies_among([receipt("a", 3), receipt("b", 4)])
    assert copies_among([receipt("a", 3), receipt("b", 3)])


@pytest.mark.parametrize("marks", [("", MARK), ("zz", MARK), (MARK[:32], MARK[:32]), (MARK, OTHER)])
def test_what_has_no_mark_or_another_one_is_no_copy(marks: tuple[str, str]) -> None:
    assert copies_among([Marked(path=str(n), fingerprint=mark) for n, mark in enumerate(marks)]) == ()


def test_one_beyond_the_limit_is_no_copy() -> None:
    far = with_bits_turned(MARK, NEAR_BITS + 1)
    assert not copies_among([Marked(path="a", fingerprint=MARK), Marked(path="b", fingerprint=far)])


def test_tags_are_counted_by_different_pictures_and_say_on_which() -> None:
    told = album(
        picture("a.jpg", tags=texts("balloon", "parachute")), picture("b.jpg", side=50, tags=texts("balloon")),
        picture("c.jpg", mark=OTHER, tags=texts("balloon")),
    )  # fmt: skip
    assert [(row["tag"], row["pictures"], row["files"]) for row in told["tags"]] == [
        ("balloon", 2, "a.jpg; c.jpg"),
        ("parachute", 1, "a.jpg"),
    ]


def test_what_is_blurred_and_what_is_lacking_is_told() -> None:
    told = album(
        picture("a.jpg", tags=texts("ship"), gps=leaf("1, 2"), taken_at=leaf("2026-05-07T00:00:00")),
        picture("b.jpg", mark=OTHER, sharpness=leaf(0.1, "number"), taken_at=leaf("2026-05-06T00:00:00")),
    )  # fmt: skip
    assert told["blurred"] == ["b.jpg"]
    assert [(row["file"], row["missing"]) for row in told["gaps"]] == [("b.jpg", "subject; place")]
    assert (told["first_taken"], told["last_taken"]) == ("2026-05-06T00:00:00", "2026-05-07T00:00:00")


def test_values_say_which_files_they_are_from() -> None:
    (record,) = cases_of("x", [picture("a.jpg", tags=texts("ship"))], load_schema("image-folder"))
    (row,) = record.to_json()["fields"]["tags"]["value"]
    assert row["tag"]["evidence"][0]["match"] == "computed"
    assert record.to_json()["fields"]["picture_count"]["evidence"] == [
        {"text": "", "match": "computed", "page": 1, "file": "a.jpg"}
    ]


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        ("fields: {n: {type: integer, expression: album.count}}", "unit: folder"),
        ("unit: folder\nfields: {n: {type: string, expression: album.count}}", "album.count is a integer"),
        ("unit: folder\nfields: {n: {type: integer, expression: album.cuont}}", "album.cuont"),
        ("unit: folder\nfields: {n: {type: integer, expression: album.tags}}", "is a list"),
        (
            "unit: folder\nfields: {n: {type: array, expression: album.tags, items: {type: object, properties: {tga: string}}}}",
            "has no 'tga'; did you mean 'tag'",
        ),
    ],
)
def test_a_schema_that_asks_an_album_for_what_it_has_not_is_refused(schema: str, problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_schema_text(schema, name="s.yaml")
    assert problem in str(caught.value)


def test_every_name_stands_in_the_page_on_schemas() -> None:
    page = (Path(__file__).parents[3] / "docs" / "schema.md").read_text("utf-8")
    assert [name for name in (*MEASURES, *LISTINGS) if f"album.{name}" not in page] == []
    for name, listing in LISTINGS.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `album.{name}`"))
        assert all(f"`{member}`" in row for member in listing.members)
