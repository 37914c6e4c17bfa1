"""Fits the confidence of marks read from charts: `python -m bench.fit_charts DRAWN... [--cache FOLDER]`.

On folders that `bench/chart_drawing.py` wrote and on the development half of charts_vega; writes `mmi_cli/charts/confidence.json`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from bench import charts as bench
from mmi_cli.charts import building, confidence
from mmi_cli.charts.reading import read_chart
from mmi_cli.extract.ocr_page import read_page_image

_KEPT_BACK = 2.0
"""Strength of the pull towards zero: the charts are few."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("drawn", type=Path, nargs="+")
    parser.add_argument("--cache", type=Path)
    given = parser.parse_args()
    ocr = bench.KeptOcr(given.cache)
    rows: list[dict[str, float]] = []
    right: list[bool] = []
    weights: list[float] = []
    kinds: list[tuple[float, bool]] = []
    seen: list[dict[str, float]] = []

    def noting(kind: object, mark: object, table: object) -> float:
        seen.append(confidence.signals(kind, mark, table))  # type: ignore[arg-type]
        return 0.5

    building.confidence_of = noting  # type: ignore[assignment]
    for charts in (*(bench.of_drawn(folder) for folder in given.drawn), bench.of_vega("dev")):
        for _, path, kind, truth, _, _ in charts:
            pixels = bench.pixels_of(path)
            seen.clear()
            chart = read_chart(pixels, read_page_image(pixels, ocr).lines, ocr=ocr)
            if chart is None:
                continue
            kinds.append((float(len(chart.marks) > 0), chart.kind == kind))
            if truth and chart.marks:
                marks = bench.right_marks(chart, truth)
                rows += [dict(each) for each in seen[-len(chart.marks) :]] if chart.marks else []
                right += [r for _, r in marks]
                # A chart of many marks says little more than one of few.
                weights += [len(marks) ** -0.5] * len(marks)
    names = sorted({name for row in rows for name in row})
    x = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    y = np.array(right, float)
    w = np.array(weights) * len(weights) / sum(weights)
    beta = np.zeros(len(names))
    for _ in range(60):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        hessian = x.T @ (x * (w * p * (1 - p))[:, None]) + _KEPT_BACK * np.eye(len(names))
        beta += np.linalg.solve(hessian, x.T @ (w * (y - p)) - _KEPT_BACK * beta)
    read = [r for has, r in kinds if has]
    unread = [r for has, r in kinds if not has]
    share = (sum(read) + 1) / (len(read) + 2)
    found = {
        "mark": {name: round(float(b), 4) for name, b in zip(names, beta, strict=True)},
        "kind": {
            # The mean confidence moves it by as much as one fitted step; the share of right kinds sets the level.
            "constant": round(float(np.log(share / (1 - share))) - 0.85, 4),
            "mean": 1.0,
            "unread": min(0.5, round((sum(unread) + 1) / (len(unread) + 2), 2)),
        },
    }
    path = Path(confidence.__file__).with_name("confidence.json")
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    p = 1 / (1 + np.exp(-(x @ beta)))
    print(f"{len(rows)} marks, {y.mean():.3f} right, mean confidence {p.mean():.3f}, "
          f"ece {bench.calibration_error(list(zip(p.tolist(), right, strict=True))):.3f}")  # fmt: skip


if __name__ == "__main__":
    main()
