"""Settings: flags over environment over file over defaults, and every mistake is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmi_cli.errors import UsageError
from mmi_cli.settings_sources import load_settings


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_flags_win_over_environment_over_file_over_defaults() -> None:
    Path("mmi.yaml").write_text("jobs: 1\nthreads: 1\nocr_dpi: 150\n")
    loaded = load_settings({"jobs": 3}, {"MMI_JOBS": "2", "MMI_THREADS": "2"})
    assert (loaded.settings.jobs, loaded.settings.threads, loaded.settings.ocr_dpi) == (3, 2, 150)
    origins = [loaded.origins[name] for name in ("jobs", "threads", "ocr_dpi", "max_pages")]
    assert origins == ["flag", "environment MMI_THREADS", "mmi.yaml:3", "default"]


def test_an_unknown_setting_is_refused_with_its_line_and_a_suggestion() -> None:
    Path("mmi.yaml").write_text("jobs: 1\nocr_dpy: 150\n")
    with pytest.raises(UsageError, match=r"mmi\.yaml:2: unknown setting 'ocr_dpy'; did you mean 'ocr_dpi'\?"):
        load_settings({}, {})


def test_a_bad_value_is_refused_with_its_place() -> None:
    with pytest.raises(UsageError, match="environment MMI_JOBS: bad value 'many' for 'jobs'"):
        load_settings({}, {"MMI_JOBS": "many"})


def test_a_secret_in_the_settings_file_is_refused_and_not_repeated() -> None:
    Path("mmi.yaml").write_text("openai_api_key: sk-12345\n")
    with pytest.raises(UsageError) as error:
        load_settings({}, {})
    assert "MMI_OPENAI_API_KEY" in str(error.value)
    assert "sk-12345" not in str(error.value)


def test_passwords_come_as_text_or_as_a_json_list() -> None:
    assert load_settings({}, {"MMI_PASSWORDS": "one"}).settings.passwords == ("one",)
    assert load_settings({}, {"MMI_PASSWORDS": '["a", "b"]'}).settings.passwords == ("a", "b")
    with pytest.raises(UsageError, match="JSON list"):
        load_settings({}, {"MMI_PASSWORDS": "[1"})


def test_a_settings_file_that_was_named_must_exist() -> None:
    with pytest.raises(UsageError, match=r"cannot read the settings file nowhere\.yaml"):
        load_settings({}, {}, config=Path("nowhere.yaml"))


@pytest.mark.parametrize("text", ["[1, 2]", "a: [", "just words"])
def test_a_file_that_is_no_mapping_is_refused(text: str) -> None:
    Path("mmi.yaml").write_text(text)
    with pytest.raises(UsageError, match=r"mmi\.yaml"):
        load_settings({}, {})
