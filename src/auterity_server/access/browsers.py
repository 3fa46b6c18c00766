"""Which browser belongs to which sign-in: the port, and its form in the server's database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from sqlalchemy import and_, delete, insert, select

from auterity_server.access.access_tokens import Claims
from auterity_server.access.refusals import Refusal
from auterity_server.database.database import Database
from auterity_server.database.tables.browsers import browsers


class BrowsersUnreachable(Refusal):
    """Who is signed in with a browser cannot be looked up now."""

    status = 503
    code = "unavailable"

    def __init__(self) -> None:
        super().__init__(
            "sign-ins of browsers cannot be looked up at the moment",
            help="sign in with the password, or try again later",
        )


class Browsers(Protocol):
    """Keeps the sign-in of each browser by the digest of its cookie. Whether that sign-in still counts it does not know.

    All raise `BrowsersUnreachable`.
    """

    async def keep(self, name: str, claims: Claims, lifetime: int) -> None:
        """Keep it for so many milliseconds."""

    async def find(self, name: str) -> Claims | None:
        """The sign-in that is kept by that name; None where there is none, or its time is over."""

    async def forget(self, name: str) -> None:
        """Keep it no more."""

    async def close(self) -> None:
        """End what it is connected with."""


class DatabaseBrowsers:
    """Keeps them in a table: for a server without services."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._database = database
        self._now = now

    async def keep(self, name: str, claims: Claims, lifetime: int) -> None:
        """See `Browsers.keep`."""
        async with self._database.writing() as connection:
            await connection.execute(
                insert(browsers).values(
                    digest=name,
                    user_id=claims.user,
                    session_id=claims.session,
                    expires_at=self._now() + lifetime,
                )
            )

    async def find(self, name: str) -> Claims | None:
        """See `Browsers.find`."""
        good = and_(browsers.c.digest == name, browsers.c.expires_at > self._now())
        async with self._database.reading() as connection:
            row = (await connection.execute(select(browsers).where(good))).first()
        return None if row is None else Claims(row.user_id, row.session_id)

    async def forget(self, name: str) -> None:
        """See `Browsers.forget`."""
        async with self._database.writing() as connection:
            await connection.execute(delete(browsers).where(browsers.c.digest == name))

    async def close(self) -> None:
        """See `Browsers.close`: the database is closed by who made it."""
