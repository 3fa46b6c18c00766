"""API keys: what programs sign in with. Kept as hashes, with an end, and a first grant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.access.answers import key_of, key_state
from auterity_server.access.granted import grants_of_key, holder_name
from auterity_server.access.granting import NewGrant, give
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Kind, Place, Principal
from auterity_server.access.refusals import NotAllowed, NotSignedIn, NotThere, Unfit
from auterity_server.access.rights import Rights
from auterity_server.access.secret_texts import SecretKind, digest, new_secret
from auterity_server.database.auditing import record
from auterity_server.database.ids import new_id
from auterity_server.database.tables.api_keys import api_keys
from auterity_server.etags import ANY_STATE, Expected

LONGEST = 366 * 86_400_000
"""Milliseconds that a key is good at most, and where nothing else is said."""
_SHOWN = len(SecretKind.API_KEY) + 4
_NOTED_EACH = 60_000


class MadeKey(Struct, frozen=True):
    """A new key's id, and its secret, which nobody is shown again."""

    id: str
    secret: str


class ApiKeys:
    """Makes, finds and revokes them."""

    def __init__(self, rights: Rights, now: Callable[[], int]) -> None:
        self._rights = rights
        self._now = now

    async def make(
        self, maker: Principal, name: str, grant: NewGrant, expires_at: int | None
    ) -> MadeKey:
        """A new key with this grant. Raises `Unfit` for an end that is past, or more than a year away."""
        now = self._now()
        until = now + LONGEST if expires_at is None else expires_at
        if not now < until <= now + LONGEST:
            raise Unfit("body/expires_at", "a key is good for a year at most, from now on")
        made = MadeKey(new_id("key"), new_secret(SecretKind.API_KEY))
        async with self._rights.writing() as connection:
            await connection.execute(
                insert(api_keys).values(
                    id=made.id,
                    organisation_id=maker.organisation,
                    name=name,
                    prefix=made.secret[:_SHOWN],
                    digest=digest(made.secret),
                    made_by=maker.actor,
                    created_at=now,
                    expires_at=until,
                )
            )
            await give(connection, maker, Kind.API_KEY, made.id, grant, now)
            await self._record(connection, maker, "keys:make", made.id)
        return made

    async def of(self, organisation: str, id: str) -> Row[Any]:
        """A key of the organisation. Raises `NotThere`."""
        async with self._rights.reading() as connection:
            return await _found(connection, organisation, id)

    async def made_by(self, maker: Principal) -> frozenset[str]:
        """The ids of the keys that somebody made in the organisation, also of those that are revoked."""
        own = and_(
            api_keys.c.organisation_id == maker.organisation, api_keys.c.made_by == maker.actor
        )
        async with self._rights.reading() as connection:
            return frozenset((await connection.execute(select(api_keys.c.id).where(own))).scalars())

    async def revoke(self, revoker: Principal, id: str, expected: Expected = ANY_STATE) -> None:
        """Refuse the key from now on; nothing happens if it is revoked already.

        Raises `NotThere`, `ChangedMeanwhile`, and `NotAllowed` where the key has a role in a place whose keys the revoker
        does not manage.
        """
        await self._must_manage(revoker, await self.of(revoker.organisation, id))
        now = self._now()
        async with self._rights.writing() as connection:
            row = await _found(connection, revoker.organisation, id)
            expected.must_be(key_state(key_of(row)))
            if row.revoked_at is not None:
                return
            await connection.execute(
                update(api_keys).where(api_keys.c.id == row.id).values(revoked_at=now)
            )
            await self._record(connection, revoker, "keys:revoke", id)

    async def _must_manage(self, revoker: Principal, row: Row[Any]) -> None:
        async with self._rights.reading() as connection:
            granted = await grants_of_key(connection, row.id, row.organisation_id)
        places = [grant.place for grant in granted] or [Place(row.organisation_id)]
        if not all(revoker.may(Permission.KEYS_MANAGE, place) for place in places):
            raise NotAllowed(
                f"this needs the permission {Permission.KEYS_MANAGE} in all its places"
            )

    async def principal(self, secret: str) -> Principal:
        """Who shows the secret. Raises `NotSignedIn` for one that is unknown, revoked or over."""
        name = digest(secret)
        return await self._principal(name, api_keys.c.digest == name)

    async def again(self, principal: Principal) -> Principal:
        """The key as it is now. Raises `NotSignedIn` where it is revoked or over."""
        return await self._principal(principal.actor, api_keys.c.id == principal.id)

    async def _principal(self, name: str, key: ColumnElement[bool]) -> Principal:
        known = self._rights.remembered(name)
        if known is not None:
            return known
        changes, now = self._rights.changes, self._now()
        good = and_(key, api_keys.c.revoked_at.is_(None), api_keys.c.expires_at > now)
        async with self._rights.reading() as connection:
            row = (await connection.execute(select(api_keys).where(good))).first()
            if row is None:
                raise NotSignedIn
            granted = await grants_of_key(connection, row.id, row.organisation_id)
        await self._note(row, now)
        found = Principal(row.id, Kind.API_KEY, granted)
        self._rights.remember(name, found, row.expires_at, changes)
        return found

    async def _record(
        self, connection: AsyncConnection, by: Principal, action: str, id: str
    ) -> None:
        await record(
            connection,
            organisation_id=by.organisation,
            at=self._now(),
            actor=by.actor,
            action=action,
            noun=holder_name(Kind.API_KEY, id),
        )

    async def _note(self, row: Row[Any], now: int) -> None:
        """Write that the key is in use; not at each request, since it would make every one a write."""
        if row.last_used_at is not None and row.last_used_at + _NOTED_EACH > now:
            return
        async with self._rights.noting() as connection:
            await connection.execute(
                update(api_keys).where(api_keys.c.id == row.id).values(last_used_at=now)
            )


async def _found(connection: AsyncConnection, organisation: str, id: str) -> Row[Any]:
    row = (await connection.execute(select(api_keys).where(_is(organisation, id)))).first()
    if row is None:
        raise NotThere("API key")
    return row


def _is(organisation: str, id: str) -> ColumnElement[bool]:
    return and_(api_keys.c.organisation_id == organisation, api_keys.c.id == id)
