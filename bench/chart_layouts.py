"""Draws charts of odd layouts, whose kind is known: `python bench/chart_layouts.py FOLDER [--count 60] [--seed 1]`.

Several views, dots along an axis of names, hollow and sized points, error bars, logarithmic points, lines over bands, box plots, heat maps.
Writes `files/*.png` and `labels.jsonl` as `chart_drawing.py` does, without tables.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

WORDS = [
    "Velvet",
    "Trebi",
    "Svansota",
    "Wisconsin",
    "Manchuria",
    "Glabron",
    "Peatland",
    "Duluth",
    "Crookston",
    "Morris",
]
BLUE, ORANGE, RED = "#4c78a8", "#f58518", "#e45756"


def _dots_by_name(axes: Any, r: random.Random) -> str:
    names = r.sample(WORDS, r.randint(4, 9))
    for colour in r.sample([BLUE, ORANGE, RED], r.randint(1, 2)):
        face = r.choice([colour, "none"])
        axes.scatter(
            [r.uniform(10, 60) for _ in names], names, edgecolors=colour, facecolors=face, s=r.choice([20, 40])
        )
    return "scatter"


def _hollow(axes: Any, r: random.Random) -> str:
    xs = [r.uniform(0, 100) for _ in range(r.randint(3, 40))]
    axes.scatter(xs, [r.uniform(0, 100) for _ in xs], edgecolors=BLUE, facecolors="none", s=30)
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    axes.grid(color="#dddddd")
    return "scatter"


def _bubbles(axes: Any, r: random.Random) -> str:
    xs = [r.uniform(0, 10) for _ in range(r.randint(5, 20))]
    axes.scatter(xs, [r.uniform(0, 10) for _ in xs], s=[r.uniform(20, 500) for _ in xs], alpha=0.7, color=BLUE)
    return "scatter"


def _log_points(axes: Any, r: random.Random) -> str:
    xs = [10 ** r.uniform(0, 4) for _ in range(r.randint(4, 15))]
    axes.scatter(xs, [10 ** r.uniform(0, 3) for _ in xs], s=30, edgecolors=BLUE, facecolors="none")
    axes.set_xscale("log")
    axes.set_yscale("log")
    return "scatter"


def _errors(axes: Any, r: random.Random) -> str:
    names = r.sample(WORDS, r.randint(4, 8))
    values = [r.uniform(20, 60) for _ in names]
    if r.random() < 0.5:
        axes.errorbar(values, names, xerr=[r.uniform(2, 8) for _ in names], fmt="o", color="black", ms=r.choice([4, 6]))
    else:
        axes.errorbar(names, values, yerr=[r.uniform(2, 8) for _ in names], fmt="o", color=BLUE)
    return "scatter"


def _labelled_points(axes: Any, r: random.Random) -> str:
    for name in r.sample(WORDS, r.randint(3, 8)):
        x, y = r.uniform(5, 80), r.uniform(5, 95)
        axes.scatter([x], [y], edgecolors=BLUE, facecolors="none", s=20)
        axes.text(x + 2, y, name, va="center")
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    axes.grid(color="#dddddd")
    return "scatter"


def _strip(axes: Any, r: random.Random) -> str:
    names = [str(r.randint(10, 99)) for _ in range(9)]
    axes.scatter(
        [0] * len(names),
        range(len(names)),
        s=[r.choice([20, 80, 200]) for _ in names],
        c=[r.choice([BLUE, ORANGE, RED]) for _ in names],
    )
    axes.set_yticks(range(len(names)), names)
    axes.set_xticks([])
    return "scatter"


def _band(axes: Any, r: random.Random) -> str:
    xs = list(range(1900, 2000, 5))
    values = [r.uniform(10, 90)]
    for _ in xs[1:]:
        values.append(min(100.0, max(5.0, values[-1] + r.uniform(-15, 15))))
    axes.plot(xs, values, color=r.choice([BLUE, "#333333"]), marker=r.choice([None, "o"]))
    if r.random() < 0.5:
        axes.axvspan(1930, 1945, color=ORANGE, alpha=0.6)
        axes.axvspan(1950, 1980, color=BLUE, alpha=0.6)
    else:
        axes.fill_between(xs, [v - 8 for v in values], [v + 8 for v in values], color=BLUE, alpha=0.3)
    return "line"


def _points_and_line(axes: Any, r: random.Random) -> str:
    xs = list(range(10, 31))
    values = [1.3**x for x in xs]
    axes.plot(xs, values, color=r.choice([BLUE, RED]))
    axes.scatter(xs, [v * r.uniform(0.8, 1.2) for v in values], s=25, color="black")
    return "line"


def _boxes(axes: Any, r: random.Random) -> str:
    axes.boxplot([[r.gauss(30, 8) for _ in range(40)] for _ in range(r.randint(2, 6))], patch_artist=r.random() < 0.5)
    return "other"


def _heat(axes: Any, r: random.Random) -> str:
    axes.imshow([[r.random() for _ in range(7)] for _ in range(6)], cmap=r.choice(["viridis", "Blues"]))
    return "other"


def _rose(axes: Any, r: random.Random) -> str:
    from matplotlib.patches import Wedge

    count = r.randint(4, 9)
    names = r.sample(WORDS, count)
    for k in range(count):
        reach = r.uniform(0.25, 1.0)
        axes.add_patch(Wedge((0, 0), reach, 360 * k / count, 360 * (k + 1) / count, color=f"C{k}", label=names[k]))
    axes.set_xlim(-1.05, 1.05)
    axes.set_ylim(-1.05, 1.05)
    axes.set_aspect("equal")
    axes.axis("off")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return "pie"


def _thin_bars(axes: Any, r: random.Random) -> str:
    xs = sorted(r.sample(range(1, 30), r.randint(3, 9)))
    values = [r.uniform(10, 90) for _ in xs]
    axes.bar(xs, values, width=0.4, color=r.choice([BLUE, RED]))
    return "bar"


def _histogram(axes: Any, r: random.Random) -> str:
    axes.hist(
        [r.gauss(50, 15) for _ in range(300)], bins=r.choice([10, 20]), color=BLUE, edgecolor=r.choice([None, "white"])
    )
    return "bar"


DRAWERS: dict[str, Callable[[Any, random.Random], str]] = {
    "dots_by_name": _dots_by_name, "hollow": _hollow, "bubbles": _bubbles, "log_points": _log_points, "errors": _errors,
    "labelled_points": _labelled_points, "strip": _strip, "band": _band, "points_and_line": _points_and_line, "boxes": _boxes,
    "heat": _heat, "rose": _rose, "thin_bars": _thin_bars, "histogram": _histogram,
}  # fmt: skip
FACETS = ("dots_by_name", "hollow", "thin_bars", "band", "histogram", "errors")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    r = random.Random(given.seed)
    (given.folder / "files").mkdir(parents=True, exist_ok=True)
    with (given.folder / "labels.jsonl").open("w", encoding="utf-8") as labels:
        for number in range(given.count):
            layout = list(DRAWERS)[number % len(DRAWERS)]
            is_facet = layout in FACETS and r.random() < 0.5
            rows, columns = r.choice([(2, 1), (1, 2), (3, 1), (1, 3)]) if is_facet else (1, 1)
            narrow = layout == "strip"
            size = (
                (1.2, 3.4)
                if narrow
                else (
                    r.choice([3.5, 5.0, 6.4]) * (1.5 if columns > 1 else 1),
                    r.choice([3.0, 4.2]) * (1.6 if rows > 1 else 1),
                )
            )
            figure, axes = plt.subplots(
                rows, columns, figsize=size, dpi=r.choice([72, 90, 110]), squeeze=False, sharex=True, sharey=columns > 1
            )
            for each in axes.ravel():
                kind = DRAWERS[layout](each, r)
            figure.tight_layout()
            name = f"{number:03}_{layout}{'_facets' if is_facet else ''}.png"
            figure.savefig(given.folder / "files" / name)
            plt.close(figure)
            labels.write(
                json.dumps({"file": f"files/{name}", "kind": kind, "drawn": layout, "title": None, "rows": []}) + "\n"
            )


if __name__ == "__main__":
    main()
