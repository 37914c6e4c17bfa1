"""The files and commands of docs/recipes, taken out of their pages and run."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from junitparser import JUnitXml

from tests.support.command_line import environment

RECIPES = Path(__file__).parents[2] / "docs" / "recipes"


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (RECIPES / page).read_text("utf-8"), re.DOTALL)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A machine in small: a program on the PATH, an input, somewhere to write."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "mmi").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mmi_cli "$@"\n')
    (tmp_path / "bin" / "mmi").chmod(0o755)
    for folder in ("srv/mmi/in", "var/log/mmi"):
        (tmp_path / folder).mkdir(parents=True)
    for number in range(3):
        text = f"INVOICE\nInvoice number: INV-{number}\nInvoice date: 2026-03-04\nVendor: Contoso Ltd\nTotal: 9{number}.50 EUR\n"
        (tmp_path / "srv/mmi/in" / f"{number}.txt").write_text(text)
    return tmp_path


def there(command: str, place: Path) -> str:
    """A command with the folders of the page below the place of the test."""
    return re.sub(r"(?<![\w.])/(srv|var)/", rf"{place}/\1/", command).replace("/usr/local/bin/mmi", f"{place}/bin/mmi")


def shell(command: str, place: Path, *, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    env = environment({"PATH": f"{place / 'bin'}:{os.environ['PATH']}"})
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command], cwd=cwd or place, env=env, capture_output=True, text=True, timeout=120
    )  # fmt: skip


def test_the_line_of_cron_runs_keeps_a_log_and_leaves_another_run_alone(place: Path) -> None:
    line = blocks("cron.md", "crontab")[0].splitlines()[-1]
    *when, user, command = line.split(maxsplit=6)
    assert when == ["*/15", "*", "*", "*", "*"] and user == "mmi" and "%" not in command
    command = there(command, place)
    ran = shell(command, place)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    log = place / "var/log/mmi/run.log"
    assert [json.loads(each)["event"] for each in log.read_text().splitlines()][-1] == "end"
    log.rename(log.with_suffix(".log.1"))
    with (place / "srv/mmi/out/.mmi/lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ran = shell(command, place)
    assert (ran.returncode, ran.stderr) == (0, "")
    told = [json.loads(each) for each in log.read_text().splitlines()]
    assert "another run writes to" in told[1]["message"] and told[-1]["code"] == 0


@pytest.mark.skipif(shutil.which("logrotate") is None, reason="logrotate is not installed")
def test_logrotate_takes_its_file_and_the_log_goes_on(place: Path) -> None:
    path = place / "logrotate.conf"
    path.write_text(there(blocks("cron.md", "logrotate")[0], place))
    log = place / "var/log/mmi/run.log"
    log.write_text("old\n")
    ran = subprocess.run(
        ["logrotate", "--force", "--state", str(place / "state"), str(path)], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    assert (place / "var/log/mmi/run.log.1").read_text() == "old\n"


def test_the_units_of_systemd_are_whole_and_their_commands_run(place: Path) -> None:
    units = dict(zip(("mmi.service", "mmi.timer", "mmi-watch.service"), blocks("systemd.md", "ini"), strict=True))
    for name, text in units.items():
        (place / name).write_text(there(text, place).replace("User=mmi\n", ""))
    if shutil.which("systemd-analyze"):
        ran = subprocess.run(
            ["systemd-analyze", "verify", *(str(place / name) for name in units)], capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stderr
        assert not [line for line in ran.stderr.splitlines() if str(place) in line], ran.stderr
    command = re.search(r"^ExecStart=(.*)$", units["mmi.service"], re.MULTILINE)
    watch = re.search(r"^ExecStart=(.*)$", units["mmi-watch.service"], re.MULTILINE)
    assert command is not None and watch is not None
    ran = shell(there(command[1], place), place)
    assert ran.returncode in (0, 3)
    assert json.loads(ran.stderr.splitlines()[-1])["event"] == "end"
    ran = shell(f"timeout --preserve-status -s TERM 6 {there(watch[1], place)}", place)
    assert ran.returncode == 143, ran.stderr


def test_the_workflow_is_yaml_and_its_step_runs(place: Path) -> None:
    workflow = yaml.load(blocks("github-actions.md", "yaml")[0], yaml.BaseLoader)  # `on` is a word there, not a boolean
    steps = workflow["jobs"]["read"]["steps"]
    assert all(("uses" in step) != ("run" in step) for step in steps)
    (step,) = (step for step in steps if step.get("name") == "Read")
    (place / "srv/mmi/in").rename(place / "samples")
    ran = shell(step["run"].replace("fields.total.filled >= 0.9", "fields.total.filled >= 0.5"), place)
    assert ran.returncode == 0, ran.stderr
    assert JUnitXml.fromfile(str(place / "report.xml")).tests == 5
    (place / "samples" / "broken.pdf").write_bytes(b"%PDF-1.4\n")
    ran = shell(step["run"], place)
    assert ran.returncode == 5 and "ok >= 0.95 * files: ok is" in ran.stderr
    kept = steps[-1]["with"]["path"].split()
    assert all((place / each).exists() for each in kept)


def test_the_job_of_gitlab_is_yaml_and_its_script_runs(place: Path) -> None:
    job = yaml.safe_load(blocks("gitlab-ci.md", "yaml")[0])["documents"]
    (place / "srv/mmi/in").rename(place / "samples")
    ran = shell("\n".join(job["script"]), place)
    assert ran.returncode == 0, ran.stderr
    assert all((place / each).exists() for each in (*job["artifacts"]["paths"], job["artifacts"]["reports"]["junit"]))


def test_every_flag_and_every_setting_of_the_recipes_is_known() -> None:
    known = (RECIPES.parent / "cli.md").read_text("utf-8")
    settings = (RECIPES.parent / "settings.md").read_text("utf-8")
    for page in RECIPES.glob("*.md"):
        text = page.read_text("utf-8")
        for command in re.findall(r"\bmmi (?:run|models|doctor)\b[^\n`]*", text):
            unknown = [flag for flag in re.findall(r"(?<=\s)--[a-z-]+", command) if f"`{flag}`" not in known]
            assert not unknown, f"{page.name}: {unknown}"
        for variable in re.findall(r"\bMMI_([A-Z_]+)\b", text):
            assert f"`{variable.lower()}`" in settings, f"{page.name}: MMI_{variable}"
