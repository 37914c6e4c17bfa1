"""Draws charts whose values are known, with matplotlib, in many styles: `python bench/chart_drawing.py FOLDER [--count 60] [--seed 1]`.

Writes `files/*.png` and `labels.jsonl`: kind, title, rows of (series, x, y).
"""

from __future__ import annotations

import argparse
import json
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

KINDS = (
    "bar",
    "bar",
    "barh",
    "grouped",
    "stacked",
    "line",
    "line",
    "line_dates",
    "line_many",
    "pie",
    "donut",
    "scatter",
    "area",
    "stacked_area",
    "log",
)
STYLES = (
    "default",
    "ggplot",
    "seaborn-v0_8",
    "seaborn-v0_8-whitegrid",
    "bmh",
    "fivethirtyeight",
    "dark_background",
    "seaborn-v0_8-pastel",
    "tableau-colorblind10",
)
WORDS = [
    "Apples",
    "Oranges",
    "North",
    "South",
    "East",
    "West",
    "Berlin",
    "Paris",
    "London",
    "Rome",
    "Cars",
    "Bikes",
    "Trains",
    "Ships",
    "Retail",
    "Energy",
    "Health",
    "Steel",
    "Coffee",
    "Tea",
    "Milk",
    "Bread",
    "Cheese",
    "Windows",
    "Linux",
    "Android",
    "Mobile",
    "Desktop",
    "Tablet",
    "Alpha",
    "Beta",
    "Gamma",
    "Delta",
    "Spain",
    "Portugal",
    "Norway",
    "Finland",
]
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
TITLES = (
    "Sales by region",
    "Monthly revenue",
    "Energy use",
    "Visitors per day",
    "Market share",
    "Rainfall 2023",
    "Output of the plant",
    "Survey results",
)


