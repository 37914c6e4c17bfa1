"""How captions of figures begin."""

from __future__ import annotations

import re

_NUMBERED = re.compile(
    r"^\W?(?:fig(?:ure|s)?|abb(?:ildung)?|bild|grafik|schaubild|diagramm?e?|chart|graph|scheme|schema|photo|foto|image"
    r"|illustration|exhibit|plate|figura|gr[aá]fico)\b\.?\s{0,2}(?:[a-z]{0,2}[.-]?\d|[ivxl]+\b|[:.–-])",
    re.IGNORECASE,
)


def is_figure_caption(text: str) -> bool:
    """Whether a paragraph begins as numbered captions of figures do: `Figure 3: …`, `Abb. 2.1 …`."""
    return bool(_NUMBERED.match(text))
