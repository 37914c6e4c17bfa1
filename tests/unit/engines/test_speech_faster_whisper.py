from __future__ import annotations

from pathlib import Path

import pytest

from mmi_cli.engines.speech_faster_whisper import FasterWhisper, check_language, folder_size_name, model_folder
from mmi_cli.errors import MissingEngine
from mmi_cli.settings import Settings


def a_model(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name in ("model.bin", "config.json", "tokenizer.json"):
        (folder / name).write_bytes(b"{}")
    return folder


def test_a_size_is_looked_for_in_the_models_folder(tmp_path: Path) -> None:
    folder = a_model(tmp_path / "faster-whisper-small")
    assert model_folder(Settings.model_validate({"models_dir": tmp_path, "speech_model": "small"})) == folder
    assert folder_size_name(folder) == "small"


def test_a_folder_may_be_given(tmp_path: Path) -> None:
    folder = a_model(tmp_path / "mine" / "whisper-medical")
    assert model_folder(Settings.model_validate({"models_dir": tmp_path, "speech_model": str(folder)})) == folder


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = a_model(tmp_path / "faster-whisper-base")
    (folder / "model.bin").unlink()
    with pytest.raises(MissingEngine, match=r"no model\.bin; run `mmi models pull faster-whisper-base`"):
        model_folder(Settings.model_validate({"models_dir": tmp_path}))


def test_weights_that_are_none_are_refused_and_nothing_is_downloaded(tmp_path: Path) -> None:
    a_model(tmp_path / "faster-whisper-base")
    with pytest.raises(MissingEngine, match="cannot be loaded"):
        FasterWhisper(Settings.model_validate({"models_dir": tmp_path}))


def test_a_language_the_model_does_not_know_is_refused() -> None:
    check_language("en", ("en",), "tiny.en")
    check_language(None, ("en",), "tiny.en")
    with pytest.raises(MissingEngine, match="English only"):
        check_language("de", ("en",), "tiny.en")
    with pytest.raises(MissingEngine, match="'xx'"):
        check_language("xx", ("en", "de"), "base")
