"""Entry point of `mmi` and `python -m mmi_cli`."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command line; never returns."""
    try:
        from .cli.app import main as run_command_line
    except KeyboardInterrupt:  # an interrupt while the program is still being read
        sys.exit(130)
    run_command_line()


if __name__ == "__main__":
    main()
