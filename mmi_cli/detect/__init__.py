"""Detect: what a file is, by its bytes first and its name last."""
