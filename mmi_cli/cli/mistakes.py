"""What typer says of a wrong flag → one line that says what to do."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any


def mistake_in_flags(error: Exception) -> str | None:
    """One line for people; a page of help where a command was left out; None for an exception that is none of typer's."""
    format_message: Any = getattr(error, "format_message", None)
    if not callable(format_message):
        return None
    message = str(format_message())
    context: Any = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        return message
    if context is None:
        return message[:1].lower() + message[1:].rstrip(".")
    wrong, known = _wrong_word(error, context)
    near = difflib.get_close_matches(wrong, known, n=1, cutoff=0.5) if wrong else []
    if type(error).__name__ == "NoSuchOption":
        message = f"no such option: {wrong}"
    if near and "Did you mean" not in message:
        message = f"{message.rstrip('.')}; did you mean {near[0]!r}?"
    message = message[:1].lower() + message[1:].replace(". Did you mean", "; did you mean")
    return f"{message.rstrip('.')} (`{context.command_path} -h` shows what there is)"


def _wrong_word(error: Any, context: Any) -> tuple[str, Sequence[str]]:
    """The word that was not understood, and those that would have been."""
    if type(error).__name__ == "NoSuchOption":
        names = [name for option in context.command.params for name in option.opts if name.startswith("--")]
        return str(error.option_name), [*names, "--help"]
    choices: Any = getattr(getattr(getattr(error, "param", None), "type", None), "choices", None)
    if choices:
        words = [str(getattr(each, "value", each)) for each in choices]
        return str(error.message).strip("'").partition("'")[0], words
    return "", ()
