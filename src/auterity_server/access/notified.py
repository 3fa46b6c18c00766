"""Whether a person wants to be told by mail of what waits for them: theirs alone to say."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import update

from auterity_server.access.audit import record_of_user
from auterity_server.access.principal import Principal
from auterity_server.database.database import Database
from auterity_server.database.tables.users import users


class Notified:
    """Keeps what they say."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._database = database
        self._now = now

    async def choose(self, person: Principal, *, notified: bool) -> None:
        """Mail them from now on, or no more."""
        async with self._database.writing() as connection:
            own = update(users).where(users.c.id == person.id)
            await connection.execute(own.values(notified=notified))
            action = "notifications:on" if notified else "notifications:off"
            await record_of_user(connection, person.id, action, at=self._now())
