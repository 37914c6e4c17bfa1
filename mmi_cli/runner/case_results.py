"""The results of a run in which folders are cases: records of files are put together folder by folder, as they are written.

Only records are read, never a file: another total in the schema costs no file anew. One folder is held in memory at a time, and the files
that lie in the input itself.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from ..cases.folders import HERE, CaseFolders, case_folder, is_case
from ..cases.gathering import cases_of
from ..cases.papers import Paper, paper_of
from ..datamodel.schema import Schema
from .state.manifest import Done, Manifest, path_key


def has_cases(schemas: Sequence[Schema]) -> bool:
    return any(map(is_case, schemas))


def results_with_cases(manifest: Manifest, schemas: Sequence[Schema], folders: CaseFolders) -> Iterator[Done]:
    """What the manifest holds, by path, then by schema; of a schema of cases the cases, by the path of their folder.

    A file of a case that failed comes as a member: it is told among the failures, and is no result of its own.

    Args:
        schemas: of the run, in its order.
    """
    if not has_cases(schemas):
        return manifest.results()
    cases = {index: schema for index, schema in enumerate(schemas) if is_case(schema)}
    files = manifest.results(takes=lambda path, status, index: index not in cases)
    members = (
        replace(done, is_member=True)
        for done in manifest.results(takes=lambda path, status, index: index in cases and status == "failed")
    )
    here = manifest.results(takes=lambda path, status, index: index in cases and case_folder(path, folders) == HERE)
    below = manifest.results(
        takes=lambda path, status, index: index in cases and case_folder(path, folders) != HERE
    )  # fmt: skip
    return heapq.merge(
        files, members, _cases(here, cases, folders), _cases(below, cases, folders),
        key=lambda done: (path_key(done.path), done.schema_index),
    )  # fmt: skip


def _cases(results: Iterator[Done], cases: dict[int, Schema], folders: CaseFolders) -> Iterator[Done]:
    """
    Args:
        results: those of one folder stand together.
    """
    for folder, done in groupby(results, key=lambda each: case_folder(each.path, folders)):
        papers: dict[int, list[Paper]] = {}
        for each in done:
            papers.setdefault(each.schema_index, []).append(paper_of(each.line, each.path))
        for index in sorted(papers):
            for record in cases_of(folder, papers[index], cases[index]):
                yield Done(path=folder, status=record.status, line=record.to_line(), schema_index=index)
