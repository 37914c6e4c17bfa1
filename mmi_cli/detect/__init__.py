"""Detect: what a file is, by its bytes first and its name last."""

from __future__ import annotations

from .detecting import detect_file

__all__ = ["detect_file"]
