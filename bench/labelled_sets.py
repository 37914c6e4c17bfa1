"""The labelled development sets, read once: their contents, their labels, and a language model whose answers are kept on disk."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import pickle
import re
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from bench.record import DATA
from mmi_cli.datamodel.content import Block, Content, Media, Page, Table
from mmi_cli.datamodel.figure import Chart, Figure
from mmi_cli.datamodel.schema import Schema
from mmi_cli.engines.bundle import EngineBundle
from mmi_cli.engines.interface import Completion, LanguageModel, TextEmbedder
from mmi_cli.evaluate.labels import Label, read_labels
from mmi_cli.pipeline import Pipeline
from mmi_cli.schema_file import load_schema
from mmi_cli.schema_file.vocabulary import words_to_expect
from mmi_cli.settings import Settings
from mmi_cli.storage.addresses import open_source

CACHE = Path(os.environ.get("MMI_BENCH_CACHE", Path(tempfile.gettempdir()) / "mmi-bench"))
"""Contents and answers of earlier runs; delete it after a change to the readers or to the model."""


class LabelledSet(NamedTuple):
    """What a set's labels mean."""

    name: str
    null: Literal["absent", "unknown"] = "absent"
    """What a labelled null says: the file has no such value, or nobody looked."""
    missing: Literal["absent", "unknown"] = "unknown"
    """The same for a field that a label does not name."""
    scored: tuple[str, ...] = ()
    """The fields that are scored; empty: all."""
    unsigned: bool = False
    """Amounts are labelled without a sign: those of a credit note, which are printed with a minus, too."""
    loose: tuple[str, ...] = ()
    """Fields whose labels were normalised or typed by hand: names are the same there when they are alike up to slips and legal forms."""


SETS = (
    LabelledSet("sroie"),
    LabelledSet("zugferd", unsigned=True),
    LabelledSet("zugferd_attached", null="unknown"),
    LabelledSet("invoice2data"),
    LabelledSet("adbuy", null="unknown", loose=("advertiser",)),
    LabelledSet("kleister_nda", missing="absent", loose=("party",)),
    LabelledSet(
        "spoken_orders",
        missing="absent",
        scored=("coffeeDrink", "numberOfShots", "roast", "size", "milkAmount", "sugarAmount"),
    ),
)


MADE = LabelledSet("made_receipts")
"""Drawn by `bench/made_receipts.py`: for fitting alone, never for a number that is told."""

_ATTACHED = "_attached"
"""Ends the name of a set whose files are read with their attachments."""


def schema_of(name: str) -> Schema:
    asked = "sroie" if name == MADE.name else name.removesuffix(_ATTACHED)
    return load_schema(str(Path(__file__).parent / "schemas" / f"{asked}.yaml"))


def folder_of(name: str) -> Path:
    """Where the files and the labels of a set lie; what is drawn is drawn now if it is not there."""
    if name != MADE.name:
        return DATA / name.removesuffix(_ATTACHED)
    folder = CACHE / name
    if not (folder / "labels.jsonl").is_file():
        from bench.made_receipts import make

        make(folder, count=90)
    return folder


def labels_of(name: str) -> tuple[Label, ...]:
    """The labels of a set; of invoices with an attached truth only the fields that are printed on the page."""
    path = folder_of(name) / "labels.jsonl"
    labels = read_labels(path)
    if name != "zugferd":
        return labels
    printed = {line["file"]: line["printed"] for line in map(json.loads, path.read_text("utf-8").splitlines())}
    return tuple(
        dataclasses.replace(
            label, fields={field: value for field, value in label.fields.items() if printed[label.file].get(field)}
        )
        for label in labels
    )


def scored(
    each: LabelledSet, records: list[dict[str, Any]], labels: tuple[Label, ...]
) -> tuple[list[dict[str, Any]], tuple[Label, ...]]:
    """The fields of a set that are scored; names of its loose fields in one spelling on both sides."""

    def kept(fields: dict[str, Any]) -> dict[str, Any]:
        chosen = {name: value for name, value in fields.items() if not each.scored or name in each.scored}
        chosen = {name: in_one_spelling(value) if name in each.loose else value for name, value in chosen.items()}
        return {name: without_sign(value) for name, value in chosen.items()} if each.unsigned else chosen

    return (
        [{**record, "fields": kept(record["fields"])} for record in records],
        tuple(dataclasses.replace(label, fields=kept(label.fields)) for label in labels),
    )


_SPELLINGS = {
    "limited": "ltd", "incorporated": "inc", "corporation": "corp", "company": "co", "and": "", "the": "", "l p": "lp", "l l c": "llc",
}  # fmt: skip


def without_sign(value: Any) -> Any:
    """An amount, or the leaf that holds it, without its sign; anything else as it is."""
    if isinstance(value, dict) and value.get("type") in ("number", "integer") and value["value"] is not None:
        return {**value, "value": abs(value["value"])}
    return value.removeprefix("-") if isinstance(value, str) and re.fullmatch(r"-[\d.,]+", value) else value


