"""Reads the labelled files that a run learns from, each once, as safely as the files of the run, and turns them into lessons."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..caches.contents import ContentCache, ReadingKeys
from ..caches.deciding import READING_ENGINES
from ..caches.identities import hash_of, identity
from ..datamodel.content import Content
from ..datamodel.schema import Schema
from ..datamodel.source import SourceFile
from ..errors import UsageError
from ..fill.lessons import Example, Lessons, learn
from ..schema_file.vocabulary import words_to_expect
from ..settings import Settings
from ..storage.addresses import open_source
from .work import WorkSpec
from .workers.executor import make_executor
from .workers.machine import default_jobs

_MOST_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledFile:
    """A file with known values."""

    path: Path
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lecture:
    """What one schema learns from; nothing of it is read yet but its bytes' digests."""

    schema: Schema
    files: tuple[tuple[SourceFile, str, Mapping[str, Any]], ...]
    """(file, SHA-256, labelled values)."""

    @property
    def digest(self) -> str:
        """Of the bytes and the labels; empty without files."""
        if not self.files:
            return ""
        named = [[sha256, {name: fields[name] for name in sorted(fields)}] for _, sha256, fields in self.files]
        return hashlib.sha256(
            json.dumps(sorted(named, key=json.dumps), default=str).encode("utf-8", "replace")
        ).hexdigest()


def announce(schemas: Sequence[Schema], labelled: Sequence[Sequence[LabelledFile]]) -> tuple[Lecture, ...]:
    """Finds every labelled file and the digest of its bytes.

    Args:
        labelled: one a schema.

    Raises:
        UsageError: a file is not there or cannot be opened.
    """
    digests: dict[Path, tuple[SourceFile, str]] = {}
    lectures = []
    for schema, files in zip(schemas, labelled, strict=True):
        found = []
        for each in files:
            if each.path not in digests:
                digests[each.path] = _opened(each.path)
            found.append((*digests[each.path], each.fields))
        lectures.append(Lecture(schema=schema, files=tuple(found)))
    return tuple(lectures)


def _opened(path: Path) -> tuple[SourceFile, str]:
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UsageError(f"cannot read the labelled file {path}: {error.strerror}") from error
    return next(iter(open_source([str(path)]).list())), digest


def teach(
    lectures: Sequence[Lecture],
    settings: Settings,
    *,
    cache: Path,
    note: Callable[[str], None],
    is_stopped: Callable[[], bool] = lambda: False,
) -> tuple[Lessons | None, ...] | None:
    """The lessons of each schema, None for one without labelled files; None altogether when it was stopped on the way.

    A file that cannot be read is told and teaches nothing. What was read is kept in `cache`, by the digest of the file and all that
    decides how it is read.

    Raises:
        RunError: storage or the run itself is down.
    """
    wanted = {file.uri: (file, sha256) for lecture in lectures for file, sha256, _ in lecture.files}
    contents: dict[str, Content] = {}
    if wanted:
        schemas = tuple(lecture.schema for lecture in lectures)
        kept = ContentCache(cache, max_bytes=_MOST_BYTES)
        key = _key_of_reading(schemas, settings)
        names = {uri: hash_of(sha256, file.name, key) for uri, (file, sha256) in wanted.items()}
        contents = {uri: found[0] for uri, name in names.items() if (found := kept.read(name)) is not None}
        missing = [file for uri, (file, _) in wanted.items() if uri not in contents]
        for file, content, why in _read(missing, schemas, settings, is_stopped):
            if content is None:
                note(f"the labelled file {file.path} cannot be read and teaches nothing: {why}")
                continue
            contents[file.uri] = content
            kept.keep(names[file.uri], content)
        if is_stopped():
            return None
    lessons = []
    for lecture in lectures:
        examples = [
            Example(uri=file.uri, sha256=sha256, content=contents[file.uri], fields=fields)
            for file, sha256, fields in lecture.files
            if file.uri in contents and (contents[file.uri].words or contents[file.uri].figures)
        ]
        lessons.append(learn(examples, lecture.schema) if lecture.files else None)
    return tuple(lessons)


def _read(
    files: Sequence[SourceFile], schemas: tuple[Schema, ...], settings: Settings, is_stopped: Callable[[], bool]
) -> Iterator[tuple[SourceFile, Content | None, str]]:
    """(file, content or None, why there is none) of each, as they are finished, in workers like those of the run."""
    if not files:
        return
    jobs = 1 if settings.is_inline else min(settings.jobs or default_jobs(), len(files))
    spec = WorkSpec(
        inputs=tuple(_path_of(file) for file in files), schemas=schemas, settings=settings, is_reading_alone=True
    )
    executor = make_executor(spec, jobs=jobs)
    waiting = list(reversed(list(open_source(spec.inputs).list())))
    try:
        while (waiting or executor.in_flight) and not is_stopped():
            while waiting and executor.has_room:
                executor.start(waiting.pop())
            for file, result in executor.wait():
                why = result.error.message if result.error else "nothing in it can be read"
                yield file, result.content, why
    except BaseException:
        executor.close(at_once=True)
        raise
    executor.close(at_once=is_stopped())


def _path_of(file: SourceFile) -> str:
    from ..storage.local import path_of

    return str(path_of(file.uri))


def _key_of_reading(schemas: Sequence[Schema], settings: Settings) -> str:
    vocabulary = words_to_expect(schemas)
    engines = [identity(role, settings, vocabulary=vocabulary) for role in READING_ENGINES]
    return hash_of(ReadingKeys(settings, vocabulary).general, engines)
