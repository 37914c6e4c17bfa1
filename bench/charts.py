"""How well charts are read: kind, table (RNSS and RMS F1), false alarms, confidence, time.

`python -m bench.charts [--set vega|drawn|alarms|opencqa|all] [--half dev|kept|both] [--drawn FOLDER] [--cache FOLDER] [--verbose]`
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from bench.record import DATA, save
from mmi_cli.charts.reading import read_chart
from mmi_cli.datamodel.figure import Chart
from mmi_cli.engines.ocr_rapid import RapidOcr
from mmi_cli.evaluate.tables import TableScore, relative_distance, score_table
from mmi_cli.extract.ocr_page import read_page_image
from mmi_cli.settings import Settings

KINDS = {
    "arc": "pie",
    "area": "area",
    "bar": "bar",
    "line": "line",
    "point": "scatter",
    "circle": "scatter",
    "tick": "scatter",
    "boxplot": "other",
}
LAYERED = {
    "bar_simple_extent.png": "bar", "layer_bar_labels.png": "bar", "layer_bar_labels_style.png": "bar",
    "layer_bar_line.png": "bar", "layer_falkensee.png": "line", "layer_line_errorband_pre_aggregated.png": "line",
    "layer_line_exponential.png": "line", "layer_point_errorbar_pre_aggregated_asymmetric_error.png": "scatter",
    "point_invalid_size_show.png": "scatter", "text_params.png": "scatter", "trellis_cross_sort.png": "scatter",
    "trellis_cross_sort_array.png": "scatter", "concat_bar_scales_discretize.png": "scatter",
    "concat_bar_scales_discretize_2_cols.png": "scatter",
}  # fmt: skip
"""Kinds of charts of several layers or views, whose label names no mark: as a person sees them."""


class KeptOcr:
    """The OCR engine, its answers kept in a folder."""

    def __init__(self, folder: Path | None) -> None:
        self._engine: RapidOcr | None = None
        self._folder = folder
        self.name = "kept"

    def read(self, image: Any) -> Any:
        key = hashlib.sha1(image.tobytes() + repr(image.shape).encode(), usedforsecurity=False).hexdigest()
        path = self._folder / f"{key}.pkl" if self._folder else None
        if path and path.is_file():
            return pickle.loads(path.read_bytes())
        if self._engine is None:
            self._engine = RapidOcr(Settings())
        answer = self._engine.read(image)
        if path:
            path.write_bytes(pickle.dumps(answer))
        return answer


def pixels_of(path: Path) -> Any:
    with Image.open(path) as image:
        if image.mode in ("RGBA", "LA", "P"):
            over = image.convert("RGBA")
            ground = Image.new("RGBA", over.size, "white")
            ground.alpha_composite(over)
            return np.asarray(ground.convert("RGB"))
        return np.asarray(image.convert("RGB"))


def half_of(name: str) -> str:
    """Even names of the digest are for development, odd ones are kept for a look at the end."""
    return "dev" if hashlib.sha1(name.encode(), usedforsecurity=False).digest()[0] % 2 == 0 else "kept"


def plain(value: Any) -> str:
    return f"{value:.10g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def vega_truth(label: dict[str, Any]) -> dict[tuple[str, str], float | str]:
    """(x, series or name of the value) → value, from the rows a chart was drawn from."""
    channels = {c: (e.get("field"), e.get("type")) for c, e in label["encoding"].items() if isinstance(e, dict)}
    if "theta" in channels:
        value = channels.get("radius", channels["theta"])[0]
        name = channels["color"][0]
    else:
        x, y = channels.get("x", (None, None)), channels.get("y", (None, None))
        if x[0] is None or y[0] is None:
            return {}
        is_turned = x[1] == "quantitative" and y[1] in ("nominal", "ordinal") and label["mark"] == "bar"
        name, value = (y[0], x[0]) if is_turned else (x[0], y[0])
    series = (channels.get("column", (None,))[0] and channels.get("color", (None,))[0]) or channels.get(
        "color", (None,)
    )[0]
    if "column" in channels:
        name = channels["column"][0]
    if series in (name, value):
        series = None
    return {
        (plain(row[name]), plain(row[series]) if series else str(value)): row[value]
        for row in label["table"]
        if row.get(value) is not None and row.get(name) is not None
    }


def drawn_truth(label: dict[str, Any]) -> dict[tuple[str, str], float | str]:
    return {(plain(row["x"]), row["series"] or ""): row["y"] for row in label["rows"]}


def entries_of(chart: Chart, value_name: str = "") -> dict[tuple[str, str], float | str]:
    title = (chart.x_title if chart.is_horizontal else chart.y_title) or ""
    return {
        (plain(m.x) if m.x is not None else "", m.series or (title if value_name else "")): m.y
        for m in chart.marks
        if m.y is not None
    }


def of_vega(half: str) -> Iterator[tuple[str, Path, str | None, dict[tuple[str, str], float | str], bool, str | None]]:
    for line in (DATA / "charts_vega" / "labels.jsonl").read_text("utf-8").splitlines():
        label = json.loads(line)
        name = Path(label["file"]).name
        if half != "both" and half_of(name) != half:
            continue
        kind = KINDS.get(label["mark"] or "") or LAYERED.get(name)
        truth = vega_truth(label) if label["simple"] and label["table"] and label["encoding"] else {}
        yield name, DATA / "charts_vega" / label["file"], kind, truth, bool(label["simple"]), label["title"]


def of_drawn(
    folder: Path,
) -> Iterator[tuple[str, Path, str | None, dict[tuple[str, str], float | str], bool, str | None]]:
    for line in (folder / "labels.jsonl").read_text("utf-8").splitlines():
        label = json.loads(line)
        yield Path(label["file"]).name, folder / label["file"], label["kind"], drawn_truth(label), True, label["title"]


def right_marks(chart: Chart, truth: dict[tuple[str, str], float | str]) -> list[tuple[float, bool]]:
    """(confidence, whether name and value are right, the value within 5 %) of each mark."""
    answer = []
    many = len({column for _, column in truth}) > 1
    for mark in chart.marks:
        wanted = [
            v for (x, s), v in truth.items() if x.lower() == plain(mark.x).lower() and (not many or s == mark.series)
        ]
        if not wanted and not isinstance(mark.x, str) and mark.x is not None:
            wanted = [v for (x, s), v in truth.items() if _is_near(x, float(mark.x)) and (not many or s == mark.series)]
        right = mark.y is not None and any(
            isinstance(v, int | float) and (relative_distance(v, mark.y, 1.0) <= 0.05) for v in wanted
        )
        answer.append((mark.confidence, right))
    return answer


def _is_near(name: str, value: float) -> bool:
    try:
        return relative_distance(float(name), value, 1.0) <= 0.05
    except ValueError:
        return False


def calibration_error(pairs: list[tuple[float, bool]]) -> float:
    """Expected calibration error in ten bins."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right in pairs:
        bins[min(int(confidence * 10), 9)].append((confidence, right))
    return sum(abs(sum(c - r for c, r in bin_)) for bin_ in bins.values()) / max(1, len(pairs))


