"""Times as senders write them, of which ISO 8601 with an offset is one."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo

from auterity_sdk.dealership.adf.repair import RepairLog

_STRICT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d|\d{8}T\d{6}[+-]\d{4}", re.ASCII)
_LOOSE = re.compile(
    r"(\d{4})-?(\d{1,2})-?(\d{1,2})"
    r"(?:[T ]+(\d{1,2}):?(\d{1,2})(?::?(\d{1,2}))?(?:[.,]\d{1,12})?)?"
    r"\s?(Z|[+-]\d{1,2}(?::?\d{1,2})?)?",
    re.ASCII | re.IGNORECASE,
)
_AMERICAN = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4}|\d\d)(?:,?\s+(\d{1,2}):(\d\d)(?::(\d\d))?\s?([AP]M)?)?",
    re.ASCII | re.IGNORECASE,
)


def read_time(text: str, log: RepairLog, line: int, zone: tzinfo | None) -> datetime | None:
    """The time in `text`, to the second; `zone` is that of a time without offset. None if there is none to be read."""
    written = " ".join(text.split())[:60]
    found = _of_iso(written, log, line, zone) or _of_american(written, log, line, zone)
    if found is None:
        log.note("ADF103", line, confidence="medium")
    return found


def _of_iso(text: str, log: RepairLog, line: int, zone: tzinfo | None) -> datetime | None:
    found = _LOOSE.fullmatch(text)
    if found is None:
        return None
    offset = _offset(found[7], log, line)
    moment = _made([int(part or 0) for part in found.groups()[:6]], offset or zone)
    if moment is not None and not _STRICT.fullmatch(text) and (offset or found[4] is None):
        log.note("ADF102", line)
    if moment is not None and offset is None:
        log.note("ADF101", line, confidence="medium")
    return moment


def _of_american(text: str, log: RepairLog, line: int, zone: tzinfo | None) -> datetime | None:
    found = _AMERICAN.fullmatch(text)
    if found is None:
        return None
    month, day, year, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    if found[7] and hour <= 12:
        hour = hour % 12 + (12 if found[7].upper() == "PM" else 0)
    moment = _made([year + 2000 if year < 100 else year, month, day, hour, minute, second], zone)
    if moment is not None:
        log.note("ADF102", line, "month, day, year is assumed", confidence="medium")
        log.note("ADF101", line, confidence="medium")
    return moment


def _offset(text: str | None, log: RepairLog, line: int) -> tzinfo | None:
    if not text:
        return None
    if text in ("Z", "z"):
        return timezone.utc  # noqa: UP017  # beside timezone(...) below
    digits = re.findall(r"\d+", text)
    hours, minutes = (digits[0], digits[1]) if len(digits) == 2 else (digits[0][:2], "0")
    if not _STRICT.fullmatch(f"2000-01-01T00:00:00{text}") and not re.fullmatch(r"[+-]\d{4}", text):
        log.note("ADF102", line, "a broken offset")
    if len(digits) == 1 and len(digits[0]) > 2:
        hours, minutes = digits[0][:-2], digits[0][-2:]
    if int(hours) > 15 or int(minutes) > 59:
        return None
    span = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-span if text.startswith("-") else span)


def _made(parts: list[int], zone: tzinfo | None) -> datetime | None:
    year, month, day, hour, minute, second = parts
    try:
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)
        moment.timestamp()  # refuses the first and the last day of the calendar
    except (ValueError, OverflowError):
        return None
    return moment if year >= 1900 else None
