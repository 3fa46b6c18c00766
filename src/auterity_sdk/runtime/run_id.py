"""Names of runs."""

from __future__ import annotations

import os

_LENGTH = 12
_AT_ONCE = 64
_drawn: list[str] = []
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_drawn.clear)


def new_run_id() -> str:
    """Twelve hexadecimal digits by chance, which no other process draws.

    They are drawn from the system many at once: to ask it takes longer than a short step.
    """
    try:
        return _drawn.pop()
    except IndexError:
        digits = os.urandom(_AT_ONCE * _LENGTH // 2).hex()
        first, *others = (digits[at : at + _LENGTH] for at in range(0, len(digits), _LENGTH))
        _drawn.extend(others)
        return first
