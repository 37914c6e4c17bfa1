"""Fills the sample files of Content Understanding from the raw files and holds every leaf against the stored result.

    python -m bench.content_understanding [CASE…] [--show] [--save]

A leaf is `right` when it is the stored value after the type is taken into account, `wrong`, or `missing`. It is `not in the file` when the
stored value, so read, stands nowhere in the file's text: a currency counts as standing there by its sign, a speaker by the name that the
transcript gives. Written leaves (summaries, topics) are `alike` when an embedding model finds them near the stored words. The rows of an
array are paired so that most leaves are right; a row too many is `extra` where the stored array is whole.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.labelled_sets import KeptAnswers
from bench.record import save
from bench.service_samples import Case, Expected, Steps, Verdict, cases
from mmi_cli.datamodel.content import Content, TimeSpan
from mmi_cli.datamodel.record import ArrayValue, FieldValue, LeafValue, ObjectValue
from mmi_cli.datamodel.schema import Field
from mmi_cli.engines.bundle import EngineBundle
from mmi_cli.evaluate.compare import is_same, readings
from mmi_cli.evaluate.places import overlap_of
from mmi_cli.fill.alignment import locate, locate_pieces
from mmi_cli.fill.candidates import candidate_kinds, find_candidates
from mmi_cli.fill.locale_hints import decide_locale
from mmi_cli.pipeline import Pipeline
from mmi_cli.schema_file import load_schema
from mmi_cli.settings import Settings
from mmi_cli.storage.addresses import open_source

_ALIKE = 0.5
"""Cosine from which two short texts say the same."""
_VERDICTS: tuple[Verdict, ...] = ("right", "wrong", "missing", "not in the file", "extra", "alike", "unlike")


class Engines(EngineBundle):
    """The default engines, with a language model that keeps its answers."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.kept = KeptAnswers(settings)

    def language_model(self) -> KeptAnswers:
        return self.kept


def fill(case: Case, engines: Engines, settings: Settings) -> tuple[dict[str, FieldValue], Content | None, float]:
    """(fields, content, seconds) of a case's file."""
    with tempfile.TemporaryDirectory() as folder:
        schema = case.schema
        if isinstance(schema, dict):
            path = Path(folder) / "schema.json"
            path.write_text(json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}), "utf-8")
            schema = path
        source = open_source([str(case.file)])
        pipeline = Pipeline(source=source, schemas=(load_schema(str(schema)),), settings=settings, engines=engines)
        (file,) = source.list()
        began, asked, waited = time.perf_counter(), engines.kept.seconds, engines.kept.waited
        outcome = pipeline.process(file)
        own = time.perf_counter() - began - (engines.kept.waited - waited)
    (record,) = outcome.records
    for error in record.errors:
        print(f"  {error.stage} {error.code}: {error.message}")
    return dict(record.fields), outcome.content, own + engines.kept.seconds - asked


def leaves_of(value: FieldValue, path: Steps) -> Iterator[tuple[Steps, LeafValue]]:
    """Every leaf below a value with its path."""
    if isinstance(value, ArrayValue):
        for row, item in enumerate(value.items):
            yield from leaves_of(item, (*path, row))
    elif isinstance(value, ObjectValue):
        for name, member in value.members:
            yield from leaves_of(member, (*path, name))
    else:
        yield path, value


def paired(expected: Sequence[Expected], found: dict[Steps, LeafValue]) -> tuple[dict[Steps, Steps], set[Steps]]:
    """(rows of the stored result → rows of ours, rows of ours that are left over), best pairs first."""
    theirs = {each.path[:2] for each in expected if len(each.path) > 1 and isinstance(each.path[1], int)}
    ours = {path[:2] for path in found if len(path) > 1 and isinstance(path[1], int)}
    scored = []
    for row in theirs:
        of_row = [each for each in expected if each.path[:2] == row]
        for own in (each for each in ours if each[0] == row[0]):
            same = sum(is_right(each, found.get((*own, *each.path[2:]))) for each in of_row)
            scored.append((-same, abs(int(row[1]) - int(own[1])), row, own))
    pairs: dict[Steps, Steps] = {}
    for _, _, row, own in sorted(scored, key=str):
        if row not in pairs and own not in pairs.values():
            pairs[row] = own
    return pairs, ours - set(pairs.values())


def is_right(each: Expected, leaf: LeafValue | None) -> bool:
    """Whether a value is the stored one; of texts the letters and digits count, since a line break may stand for a comma."""
    value = leaf.value if leaf is not None else None
    truths = (each.value, *each.also)
    if each.type == "string" and value is not None:
        return any(truth is not None and letters(str(value)) == letters(str(truth)) for truth in truths)
    return any(is_same(value, truth, each.type) for truth in truths)  # type: ignore[arg-type]


