"""Lists of members, grants and API keys, as far as the one who asks may see them."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    false,
    func,
    null,
    or_,
    select,
    true,
)

from auterity_server.access.granted import holder_name, holder_of
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Kind, Place, Principal
from auterity_server.database.database import Database
from auterity_server.database.tables.api_keys import api_keys
from auterity_server.database.tables.grants import grants
from auterity_server.database.tables.members import members
from auterity_server.database.tables.organisations import organisations
from auterity_server.database.tables.users import users
from auterity_server.paging import Asked, Part, page

_SEEN_BY = Permission.USERS_READ


class Known(Struct, frozen=True):
    """What the server knows of a principal. `email` is a person's, and `notified` whether they want to hear of what waits
    for them; the rows are those of the tables."""

    name: str
    email: str | None
    notified: bool
    organisations: tuple[Row[Any], ...]
    grants: tuple[Row[Any], ...]


class Listing:
    """Reads them, in pages. All is of the organisation that the principal's request acts in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def members(self, principal: Principal, asked: Asked) -> Part:
        """The members that have a grant where the principal may see it."""
        query = (
            select(members, users.c.email)
            .join(users, users.c.id == members.c.user_id)
            .where(
                members.c.organisation_id == principal.organisation,
                _holds(principal, Kind.USER, members.c.user_id),
            )
        )
        return await self._part(query, members.c.created_at, members.c.user_id, asked)

    async def keys(self, principal: Principal, asked: Asked) -> Part:
        """The API keys, likewise; not those that live for the job of a CI service."""
        query = select(api_keys).where(
            api_keys.c.organisation_id == principal.organisation,
            api_keys.c.trust_id == "",
            _holds(principal, Kind.API_KEY, api_keys.c.id),
        )
        return await self._part(query, api_keys.c.created_at, api_keys.c.id, asked)

    async def grants(self, principal: Principal, asked: Asked, holder: str | None = None) -> Part:
        """The grants in places where the principal may see them: all, or those of `user:ID` or `api_key:ID`."""
        query = select(grants).where(
            grants.c.organisation_id == principal.organisation, _in_reach(principal)
        )
        if holder is not None:
            query = query.where(grants.c.holder == holder)
        return await self._part(query, grants.c.created_at, grants.c.id, asked)

    async def about(self, principal: Principal) -> Known:
        """What the principal is called, and where it may do what."""
        ids = sorted({grant.place.organisation for grant in principal.grants})
        own = select(organisations).where(organisations.c.id.in_(ids))
        held = select(grants).where(
            grants.c.holder == holder_name(principal.kind, principal.id),
            grants.c.organisation_id.in_(ids),
        )
        async with self._database.reading() as connection:
            named = (await connection.execute(_names(principal))).first()
            belongs = await connection.execute(own.order_by(organisations.c.name))
            granted = await connection.execute(held.order_by(grants.c.created_at, grants.c.id))
            return Known(
                named.name if named else "",
                named.email if named else None,
                bool(named and named.notified),
                tuple(belongs),
                tuple(granted),
            )

    async def _part(
        self, query: Select[Any], at: ColumnElement[int], id_: ColumnElement[str], asked: Asked
    ) -> Part:
        async with self._database.reading() as connection:
            return await page(connection, query, at, id_, asked)


def _names(principal: Principal) -> Select[Any]:
    if principal.kind is Kind.API_KEY:
        nobodys = null().label("email"), false().label("notified")
        return select(api_keys.c.name, *nobodys).where(api_keys.c.id == principal.id)
    # An organisation calls a person as it likes: of several names one is taken, always the same.
    return (
        select(func.min(members.c.name).label("name"), users.c.email, users.c.notified)
        .join(members, members.c.user_id == users.c.id)
        .where(users.c.id == principal.id)
        .group_by(users.c.email, users.c.notified)
    )


def _holds(principal: Principal, kind: Kind, id_: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the one of that id has a grant in reach. Who may see the whole organisation sees those without too."""
    if Place(principal.organisation) in principal.where(_SEEN_BY):
        return true()
    held = select(grants.c.id).where(
        grants.c.organisation_id == principal.organisation,
        grants.c.holder == holder_of(kind, id_),
        _in_reach(principal),
    )
    return held.exists()


def _in_reach(principal: Principal) -> ColumnElement[bool]:
    return or_(false(), *(_inside(place) for place in principal.where(_SEEN_BY)))


def _inside(place: Place) -> ColumnElement[bool]:
    """Whether a grant lies in the place; its organisation is the principal's already."""
    if place.environment is not None:
        return grants.c.environment_id == place.environment
    if place.store is not None:
        return grants.c.store_id == place.store
    return true()
