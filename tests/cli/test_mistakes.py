"""A mistake is exit code 2, before any file is opened, in a line that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import mmi


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("runn", "no such command 'runn'; did you mean 'run'?"),
        ("schema shw invoice", "no such command 'shw'; did you mean 'show'?"),
        ("run . --schma receipt", "no such option: --schma; did you mean '--schema'?"),
        ("run .", "missing option '--schema' / '-s' (`mmi run -h` shows what there is)"),
        ("run", "missing argument 'INPUT...'"),
        ("run . -s", "option '-s' requires an argument"),
        ("run . -s receit", "no built-in schema 'receit'; did you mean 'receipt'?"),
        ("run . -s nothing.yaml", "nothing.yaml: No such file or directory"),
        ("run . -s 'total numbr'", "--schema, column 7: unknown type 'numbr'; did you mean 'number'?"),
        ("run . -s receipt --set ocrr=none", "unknown setting 'ocrr'; did you mean 'ocr'?"),
        ("run . -s receipt --set jobs", "--set 'jobs': write NAME=VALUE"),
        ("run . -s receipt --set jobs=many", "bad value 'many' for 'jobs'"),
        ("run . -s receipt --set openai_api_key=x", "a secret is no flag; set MMI_OPENAI_API_KEY"),
        ("run . -s receipt --ocr rapidocrr", "unknown ocr 'rapidocrr'; did you mean 'rapidocr'?"),
        ("run . -s receipt --speech wisper", "unknown speech 'wisper'"),
        ("run . -s receipt --language-model llama", "did you mean 'llama-cpp'?"),
        ("run . -s receipt --jobs -1", "bad value -1 for 'jobs'"),
        ("run . -s receipt --jobs x", "invalid value for '--jobs' / '-j'"),
        ("run . -s receipt --log-format jsn", "bad value 'jsn' for 'log_format'"),
        ("run . -s receipt --fail-on sometimes", "write any, never, or a rate such as 0.05 or 5%"),
        ("run . -s receipt --config nothing.yaml", "cannot read the settings file nothing.yaml"),
        ("run ftp://host/x -s receipt", "ftp:// is no storage that is known"),
        ("run az:// -s receipt", "az:// needs a container"),
        ("read a.txt -f markdwn", "did you mean 'markdown'?"),
        ("read .", "more than one file; `mmi run` does many"),
        ("extract . -s receipt", "more than one file; `mmi run` does many"),
        ("schema validate bad.yaml", "bad.yaml:3: unknown key of a field 'typ'; did you mean 'type'?"),
        ("schema new 'no name'", "'no name' is no name"),
        ("schema new x --from invoce", "did you mean 'invoice'?"),
        ("models pull whisper", "no model 'whisper' in the catalogue; `mmi models list` shows them"),
        ("models verify whisper", "no model 'whisper' in the catalogue"),
        ("eval nothing labels.jsonl", "labels.jsonl"),
        ("config show --set jbos=1", "did you mean 'jobs'?"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_that_says_what_to_do(command: str, said: str, good: Path) -> None:
    import shlex

    (good / "bad.yaml").write_text("name: x\nfields:\n  a: {typ: string}\n")
    ran = mmi(*shlex.split(command), cwd=good)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert ran.err.startswith("mmi: ") and len(ran.err.splitlines()) == 1
    assert not (good / "mmi-out").exists()


@pytest.mark.parametrize("command", [[], ["schema"], ["models"], ["config"]])
def test_without_a_command_the_help_is_shown_beside_the_data(command: list[str], tmp_path: Path) -> None:
    ran = mmi(*command, cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(" ".join(["Usage: mmi", *command])) and "Commands:" in ran.err


@pytest.mark.parametrize(
    "command", ["", "run", "extract", "read", "plan", "schema", "schema new", "schema validate", "schema show", "schema list",
    "schema import", "schema export", "eval", "models", "models list", "models pull", "models verify", "doctor", "config", "config show"]
)  # fmt: skip
def test_help_is_data_and_opens_with_what_the_command_does_and_an_example(command: str, tmp_path: Path) -> None:
    ran = mmi(*command.split(), "-h" if command else "--help", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: mmi {command}".rstrip())
    is_group = "COMMAND" in ran.out.splitlines()[0]
    assert is_group or f"mmi {command}" in ran.out.partition("Example: ")[2]


def test_every_mistake_of_a_schema_is_told_at_once_each_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("name: x\nfields:\n  a: {typ: string}\n  b: {type: strng}\nchekcs: []\n")
    ran = mmi("schema", "validate", "s.yaml", "invoice", cwd=tmp_path)
    assert ran.code == 2
    assert ran.out.startswith("invoice: ok, ")
    assert [line.split(": ")[1] for line in ran.err.splitlines()] == ["s.yaml:3", "s.yaml:4", "s.yaml:5"]


def test_an_unknown_variable_that_looks_like_a_setting_is_told(good: Path) -> None:
    ran = mmi("config", "show", cwd=good, env={"MMI_JOB": "2", "MMI_SOMETHING_ELSE": "x"})
    assert ran.code == 0
    assert ran.err == "mmi: MMI_JOB is no setting and does nothing; did you mean MMI_JOBS?\n"