def measure(name: str, charts: Any, ocr: KeptOcr, verbose: bool) -> dict[str, Any]:
    """Reads every chart of a set; prints each, answers with the numbers."""
    kinds: list[bool] = []
    scores: dict[str, list[TableScore]] = defaultdict(list)
    pairs: list[tuple[float, bool]] = []
    titles: list[bool] = []
    seconds: list[float] = []
    recognised = 0
    for file, path, kind, truth, is_simple, title in charts:
        pixels = pixels_of(path)
        lines = read_page_image(pixels, ocr).lines
        read_chart(pixels, lines, ocr=ocr)
        start = time.perf_counter()
        chart = read_chart(pixels, lines, ocr=ocr)
        seconds.append(time.perf_counter() - start)
        recognised += chart is not None
        text = f"{file:52} {kind or '-':8} {chart.kind if chart else 'NONE':8}"
        if kind:
            kinds.append(chart is not None and chart.kind == kind)
        if title:
            titles.append(
                bool(chart and chart.title and chart.title.lower().replace(" ", "") == title.lower().replace(" ", ""))
            )
        if truth and is_simple and kind:
            named = any(column for _, column in truth)
            score = score_table(entries_of(chart, "value" if named else ""), truth) if chart else TableScore(0, 0, 0)
            scores[kind].append(score)
            if chart:
                pairs += right_marks(chart, truth)
            text += f" rnss {score.rnss:.2f} rms {score.f1:.2f} (p {score.precision:.2f} r {score.recall:.2f})"
            text += f" marks {len(chart.marks) if chart else 0}/{len(truth)}"
        if verbose:
            print(text + (f" conf {chart.confidence:.2f} {chart.warnings}" if chart else ""))
    numbers: dict[str, Any] = {f"{name}.charts": len(seconds), f"{name}.recognised": recognised}
    if kinds:
        numbers[f"{name}.kind_right"] = round(sum(kinds) / len(kinds), 3)
    if titles:
        numbers[f"{name}.title_right"] = round(sum(titles) / len(titles), 3)
    for kind, of_kind in sorted(scores.items()):
        numbers[f"{name}.{kind}.tables"] = len(of_kind)
        numbers[f"{name}.{kind}.rms_f1"] = round(sum(s.f1 for s in of_kind) / len(of_kind), 3)
        numbers[f"{name}.{kind}.rnss"] = round(sum(s.rnss for s in of_kind) / len(of_kind), 3)
    asked = [s for kind in ("bar", "line", "pie") for s in scores.get(kind, [])]
    if asked:
        numbers[f"{name}.bar_line_pie.rms_f1"] = round(sum(s.f1 for s in asked) / len(asked), 3)
        numbers[f"{name}.bar_line_pie.rnss"] = round(sum(s.rnss for s in asked) / len(asked), 3)
    if pairs:
        numbers[f"{name}.marks"] = len(pairs)
        numbers[f"{name}.marks_right"] = round(sum(r for _, r in pairs) / len(pairs), 3)
        numbers[f"{name}.ece"] = round(calibration_error(pairs), 3)
    numbers[f"{name}.ms_median"] = round(1000 * float(np.median(seconds)), 1)
    return numbers


