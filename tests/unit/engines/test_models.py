"""The catalogue of weights, what of it is there, and `mmi models` on a made-up catalogue."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mmi_cli.cli.app import main
from mmi_cli.engines import models
from mmi_cli.engines.models import Model, ModelFile, catalogue, find_model, missing_files, models_of
from mmi_cli.errors import UsageError
from mmi_cli.settings import Settings
from tests.support.model_shops import fake_hub

DATA = b"weights" * 1000
Mmi = Callable[..., tuple[int, str, str]]


def made_up(model_id: str = "tiny", names: tuple[str, ...] = ("w.bin",)) -> Model:
    digest = hashlib.sha256(DATA).hexdigest()
    files = tuple(ModelFile(name=name, size_bytes=len(DATA), sha256=digest, hub_path=name, parts=()) for name in names)
    return Model(id=model_id, purpose="tests", licence="MIT", hub_repository=f"maker/{model_id}", files=files)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.model_validate({"models_dir": tmp_path / "models"})


def put(settings: Settings, model: Model, data: bytes = DATA) -> Path:
    for file in model.files:
        path = settings.models_dir / model.id / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return path


def flip_silently(path: Path) -> None:
    """Another byte under the same size and time, as a failing disk does it."""
    before = path.stat()
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


# --- the catalogue


def test_every_file_has_a_digest_a_size_and_a_source() -> None:
    for model in catalogue().values():
        assert model.files
        assert model.licence in ("MIT", "Apache-2.0")
        for file in model.files:
            assert re.fullmatch(r"[0-9a-f]{64}", file.sha256), file
            assert file.size_bytes > 0
            assert file.parts
            assert not Path(file.name).is_absolute()
            assert ".." not in Path(file.name).parts


def test_no_two_files_want_one_member() -> None:
    parts = [part for model in catalogue().values() for file in model.files for part in file.parts]
    assert len({(part.package, part.member) for part in parts}) == len(parts)


def test_an_unknown_model_is_refused_with_a_suggestion() -> None:
    with pytest.raises(UsageError, match="did you mean 'efficientnet-lite0'"):
        find_model("efficientnet-lite")
    with pytest.raises(UsageError, match="mmi models list"):
        find_model("../../etc")


def test_the_models_of_the_default_settings_are_in_the_catalogue() -> None:
    needed = models_of(Settings())
    assert [find_model(each).purpose.split(",")[0] for each in needed] == ["speech", "text embedding", "language model"]


def test_what_a_run_needs_follows_its_settings() -> None:
    chosen = Settings.model_validate(
        {"speech_model": "tiny.en", "embedding_model": "/shared/minilm", "language_model": "openai", "ocr": "easyocr"}
    )
    assert models_of(chosen) == ("faster-whisper-tiny.en", "easyocr-en")
    assert models_of(chosen, hears=False) == ("easyocr-en",)
    nothing = {"speech": "none", "embedding": "none", "language_model_path": "~/models/own.gguf"}
    assert models_of(Settings.model_validate(nothing)) == ()


# --- what is there


def test_files_are_absent_wrong_or_there(settings: Settings) -> None:
    model = made_up(names=("a.bin", "sub/b.bin"))
    assert missing_files(settings, model) == model.files
    put(settings, model)
    assert missing_files(settings, model) == ()
    (settings.models_dir / "tiny/a.bin").write_bytes(b"other")
    assert missing_files(settings, model) == model.files[:1]


def test_what_was_verified_and_not_touched_is_believed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    model = made_up()
    put(settings, model)
    assert missing_files(settings, model) == ()
    monkeypatch.setattr(models, "sha256_of", lambda path: pytest.fail("it was hashed again"))
    assert missing_files(settings, model) == ()


def test_a_byte_that_flipped_silently_is_found_by_a_thorough_look_and_not_believed_again(settings: Settings) -> None:
    model = made_up()
    path = put(settings, model)
    assert missing_files(settings, model) == ()
    flip_silently(path)
    assert missing_files(settings, model) == ()
    assert missing_files(settings, model, thorough=True) == model.files
    assert missing_files(settings, model) == model.files


def test_a_shared_folder_may_be_read_only(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    model = made_up()
    put(settings, model)

    def refuse(self: Path, *args: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "write_text", refuse)
    assert missing_files(settings, model) == ()


# --- the command line


@pytest.fixture
def mmi(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Mmi:
    """Runs `mmi` with a catalogue of two made-up models."""
    for name in [name for name in os.environ if name.startswith(("MMI_", "HF_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MMI_MODELS_DIR", str(settings.models_dir))
    known = {model.id: model for model in (made_up(), made_up("faster-whisper-small", ("a", "b")))}
    monkeypatch.setattr(models, "catalogue", lambda: known)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["mmi", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def test_list_says_what_is_here(mmi: Mmi, settings: Settings) -> None:
    put(settings, made_up())
    put(settings, made_up("faster-whisper-small", ("a",)))
    code, out, _ = mmi("models", "list")
    assert code == 0
    rows = [line.split("\t") for line in out.splitlines()]
    assert [(row[0], row[-1]) for row in rows[1:]] == [("tiny", "yes"), ("faster-whisper-small", "in part")]


def test_verify_finds_a_flipped_byte_and_pull_mends_it(
    mmi: Mmi, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(settings, made_up())
    assert mmi("models", "verify") == (0, "tiny: every byte is the publisher’s\n", "")
    flip_silently(path)
    code, out, err = mmi("models", "verify")
    assert (code, out) == (3, "tiny: wrong bytes: w.bin\n")
    assert "mmi models pull" in err
    with fake_hub({"/maker/tiny/resolve/main/w.bin": DATA}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        assert mmi("models", "pull", "tiny")[0] == 0
    assert mmi("models", "verify")[0] == 0


def test_verify_tells_absent_from_wrong(mmi: Mmi, settings: Settings) -> None:
    put(settings, made_up("faster-whisper-small", ("a",)), b"other")
    code, out, _ = mmi("models", "verify")
    assert (code, out) == (3, "faster-whisper-small: wrong bytes: a; absent: b\n")
    assert mmi("models", "verify", "tiny")[:2] == (3, "tiny: absent: w.bin\n")


def test_verify_of_an_empty_folder_says_so(mmi: Mmi) -> None:
    code, out, err = mmi("models", "verify")
    assert (code, out) == (0, "")
    assert "no model is in" in err


def test_pull_tells_the_size_before_and_tenths_on_its_way(mmi: Mmi, monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_hub({"/maker/tiny/resolve/main/w.bin": DATA}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        code, out, err = mmi("models", "pull", "tiny")
    lines = err.splitlines()
    assert (code, out) == (0, "")
    assert re.fullmatch(r"fetching 1 file, 0 MB, into .*models", lines[0])
    assert lines[-2:] == ["100 % of 0 MB", "1 file fetched and verified"]
    assert mmi("models", "pull", "tiny")[2] == "tiny: there and verified\n"


def test_pull_takes_what_a_schema_needs(mmi: Mmi, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "calls.yaml").write_text("name: calls\nmodalities: [audio]\nfields:\n  topic: {type: string}\n")
    (tmp_path / "scans.yaml").write_text("name: scans\nmodalities: [image]\nfields:\n  total: {type: number}\n")
    without = ("--set", "embedding=none", "--set", "language_model=none", "--set", "speech_model=small")
    put(settings, made_up("faster-whisper-small", ("a", "b")))
    assert mmi("models", "pull", "--for", "./calls.yaml", *without)[2] == "faster-whisper-small: there and verified\n"
    assert mmi("models", "pull", "--for", "./scans.yaml", *without)[2].startswith("nothing to fetch")
    code, _, err = mmi("models", "pull", "--for", "./calls.yaml", *without[:-1], "speech_model=huge")
    assert code == 2
    assert "no model 'faster-whisper-huge' in the catalogue" in err


def test_pull_takes_all(mmi: Mmi, settings: Settings) -> None:
    put(settings, made_up())
    put(settings, made_up("faster-whisper-small", ("a", "b")))
    assert mmi("models", "pull", "--all")[2] == "tiny, faster-whisper-small: there and verified\n"


def test_pull_offline_stops_with_what_is_missing(mmi: Mmi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMI_OFFLINE", "1")
    code, _, err = mmi("models", "pull", "tiny")
    assert code == 4
    assert "mmi: offline (MMI_OFFLINE is set)" in err


def test_doctor_says_what_the_settings_need(mmi: Mmi) -> None:
    code, out, _ = mmi(
        "doctor", "--set", "speech_model=small", "--set", "embedding=none", "--set", "language_model_path=/no/such.gguf"
    )
    states = {line.split("\t")[1]: line.split("\t")[0] for line in out.splitlines()}
    assert code == 4
    assert states["weights faster-whisper-small"] == "missing"
    assert states["weights tiny"] == "optional"
    assert states["weights /no/such.gguf"] == "missing"


def test_doctor_says_whether_the_server_of_the_language_model_answers(
    mmi: Mmi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MMI_LANGUAGE_MODEL", "openai")
    monkeypatch.setenv("MMI_OPENAI_API_KEY", "sk-secret-0123")
    with fake_hub({}) as server:
        monkeypatch.setenv("MMI_OPENAI_BASE_URL", f"{server.url}/v1")
        assert "ok\tlanguage_model\topenai: default at http://127.0.0.1" in mmi("doctor")[1]
    assert "missing\tlanguage_model" in mmi("doctor")[1]
    monkeypatch.setenv("MMI_OPENAI_BASE_URL", "https://api.example.com/v1")
    out = mmi("doctor")[1]
    assert "add --allow-remote" in out
    assert "sk-secret" not in out
