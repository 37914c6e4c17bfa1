"""A record holds while all that it touched is as it was, and only what it touched counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmi_cli.runner.state.keys import RunKeys, SchemaKey
from mmi_cli.settings import Settings

SCHEMA = SchemaKey("s", "1")
ALL = ("embedding", "format:pdf", "image_tags", "language_model", "ocr", "speech")


def holds(made: Settings, *, touched: tuple[str, ...] | None = (), passed_a_limit: bool = False, now: Settings) -> bool:
    """Whether a record that was made under some settings holds under others."""
    mark = RunKeys(schemas=(SCHEMA,), settings=made).mark(0, touched, passed_a_limit=passed_a_limit)
    return RunKeys(schemas=(SCHEMA,), settings=now).accepts(mark) == 0


def test_the_same_settings_take_every_record() -> None:
    assert holds(Settings(), touched=ALL, now=Settings(jobs=7, quiet=True))


@pytest.mark.parametrize(
    ("engine", "other"),
    [
        ("ocr", Settings(ocr="none")),
        ("speech", Settings(speech_model="tiny.en")),
        ("speech", Settings(speech_language="de")),
        ("language_model", Settings(language_model="none")),
        ("language_model", Settings(prompt_tokens=900)),
        ("embedding", Settings(embedding="none")),
        ("image_tags", Settings(image_tags="none")),
    ],
)
def test_another_engine_counts_for_what_asked_it_and_for_nothing_else(engine: str, other: Settings) -> None:
    assert not holds(Settings(), touched=(engine,), now=other)
    assert holds(Settings(), touched=tuple(role for role in ALL if role != engine), now=other)
    assert not holds(Settings(), touched=None, now=other)  # a worker that died does not tell


def test_a_setting_of_a_format_counts_for_files_that_hold_one() -> None:
    other = Settings(shot_threshold=30.0)
    assert not holds(Settings(), touched=("format:video",), now=other)
    assert holds(Settings(), touched=("format:pdf", "ocr"), now=other)


def test_weights_that_arrive_or_change_count_as_another_engine(tmp_path: Path) -> None:
    def keys() -> RunKeys:
        return RunKeys(schemas=(SCHEMA,), settings=Settings(models_dir=tmp_path))

    folder = tmp_path / "faster-whisper-base"
    without = keys().mark(0, ("speech",), passed_a_limit=False)
    folder.mkdir()
    (folder / "model.bin").write_bytes(bytes(9_000_000))
    assert keys().accepts(without) is None
    whole = keys().mark(0, ("speech",), passed_a_limit=False)
    data = bytearray(9_000_000)
    data[-1] = 1
    (folder / "model.bin").write_bytes(data)
    assert keys().accepts(whole) is None


def test_a_higher_limit_counts_for_what_passed_it_alone() -> None:
    higher, lower = Settings(max_pages=9_000), Settings(max_pages=3)
    assert holds(Settings(), now=higher)
    assert not holds(Settings(), passed_a_limit=True, now=higher)
    assert not holds(Settings(), now=lower)


def test_another_clock_counts_for_what_ran_out_of_it_alone() -> None:
    assert holds(Settings(), now=Settings(timeout_s=1.0))
    assert not holds(Settings(), passed_a_limit=True, now=Settings(timeout_s=900.0))


def test_another_schema_or_general_setting_counts_for_everything() -> None:
    mark = RunKeys(schemas=(SCHEMA,), settings=Settings()).mark(0, (), passed_a_limit=False)
    for other in (SchemaKey("s", "2"), SchemaKey("t", "1")):
        assert RunKeys(schemas=(other,), settings=Settings()).accepts(mark) is None
    assert RunKeys(schemas=(SchemaKey("t", "1"), SCHEMA), settings=Settings()).accepts(mark) == 1


def test_contents_that_are_wanted_now_have_to_have_been_written() -> None:
    plain = RunKeys(schemas=(SCHEMA,), settings=Settings())
    written = RunKeys(schemas=(SCHEMA,), settings=Settings(), with_content=True)
    assert written.accepts(plain.mark(0, (), passed_a_limit=False)) is None
    assert plain.accepts(written.mark(0, (), passed_a_limit=False)) == 0


@pytest.mark.parametrize("mark", ["", "{}", "[]", "null", '{"schema": "s"}'])
def test_a_mark_that_cannot_be_understood_holds_nothing(mark: str) -> None:
    assert RunKeys(schemas=(SCHEMA,), settings=Settings()).accepts(mark) is None
