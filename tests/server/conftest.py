"""A real server on loopback, in a thread of its own; and its parts, for tests that look inside."""

import asyncio
import io
import secrets
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest

from auterity_server.access.granting import NewGrant, write_grant
from auterity_server.access.links import Links
from auterity_server.access.membership import add_member, add_user
from auterity_server.access.permissions import Role
from auterity_server.access.principal import Kind, Place
from auterity_server.beginning import ENVIRONMENTS
from auterity_server.database.places import PlacesOf, add_organisation
from auterity_server.serve import Server
from auterity_server.settings import Settings
from auterity_server.wiring import Wiring, wire

Given = TypeVar("Given")


@dataclass
class RunningServer:
    url: str
    wiring: Wiring
    _loop: asyncio.AbstractEventLoop

    def do(self, coroutine: Coroutine[Any, Any, Given]) -> Given:
        """Run a coroutine in the server's own loop: its stores belong to that thread."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(20)


MANY = {"requests_per_minute": 10**6, "public_requests_per_minute": 10**6}
"""All tests come from one address."""


def settings_for(folder: Path, **more: object) -> Settings:
    return Settings.model_validate({"data": folder, "port": 0, "bcrypt_cost": 4, **MANY, **more})


def _under_way(loop: asyncio.AbstractEventLoop) -> str:
    """Where each task of a server is."""
    found = io.StringIO()
    for task in asyncio.all_tasks(loop):
        task.print_stack(file=found)
    return found.getvalue()


@contextmanager
def running(settings: Settings) -> Iterator[RunningServer]:
    wiring = wire(settings)
    server = Server(wiring)
    loops: list[asyncio.AbstractEventLoop] = []

    async def work() -> None:
        loops.append(asyncio.get_running_loop())
        await server.work()

    thread = threading.Thread(target=lambda: asyncio.run(work()), daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server ended before it began"
        thread.join(0.01)
    try:
        host, bound = server.bound.getsockname()[:2]
        yield RunningServer(f"http://{host}:{bound}", wiring, loops[0])
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive(), f"the server did not stop:\n{_under_way(loops[0])}"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def start_server() -> Callable[..., object]:
    """`with start_server(settings) as server:` for tests that start one more than once, or with other settings."""
    return running


@pytest.fixture
def server(data: Path) -> Iterator[RunningServer]:
    with running(settings_for(data)) as found:
        yield found


PASSWORD = "correct horse battery"


class Caller(httpx2.Client):
    """Somebody who is signed in: paths are below /api/v1."""

    def __init__(self, server: RunningServer, token: str) -> None:
        super().__init__(
            base_url=f"{server.url}/api/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=20,
            verify=False,
        )

    def known(self, path: str, **asked: Any) -> Any:
        """What a GET gives, which has to be right."""
        found = self.get(path, params=asked)
        assert found.status_code == 200, found.text
        return found.json()

    def done(self, path: str, json: Any, status: int = 200, **more: Any) -> Any:
        """What a POST gives, which has to be of that status."""
        found = self.post(path, json=json, **more)
        assert found.status_code == status, found.text
        return found.json()


def sign_in(server: RunningServer, link: str) -> Caller:
    given = {"token": link, "password": PASSWORD}
    with Caller(server, "none") as stranger:
        return Caller(server, stranger.done("/sign-in/link", given)["access_token"])


@dataclass
class Owned:
    """The owner of the first organisation, and where things are in it."""

    owner: Caller
    organisation: str
    staging: str
    production: str
    invited: list[Caller] = field(default_factory=list)

    def invite(
        self,
        server: RunningServer,
        role: str,
        *,
        scope: tuple[str, str] | None = None,
        business_roles: tuple[str, ...] = (),
        email: str = "",
    ) -> Caller:
        """Somebody else, who has that role in the organisation, or in another scope."""
        kind, place = scope or ("organisation", self.organisation)
        asked = {
            "email": email or f"{role}-{secrets.token_hex(4)}@group.example",
            "name": role,
            "role": role,
            "scope": {"kind": kind, "id": place},
            "business_roles": business_roles,
        }
        made = self.owner.done(f"/organisations/{self.organisation}/users", asked, 201)
        self.invited.append(sign_in(server, made["sign_in_link"].partition("#")[2]))
        return self.invited[-1]


@pytest.fixture(scope="session")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all tests of a process that do not stop it; each has an organisation of its own there."""
    folder = tmp_path_factory.mktemp("hosted") / "data"
    # On a Tuesday morning, when customers may be texted.
    with running(settings_for(folder, now="2026-11-24T15:00:00Z")) as found:
        yield found


@pytest.fixture
def owned(hosted: RunningServer) -> Iterator[Owned]:
    """A new organisation on the shared server, with its owner."""
    found = hosted.do(new_organisation(hosted.wiring))
    with owner_of(hosted, found) as owned:
        yield owned


@pytest.fixture
def another(hosted: RunningServer) -> Iterator[Owned]:
    """A second organisation there."""
    found = hosted.do(new_organisation(hosted.wiring))
    with owner_of(hosted, found) as owned:
        yield owned


@contextmanager
def owner_of(server: RunningServer, link: str) -> Iterator[Owned]:
    with sign_in(server, link) as owner:
        organisation = owner.known("/me")["memberships"][0]["organisation"]["id"]
        found = owner.known(f"/organisations/{organisation}/environments")["items"]
        by_name = {each["name"]: each["id"] for each in found}
        owned = Owned(owner, organisation, by_name["staging"], by_name["production"])
        yield owned
        for caller in owned.invited:
            caller.close()


async def new_organisation(wiring: Wiring) -> str:
    """One more organisation with its owner: the token of the owner's link."""
    now, word = wiring.clock.now(), secrets.token_hex(4)
    links = Links(wiring.settings.link_lifetime.milliseconds, wiring.clock.now)
    async with wiring.database.writing() as connection:
        made = await add_organisation(connection, f"group-{word}", word, now)
        assert made is not None
        for name in ENVIRONMENTS:
            here = PlacesOf(connection, made.id)
            await here.add_environment(name, None, now, protected=False)
        user = await add_user(connection, f"owner-{word}@group.example", now)
        await add_member(connection, made.id, user, "Owner", now)
        owns = NewGrant(Role.OWNER, "organisation", made.id)
        await write_grant(connection, "test", Kind.USER, user, owns, Place(made.id), now)
        return await links.make(connection, user, "test")


@pytest.fixture
async def wiring(data: Path) -> AsyncIterator[Wiring]:
    """The parts of a server without its socket, in the test's own loop."""
    made = wire(settings_for(data))
    async with made.running():
        yield made
