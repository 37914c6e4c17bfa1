"""`--format`: the shape of results, ours or that of the service."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class ResultFormat(StrEnum):
    """Shapes of the result of one file."""

    RECORD = "record"
    CONTENT_UNDERSTANDING = "content-understanding"


OfExtract = Annotated[
    ResultFormat,
    typer.Option(
        "--format", "-f", help="Our record, or the same in the shape of Content Understanding's AnalyzeResult."
    ),
]
OfRun = Annotated[
    ResultFormat,
    typer.Option(
        "--format",
        help="content-understanding: also write that service's AnalyzeResult, as DEST/content/PATH.result.json.",
    ),
]
