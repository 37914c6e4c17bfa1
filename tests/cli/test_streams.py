"""stdout holds data and nothing else, whatever it leads to; people are told on stderr; a terminal is used with manners."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.command_line import COMMAND, WORKERS, environment, mmi, mmi_in_terminal

SCHEMA = "total number"
COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-9]m|\x1b\[[0-9;]*9[0-9]m")


def in_shell(script: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs a line of bash in which `mmi` is the program."""
    line = f'set -o pipefail; mmi() {{ {" ".join(COMMAND)} "$@"; }}; {script}'
    return subprocess.run(["bash", "-c", line], cwd=cwd, env=environment(), capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    "command",
    ["--help", "schema list", "read a.txt -f json", "plan . -s receipt --each", "extract a.txt -s receipt", "run . -s receipt -o - -q"],
)  # fmt: skip
def test_whoever_stops_reading_ends_the_program_in_silence(command: str, good: Path) -> None:
    (good / "a.txt").write_text("Total: 9.50\n" * 2500)
    ran = in_shell(f"mmi {command} | head -c 1 >/dev/null", good)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
@pytest.mark.parametrize("command", ["schema list", "extract a.txt -s receipt", "run . -s receipt -o - -q"])
def test_a_full_disk_behind_stdout_is_exit_code_4_and_one_line(command: str, good: Path) -> None:
    ran = in_shell(f"mmi {command} >/dev/full", good)
    assert ran.returncode == 4
    assert "No space left" in ran.stderr and len(ran.stderr.splitlines()) == 1


def test_data_for_a_closed_stdout_is_an_error_and_a_run_to_a_folder_needs_none(good: Path) -> None:
    assert in_shell("mmi schema list >&-", good).returncode == 4
    assert in_shell("mmi run . -s receipt -o - -q >&-", good).returncode == 4
    ran = in_shell("mmi run . -s receipt -o ../out >&- 2>&- <&-", good)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert len((good.parent / "out" / "results.jsonl").read_text().splitlines()) == 2


@pytest.mark.parametrize(
    "locale",
    [{"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONIOENCODING": "latin-1"}],
)  # fmt: skip
def test_data_is_utf_8_in_every_locale(locale: dict[str, str], receipts: Path) -> None:
    (receipts / "naïve 日本.txt").write_text("Name: Łódź 日本\nTotal: 4.00\n", "utf-8")
    ran = mmi("run", receipts, "-s", "name string, total number", "-o", "-", cwd=receipts, env=locale)
    assert ran.code == 3
    # What a byte of a file name is called follows the locale; what stands in the file does not.
    assert any(each["fields"]["name"]["value"] == "Łódź 日本" for each in ran.records if each["fields"])
    (receipts / "plain.txt").write_text("Łódź 日本\n", "utf-8")
    assert mmi("read", "plain.txt", cwd=receipts, env=locale).out == "Łódź 日本\n"


def test_on_a_terminal_a_run_shows_progress_and_a_table_and_clears_up_after_itself(good: Path) -> None:
    ran = mmi_in_terminal("run", good, "-s", SCHEMA, "-o", "out", cwd=good.parent)
    assert ran.code == 0
    assert "/2" in ran.out and "files/min" in ran.out and COLOUR.search(ran.out)
    assert ran.out.count("\x1b[?25l") == ran.out.count("\x1b[?25h")  # the cursor is shown again


def test_progress_on_a_terminal_leaves_the_records_in_the_pipe_alone(good: Path, tmp_path: Path) -> None:
    with (tmp_path / "results").open("wb") as pipe:
        ran = mmi_in_terminal("run", good, "-s", SCHEMA, "-o", "-", cwd=good, stdout=pipe.fileno(), env=WORKERS)
    assert ran.code == 0
    assert [json.loads(line)["status"] for line in (tmp_path / "results").read_text().splitlines()] == ["ok", "ok"]
    assert "record_version" not in ran.out


