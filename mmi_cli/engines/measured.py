"""An engine whose calls are timed and counted; all else about it is its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from .. import meter
from ..registry import Kind

_SAMPLES_A_SECOND = 16_000
_CALLS: dict[str, dict[str, str]] = {
    "ocr": {"read": "ocr page"},
    "speech": {"transcribe": "transcribe"},
    "diarization": {"activity": "voices at once", "embed": "voice vectors"},
    "embedding": {"embed": "embed"},
    "image_tags": {"look": "image tags"},
    "vision": {"look": "vision model"},
    "joint_embedding": {"embed_texts": "embed texts jointly", "embed_images": "embed pictures"},
    "language_model": {"complete": "language model", "count_tokens": "count tokens"},
}
"""Kind → method → name of its spans."""


class Measured:
    """Stands for an engine where one is asked for: each call is a span and adds to `<kind>.calls`, `.seconds` and `.cpu_seconds`."""

    def __init__(self, engine: Any, kind: Kind) -> None:
        self._engine = engine
        for method, title in _CALLS.get(kind, {}).items():
            if hasattr(engine, method):
                setattr(self, method, _measured(getattr(engine, method), kind, title))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_engine"], name)


def loaded(load: Callable[[], Any], kind: Kind, name: str) -> Measured:
    """The engine that `load` makes, its loading measured as well."""
    with meter.span(f"load {name}", "engine"), _Counting(kind, "load_"):
        engine = load()
    return Measured(engine, kind)


def _measured(call: Callable[..., Any], kind: Kind, title: str) -> Callable[..., Any]:
    @wraps(call)
    def measured(*args: Any, **named: Any) -> Any:
        with meter.span(title, "engine") as facts, _Counting(kind):
            result = call(*args, **named)
            if facts is not None:
                facts.update(_facts(kind, args, result))
        return result

    return measured


class _Counting:
    def __init__(self, kind: Kind, prefix: str = "") -> None:
        self._kind, self._prefix = kind, prefix

    def __enter__(self) -> None:
        self._cpu_ns, self._started_ns = meter.cpu_ns(), time.monotonic_ns()

    def __exit__(self, *unused: object) -> None:
        name = f"{self._kind}.{self._prefix}"
        meter.count(f"{name}calls")
        meter.count(f"{name}seconds", (time.monotonic_ns() - self._started_ns) / 1e9)
        meter.count(f"{name}cpu_seconds", (meter.cpu_ns() - self._cpu_ns) / 1e9)


def _facts(kind: Kind, args: tuple[Any, ...], result: Any) -> dict[str, Any]:
    """What tells a slow call from a quick one: sizes, never content."""
    given = args[0] if args else None
    if kind == "ocr" and given is not None:
        height, width = given.shape[:2]
        return {"width": width, "height": height, "lines": len(result)}
    if kind == "speech" and given is not None:
        return {"audio_s": round(len(given) / _SAMPLES_A_SECOND, 2)}
    if kind == "embedding" and given is not None:
        return {"texts": len(given)}
    if kind == "image_tags" and given is not None:
        return {"pictures": len(given)}
    if kind in ("language_model", "vision") and hasattr(result, "input_tokens"):
        return {"input_tokens": result.input_tokens, "output_tokens": result.output_tokens}
    return {}
