"""Parts packets of several papers, drawn by lot from real ones, and says how many pages are put where they belong.

    python -m bench.packets [--packets N] [--seed S] [--fit] [--show] [--save]

A packet holds 2 to 6 papers: invoices (`zugferd`), orders of advertising (`adbuy`), agreements (`kleister_nda`) and receipts (`sroie`, read
by OCR), two of one kind side by side as often as chance has it.
Papers of even position in their set are for `--fit`, the others for the numbers. A
page is right when its paper has the right kind and begins and ends where it does in truth; F1 over pages, and over first pages alone.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.labelled_sets import contents_of
from bench.record import save
from mmi_cli.cases.classifying import Classifier
from mmi_cli.cases.page_views import PageView, page_views
from mmi_cli.cases.splitting import boundary_signals, log_odds, split_views
from mmi_cli.engines.bundle import EngineBundle
from mmi_cli.schema_file import read_schema_text
from mmi_cli.settings import Settings

ROUTER = """
name: packet
split: true
categories:
  invoice: {description: A bill for goods or services that one company sends another., schema: invoice}
  receipt: {description: A till receipt of a shop or restaurant., schema: receipt}
  contract: {description: An agreement between parties., schema: contract}
  order: {description: 'An order of advertising time, with contract number, advertiser and flight dates.', schema: ad-order}
"""
ORDER = """
name: ad-order
description: An order of advertising time on television or radio.
fields:
  contract_num: {type: string, aliases: [contract number, contract, order number]}
  advertiser: {type: string, aliases: [advertiser, client]}
  gross_amount: {type: number, aliases: [gross amount, total amount, order total]}
  flight_from: {type: date, aliases: [flight start, start date, flight dates]}
  flight_to: {type: date, aliases: [flight end, end date]}
