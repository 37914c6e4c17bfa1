"""The results of a run in which folders are cases: records of files are put together folder by folder, as they are written.

Only records are read, never a file: another total in the schema costs no file anew. The papers of one folder are held in memory at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from ..cases.folders import CaseFolders, case_folder, is_case
from ..cases.gathering import cases_of
from ..cases.papers import Paper, paper_of
from ..datamodel.schema import Schema
from .state.manifest import Done, Manifest


def has_cases(schemas: Sequence[Schema]) -> bool:
    return any(map(is_case, schemas))


def results_with_cases(manifest: Manifest, schemas: Sequence[Schema], folders: CaseFolders) -> Iterator[Done]:
    """What the manifest holds, by path, then by schema; of a schema of cases the cases, by the path of their folder.

    A file of a case that failed comes behind the case as a member: it is told among the failures, and is no result of its own.

    Args:
        schemas: of the run, in its order.
    """
    if not has_cases(schemas):
        yield from manifest.results()
        return

    def placed(path: str, index: int) -> str:
        return case_folder(path, folders) if is_case(schemas[index]) else path

    in_order = manifest.results(placed=placed)
    for (place, index), results in groupby(
        in_order, key=lambda each: (placed(each.path, each.schema_index), each.schema_index)
    ):
        if is_case(schemas[index]):
            yield from _cases(place, results, index, schemas[index])
        else:
            yield from results


def _cases(folder: str, results: Iterator[Done], index: int, schema: Schema) -> Iterator[Done]:
    """
    Args:
        results: of the files of one folder, by path.
    """
    papers: list[Paper] = []
    failed: list[Done] = []
    for each in results:
        papers.append(paper_of(each.line, each.path))
        if each.status == "failed":
            failed.append(replace(each, is_member=True))
    for record in cases_of(folder, papers, schema):
        yield Done(path=folder, status=record.status, line=record.to_line(), schema_index=index)
    yield from failed
