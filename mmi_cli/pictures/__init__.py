"""Pixels → tags, colours, sharpness, codes: what is on a picture, as data."""
