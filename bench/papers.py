"""How well the built-in schemas of tax, finance and insurance fill drawn papers, born digital and scanned, without a language model.

    python -m bench.papers [--count N] [--kinds w2 invoice …] [--families fitted printed apart unseen] [--scans N] [--misses N] [--save]

Papers come from `bench/made_papers.py` (`fitted`: its three layouts), `bench/made_papers_apart.py` (`printed`: grids of the tax office;
`apart`: other words and places, measured before their words were added to the schemas) and `bench/made_papers_unseen.py` (`unseen`: drawn
after all that, and nothing was changed for them). A field is right when its value is the drawn one, as `mmi eval` compares.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
import random
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.labelled_sets import CACHE, BenchEngines
from bench.made_papers import KINDS, LAYOUTS, Paper, draw_paper, make_packet
from bench.made_papers_apart import APART, AS_PRINTED, draw_other
from bench.made_papers_unseen import UNSEEN
from bench.made_scans import scan_pdf
from bench.record import save
from mmi_cli.datamodel.content import Content
from mmi_cli.engines.bundle import EngineBundle
from mmi_cli.evaluate.evaluation import evaluate
from mmi_cli.evaluate.labels import Label
from mmi_cli.fill.filling import fill_content
from mmi_cli.pipeline import Pipeline
from mmi_cli.schema_file import load_schema
from mmi_cli.settings import Settings
from mmi_cli.storage.addresses import open_source

FAMILIES = ("fitted", "printed", "apart", "unseen")
_ALL = (*sorted(KINDS), "id_document")


def drawn(family: str, kind: str, count: int) -> Iterator[Paper]:
    """Papers of a kind, the same in every run; none when the family has not got the kind."""
    for at in range(count):
        seed = 1000 * at + zlib.crc32(f"{family} {kind}".encode()) % 1000
        if family == "fitted" and kind in KINDS:
            yield draw_paper(kind, at % LAYOUTS, seed, known_facts(kind, seed))
        elif kind in (of := {"printed": AS_PRINTED, "apart": APART, "unseen": UNSEEN}.get(family, {})):
            yield draw_other(of, kind, seed)


def known_facts(kind: str, seed: int) -> dict[str, Any]:
    """Where the person of a paper lives, and what else a case says of them, under the names that `made_papers` knows."""
    lot = random.Random(seed)
    town = lot.choice(("Port Henry, NH 03801", "Lake Ann, MI 49650", "Salem, OR 97301", "El Paso, TX 79901"))
    home = f"{lot.randint(11, 980)} {lot.choice(('Jimenez', 'Brennan', 'Turner', 'Oak'))} {lot.choice(('Street', 'Road'))}\n{town}"
    name = lot.choice(("Julia Parker", "Helen Baker", "David Hunter", "Anna Turner"))
    return {
        "w2": {"employee_address": home}, "form_1099": {"recipient_address": home}, "invoice": {"customer_address": home},
        "pay_slip": {"employee_address": home, "date_of_birth": f"19{lot.randint(55, 99)}-0{lot.randint(1, 9)}-{lot.randint(10, 28)}"},
        "bank_statement": {"account_holder_address": home}, "receipt": {"customer_name": name},
    }.get(kind, {})  # fmt: skip


def read(path: Path, settings: Settings) -> Content:
    """What stands in a file, kept between runs of the benchmark when it is a scan."""
    source = open_source([str(path)])
    pipeline = Pipeline(source=source, schemas=(), settings=settings, engines=EngineBundle(settings))
    content, why = pipeline.read_file(next(iter(source.list())))
    assert content is not None, why
    return content


def read_scan(pdf: Path, scratch: Path, settings: Settings) -> Content:
    kept = CACHE / "contents" / "papers" / f"{hashlib.sha256(pdf.read_bytes()).hexdigest()[:24]}.pickle"
    if kept.is_file():
        content: Content = pickle.loads(kept.read_bytes())
        return content
    content = read(scan_pdf(pdf, scratch / "scan.pdf", seed=1), settings)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(pickle.dumps(content))
    return content


def _as_read(name: str, value: Any) -> Any:
    """An address is read line by line, without the comma that stands for the end of its first."""
    return value.replace(", ", " ", 1) if name.endswith("_address") else value


def measure(
    family: str, kind: str, count: int, *, scan: bool, settings: Settings
) -> tuple[Counter[str], Counter[str], list[str]]:
    """(right fields, labelled fields, misses in words)."""
    schema = load_schema(kind.replace("_", "-"))
    engines = BenchEngines(None, settings)
    records: list[dict[str, Any]] = []
    labels = []
    known = {each.name for each in schema.fields}
    with tempfile.TemporaryDirectory() as scratch:
        for number, paper in enumerate(drawn(family, kind, count)):
            path = make_packet(Path(scratch) / f"{number}.pdf", [paper])
            content = read_scan(path, Path(scratch), settings) if scan else read(path, settings)
            filled = fill_content(content, schema, engines=engines, settings=settings)
            name = f"{family}/{kind}-{number}.pdf"
            fields = {each: value.to_json() for each, value in filled.fields}
            records.append({"source": {"path": name, "uri": name}, "status": "ok", "fields": fields})
            labels.append(
                Label(
                    file=name,
                    fields={each: _as_read(each, value) for each, value in paper.fields.items() if each in known},
                )
            )
    if not labels:
        return Counter(), Counter(), []
    result = evaluate(records, labels, null="unknown", missing="unknown")
    right, of = Counter[str](), Counter[str]()
    wrong = Counter(miss.field for miss in result.misses)
    for label in labels:
        for field in label.fields:
            of[field] += 1
    for field, whole in of.items():
        right[field] = whole - wrong[field]
    misses = [
        f"{miss.path} {miss.field}: {miss.value!r} ({miss.confidence:.2f}), true {miss.truth!r}"
        for miss in result.misses
    ]
    return right, of, misses


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=12, help="papers of a kind and family, born digital")
    parser.add_argument("--scans", type=int, default=0, help="of these, how many are scanned and read by OCR as well")
    parser.add_argument("--kinds", nargs="+", default=_ALL, choices=_ALL)
    parser.add_argument("--families", nargs="+", default=FAMILIES, choices=FAMILIES)
    parser.add_argument("--misses", type=int, default=0)
    parser.add_argument("--save", action="store_true")
    options = parser.parse_args()
    settings = Settings(language_model="none")
    numbers: dict[str, Any] = {}
    for family in options.families:
        for scan in (False, True):
            count = options.scans if scan else options.count
            whole_right = whole = 0
            form = f"{family}_{'scanned' if scan else 'digital'}"
            for kind in options.kinds if count else ():
                right, of, misses = measure(family, kind, count, scan=scan, settings=settings)
                if not of:
                    continue
                whole_right, whole = whole_right + right.total(), whole + of.total()
                share = right.total() / of.total()
                numbers[f"{form}_{kind}"] = round(share, 4)
                weak = {name: f"{right[name]}/{of[name]}" for name in of if right[name] < of[name]}
                print(f"{form:18} {kind:17} {share:.3f} {json.dumps(weak)}")
                for miss in misses[: options.misses]:
                    print("   ", miss)
            if whole:
                numbers[form] = round(whole_right / whole, 4)
                print(f"{form:18} {'all':17} {numbers[form]:.4f} of {whole}")
    if options.save:
        data = f"{options.count} drawn papers of each kind and family, {options.scans} of them scanned at 200 dpi"
        save("papers", numbers, data=data, packages=["rapidocr", "pypdfium2", "faker"])


if __name__ == "__main__":
    main()
