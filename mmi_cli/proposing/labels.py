"""Labels that mean the same, and the names of fields that they become."""

from __future__ import annotations

import re
from functools import lru_cache

from ..schema_file.names import field_name

_NUMBER = re.compile(r"(?:^|[\s_])(?:no|nr|num|nbr|n°|№)$")


@lru_cache(maxsize=65_536)
def normal(label: str) -> str:
    """`Invoice No.`, `INVOICE #` and `invoice number` → `invoice number`."""
    text = label.casefold().replace("#", " number ")
    text = re.sub(r"[(\[].*?[)\]]", " ", text)
    text = " ".join(re.sub(r"[^\w°№&/%-]+", " ", text).split()).strip("-/& ")
    text = _NUMBER.sub(" number", text).strip()
    return re.sub(r"\b(\w+)( \1\b)+", r"\1", text)


def name_of(label: str) -> str:
    """The name of a field that a label becomes: `Invoice No.` → `invoice_number`."""
    spaced = re.sub(r"(?<=[a-zäöüß])(?=[A-Z])", " ", label)
    name = field_name(re.sub(r"[^\w]+", "_", normal(spaced)))[:60].strip("_-") or "field"
    return name if re.match(r"[^\W\d]", name) else f"_{name}"