"""
_KINDS = {"zugferd": "invoice", "sroie": "receipt", "kleister_nda": "contract", "adbuy": "order"}
_LONGEST = 8
_LEAST = 0.0
_PRIOR = np.array([2.0, 2.0, 1.0, 4.0, 2.0, 2.0])
_RIDGE = 4.0
"""No signal of a kind may speak against it: on other papers than these a title says more than here, where receipts are called invoices."""
_WEIGHTS = Path(__file__).resolve().parents[1] / "mmi_cli" / "cases" / "weights.json"
Paper = tuple[str, str, Sequence[PageView]]
"""(kind, file, pages)."""


class Remembering:
    """Embeds each text once: a page lies in many packets."""

    def __init__(self, embedder: Any) -> None:
        self._embedder, self._known = embedder, {}
        self.name, self.dimensions = embedder.name, embedder.dimensions

    def embed(self, texts: Sequence[str]) -> Any:
        for text in texts:
            if text not in self._known:
                (self._known[text],) = self._embedder.embed([text])
        return np.array([self._known[text] for text in texts])


def router() -> Any:
    import dataclasses

    from mmi_cli.schema_file import load_schema

    schema = read_schema_text(ROUTER, name="packet.yaml")
    order = read_schema_text(ORDER, name="ad-order.yaml")
    known = {"ad-order": order}
    return [
        dataclasses.replace(each, filled_by=known.get(each.schema) or load_schema(each.schema))
        for each in schema.categories
    ]


def papers(settings: Settings) -> tuple[list[Paper], list[Paper]]:
    """(for fitting, for the numbers)."""
    sides: tuple[list[Paper], list[Paper]] = ([], [])
    for name, kind in _KINDS.items():
        for number, (path, content, _) in enumerate(contents_of(name, part="all", step=1, settings=settings)):
            views = page_views(content)
            if 0 < len(views) <= _LONGEST:
                sides[number % 2].append((kind, path, views))
    return sides


def packets(side: Sequence[Paper], *, count: int, seed: int) -> list[list[Paper]]:
    draw = random.Random(seed)
    kinds = sorted({kind for kind, _, _ in side})
    out = []
    for _ in range(count):
        chosen = [draw.choice(kinds) for _ in range(draw.randint(2, 6))]
        out.append([draw.choice([paper for paper in side if paper[0] == kind]) for kind in chosen])
    return out


def judge(found: Sequence[tuple[int, int, str]], packet: Sequence[Paper]) -> tuple[int, int, int, int, int]:
    """(pages right, pages, first pages found and right, first pages found, first pages)."""
    truth, at = {}, 0
    for kind, _, views in packet:
        for page in range(at, at + len(views)):
            truth[page] = (at, at + len(views), kind)
        at += len(views)
    given = {page: (first, last, kind) for first, last, kind in found for page in range(first, last)}
    right = sum(given.get(page) == meant for page, meant in truth.items())
    starts, meant = {first for first, _, _ in found}, {first for first, _, _ in truth.values()}
    return right, at, len(starts & meant), len(starts), len(meant)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packets", type=int, default=60)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--fit", action="store_true", help="fit the weights on the other half of the papers first")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--save", action="store_true")
    options = parser.parse_args()
    settings = Settings()
    embedder: Any = Remembering(EngineBundle(settings).text_embedder())
    classifier = Classifier(router(), embedder)
    fitting, telling = papers(settings)
    print(len(fitting), "papers to fit,", len(telling), "to tell")
    if options.fit:
        fit(packets(fitting, count=200, seed=1), classifier, embedder)
    totals = np.zeros(5)
    kinds_right = pages = 0
    started = time.perf_counter()
    whole = 0
    drawn = packets(telling, count=options.packets, seed=options.seed)
    for packet in drawn:
        views = [view for _, _, each in packet for view in each]
        segments = split_views(_numbered(views), classifier, embedder)
        found = [(each.first - 1, each.last, each.category) for each in segments]
        result = judge(found, packet)
        whole += result[0] == result[1]
        totals += result
        truth = [kind for kind, _, each in packet for _ in each]
        given = [kind for first, last, kind in found for _ in range(first, last)]
        kinds_right += sum(a == b for a, b in zip(truth, given, strict=True))
        pages += len(truth)
        if options.show and result[0] < result[1]:
            seen = [classifier.signals(view.content, view.titles) for view in views]
            signals = boundary_signals(views, seen, embedder)
            at = 0
            print(
                [(kind, len(each)) for kind, _, each in packet],
                "→",
                [(kind, last - first) for first, last, kind in found],
            )
            for kind, path, each in packet:
                if at and signals[at - 1]:
                    print("  begins", kind, path[-24:], round(log_odds(signals[at - 1]), 1), _short(signals[at - 1]))
                for inner in range(at + 1, at + len(each)):
                    print("    on", round(log_odds(signals[inner - 1]), 1), _short(signals[inner - 1]))
                at += len(each)
    seconds = time.perf_counter() - started
    precision, recall = totals[2] / totals[3], totals[2] / totals[4]
    numbers = {
        "packets": len(drawn),
        "pages": int(totals[1]),
        "page_f1": round(totals[0] / totals[1], 4),
        "kind_right": round(kinds_right / pages, 4),
        "begin_precision": round(precision, 4),
        "begin_recall": round(recall, 4),
        "begin_f1": round(2 * precision * recall / (precision + recall), 4),
        "packets_right": round(whole / len(drawn), 4),
        "ms_a_page": round(1000 * seconds / totals[1], 1),
    }
    print(json.dumps(numbers, indent=1))
    if options.save:
        save(
            "packets", numbers, data="packets drawn from zugferd, adbuy, kleister_nda and sroie", packages=["rapidocr"]
        )


def _numbered(views: Sequence[PageView]) -> list[PageView]:
    import dataclasses

    return [
        dataclasses.replace(view, page=dataclasses.replace(view.page, number=number))
        for number, view in enumerate(views, start=1)
    ]


def _short(signals: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 2) for name, value in signals.items() if value and name != "bias"}


def fit(drawn: Sequence[Sequence[Paper]], classifier: Classifier, embedder: Any) -> None:
    """Logistic regression for the beginnings, softmax regression for the kinds, with a ridge around what is known beforehand."""
    rows, truths = [], []
    kind_rows, kind_truths = [], []
    names = [category.name for category in classifier.categories]
    seen = set()
    for packet in drawn:
        views = [view for _, _, each in packet for view in each]
        first_pages = set(np.cumsum([len(each) for _, _, each in packet]).tolist())
        seen_of = [classifier.signals(view.content, view.titles) for view in views]
        for at, signals in enumerate(boundary_signals(views, seen_of, embedder), start=1):
            if not signals["blank"]:
                rows.append(signals)
                truths.append(float(at in first_pages))
        for kind, path, each in packet:
            for view in each:
                if (path, view.number) not in seen and not view.is_blank:
                    seen.add((path, view.number))
                    kind_rows.append(
                        [
                            [s.labels, s.title, s.named, s.typical, s.words, s.nearness]
                            for s in classifier.signals(view.content, view.titles)
                        ]
                    )
                    kind_truths.append(names.index(kind))
    columns = sorted({name for row in rows for name in row} - {"blank"})
    x = np.array([[row[name] for name in columns] for row in rows])
    begins = _logistic(x, np.array(truths), np.array([0.0 if name == "bias" else 2.0 for name in columns]))
    weights = {
        "kind": dict(
            zip(
                ("labels", "title", "named", "typical", "words", "nearness"),
                _softmax(np.array(kind_rows), np.array(kind_truths)),
                strict=True,
            )
        ),
        "begins": {name: round(float(value), 3) for name, value in zip(columns, begins, strict=True)},
    }
    _WEIGHTS.write_text(json.dumps(weights, indent=1) + "\n", "utf-8")
    from mmi_cli.cases.classifying import fitted

    fitted.cache_clear()
    print(json.dumps(weights))


def _logistic(x: Any, y: Any, ridge: Any) -> Any:
    solution = np.zeros(x.shape[1])
    for _ in range(100):
        probability = 1 / (1 + np.exp(-np.clip(x @ solution, -30, 30)))
        gradient = x.T @ (probability - y) + ridge * solution
        curvature = (x * (probability * (1 - probability))[:, None]).T @ x + np.diag(ridge + 1e-6)
        move = np.linalg.solve(curvature, gradient)
        solution -= move
        if np.abs(move).max() < 1e-8:
            break
    return solution


def _softmax(x: Any, y: Any) -> list[float]:
    """Weights shared by all kinds: rows of shape (pages, kinds, signals)."""
    solution = _PRIOR.copy()
    for _ in range(3000):
        scores = x @ solution
        scores -= scores.max(axis=1, keepdims=True)
        probability = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        wanted = np.zeros_like(probability)
        wanted[np.arange(len(y)), y] = 1
        gradient = ((probability - wanted)[:, :, None] * x).sum(axis=(0, 1)) + _RIDGE * (solution - _PRIOR)
        solution = np.maximum(_LEAST, solution - 0.01 * gradient / np.sqrt(len(y)))
    return [round(float(each), 3) for each in solution]


if __name__ == "__main__":
    main()
