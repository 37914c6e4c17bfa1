"""mmi: turn folders of mixed media into grounded JSONL."""

__version__ = "0.1.0"
