"""A content that was kept is the content that was read; anything else is a miss."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmi_cli.caches.contents import ContentCache, ReadingKeys, is_worth_keeping
from mmi_cli.datamodel.content import Content, Page, PageBox, SheetCell
from mmi_cli.datamodel.content_builder import ContentBuilder
from mmi_cli.datamodel.detection import Detection
from mmi_cli.settings import Settings

PDF = Detection(media_type="application/pdf", format="pdf", modality="document", reason="")


def a_content(words: int = 2500, *, sheet: str | None = None) -> Content:
    builder = ContentBuilder()
    builder.add_page(Page(number=1, width=595.28, height=841.89, unit="pt", source="ocr", reason="no text"))
    place = SheetCell(sheet, "A1") if sheet else PageBox(1, (0.1, 1 / 3, 2.5, 1e-7))
    builder.add_block("paragraph", [[(f"wörd{number}", place, 0.1 + number / 7e3) for number in range(words)]])
    builder.add_metadata("title", "a\u2028b")
    return builder.build()


def test_what_was_kept_comes_back_as_it_was(tmp_path: Path) -> None:
    cache = ContentCache(tmp_path, max_bytes=10_000_000)
    cache.keep("key", a_content(), ("format:pdf", "ocr"))
    assert cache.read("key") == (a_content(), ("format:pdf", "ocr"))


@pytest.mark.parametrize(
    "harm", [lambda data: data[:-1], lambda data: data[: len(data) // 2], lambda data: b"", lambda data: b"{}"]
)
def test_an_entry_that_is_broken_is_a_miss_and_goes(tmp_path: Path, harm: object) -> None:
    cache = ContentCache(tmp_path, max_bytes=10_000_000)
    cache.keep("key", a_content(10))
    (path,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    path.write_bytes(harm(path.read_bytes()))  # type: ignore[operator]
    assert cache.read("key") is None
    assert not path.exists()


def test_nothing_kept_before_is_believed_when_it_is_to_be_made_anew(tmp_path: Path) -> None:
    ContentCache(tmp_path, max_bytes=10_000_000).keep("key", a_content(10))
    assert ContentCache(tmp_path, max_bytes=10_000_000, is_read=False).read("key") is None


def found(settings: Settings, *, touched: tuple[str, ...], later: Settings, words: tuple[str, ...] = ()) -> bool:
    """Whether a content that was read under some settings is found under later ones."""
    key = ReadingKeys(settings, ()).of("00", PDF, "invoice.pdf", a_content(3), touched)
    return key in ReadingKeys(later, words).candidates("00", PDF, "moved.pdf")


def test_a_file_under_another_name_is_found_again() -> None:
    assert found(Settings(), touched=(), later=Settings())


def test_another_ocr_counts_for_what_used_ocr_alone() -> None:
    other = Settings(ocr="none")
    assert not found(Settings(), touched=("ocr",), later=other)
    assert found(Settings(), touched=(), later=other)


def test_another_speech_model_and_other_words_to_expect_count_for_what_was_heard_alone() -> None:
    assert not found(Settings(), touched=("speech",), later=Settings(speech_model="tiny.en"))
    assert not found(Settings(), touched=("speech",), later=Settings(), words=("mocha",))
    assert found(Settings(), touched=("ocr",), later=Settings(speech_model="tiny.en"), words=("mocha",))


def test_another_language_model_reads_nothing_again() -> None:
    later = Settings(language_model="none", embedding="none", prompt_tokens=900)
    assert found(Settings(), touched=("ocr", "speech"), later=later)


def test_what_names_its_file_is_found_under_that_name_alone() -> None:
    keys = ReadingKeys(Settings(), ())
    key = keys.of("00", PDF, "orders.csv", a_content(3, sheet="orders"), ())
    assert key in keys.candidates("00", PDF, "orders.csv")
    assert key not in keys.candidates("00", PDF, "others.csv")


def test_what_is_quickly_read_is_not_kept_nor_what_might_be_better_next_time() -> None:
    assert is_worth_keeping(a_content(10), seconds=0.2)
    assert not is_worth_keeping(a_content(10), seconds=0.05)
    assert not is_worth_keeping(a_content(100_000), seconds=1.0)
    builder = ContentBuilder()
    builder.add_warning("engine_failed", "page 3 was not read")
    assert not is_worth_keeping(builder.build(), seconds=9.0)
