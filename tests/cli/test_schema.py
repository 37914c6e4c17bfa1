"""`mmi schema`: new, validate, show, list, import and export fit together."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.command_line import mmi


def test_every_built_in_schema_is_listed_and_valid(tmp_path: Path) -> None:
    listed = mmi("schema", "list", cwd=tmp_path)
    names = [line.split()[0] for line in listed.out.splitlines()]
    assert {
        "invoice",
        "receipt",
        "contract",
        "resume",
        "call",
        "meeting",
        "video",
        "image",
        "email",
        "document",
    } <= set(names)
    assert mmi("schema", "validate", *names, cwd=tmp_path).code == 0
    assert [each["name"] for each in mmi("schema", "list", "--json", cwd=tmp_path).records] == names


def test_a_new_schema_is_valid_and_no_file_is_written_over(tmp_path: Path) -> None:
    assert mmi("schema", "new", "orders", "--from", "invoice", "-o", "orders.yaml", cwd=tmp_path).code == 0
    assert mmi("schema", "validate", "orders.yaml", cwd=tmp_path).code == 0
    again = mmi("schema", "new", "orders", "-o", "orders.yaml", cwd=tmp_path)
    assert again.code == 2 and "--force writes over it" in again.err
    assert mmi("schema", "new", "orders", "-o", "orders.yaml", "--force", cwd=tmp_path).code == 0
    assert mmi("schema", "new", "orders", cwd=tmp_path).out == (tmp_path / "orders.yaml").read_text()
    assert mmi("schema", "new", "x", "-o", "no/folder.yaml", cwd=tmp_path).code == 4


def test_what_show_prints_is_the_same_schema_again(tmp_path: Path) -> None:
    shown = mmi("schema", "show", "total number!, lines[] {name, price number}", cwd=tmp_path)
    (tmp_path / "s.yaml").write_text(shown.out)
    digest = json.loads(mmi("schema", "show", "s.yaml", "--json", cwd=tmp_path).out)["digest"]
    assert digest in shown.out


def test_export_and_import_are_each_the_reverse_of_the_other(tmp_path: Path) -> None:
    assert mmi("schema", "export", "receipt", "-o", "receipt.json", cwd=tmp_path).code == 0
    assert mmi("schema", "import", "receipt.json", "-o", "receipt.yaml", cwd=tmp_path).code == 0
    before, after = (
        json.loads(mmi("schema", "show", ref, "--json", cwd=tmp_path).out) for ref in ("receipt", "./receipt.yaml")
    )
    assert list(before["fields"]) == list(after["fields"])
    analyzer = mmi("schema", "export", "receipt", "--to", "content-understanding", cwd=tmp_path)
    assert analyzer.code == 0 and list(json.loads(analyzer.out)["fieldSchema"]["fields"]) == list(before["fields"])
    assert "which were left out" in analyzer.err


def test_a_schema_is_inferred_from_a_folder_and_fills_it(tmp_path: Path) -> None:
    folder = tmp_path / "permits"
    folder.mkdir()
    for number in range(1, 5):
        (folder / f"{number}.txt").write_text(f"Permit No.: FP-10{number}\nValid until: 2026-05-0{number}\n")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4\n1 0 obj\n")
    made = mmi("schema", "infer", "permits", "-o", "permits.yaml", cwd=tmp_path)
    assert made.code == 0 and "2 fields from 4 files" in made.err and "broken.pdf: " in made.err
    assert mmi("schema", "validate", "permits.yaml", cwd=tmp_path).code == 0
    ran = mmi("run", "permits", "-s", "permits.yaml", "-o", "-", "--include", "*.txt", cwd=tmp_path)
    assert [
        (each["fields"]["permit_number"]["value"], each["fields"]["valid_until"]["value"]) for each in ran.records
    ] == [(f"FP-10{number}", f"2026-05-0{number}") for number in range(1, 5)]
    assert mmi("schema", "infer", "permits", "-o", "permits.yaml", cwd=tmp_path).code == 2  # it is there already


def test_nothing_to_infer_from_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("It was a dark night.\n")
    told = mmi("schema", "infer", "a.txt", cwd=tmp_path)
    assert told.code == 2 and "no label or heading recurs" in told.err and "mmi schema new" in told.err


def test_a_class_is_imported_and_exported(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(
        "from pydantic import BaseModel\nclass Order(BaseModel):\n    total: float\n    tags: dict[str, str]\n"
    )
    made = mmi("schema", "import", "shop:Order", cwd=tmp_path)
    assert made.code == 0 and "name: Order" in made.out and "tags: a dictionary becomes" in made.err
    assert mmi("schema", "import", "shop:None_", cwd=tmp_path).code == 2
    exported = mmi("schema", "export", "receipt", "--to", "pydantic", cwd=tmp_path)
    assert exported.code == 0 and "class Receipt(BaseModel):" in exported.out
    fields = mmi("schema", "export", "receipt", "--to", "document-intelligence", cwd=tmp_path)
    assert "company" in {each["fieldKey"] for each in json.loads(fields.out)["fields"]} and "left out" in fields.err
