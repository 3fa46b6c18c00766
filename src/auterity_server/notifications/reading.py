"""Finds approvals that wait, in the order in which the events of an environment were recorded: so none is missed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_sdk.runs.events import (
    ApprovalEscalated,
    BudgetAsked,
    Event,
    PeopleReminded,
    StepStarted,
)
from auterity_sdk.runtime.ports import APPROVALS, Recording
from auterity_server.database.database import Database
from auterity_server.database.notification_readers import (
    Reader,
    add_reader,
    all_readers,
    hold,
    read_on,
)
from auterity_server.database.notifications import notify
from auterity_server.notifications.about_approvals import ReadRuns, Waits, told_of, waiting_in
from auterity_server.notifications.people import people_of

_AT_ONCE = 1000
"""So many events are read between two words of how far it came."""
HELD = 60_000
"""Milliseconds after which another process reads on where one has died."""


class Reading:
    """Reads the events of environments, and keeps who is to be told of what. `now` gives milliseconds since 1970."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._database = database
        self._now = now

    async def read_all(self, all_runs: Iterable[ReadRuns]) -> None:
        """Read on in all of these, but where another process does. Raises `StoreUnavailable`."""
        async with self._database.reading() as connection:
            readers = await all_readers(connection)
        for runs in all_runs:
            reader = readers.get(runs.environment.id)
            if reader is None:
                await self._begin(runs)
            elif reader.held_until <= self._now():
                await self._read(runs, reader)

    async def _begin(self, runs: ReadRuns) -> None:
        """Take in the approvals that wait now, and read on from the last events: what is long over concerns nobody.

        Of budgets there is no index: those that have asked of late are in the events.
        """
        last = await runs.journal.last_recorded(None, _AT_ONCE)
        for run_id in await runs.journal.listening(APPROVALS, [""]):
            waits = await waiting_in(runs, run_id)
            async with self._database.writing() as connection:
                await self._keep(connection, runs, waits)
        async with self._database.writing() as connection:
            position = last[-1].position - 1 if last else 0
            await add_reader(connection, runs.environment.id, position)

    async def _read(self, runs: ReadRuns, reader: Reader) -> None:
        """Read to the end, a part at a time. Whoever is first with a part has written what it tells of."""
        position = reader.position
        while (part := await runs.journal.recorded(position, _AT_ONCE)).upto > position:
            reader = Reader(runs.environment.id, position, 0)
            if not await self._held(reader):
                return
            waits = await self._asked_in(runs, part)
            async with self._database.writing() as connection:
                if not await read_on(connection, reader, part.upto):
                    return
                await self._keep(connection, runs, waits)
            position = part.upto

    async def _held(self, reader: Reader) -> bool:
        now = self._now()
        async with self._database.writing() as connection:
            return await hold(connection, reader, now, now + HELD)

    async def _asked_in(self, runs: ReadRuns, part: Recording) -> list[Waits]:
        """What waits for people in the runs that may have begun to ask, or asked again, in this part."""
        asking = {each.run_id for each in part.events if type(each.event) is BudgetAsked}
        may_ask = {each.run_id for each in part.events if _may_ask(each.event)}
        if may_ask:
            asking |= may_ask.intersection(await runs.journal.listening(APPROVALS, [""]))
        return [found for run_id in sorted(asking) for found in await waiting_in(runs, run_id)]

    async def _keep(
        self, connection: AsyncConnection, runs: ReadRuns, waits: Iterable[Waits]
    ) -> None:
        found = list(waits)
        if not found:
            return
        people = await people_of(connection, runs.environment.organisation_id)
        at = self._now()
        told = [one for each in found for one in told_of(runs, each, people, at)]
        await notify(connection, told)


def _may_ask(event: Event) -> bool:
    """A step that was given arguments is none that asks people."""
    match event:
        case PeopleReminded() | ApprovalEscalated():
            return True
        case StepStarted(arguments=None):
            return True
        case _:
            return False
