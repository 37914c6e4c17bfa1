"""`mmi config`, `mmi doctor` and `mmi models`: what is set and what is there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.support.command_line import mmi


def shown(cwd: Path, *more: str, env: dict[str, str] | None = None) -> dict[str, Any]:
    ran = mmi("config", "show", "--json", *more, cwd=cwd, env=env)
    assert (ran.code, ran.err) == (0, "")
    settings: dict[str, Any] = json.loads(ran.out)
    return settings


def test_flags_go_before_the_environment_before_the_file_before_defaults(tmp_path: Path) -> None:
    assert shown(tmp_path)["jobs"] == {"value": 0, "from": "default"}
    (tmp_path / "mmi.yaml").write_text("# ours\njobs: 3\n")
    assert shown(tmp_path)["jobs"] == {"value": 3, "from": "mmi.yaml:2"}
    assert shown(tmp_path, env={"MMI_JOBS": "4"})["jobs"] == {"value": 4, "from": "environment MMI_JOBS"}
    assert shown(tmp_path, "--set", "jobs=5", env={"MMI_JOBS": "4"})["jobs"] == {"value": 5, "from": "flag"}
    (tmp_path / "other.yaml").write_text("jobs: 6\n")
    assert shown(tmp_path, "--config", "other.yaml")["jobs"] == {"value": 6, "from": "other.yaml:1"}


def test_a_mistake_in_the_settings_file_has_its_line(tmp_path: Path) -> None:
    for text, said in (
        ("jobs: 3\njbos: 4\n", "mmi.yaml:2: unknown setting 'jbos'; did you mean 'jobs'?"),
        ("ocr_dpi: many\n", "mmi.yaml:1: bad value 'many' for 'ocr_dpi'"),
        ("- jobs\n", "mmi.yaml:1: settings are `name: value` lines"),
        ("openai_api_key: x\n", "MMI_OPENAI_API_KEY in the environment"),
    ):
        (tmp_path / "mmi.yaml").write_text(text)
        ran = mmi("run", ".", "-s", "receipt", cwd=tmp_path)
        assert (ran.code, ran.out) == (2, "")
        assert said in ran.err


def test_secrets_are_shown_by_no_command_and_written_to_no_file(good: Path) -> None:
    secrets = {"MMI_OPENAI_API_KEY": "sk-hush-hush", "MMI_PASSWORDS": "open-sesame"}
    for command in (
        ("config", "show"),
        ("doctor",),
        ("run", ".", "-s", "receipt", "-o", "../out", "--log-format", "json"),
    ):
        ran = mmi(*command, cwd=good, env=secrets)
        assert ran.code == 0
        assert not any(secret in ran.out + ran.err for secret in secrets.values())
    written = b"".join(each.read_bytes() for each in (good.parent / "out").rglob("*") if each.is_file())
    assert not any(secret.encode() in written for secret in secrets.values())


def test_doctor_is_content_when_nothing_is_needed_and_exit_code_4_names_what_is_missing(tmp_path: Path) -> None:
    well = mmi("doctor", "--json", cwd=tmp_path)
    assert well.code == 0
    assert {each["state"] for each in json.loads(well.out)} <= {"ok", "optional"}
    ill = mmi("doctor", cwd=tmp_path, env={"MMI_SPEECH": "faster-whisper", "MMI_MODELS_DIR": str(tmp_path / "none")})
    assert ill.code == 4
    assert "missing\tweights faster-whisper-base\tnot here; mmi models pull faster-whisper-base" in ill.out


def test_models_are_listed_with_size_and_licence_and_none_is_there_in_an_empty_folder(tmp_path: Path) -> None:
    ran = mmi("models", "list", cwd=tmp_path, env={"MMI_MODELS_DIR": str(tmp_path / "none")})
    titles, *rows = [line.split("\t") for line in ran.out.splitlines()]
    assert (ran.code, titles) == (0, ["model", "for", "size", "licence", "here"])
    assert rows and all(row[2].endswith(" MB") and row[3] and row[4] == "no" for row in rows)


def test_verify_gives_exit_code_3_for_wrong_bytes(tmp_path: Path) -> None:
    name = mmi("models", "list", cwd=tmp_path).out.splitlines()[1].split("\t")[0]
    (tmp_path / "models" / name).mkdir(parents=True)
    ran = mmi("models", "verify", name, cwd=tmp_path, env={"MMI_MODELS_DIR": str(tmp_path / "models")})
    assert ran.code == 3
    assert "absent: " in ran.out and "mmi models pull ID" in ran.err


def test_pull_has_nothing_to_do_where_no_model_is_used(tmp_path: Path) -> None:
    ran = mmi("models", "pull", "--for", "receipt", cwd=tmp_path)
    assert (ran.code, ran.out) == (0, "") and "nothing to fetch" in ran.err
