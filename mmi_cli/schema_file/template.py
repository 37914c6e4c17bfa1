"""The text that `mmi schema new` begins a schema with."""

from __future__ import annotations

import re

from .loading import built_in_path

_TEMPLATE = """\
# Check it with `mmi schema validate FILE`; every key is described in docs/schema.md.
name: {name}
version: 1
description: What these files are, in a sentence; the language model reads it.
# modalities: [document, image]     # document image audio video; other files are skipped
# locale: en_GB                     # how 03/04/2026 and 1.234,56 are read; decided file by file when left out
# vocabulary: [Contoso, net 30]     # words to expect
fields:
  # extracted (the default): stands in the file, and is reported with its place
  company:
    type: string                    # string date time number integer boolean array object
    description: Name of the company.
    aliases: [supplier, vendor]     # words that label it on the page
    required: true                  # without it the record is `partial`
  number: {{type: string, pattern: '[A-Z]{{2,4}}-\\d+', examples: [INV-100]}}
  issue_date: {{type: date}}
  total: {{type: number, description: 'Amount to pay, tax included.'}}
  lines:
    type: array
    items:
      type: object
      properties:
        description: {{type: string}}
        amount: {{type: number}}
  # inferred: follows from the file; computed where there is an expression, a classification where there is an enum
  sum_of_lines: {{type: number, kind: inferred, expression: sum(lines.amount)}}
  currency: {{type: string, kind: inferred, enum: [EUR, GBP, USD]}}
  # abstracted: written from the file by a language model, which cites its passages
  summary: {{type: string, kind: abstracted, description: One sentence on what was bought.}}
checks:                             # a check that fails lowers the confidence of the fields in it
  - {{expression: 'abs(total - sum_of_lines) <= 0.02', message: total is the sum of the lines}}
"""


def new_schema_text(name: str, *, built_in: str | None = None) -> str:
    """The commented YAML of a new schema called `name`: a tour of the keys, or a copy of a built-in schema.

    Raises:
        UsageError: no such built-in schema.
    """
    if built_in is None:
        return _TEMPLATE.format(name=name)
    text = built_in_path(built_in).read_text("utf-8")
    return re.sub(r"(?m)^name:.*$", f"name: {name}", text, count=1)
