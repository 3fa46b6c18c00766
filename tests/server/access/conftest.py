"""Two organisations with people in every role, behind the real application and a clock that is moved by hand."""

from __future__ import annotations

import asyncio
import dataclasses
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import insert, update

from auterity_sdk.runtime.seal_key import FILE, seal_key
from auterity_server.access.access import Access, make_access
from auterity_server.access.granting import NewGrant
from auterity_server.access.permissions import Role
from auterity_server.access.principal import Grant, Kind, Place, Principal
from auterity_server.access.sessions import How
from auterity_server.access.signing_keys import AGE
from auterity_server.app import create_app
from auterity_server.database.database import Database
from auterity_server.database.tables.environments import environments
from auterity_server.database.tables.organisations import organisations
from auterity_server.database.tables.signing_keys import signing_keys
from auterity_server.database.tables.stores import stores
from auterity_server.settings import Settings
from auterity_server.wiring import wire

PASSWORD = "correct horse battery staple"
OURS, THEIRS = "org_ours", "org_theirs"
STORE, STAGING, LIVE, CENTRAL = "sto_one", "env_staging", "env_live", "env_central"
OTHER_STORE, OTHER_LIVE = "sto_two", "env_two"
THEIR_STORE, THEIR_LIVE = "sto_theirs", "env_theirs"
DAY = 86_400_000

PLACES = {
    OURS: [(STORE, (STAGING, LIVE)), (OTHER_STORE, (OTHER_LIVE,)), (None, (CENTRAL,))],
    THEIRS: [(THEIR_STORE, (THEIR_LIVE,))],
}


class Clock:
    """Begins now, since tokens are read with the time of this machine."""

    def __init__(self) -> None:
        self.at = time.time_ns() // 1_000_000

    def now(self) -> int:
        return self.at


@dataclasses.dataclass
class House:
    """The application, and who is who in it. `users` are ids by the name before `@` in an e-mail address."""

    app: Any
    client: httpx2.AsyncClient
    access: Access
    database: Database
    clock: Clock
    users: dict[str, str]

    async def sign_in(self, name: str) -> dict[str, str]:
        """The headers of a person who signed in."""
        async with self.database.writing() as connection:
            opened = await self.access.sessions.open(connection, self.users[name], How.PASSWORD)
        issued = await self.access.sessions.issue(opened)
        return {"Authorization": f"Bearer {issued.access}"}

    async def tokens(self, name: str) -> dict[str, Any]:
        """A sign-in over the API."""
        answer = await self.client.post(
            "/api/v1/sign-in/password", json={"email": f"{name}@example.com", "password": PASSWORD}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def me(self, headers: dict[str, str]) -> httpx2.Response:
        return await self.client.get("/api/v1/me", headers=headers)


def other_process(house: House) -> Access:
    """Access as another process of the same database has it."""
    settings = house.app.state.wiring.settings
    return make_access(settings, house.database, seal_key(FILE, settings.data), house.clock.now)


async def grow_old(house: House) -> None:
    """Let the key that signs be as old as a key may be."""
    async with house.database.writing() as connection:
        await connection.execute(update(signing_keys).values(made_at=house.clock.at - AGE))


def owner_of(organisation: str) -> Principal:
    place = Place(organisation)
    return Principal("test", Kind.USER, (Grant(Role.OWNER, place),), None, place)


def house_settings(folder: Path, **more: object) -> Settings:
    return Settings.model_validate({"data": folder, "port": 0, "bcrypt_cost": 4, **more})


async def _found(database: Database, organisation: str) -> None:
    async with database.writing() as connection:
        await connection.execute(
            insert(organisations).values(
                id=organisation, name=organisation.replace("_", "-"), title="A", created_at=1
            )
        )
        for store, inside in PLACES[organisation]:
            if store is not None:
                await connection.execute(
                    insert(stores).values(
                        id=store,
                        organisation_id=organisation,
                        name=store.replace("_", "-"),
                        title="S",
                        created_at=1,
                    )
                )
            for environment in inside:
                await connection.execute(
                    insert(environments).values(
                        id=environment,
                        organisation_id=organisation,
                        store_id=store,
                        place=store or "",
                        name=environment.replace("_", "-"),
                        protected=False,
                        created_at=1,
                    )
                )


async def _people(access: Access, organisation: str, names: dict[str, NewGrant]) -> dict[str, str]:
    users = {}
    for name, grant in names.items():
        invited = await access.membership.invite(
            owner_of(organisation), f"{name}@example.com", name.title(), grant
        )
        assert invited.link is not None
        await access.sign_in.choose_password(invited.link, PASSWORD)
        users[name] = invited.user
    return users


async def furnish(settings: Settings) -> dict[str, str]:
    """Make the database that every test begins with a copy of."""
    wiring = wire(settings)
    await wiring.database.migrate()
    for organisation in PLACES:
        await _found(wiring.database, organisation)
    await wiring.access.signing_keys.current()
    whole = {
        str(role): NewGrant(
            role, "organisation", OURS, ("sales_manager",) * (role is Role.APPROVER)
        )
        for role in Role
    }
    users = await _people(wiring.access, OURS, whole)
    users |= await _people(
        wiring.access,
        OURS,
        {
            "storekeeper": NewGrant(Role.OWNER, "store", STORE),
            "pilot": NewGrant(Role.DEVELOPER, "environment", STAGING),
        },
    )
    users |= await _people(
        wiring.access, THEIRS, {"stranger": NewGrant(Role.OWNER, "organisation", THEIRS)}
    )
    await wiring.database.close()
    return users


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("furnished") / "data"
    return folder, asyncio.run(furnish(house_settings(folder)))


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """Made once, since its many routes take long; its parts are put in anew for each test."""
    return create_app(wire(house_settings(tmp_path_factory.mktemp("application") / "data")))


@pytest.fixture
async def house(
    tmp_path: Path, furnished: tuple[Path, dict[str, str]], application: FastAPI
) -> AsyncIterator[House]:
    template, users = furnished
    folder = tmp_path / "data"
    shutil.copytree(template, folder)
    async with open_house(house_settings(folder), users, application) as found:
        yield found


@asynccontextmanager
async def open_house(
    settings: Settings, users: dict[str, str], application: FastAPI
) -> AsyncIterator[House]:
    clock, wiring = Clock(), wire(settings)
    access = make_access(settings, wiring.database, seal_key(FILE, settings.data), clock.now)
    wiring = dataclasses.replace(wiring, access=access)
    application.state.wiring, application.state.access = wiring, access
    async with (
        wiring.running(),
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=application), base_url="http://auterity.test"
        ) as client,
    ):
        yield House(application, client, access, wiring.database, clock, users)
