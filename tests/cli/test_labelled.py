"""`--labelled` through the real process: what is learned, that no file learns from its own label, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import WORKERS, mmi
from tests.support.pdf_files import lines, write_pdf

SCHEMA = "contract, begin date, advertiser"
NAMES = (
    "Alder Mills",
    "Birch Foods",
    "Cedar Tools",
    "Dune Travel",
    "Elm Street Books",
    "Fjord Boats",
    "Gorse Honey",
    "Heath Cars",
)


def write_order(folder: Path, number: int) -> Path:
    """An order on a page of a PDF, with labels that are no usual words for its fields."""
    left = lines(60, 760, ["Vorgang", "Lauf", "Auftr.", "Spots"])
    right = lines(160, 760, [f"{7000 + number * 13}-{number}", f"2026-03-{number + 1:02d}", NAMES[number], "12"])
    other = lines(
        330,
        760,
        [f"Alt {9000 + number * 17}-{number}", f"Bis 2026-04-{number + 2:02d}", f"Agentur {number}", "Rate 4.00"],
    )
    return write_pdf(folder / f"{number}.pdf", left + right + other)


def label(number: int, **said: Any) -> str:
    fields = {
        "contract": f"{7000 + number * 13}-{number}",
        "begin": f"2026-03-{number + 1:02d}",
        "advertiser": NAMES[number],
    }
    return json.dumps({"file": f"taught/{number}.pdf", "fields": {**fields, **said}})


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """Five labelled orders in `taught`, three others in `new`, and `labels.jsonl`."""
    for name in ("taught", "new"):
        (tmp_path / name).mkdir()
    for number in range(8):
        write_order(tmp_path / ("taught" if number < 5 else "new"), number)
    (tmp_path / "labels.jsonl").write_text("".join(label(number) + "\n" for number in range(5)))
    return tmp_path


def found(record: dict[str, Any]) -> list[Any]:
    return [field["value"] for field in record["fields"].values()]


def home(folder: Path) -> dict[str, str]:
    """A home of its own, so that nothing that another test has read is at hand."""
    return {"HOME": str(folder)}


def test_a_run_learns_from_labelled_files_and_a_single_file_gets_the_same_record(orders: Path) -> None:
    asked = ("-s", SCHEMA, "--labelled", "labels.jsonl")
    untaught = mmi("run", "new", "-s", SCHEMA, "-o", "-", cwd=orders, env=home(orders))
    ran = mmi("run", "new", *asked, "-o", "-", "--jobs", "2", cwd=orders, env={**WORKERS, **home(orders)})
    assert ran.code == 0, ran.err
    right = [[f"{7000 + n * 13}-{n}", f"2026-03-{n + 1:02d}", NAMES[n]] for n in (5, 6, 7)]
    assert [found(record) for record in ran.records] == right
    assert [found(record) for record in untaught.records] != right
    assert all(record["engines"]["lessons"].startswith("5 files/") for record in ran.records)
    alone = mmi("extract", "new/6.pdf", *asked, cwd=orders, env={**WORKERS, **home(orders)})
    assert alone.records[0]["fields"] == ran.records[1]["fields"]


def test_the_schema_may_name_its_labels_and_the_command_line_overrides_it(orders: Path) -> None:
    (orders / "order.yaml").write_text(
        "name: order\nlabelled: labels.jsonl\nfields:\n  contract: {type: string}\n  begin: {type: date}\n  advertiser: {type: string}\n"
    )
    (orders / "two.jsonl").write_text(f"{label(0)}\n{label(1)}\n")
    named = mmi("extract", orders / "new/7.pdf", "-s", orders / "order.yaml", cwd="/", env=home(orders))
    assert named.records[0]["fields"]["contract"]["value"] == "7091-7"
    fewer = mmi("extract", "new/7.pdf", "-s", "order.yaml", "--labelled", "two.jsonl", cwd=orders, env=home(orders))
    assert [each.records[0]["engines"]["lessons"][:7] for each in (named, fewer)] == ["5 files", "2 files"]


def test_a_labelled_file_that_is_filled_does_not_learn_from_its_own_label_nor_does_its_copy(orders: Path) -> None:
    (orders / "new" / "copy.pdf").write_bytes((orders / "taught" / "4.pdf").read_bytes())
    truth, lie = (
        (orders / "labels.jsonl").read_text(),
        label(4, contract="9068-4", begin="2026-04-06", advertiser="Agentur 4"),
    )
    (orders / "lies.jsonl").write_text("".join(label(number) + "\n" for number in range(4)) + lie + "\n")
    assert truth != (orders / "lies.jsonl").read_text()
    for file in ("taught/4.pdf", "new/copy.pdf"):
        told, lied = (
            mmi("extract", file, "-s", SCHEMA, "--labelled", labels, cwd=orders, env=home(orders)).records[0]
            for labels in ("labels.jsonl", "lies.jsonl")
        )
        assert told["fields"] == lied["fields"]
        assert told["engines"]["lessons"].startswith("4 files/")


def test_other_labels_do_the_files_again_and_the_same_labels_do_none(orders: Path) -> None:
    asked = ("run", "new", "-s", SCHEMA, "-o", "out", "--labelled")

    def done() -> tuple[int, int]:
        files = json.loads((orders / "out" / "summary.json").read_text())["files"]
        return files["done_now"], files["done_before"]

    counts = []
    for labels in ("labels.jsonl", "labels.jsonl", "fewer.jsonl"):
        (orders / "fewer.jsonl").write_text("".join(label(number) + "\n" for number in range(4)))
        assert mmi(*asked, labels, cwd=orders, env=home(orders)).code == 0
        counts.append(done())
    assert counts == [(3, 0), (0, 3), (3, 0)]


def test_what_was_read_once_is_kept_and_gives_the_same_bytes(orders: Path) -> None:
    asked = ("run", "new", "-s", SCHEMA, "--labelled", "labels.jsonl", "-o", "-")
    first = mmi(*asked, cwd=orders, env=home(orders))
    kept = sorted(each for each in (orders / ".cache" / "mmi" / "labelled").rglob("*") if each.is_file())
    assert len(kept) == 5
    numbers = [each.stat().st_ino for each in kept]  # a file that is written again is another one
    assert mmi(*asked, cwd=orders, env=home(orders)).out == first.out
    assert [each.stat().st_ino for each in kept] == numbers
    kept[0].write_bytes(kept[0].read_bytes()[:100])  # torn by a full disk
    assert mmi(*asked, cwd=orders, env={**WORKERS, **home(orders)}).out == first.out


def test_a_labelled_file_that_cannot_be_read_is_told_and_left_out(orders: Path) -> None:
    (orders / "taught" / "4.pdf").write_bytes(b"%PDF-1.4\n1 0 obj\n")
    ran = mmi("run", "new", "-s", SCHEMA, "--labelled", "labels.jsonl", "-o", "-", cwd=orders, env=home(orders))
    assert ran.code == 0
    assert "the labelled file 4.pdf cannot be read and teaches nothing: corrupt" in ran.err
    assert all(record["engines"]["lessons"].startswith("4 files/") for record in ran.records)
    assert found(ran.records[0])[0] == "7065-5"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            '{"file": "taught/0.pdf", "fields": {"contrat": "7000-0"}}',
            "the schema has no field 'contrat'; did you mean 'contract'?",
        ),
        (
            '{"file": "taught/9.pdf", "fields": {"contract": "7000-0"}}',
            "taught/9.pdf'; paths are relative to the file of labels",
        ),
        (
            '{"file": "taught/0.pdf", "fields": {"contract": ["7000-0", "1"]}}',
            "'contract' is labelled with more than one value",
        ),
        ('{"file": "taught/0.pdf"', "bad.jsonl:2: not a label"),
    ],
)
@pytest.mark.parametrize("command", ["run", "extract"])
def test_labels_that_cannot_be_meant_are_refused_before_any_work(
    command: str, line: str, told: str, orders: Path
) -> None:
    (orders / "bad.jsonl").write_text(f"{label(1)}\n{line}\n")
    to = ["-o", "out"] if command == "run" else []
    ran = mmi(command, "new/5.pdf", "-s", SCHEMA, "--labelled", "bad.jsonl", *to, cwd=orders, env=home(orders))
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
    assert not (orders / "out").exists()


def test_a_file_of_labels_that_is_not_there_is_refused(orders: Path) -> None:
    ran = mmi("run", "new", "-s", SCHEMA, "--labelled", "no.jsonl", "-o", "out", cwd=orders, env=home(orders))
    assert ran.code == 2
    assert "cannot read the labels no.jsonl" in ran.err
