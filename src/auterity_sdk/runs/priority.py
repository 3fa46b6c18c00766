"""The priority of a run: a higher one comes before, wherever runs or their steps wait for a turn."""

from __future__ import annotations

from auterity_sdk.errors import ExpressionError
from auterity_sdk.runs.producer import Expr, Lookup, plain
from auterity_sdk.workflow.key_types import HIGHEST_PRIORITY


def priority_of(expression: Expr, lookup: Lookup) -> int:
    """The value of `priority`. Raises `ExpressionError` for what is no whole number from -1000 to 1000."""
    value = plain(expression.value(lookup))
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= HIGHEST_PRIORITY:
        return value
    raise ExpressionError(
        f"`priority` is no whole number from -{HIGHEST_PRIORITY} to {HIGHEST_PRIORITY}",
        end=len(expression.compiled.text),
    )
