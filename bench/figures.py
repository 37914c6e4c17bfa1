"""How well figures, captions and formulas are found on made pages of which they are known.

    python bench/figures.py [--keep FOLDER]

A figure is found when its box and a true one overlap by 0.7 of their union (IoU); formulas count when they overlap by 0.5, for one is
low and a point above it weighs much. A caption is right when the figure that was found has the words of the true one. Needs matplotlib.
Writes `bench/results/figures.json`.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from made_figures import Truth, make_pages
from pdf_speed import _context
from record import save

Box = tuple[float, float, float, float]


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or high <= 0:
        return 0.0
    shared = wide * high
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return shared / (areas - shared)


def measure(folder: Path, pages: list[Truth]) -> dict[str, float]:
    """Precision and recall of figures and formulas, and the share of right captions among the figures found."""
    from mmi_cli.extract.pdf import extract

    counts = {kind: {"true": 0, "given": 0, "found": 0} for kind in ("figure", "formula")}
    captions = {"right": 0, "asked": 0}
    seconds = 0.0
    for page in pages:
        started = time.perf_counter()
        content = extract(folder / page.name, _context())
        seconds += time.perf_counter() - started
        left = list(content.figures)
        for kind, box, caption in page.figures:
            group = "formula" if kind == "formula" else "figure"
            counts[group]["true"] += 1
            alike = [
                figure
                for figure in left
                if (figure.kind == "formula") == (kind == "formula") and figure.box is not None
            ]
            best = max(alike, key=lambda figure: overlap(figure.box, box), default=None)  # type: ignore[arg-type]
            score = overlap(best.box, box) if best is not None and best.box is not None else 0.0
            if best is None or score < (0.5 if group == "formula" else 0.7):
                print(f"{page.name}: {kind} {box} not found; nearest {best.box if best else None} ({score:.2f})")
                continue
            left.remove(best)
            counts[group]["found"] += 1
            counts[group]["given"] += 1
            if group == "figure":
                captions["asked"] += 1
                given = content.text_of(*best.caption) if best.caption else ""
                captions["right"] += " ".join(given.split()) == caption
                if " ".join(given.split()) != caption:
                    print(f"{page.name}: caption {given!r} is not {caption!r}")
        for figure in left:
            counts["formula" if figure.kind == "formula" else "figure"]["given"] += 1
            print(f"{page.name}: {figure.kind} {figure.box} is none")
    numbers: dict[str, float] = {"pages": len(pages), "seconds_a_page": round(seconds / len(pages), 4)}
    for group, count in counts.items():
        numbers[f"{group}_truths"] = count["true"]
        numbers[f"{group}_precision"] = round(count["found"] / max(1, count["given"]), 3)
        numbers[f"{group}_recall"] = round(count["found"] / max(1, count["true"]), 3)
    numbers["caption_accuracy"] = round(captions["right"] / max(1, captions["asked"]), 3)
    return numbers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="folder in which the pages are left")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        numbers = measure(folder, make_pages(folder))
    for name, value in numbers.items():
        print(f"{name}: {value}")
    save("figures", numbers, data="made pages of bench/made_figures.py", packages=("pypdfium2", "matplotlib"))


if __name__ == "__main__":
    main()
