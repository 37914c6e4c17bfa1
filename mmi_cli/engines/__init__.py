"""Models we call: one interface page, one file an engine; `bundle` loads them by name when first used."""
