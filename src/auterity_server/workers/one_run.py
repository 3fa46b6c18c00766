"""A process that carries one run on, in which processes died: `python -m auterity_server.workers.one_run`."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress

import msgspec

from auterity_sdk.errors import RunHeld
from auterity_server.database.places import environment_of
from auterity_server.running.apart import ApartRun, end_with_who_started_it, speak_as_the_worker
from auterity_server.settings import Settings
from auterity_server.wiring import Wiring, wire
from auterity_server.workers.own_steps import OwnSteps


def main(given: str) -> None:
    """Carry the run on until only waits are left."""
    end_with_who_started_it()
    speak_as_the_worker()
    told = msgspec.json.decode(given, type=ApartRun)
    settings = Settings.from_environment(os.environ)
    wiring = wire(settings)
    wiring.runs.carries_on = False
    if told.project is not None:
        OwnSteps.of(told.project).serve(wiring.runs, speaks=settings.connections is None)
    asyncio.run(_carry_on(wiring, told))


async def _carry_on(wiring: Wiring, told: ApartRun) -> None:
    try:
        if wiring.scaled is not None:
            await wiring.scaled.begin()
        async with wiring.database.reading() as connection:
            environment = await environment_of(connection, told.environment_id)
        if environment is not None:
            with suppress(RunHeld):  # another one was first
                await wiring.runs.work_on(environment, told.run_id)
    finally:
        await wiring.close()


if __name__ == "__main__":
    main(sys.argv[1])
