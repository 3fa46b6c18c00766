"""The hours in which a person may be called or texted to sell, per jurisdiction: data, with its source and date.

Secondary tables disagree. Where they do, the row has the stricter hours and says so in its confidence; each row
needs a look into its statute before it is quoted as law. This is engineering input, not legal advice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal

Confidence = Literal["statute", "secondary", "disputed"]
Window = tuple[int, int]
"""From one hour of the local clock, included, to another, excluded: `(8, 21)`."""

FEDERAL = "US"


@dataclass(frozen=True, slots=True)
class HourRule:
    """The open hours of a jurisdiction: a window for each weekday from Monday on, or None for a closed day."""

    jurisdiction: str
    week: tuple[Window | None, ...]
    source: str
    confidence: Confidence
    as_of: date
    holidays_closed: bool = False
    effective_from: date | None = None


_AS_OF = date(2026, 11, 23)
_TABLES = "secondary tables of calling hours by state"


def _rule(
    jurisdiction: str,
    weekdays: Window | None,
    saturday: Window | None,
    sunday: Window | None,
    confidence: Confidence,
    source: str = _TABLES,
    *,
    holidays_closed: bool = False,
    effective_from: date | None = None,
) -> HourRule:
    week = (*[weekdays] * 5, saturday, sunday)
    return HourRule(jurisdiction, week, source, confidence, _AS_OF, holidays_closed, effective_from)


def _every_day(
    states: str, window: Window, confidence: Confidence, source: str = _TABLES
) -> tuple[HourRule, ...]:
    return tuple(_rule(s, window, window, window, confidence, source) for s in states.split())


_RULES = (
    *_every_day(FEDERAL, (8, 21), "statute", "47 CFR 64.1200(c)(1)"),
    *_every_day("FL", (8, 20), "statute", "Fla. Stat. 501.616(6)(a)"),
    *_every_day("MD MA NJ OK WA", (8, 20), "secondary"),
    *_every_day("WY", (8, 20), "disputed"),
    *_every_day("CT NV", (9, 20), "secondary"),
    *_every_day("MI MN NM", (9, 21), "secondary"),
    *_every_day("CA IL", (9, 21), "disputed"),
    *_every_day("KY", (10, 21), "secondary"),
    _rule("AL", (8, 20), (8, 20), None, "secondary", holidays_closed=True),
    _rule("LA", (8, 20), (8, 20), None, "secondary", holidays_closed=True),
    _rule("MS", (8, 20), (8, 20), None, "secondary", holidays_closed=True),
    _rule("TX", (9, 21), (9, 21), (12, 21), "statute", "Tex. Bus. & Com. Code 301.051"),
    _rule("RI", (9, 18), (10, 17), (10, 17), "secondary", holidays_closed=True),
    _rule("UT", (8, 21), (8, 21), (8, 21), "secondary", holidays_closed=True),
    _rule(
        "PA",
        (8, 21),
        (8, 21),
        None,
        "secondary",
        holidays_closed=True,
        effective_from=date(2026, 10, 18),
    ),
    _rule("ME", (9, 17), None, None, "disputed"),
)

QUIET_HOURS: Mapping[str, HourRule] = MappingProxyType({r.jurisdiction: r for r in _RULES})
"""By two-letter state, and `US` for the federal rule, which holds everywhere beside a state's."""
