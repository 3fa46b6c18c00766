"""One-time links: how a person signs in who has no password yet, or has lost it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.access.refusals import SignInRefused
from auterity_server.access.secret_texts import SecretKind, digest, new_secret
from auterity_server.database.tables.links import links


class Redeemed(Struct, frozen=True):
    """Whose link was used; `mailed`: it came by mail, so that the address is theirs who used it."""

    user: str
    mailed: bool


class Links:
    """Makes and redeems them. `lifetime` is in milliseconds: of those that are shown."""

    def __init__(self, lifetime: int, now: Callable[[], int]) -> None:
        self._lifetime = lifetime
        self._now = now

    async def make(self, connection: AsyncConnection, user: str, made_by: str) -> str:
        """The token of a new link, in the caller's transaction. Earlier ones that were shown are good no more."""
        shown = and_(_unused(user), links.c.mailed.is_(False))
        await connection.execute(delete(links).where(shown))
        return await self._keep(connection, user, made_by, self._lifetime, mailed=False)

    async def make_for_mail(
        self, connection: AsyncConnection, user: str, made_by: str, lifetime: int
    ) -> str:
        """The token of a link that goes to the user's address and to nobody else.

        Earlier ones stay good: else who invites an address often would keep it from other organisations.
        """
        return await self._keep(connection, user, made_by, lifetime, mailed=True)

    async def asked_for(self, connection: AsyncConnection, user: str) -> Sequence[int]:
        """When the links were made that the user has asked for by mail and that are good still, the last first."""
        query = select(links.c.created_at).where(
            _unused(user),
            links.c.mailed.is_(True),
            links.c.made_by == f"user:{user}",
            links.c.expires_at > self._now(),
        )
        found = await connection.execute(query.order_by(links.c.created_at.desc()))
        return list(found.scalars())

    async def redeem(self, connection: AsyncConnection, token: str) -> Redeemed:
        """Whose link it is. No link of theirs is good from now on. Raises `SignInRefused`."""
        now = self._now()
        name = digest(token)
        good = and_(links.c.digest == name, links.c.used_at.is_(None), links.c.expires_at > now)
        used = await connection.execute(update(links).where(good).values(used_at=now))
        if used.rowcount != 1:
            raise SignInRefused
        query = select(links.c.user_id, links.c.mailed).where(links.c.digest == name)
        found = Redeemed(*(await connection.execute(query)).one())
        await connection.execute(delete(links).where(_unused(found.user)))
        return found

    async def _keep(
        self, connection: AsyncConnection, user: str, made_by: str, lifetime: int, *, mailed: bool
    ) -> str:
        token = new_secret(SecretKind.LINK)
        now = self._now()
        await connection.execute(
            insert(links).values(
                digest=digest(token),
                user_id=user,
                made_by=made_by,
                created_at=now,
                expires_at=now + lifetime,
                mailed=mailed,
            )
        )
        return token


def _unused(user: str) -> ColumnElement[bool]:
    return and_(links.c.user_id == user, links.c.used_at.is_(None))
