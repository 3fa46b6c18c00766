"""Durations as texts: the language's `1h30m`, and ISO 8601's `PT1H30M` as Pydantic writes it."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_SHORT = re.compile(r"-?(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+")
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdw])")
_ISO = re.compile(
    r"(-?)P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)


def parse_duration(text: str) -> timedelta:
    """A duration from `1h30m`, `5400s` or `PT1H30M`; a day has 24 hours. ValueError if it is none."""
    try:
        if len(text) <= 64 and _SHORT.fullmatch(text):
            return _short(text)
        found = _ISO.fullmatch(text) if len(text) <= 64 else None
        if found and any(found.groups()[1:]):
            return _iso(found)
    except OverflowError:
        raise ValueError("the duration is out of range") from None
    raise ValueError("the text is no duration")


def _short(text: str) -> timedelta:
    parts = _PART.findall(text)
    total = sum((float(count) * _UNITS[unit] for count, unit in parts), timedelta())
    return -total if text.startswith("-") else total


def _iso(found: re.Match[str]) -> timedelta:
    sign, *counts = found.groups()
    weeks, days, hours, minutes, seconds = (float(count or 0) for count in counts)
    total = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -total if sign else total


def of_seconds(seconds: float) -> timedelta:
    """A duration from a number of seconds. ValueError if it is out of range."""
    try:
        return timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        raise ValueError("the duration is out of range") from None


def show_duration(value: timedelta) -> str:
    """A duration as the language writes it: `1d2h`, `1m30s`, `250ms`, `0s`."""
    left = abs(value)
    shown = "-" if value < timedelta() else ""
    for unit in ("d", "h", "m", "s"):
        count, left = divmod(left, _UNITS[unit])
        shown += f"{count}{unit}" if count else ""
    milliseconds = left / _UNITS["ms"]
    shown += f"{milliseconds:g}ms" if milliseconds else ""
    return shown if value else "0s"