def in_one_spelling(value: Any) -> Any:
    """`Wynn Resorts, Limited` and `Wynn Resorts Ltd.` alike; brackets with codes behind a name left out."""
    if isinstance(value, list):
        return [in_one_spelling(one) for one in value]
    if isinstance(value, dict):
        if not isinstance(value.get("value"), str | list):
            return value
        return {**value, "value": in_one_spelling(value["value"])}
    words = re.sub(
        r"[^\w\s]", " ", re.sub(r"\([\d\s]*\)", " ", str(value)).casefold().replace("’", "").replace("'", "")
    )
    joined = " ".join(words.split())
    for long, short in _SPELLINGS.items():
        joined = re.sub(rf"\b{long}\b", short, joined)
    return " ".join(joined.split())


def part_of(path: str) -> Literal["dev", "aside"]:
    """Which part of its set a file belongs to: by its name's hash a third is set aside, and nothing is tuned or fitted on it."""
    name = path.rsplit("/", 1)[-1]
    return "aside" if hashlib.sha256(name.encode()).digest()[0] % 3 == 0 else "dev"


def contents_of(
    name: str, *, part: str = "all", step: int = 1, settings: Settings, is_led: bool = True
) -> Iterator[tuple[str, Content, float]]:
    """(path, content without attachments, seconds it took to read) of every `step`-th file of a part, in the order of the paths.

    Args:
        is_led: whether the schema tells the reader what words to expect. Contents are kept apart by those words where there is sound.
    """
    is_whole, name = name.endswith(_ATTACHED), name.removesuffix(_ATTACHED)
    source = open_source([str(folder_of(name) / "files")])
    schema = schema_of(name)
    words = words_to_expect([schema]) if is_led and {"audio", "video"} & set(schema.modalities) else ()
    schemas = (schema,) if words else ()
    pipeline = Pipeline(source=source, schemas=schemas, settings=settings, engines=EngineBundle(settings))
    folder = f"{name}-{hashlib.sha256(json.dumps(words).encode()).hexdigest()[:12]}" if words else name
    files = [file for file in source.list() if part in ("all", part_of(file.path))]
    for file in files[::step]:
        kept = CACHE / "contents" / f"{folder}-{_shape()}" / f"{file.path.replace('/', '_')}.pickle"
        if kept.is_file():
            content, seconds = pickle.loads(kept.read_bytes())
        else:
            began = time.perf_counter()
            content, _ = pipeline.read_file(file)
            seconds = time.perf_counter() - began
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(pickle.dumps((content, seconds)))
        if content is not None:
            yield file.path, content if is_whole else without_parts(content), seconds


@cache
def _shape() -> str:
    """A hash of what contents are made of: one that was kept with other members cannot be read back."""
    members = [
        each.name for kind in (Content, Page, Block, Table, Figure, Chart, Media) for each in dataclasses.fields(kind)
    ]
    return hashlib.sha256(" ".join(members).encode()).hexdigest()[:8]


def without_parts(content: Content) -> Content:
    """The pages alone: an attached XML invoice holds the truth."""
    if not content.parts:
        return content
    end = min(part.start for part in content.parts)
    last = sum(word.offset < end for word in content.words)
    blocks = tuple(block for block in content.blocks if block.last <= last)
    return dataclasses.replace(
        content,
        text=content.text[:end].rstrip("\n"),
        words=content.words[:last],
        blocks=blocks,
        tables=tuple(table for table in content.tables if table.block < len(blocks)),
        pages=tuple(page for page in content.pages if page.part is None),
        parts=(),
    )


class KeptAnswers:
    """A language model that is asked once for each prompt over all runs."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._model: LanguageModel | None = None
        self.name = f"kept/{settings.language_model_path}"
        self.context_tokens = settings.context_tokens
        self.calls = 0
        self.seconds = 0.0
        """Of the calls of this run, as long as they took when they were made."""
        self.waited = 0.0
        """Of the calls that were made in this run."""

    def complete(
        self, *, system: str, user: str, json_schema: dict[str, Any] | None = None, max_tokens: int = 512
    ) -> Completion:
        asked = json.dumps([self.name, system, user, json_schema, max_tokens])
        kept = CACHE / "answers" / f"{hashlib.sha256(asked.encode()).hexdigest()}.pickle"
        if kept.is_file():
            completion, seconds = pickle.loads(kept.read_bytes())
        else:
            began = time.perf_counter()
            completion = self._loaded().complete(
                system=system, user=user, json_schema=json_schema, max_tokens=max_tokens
            )
            seconds = time.perf_counter() - began
            self.waited += seconds
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(pickle.dumps((completion, seconds)))
        self.calls += 1
        self.seconds += seconds
        return completion

    def count_tokens(self, text: str) -> int:
        return self._loaded().count_tokens(text)

    def _loaded(self) -> LanguageModel:
        if self._model is None:
            self._model = EngineBundle(self._settings).language_model()
        if self._model is None:
            raise SystemExit("the language model is turned off in the settings")
        return self._model


class BenchEngines:
    """Engines of a measurement: the model that keeps its answers, or none."""

    def __init__(self, model: KeptAnswers | None, settings: Settings) -> None:
        self._model = model
        self._bundle = EngineBundle(settings)

    def ocr(self) -> None:
        return None

    def speech(self) -> None:
        return None

    def speakers(self) -> None:
        return None

    def image_tagger(self) -> None:
        return None

    def vision_model(self) -> None:
        return None

    def text_embedder(self) -> TextEmbedder | None:
        return self._bundle.text_embedder()

    def language_model(self) -> KeptAnswers | None:
        return self._model
