"""llama.cpp's Python binding, imported where its system library may be missing."""

from __future__ import annotations

from .openmp import ensure_openmp

ensure_openmp()

import xllamacpp  # noqa: E402 - what it links to has to be there first

__all__ = ["xllamacpp"]
