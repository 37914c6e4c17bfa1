"""PDF files as files: pages and their numbers, passwords, embedded files, facts, limits, damage."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from mmi_cli.datamodel.content import Content, PageBox
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.errors import CorruptFile, EncryptedFile, LimitExceeded
from mmi_cli.extract.pdf import extract
from tests.support.pdf_files import PdfFile, lines, text, write_pdf
from tests.support.reading import a_context


def read(path: Path, **given: object) -> Content:
    return extract(path, a_context(**given))  # type: ignore[arg-type]


def warnings_of(content: Content) -> list[str]:
    return [warning.code for warning in content.warnings]


def test_words_know_their_page(tmp_path: Path) -> None:
    pages = [text(72, 300, f"Chapter {word}") for word in ("one", "two", "three")]
    content = read(write_pdf(tmp_path / "a.pdf", *pages))
    assert [page.number for page in content.pages] == [1, 2, 3]
    places = {word.text: word.place for word in content.words}
    assert [getattr(places[word], "page", 0) for word in ("one", "two", "three")] == [1, 2, 3]
    assert content.usage.pages == 3


def test_the_reason_for_the_text_layer_is_kept(tmp_path: Path) -> None:
    (page,) = read(write_pdf(tmp_path / "a.pdf", text(72, 100, "Deliver before noon"))).pages
    assert (page.source, page.unit) == ("text_layer", "pt")
    assert page.reason == "17 characters of text, 0.0% of them unmapped"


def test_an_empty_page_is_a_page_without_words(tmp_path: Path) -> None:
    content = read(write_pdf(tmp_path / "a.pdf", "", text(72, 100, "Second")))
    first = content.pages[0]
    assert (first.number, first.source, first.reason) == (1, "none", "a blank page")
    (word,) = content.words
    assert isinstance(word.place, PageBox)
    assert word.place.page == 2
    assert content.warnings == ()


def test_facts_stand_beside_the_text(tmp_path: Path) -> None:
    pdf = PdfFile()
    pdf.add_page(text(72, 100, "Text"))
    pdf.tell(
        r"/Title (A \(plain\) title) /Author (Mara Lindqvist) /CreationDate (D:20260131120000+01'00') /ModDate (soon)"
    )
    assert dict(read(pdf.save(tmp_path / "a.pdf")).metadata) == {
        "author": "Mara Lindqvist",
        "created": "2026-01-31T12:00:00+01:00",
        "title": "A (plain) title",
    }


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    pdf = PdfFile()
    pdf.add_page(text(72, 100, "Salaries"))
    return pdf.save(tmp_path / "locked.pdf", password="gate seven")


def test_the_right_password_among_several_opens_it(locked: Path) -> None:
    assert read(locked, passwords=("wrong", "gate seven")).text == "Salaries"


def test_without_a_password_it_says_that_it_needs_one(locked: Path) -> None:
    with pytest.raises(EncryptedFile, match="it needs a password; give one with --password or MMI_PASSWORDS"):
        read(locked)


def test_wrong_passwords_are_counted_and_not_shown(locked: Path) -> None:
    with pytest.raises(EncryptedFile, match="none of the 2 passwords given opens it") as told:
        read(locked, passwords=("open sesame", "hunter2"))
    assert "sesame" not in str(told.value)


def test_a_password_that_only_forbids_changes_is_not_asked_for(tmp_path: Path) -> None:
    pdf = PdfFile()
    pdf.add_page(text(72, 100, "Read only"))
    assert read(pdf.save(tmp_path / "a.pdf", password="")).text == "Read only"


def test_embedded_files_are_parts_read_by_their_own_readers(tmp_path: Path) -> None:
    pdf = PdfFile()
    pdf.add_page(text(72, 100, "Invoice RE-7"))
    pdf.attach("factur-x.xml", b"<ID>RE-7</ID>")
    pdf.attach("../../photo.jpg", b"not read")
    given: list[tuple[str, bytes]] = []

    def read_part(name: str, data: bytes) -> Content | None:
        given.append((name, data))
        if name != "factur-x.xml":
            return None
        builder = ContentBuilder()
        builder.add_block("paragraph", [[("RE-7", PageBox(1, (0, 0, 1, 1)), None)]])
        return builder.build()

    content = read(pdf.save(tmp_path / "a.pdf"), read_part=read_part)
    assert given == [("factur-x.xml", b"<ID>RE-7</ID>"), ("photo.jpg", b"not read")]
    (part,) = content.parts
    assert (part.name, content.text[part.start : part.end]) == ("factur-x.xml", "RE-7")
    assert content.text == "Invoice RE-7\n\nRE-7"


def test_embedded_files_over_the_limit_are_left_out_with_a_warning(tmp_path: Path) -> None:
    pdf = PdfFile()
    pdf.add_page(text(72, 100, "Invoice"))
    pdf.attach("large.bin", b"0" * 5000)
    pdf.attach("small.txt", b"0" * 50)
    given: list[str] = []
    content = read(
        pdf.save(tmp_path / "a.pdf"),
        read_part=lambda name, _data: given.append(name),
        max_unpacked_bytes=1000,
    )
    assert given == ["small.txt"]
    assert warnings_of(content) == ["limit_exceeded"]


def test_more_pages_than_allowed_are_refused(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", "", "", "")
    with pytest.raises(LimitExceeded, match="the PDF has 3 pages; the limit is max_pages = 2"):
        read(path, max_pages=2)


def test_more_text_than_allowed_is_refused(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", *[lines(50, 100, ["0123456789"] * 20)] * 3)
    with pytest.raises(LimitExceeded, match="the limit is max_text_chars"):
        read(path, max_text_chars=500)


def test_a_thousand_pages_are_read_in_seconds_and_in_order(tmp_path: Path) -> None:
    rows = [f"Line {row} of a page that is full of words to be read" for row in range(20)]
    path = write_pdf(tmp_path / "a.pdf", *[lines(50, 100, [f"Leaf {page}", *rows]) for page in range(1, 1001)])
    before = time.process_time()
    content = read(path)
    assert time.process_time() - before < 30
    assert len(content.pages) == 1000
    leaves = [int(found) for found in re.findall(r"Leaf (\d+)", content.text)]
    assert leaves == list(range(1, 1001))


def test_a_file_without_pages_is_corrupt_even_after_one_with_a_password(tmp_path: Path, locked: Path) -> None:
    with pytest.raises(EncryptedFile):
        read(locked)
    with pytest.raises(CorruptFile, match="the PDF cannot be opened"):
        read(PdfFile().save(tmp_path / "a.pdf"))


def test_what_is_no_pdf_is_corrupt(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7\nthis is no PDF")
    with pytest.raises(CorruptFile):
        read(path)


@pytest.mark.parametrize("damage", ["wrong start of the index", "no index", "wrong offsets", "bytes before the header"])
def test_a_damaged_index_is_built_again(tmp_path: Path, damage: str) -> None:
    path = write_pdf(tmp_path / "a.pdf", text(72, 100, "First page"), text(72, 100, "Second page"))
    data = path.read_bytes()
    start = data.rindex(b"xref\n0 ")
    path.write_bytes(
        {
            "wrong start of the index": re.sub(rb"startxref\n\d+", b"startxref\n17", data),
            "no index": data[:start],
            "wrong offsets": data[:start] + re.sub(rb"\d{10} 00000 n", b"0000000033 00000 n", data[start:]),
            "bytes before the header": b"mail header\r\n" * 20 + data,
        }[damage]
    )
    if damage == "no index":
        path.write_bytes(path.read_bytes() + b"trailer\n<< /Root 1 0 R >>\n")
    assert read(path).text.split() == ["First", "page", "Second", "page"]


def test_a_page_that_cannot_be_decoded_is_left_out_and_told(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", *[text(72, 100, f"Page {word}") for word in ("one", "two", "three")])
    data = path.read_bytes()
    kids = re.search(rb"/Kids \[(\d+ 0 R) (\d+ 0 R) (\d+ 0 R)\]", data)
    assert kids
    path.write_bytes(data.replace(kids[2], b"99 0 R", 1))
    content = read(path)
    assert [page.number for page in content.pages] == [1, 3]
    assert "one" in content.text
    assert "three" in content.text
    (warning,) = content.warnings
    assert (warning.code, warning.message) == ("unreadable_page", "page 2 cannot be decoded and was left out")


def test_a_file_cut_short_is_read_or_corrupt_but_never_a_crash(tmp_path: Path) -> None:
    whole = write_pdf(tmp_path / "a.pdf", *[text(72, 100, f"Page {number}") for number in range(5)]).read_bytes()
    path = tmp_path / "cut.pdf"
    for part in range(1, 10):
        path.write_bytes(whole[: len(whole) * part // 10])
        try:
            content = read(path)
        except CorruptFile:
            continue
        assert set(content.text.split()) <= {"Page", *"01234"}


def test_a_page_as_large_as_a_wall_is_read(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", text(9000, 13_000, "Corner", size=40), size=(14_400, 14_400))
    content = read(path)
    assert (content.pages[0].width, content.text) == (14_400, "Corner")
