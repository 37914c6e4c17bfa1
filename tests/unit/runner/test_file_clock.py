"""How long a file may take grows with what it holds; signs of life cross from a worker to its parent."""

from __future__ import annotations

import time

from mmi_cli import progress
from mmi_cli.runner.workers.file_clock import Allowance, allowance, verdict
from mmi_cli.runner.workers.life_signs import LifeSigns
from mmi_cli.settings import Settings

SETTINGS = Settings.model_validate({"timeout_s": 100, "timeout_page_s": 10, "timeout_minute_s": 60, "stall_s": 30})


def signs() -> LifeSigns:
    page = LifeSigns.new()
    page.reset()
    return page


def allowed(page: LifeSigns, *, size_bytes: int = 0, schemas: int = 1) -> float:
    return allowance(SETTINGS, schemas=schemas, size_bytes=size_bytes, signs=page.read()).seconds


def test_until_the_reader_says_what_a_file_holds_its_bytes_count() -> None:
    page = signs()
    assert allowed(page, size_bytes=1_000_000) == 200
    page.holds(pages=3, media_s=0)
    assert allowed(page, size_bytes=1_000_000) == 130
    page.holds(pages=0, media_s=120)
    assert allowed(page, size_bytes=1_000_000) == 250


def test_a_file_inside_adds_to_what_the_file_may_take_and_does_not_speak_for_it() -> None:
    page = signs()
    page.holds_part(size_bytes=500_000)
    page.holds(pages=2, media_s=0)
    assert allowed(page, size_bytes=1_000_000) == 100 + 100 + 50 + 20


def test_every_schema_has_its_time() -> None:
    assert allowed(signs(), schemas=3) == 300


def test_what_a_file_claims_counts_no_further_than_its_limits() -> None:
    page = signs()
    page.holds(pages=1e12, media_s=1e12)
    most = SETTINGS.max_pages + SETTINGS.max_key_frames
    assert allowed(page) == 100 + 10 * most + 60 * SETTINGS.max_media_hours * 60


def test_the_clocks_say_which_of_them_it_was() -> None:
    page = signs()
    grant = allowance(SETTINGS, schemas=1, size_bytes=0, signs=page.read())

    def said(now_s: float, last_s: float, *, is_done: bool = False, grant: Allowance = grant) -> str:
        error = verdict(grant, settings=SETTINGS, started_s=0, last_s=last_s, is_done=is_done, now_s=now_s)
        return str(error or "")

    assert said(99, 90) == ""
    assert said(101, 100).startswith("took longer than 100 s (timeout_s)")
    assert said(31, 0.5).startswith("went on for 30 s without a sign of progress")
    assert said(500, 0, is_done=True) == ""


def test_signs_are_seen_by_the_other_side_as_they_are_given() -> None:
    page = signs()
    other = LifeSigns(page.descriptor)
    before = other.read().last_s
    progress.listen(page)
    try:
        page.enter("extract")
        time.sleep(0.01)
        progress.step()
        progress.holds(pages=2)
        progress.holds_part(size_bytes=7)
    finally:
        progress.listen(None)
    seen = other.read()
    assert (seen.stage, seen.pages, seen.part_bytes, seen.is_known, seen.is_done) == ("extract", 2, 7, True, False)
    assert seen.last_s > before
    progress.step()  # nobody listens
    assert other.read() == seen
