"""Pixels and lines of text → what a chart shows and the table behind it."""
