"""The results of a run as JUnit XML: one test case a file and schema, one a condition of `--assert`."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import quoteattr

from ...datamodel.record import ErrorInfo, Status
from ...datamodel.source import SourceFile
from ...errors import StorageDown
from ...printable import printable
from ..observer import SilentObserver
from ..state.manifest import Done

_OUTCOME = {"failed": "errors", "partial": "failures", "empty": "skipped", "unsupported": "skipped", "skipped": "skipped"}  # fmt: skip
_WHY = {
    "empty": "the file holds nothing to read",
    "unsupported": "no reader for this kind of file",
    "skipped": "not in the schema's modalities",
}


@dataclass(slots=True)
class _Suite:
    """The cases of one schema, on disk until their number is known."""

    cases: IO[str]
    counts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


class JunitReport(SilentObserver):
    """Hears how long files take, reads the results, and writes the report.

    What an earlier run did has no time. `failed` is an error, `partial` a failure, what was not to be read is skipped with its reason.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seconds: dict[str, float] = {}
        self._suites: dict[str, _Suite] = {}

    def finished(self, file: SourceFile, *, status: Status, seconds: float, error: ErrorInfo | None) -> None:
        self._seconds[file.path] = seconds

    def read(self, done: Done) -> None:
        """The next record of the results.

        Raises:
            OSError: there is no room for it.
        """
        record = json.loads(done.line)
        name = record["schema"]["name"]
        if name not in self._suites:
            self._suites[name] = _Suite(cases=tempfile.TemporaryFile("w+", encoding="utf-8"))  # noqa: SIM115 - closed in `write`
        suite = self._suites[name]
        # Read once for all schemas: the time counts for the first of them.
        seconds = self._seconds.pop(done.path, 0.0)
        outcome = _OUTCOME.get(done.status)
        suite.counts.update(["tests", *([outcome] if outcome else [])])
        suite.seconds += seconds
        where = done.path if record["segment"] is None else f"{done.path} {json.dumps(record['segment'])}"
        suite.cases.write(_case(where, name, seconds, _verdict(done.status, record)))

    def write(self, conditions: Iterable[tuple[str, str | None]], *, started_at: datetime, seconds: float) -> None:
        """Writes the report whole or not at all.

        Args:
            conditions: (condition, None where it holds, else what was measured).

        Raises:
            StorageDown: it cannot be written.
        """
        from ..output import write_whole

        asserted = list(conditions)
        if asserted:
            self._suites["--assert"] = suite = _Suite(cases=tempfile.TemporaryFile("w+", encoding="utf-8"))  # noqa: SIM115 - closed below
            for condition, broken in asserted:
                suite.counts.update(["tests", *(["failures"] if broken else [])])
                verdict = _element("failure", "assertion", broken) if broken else ""
                suite.cases.write(_case(condition, "--assert", 0.0, verdict))
        try:
            write_whole(self._path, lambda stream: self._write_to(stream, started_at, seconds))
        except OSError as error:
            raise StorageDown(f"cannot write {self._path}: {error.strerror or error}") from error
        finally:
            for suite in self._suites.values():
                with suppress(OSError):
                    suite.cases.close()

    def _write_to(self, stream: IO[str], started_at: datetime, seconds: float) -> None:
        total = sum((suite.counts for suite in self._suites.values()), Counter[str]())
        stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        stream.write(f'<testsuites name="mmi run" {_numbers(total, seconds)}>\n')
        at = started_at.strftime("%Y-%m-%dT%H:%M:%S")
        for name, suite in self._suites.items():
            stream.write(
                f"<testsuite name={_quoted(name)} {_numbers(suite.counts, suite.seconds)} "
                f'skipped="{suite.counts["skipped"]}" timestamp="{at}">\n'
            )
            suite.cases.seek(0)
            shutil.copyfileobj(suite.cases, stream)
            stream.write("</testsuite>\n")
        stream.write("</testsuites>\n")


def _verdict(status: Status | str, record: dict[str, Any]) -> str:
    if status == "failed":
        return "".join(_element("error", each["code"], each["message"]) for each in record["errors"][:1])
    if status == "partial":
        return _element("failure", "partial", "a required field has no value")
    if status in _WHY:
        said = [each["message"] for each in record["warnings"] if each["code"] == status]
        return _element("skipped", status, said[0] if said else _WHY[status])
    return ""


def _case(name: str, class_name: str, seconds: float, verdict: str) -> str:
    head = f'<testcase name={_quoted(name)} classname={_quoted(class_name)} time="{seconds:.3f}"'
    return f"{head}>{verdict}</testcase>\n" if verdict else f"{head}/>\n"


def _element(tag: str, kind: str, message: str) -> str:
    return f"<{tag} type={_quoted(kind)} message={_quoted(f'{kind}: {message}')}/>"


def _numbers(counts: Counter[str], seconds: float) -> str:
    shown = " ".join(f'{name}="{counts[name]}"' for name in ("tests", "failures", "errors"))
    return f'{shown} time="{seconds:.3f}"'


def _quoted(text: str) -> str:
    """An attribute's value; what XML cannot hold is spelled out."""
    return quoteattr(printable(text))
