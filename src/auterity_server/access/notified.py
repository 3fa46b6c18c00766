"""Whether a person wants to be told by mail of what waits for them: theirs alone to say."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select, update

from auterity_server.access.audit import record_of_user
from auterity_server.access.principal import Principal
from auterity_server.database.database import Database
from auterity_server.database.tables.users import users
from auterity_server.etags import Expected


class Notified:
    """Keeps what they say."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._database = database
        self._now = now

    async def choose(self, person: Principal, expected: Expected, *, notified: bool) -> None:
        """Mail them from now on, or no more. Raises `ChangedMeanwhile`."""
        own = users.c.id == person.id
        async with self._database.writing() as connection:
            expected.must_be(await connection.scalar(select(users.c.notified).where(own)))
            await connection.execute(update(users).where(own).values(notified=notified))
            action = "notifications:on" if notified else "notifications:off"
            await record_of_user(connection, person.id, action, at=self._now())
