"""The guard before a route: 401 without credentials, 404 for what one does not see, 403 for what one may not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Annotated

import httpx2
import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse

from auterity_server.access.guard import Door, allowed, signed_in
from auterity_server.access.permissions import Permission, Role
from auterity_server.access.principal import Grant, Kind, Place, Principal
from auterity_server.access.rates import MemoryRates, per_minute
from auterity_server.access.refusals import NotSignedIn, Refusal

RATE = per_minute(1_000)

TREE = {
    ("organisation", "o1"): Place("o1"),
    ("store", "s1"): Place("o1", "s1"),
    ("environment", "e1"): Place("o1", "s1", "e1"),
    ("environment", "e2"): Place("o1", "s1", "e2"),
    ("organisation", "o2"): Place("o2"),
    ("environment", "f1"): Place("o2", None, "f1"),
}
PEOPLE = {
    "owner": Principal("owner", Kind.USER, (Grant(Role.OWNER, Place("o1")),)),
    "viewer": Principal("viewer", Kind.USER, (Grant(Role.VIEWER, Place("o1", "s1", "e1")),)),
    "stranger": Principal("stranger", Kind.USER, (Grant(Role.OWNER, Place("o2")),)),
}


class _Tree:
    async def find(self, kind: str, id: str) -> Place | None:
        return TREE.get((kind, id))


class _People:
    changes = 0

    async def principal(self, credentials: str) -> Principal:
        if credentials not in PEOPLE:
            raise NotSignedIn
        return PEOPLE[credentials]

    async def again(self, principal: Principal) -> Principal:
        return principal


async def _refused(request: Request, refusal: Refusal) -> JSONResponse:
    return JSONResponse({"code": refusal.code}, refusal.status, refusal.headers)


def _app() -> FastAPI:
    app = FastAPI()
    app.state.access = SimpleNamespace(
        door=Door(_People(), _Tree(), MemoryRates(lambda: 0), RATE, RATE)
    )
    app.add_exception_handler(Refusal, _refused)  # type: ignore[arg-type]

    @app.post("/environments/{environment_id}/runs")
    async def start(
        principal: Annotated[Principal, Depends(allowed(Permission.RUNS_START))],
    ) -> str:
        return f"{principal.actor} in {principal.place}"

    @app.get("/organisations/{organisation_id}/stores")
    async def stores(
        principal: Annotated[
            Principal, Depends(allowed(Permission.ORGANISATION_READ, within=True))
        ],
    ) -> str:
        return principal.organisation

    @app.get("/organisations/{organisation_id}/environments/{environment_id}")
    async def environment(
        principal: Annotated[Principal, Depends(allowed(Permission.ORGANISATION_READ))],
    ) -> str:
        return principal.organisation

    @app.get("/me")
    async def me(principal: Annotated[Principal, Depends(signed_in())]) -> str:
        return principal.actor

    return app


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=_app())
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


async def _status(client: httpx2.AsyncClient, who: str | None, method: str, path: str) -> int:
    headers = {} if who is None else {"Authorization": f"Bearer {who}"}
    return (await client.request(method, path, headers=headers)).status_code


@pytest.mark.parametrize(
    ("who", "method", "path", "status"),
    [
        (None, "POST", "/environments/e1/runs", 401),
        ("nobody", "POST", "/environments/e1/runs", 401),
        ("owner", "POST", "/environments/e1/runs", 200),
        ("owner", "POST", "/environments/none/runs", 404),
        ("owner", "POST", "/environments/f1/runs", 404),
        ("viewer", "POST", "/environments/e1/runs", 403),
        ("viewer", "POST", "/environments/e2/runs", 404),
        ("viewer", "GET", "/organisations/o1/stores", 200),
        ("stranger", "GET", "/organisations/o1/stores", 404),
        ("stranger", "POST", "/environments/e1/runs", 404),
        ("owner", "GET", "/organisations/o1/environments/e1", 200),
        ("stranger", "GET", "/organisations/o2/environments/f1", 200),
        ("stranger", "GET", "/organisations/o2/environments/e1", 404),
        ("owner", "GET", "/organisations/o1/environments/f1", 404),
        ("stranger", "GET", "/me", 200),
        (None, "GET", "/me", 401),
    ],
)
async def test_the_guard_refuses(
    client: httpx2.AsyncClient, who: str | None, method: str, path: str, status: int
) -> None:
    assert await _status(client, who, method, path) == status


async def test_the_principal_knows_where_it_acts(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/environments/e1/runs", headers={"Authorization": "Bearer owner"})
    assert "user:owner in Place(organisation='o1', store='s1', environment='e1')" in answer.text


async def test_who_is_not_signed_in_is_told_how(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/me")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_another_tenants_thing_and_no_thing_look_the_same(
    client: httpx2.AsyncClient,
) -> None:
    headers = {"Authorization": "Bearer owner"}
    theirs = await client.post("/environments/f1/runs", headers=headers)
    nobodys = await client.post("/environments/none/runs", headers=headers)
    assert (theirs.status_code, theirs.content) == (nobodys.status_code, nobodys.content)
