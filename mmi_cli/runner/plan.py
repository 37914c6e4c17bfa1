"""What a run is to do, all of it checked before it begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..cases.folders import is_case, schema_of_files
from ..datamodel.schema import Schema
from ..errors import UsageError
from ..settings import Settings
from ..storage.interface import Source
from .output import Output
from .parts.shards import Shard
from .selection import ALL, Selection
from .state.manifest import Done
from .teaching import LabelledFile


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """Everything a run needs; all of it checked before."""

    inputs: tuple[str, ...]
    source: Source
    schemas: tuple[Schema, ...]
    settings: Settings
    output: Output
    with_content: bool = False
    with_service_results: bool = False
    """Beside the content, results in the shape of Content Understanding's AnalyzeResult; with content only."""
    fresh: bool = False
    """Forget what an earlier run on this output did."""
    retried: tuple[str, ...] | None = None
    """Do again what failed with one of these codes (empty: with any), however often it was tried; None: only what may be tried yet."""
    command: str | None = None
    """What the program was told, as JSON without secrets, for `mmi retry`."""
    labelled: tuple[tuple[LabelledFile, ...], ...] = ()
    """Files with known values to learn from, one tuple a schema; empty: none for any."""
    shard: Shard | None = None
    """Which part of the input is done; None: all of it."""
    whole: Output | None = None
    """The output that the shard is a part of; None where there is no such, or no shard."""
    cache: Path | None = None
    """Where labelled files are kept once they are read; None: with the state of the run."""
    selection: Selection = ALL
    """Which of the listed files are taken up; those left out are not in the results."""
    readers: tuple[Callable[[Done], None], ...] = ()
    """Shown every record of the results, in their order, when they are written."""
    trace_file: Path | None = None
    """Where to write a trace of where time went; None: nowhere."""
    follow: bool = False
    """Watch the input and do what comes, until a signal ends it."""

    def __post_init__(self) -> None:
        """
        Raises:
            UsageError: folders that are to be cases are given one by one, so that their names are lost.
        """
        case = next((schema.name for schema in self.schemas if is_case(schema)), None)
        if case is not None and len(self.inputs) > 1 and self.settings.case_folders == "top":
            raise UsageError(
                f"schema {case!r} takes each folder below one input for a case: give the folder above, with --include 'client-*/' "
                "for some of them; or --set case_folders=input for one case of all inputs"
            )

    @property
    def schemas_of_files(self) -> tuple[Schema, ...]:
        """What each file is filled with: of a schema of cases, what its files are."""
        return tuple(map(schema_of_files, self.schemas))

    @property
    def is_listed_anew(self) -> bool:
        """False where a list that came on stdin cannot come again, and for a watch: the inputs of the run before are taken."""
        return not self.follow and (self.retried is None or "-" not in self.inputs)
