"""Names of holidays, folded, in English and Spanish, and the day on which each falls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta


def _thanksgiving(year: int) -> date:
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 21)


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


HOLIDAYS: dict[str, Callable[[int], date]] = {
    "day after thanksgiving": lambda year: _thanksgiving(year) + timedelta(days=1),
    "friday after thanksgiving": lambda year: _thanksgiving(year) + timedelta(days=1),
    "black friday": lambda year: _thanksgiving(year) + timedelta(days=1),
    "viernes negro": lambda year: _thanksgiving(year) + timedelta(days=1),
    "thanksgiving": _thanksgiving,
    "dia de accion de gracias": _thanksgiving,
    "christmas eve": _fixed(12, 24),
    "nochebuena": _fixed(12, 24),
    "day after christmas": _fixed(12, 26),
    "christmas": _fixed(12, 25),
    "navidad": _fixed(12, 25),
    "new year's eve": _fixed(12, 31),
    "new years eve": _fixed(12, 31),
    "new year's day": _fixed(1, 1),
    "new years day": _fixed(1, 1),
    "valentine's day": _fixed(2, 14),
    "4th of july": _fixed(7, 4),
    "fourth of july": _fixed(7, 4),
    "halloween": _fixed(10, 31),
}
