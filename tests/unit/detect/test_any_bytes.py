"""Any bytes give a verdict; real files are what their makers say."""

from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mmi_cli.datamodel.detection import MODALITIES
from mmi_cli.detect import detect_file
from mmi_cli.registry import names
from mmi_cli.settings import Settings

_DATA = Path(os.environ.get("MMI_BENCH_DATA", Path(__file__).parents[4] / "shared" / "data"))
_STARTS = [
    b"", b"%PDF-1.", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\0\0\0\x18ftyp", b"RIFF", b"\x1a\x45\xdf\xa3", b"OggS",
    b"ID3\x04", b"\xff\xfb\x90\x00", b"\xff\xfe", b"\xff\xfe\0\0", b"\xfe\xff", b"\xef\xbb\xbf", b"<?xml ", b"<html", b"{", b"[", b"BM",
    b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"WEBVTT", b"1\n00:00:01,000 --> ", b"From: a\nTo: b\n", b"{\\rtf", b"\x1f\x8b\x08",
    b"PK\x05\x06" + b"\0" * 18, b"a,b,c\n1,2,3\n",
]  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.sampled_from(_STARTS),
    rest=st.one_of(st.binary(max_size=600), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))),
    name=st.sampled_from(["a", "a.md", "a.csv", "a.json", "a.vtt", "a.eml", "a.txt", "\udcff.xml", "."]),
)
def test_any_bytes_give_a_verdict(start: bytes, rest: bytes, name: str, tmp_path: Path) -> None:
    path = tmp_path / "any"
    path.write_bytes(start + rest)
    found = detect_file(path, name=name, settings=Settings())
    assert found.media_type.count("/") == 1 and found.reason
    assert (found.modality is None) == (found.format in (None, "archive"))
    assert found.modality is None or found.modality in MODALITIES
    assert found.format is None or found.format == "archive" or found.format in names("extractor")


def test_a_missing_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        detect_file(tmp_path / "no", name="no", settings=Settings())


_EXPECTED = {
    ".pdf": "pdf", ".png": "image", ".jpg": "image", ".jpeg": "image", ".tif": "image", ".wav": "audio", ".flac": "audio", ".mp3": "audio",
    ".mp4": "video", ".mov": "video", ".docx": "docx", ".xlsx": "xlsx", ".xlsm": "xlsx", ".pptx": "pptx", ".odt": "odf", ".odp": "odf",
    ".doc": "legacy-office", ".xls": "legacy-office", ".ppt": "legacy-office", ".html": "html", ".eml": "eml", ".epub": "epub",
    ".rtf": "rtf", ".csv": "csv", ".vtt": "subtitles", ".json": "json", ".jsonl": "json", ".md": "markdown", ".xml": "xml",
    ".zip": "archive",
}  # fmt: skip


_TOLD_BY_CONTENT = {(".json", "transcript-json")}


@pytest.mark.skipif(not _DATA.is_dir(), reason=f"no benchmark data at {_DATA}: set MMI_BENCH_DATA")
def test_real_files_are_what_their_makers_say() -> None:
    differ: Counter[str] = Counter()
    took = []
    for path in sorted(_DATA.rglob("*")):
        if not path.is_file() or path.suffix.lower() not in _EXPECTED or "hostile" in path.parts:
            continue
        started = time.perf_counter()
        found = detect_file(path, name=path.name, settings=Settings())
        took.append(time.perf_counter() - started)
        if found.format != _EXPECTED[path.suffix.lower()] and (path.suffix, found.format) not in _TOLD_BY_CONTENT:
            differ[f"{path.suffix} is {found.media_type}: {found.reason}"] += 1
    assert len(took) > 500
    assert not differ, differ
    assert sorted(took)[len(took) // 2] < 0.002
