"""The report of a run whose input and output are on blob: written here, its files fetched by their address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.command_line import mmi
from tests.support.fault_proxy import FaultProxy
from tests.support.report_pages import details_of, texts_of

SAMPLES = Path(__file__).parents[2] / "sample_data"


def test_results_contents_and_files_are_fetched(container: Any, proxy: FaultProxy, tmp_path: Path) -> None:
    container.upload_blob("in/über uns/a b.pdf", (SAMPLES / "invoice" / "invoice.pdf").read_bytes())
    container.upload_blob("in/c.txt", b"Total: 1.50\n")
    into = f"az://{container.container_name}/out"
    ran = mmi(
        "run", f"az://{container.container_name}/in", "-s", "total number", "-o", into, "--content", "-q", cwd=tmp_path
    )
    assert ran.code == 0, ran.err
    container.upload_blob("in/c.txt", b"Total: 2.50\n", overwrite=True)
    told = mmi("report", into, cwd=tmp_path)
    assert (told.code, told.out) == (0, "report.html\n"), told.err
    changed, invoice = sorted(details_of(tmp_path / "report.html"), key=lambda detail: detail["source"]["path"])
    assert invoice["view"]["pages"][0]["w"] > 500
    assert (tmp_path / "report_files" / invoice["view"]["pages"][0]["src"]).is_file()
    assert "changed since the run" in changed["view"]["notes"][0]
    assert any("1.50" in block[2] for text in texts_of(tmp_path / "report.html") for block in text["blocks"])


def test_a_prefix_without_results_is_a_calm_error(container: Any, proxy: FaultProxy, tmp_path: Path) -> None:
    ran = mmi("report", f"az://{container.container_name}/nothing", cwd=tmp_path)
    assert ran.code == 2
    assert "no results.jsonl in it" in ran.err
