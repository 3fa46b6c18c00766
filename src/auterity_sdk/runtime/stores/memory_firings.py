"""Triggers and their firings in memory."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from auterity_sdk.runtime.firings import HELD, MISSED, NEW, Firing, Served, Standing


class MemoryFirings:
    """See `Firings`."""

    def __init__(self) -> None:
        self._triggers: dict[str, tuple[Served, Standing]] = {}
        self._firings: dict[tuple[str, str], Firing] = {}

    async def serve(self, trigger: Served, now: int) -> None:
        """See `Firings.serve`."""
        self._triggers.setdefault(trigger.key, (trigger, Standing(now, 0)))

    async def serve_only(self, keys: Sequence[str]) -> None:
        """See `Firings.serve_only`."""
        for key in self._triggers.keys() - set(keys):
            del self._triggers[key]
            for each in self._of(key):
                if each.at is not None:
                    place = key, each.occurrence
                    self._firings[place] = replace(each, at=None, state=MISSED)

    async def standing(self, key: str) -> Standing | None:
        """See `Firings.standing`."""
        found = self._triggers.get(key)
        return None if found is None else found[1]

    async def to_fire(self, keys: Sequence[str], now: int) -> list[str]:
        """See `Firings.to_fire`."""
        due = {each.trigger for each in self._firings.values() if _is_due(each, now)}
        return [key for key in keys if key in due]

    async def open_firings(self, key: str, now: int, limit: int) -> list[Firing]:
        """See `Firings.open_firings`."""
        found = [each for each in self._of(key) if _is_due(each, now)]
        return sorted(found, key=lambda each: each.came)[:limit]

    async def latest_firings(self, key: str, limit: int) -> list[Firing]:
        """See `Firings.latest_firings`."""
        found = sorted(self._of(key), key=lambda each: each.came)
        return found[::-1][:limit]

    async def held(self, key: str, bunch: str) -> list[Firing]:
        """See `Firings.held`."""
        return [each for each in self._of(key) if each.state == HELD and each.bunch == bunch]

    async def grants(self, key: str, pool: str, since: int) -> list[int]:
        """See `Firings.grants`."""
        times = (each.granted for each in self._of(key) if each.pool == pool)
        return sorted(time for time in times if time is not None and time > since)

    async def change(
        self,
        key: str,
        changes: int | None,
        changed: Sequence[Firing] = (),
        made: Sequence[Firing] = (),
        seen: int | None = None,
    ) -> bool:
        """See `Firings.change`."""
        if key not in self._triggers:
            return False
        trigger, standing = self._triggers[key]
        if changes not in (None, standing.changes):
            return False
        seen = standing.seen if seen is None else seen
        self._triggers[key] = (trigger, Standing(seen, standing.changes + 1))
        for each in made:
            self._firings.setdefault((key, each.occurrence), each)
        for each in changed:
            self._firings[(key, each.occurrence)] = each
        return True

    async def fired_by(self, occurrence: str) -> list[str]:
        """See `Firings.fired_by`."""
        keys = {key for key, each in self._firings if each == occurrence}
        return sorted({self._triggers[key][0].workflow for key in keys & self._triggers.keys()})

    def _fire(self, event: str, occurrence: str, came: int) -> None:
        """An event makes a firing of each trigger of its type."""
        for key, (trigger, _) in self._triggers.items():
            if trigger.event == event:
                self._firings[(key, occurrence)] = Firing(key, occurrence, came, at=0)

    def _is_needed(self, occurrence: str) -> bool:
        """Whether an event is still to start a run."""
        found = (each for each in self._firings.values() if each.occurrence == occurrence)
        return any(each.at is not None and each.state != NEW for each in found)

    def _miss(self, occurrences: Sequence[str]) -> None:
        """Nobody served the triggers of these events."""
        for place, each in self._firings.items():
            if each.occurrence in occurrences and each.state == NEW:
                self._firings[place] = replace(each, at=None, state=MISSED)

    def _of(self, key: str) -> list[Firing]:
        return [each for each in self._firings.values() if each.trigger == key]


def _is_due(firing: Firing, now: int) -> bool:
    return firing.at is not None and firing.at <= now
