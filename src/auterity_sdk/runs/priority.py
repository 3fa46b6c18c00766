"""The priority of a run: a higher one comes before, wherever runs or their steps wait for a turn."""

from __future__ import annotations

from auterity_sdk.errors import ExpressionError
from auterity_sdk.runs.producer import Expr, Lookup, plain

HIGHEST = 1000


def priority_of(expression: Expr, lookup: Lookup) -> int:
    """The value of `priority`. Raises `ExpressionError` for what is no whole number from -1000 to 1000."""
    value = plain(expression.value(lookup))
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= HIGHEST:
        return value
    raise ExpressionError(
        f"`priority` is no whole number from -{HIGHEST} to {HIGHEST}",
        end=len(expression.compiled.text),
    )
