"""Trusts: whose tokens are exchanged for keys of a short life, and what those may do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.access.granting import NewGrant
from auterity_server.access.issuers import Issuers
from auterity_server.access.permissions import Permission
from auterity_server.access.places_in_database import place
from auterity_server.access.principal import Principal
from auterity_server.access.refusals import NotAllowed, NotThere, Unfit
from auterity_server.access.rights import Rights
from auterity_server.database.auditing import record
from auterity_server.database.ids import new_id
from auterity_server.database.tables.api_keys import api_keys
from auterity_server.database.tables.trusts import trusts
from auterity_server.paging import Asked, Part, page


class WantedTrust(Struct, frozen=True):
    """A trust to be made. `lifetime` is in seconds."""

    name: str
    issuer: str
    audience: str
    conditions: Mapping[str, Sequence[str]]
    grant: NewGrant
    lifetime: int


class Trusts:
    """Makes, lists and removes them. Who manages the keys of a place may trust others with a key there."""

    def __init__(self, rights: Rights, issuers: Issuers, now: Callable[[], int]) -> None:
        self._rights = rights
        self._issuers = issuers
        self._now = now

    async def make(self, maker: Principal, wanted: WantedTrust) -> Row[Any]:
        """A new trust. Raises a `Refusal`."""
        if not self._issuers.may_ask(wanted.issuer):
            raise Unfit("body/issuer", "an issuer is asked over TLS: its address begins with https")
        id_, now = new_id("trs"), self._now()
        async with self._rights.writing() as connection:
            await _must_manage(connection, maker, wanted.grant.kind, wanted.grant.id)
            await connection.execute(
                insert(trusts).values(
                    id=id_,
                    organisation_id=maker.organisation,
                    name=wanted.name,
                    issuer=wanted.issuer,
                    audience=wanted.audience,
                    conditions={name: list(each) for name, each in wanted.conditions.items()},
                    role=wanted.grant.role,
                    scope_kind=wanted.grant.kind,
                    scope_id=wanted.grant.id,
                    lifetime=wanted.lifetime,
                    made_by=maker.actor,
                    created_at=now,
                )
            )
            await _record(connection, maker, "trusts:make", id_, now)
            return await _found(connection, maker.organisation, id_)

    async def page(self, principal: Principal, asked: Asked) -> Part:
        """The trusts of the organisation, the first to be made first."""
        query = select(trusts).where(trusts.c.organisation_id == principal.organisation)
        async with self._rights.reading() as connection:
            return await page(connection, query, trusts.c.created_at, trusts.c.id, asked)

    async def remove(self, remover: Principal, id_: str) -> None:
        """Trust no more, and refuse the keys that were given for it. Raises `NotThere`, `NotAllowed`."""
        now = self._now()
        async with self._rights.writing() as connection:
            row = await _found(connection, remover.organisation, id_)
            await _must_manage(connection, remover, row.scope_kind, row.scope_id)
            await connection.execute(
                update(api_keys)
                .where(api_keys.c.trust_id == id_, api_keys.c.revoked_at.is_(None))
                .values(revoked_at=now)
            )
            await connection.execute(delete(trusts).where(trusts.c.id == id_))
            await _record(connection, remover, "trusts:remove", id_, now)

    async def named(self, id_: str) -> Row[Any] | None:
        """The trust of that id. For the exchange: only the token tells whether it is of the caller."""
        async with self._rights.reading() as connection:
            return (await connection.execute(select(trusts).where(trusts.c.id == id_))).first()


async def _must_manage(connection: AsyncConnection, who: Principal, kind: str, id_: str) -> None:
    where = await place(connection, kind, id_)
    if where is None or not who.sees(where) or where.organisation != who.organisation:
        raise Unfit("body/scope", f"there is no such {kind} in the organisation")
    if not who.may(Permission.KEYS_MANAGE, where):
        raise NotAllowed(f"this needs the permission {Permission.KEYS_MANAGE} there")


async def _found(connection: AsyncConnection, organisation: str, id_: str) -> Row[Any]:
    own = and_(trusts.c.organisation_id == organisation, trusts.c.id == id_)
    row = (await connection.execute(select(trusts).where(own))).first()
    if row is None:
        raise NotThere("trust")
    return row


async def _record(
    connection: AsyncConnection, by: Principal, action: str, id_: str, at: int
) -> None:
    await record(
        connection,
        organisation_id=by.organisation,
        at=at,
        actor=by.actor,
        action=action,
        noun=f"trust/{id_}",
    )
