"""EPUB: chapters in the order of the spine."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmi_cli.datamodel.content import Content
from mmi_cli.errors import CorruptFile, EncryptedFile
from mmi_cli.extract.epub import extract
from tests.support.office_files import write_zip
from tests.support.reading import a_context

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)
BOOK = """<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Two tales</dc:title>
<dc:creator>Ann Gray</dc:creator></metadata><manifest><item id="b" href="text/b%20.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="text/a.xhtml" media-type="application/xhtml+xml"/><item id="m" href="gone.xhtml" media-type="application/xhtml+xml"/>
<item id="css" href="x.css" media-type="text/css"/></manifest>
<spine><itemref idref="a"/><itemref idref="css"/><itemref idref="b"/><itemref idref="m"/></spine></package>"""
PARTS = {
    "META-INF/container.xml": CONTAINER,
    "OEBPS/book.opf": BOOK,
    "OEBPS/text/a.xhtml": "<html><head><title/><script src='x'/></head><body><a id='x'/><h1>First</h1><p>One.</p></body></html>",
    "OEBPS/text/b .xhtml": "<html><body><h1>Second</h1><p>Two.</p></body></html>",
}


def read(path: Path) -> Content:
    return extract(path, a_context(name="book.epub"))


def test_chapters_come_in_the_order_of_the_spine(tmp_path: Path) -> None:
    content = read(write_zip(tmp_path / "a.epub", PARTS))
    assert content.text == "First\n\nOne.\n\nSecond\n\nTwo."
    assert dict(content.metadata) == {"title": "Two tales", "creator": "Ann Gray"}
    assert ["gone.xhtml" in notice.message for notice in content.warnings] == [True]


def test_protected_books_are_encrypted_and_scrambled_fonts_are_not(tmp_path: Path) -> None:
    def encryption(algorithm: str) -> dict[str, str]:
        return {
            **PARTS,
            "META-INF/encryption.xml": f'<encryption><EncryptionMethod Algorithm="{algorithm}"/></encryption>',
        }

    assert read(write_zip(tmp_path / "a.epub", encryption("http://www.idpf.org/2008/embedding"))).words
    with pytest.raises(EncryptedFile, match="protected"):
        read(write_zip(tmp_path / "b.epub", encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc")))


def test_a_container_without_a_book_is_corrupt(tmp_path: Path) -> None:
    with pytest.raises(CorruptFile, match="names no book"):
        read(write_zip(tmp_path / "a.epub", {"META-INF/container.xml": "<container/>"}))
