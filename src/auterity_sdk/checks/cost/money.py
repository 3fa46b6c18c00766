"""Amounts as people read them: never less than they are."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from auterity_sdk.checks.cost.most import Measure
from auterity_sdk.workflow.budget import NANO

_CENT = Decimal("0.01")
_DIGITS = 2


def shown(amount: int, measure: Measure) -> str:
    """`$0.42`, `$0.0031`, `12,400 tokens`."""
    return f"{amount:,} tokens" if measure == "tokens" else dollars(amount)


def dollars(nano: int) -> str:
    """Dollars with two digits behind the point, or with the first two that are not zero; rounded up."""
    value = Decimal(nano) / NANO
    smallest = Decimal(1).scaleb(value.adjusted() - _DIGITS + 1) if value else _CENT
    rounded = value.quantize(min(_CENT, smallest), ROUND_CEILING)
    return f"${max(rounded.normalize(), rounded.quantize(_CENT, ROUND_CEILING), key=_digits):,f}"


def _digits(value: Decimal) -> int:
    return -int(value.as_tuple().exponent)
