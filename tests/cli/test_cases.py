"""`unit: folder`: all files of a folder give one record, whatever becomes of one of them, however the run is done."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.support.command_line import Ran
from tests.support.command_line import mmi_in_this_process as mmi

SCHEMA = """
name: order
unit: folder
fields:
  order_number: {type: string, aliases: [order number], required: true}
  delivery_date: {type: date, aliases: [delivery date]}
  total: {type: number, aliases: [total]}
  with_fee: {type: number, kind: inferred, expression: total + FEE}
checks:
  - {expression: with_fee > total, message: a fee is something}
"""


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    (tmp_path / "order.yaml").write_text(SCHEMA.replace("FEE", "2"), "utf-8")
    folder = tmp_path / "orders"
    for name, texts in {
        "anna": {
            "order.txt": "Order number: A-17\nTotal: 40.00\n",
            "letters/reply.txt": "Order number: A-17\nDelivery date: 2026-03-04\n",
        },
        "ben": {
            "order.txt": "Order number: B-3\nTotal: 9.50\nDelivery date: 2026-05-06\n",
            "note.txt": "Delivery date: 2026-05-16\n",
        },
    }.items():
        for path, text in texts.items():
            (folder / name / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / name / path).write_text(text, "utf-8")
    with zipfile.ZipFile(folder / "carl.zip", "w") as archive:
        archive.writestr("order.txt", "Order number: C-9\nTotal: 5.00\n")
        archive.writestr("reply.txt", "Delivery date: 2026-07-08\n")
    return folder


def run(orders: Path, *more: str, output: str = "out") -> Ran:
    return mmi("run", orders.name, "-s", "order.yaml", "-o", output, *more, cwd=orders.parent)


def records(orders: Path, output: str = "out", name: str = "results.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (orders.parent / output / name).read_text("utf-8").splitlines()]


def plain(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value["value"] for name, value in record["fields"].items()}


def test_a_folder_and_an_archive_are_one_record_each_in_the_order_of_their_paths(orders: Path) -> None:
    assert run(orders).code == 0
    got = records(orders)
    assert [record["source"]["path"] for record in got] == ["anna", "ben", "carl.zip"]
    assert plain(got[0]) == {"order_number": "A-17", "delivery_date": "2026-03-04", "total": 40.0, "with_fee": 42.0}
    assert plain(got[2]) == {"order_number": "C-9", "delivery_date": "2026-07-08", "total": 5.0, "with_fee": 7.0}
    number = got[0]["fields"]["order_number"]
    assert {piece["file"] for piece in number["evidence"]} == {"anna/order.txt", "anna/letters/reply.txt"}
    assert got[0]["checks"] == [{"expression": "with_fee > total", "passed": True}]


def test_a_case_is_a_record_of_the_published_form(orders: Path) -> None:
    run(orders)
    form = json.loads((Path(__file__).parents[2] / "docs" / "record.schema.json").read_text("utf-8"))
    for record in records(orders):
        Draft202012Validator(form).validate(record)


def test_a_contradiction_between_two_files_is_told_with_both(orders: Path) -> None:
    run(orders)
    (conflict,) = records(orders)[1]["case"]["conflicts"]
    assert conflict["field"] == "delivery_date"
    said = {each["value"]: [piece["file"] for piece in each["evidence"]] for each in conflict["values"]}
    assert said == {"2026-05-06": ["ben/order.txt"], "2026-05-16": ["ben/note.txt"]}


def test_one_bad_file_costs_that_file_and_is_told_in_its_case_and_among_the_failures(orders: Path) -> None:
    (orders / "ben" / "broken.zip").write_bytes(b"PK\x03\x04 and no more")
    assert run(orders).code == 3
    ben = records(orders)[1]
    assert ben["status"] == "partial"
    assert plain(ben)["order_number"] == "B-3"
    assert [error["message"].split(":")[0] for error in ben["errors"]] == ["ben/broken.zip"]
    assert [record["source"]["path"] for record in records(orders, name="failures.jsonl")] == ["ben/broken.zip"]


def test_another_total_reads_no_file_again(orders: Path) -> None:
    run(orders)
    (orders.parent / "order.yaml").write_text(SCHEMA.replace("FEE", "3"), "utf-8")
    again = run(orders)
    assert again.code == 0
    assert [plain(record)["with_fee"] for record in records(orders)] == [43.0, 12.5, 8.0]
    summary = json.loads((orders.parent / "out" / "summary.json").read_text("utf-8"))
    assert summary["files"]["done_now"] == 0


def test_a_file_that_is_new_changes_its_case_alone(orders: Path) -> None:
    run(orders)
    before = records(orders)
    (orders / "anna" / "more.txt").write_text("Total: 40.00\n", "utf-8")
    run(orders)
    after = records(orders)
    assert after[1:] == before[1:]
    assert after[0]["id"] != before[0]["id"]
    assert len(after[0]["fields"]["total"]["evidence"]) == 2


def test_the_whole_input_can_be_one_case(orders: Path) -> None:
    run(orders, "--set", "case_folders=input")
    (record,) = records(orders)
    assert record["source"]["path"] == "."
    assert len(record["case"]["files"]) == 6


def test_stdout_gets_the_cases_and_nothing_else(orders: Path) -> None:
    printed = run(orders, output="-")
    assert [record["source"]["path"] for record in printed.records] == ["anna", "ben", "carl.zip"]


def test_merged_shards_hold_the_bytes_of_one_run(orders: Path) -> None:
    for name in ("ben/broken.zip", "anna/letters/broken.zip"):
        (orders / name).write_bytes(b"PK\x03\x04 and no more")
    assert run(orders, output="one").code == 3
    for index in (1, 2, 3):
        run(orders, "--shard", f"{index}/3", output="parts")
    mmi("merge", "parts", cwd=orders.parent)
    assert records(orders, "parts", "failures.jsonl") == records(orders, "one", "failures.jsonl")
    assert [record["source"]["path"] for record in records(orders, "parts", "failures.jsonl")] == [
        "anna/letters/broken.zip", "ben/broken.zip",
    ]  # fmt: skip
    parts, one = orders.parent / "parts" / "results.jsonl", orders.parent / "one" / "results.jsonl"
    assert parts.read_bytes() == one.read_bytes()


def test_cases_come_by_the_path_of_their_folder_and_merged_shards_keep_that_order(orders: Path) -> None:
    for name in ("anna-2/order.txt", "anna.old/order.txt", "zoe/order.txt", "order.txt"):
        (orders / name).parent.mkdir(exist_ok=True)
        (orders / name).write_text("Order number: X-1\nTotal: 1.00\n", "utf-8")
    run(orders, output="one")
    assert [record["source"]["path"] for record in records(orders, "one")] == [
        ".", "anna", "anna-2", "anna.old", "ben", "carl.zip", "zoe",
    ]  # fmt: skip
    for index in (1, 2, 3):
        assert run(orders, "--shard", f"{index}/3", output="parts").code == 0
    assert mmi("merge", "parts", cwd=orders.parent).code == 0
    assert records(orders, "parts") == records(orders, "one")


def test_cases_stand_among_the_records_of_files_by_path(orders: Path) -> None:
    assert run(orders, "-s", "total number").code == 0
    paths = [(record["source"]["path"], record["schema"]["name"]) for record in records(orders)]
    assert paths == sorted(paths, key=lambda each: each[0])
    assert [path for path, schema in paths if schema == "order"] == ["anna", "ben", "carl.zip"]
    assert sum(schema == "ad-hoc" for _, schema in paths) == 6


def test_extract_takes_a_folder_for_a_schema_of_cases(orders: Path) -> None:
    (record,) = mmi("extract", "orders/anna", "-s", "order.yaml", cwd=orders.parent).records
    assert plain(record)["with_fee"] == 42.0
    assert {file["path"] for file in record["case"]["files"]} == {"order.txt", "letters/reply.txt"}


def test_measures_of_a_call_are_refused_in_a_case(orders: Path) -> None:
    text = SCHEMA.replace("total + FEE", "call.duration_s")
    (orders.parent / "order.yaml").write_text(text, "utf-8")
    refused = run(orders)
    assert refused.code == 2
    assert "measures of a call" in refused.err


def test_extract_of_a_folder_for_a_schema_of_files_is_refused(orders: Path) -> None:
    refused = mmi("extract", "orders/anna", "-s", "order.yaml", "-s", "total number", cwd=orders.parent)
    assert refused.code == 2
    assert "mmi run" in refused.err


def test_folders_given_one_by_one_are_refused_since_their_names_would_be_lost(orders: Path) -> None:
    refused = mmi("run", "orders/anna", "orders/ben", "-s", "order.yaml", "-o", "out", cwd=orders.parent)
    assert refused.code == 2
    assert "--include" in refused.err
    assert mmi("run", "orders", "--include", "ben/", "-s", "order.yaml", "-o", "out", cwd=orders.parent).code == 0
    assert [record["source"]["path"] for record in records(orders)] == ["ben"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("subject: [nobody]", "'subject' names 'nobody'"),
        ("expects: [w2]", "'expects' names 'w2'"),
        ("fusion: lat", "did you mean 'late'"),
    ],
)
def test_what_a_case_names_and_is_not_there_is_refused(orders: Path, change: str, said: str) -> None:
    (orders.parent / "order.yaml").write_text(SCHEMA.replace("FEE", "2") + change + "\n", "utf-8")
    refused = run(orders)
    assert refused.code == 2
    assert said in refused.err
