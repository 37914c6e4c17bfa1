"""`mmi schema`, as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mmi_cli.cli.schema import app
from mmi_cli.errors import StorageDown, UsageError
from mmi_cli.schema_file import built_in_names, load_schema


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_list_names_every_built_in_schema() -> None:
    assert [line.split()[0] for line in call("list").stdout.splitlines()] == list(built_in_names())
    rows = [json.loads(line) for line in call("list", "--json").stdout.splitlines()]
    assert {row["name"] for row in rows} == set(built_in_names())


@pytest.mark.parametrize("arguments", [["new", "orders"], ["new", "orders", "--from", "invoice"]])
def test_a_new_schema_is_valid_and_has_its_name(arguments: list[str], tmp_path: Path) -> None:
    path = tmp_path / "orders.yaml"
    assert call(*arguments, "-o", str(path)).exit_code == 0
    assert load_schema(str(path)).name == "orders"
    assert "#" in path.read_text()
    assert call("validate", str(path), "invoice").exit_code == 0


def test_nothing_is_written_over_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("mine")
    refused = call("new", "-o", str(path))
    assert isinstance(refused.exception, UsageError) and path.read_text() == "mine"
    assert call("new", "-o", str(path), "--force").exit_code == 0 and path.read_text() != "mine"


def test_an_output_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    assert isinstance(call("new", "-o", str(tmp_path / "no" / "a.yaml")).exception, StorageDown)


def test_validate_tells_the_errors_of_all_files(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("fields: {x: strng, y: nmber}")
    result = call("validate", str(tmp_path / "a.yaml"), "receipt", str(tmp_path / "b.yaml"))
    assert "receipt: ok" in result.stdout
    assert isinstance(result.exception, UsageError)
    assert len(str(result.exception).splitlines()) == 4


def test_an_analyzer_is_imported_and_exported(tmp_path: Path) -> None:
    analyzer = tmp_path / "analyzer.json"
    assert call("export", "receipt", "--to", "content-understanding", "-o", str(analyzer)).exit_code == 0
    imported = tmp_path / "receipt.yaml"
    assert call("import", str(analyzer), "-o", str(imported)).exit_code == 0
    assert [field.name for field in load_schema(str(imported)).fields] == [
        f.name for f in load_schema("receipt").fields
    ]


def test_show_follows_references_and_fills_in_defaults() -> None:
    shown = json.loads(call("show", "total number!", "--json").stdout)
    assert shown["fields"] == {"total": {"type": "number", "required": True}} and len(shown["digest"]) == 64
    assert call("show", "invoice").stdout.startswith("# 16 fields, 2 checks, digest ")
