"""Records from within another engine: a callable that Spark, Dask or a pool of processes sends to its workers.

from mmi_cli.distributed import Extractor

extract = Extractor("receipt", root="receipts")      # checked here, loaded there
spark.sparkContext.parallelize(paths).mapPartitions(extract.lines).saveAsTextFile("out")
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import posixpath
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .datamodel.record import dump_line
from .datamodel.source import SourceFile
from .errors import UsageError
from .storage.addresses import is_remote, open_source
from .storage.local import path_of, uri_of

if TYPE_CHECKING:
    import pandas as pd

    from .runner.work import WorkSpec
    from .runner.workers.desk import Desk

COLUMNS = ("path", "schema", "status", "record")
"""Of the frames that come out; `record` is the JSON line."""
_BESIDE: dict[tuple[int, str], Desk] = {}
_LOCK = threading.Lock()


class Extractor:
    """Paths or bytes of files → records, as `mmi run` writes them; can be pickled, and costs nothing until it is called.

    Everything is checked and every labelled file read where it is made. Where it is called, engines are loaded on first use, once a
    process, however many copies of it arrive there. It never raises for what a file holds: such a file has a record that says so.

    Args:
        schemas: as `--schema` takes them.
        root: a folder or an `az://` prefix that the paths of the records are relative to, as the input of a run; None: the paths
            of the records are the names of the files.
        isolated: each process has a worker process of its own under the clock and the memory limit of the settings, so that no file
            can hurt it; False: the file is read in the process itself.
        settings: by name, over the environment, `mmi.yaml` and the defaults. `threads` is 1 unless it is set, for these engines
            count on one core a task.

    Raises:
        UsageError: a bad schema or setting.
    """

    def __init__(self, *schemas: str, root: str | None = None, isolated: bool = True, **settings: Any) -> None:
        from .cli.labelled import labelled_cache, load_labelled
        from .cli.options import load_schemas, settings_from
        from .fill.recalibration import read_calibration
        from .runner.teaching import announce, teach
        from .runner.work import WorkSpec

        if not schemas:
            raise UsageError("an extractor needs a schema: Extractor('receipt')")
        loaded = load_schemas(list(schemas))
        if case := next((schema.name for schema in loaded if schema.unit == "folder"), None):
            raise UsageError(f"schema {case!r} is of cases, and one file is no case; `mmi run` puts folders together")
        chosen = settings_from(config=None, assignments=None, **settings)
        chosen = chosen.model_copy(update={"threads": chosen.threads or 1})
        labelled = load_labelled(loaded, None)
        lessons = None
        if any(labelled):
            lessons = teach(announce(loaded, labelled), chosen, cache=labelled_cache(), note=lambda message: None)
        self._spec: WorkSpec = WorkSpec(
            inputs=(),
            schemas=loaded,
            settings=chosen,
            calibration=read_calibration(chosen.calibration) if chosen.calibration else None,
            lessons=lessons or (),
        )
        self._root = root if root is None or is_remote(root) else str(Path(root).absolute())
        self._is_isolated = isolated
        self._key = hashlib.sha256(pickle.dumps((self._spec, isolated))).hexdigest()

    def __call__(self, path: str) -> list[dict[str, Any]]:
        """The records of one file; several for several schemas, and for an archive those of its members."""
        return list(self.records([path]))

    def lines_of(self, path: str) -> list[str]:
        """The records of one file as JSON lines; for the `map` of a pool or of a Dask bag."""
        return list(self.lines([path]))

    def lines(self, paths: Iterable[str]) -> Iterator[str]:
        """The records of files as JSON lines; for `mapPartitions` of Spark.

        Raises:
            RunError: storage is down, or a path does not lie below the root.
        """
        for path in paths:
            yield from self._of_file(self._listed(path))

    def records(self, paths: Iterable[str]) -> Iterator[dict[str, Any]]:
        """The same as dicts."""
        return map(json.loads, self.lines(paths))

    def lines_of_bytes(self, files: Iterable[tuple[str, bytes]]) -> Iterator[str]:
        """(path or address, bytes) of files that the caller has read → JSON lines."""
        for path, data in files:
            yield from self._of_bytes(path, data)

    def frames(self, frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        """For `mapInPandas` of Spark: frames with a column `path`, and one `content` where the bytes are at hand (`binaryFile`)."""
        return map(self.frame, frames)

    def frame(self, frame: pd.DataFrame) -> pd.DataFrame:
        """For `map_partitions` of a Dask data frame: a row a record, with the columns `path`, `schema`, `status` and `record`."""
        import pandas as pd

        if "content" in frame:
            lines = self.lines_of_bytes(
                (str(path), bytes(data)) for path, data in zip(frame["path"], frame["content"], strict=True)
            )
        else:
            lines = self.lines(map(str, frame["path"]))
        rows = []
        for line in lines:
            record = json.loads(line)
            rows.append((record["source"]["path"], record["schema"]["name"], record["status"], line))
        return pd.DataFrame(rows, columns=list(COLUMNS), dtype="object")

    def _of_file(self, file: SourceFile) -> Iterator[str]:
        from .runner.state.journal import BETWEEN_RECORDS

        result, _ = self._desk().do(file)
        if result.members:
            for member in result.members:
                yield from self._of_file(member)
        for line in result.lines:
            yield from line.line.split(BETWEEN_RECORDS)

    def _of_bytes(self, path: str, data: bytes) -> Iterator[str]:
        uri, name = self._named(path)
        with _as_file(data) as kept:
            info = kept.stat()
            file = SourceFile(uri=uri_of(kept), path=name, size_bytes=info.st_size, modified_s=info.st_mtime)
            for line in self._of_file(file):
                record: dict[str, Any] = json.loads(line)
                record["source"]["uri"] = uri
                yield dump_line(record)

    def _listed(self, path: str) -> SourceFile:
        """
        Raises:
            UsageError: it does not lie below the root.
            StorageDown: a blob is not there.
        """
        uri, name = self._named(path)
        if is_remote(path):
            return replace(next(iter(open_source([path]).list())), path=name)
        local = path_of(uri)
        try:
            info = local.stat()
        except OSError:
            return SourceFile(uri=uri, path=name, size_bytes=0)  # reading it says why
        return SourceFile(uri=uri, path=name, size_bytes=info.st_size, modified_s=info.st_mtime)

    def _named(self, path: str) -> tuple[str, str]:
        """(address, path in the records) of a file."""
        if "://" in path and not path.startswith("file:"):
            base, shown = (self._root or posixpath.dirname(path)).rstrip("/"), path.partition("?")[0]
            if not shown.startswith(f"{base}/"):
                raise UsageError(f"{shown} does not lie below {base}")
            return shown, shown[len(base) + 1 :]
        local = (path_of(path) if path.startswith("file:") else Path(path)).absolute()
        if self._root is None:
            return uri_of(local), local.name
        relative = os.path.relpath(local, self._root)
        if relative.startswith("../"):
            raise UsageError(f"{local} does not lie below {self._root}")
        return uri_of(local), relative

    def _desk(self) -> Desk:
        """That of this process; copies of this extractor share it."""
        from .runner.workers.desk import Desk
        from .runner.workers.machine import memory_share, usable_cores

        key = (os.getpid(), self._key)
        with _LOCK:
            if key not in _BESIDE:
                share = memory_share(self._spec.settings, usable_cores()) if self._is_isolated else None
                _BESIDE[key] = Desk(self._spec, memory_bytes=share)
            return _BESIDE[key]


@contextmanager
def _as_file(data: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mmi-bytes-") as folder:
        path = Path(folder) / "file"
        path.write_bytes(data)
        yield path