def test_records_on_a_terminal_are_whole_lines_without_a_bar_between_them(good: Path) -> None:
    ran = mmi_in_terminal("run", good, "-s", SCHEMA, "-o", "-", cwd=good, columns=50)
    records = [json.loads(line) for line in ran.out.splitlines() if line.startswith("{")]
    assert [record["status"] for record in records] == ["ok", "ok"]
    assert "\x1b[2K" not in ran.out


@pytest.mark.parametrize(
    "command", [("run", ".", "-s", SCHEMA, "-o", "../out"), ("extract", "a.txt", "-s", "receipt"), ("doctor",), ("config", "show")]
)  # fmt: skip
def test_no_color_is_kept_to(command: Sequence[str], good: Path) -> None:
    assert not COLOUR.search(mmi_in_terminal(*command, cwd=good, env={"NO_COLOR": "1"}).out)


@pytest.mark.parametrize("columns", [20, 200])
def test_every_model_and_every_setting_is_named_however_narrow_the_terminal(columns: int, tmp_path: Path) -> None:
    shown = mmi_in_terminal("models", "list", cwd=tmp_path, columns=columns).out
    assert "qwen2.5-coder-1.5b-instruct-q4_k_m" in shown and "Apache-2.0" in shown
    assert "ocr" in mmi_in_terminal("config", "show", cwd=tmp_path, columns=columns).out


def test_a_record_on_a_terminal_is_a_table_and_in_a_pipe_one_line(good: Path) -> None:
    shown = mmi_in_terminal("extract", "a.txt", "-s", "total number, date date", cwd=good).out
    assert "confidence" in shown and "2026-03-04" in shown and "{" not in shown
    assert len(mmi("extract", "a.txt", "-s", "total number, date date", cwd=good).records) == 1


def test_names_and_texts_cannot_command_the_terminal(odd_names: Path) -> None:
    (odd_names / "x.txt").write_text("Total: 4.00\nName: \x1b[31mred\x07\n")
    for command in (
        ("extract", "x.txt", "-s", "name string"),
        ("read", "x.txt"),
        ("plan", ".", "-s", SCHEMA, "--each"),
    ):
        shown = mmi_in_terminal(*command, cwd=odd_names, env={"NO_COLOR": "1"}).out
        assert "\x1b[31m" not in shown and "\x07" not in shown
    shown = mmi_in_terminal("run", ".", "-s", SCHEMA, "-o", "../out", cwd=odd_names, env={"NO_COLOR": "1"}).out
    assert "\x1b[31m" not in shown


def test_ctrl_c_on_a_terminal_ends_politely_and_twice_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(300):
        (folder / f"{number:03}.txt").write_text(f"Total: {number}.00\n" * 60)
    pressed = []

    def press(shown: str) -> bytes:
        if len(pressed) < presses and re.search(r"[1-9]\d*/300", shown):
            pressed.append(1)
            return b"\x03"
        return b""

    for presses in (1, 2):
        pressed.clear()
        ran = mmi_in_terminal(
            "run", folder, "-s", SCHEMA, "-o", f"out{presses}", cwd=tmp_path, press=press, env=WORKERS
        )
        assert ran.code == 130
        assert "Traceback" not in ran.out and "KeyboardInterrupt" not in ran.out
    assert not (tmp_path / "out1" / "results.jsonl").exists()


def test_ctrl_c_while_the_workers_start_leaves_no_trace_of_theirs(good: Path) -> None:
    for number in range(198):  # more than can be done before the key arrives
        (good / f"more-{number}.txt").write_text("Total 1.00\n", "utf-8")
    pressed = []

    def press(shown: str) -> bytes:
        if not pressed and "0/200" in shown:
            pressed.append(1)
            return b"\x03"
        return b""

    ran = mmi_in_terminal("run", good, "-s", SCHEMA, "-o", "../out", cwd=good, press=press, env=WORKERS)
    assert ran.code == 130
    assert "Traceback" not in ran.out


def test_output_to_a_folder_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    (tmp_path / "in").mkdir(mode=0)
    ran = mmi("run", "in", "-s", SCHEMA, "-o", "out", cwd=tmp_path)
    assert ran.code == 4 and "Permission denied" in ran.err
