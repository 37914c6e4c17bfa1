"""What every extractor promises and what it is given.

An extractor is a function `extract(path, context) -> Content` named in the registry. It reads the file at `path` (never its name, which may
lie), raises a `FileError` when nothing can be read, and returns what can be read together with warnings when only a part cannot.
It fetches nothing a file refers to and keeps every limit of the settings, counted while it reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..datamodel.content import Content
from ..datamodel.detection import Detection
from ..engines.interface import Engines
from ..settings import Settings

ReadPart = Callable[[str, bytes], "Content | None"]
"""(name, bytes) → content of a file inside the file, read by its own extractor; None when it holds nothing readable or lies too
deep. Failures become warnings of the returned content; they never raise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractContext:
    """What an extractor may use."""

    detection: Detection
    name: str
    """The file's own name (last part of its path), for messages and for sheet names of CSV files."""
    settings: Settings
    engines: Engines
    read_part: ReadPart
    vocabulary: tuple[str, ...] = ()
    """Words to expect, from the schema; a hint for speech recognition."""


Extractor = Callable[[Path, ExtractContext], Content]
