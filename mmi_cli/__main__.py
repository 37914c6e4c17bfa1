"""Entry point of `mmi` and `python -m mmi_cli`."""

from __future__ import annotations


def main() -> None:
    """Runs the command line; never returns."""
    raise SystemExit("mmi: not built yet")


if __name__ == "__main__":
    main()
