"""Quality against labelled truth: labels in, comparison by type, metrics out."""
