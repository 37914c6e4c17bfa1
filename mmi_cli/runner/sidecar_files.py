"""Writes what other programs read beside the content of a recording or picture: chapters, subtitles, XMP."""

from __future__ import annotations

from pathlib import Path

from ..datamodel.schema import Schema
from ..datamodel.source import SourceFile
from ..engines.interface import Engines, TextEmbedder
from ..errors import MissingEngine
from ..pipeline import Outcome
from ..storage.mirror import mirrored
from .whole_file import whole_file


def write_sidecars(
    folder: Path,
    file: SourceFile,
    outcome: Outcome,
    schemas: tuple[Schema, ...],
    *,
    kinds: tuple[str, ...],
    engines: Engines,
) -> None:
    """Writes `<path>.chapters.vtt`, `<path>.xmp` and so on below `folder`, each whole or not at all.

    Of several schemas the first with `per` tells the chapters, else the first.

    Raises:
        StorageDown: they cannot be written.
    """
    from ..sidecars.asset import asset_of_content, asset_of_record
    from ..sidecars.kinds import KINDS, written_for

    content = outcome.content
    wanted = [name for name in kinds if content is not None and written_for(name, content)]
    if content is None or not wanted:
        return
    filled = [
        (schemas[index], record)
        for index, record in zip(outcome.of_schema, outcome.records, strict=True)
        if record.fields
    ]
    filled.sort(key=lambda pair: not any(each.per for each in pair[0].fields))
    embedder = _embedder(engines)
    if filled:
        schema, record = filled[0]
        asset = asset_of_record(record, schema, content, embedder=embedder)
    else:
        media_type = outcome.records[0].media_type if outcome.records else None
        asset = asset_of_content(content, embedder=embedder, media_type=media_type or "")
    for name in wanted:
        with whole_file(folder / (mirrored(file) + KINDS[name].suffix)) as partial:
            partial.write_text(KINDS[name].write(asset, content), "utf-8", errors="replace")


def _embedder(engines: Engines) -> TextEmbedder | None:
    try:
        return engines.text_embedder()
    except MissingEngine:
        return None
