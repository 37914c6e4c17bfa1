"""Choice by name: kind and name → class, imported on use, extended by entry points.

A plug-in adds an engine or extractor by an entry point in the group `mmi.<kind>` (`mmi.ocr`, `mmi.extractor`, …) whose name is the
name a user writes and whose value is `module:Class`.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.metadata
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from .errors import MissingEngine, UsageError
from .meter import span

Kind = Literal[
    "ocr",
    "speech",
    "diarization",
    "embedding",
    "joint_embedding",
    "image_tags",
    "vision",
    "language_model",
    "extractor",
]


@dataclass(frozen=True, slots=True)
class Entry:
    target: str
    """`module:attribute`."""
    extra: str | None = None
    """The pip extra that brings what it imports; None when the base install has it."""
    is_hidden: bool = False
    """Not among the names that are told: for tests of a run, of no use for work."""


_BUILT_IN: dict[Kind, dict[str, Entry]] = {
    "ocr": {
        "rapidocr": Entry("mmi_cli.engines.ocr_rapid:RapidOcr"),
        "easyocr": Entry("mmi_cli.engines.ocr_easy:EasyOcr", "torch"),
    },
    "speech": {
        "faster-whisper": Entry("mmi_cli.engines.speech_faster_whisper:FasterWhisper"),
        "openai-whisper": Entry("mmi_cli.engines.speech_openai_whisper:OpenAiWhisper", "torch"),
    },
    "diarization": {"campplus": Entry("mmi_cli.engines.diarization_campplus:CamPlusPlus")},
    "embedding": {
        "minilm": Entry("mmi_cli.engines.embedding_minilm:MiniLm"),
        "sentence-transformers": Entry("mmi_cli.engines.embedding_sentence_transformers:SentenceTransformers", "torch"),
    },
    "image_tags": {"efficientnet-lite0": Entry("mmi_cli.engines.image_tags_efficientnet:EfficientNetLite0")},
    "joint_embedding": {
        "sentence-transformers": Entry(
            "mmi_cli.engines.joint_sentence_transformers:JointSentenceTransformers", "torch"
        ),
    },
    "vision": {"openai": Entry("mmi_cli.engines.vision_openai:OpenAiVision")},
    "language_model": {
        "llama-cpp": Entry("mmi_cli.engines.language_llama_cpp:LlamaCpp"),
        "openai": Entry("mmi_cli.engines.language_openai:OpenAiCompatible"),
        "faults": Entry("mmi_cli.engines.faults:Faults", is_hidden=True),
    },
    "extractor": {
        "pdf": Entry("mmi_cli.extract.pdf:extract"),
        "image": Entry("mmi_cli.extract.image:extract"),
        "docx": Entry("mmi_cli.extract.docx:extract"),
        "xlsx": Entry("mmi_cli.extract.xlsx:extract"),
        "csv": Entry("mmi_cli.extract.csv:extract"),
        "pptx": Entry("mmi_cli.extract.pptx:extract"),
        "odf": Entry("mmi_cli.extract.odf:extract"),
        "rtf": Entry("mmi_cli.extract.rtf:extract"),
        "legacy-office": Entry("mmi_cli.extract.legacy_office:extract"),
        "html": Entry("mmi_cli.extract.html:extract"),
        "eml": Entry("mmi_cli.extract.email:extract"),
        "msg": Entry("mmi_cli.extract.outlook:extract"),
        "text": Entry("mmi_cli.extract.text:extract"),
        "markdown": Entry("mmi_cli.extract.markdown:extract"),
        "json": Entry("mmi_cli.extract.json_text:extract"),
        "xml": Entry("mmi_cli.extract.xml_text:extract"),
        "subtitles": Entry("mmi_cli.extract.subtitles:extract"),
        "transcript-json": Entry("mmi_cli.extract.transcript_json:extract"),
        "epub": Entry("mmi_cli.extract.epub:extract"),
        "audio": Entry("mmi_cli.extract.audio:extract"),
        "video": Entry("mmi_cli.extract.video:extract"),
    },
}


def names(kind: Kind) -> tuple[str, ...]:
    """Every name of a kind that is told, built-in first, then plug-ins by name."""
    told = [name for name, entry in _BUILT_IN[kind].items() if not entry.is_hidden]
    return (*told, *(name for name in sorted(_plugged(kind)) if name not in _BUILT_IN[kind]))


@lru_cache(maxsize=8)
def _plugged(kind: Kind) -> dict[str, importlib.metadata.EntryPoint]:
    """Plug-ins of a kind by name; asked for once, since it reads a file of every installed distribution (5 ms and more)."""
    found: dict[str, importlib.metadata.EntryPoint] = {}
    for point in importlib.metadata.entry_points(group=f"mmi.{kind}"):
        found.setdefault(point.name, point)
    return found


def check_name(kind: Kind, name: str) -> None:
    """Refuses an unknown name before any work.

    Raises:
        UsageError: with a "did you mean".
    """
    known = names(kind)
    if name not in known and name not in _BUILT_IN[kind]:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(known)}"
        raise UsageError(f"unknown {kind.replace('_', ' ')} {name!r}{hint}")


def load(kind: Kind, name: str) -> Any:
    """The class or function behind a name.

    Raises:
        UsageError: no such name.
        MissingEngine: its package is not installed; the message names the extra.
    """
    entry = _BUILT_IN[kind].get(name)
    if entry is None:
        check_name(kind, name)
        return _plugged(kind)[name].load()
    module, _, attribute = entry.target.partition(":")
    try:
        with span(f"import {name}", "library") if module not in sys.modules else nullcontext():
            return getattr(importlib.import_module(module), attribute)
    except ImportError as error:
        what = f"pip install 'mmi-cli[{entry.extra}]'" if entry.extra else "reinstall mmi-cli"
        raise MissingEngine(f"{kind.replace('_', ' ')} {name!r} cannot be loaded ({error}); {what}") from error
