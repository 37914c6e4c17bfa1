"""Contents that were dear to read, kept by the bytes they were read from and all that decides how they are read."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, combinations
from pathlib import Path, PurePath
from typing import Any

from .. import __version__
from ..datamodel.content import Content, SheetCell
from ..datamodel.content_json import from_json, to_json, word_from_json, word_to_json
from ..datamodel.detection import Detection
from ..settings import Settings
from .deciding import OF_FILLING, OF_FORMAT, READING_ENGINES, general_settings, limit_values
from .identities import detection_identity, hash_of, identity, library_versions
from .kept_files import KeptFiles

_LEAST_SECONDS = 0.1
_SECONDS_A_WORD = 40e-6
"""Four times what it takes to get a word back."""
_WORDS_A_LINE = 1_000
# Read again, these might not come: an engine that failed, a disk that stumbled.
_PASSING = frozenset({"engine_failed", "missing_engine", "io", "timeout", "crashed", "out_of_memory", "internal"})


class ContentCache:
    """Contents by key; a broken entry is a miss.

    Args:
        is_read: False to keep what is read anew and to believe nothing that was kept before.
    """

    def __init__(self, folder: Path, *, max_bytes: int, is_read: bool = True) -> None:
        self._files = KeptFiles(folder, max_bytes=max_bytes)
        self._is_read = is_read

    def read(self, key: str) -> tuple[Content, tuple[str, ...]] | None:
        """(content, what was touched while it was read)."""
        data = self._files.read(key) if self._is_read else None
        if data is None:
            return None
        try:
            return _unpacked(data)
        except (ValueError, KeyError, TypeError, AttributeError, zlib.error):
            self._files.drop(key)
            return None

    def keep(self, key: str, content: Content, touched: Sequence[str] = ()) -> None:
        self._files.write(key, _packed(content, touched))


class ReadingKeys:
    """Names under which the content of a file may be kept.

    A file is first looked for as if it had asked none of the engines, then as if it had asked this one or that: what it did ask is known
    only once it was read.
    """

    def __init__(self, settings: Settings, vocabulary: Sequence[str]) -> None:
        self.general = hash_of(
            __version__,
            {name: value for name, value in general_settings(settings).items() if name not in OF_FILLING},
            {name: getattr(settings, name) for names in OF_FORMAT.values() for name in names},
            limit_values(settings),
            library_versions(),
            detection_identity(),
        )
        """Hash of what decides the reading of any file."""
        self._settings = settings
        self._vocabulary = vocabulary
        self._engines: dict[str, str] = {}

    def candidates(self, sha256: str, detection: Detection, name: str) -> Iterator[str]:
        """Every name, likeliest first."""
        for engines in chain.from_iterable(
            combinations(READING_ENGINES, count) for count in range(len(READING_ENGINES) + 1)
        ):
            for named in ("", name):
                yield self._key(sha256, detection, engines, named)

    def of(self, sha256: str, detection: Detection, name: str, content: Content, touched: Sequence[str]) -> str:
        """Where a content belongs."""
        engines = tuple(role for role in READING_ENGINES if role in touched)
        return self._key(sha256, detection, engines, name if _names(content, name) else "")

    def _key(self, sha256: str, detection: Detection, engines: Sequence[str], name: str) -> str:
        verdict = [detection.media_type, detection.format, detection.modality, detection.encoding]
        return hash_of(self.general, sha256, verdict, [self._engine(role) for role in engines], name)

    def _engine(self, role: str) -> str:
        if role not in self._engines:
            # With other threads the last bits of a score are others.
            made = identity(role, self._settings, vocabulary=self._vocabulary)
            self._engines[role] = hash_of(made, self._settings.threads)
        return self._engines[role]


def is_worth_keeping(content: Content, *, seconds: float) -> bool:
    """Whether reading took clearly longer than getting it back will, and would give the same again."""
    is_dear = seconds >= max(_LEAST_SECONDS, _SECONDS_A_WORD * len(content.words))
    return is_dear and not any(warning.code in _PASSING for warning in content.warnings)


def _names(content: Content, name: str) -> bool:
    """Whether the file's own name stands in its content: under another name it would be another."""
    texts = [notice.message for notice in content.warnings]
    texts += [value for _, value in content.metadata]
    texts += [part.name for part in content.parts]
    texts += [block.label for block in content.blocks if block.label]
    texts += {word.place.sheet for word in content.words if isinstance(word.place, SheetCell)}
    stem = PurePath(name).stem or name
    return any(stem in text for text in texts)


def _packed(content: Content, touched: Sequence[str]) -> bytes:
    """A line with all but the words, then the words in lines of a thousand: JSON of all of them at once would fill the memory."""
    packer = zlib.compressobj(1)
    head = {"touched": list(touched), "content": to_json(replace(content, words=()))}
    pieces = [packer.compress(json.dumps(head, separators=(",", ":")).encode() + b"\n")]
    for first in range(0, len(content.words), _WORDS_A_LINE):
        words = [word_to_json(word) for word in content.words[first : first + _WORDS_A_LINE]]
        pieces.append(packer.compress(json.dumps(words, separators=(",", ":")).encode() + b"\n"))
    pieces.append(packer.flush())
    return b"".join(pieces)


def _unpacked(data: bytes) -> tuple[Content, tuple[str, ...]]:
    """
    Raises:
        ValueError, KeyError, TypeError, AttributeError, zlib.error: not whole, or of another version.
    """
    packer = zlib.decompressobj()
    lines = (packer.decompress(data) + packer.flush()).split(b"\n")
    if not packer.eof:
        raise ValueError("not whole")
    head: dict[str, Any] = json.loads(lines[0])
    words = tuple(word_from_json(word) for line in lines[1:-1] for word in json.loads(line))
    return replace(from_json(head["content"]), words=words), tuple(head["touched"])
