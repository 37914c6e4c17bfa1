"""What a run read from a file: as it kept it beside its results, or read again where that takes no engine."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from ..datamodel.content import Content
from ..datamodel.content_json import from_json
from ..datamodel.source import SourceFile
from ..engines.interface import ImageTagger, LanguageModel, OcrEngine, SpeechEngine, TextEmbedder
from ..errors import MissingEngine, MmiError
from ..pipeline import Caches, Pipeline, open_caches
from ..storage.addresses import open_destination
from ..storage.interface import Source
from ..storage.local import LocalSource
from ..storage.mirror import mirrored
from .task import ViewTask

_MOST_BYTES = 200_000_000
_READS_AGAIN = ("document",)


def kept_content(task: ViewTask) -> Content | None:
    """The content that `mmi run --content` wrote; None where there is none."""
    if task.address is None:
        return None
    destination = open_destination(task.address)
    with tempfile.TemporaryDirectory(prefix="mmi-report-") as folder:
        local = Path(folder) / "content"
        for depth in range(task.path.count("!") + 1):
            file = SourceFile(uri="", path=task.path, size_bytes=0, members=("",) * depth)
            if destination.read(f"content/{mirrored(file)}.json", local) and local.stat().st_size <= _MOST_BYTES:
                try:
                    return from_json(json.loads(local.read_text("utf-8")))
                except (ValueError, RecursionError):
                    return None
    return None


def content_again(task: ViewTask, local: Path) -> Content | None:
    """The content of the file itself: from the cache of contents, or read anew where no engine had to read it; else None."""
    caches = open_caches(task.settings)
    if task.engines and caches.contents is None:
        return None
    if "speech" in task.engines or (not task.engines and task.modality not in _READS_AGAIN):
        return None
    name = task.path.rpartition("/")[2].rpartition("!")[2]
    pipeline = Pipeline(
        source=_Held(local),
        schemas=(),
        settings=task.settings,
        engines=_NoEngines(allowed=not task.engines),
        caches=Caches(contents=caches.contents),
    )
    file = SourceFile(uri=task.uri, path=name, size_bytes=local.stat().st_size)
    try:
        return pipeline.read_file(file)[0]
    except MmiError:
        return None


def parts_of(local: Path, task: ViewTask, wanted: set[str], use: Callable[[str, bytes], None]) -> None:
    """Hands over the bytes of the files inside a file, of those that are wanted by the name that evidence gives them.

    Parts of parts are not looked for.
    """
    from ..detect import detect_file
    from ..extract.interface import ExtractContext
    from ..registry import load

    seen: dict[str, int] = {}

    def take(name: str, data: bytes) -> Content | None:
        seen[name] = seen.get(name, 0) + 1
        unique = name if seen[name] == 1 else f"{name} ({seen[name]})"
        if unique in wanted:
            use(unique, data)
        return None

    detection = detect_file(local, name=task.path, settings=task.settings)
    context = ExtractContext(
        detection=detection, name=task.path, settings=task.settings, engines=_NoEngines(allowed=True), read_part=take
    )
    load("extractor", detection.format or "")(local, context)


class _Held:
    """Implements `Source` for one file that is at hand."""

    def __init__(self, local: Path) -> None:
        self._source: Source = LocalSource(local)

    def list(self) -> Iterator[SourceFile]:
        return self._source.list()

    def local_copy(self, file: SourceFile) -> AbstractContextManager[Path]:
        return self._source.local_copy(next(iter(self._source.list())))


class _NoEngines:
    """Implements `Engines` without any.

    Args:
        allowed: False: whoever asks is refused, so that nothing is taken for read that needs an engine.
    """

    def __init__(self, *, allowed: bool) -> None:
        self._allowed = allowed

    def ocr(self) -> OcrEngine | None:
        self._refuse()
        return None

    def speech(self) -> SpeechEngine | None:
        self._refuse()
        return None

    def speakers(self) -> None:
        return None

    def text_embedder(self) -> TextEmbedder | None:
        self._refuse()
        return None

    def vision_model(self) -> None:
        return None

    def language_model(self) -> LanguageModel | None:
        self._refuse()
        return None

    def image_tagger(self) -> ImageTagger | None:
        return None  # tags are beside what a file says

    def _refuse(self) -> None:
        if not self._allowed:
            raise MissingEngine("the report reads no file with an engine")
