"""What a clock on the wall reads, and when: also over nights in which it is turned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def local_time(at: int, zone: tzinfo) -> datetime:
    """What the clock reads at a moment in milliseconds since 1970; aware."""
    return (_EPOCH + at * _MILLISECOND).astimezone(zone)


def moment_of(clock: datetime, zone: tzinfo, *, fold: int = 0) -> int:
    """When the clock reads a time (without a zone), in milliseconds since 1970.

    Of a time that it reads twice, `fold` 0 is the first and 1 the second; one that it skips is when it is turned.
    """
    local = clock.replace(tzinfo=zone, fold=fold)
    moment = local.astimezone(UTC)
    if not _reads(moment, clock, zone):
        moment = _turn(local)
    return round((moment - _EPOCH) / _MILLISECOND)


def is_skipped(clock: datetime, zone: tzinfo) -> bool:
    """Whether the clock never reads a time, since it is turned forward past it."""
    return not _reads(clock.replace(tzinfo=zone).astimezone(UTC), clock, zone)


def _reads(moment: datetime, clock: datetime, zone: tzinfo) -> bool:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0) == clock.replace(fold=0)


def _turn(skipped: datetime) -> datetime:
    zone = skipped.tzinfo
    before = skipped.replace(fold=1).astimezone(UTC)
    after = skipped.replace(fold=0).astimezone(UTC)
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
