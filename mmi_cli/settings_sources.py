"""Where settings come from: flags > `MMI_*` environment > `mmi.yaml` > defaults, each value with its origin."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from .errors import UsageError
from .settings import Settings

SECRET = frozenset({"openai_api_key", "passwords"})
_ENVIRONMENT_ONLY = frozenset({"openai_api_key"})
CONFIG_FILE = "mmi.yaml"
_NEARLY = 0.8
"""Similarity at which an unknown variable is a slip of the pen; other programs may have an `MMI_` of theirs."""


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    settings: Settings
    origins: Mapping[str, str]
    """Setting → `default`, `mmi.yaml:3`, `environment MMI_JOBS` or `flag`."""


def load_settings(
    flags: Mapping[str, Any], environment: Mapping[str, str], *, config: Path | None = None
) -> LoadedSettings:
    """Merges the four sources.

    Args:
        flags: only those that were given.
        config: a settings file that must exist; None: `mmi.yaml` of the working folder, when there is one.

    Raises:
        UsageError: an unknown setting or a bad value, with where it was written.
    """
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    path = config or Path(CONFIG_FILE)
    if config is not None or path.is_file():
        for name, value, line in _read_file(path):
            origin = f"{path}:{line}"
            _known(name, origin)
            if name in _ENVIRONMENT_ONLY:
                raise UsageError(f"{origin}: {name!r} is a secret; set it as MMI_{name.upper()} in the environment")
            values[name], origins[name] = value, origin
    for variable, text in environment.items():
        name = variable.removeprefix("MMI_").lower()
        if variable.startswith("MMI_") and name in Settings.model_fields and text != "":
            values[name], origins[name] = _from_text(name, text), f"environment {variable}"
    for name, value in flags.items():
        _known(name, "flag")
        values[name], origins[name] = _from_text(name, value) if isinstance(value, str) else value, "flag"
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = str(first["loc"][0])
        shown = "" if name in SECRET else f" {values.get(name)!r}"
        raise UsageError(f"{origins.get(name, 'setting')}: bad value{shown} for {name!r}: {first['msg']}") from None
    return LoadedSettings(settings, {name: origins.get(name, "default") for name in Settings.model_fields})


def misspelt_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """`MMI_*` variables that are no setting but nearly one → what was probably meant."""
    found = {}
    for variable in sorted(environment):
        name = variable.removeprefix("MMI_").lower()
        if variable.startswith("MMI_") and name not in Settings.model_fields:
            near = difflib.get_close_matches(name, Settings.model_fields, n=1, cutoff=_NEARLY)
            if near:
                found[variable] = f"MMI_{near[0].upper()}"
    return found


def _known(name: str, origin: str) -> None:
    if name not in Settings.model_fields:
        near = difflib.get_close_matches(name, Settings.model_fields, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "; `mmi config show` lists them"
        raise UsageError(f"{origin}: unknown setting {name!r}{hint}")


def _from_text(name: str, text: str) -> Any:
    """A value from the environment or a flag: JSON for lists, else the text itself, which pydantic converts."""
    if name == "passwords":
        if not text.lstrip().startswith("["):
            return (text,)
        try:
            return tuple(json.loads(text))
        except ValueError as error:
            raise UsageError("MMI_PASSWORDS is not a JSON list of strings") from error
    return text


def _read_file(path: Path) -> list[tuple[str, Any, int]]:
    import yaml

    try:
        node = yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader)
        if node is None:
            return []
        if not isinstance(node, yaml.MappingNode):
            raise UsageError(f"{path}:1: settings are `name: value` lines")
        loader = yaml.SafeLoader("")
        return [
            (str(key.value), loader.construct_object(value, deep=True), key.start_mark.line + 1)
            for key, value in node.value
        ]
    except OSError as error:
        raise UsageError(f"cannot read the settings file {path}: {error.strerror}") from error
    except RecursionError:
        raise UsageError(f"{path} is nested deeper than settings can be") from None
    except (ValueError, TypeError, LookupError, yaml.YAMLError) as error:  # a date that is none, a set of lists, …
        raise UsageError(f"{path} is not YAML: {' '.join(str(error).split())}") from error
