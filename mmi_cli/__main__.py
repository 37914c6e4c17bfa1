"""Entry point of `mmi` and `python -m mmi_cli`."""

from __future__ import annotations


def main() -> None:
    """Runs the command line; never returns."""
    from .cli.app import main as run_command_line

    run_command_line()


if __name__ == "__main__":
    main()
