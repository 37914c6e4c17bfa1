"""Of every setting it is said what it decides."""

from __future__ import annotations

from mmi_cli.caches.deciding import OF_THE_RUN, general_settings, known_settings, passed_a_limit
from mmi_cli.settings import Settings


def test_every_setting_stands_in_a_table() -> None:
    missing = set(Settings.model_fields) - known_settings()
    assert not missing, f"say in mmi_cli/caches/deciding.py what they decide: {sorted(missing)}"


def test_every_name_of_a_table_is_a_setting() -> None:
    assert not known_settings() - set(Settings.model_fields)


def test_a_setting_of_the_run_decides_no_value() -> None:
    assert not OF_THE_RUN & set(general_settings(Settings()))


def test_a_limit_that_was_passed_is_known_by_its_code_or_by_its_name() -> None:
    assert passed_a_limit(["limit_exceeded"], [])
    assert passed_a_limit(["unreadable_part"], ["more than max_pages = 3"])
    assert not passed_a_limit(["no_text"], ["nothing to read"])
