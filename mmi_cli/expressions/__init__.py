"""The language of `expression` and `checks` in a schema: arithmetic, comparison and a few functions over fields, and nothing else.

    sum(line_items.amount)      issue_date + days(30)      abs(total - net_total) <= 0.02      if(total > 0, 'due', 'paid')

It reads no clock, calls nothing but its own table of functions, and its size is bounded. Numbers are decimals, so that sums of money
are exact. A value that is missing makes the result missing (None); `and`, `or`, `coalesce` and `count` can do without.
A path through an array (`line_items.amount`) is a list, and operators work item by item: `sum(lines.quantity * lines.price)`.
"""

from __future__ import annotations

from .evaluation import evaluate
from .functions import FUNCTION_NAMES
from .parser import parse_expression
from .tree import Expression, ExpressionError, check_names, names

__all__ = ["FUNCTION_NAMES", "Expression", "ExpressionError", "check_names", "evaluate", "names", "parse_expression"]
