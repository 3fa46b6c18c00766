"""The first owner of a new server, who has no password yet: a one-time link lets them in."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from auterity_server.access.links import Links
from auterity_server.access.membership import add_user, own
from auterity_server.access.rights import Rights
from auterity_server.database.tables.users import users

ACTOR = "server"
"""What the audit says of what nobody who signed in did."""


class FirstAdmin:
    """Makes them, and their link, as long as nobody has a password."""

    def __init__(self, rights: Rights, links: Links, now: Callable[[], int]) -> None:
        self._rights = rights
        self._links = links
        self._now = now

    async def link(self, organisation: str, email: str, name: str) -> str | None:
        """The token of a link for the owner of the organisation; None where somebody has a password already."""
        async with self._rights.writing() as connection:
            settled = select(users.c.id).where(users.c.password.is_not(None))
            if (await connection.execute(settled)).first() is not None:
                return None
            query = select(users.c.id).where(users.c.email == email)
            user: str | None = (await connection.execute(query)).scalar()
            if user is None:
                now = self._now()
                user = await add_user(connection, email, now)
                await own(connection, organisation, user, name, ACTOR, now)
            return await self._links.make(connection, user, ACTOR)
