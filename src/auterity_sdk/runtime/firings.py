"""Firings: the times at which triggers fire, each of which starts one run at most, whatever dies meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

NEW, HELD, QUEUED, GRANTED = "new", "held", "queued", "granted"
STARTED, UNMATCHED, REPLACED, DROPPED, REFUSED, MISSED = (
    "started",
    "unmatched",
    "replaced",
    "dropped",
    "refused",
    "missed",
)

KEPT = 31 * 24 * 3600 * 1000
"""A firing that is settled is known for so many milliseconds."""


class Served(Struct, frozen=True):
    """A trigger that workers serve. `event` is the type of event that fires it; a schedule has none."""

    key: str
    workflow: str
    event: str = ""


class Firing(Struct, frozen=True):
    """One time at which a trigger fires.

    `occurrence` is the id of the outside event, or the time in milliseconds at which a schedule came due; `came` is
    when that was. `at` is when it is to be looked at next, None once it is settled. It is `new` until its event was
    looked at; `held` where others may replace it, `bunch` being what they have in common and `first` when the first of
    them came; `queued` where too many runs of its `pool` were started; `granted`, at that time, where its run may be
    started; then `started` as `run_id`. Or it is `unmatched`, `replaced`, `dropped`, `refused` (it cannot be started), or
    `missed` (nobody served it while its event was kept).
    """

    trigger: str
    occurrence: str
    came: int
    at: int | None
    state: str = NEW
    bunch: str = ""
    first: int = 0
    pool: str = ""
    granted: int | None = None
    run_id: str = ""


class Standing(Struct, frozen=True):
    """How a trigger stands: a schedule is fired up to `seen`; `changes` counts what was changed of its firings."""

    seen: int
    changes: int


class Firings(Protocol):
    """The triggers that are served, and their firings. One worker at a time changes those of a trigger."""

    async def serve(self, trigger: Served, now: int) -> None:
        """From now on the trigger fires: each event of its type that is put becomes a firing of it.

        One that was served before goes on from where it was.
        """
        ...

    async def serve_only(self, keys: Sequence[str]) -> None:
        """No other triggers than these fire any more. What others have open is missed, and an event that comes is none of
        theirs, until one of them is served again: then as one that never was.
        """
        ...

    async def standing(self, key: str) -> Standing | None:
        """How a trigger stands; None where it was never served."""
        ...

    async def to_fire(self, keys: Sequence[str], now: int) -> list[str]:
        """Those of these triggers that have firings to be looked at."""
        ...

    async def open_firings(self, key: str, now: int, limit: int) -> list[Firing]:
        """The firings of a trigger that are to be looked at, the first to come first."""
        ...

    async def latest_firings(self, key: str, limit: int) -> list[Firing]:
        """The firings of a trigger that came last, the last one first, as far as they are known."""
        ...

    async def held(self, key: str, bunch: str) -> list[Firing]:
        """The firings of a trigger that are held, of one bunch."""
        ...

    async def grants(self, key: str, pool: str, since: int) -> list[int]:
        """When firings of a pool were granted behind `since`, in order."""
        ...

    async def change(
        self,
        key: str,
        changes: int | None,
        changed: Sequence[Firing] = (),
        made: Sequence[Firing] = (),
        seen: int | None = None,
    ) -> bool:
        """Change firings of a trigger, all or none; those that are `made` are left as they are where they are known.

        False, and nothing is changed, where somebody has changed them since there were so many `changes` (None: never
        mind). `seen` moves a schedule on.
        """
        ...

    async def fired_by(self, occurrence: str) -> list[str]:
        """The workflows that an outside event may start."""
        ...
