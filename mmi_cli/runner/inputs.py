"""The inputs of a run: what is listed, without what a run on the same output wrote itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..datamodel.source import SourceFile
from ..errors import UsageError
from ..storage.local import uri_of
from .output import CONTENT_MARK
from .plan import RunPlan
from .selection import ALL, Selection, is_archive_name


def own_left_out(plan: RunPlan) -> Iterator[SourceFile]:
    """The inputs without what this or an earlier run on the same output wrote: the output may lie in the input.

    Raises:
        UsageError: content would be written among files of the input, where it could not be told from them.
    """
    output = plan.whole or plan.output  # what a shard writes lies in the state folder of the whole
    mark = output.state_folder / CONTENT_MARK
    has_content = mark.exists()
    trace = uri_of(plan.trace_file) if plan.trace_file is not None else None
    for file in plan.source.list():
        if file.uri == trace:
            continue
        if output.is_state_or_result(file):
            continue
        if output.is_content(file):
            if has_content:
                continue
            if plan.with_content:
                raise UsageError(
                    f"{output.address} lies in the input and has a folder `content` with {file.path} in it; with --content "
                    "choose another --output"
                )
        yield file
    if plan.with_content:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()


class Listed:
    """Counts what is listed: how many workers a run can keep busy at most."""

    def __init__(self) -> None:
        self.files = 0
        self.may_grow = False
        """An archive is among them: its members are files, too."""
        self.left_out = 0
        """Files that the selection leaves out."""

    def watch(self, files: Iterable[SourceFile], selection: Selection = ALL) -> Iterator[SourceFile]:
        """The files that the selection takes up, or looks into."""
        for file in files:
            if not selection.looks_into(file):
                self.left_out += 1
                continue
            self.files += 1
            self.may_grow = self.may_grow or is_archive_name(file.path)
            yield file

    def count(self, files: Iterable[SourceFile]) -> None:
        """Counts them all and hands none on."""
        for _ in self.watch(files):
            pass
