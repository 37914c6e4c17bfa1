"""mmi from Python: the same records as the command line gives, in three lines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import mmi_cli
from mmi_cli import extract, extract_all, read, run
from mmi_cli.datamodel.record import plain_value
from mmi_cli.errors import RunError, UsageError
from tests.support.command_line import mmi

FREE = {"language_model": "none", "embedding": "none"}
SCHEMA = "company, date date, total number"


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "note.txt"
    path.parent.mkdir()
    path.write_text("Company: Amber Supply Ltd\nDate: 5 March 2024\nTotal: 126.00\n", "utf-8")
    return path


def test_one_file_in_three_lines(note: Path) -> None:
    record = extract(note, SCHEMA, **FREE)
    assert record.values == {"company": "Amber Supply Ltd", "date": "2024-03-05", "total": 126.0}


def test_the_record_is_that_of_the_command_line(note: Path) -> None:
    told = mmi("extract", note, "--schema", SCHEMA, "--embedding", "none", cwd=note.parent)
    assert extract(note, SCHEMA, **FREE).to_line() == told.out.strip()


def test_a_file_and_several_schemas_are_several_records(note: Path) -> None:
    records = extract_all(note, SCHEMA, "document", **FREE)
    assert [record.schema_name for record in records] == ["ad-hoc", "document"]


def test_an_archive_is_more_than_one_record(tmp_path: Path, note: Path) -> None:
    import zipfile

    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(note, "a.txt")
        archive.write(note, "b.txt")
    with pytest.raises(UsageError, match="2 records; take extract_all"):
        extract(path, SCHEMA, **FREE)
    assert [record.source.path for record in extract_all(path, SCHEMA, **FREE)] == ["two.zip!a.txt", "two.zip!b.txt"]


def test_a_run_gives_its_records_as_often_as_they_are_asked_for(tmp_path: Path, note: Path) -> None:
    results = run(note.parent, SCHEMA, output=tmp_path / "out", inline=True, **FREE)
    assert [record["fields"]["total"]["value"] for record in results] == [126.0]
    assert len(list(results)) == len(results) == 1
    assert list(results.rows()) == [
        {
            "path": "note.txt",
            "schema": "ad-hoc",
            "status": "ok",
            "company": "Amber Supply Ltd",
            "date": "2024-03-05",
            "total": 126.0,
        }
    ]
    again = run(note.parent, SCHEMA, output=tmp_path / "out", inline=True, **FREE)
    assert (again.report.files_already_done, again.report.files_done) == (1, 0)


def test_what_is_read_has_its_words(note: Path) -> None:
    assert read(note).text.startswith("Company: Amber Supply Ltd")


@pytest.mark.parametrize("output", ["-", "out.jsonl", "az://box/out"])
def test_a_run_from_python_writes_to_a_folder(note: Path, output: str) -> None:
    with pytest.raises(UsageError, match="a local folder is meant"):
        run(note, SCHEMA, output=output, **FREE)


def test_wrong_settings_and_schemas_are_refused(note: Path) -> None:
    with pytest.raises(UsageError, match="langage_model"):
        extract(note, SCHEMA, langage_model="none")
    with pytest.raises(UsageError, match="a file is filled by a schema"):
        extract_all(note)
    with pytest.raises(RunError, match="No such file"):
        extract(note.parent / "other.txt", SCHEMA, **FREE)


def test_lists_and_objects_become_plain() -> None:
    rows = {"type": "array", "value": [{"name": {"type": "string", "value": "tea"}}]}
    assert plain_value(rows) == [{"name": "tea"}]
    assert plain_value(json.loads('{"type": "object", "value": {"a": {"type": "number", "value": 1.5}}}')) == {"a": 1.5}


def test_the_package_starts_without_its_programming_interface() -> None:
    code = "import sys, mmi_cli; assert 'mmi_cli.api' not in sys.modules; mmi_cli.extract; assert 'mmi_cli.api' in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert mmi_cli.__all__ == ["__version__", "extract", "extract_all", "read", "run"]
    with pytest.raises(AttributeError, match="no attribute 'extrakt'"):
        mmi_cli.extrakt  # noqa: B018


def test_extract_is_a_function_even_after_its_namesake_was_imported(note: Path) -> None:
    code = (
        "import mmi_cli.extract.interface\nfrom mmi_cli import extract\n"
        f"print(extract({str(note)!r}, {SCHEMA!r}, language_model='none', embedding='none').values['total'])"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout == "126.0\n"
