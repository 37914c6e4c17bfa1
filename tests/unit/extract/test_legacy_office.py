"""Files of old Office, through LibreOffice where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import docx
import pytest

from mmi_cli.errors import CorruptFile, MissingEngine
from mmi_cli.extract.legacy_office import extract
from tests.support.ole_files import write_ole
from tests.support.reading import a_context

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
needs_libreoffice = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")


def test_without_libreoffice_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = write_ole(tmp_path / "a.doc", {"WordDocument": b"x" * 5000})
    with pytest.raises(MissingEngine, match="apt install libreoffice"):
        extract(path, a_context(name="a.doc"))


@needs_libreoffice
@pytest.mark.slow
def test_an_old_document_is_read_as_its_new_twin(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Größe")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "a", "b"
    document.add_paragraph("End")
    document.save(source := str(tmp_path / "a.docx"))
    profile = (tmp_path / "profile").as_uri()
    subprocess.run(
        [str(SOFFICE), f"-env:UserInstallation={profile}", "--headless", "--convert-to", "doc", "--outdir", str(tmp_path), source],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    content = extract(tmp_path / "a.doc", a_context(name="a.doc"))
    assert content.text == "Größe\n\na\tb\n\nEnd"


def test_a_damaged_container_is_corrupt(tmp_path: Path) -> None:
    path = write_ole(tmp_path / "a.doc", {"WordDocument": b"x" * 5000})
    path.write_bytes(path.read_bytes()[:600])
    with pytest.raises(CorruptFile):
        extract(path, a_context(name="a.doc"))
