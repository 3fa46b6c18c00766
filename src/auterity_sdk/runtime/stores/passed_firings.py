"""Firings of a store behind another one: they hold fingerprints, and nothing that is to be sealed."""

from __future__ import annotations

from collections.abc import Sequence

from auterity_sdk.runtime.firings import Firing, Firings, Served, Standing


class PassedFirings:
    """See `Firings`; all is passed on to `_store`."""

    _store: Firings

    async def serve(self, trigger: Served, now: int) -> None:
        """See `Firings.serve`."""
        await self._store.serve(trigger, now)

    async def serve_only(self, keys: Sequence[str]) -> None:
        """See `Firings.serve_only`."""
        await self._store.serve_only(keys)

    async def standing(self, key: str) -> Standing | None:
        """See `Firings.standing`."""
        return await self._store.standing(key)

    async def to_fire(self, keys: Sequence[str], now: int) -> list[str]:
        """See `Firings.to_fire`."""
        return await self._store.to_fire(keys, now)

    async def open_firings(self, key: str, now: int, limit: int) -> list[Firing]:
        """See `Firings.open_firings`."""
        return await self._store.open_firings(key, now, limit)

    async def latest_firings(self, key: str, limit: int) -> list[Firing]:
        """See `Firings.latest_firings`."""
        return await self._store.latest_firings(key, limit)

    async def held(self, key: str, bunch: str) -> list[Firing]:
        """See `Firings.held`."""
        return await self._store.held(key, bunch)

    async def grants(self, key: str, pool: str, since: int) -> list[int]:
        """See `Firings.grants`."""
        return await self._store.grants(key, pool, since)

    async def change(
        self,
        key: str,
        changes: int | None,
        changed: Sequence[Firing] = (),
        made: Sequence[Firing] = (),
        seen: int | None = None,
    ) -> bool:
        """See `Firings.change`."""
        return await self._store.change(key, changes, changed, made, seen)

    async def fired_by(self, occurrence: str) -> list[str]:
        """See `Firings.fired_by`."""
        return await self._store.fired_by(occurrence)
