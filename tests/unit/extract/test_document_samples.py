"""The spreadsheet and e-mail samples say what their labels say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mmi_cli.datamodel.content import Content
from mmi_cli.extract import csv, email, xlsx
from tests.support.reading import a_context

SAMPLES = Path(__file__).parents[3] / "sample_data"
READERS = {".xlsx": xlsx.extract, ".csv": csv.extract, ".eml": email.extract}


def labelled(folder: str) -> list[tuple[Path, dict[str, object]]]:
    lines = (SAMPLES / folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    return [(SAMPLES / folder / label["file"], label["fields"]) for label in map(json.loads, lines)]


def read(path: Path) -> Content:
    return READERS[path.suffix](path, a_context(name=path.name))


@pytest.mark.parametrize(("path", "fields"), labelled("spreadsheet"), ids=lambda value: getattr(value, "name", ""))
def test_every_labelled_value_stands_in_the_sheet(path: Path, fields: dict[str, object]) -> None:
    text = read(path).text
    for name, value in fields.items():
        if name != "language":
            for one in value if isinstance(value, list) else [value]:
                assert str(one) in text, name


def test_the_email_says_who_wrote_what_and_carries_the_invoice() -> None:
    ((path, fields),) = labelled("email")
    attached: list[str] = []

    def read_part(name: str, data: bytes) -> None:
        assert data.startswith(b"%PDF-1.4")
        attached.append(name)

    content = email.extract(path, a_context(read_part=read_part))
    assert f"From: {fields['sender']}\n" in content.text
    assert f"Subject: {fields['subject']}\n" in content.text
    assert "EUR 446.25" in content.text
    assert attached == ["invoice-AD-2026-118.pdf"]
