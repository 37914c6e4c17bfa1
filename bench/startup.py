"""Seconds until `mmi --help` and `mmi run --help` have answered, as whole processes.

    python bench/startup.py

Writes `bench/results/startup.json`.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from record import save

RUNS = 15


def seconds(*arguments: str) -> list[float]:
    """Wall time of each run, after one that is not counted."""
    took = []
    for _ in range(RUNS + 1):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "mmi_cli", *arguments], check=True, capture_output=True)
        took.append(time.perf_counter() - started)
    return took[1:]


def main() -> None:
    numbers = {}
    for arguments in (("--help",), ("run", "--help"), ("--version",)):
        took = seconds(*arguments)
        name = "mmi " + " ".join(arguments)
        numbers[f"{name}: median s"] = round(statistics.median(took), 3)
        numbers[f"{name}: least s"] = round(min(took), 3)
    for name, value in numbers.items():
        print(f"{name:28} {value}")
    print(save("startup", numbers, data="none", packages=("typer", "rich")))


if __name__ == "__main__":
    main()