def alarms(ocr: KeptOcr, verbose: bool, most: int) -> dict[str, Any]:
    """Pictures that are no charts."""
    numbers: dict[str, Any] = {}
    for name in ("sroie", "clothing", "imagenet_samples", "ocr_text"):
        files = sorted(
            p
            for p in (DATA / name / "files").rglob("*")
            if p.suffix.lower() in (".jpg", ".jpeg", ".png", ".tif", ".webp")
        )
        files = files[:: max(1, len(files) // most)][:most]
        found, passed, refusal = 0, 0, []
        from mmi_cli.charts.refusal import may_be_chart

        for path in files:
            pixels = pixels_of(path)
            start = time.perf_counter()
            may = may_be_chart(pixels)
            refusal.append(time.perf_counter() - start)
            passed += may
            if may:
                chart = read_chart(pixels, read_page_image(pixels, ocr).lines, ocr=ocr)
                found += chart is not None
                if verbose and chart is not None:
                    print(f"{name}/{path.name}: {chart.kind} {chart.confidence:.2f}, {len(chart.marks)} marks")
        numbers |= {
            f"alarms.{name}.pictures": len(files), f"alarms.{name}.past_cheap_test": passed, f"alarms.{name}.charts": found,
            f"alarms.{name}.refusal_ms": round(1000 * float(np.median(refusal)), 2),
        }  # fmt: skip
    return numbers


def opencqa(ocr: KeptOcr, verbose: bool) -> dict[str, Any]:
    """Recognised, kinds, titles, and how many printed values were tied to a mark."""
    kinds: dict[str, int] = defaultdict(int)
    titles = []
    printed = marks = 0
    from rapidfuzz import fuzz

    labels = [json.loads(line) for line in (DATA / "charts_opencqa" / "labels.jsonl").read_text("utf-8").splitlines()]
    for label in labels:
        pixels = pixels_of(DATA / "charts_opencqa" / label["file"])
        chart = read_chart(pixels, read_page_image(pixels, ocr).lines, ocr=ocr)
        kinds[chart.kind if chart else "none"] += 1
        titles.append(bool(chart and chart.title and fuzz.ratio(chart.title.lower(), label["title"].lower()) >= 85))
        if chart:
            marks += len(chart.marks)
            printed += sum(m.y_text is not None for m in chart.marks)
        if verbose:
            print(
                label["file"],
                chart.kind if chart else None,
                titles[-1],
                len(chart.marks) if chart else 0,
                "|",
                chart.title if chart else None,
                "|",
                label["title"],
            )
    return {
        "opencqa.charts": len(labels), "opencqa.recognised": len(labels) - kinds["none"],
        "opencqa.title_right": round(sum(titles) / len(titles), 3),
        "opencqa.marks": marks, "opencqa.marks_printed": printed, **{f"opencqa.kind.{k}": n for k, n in sorted(kinds.items())},
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", default="all", choices=("vega", "drawn", "alarms", "opencqa", "all"))
    parser.add_argument("--half", default="both", choices=("dev", "kept", "both"))
    parser.add_argument("--drawn", type=Path, help="folder that bench/chart_drawing.py wrote")
    parser.add_argument("--cache", type=Path, help="folder where OCR answers are kept between runs")
    parser.add_argument("--alarms", type=int, default=60, help="pictures of each set without charts")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--save", action="store_true")
    given = parser.parse_args()
    if given.cache:
        given.cache.mkdir(parents=True, exist_ok=True)
    ocr = KeptOcr(given.cache)
    numbers: dict[str, Any] = {}
    if given.set in ("vega", "all"):
        for half in ("dev", "kept") if given.half == "both" else (given.half,):
            numbers |= measure(f"vega_{half}", of_vega(half), ocr, given.verbose)
    if given.set in ("drawn", "all") and given.drawn:
        numbers |= measure("drawn", of_drawn(given.drawn), ocr, given.verbose)
    if given.set in ("alarms", "all"):
        numbers |= alarms(ocr, given.verbose, given.alarms)
    if given.set in ("opencqa", "all"):
        numbers |= opencqa(ocr, given.verbose)
    if given.save:
        save(
            "charts",
            numbers,
            data="charts_vega, drawn charts, charts_opencqa, pictures without charts",
            packages=("rapidocr", "numpy", "opencv-python-headless", "matplotlib"),
        )
    else:
        for key, value in numbers.items():
            print(f"{key}: {value}")


if __name__ == "__main__":
    main()
