"""Debounce and rate limits: which firings are replaced, which wait, and which may start their run now. Pure."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from auterity_sdk.runs.triggers import Limit, Lull
from auterity_sdk.runtime.firings import DROPPED, GRANTED, HELD, QUEUED, REPLACED, Firing


class Pacing(Struct, eq=False):
    """The firings of one trigger that are looked at together. `held` are those that others may replace, by bunch;
    `grants` when runs of a pool were granted within its `per`, in order. `changed` is what comes of it, by occurrence.
    """

    lull: Lull | None
    limit: Limit | None
    held: dict[str, Firing] = field(default_factory=dict)
    grants: dict[str, list[int]] = field(default_factory=dict)
    changed: dict[str, Firing] = field(default_factory=dict)

    def arrive(self, firing: Firing) -> None:
        """A firing that counts: it waits for a lull, or for its turn. Firings arrive in the order in which they came."""
        if self.lull is None:
            self._put(replace(firing, state=QUEUED, at=firing.came, first=firing.came))
            return
        before = self.held.get(firing.bunch)
        # One whose lull was over before this came starts its own run, however late anybody looks.
        if before is None or before.at is None or before.at <= firing.came:
            self._hold(firing, firing.came)
        elif before.came <= firing.came:
            self._put(replace(before, state=REPLACED, at=None))
            self._hold(firing, before.first)
        else:
            self._put(replace(firing, state=REPLACED, at=None))

    def grant(self, firings: Iterable[Firing], now: int) -> None:
        """Let those start their run whose time has come, in order, as far as the limit lets them."""
        for known in firings:
            firing = self.changed.get(known.occurrence, known)
            if firing.at is not None and firing.at <= now and firing.state in (HELD, QUEUED):
                self._put(self._granted(firing, now))

    def _hold(self, firing: Firing, first: int) -> None:
        if self.lull is None:
            return
        at = firing.came + self.lull.period
        if self.lull.longest is not None:
            at = min(at, first + self.lull.longest)
        held = self.held[firing.bunch] = replace(firing, state=HELD, at=at, first=first)
        self._put(held)

    def _granted(self, firing: Firing, now: int) -> Firing:
        limit = self.limit
        if limit is None:
            return replace(firing, state=GRANTED, at=now, granted=now)
        grants = self.grants.setdefault(firing.pool, [])
        if len(grants) < limit.limit:
            insort(grants, now)
            return replace(firing, state=GRANTED, at=now, granted=now)
        if limit.drops:
            return replace(firing, state=DROPPED, at=None)
        return replace(firing, state=QUEUED, at=grants[-limit.limit] + limit.per)

    def _put(self, firing: Firing) -> None:
        self.changed[firing.occurrence] = firing


def all_known(changed: Mapping[str, Firing], firings: Iterable[Firing]) -> list[Firing]:
    """Firings as they stand, those that were changed in place of what they were; in order of coming."""
    found = {each.occurrence: each for each in firings} | dict(changed)
    return sorted(found.values(), key=lambda each: each.came)
