"""Who may be told of something: people who belong to the organisation, may decide on it, and want to hear."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import Struct
from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.access.granted import grant_of, holder_of
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Grant, Kind, Place, Principal
from auterity_server.database.places import Environment
from auterity_server.database.tables.api_keys import api_keys
from auterity_server.database.tables.grants import grants
from auterity_server.database.tables.members import members
from auterity_server.database.tables.users import users


class People(Struct, frozen=True):
    """Those of an organisation who want to hear of what waits for them, with what they may do."""

    everybody: Sequence[Principal]

    def approvers(self, role: str, place: Place, but: Collection[str]) -> list[Principal]:
        """Who answers an approval of that business role there, but for these actors. Owners answer every one: they are told
        where nobody else could be."""
        able = [each for each in self.everybody if each.may_answer(role, place)]
        able = [each for each in able if each.actor not in but]
        return [each for each in able if each.holds(role, place)] or able

    def confirmers(self, place: Place, but: Collection[str]) -> list[Principal]:
        """Who may be the second person of a deployment there, but for these users."""
        able = [each for each in self.everybody if each.may(Permission.WORKFLOWS_CONFIRM, place)]
        return [each for each in able if each.id not in but]

    def person(self, user: str) -> Principal | None:
        """The one of that id."""
        return next((each for each in self.everybody if each.id == user), None)


def place_of(environment: Environment) -> Place:
    """Where a grant has to hold for an environment."""
    return Place(environment.organisation_id, environment.store_id, environment.id)


async def people_of(connection: AsyncConnection, organisation: str) -> People:
    """Those who have joined it, are active, and want to hear."""
    query = (
        select(members.c.user_id, grants)
        .join_from(members, users, users.c.id == members.c.user_id)
        .join(
            grants,
            and_(
                grants.c.organisation_id == members.c.organisation_id,
                grants.c.holder == holder_of(Kind.USER, members.c.user_id),
            ),
        )
        .where(
            members.c.organisation_id == organisation,
            members.c.active.is_(True),
            members.c.invited.is_(False),
            users.c.notified.is_(True),
        )
        .order_by(members.c.user_id)
    )
    held: dict[str, list[Grant]] = {}
    for row in await connection.execute(query):
        held.setdefault(row.user_id, []).append(grant_of(row))
    return People([Principal(user, Kind.USER, tuple(own)) for user, own in held.items()])


async def person_behind(connection: AsyncConnection, organisation: str, asker: str) -> str:
    """The id of the user who asked for something: by themselves, or by an API key of their making. It is the asker's own
    where nobody made the key, as for that of a CI job."""
    query = select(api_keys.c.made_by).where(
        api_keys.c.organisation_id == organisation, api_keys.c.id == asker
    )
    made_by = await connection.scalar(query)
    kind, _, user = (made_by or "").partition(":")
    return user if kind == Kind.USER else asker


async def address_of_member(
    connection: AsyncConnection, user: str, organisations: Collection[str]
) -> tuple[str, frozenset[str]]:
    """The address of a user who wants to hear, and those of the organisations in which they are active; empty for others."""
    query = (
        select(users.c.email, members.c.organisation_id)
        .join_from(users, members, members.c.user_id == users.c.id)
        .where(
            users.c.id == user,
            users.c.notified.is_(True),
            members.c.organisation_id.in_(organisations),
            members.c.active.is_(True),
            members.c.invited.is_(False),
        )
    )
    rows = (await connection.execute(query)).all()
    return (rows[0].email if rows else "", frozenset(row.organisation_id for row in rows))
