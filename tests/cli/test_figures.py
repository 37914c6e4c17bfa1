"""`mmi read --figures` and the figures beside the content of a run."""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image

from tests.support.command_line import mmi
from tests.support.pdf_files import PdfFile, lines, shown, text

PROSE = ("The harbour was rebuilt after the storm and opened to", "ships of every size in the second year of the plan")


def a_report(path: Path) -> Path:
    pdf = PdfFile()
    photo = pdf.add_picture(Image.new("RGB", (40, 40), (30, 90, 200)))
    caption = text(140, 330, "Figure 3: The old pier.", size=8)
    pdf.add_page(lines(72, 80, PROSE) + shown("P", 120, 140, 360, 310) + caption, pictures={"P": photo})
    return pdf.save(path)


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_read_cuts_the_figures_out_and_the_markdown_links_to_them(tmp_path: Path) -> None:
    a_report(tmp_path / "a.pdf")
    ran = mmi("read", "a.pdf", "--figures", "cut out", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert "![Figure 3: The old pier.](cut%20out/page-0001-figure-01.png)" in ran.out
    found = files_in(tmp_path / "cut out")
    assert sorted(found) == ["figures.jsonl", "page-0001-figure-01.png"]
    (line,) = [json.loads(each) for each in found["figures.jsonl"].splitlines()]
    assert (line["file"], line["kind"], line["page"]) == ("page-0001-figure-01.png", "picture", 1)
    assert (line["caption"], line["box"]) == ("Figure 3: The old pier.", [120, 140, 360, 310])


def test_without_the_flag_nothing_is_written_and_a_figure_without_a_description_leaves_no_mark(tmp_path: Path) -> None:
    a_report(tmp_path / "a.pdf")
    ran = mmi("read", "a.pdf", cwd=tmp_path)
    assert "![" not in ran.out
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix in (".png", ".jsonl", ".pdf")) == ["a.pdf"]


def test_a_run_with_content_writes_figures_beside_it_the_same_each_time(tmp_path: Path) -> None:
    (tmp_path / "in/sub").mkdir(parents=True)
    a_report(tmp_path / "in/sub/a.pdf")
    (tmp_path / "in/b.txt").write_text("nothing to see", "utf-8")
    for out in ("one", "two"):
        ran = mmi("run", "in", "-s", "total number", "-o", out, "--content", cwd=tmp_path)
        assert ran.code == 0, ran.err
    content = files_in(tmp_path / "one/content")
    assert content == files_in(tmp_path / "two/content")
    assert {name for name in content if ".figures/" in name} == {
        "sub/a.pdf.figures/figures.jsonl", "sub/a.pdf.figures/page-0001-figure-01.png",
    }  # fmt: skip
    assert b"](a.pdf.figures/page-0001-figure-01.png)" in content["sub/a.pdf.md"]
