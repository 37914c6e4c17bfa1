"""How many rows of tables over several pages come out right: drawn invoices and bank statements, born digital and scanned.

    python -m bench.page_breaks [--count N] [--scans N] [--show] [--save]

A row is right when its text begins alike and all of its numbers and dates are those of the drawn row; each drawn row is paired once, in
order. `amounts` is the share of papers whose amounts are all there, once each; `texts` the share of right rows
whose text is whole, `pages` the share of right rows whose evidence lies on the
page that the row begins on.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.labelled_sets import BenchEngines
from bench.made_tables import LOOKS, LongTable, draw_invoice, draw_statement, write_table
from bench.papers import read, read_scan
from bench.record import save
from mmi_cli.datamodel.record import ArrayValue, LeafValue, ObjectValue
from mmi_cli.fill.filling import fill_content
from mmi_cli.schema_file import load_schema
from mmi_cli.settings import Settings

_DRAW = {"invoice": draw_invoice, "bank_statement": draw_statement}
_FIELD = {"invoice": "line_items", "bank_statement": "transactions"}


@dataclass(slots=True)
class Tally:
    """Counts over the papers of one look."""

    right: int = 0
    given: int = 0
    true: int = 0
    on_page: int = 0
    whole_text: int = 0
    papers: int = 0
    with_all_amounts: int = 0

    def to_json(self) -> dict[str, float]:
        return {
            "precision": round(self.right / max(1, self.given), 4),
            "recall": round(self.right / max(1, self.true), 4),
            "amounts": round(self.with_all_amounts / max(1, self.papers), 4),
            "texts": round(self.whole_text / max(1, self.right), 4),
            "pages": round(self.on_page / max(1, self.right), 4),
        }


def rows_found(paper: LongTable, content: Any, settings: Settings) -> list[tuple[dict[str, Any], int | None]]:
    """(members, page) of every row."""
    schema = load_schema(paper.kind.replace("_", "-"))
    filled = fill_content(content, schema, engines=BenchEngines(None, settings), settings=settings)
    value = dict(filled.fields).get(_FIELD[paper.kind])
    out = []
    for item in value.items if isinstance(value, ArrayValue) else ():
        if isinstance(item, ObjectValue):
            leaves = [(name, leaf) for name, leaf in item.members if isinstance(leaf, LeafValue)]
            page = next((each.page for _, leaf in leaves for each in leaf.evidence if each.page), None)
            out.append(({name: leaf.value for name, leaf in leaves}, page))
    return out


def is_right(row: dict[str, Any], truth: dict[str, Any]) -> bool:
    text, wanted = _plain(row.get("description")), _plain(truth["description"])
    numbers = all(row.get(name) == value for name, value in truth.items() if name != "description")
    return numbers and text[:7] == wanted[:7]


def _plain(text: Any) -> str:
    return "".join(str(text or "").casefold().split())


def judge(tally: Tally, paper: LongTable, found: list[tuple[dict[str, Any], int | None]]) -> list[dict[str, Any]]:
    """Adds up a paper; the drawn rows that were missed."""
    left, missed = list(found), []
    for truth, page in zip(paper.rows, paper.row_pages, strict=True):
        at = next((at for at, (row, _) in enumerate(left) if is_right(row, truth)), None)
        if at is None:
            missed.append(truth)
            continue
        tally.right += 1
        row, where = left.pop(at)
        tally.on_page += where == page
        tally.whole_text += _plain(row.get("description")) == _plain(truth["description"])
    tally.given += len(found)
    tally.true += len(paper.rows)
    tally.papers += 1
    given = Counter(row.get("amount") for row, _ in found)
    tally.with_all_amounts += given == Counter(row["amount"] for row in paper.rows)
    return [*missed, *({"extra": row} for row, _ in left)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=4, help="papers of each kind and look")
    parser.add_argument("--scans", type=int, default=0, help="of these, how many are scanned and read by OCR as well")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--save", action="store_true")
    options = parser.parse_args()
    settings = Settings(language_model="none")
    numbers: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for form, count in (("digital", options.count), ("scanned", options.scans)):
            whole = Tally()
            for kind in _DRAW if count else ():
                for look in LOOKS:
                    tally = Tally()
                    for seed in range(count):
                        paper = _DRAW[kind](look, 100 * seed + LOOKS.index(look))
                        path = write_table(Path(scratch) / "paper.pdf", paper)
                        content = (
                            read_scan(path, Path(scratch), settings) if form == "scanned" else read(path, settings)
                        )
                        found = rows_found(paper, content, settings)
                        for part in (tally, whole):
                            wrong = judge(part, paper, found)
                        if options.show and wrong:
                            print(
                                kind,
                                look,
                                seed,
                                len(paper.pages),
                                "pages",
                                len(paper.rows),
                                "rows,",
                                len(found),
                                "given",
                                wrong[:4],
                            )
                    numbers |= {f"{form}_{kind}_{look}_{name}": value for name, value in tally.to_json().items()}
                    print(f"{form:8} {kind:15} {look:8} {tally.to_json()}")
            if count:
                numbers |= {f"{form}_{name}": value for name, value in whole.to_json().items()}
                print(f"{form:8} all {whole.true} rows {whole.to_json()}")
    if options.save:
        data = f"{options.count} drawn papers of each kind and look over 2 to 4 pages, {options.scans} of them scanned at 200 dpi"
        save("page_breaks", numbers, data=data, packages=["rapidocr", "pypdfium2", "faker"])


if __name__ == "__main__":
    main()