def draw(kind: str, random_: random.Random, path: Path) -> dict[str, Any]:
    """One chart; the label of it."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    style = random_.choice(STYLES)
    with plt.style.context(style):
        plt.rcParams["font.family"] = random_.choice(["DejaVu Sans", "DejaVu Serif"])
        size = random_.choice([(5, 3.5), (6.4, 4.8), (8, 4.5), (5, 5)])
        dpi = random_.choice([72, 90, 100, 130])
        figure, axes = plt.subplots(figsize=size, dpi=dpi)
        if random_.random() < 0.4:
            axes.grid(True, axis=random_.choice(["y", "both"]), alpha=0.5, linestyle=random_.choice(["-", "--", ":"]))
            axes.set_axisbelow(True)
        rows = _DRAWERS[kind](axes, random_)
        title = random_.choice(TITLES) if random_.random() < 0.7 else None
        if title:
            axes.set_title(title)
        if kind not in ("pie", "donut"):
            if random_.random() < 0.6:
                axes.set_ylabel(random_.choice(["Amount", "Value (units)", "Count", "Price in EUR"]))
            if random_.random() < 0.4:
                axes.set_xlabel(random_.choice(["Group", "Item", "Step"]))
        figure.tight_layout()
        figure.savefig(path)
        plt.close(figure)
    plain = {
        "barh": "bar",
        "grouped": "bar",
        "stacked": "bar",
        "log": "bar",
        "line_dates": "line",
        "line_many": "line",
        "donut": "pie",
        "stacked_area": "area",
    }
    return {
        "file": f"files/{path.name}", "kind": plain.get(kind, kind), "drawn": kind, "style": style, "title": title,
        "rows": [{"series": s, "x": x, "y": y} for s, x, y in rows],
    }  # fmt: skip


Row = tuple[str | None, Any, float]


def _values(random_: random.Random, count: int) -> list[float]:
    top = random_.choice([10, 100, 1000, 25000])
    digits = 0 if top >= 1000 else 1
    return [round(random_.uniform(0.08, 1) * top, digits) for _ in range(count)]


def _names(random_: random.Random, count: int) -> list[str]:
    return random_.sample(WORDS, count)


def _bar(axes: Any, random_: random.Random) -> list[Row]:
    names = MONTHS if random_.random() < 0.25 else _names(random_, random_.randint(3, 9))
    values = _values(random_, len(names))
    drawn = axes.bar(
        names,
        values,
        width=random_.choice([0.5, 0.8, 0.9]),
        color=random_.choice([None, "#4c78a8", "#888888", "tab:green"]),
    )
    if random_.random() < 0.35:
        axes.bar_label(drawn, fmt="%g")
    if len(names) > 6 or random_.random() < 0.2:
        turned = random_.choice([45, 90])
        axes.tick_params(axis="x", rotation=turned)
        if turned == 45:
            for label in axes.get_xticklabels():
                label.set_horizontalalignment("right")
    return [(None, n, v) for n, v in zip(names, values, strict=True)]


def _barh(axes: Any, random_: random.Random) -> list[Row]:
    names = _names(random_, random_.randint(3, 9))
    values = _values(random_, len(names))
    drawn = axes.barh(names, values, height=random_.choice([0.5, 0.8]))
    if random_.random() < 0.4:
        axes.bar_label(drawn, fmt="%g")
    return [(None, n, v) for n, v in zip(names, values, strict=True)]


def _many(random_: random.Random) -> tuple[list[str], list[str], list[list[float]]]:
    names, series = _names(random_, random_.randint(2, 6)), [f"{w}" for w in ("2021", "2022", "2023")]
    if random_.random() < 0.6:
        series = random_.sample(["Online", "Store", "Partner", "Export", "Other"], 3)
    series = series[: random_.randint(2, 3)]
    top = random_.choice([10, 100, 1000])
    return names, series, [[round(random_.uniform(0.1, 1) * top, 1) for _ in names] for _ in series]


def _grouped(axes: Any, random_: random.Random) -> list[Row]:
    names, series, values = _many(random_)
    width = 0.8 / len(series)
    for k, name in enumerate(series):
        axes.bar(
            [i + (k - (len(series) - 1) / 2) * width for i in range(len(names))],
            values[k],
            width=width * random_.choice([1, 1, 0.9]),
            label=name,
        )
    axes.set_xticks(range(len(names)), names)
    axes.legend()
    return [(s, n, values[k][i]) for k, s in enumerate(series) for i, n in enumerate(names)]


def _stacked(axes: Any, random_: random.Random) -> list[Row]:
    names, series, values = _many(random_)
    below = [0.0] * len(names)
    horizontal = random_.random() < 0.4
    for k, name in enumerate(series):
        if horizontal:
            axes.barh(names, values[k], left=below, label=name)
        else:
            axes.bar(names, values[k], bottom=below, label=name)
        below = [b + v for b, v in zip(below, values[k], strict=True)]
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1)) if random_.random() < 0.5 else axes.legend()
    return [(s, n, values[k][i]) for k, s in enumerate(series) for i, n in enumerate(names)]


def _walk(random_: random.Random, count: int) -> list[float]:
    top = random_.choice([10, 100, 1000])
    values = [random_.uniform(0.3, 0.7)]
    for _ in range(count - 1):
        values.append(min(1.0, max(0.05, values[-1] + random_.uniform(-0.2, 0.2))))
    return [round(v * top, 1 if top < 1000 else 0) for v in values]


def _line(axes: Any, random_: random.Random) -> list[Row]:
    count = random_.randint(5, 12)
    xs: list[Any] = random_.choice([MONTHS[:count], list(range(2010, 2010 + count)), list(range(count))])
    values = _walk(random_, count)
    axes.plot(xs, values, marker=random_.choice([None, None, "o", "s"]), linewidth=random_.choice([1, 1.5, 2.5]))
    if random_.random() < 0.5:
        axes.set_ylim(bottom=0)
    return [(None, x, v) for x, v in zip(xs, values, strict=True)]


def _line_dates(axes: Any, random_: random.Random) -> list[Row]:
    count = random_.randint(6, 12)
    days = (
        [date(2022, 1 + i, 1) for i in range(count)]
        if random_.random() < 0.5
        else [date(2023, 3, 1) + timedelta(7 * i) for i in range(count)]
    )
    values = _walk(random_, count)
    axes.plot(days, values, marker=random_.choice([None, "o"]))
    axes.tick_params(axis="x", rotation=random_.choice([0, 45, 90]))
    return [(None, d.isoformat(), v) for d, v in zip(days, values, strict=True)]


def _line_many(axes: Any, random_: random.Random) -> list[Row]:
    count = random_.randint(4, 9)
    xs: list[Any] = random_.choice([MONTHS[:count], list(range(2010, 2010 + count))])
    series = random_.sample(["Online", "Store", "Partner", "Export", "Other"], random_.randint(2, 4))
    top = random_.choice([10, 100, 1000])
    rows: list[Row] = []
    for name in series:
        values = [round(random_.uniform(0.1, 1) * top, 1) for _ in xs]
        axes.plot(xs, values, label=name, marker=random_.choice([None, "o"]))
        rows += [(name, x, v) for x, v in zip(xs, values, strict=True)]
    axes.legend()
    return rows


def _pie(axes: Any, random_: random.Random, hole: bool = False) -> list[Row]:
    names = _names(random_, random_.randint(3, 7))
    shares = [random_.uniform(1, 5) for _ in names]
    shares = [s / sum(shares) for s in shares]
    printed = random_.random() < 0.5
    if printed:
        whole = [round(100 * s) for s in shares]
        whole[0] += 100 - sum(whole)
        shares = [w / 100 for w in whole]
    options: dict[str, Any] = {"autopct": "%1.0f%%"} if printed else {}
    if hole:
        options["wedgeprops"] = {"width": 0.4}
        if printed:
            options["pctdistance"] = 0.8
    with_legend = random_.random() < 0.4
    axes.pie(shares, labels=None if with_legend else names, startangle=random_.choice([0, 90]), **options)
    if with_legend:
        axes.legend(names, loc="center left", bbox_to_anchor=(1, 0.5))
    return [(None, n, 100 * s if printed else s) for n, s in zip(names, shares, strict=True)]


def _donut(axes: Any, random_: random.Random) -> list[Row]:
    return _pie(axes, random_, hole=True)


def _scatter(axes: Any, random_: random.Random) -> list[Row]:
    rows: list[Row] = []
    many = random_.random() < 0.4
    for name in ["North", "South"][: 2 if many else 1]:
        points = [
            (round(random_.uniform(0, 50), 1), round(random_.uniform(0, 200), 1)) for _ in range(random_.randint(8, 25))
        ]
        axes.scatter([p[0] for p in points], [p[1] for p in points], label=name, s=random_.choice([20, 36, 50]))
        rows += [(name if many else None, x, y) for x, y in points]
    if many:
        axes.legend()
    return rows


def _area(axes: Any, random_: random.Random) -> list[Row]:
    count = random_.randint(5, 12)
    xs = list(range(2005, 2005 + count))
    values = _walk(random_, count)
    axes.fill_between(xs, values, alpha=random_.choice([1.0, 0.6]))
    axes.set_ylim(bottom=0)
    return [(None, x, v) for x, v in zip(xs, values, strict=True)]


def _stacked_area(axes: Any, random_: random.Random) -> list[Row]:
    count = random_.randint(5, 9)
    xs = list(range(2005, 2005 + count))
    series = ["Coal", "Wind", "Solar"][: random_.randint(2, 3)]
    values = [_walk(random_, count) for _ in series]
    top = max(max(v) for v in values)
    values = [[round(v / max(row) * top, 1) for v in row] for row in values]
    axes.stackplot(xs, values, labels=series)
    axes.legend(loc="upper left")
    return [(s, x, values[k][i]) for k, s in enumerate(series) for i, x in enumerate(xs)]


def _log(axes: Any, random_: random.Random) -> list[Row]:
    names = _names(random_, random_.randint(3, 6))
    values = [float(f"{10 ** random_.uniform(0.5, 4.5):.3g}") for _ in names]
    axes.bar(names, values)
    axes.set_yscale("log")
    from matplotlib.ticker import FuncFormatter

    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
    return [(None, n, v) for n, v in zip(names, values, strict=True)]


_DRAWERS = {
    "bar": _bar, "barh": _barh, "grouped": _grouped, "stacked": _stacked, "line": _line, "line_dates": _line_dates,
    "line_many": _line_many, "pie": _pie, "donut": _donut, "scatter": _scatter, "area": _area,
    "stacked_area": _stacked_area, "log": _log,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    (given.folder / "files").mkdir(parents=True, exist_ok=True)
    random_ = random.Random(given.seed)
    with (given.folder / "labels.jsonl").open("w", encoding="utf-8") as labels:
        for number in range(given.count):
            kind = KINDS[number % len(KINDS)]
            label = draw(kind, random_, given.folder / "files" / f"{number:03}_{kind}.png")
            labels.write(json.dumps(label) + "\n")


if __name__ == "__main__":
    main()
