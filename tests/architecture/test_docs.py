"""The pages agree with the program."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import typer.main

from mmi_cli.cli.app import app
from mmi_cli.cli.commands import COMMANDS
from mmi_cli.datamodel.detection import MODALITIES
from mmi_cli.datamodel.schema import FIELD_KINDS, FIELD_TYPES
from mmi_cli.expressions.functions import FUNCTION_NAMES
from mmi_cli.schema_file.field_parsing import _FIELD_KEYS
from mmi_cli.schema_file.parsing import _SCHEMA_KEYS
from mmi_cli.settings import Settings

ROOT = Path(__file__).parents[2]


def test_the_generated_pages_are_up_to_date() -> None:
    result = subprocess.run(
        [sys.executable, "tools/make_cli_docs.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr


def every_command() -> list[tuple[str, Any]]:
    """(name, command) of each command and group."""

    def below(command: Any, name: str) -> list[tuple[str, Any]]:
        children = getattr(command, "commands", {}).items()
        return [(name, command), *(each for child, sub in children for each in below(sub, f"{name} {child}"))]

    return below(typer.main.get_command(app), "mmi")


def test_every_command_and_every_option_says_what_it_does() -> None:
    silent = [
        f"{name} {'/'.join(parameter.opts)}"
        for name, command in every_command()
        for parameter in command.params
        if not (getattr(parameter, "help", None) or "").strip()
    ]
    silent += [name for name, command in every_command() if not (command.help or "").strip()]
    assert not silent, silent


def test_every_command_and_every_option_is_on_its_page() -> None:
    page = (ROOT / "docs" / "cli.md").read_text("utf-8")
    sections = {part.partition("`")[0]: part for part in page.split("\n## `")[1:]}
    missing = [
        f"{name} {option}"
        for name, command in every_command()
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("-") and option not in ("-h", "--help") and f"`{option}`" not in sections.get(name, "")
    ]
    assert not missing, missing
    assert set(sections) == {name for name, _ in every_command()}


def test_every_setting_says_what_it_means_and_is_on_its_page() -> None:
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == list(Settings.model_fields)
    silent = [name for name, field in Settings.model_fields.items() if not (field.description or "").strip()]
    assert not silent, silent


def words_of(page: str) -> set[str]:
    """Everything a page has in backticks or as a key of an example."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    quoted = " ".join(first or second for first, second in re.findall(r"`([^`\n]+)`|\"([\w$]+)\"", text))
    return set(re.findall(r"[\w$]+", quoted)) | set(re.findall(r"^ *(\w+):", text, re.MULTILINE))


def test_every_key_and_every_word_of_a_record_is_described() -> None:
    names: set[str] = set()

    def collect(node: Any) -> None:
        if isinstance(node, dict):
            names.update(node.get("properties", {}))
            names.update(each for each in node.get("enum", ()) if isinstance(each, str))
        for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            collect(child)

    collect(json.loads((ROOT / "docs" / "record.schema.json").read_text("utf-8")))
    assert len(names) > 60
    assert not names - words_of("record.md")


def test_every_code_of_a_warning_is_described() -> None:
    codes = set()
    for module in (ROOT / "mmi_cli").rglob("*.py"):
        codes.update(
            re.findall(r'(?:add_warning|warn|_note|Notice)\(\s*(?:code=)?"([a-z_]+)"', module.read_text("utf-8"))
        )
    assert {"ungrounded", "cut_short", "missing_engine"} <= codes
    assert not codes - words_of("record.md")


def test_every_key_of_a_schema_and_every_function_of_an_expression_is_described() -> None:
    described = words_of("schema.md")
    for known in (_SCHEMA_KEYS, _FIELD_KEYS, FIELD_TYPES, FIELD_KINDS, MODALITIES, FUNCTION_NAMES):
        assert not set(known) - described


def anchors_of(page: Path) -> set[str]:
    """What a link can lead to in a page: its headings, as they are written in addresses."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_links_of_the_readme_and_between_pages_lead_somewhere() -> None:
    broken = []
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "sample_data").rglob("*.md")]
    for page in pages:
        text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
        links = re.findall(r"\]\(([^)\s]+)[^)]*\)|(?:src|href)=\"([^\"]+)\"", text)
        for link in (first or second for first, second in links):
            path, _, anchor = link.partition("#")
            if path.startswith(("http://", "https://", "mailto:")):
                continue
            target = page.parent / path if path else page
            if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors_of(target)):
                broken.append(f"{page.relative_to(ROOT)}: {link}")
    assert len(pages) > 10
    assert not broken, broken


def test_no_page_or_module_names_a_folder_of_somebodys_machine() -> None:
    pattern = re.compile(r"(?<![\w.])/(?:home/\w+|root|work)/")
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.split(b"\0")
    found = []
    for name in filter(None, tracked):
        path = ROOT / name.decode()
        if path.suffix in (".py", ".md", ".toml", ".yaml", ".json", ".jsonl", "") and path.is_file():
            text = path.read_bytes().decode("utf-8", "ignore")
            if pattern.search(text) and path != Path(__file__):
                found.append(name.decode())
    assert not found, found


def test_the_help_page_says_of_each_command_what_the_command_says_of_itself() -> None:
    group: Any = typer.main.get_command(app)
    assert {name: text for name, (_, text) in COMMANDS.items()} == {
        name: command.get_short_help_str(1000) for name, command in group.commands.items()
    }
