"""Messages that were kept and answered by a process that died before it gave them to a run that waits."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_sdk.errors import VersionConflict
from auterity_server.database.database import Database
from auterity_server.database.webhooks import awaited_types
from auterity_server.running.hosted_runs import EnvironmentRuns, HostedRuns

FRESH = 10_000
"""Milliseconds in which the process that took a message in may still be about to give it away."""


async def deliver_all_left(database: Database, runs: HostedRuns, fresh: int = FRESH) -> None:
    """Give them to runs that wait, in every environment that is carried on here. Raises `StoreError`.

    Triggers need no help: their firings are kept with the events.
    """
    async with database.reading() as connection:
        found = await _by_environment(connection)
    for environment_id, types in found.items():
        here = runs.known(environment_id)
        if here is not None:
            await deliver_left(here, types, fresh)


async def deliver_left(runs: EnvironmentRuns, types: Collection[str], fresh: int) -> None:
    """Those of one environment, which came `fresh` milliseconds ago or before."""
    runtime = runs.runtime
    listened = [each for each in types if await runtime.store.listening(each, [""])]
    now = runtime.clock.now()
    for event in await runtime.store.waiting(listened) if listened else ():
        if event.came <= now - fresh and event.lives(now):
            try:
                await runtime.deliver(event)
            except VersionConflict:
                continue  # somebody was first


async def _by_environment(connection: AsyncConnection) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for environment_id, event in await awaited_types(connection):
        found.setdefault(environment_id, set()).add(event)
    return found
