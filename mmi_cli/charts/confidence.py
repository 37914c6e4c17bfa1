"""How sure a mark is: a logistic model of a few plain signals, fitted on charts whose values are known (`bench/fit_charts.py`)."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path

from ..datamodel.figure import ChartKind
from .bar_reading import Measured, Table

_WEIGHTS = Path(__file__).with_name("confidence.json")


def signals(kind: ChartKind, mark: Measured, table: Table) -> dict[str, float]:
    """What is known of a mark that tells right ones from wrong ones; all between 0 and about 1."""
    scale = table.scale
    residual = min(table.residual, 4.0) / 4.0
    # Five hundredths of the length of the mark, in pixels, against what edges and ticks are off.
    slack = min(0.05 * mark.size_px / (0.6 + table.residual), 6.0) / 6.0
    return {
        "constant": 1.0,
        "is_printed": float(mark.y_text is not None),
        "printed_score": mark.text_score,
        "has_scale": float(scale is not None),
        "few_ticks": float(scale is not None and len(scale.ticks) < 4),
        "residual": residual,
        "is_log": float(scale is not None and scale.is_log),
        "slack": slack if kind not in ("pie",) else min(mark.size_px / 60.0, 1.0),
        "is_short": float(mark.size_px < 12),
        "name_score": mark.x_score,
        "is_number": float(isinstance(mark.x, int | float)),
        "is_short_name": float(isinstance(mark.x, str) and len(mark.x) <= 1),
        "is_odd_name": float(isinstance(mark.x, str) and not mark.x.isascii()),
        "twins": min(sum(o.x == mark.x and o.series == mark.series for o in table.marks) - 1, 3) / 3.0,
        "is_unnamed_series": float(mark.series is not None and mark.series not in table.series),
        "many_marks": min(len(table.marks), 60) / 60.0,
        **{f"is_{name}": float(kind == name) for name in ("bar", "line", "area", "scatter", "pie")},
    }


def confidence_of(kind: ChartKind, mark: Measured, table: Table) -> float:
    """Probability in [0, 1] that the name is right, and the value within 5 %."""
    if mark.y is None or mark.x is None:
        return 0.05
    weights = _weights()["mark"]
    return _logistic(sum(weights.get(name, 0.0) * value for name, value in signals(kind, mark, table).items()))


def kind_confidence(kind: ChartKind, marks: tuple[float, ...]) -> float:
    """Probability in [0, 1] that the kind is right.

    Args:
        marks: the confidences of its marks; none when its table was not read.
    """
    weights = _weights()["kind"]
    if not marks:
        return float(weights["unread"])
    return _logistic(weights["constant"] + weights["mean"] * (sum(marks) / len(marks)))


def _logistic(total: float) -> float:
    return round(1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total)))), 4)


@cache
def _weights() -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = json.loads(_WEIGHTS.read_text("utf-8"))
    return found
