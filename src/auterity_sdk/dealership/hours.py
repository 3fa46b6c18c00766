"""May a person be called or texted to sell now, and if not, when? The rules are data: see `quiet_hours`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from auterity_sdk.dealership.holidays import is_us_holiday
from auterity_sdk.dealership.quiet_hours import FEDERAL, QUIET_HOURS, HourRule, Window
from auterity_sdk.errors import UsageError

_EASTERN = "America/New_York"
# Noon to 20:00 in the east is 9:00 to 17:00 in the west: inside the strictest hours of nearly every state.
_UNKNOWN_ZONE_WINDOW: Window = (12, 20)
_HORIZON_DAYS = 15


@dataclass(frozen=True, slots=True)
class Decision:
    """Open or closed at the asked instant. `next_open` is that instant if open; None if none comes within 14 days."""

    open: bool
    next_open: datetime | None
    why: str
    """In words that hold no personal data."""


@dataclass(frozen=True, slots=True)
class _Place:
    """One zone the person may be in, with the rules that hold there."""

    name: str
    zone: tzinfo
    rules: tuple[HourRule, ...]
    cap: Window | None = None

    def window(self, day: date) -> Window | None:
        """The open hours of a local day: what all rules leave."""
        windows = [_window(rule, day) for rule in self.rules] + ([self.cap] if self.cap else [])
        known = [w for w in windows if w is not None]
        if len(known) < len(windows):
            return None
        start, end = max(w[0] for w in known), min(w[1] for w in known)
        return (start, end) if start < end else None

    def is_open(self, instant: datetime) -> bool:
        local = instant.astimezone(self.zone)
        window = self.window(local.date())
        return window is not None and window[0] <= local.hour < window[1]

    def openings(self, instant: datetime) -> Iterator[datetime]:
        """The instants at which the place opens, from the local day before `instant` on."""
        today = instant.astimezone(self.zone).date()
        for offset in range(-1, _HORIZON_DAYS):
            day = today + timedelta(days=offset)
            window = self.window(day)
            if window is not None:
                yield datetime.combine(day, time(window[0]), self.zone).astimezone(UTC)


def allowed_at(
    instant: datetime,
    zones: Collection[str],
    state: str | None,
    rules: Mapping[str, HourRule] = QUIET_HOURS,
    *,
    zone_of: Callable[[str], tzinfo] = ZoneInfo,
) -> Decision:
    """May a person be called or texted to sell at `instant`?

    Only if it is allowed in every one of `zones` (IANA names that the person may be in), by the federal rule and by
    that of `state` (two letters, None if unknown). No zone, or a name that `zone_of` does not know, counts as
    noon to 20:00 Eastern. A day's hours are those of the local wall clock, so changes to summer time are kept.
    Adding a zone never opens what is closed. UsageError where `instant` has no time zone.
    """
    if instant.tzinfo is None:
        raise UsageError("the time of a quiet-hours decision needs a time zone")
    places = _places(zones, _rules_for(state, rules), zone_of)
    closed = next((p for p in places if not p.is_open(instant)), None)
    if closed is None:
        return Decision(True, instant, f"open: {_described(places[0], instant)}")
    return Decision(False, _next_open(instant, places), f"closed: {_described(closed, instant)}")


def _window(rule: HourRule, day: date) -> Window | None:
    if rule.effective_from is not None and day < rule.effective_from:
        return (0, 24)
    if rule.holidays_closed and is_us_holiday(day):
        return None
    return rule.week[day.weekday()]


def _rules_for(state: str | None, rules: Mapping[str, HourRule]) -> tuple[HourRule, ...]:
    names = dict.fromkeys((FEDERAL, (state or FEDERAL).upper()))
    return tuple(rules[name] for name in names if name in rules)


def _places(
    zones: Collection[str], rules: tuple[HourRule, ...], zone_of: Callable[[str], tzinfo]
) -> tuple[_Place, ...]:
    unknown = _Place("an unknown zone", zone_of(_EASTERN), rules, _UNKNOWN_ZONE_WINDOW)
    found: list[_Place] = []
    for name in sorted(set(zones)) or [""]:
        zone = _zone(name, zone_of)
        found.append(unknown if zone is None else _Place(name, zone, rules))
    return tuple(found)


def _zone(name: str, zone_of: Callable[[str], tzinfo]) -> tzinfo | None:
    if not name or name == "Etc/Unknown":
        return None
    try:
        return zone_of(name)
    except (LookupError, ValueError, OSError):  # ZoneInfo's ways to say that it has no such zone
        return None


def _next_open(instant: datetime, places: tuple[_Place, ...]) -> datetime | None:
    """Hours in common begin where one place opens, so only such instants need a look."""
    openings = sorted({o for place in places for o in place.openings(instant) if o > instant})
    found = next((o for o in openings if all(p.is_open(o) for p in places)), None)
    return None if found is None else found.astimezone(instant.tzinfo)


def _described(place: _Place, instant: datetime) -> str:
    local = instant.astimezone(place.zone)
    window = place.window(local.date())
    laws = ", ".join(f"{r.jurisdiction}: {r.source}" for r in place.rules)
    clock = f"{local:%H:%M} Eastern time" if place.cap else f"{local:%H:%M} in {place.name}"
    if window is None:
        return f"{clock}, a day without calling hours ({laws})"
    place_note = " for an unknown zone" if place.cap else ""
    relation = "within" if window[0] <= local.hour < window[1] else "outside"
    return f"{clock} is {relation} {window[0]:02}:00-{window[1]:02}:00{place_note} ({laws})"
