"""One-time links: how a person signs in who has no password yet, or has lost it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.access.refusals import SignInRefused
from auterity_server.access.secret_texts import SecretKind, digest, new_secret
from auterity_server.database.tables.links import links


class Links:
    """Makes and redeems them. `lifetime` is in milliseconds."""

    def __init__(self, lifetime: int, now: Callable[[], int]) -> None:
        self._lifetime = lifetime
        self._now = now

    async def make(self, connection: AsyncConnection, user: str, made_by: str) -> str:
        """The token of a new link, in the caller's transaction. The user's earlier ones are good no more."""
        unused = and_(links.c.user_id == user, links.c.used_at.is_(None))
        await connection.execute(delete(links).where(unused))
        token = new_secret(SecretKind.LINK)
        now = self._now()
        await connection.execute(
            insert(links).values(
                digest=digest(token),
                user_id=user,
                made_by=made_by,
                created_at=now,
                expires_at=now + self._lifetime,
            )
        )
        return token

    async def redeem(self, connection: AsyncConnection, token: str) -> str:
        """The user of a link, which is good no more from now on. Raises `SignInRefused`."""
        now = self._now()
        name = digest(token)
        good = and_(links.c.digest == name, links.c.used_at.is_(None), links.c.expires_at > now)
        used = await connection.execute(update(links).where(good).values(used_at=now))
        if used.rowcount != 1:
            raise SignInRefused
        query = select(links.c.user_id).where(links.c.digest == name)
        return str((await connection.execute(query)).scalar_one())
