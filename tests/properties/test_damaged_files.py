"""Whatever is done to a file, its reader answers with a value or a named error, in time."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import fuzzing


@cache
def seeds() -> dict[str, list[fuzzing.Seed]]:
    return fuzzing.own_seeds()


@pytest.mark.parametrize("target", list(fuzzing.TARGETS))
def test_the_seeds_themselves_are_read(target: str, tmp_path: Path) -> None:
    for seed in seeds()[target]:
        assert fuzzing.survive(target, seed.data, seed.name, tmp_path) in ("", "UsageError") or target != "read"


@pytest.mark.parametrize(
    ("target", "examples"), [("detect", 300), ("read", 500), ("unpack", 200), ("schema", 120), ("settings", 80)]
)
def test_a_damaged_file_gives_a_value_or_a_named_error(target: str, examples: int, tmp_path: Path) -> None:
    chosen = seeds()[target]
    others = [seed.data for seed in chosen]

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(chosen), st.integers(0, 2**32))
    def survives(seed: fuzzing.Seed, number: int) -> None:
        data = fuzzing.any_damage(seed, others, random.Random(number))
        fuzzing.survive(target, data, seed.name, tmp_path)

    survives()


@pytest.mark.parametrize(
    "name", ["a.srt", "a.vtt", "a.eml", "a.rtf", "a.xml", "a.html", "a.json", "a.md", "a.csv", "a.txt"]
)
def test_any_text_gives_a_value_or_a_named_error(name: str, tmp_path: Path) -> None:
    start = {"a.rtf": b"{\\rtf1 ", "a.xml": b"<?xml version='1.0'?><a>", "a.vtt": b"WEBVTT\n\n", "a.eml": b"From: a\n"}

    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(st.text(max_size=400).map(lambda text: text.encode("utf-8", "replace")), st.binary(max_size=400)))
    def survives(rest: bytes) -> None:
        fuzzing.survive("read", start.get(name, b"") + rest, name, tmp_path)

    survives()
