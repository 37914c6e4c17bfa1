"""mmi: turn folders of mixed media into grounded JSONL."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import extract, extract_all, read, run

__version__ = "0.4.0"
__all__ = ["__version__", "extract", "extract_all", "read", "run"]


def __getattr__(name: str) -> Any:
    """What `mmi_cli.api` offers, imported when it is asked for: the command line starts without it."""
    if name in ("extract", "extract_all", "read", "run"):
        from . import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
