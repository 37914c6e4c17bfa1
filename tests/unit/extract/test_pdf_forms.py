"""Form fields and typed notes of PDF pages: their values with the names of the form and the places on the page."""

from __future__ import annotations

from pathlib import Path

from mmi_cli.datamodel.content import Content, PageBox
from mmi_cli.extract.pdf import extract
from tests.support.pdf_files import A4, PdfFile, text
from tests.support.reading import ColorOcr, a_context


def fields_of(content: Content) -> list[tuple[str | None, str]]:
    return [
        (block.label, " ".join(word.text for word in content.words[block.first : block.last]))
        for block in content.blocks
        if block.kind == "form_field"
    ]


def test_fields_have_their_values_names_and_places(tmp_path: Path) -> None:
    pdf = PdfFile()
    name = pdf.add_field((150, 90, 300, 110), "/FT /Tx /T (applicant.name) /TU (Full name) /V (Ada Lovelace)")
    city = pdf.add_field((150, 120, 300, 140), "/FT /Tx /T (city) /V (London)")
    empty = pdf.add_field((150, 150, 300, 170), "/FT /Tx /T (phone)")
    pdf.add_page(text(72, 104, "Name") + text(72, 134, "City"), annotations=[city, name, empty])
    content = extract(pdf.save(tmp_path / "a.pdf"), a_context())
    assert fields_of(content) == [("Full name", "Ada Lovelace"), ("city", "London")]
    (place,) = (word.place for word in content.words if word.text == "Lovelace")
    assert isinstance(place, PageBox)
    assert (place.page, place.box) == (1, (150, 90, 300, 110))
    assert content.text.startswith("Name")


def button(pdf: PdfFile, at: tuple[float, float, float, float], name: str, state: str) -> int:
    look = pdf.add("<< /Type /XObject /Subtype /Form /BBox [0 0 18 18] >>", b"")
    return pdf.add_field(
        at, f"/FT /Btn /T ({name}) /V /{state} /AS /{state} /AP << /N << /Yes {look} 0 R /Off {look} 0 R >> >>"
    )


def test_boxes_are_ticked_or_not(tmp_path: Path) -> None:
    pdf = PdfFile()
    boxes = [button(pdf, (72, 80, 90, 98), "agree", "Yes"), button(pdf, (72, 110, 90, 128), "newsletter", "Off")]
    pdf.add_page(text(100, 94, "I agree"), annotations=boxes)
    content = extract(pdf.save(tmp_path / "a.pdf"), a_context())
    assert fields_of(content) == [("agree", "☒"), ("newsletter", "☐")]


def test_a_list_tells_what_was_chosen(tmp_path: Path) -> None:
    pdf = PdfFile()
    field = pdf.add_field(
        (72, 80, 200, 98), "/FT /Ch /Ff 131072 /T (country) /Opt [[(de) (Germany)] [(fr) (France)]] /V (fr)"
    )
    pdf.add_page(text(72, 60, "Country"), annotations=[field])
    assert fields_of(extract(pdf.save(tmp_path / "a.pdf"), a_context())) == [("country", "France")]


def test_a_hidden_field_is_not_read(tmp_path: Path) -> None:
    pdf = PdfFile()
    hidden = pdf.add("<< /Type /Annot /Subtype /Widget /F 2 /Rect [72 700 200 720] /FT /Tx /T (token) /V (secret) >>")
    shown = pdf.add_field((72, 80, 200, 98), "/FT /Tx /T (city) /V (London)")
    pdf.add_page(text(72, 60, "City"), annotations=[hidden, shown])
    assert "secret" not in extract(pdf.save(tmp_path / "a.pdf"), a_context()).text


def test_a_note_typed_onto_the_page_is_text(tmp_path: Path) -> None:
    pdf = PdfFile()
    note = pdf.add(
        f"<< /Type /Annot /Subtype /FreeText /F 4 /Rect [300 {A4[1] - 120} 500 {A4[1] - 100}] /DA (/F1 10 Tf) "
        "/Contents (Approved by Mara) >>"
    )
    pdf.add_page(text(72, 60, "Request 12"), annotations=[note])
    content = extract(pdf.save(tmp_path / "a.pdf"), a_context())
    assert content.text == "Request 12\n\nApproved by Mara"
    place = content.words[-1].place
    assert isinstance(place, PageBox)
    assert place.box == (300, 100, 500, 120)


def test_a_form_without_a_text_layer_is_read_from_its_fields(tmp_path: Path) -> None:
    pdf = PdfFile()
    pdf.add_page("", annotations=[pdf.add_field((72, 80, 200, 98), "/FT /Tx /T (city) /V (London)")])
    ocr = ColorOcr()
    content = extract(pdf.save(tmp_path / "a.pdf"), a_context(ocr=ocr))
    assert fields_of(content) == [("city", "London")]
    assert ocr.pictures == 0


def test_fields_of_a_page_shown_turned_have_the_places_as_shown(tmp_path: Path) -> None:
    pdf = PdfFile()
    field = pdf.add_field((100, 200, 120, 300), "/FT /Tx /T (city) /V (London)")
    pdf.add_page(text(72, 60, "City", degrees=270), rotate=90, annotations=[field])
    content = extract(pdf.save(tmp_path / "a.pdf"), a_context())
    (place,) = (word.place for word in content.words if word.text == "London")
    assert isinstance(place, PageBox)
    assert place.box == (542, 100, 642, 120)  # 842 points wide as shown