def letters(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def stands(each: Expected, content: Content) -> bool:
    """Whether a stored value can be read off the file."""
    if each.value is None:
        return True
    hints = decide_locale(content, None)
    if each.type in ("date", "time", "number", "integer"):
        kinds = candidate_kinds(Field(name=str(each.path[-1]), type=each.type))  # type: ignore[arg-type]
        wanted = set(readings(each.value, each.type))  # type: ignore[arg-type]
        return any(candidate.value in wanted for candidate in find_candidates(content, kinds, hints))
    text = str(each.value)
    speakers = {word.place.speaker for word in content.words if isinstance(word.place, TimeSpan)}
    if text in speakers or any(c.value == text for c in find_candidates(content, frozenset({"currency"}), hints)):
        return True
    return bool(locate(content, text) or locate_pieces(content, text))


def judge(
    case: Case, fields: dict[str, FieldValue], content: Content, engines: Engines
) -> Iterator[tuple[Expected | None, LeafValue | None, Verdict]]:
    """Every stored leaf with ours and the verdict, then what is too many."""
    found = {path: leaf for name, value in fields.items() for path, leaf in leaves_of(value, (name,))}
    pairs, left = paired(case.expected, found)
    for each in case.expected:
        row = each.path[:2]
        path = (
            (*pairs[row], *each.path[2:])
            if row in pairs
            else each.path
            if len(each.path) == 1 or not isinstance(each.path[1], int)
            else None
        )
        leaf = found.get(path) if path is not None else None
        value = leaf.value if leaf is not None else None
        if each.is_written:
            yield each, leaf, "alike" if is_alike(each, case.expected, found, engines) else "unlike"
        elif is_right(each, leaf):
            yield each, leaf, "right"
        elif not stands(each, content):
            yield each, leaf, "not in the file"
        else:
            yield each, leaf, "missing" if value is None else "wrong"
    for extra in sorted(left, key=str):
        if extra[0] in case.whole:
            yield None, next(leaf for path, leaf in found.items() if path[:2] == extra), "extra"


def is_alike(each: Expected, expected: Sequence[Expected], found: dict[Steps, LeafValue], engines: Engines) -> bool:
    """Whether any of the leaves of the same field says what the stored one says."""
    embedder = engines.text_embedder()
    ours = [str(leaf.value) for path, leaf in found.items() if path[0] == each.path[0] and leaf.value is not None]
    if embedder is None or not ours:
        return False
    vectors = embedder.embed([str(each.value), *ours])
    return bool(max(vectors[1:] @ vectors[0]) >= _ALIKE)


def is_placed(each: Expected, leaf: LeafValue | None) -> bool | None:
    """Whether a right value was found where the service found it; None where that is not known."""
    if leaf is None or not each.places:
        return None
    overlap = overlap_of([piece.to_json() for piece in leaf.evidence], each.places)
    return None if overlap is None else overlap.is_on_place


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", help="beginnings of the names of cases, such as 01")
    parser.add_argument("--show", action="store_true", help="print every leaf, not only those that are not right")
    parser.add_argument("--save", action="store_true", help="keep the numbers in bench/results")
    options = parser.parse_args()
    settings = Settings()
    engines = Engines(settings)
    numbers: dict[str, Any] = {}
    table: list[tuple[str, Counter[str], str, float]] = []
    for case in cases():
        if options.cases and not case.name.startswith(tuple(options.cases)):
            continue
        fields, content, seconds = fill(case, engines, settings)
        if content is None:
            print(f"{case.name}: not read")
            continue
        print(case.name)
        counts: Counter[str] = Counter()
        places: Counter[bool] = Counter()
        for each, leaf, verdict in judge(case, fields, content, engines):
            counts[verdict] += 1
            if each is not None and verdict == "right" and (placed := is_placed(each, leaf)) is not None:
                places[placed] += 1
            if options.show or verdict not in ("right", "alike"):
                name = ".".join(map(str, each.path)) if each else ""
                ours = f"{leaf.value!r} ({leaf.confidence:.2f})" if leaf is not None else "-"
                print(f"  {verdict:16} {name:32} {ours}  stored {each.value if each else None!r}")
        on_place = f"{places[True]}/{sum(places.values())}"
        table.append((case.name, counts, on_place, seconds))
        numbers[case.name] = {
            **{verdict: counts[verdict] for verdict in _VERDICTS},
            "on_place": on_place,
            "seconds": round(seconds, 1),
        }
    print(f"\n{'case':34}" + "".join(f"{verdict:>16}" for verdict in _VERDICTS) + f"{'on its place':>14}{'seconds':>9}")
    for name, counts, on_place, seconds in table:
        print(
            f"{name:34}" + "".join(f"{counts[verdict]:>16}" for verdict in _VERDICTS) + f"{on_place:>14}{seconds:>9.1f}"
        )
    total = sum((counts for _, counts, _, _ in table), Counter[str]())
    standing = sum(total[verdict] for verdict in ("right", "wrong", "missing"))
    print(f"right of those that stand in the file: {total['right']} of {standing}")
    numbers["right"], numbers["standing_in_the_file"] = total["right"], standing
    if options.save:
        packages = ["rapidocr", "xllamacpp", "faster-whisper", "ctranslate2"]
        print(
            save(
                "content_understanding",
                numbers,
                data="samples of Content Understanding with stored results",
                packages=packages,
            )
        )


if __name__ == "__main__":
    main()
