"""Figures cut out: regions of pages, embedded pictures written again, files inside files, hostile pictures."""

from __future__ import annotations

import base64
import io
from email.message import EmailMessage
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mmi_cli.datamodel.source import SourceFile
from mmi_cli.engines.bundle import EngineBundle
from mmi_cli.extract.cutting import Cutout
from mmi_cli.pipeline import Pipeline
from mmi_cli.settings import Settings
from mmi_cli.storage.addresses import open_source
from tests.support.office_files import write_docx
from tests.support.pdf_files import PdfFile, lines, shown

PROSE = ("The harbour was rebuilt after the storm and opened to", "ships of every size in the second year of the plan")
DRAWING = (
    '<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="p" descr="{alt}"/><a:graphic><a:graphicData>'
    '<a:blip r:embed="{id}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>'
)


def a_picture(*, side: int = 60, kind: str = "PNG", **save: object) -> bytes:
    target = io.BytesIO()
    Image.linear_gradient("L").resize((side, side)).convert("RGB").save(target, kind, **save)
    return target.getvalue()


def cut(path: Path, **settings: object) -> list[Cutout]:
    """The figures of a file, cut out as the program does it."""
    source = open_source([str(path)])
    (file,) = source.list()
    assert isinstance(file, SourceFile)
    given = Settings.model_validate({"ocr": "none", "cache": "off", **settings})
    taken: list[Cutout] = []
    pipeline = Pipeline(source=source, schemas=(), settings=given, engines=EngineBundle(given))
    content, why = pipeline.read_file(file, take_figure=taken.append)
    assert content is not None, why
    return taken


def pixels_of(cutout: Cutout) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(cutout.data)).convert("RGB"))


def a_pdf(path: Path, *boxes: tuple[float, float, float, float], side: int = 60) -> Path:
    pdf = PdfFile()
    red = pdf.add_picture(Image.new("RGB", (side, side), (200, 30, 30)))
    pdf.add_page(lines(72, 80, PROSE) + "".join(shown("P", *box) for box in boxes), pictures={"P": red})
    return pdf.save(path)


def test_a_region_of_a_page_is_drawn_at_the_resolution_asked_for(tmp_path: Path) -> None:
    path = a_pdf(tmp_path / "a.pdf", (72, 144, 216, 216))
    (whole,) = cut(path)
    assert whole.name == "page-0001-figure-01.png"
    assert pixels_of(whole).shape == (200, 400, 3)
    assert (pixels_of(whole)[5:-5, 5:-5] == (200, 30, 30)).all()
    (coarse,) = cut(path, figure_dpi=100)
    assert pixels_of(coarse).shape == (100, 200, 3)


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    path = a_pdf(tmp_path / "a.pdf", (72, 144, 216, 216), (300, 300, 400, 400))
    assert cut(path) == cut(path)


def test_no_more_figures_are_cut_out_than_the_limit_and_none_larger(tmp_path: Path) -> None:
    path = a_pdf(tmp_path / "a.pdf", (72, 144, 216, 216), (300, 300, 400, 400))
    assert len(cut(path, max_figures=1)) == 1
    for cutout in cut(path, max_image_pixels=10_000):
        assert pixels_of(cutout).shape[0] * pixels_of(cutout).shape[1] <= 10_500


def test_a_picture_of_a_document_is_written_again_without_what_was_hidden_in_it(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    data = a_picture(kind="JPEG", exif=exif) + b"PK\x03\x04 a second file"
    path = write_docx(
        tmp_path / "a.docx",
        DRAWING.format(alt="A pier", id="i1"),
        parts={"media/image1.jpg": data},
        targets={"i1": ("image", "media/image1.jpg")},
    )
    (cutout,) = cut(path)
    assert cutout.name.startswith("figure-01.")
    assert b"taken at home" not in cutout.data
    assert b"a second file" not in cutout.data
    assert pixels_of(cutout).shape == (60, 60, 3)


def test_one_bad_picture_costs_one_picture(tmp_path: Path) -> None:
    pictures = {"media/1.png": a_picture(), "media/2.png": a_picture()[:60], "media/3.png": a_picture(side=80)}
    path = write_docx(
        tmp_path / "a.docx",
        "".join(DRAWING.format(alt=f"Number {n}", id=f"i{n}") for n in (1, 2, 3)),
        parts=pictures,
        targets={f"i{n}": ("image", f"media/{n}.png") for n in (1, 2, 3)},
    )
    assert [cutout.name for cutout in cut(path)] == ["figure-01.png", "figure-03.png"]


def test_a_picture_of_too_many_pixels_is_not_decoded(tmp_path: Path) -> None:
    path = write_docx(
        tmp_path / "a.docx",
        DRAWING.format(alt="Large", id="i1"),
        parts={"media/1.png": a_picture(side=400)},
        targets={"i1": ("image", "media/1.png")},
    )
    assert cut(path, max_image_pixels=10_000) == []


def test_a_picture_written_into_a_web_page_is_cut_out_and_one_elsewhere_is_not_fetched(tmp_path: Path) -> None:
    written = base64.b64encode(a_picture(side=90)).decode()
    page = tmp_path / "a.html"
    page.write_text(
        "<table><tr><th>x</th></tr><tr><td><img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='></td></tr></table>"
        f"<p>Text</p><figure><img src='data:image/png;base64,{written}' alt='Grey'><figcaption>Figure 1: Grey.</figcaption></figure>"
        "<img src='https://example.org/far.png' alt='far'>",
        "utf-8",
    )
    (cutout,) = cut(page)
    assert pixels_of(cutout).shape == (90, 90, 3)


def test_figures_of_a_file_inside_a_file_are_cut_out(tmp_path: Path) -> None:
    inner = a_pdf(tmp_path / "inner.pdf", (72, 144, 216, 216))
    message = EmailMessage()
    message["Subject"] = "Two reports"
    message.set_content("See the files.")
    for _ in range(2):
        message.add_attachment(inner.read_bytes(), maintype="application", subtype="pdf", filename="report.pdf")
    mail = tmp_path / "a.eml"
    mail.write_bytes(message.as_bytes())
    cutouts = cut(mail)
    assert [cutout.name for cutout in cutouts] == [
        "part-01-page-0001-figure-01.png",
        "part-02-page-0001-figure-01.png",
    ]
    assert cutouts[0].data == cutouts[1].data == cut(inner)[0].data


@pytest.mark.parametrize("name", ["../../out.png", "/etc/out.png"])
def test_names_in_a_file_never_become_paths(tmp_path: Path, name: str) -> None:
    path = write_docx(
        tmp_path / "a.docx",
        DRAWING.format(alt="A pier", id="i1"),
        parts={name: a_picture()},
        targets={"i1": ("image", name)},
    )
    assert all("/" not in cutout.name and ".." not in cutout.name for cutout in cut(path))
