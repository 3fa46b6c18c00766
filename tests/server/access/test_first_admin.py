"""A new server: its first owner comes by a link, and an owner may found a second organisation."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select, update

from auterity_server.access.permissions import Role
from auterity_server.access.principal import Grant, Kind, Place, Principal
from auterity_server.access.refusals import NotAllowed
from auterity_server.database.tables.audit import audit
from auterity_server.database.tables.organisations import organisations
from auterity_server.database.tables.users import users
from auterity_server.wiring import Wiring
from tests.server.access.conftest import OURS, STORE, House

ADMIN = "admin@localhost"


async def _organisation(wiring: Wiring, id: str) -> None:
    async with wiring.database.writing() as connection:
        await connection.execute(
            insert(organisations).values(id=id, name=id.replace("_", "-"), title="A", created_at=1)
        )


async def test_the_first_link_makes_an_owner_and_each_start_a_new_link(wiring: Wiring) -> None:
    await _organisation(wiring, "org_first")
    access = wiring.access
    first = await access.first_admin.link("org_first", ADMIN, "Admin")
    second = await access.first_admin.link("org_first", ADMIN, "Admin")
    assert first is not None
    assert second is not None
    issued = await access.sign_in.with_link(second, "a password of mine")
    principal = await access.door.authenticator.principal(issued.access)
    assert principal.grants == (Grant(Role.OWNER, Place("org_first")),)
    with pytest.raises(Exception, match="does not sign anybody in"):
        await access.sign_in.with_link(first, None)
    assert await access.first_admin.link("org_first", ADMIN, "Admin") is None
    async with wiring.database.reading() as connection:
        actors = (await connection.execute(select(audit.c.actor).order_by(audit.c.seq))).scalars()
    assert next(iter(actors)) == "server"


async def test_a_server_where_somebody_has_a_password_gives_no_link(house: House) -> None:
    assert await house.access.first_admin.link(OURS, "other@localhost", "Other") is None
    async with house.database.writing() as connection:
        await connection.execute(update(users).values(password=None))
    assert await house.access.first_admin.link(OURS, "other@localhost", "Other") is not None


async def _founded(house: House, by: Principal, organisation: str) -> None:
    async with house.database.writing() as connection:
        await connection.execute(
            insert(organisations).values(
                id=organisation, name=organisation.replace("_", "-"), title="A", created_at=1
            )
        )
        await house.access.membership.make_owner(connection, by, organisation)


async def test_an_owner_founds_a_second_organisation_and_acts_in_it_at_once(house: House) -> None:
    headers = await house.sign_in("owner")
    await house.me(headers)
    owner = Principal(house.users["owner"], Kind.USER, (Grant(Role.OWNER, Place(OURS)),))
    await _founded(house, owner, "org_second")
    answer = await house.client.get("/api/v1/organisations/org_second/users", headers=headers)
    assert [item["email"] for item in answer.json()["items"]] == ["owner@example.com"]


@pytest.mark.parametrize(
    ("kind", "grant"),
    [
        (Kind.USER, Grant(Role.DEVELOPER, Place(OURS))),
        (Kind.USER, Grant(Role.OWNER, Place(OURS, STORE))),
        (Kind.API_KEY, Grant(Role.OWNER, Place(OURS))),
    ],
)
async def test_nobody_else_founds_one(house: House, kind: Kind, grant: Grant) -> None:
    with pytest.raises(NotAllowed):
        await _founded(house, Principal("somebody", kind, (grant,)), "org_second")
