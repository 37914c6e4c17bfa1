"""Fills the rows of the labelled invoices without a language model and pairs them with the labelled rows.

    python -m bench.line_items [--show] [--save]

Only the pages are read: the attached invoices in XML, which are where the labels come from, are left out. A row is right when its
quantity and its total are those of a labelled row and its name begins alike; each labelled row is paired once.
"""

from __future__ import annotations

import argparse
import json
import re
from typing import Any

from bench.labelled_sets import BenchEngines, contents_of
from bench.record import DATA, save
from mmi_cli.datamodel.record import ArrayValue, FieldValue, LeafValue, ObjectValue
from mmi_cli.evaluate.compare import is_same, is_similar
from mmi_cli.fill.filling import fill_content
from mmi_cli.schema_file import read_schema_text
from mmi_cli.settings import Settings

SCHEMA = """
name: invoice
description: A commercial invoice.
fields:
  line_items:
    type: array
    description: What is invoiced, row by row.
    items:
      type: object
      properties:
        name: {type: string, description: What was sold.}
        quantity: {type: number, description: How many.}
        line_total: {type: number, description: Price of the row without tax.}
"""
_MEMBERS = ("name", "quantity", "line_total")


def is_same_name(value: Any, truth: str) -> bool:
    """Whether a name is the labelled one; labels put notes and numbers on lines of their own, and pages put them before or behind."""
    ours = re.sub(r"\W+", " ", str(value or "")).casefold().strip()
    lines = [re.sub(r"\W+", " ", line).casefold().strip() for line in truth.split("\n")]
    return bool(ours) and (
        is_similar(value, truth, "string") or any(line and (line in ours or ours in line) for line in lines)
    )


def rows_of(value: FieldValue | None) -> list[dict[str, Any]]:
    items = value.items if isinstance(value, ArrayValue) else ()
    return [
        {name: leaf.value for name, leaf in item.members if isinstance(leaf, LeafValue)}
        for item in items
        if isinstance(item, ObjectValue)
    ]


def same_members(row: dict[str, Any], truth: dict[str, Any]) -> list[bool]:
    return [
        is_same_name(row.get("name"), truth["name"]),
        is_same(row.get("quantity"), truth["quantity"], "number"),
        is_same(row.get("line_total"), truth["line_total"], "number"),
    ]


def pair(rows: list[dict[str, Any]], truths: list[dict[str, Any]]) -> list[tuple[int, int, list[bool]]]:
    """(row, labelled row, which members are right), the best pairs first, each row once."""
    scored = sorted(
        (
            (-sum(same), abs(i - j), i, j, same)
            for i, row in enumerate(rows)
            for j, truth in enumerate(truths)
            if any(same := same_members(row, truth))
        ),
    )
    out: list[tuple[int, int, list[bool]]] = []
    for _, _, i, j, same in scored:
        if all(i != a and j != b for a, b, _ in out):
            out.append((i, j, same))
    return out


def f1(right: int, given: int, wanted: int) -> float:
    return round(2 * right / max(1, given + wanted), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="print the rows that differ")
    parser.add_argument("--save", action="store_true", help="keep the numbers in bench/results")
    options = parser.parse_args()
    settings = Settings()
    schema = read_schema_text(SCHEMA, name="line_items.yaml")
    lines = (DATA / "zugferd" / "labels.jsonl").read_text("utf-8").splitlines()
    labels = {
        line["file"].rsplit("/", 1)[-1]: [
            row for row in line.get("line_items") or [] if row["name"] and row["line_total"]
        ]
        for line in map(json.loads, lines)
    }
    engines = BenchEngines(None, settings)
    whole = given = wanted = 0
    members = dict.fromkeys(_MEMBERS, 0)
    for path, content, _ in contents_of("zugferd", settings=settings):
        truths = labels[path.rsplit("/", 1)[-1]]
        if not truths:
            continue
        filled = fill_content(content, schema, engines=engines, settings=settings)
        rows = rows_of(dict(filled.fields).get("line_items"))
        pairs = pair(rows, truths)
        given, wanted = given + len(rows), wanted + len(truths)
        whole += sum(all(same) for _, _, same in pairs)
        for _, _, same in pairs:
            for name, is_one in zip(_MEMBERS, same, strict=True):
                members[name] += is_one
        if options.show and (len(pairs) < max(len(rows), len(truths)) or not all(all(same) for _, _, same in pairs)):
            print(path.rsplit("/", 1)[-1])
            paired = {j: i for i, j, _ in pairs}
            for j, truth in enumerate(truths):
                print("    truth", [truth[name] for name in _MEMBERS])
                print("    ours ", list(rows[paired[j]].values()) if j in paired else "-")
            for i, row in enumerate(rows):
                if i not in paired.values():
                    print("    extra", list(row.values()))
    numbers: dict[str, Any] = {"rows": wanted, "rows_given": given, "row_f1": f1(whole, given, wanted)}
    numbers |= {f"{name}_f1": f1(right, given, wanted) for name, right in members.items()}
    print(numbers)
    if options.save:
        print(save("line_items", numbers, data="zugferd, pages alone", packages=["pypdfium2"]))


if __name__ == "__main__":
    main()
