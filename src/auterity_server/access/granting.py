"""Giving and taking roles: nobody gives what they may not give there, and an organisation keeps an owner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, and_, delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.access.granted import grant_of, holder_name, holder_of
from auterity_server.access.permissions import Permission, Role
from auterity_server.access.places_in_database import place
from auterity_server.access.principal import Kind, Place, Principal
from auterity_server.access.refusals import Conflicting, NotAllowed, NotThere, Unfit
from auterity_server.access.rights import Rights
from auterity_server.database.auditing import record
from auterity_server.database.ids import new_id
from auterity_server.database.tables.api_keys import api_keys
from auterity_server.database.tables.grants import grants
from auterity_server.database.tables.members import members

_TO_GIVE = {Kind.USER: Permission.USERS_MANAGE, Kind.API_KEY: Permission.KEYS_MANAGE}


class NewGrant(Struct, frozen=True):
    """A role to be given. `kind` and `id` say where: `store` and its id, say."""

    role: Role
    kind: str
    id: str
    answers: tuple[str, ...] = ()


class Granting:
    """Gives roles to members and API keys of an organisation, and takes them."""

    def __init__(self, rights: Rights, now: Callable[[], int]) -> None:
        self._rights = rights
        self._now = now

    async def give(self, giver: Principal, kind: Kind, holder: str, grant: NewGrant) -> Row[Any]:
        """Give it to a member or a key of the giver's organisation. Raises a `Refusal`."""
        async with self._rights.writing() as connection:
            await _must_belong(connection, giver.organisation, kind, holder)
            given = await give(connection, giver, kind, holder, grant, self._now())
            return await _found(connection, giver.organisation, given)

    async def take(self, taker: Principal, id: str) -> None:
        """Take a grant away. Raises `NotThere`, `NotAllowed`, or `Conflicting` where it is the last owner's."""
        async with self._rights.writing() as connection:
            row = await _found(connection, taker.organisation, id)
            _must_be_given_by(taker, Kind(row.holder.partition(":")[0]), grant_of(row).place)
            await connection.execute(delete(grants).where(grants.c.id == id))
            await must_keep_an_owner(connection, taker.organisation)
            await _record(connection, taker.actor, "grants:take", row._asdict(), self._now())


async def give(
    connection: AsyncConnection,
    giver: Principal,
    kind: Kind,
    holder: str,
    grant: NewGrant,
    now: int,
) -> str:
    """The id of a new grant, in the caller's transaction. The holder belongs to the giver's organisation."""
    where = await place(connection, grant.kind, grant.id)
    if where is None or not giver.sees(where) or where.organisation != giver.organisation:
        raise Unfit("body/scope", f"there is no such {grant.kind} in the organisation")
    _must_be_given_by(giver, kind, where)
    if grant.answers and grant.role is not Role.APPROVER:
        raise Unfit("body/business_roles", "only an approver has business roles")
    return await write_grant(connection, giver.actor, kind, holder, grant, where, now)


async def write_grant(
    connection: AsyncConnection,
    giver: str,
    kind: Kind,
    holder: str,
    grant: NewGrant,
    where: Place,
    now: int,
) -> str:
    """Write a grant that may be given. Raises `Conflicting` where the holder has the role there already."""
    values = {
        "id": new_id("grt"),
        "organisation_id": where.organisation,
        "holder": holder_name(kind, holder),
        "role": grant.role,
        "store_id": where.store,
        "environment_id": where.environment,
        "place": grant.id,
        "answers": sorted(set(grant.answers)),
        "granted_by": giver,
        "created_at": now,
    }
    try:
        await connection.execute(insert(grants).values(values))
    except IntegrityError:
        raise Conflicting(
            f"the role {grant.role} is given there already",
            help="take that grant first, if its business roles are to change",
        ) from None
    await _record(connection, giver, "grants:give", values, now)
    return str(values["id"])


async def must_keep_an_owner(connection: AsyncConnection, organisation: str) -> None:
    """Raise `Conflicting` where no active member owns the whole organisation any more."""
    owner = and_(
        grants.c.organisation_id == organisation,
        grants.c.role == Role.OWNER,
        grants.c.place == organisation,
        members.c.organisation_id == organisation,
        members.c.active.is_(True),
        members.c.invited.is_(False),
        grants.c.holder == holder_of(Kind.USER, members.c.user_id),
    )
    query = select(func.count()).select_from(grants).join(members, owner)
    if (await connection.execute(query)).scalar_one() == 0:
        raise Conflicting(
            "this would leave the organisation without an owner",
            help="make somebody else an owner first",
        )


def _must_be_given_by(giver: Principal, kind: Kind, where: Place) -> None:
    needed = _TO_GIVE[kind]
    if not giver.may(needed, where):
        raise NotAllowed(f"this needs the permission {needed} there")


async def _must_belong(
    connection: AsyncConnection, organisation: str, kind: Kind, holder: str
) -> None:
    if kind is Kind.USER:
        query = select(members.c.user_id).where(
            members.c.organisation_id == organisation, members.c.user_id == holder
        )
    else:
        query = select(api_keys.c.id).where(
            api_keys.c.organisation_id == organisation, api_keys.c.id == holder
        )
    if (await connection.execute(query)).first() is None:
        raise NotThere("user" if kind is Kind.USER else "API key")


async def _found(connection: AsyncConnection, organisation: str, id: str) -> Row[Any]:
    mine = and_(grants.c.organisation_id == organisation, grants.c.id == id)
    row = (await connection.execute(select(grants).where(mine))).first()
    if row is None:
        raise NotThere("grant")
    return row


async def _record(
    connection: AsyncConnection, actor: str, action: str, grant: Mapping[str, Any], now: int
) -> None:
    await record(
        connection,
        organisation_id=grant["organisation_id"],
        at=now,
        actor=actor,
        action=action,
        noun=grant["holder"],
        environment_id=grant["environment_id"] or "",
        role=str(grant["role"]),
        place=grant["place"],
    )
