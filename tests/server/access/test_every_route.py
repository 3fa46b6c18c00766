"""Every route, asked for as every role: all answers are as the table in `docs/reference/permissions.md` says.

The routes are read from the application. One that has no row in the table fails here, and one without any access
check lets no server start.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI

from auterity_sdk.errors import InternalError
from auterity_server.access.guard import Guard, allowed, public, signed_in
from auterity_server.access.guarded_routes import guarded_routes
from auterity_server.access.permissions import Permission, Role
from auterity_server.access.principal import Principal
from tests.server.access.conftest import (
    LIVE,
    OURS,
    STAGING,
    STORE,
    THEIR_LIVE,
    THEIR_STORE,
    THEIRS,
    House,
)

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "permissions.md"
IDS = {"organisation_id": OURS, "store_id": STORE, "environment_id": LIVE}
THEIR_IDS = {"organisation_id": THEIRS, "store_id": THEIR_STORE, "environment_id": THEIR_LIVE}
REFUSED = {401, 403}


def _table() -> dict[str, list[str]]:
    """The rows of the last table of the page, by `METHOD /path`."""
    text = PAGE.read_text(encoding="utf-8").partition("<!-- generated: routes -->")[2]
    rows = re.findall(r"^\| `([A-Z]+ /[^`]*)` \|(.*)\|$", text, re.MULTILINE)
    return {route: [cell.strip() for cell in rest.split("|")] for route, rest in rows}


def _path(route: str, ids: dict[str, str]) -> tuple[str, str]:
    """The method and the path, with the places filled in, and things that are not there for the rest."""
    method, _, path = route.partition(" ")
    return method, re.sub(r"\{(\w+)(:\w+)?\}", lambda found: ids.get(found[1], "nothing"), path)


async def _status(house: House, route: str, headers: dict[str, str], ids: dict[str, str]) -> int:
    method, path = _path(route, ids)
    # Nothing that could be done by it: what the guard lets through ends at the empty body.
    body = {"json": {"unknown": 1}} if method in {"POST", "PUT", "PATCH"} else {}
    answer = await house.client.request(method, path, headers=headers, **body)
    assert answer.status_code < 500, (route, answer.text)
    return answer.status_code


async def _key(house: House, role: Role) -> dict[str, str]:
    made = await house.client.post(
        f"/api/v1/organisations/{OURS}/api-keys",
        json={"name": "K", "role": role, "scope": {"kind": "organisation", "id": OURS}},
        headers=await house.sign_in("owner"),
    )
    return {"Authorization": f"Bearer {made.json()['secret']}"}


def _may(cell: str, role: Role) -> bool:
    return cell == "everybody" or role in cell.split(", ")


async def test_every_route_has_a_row_and_every_row_a_route(house: House) -> None:
    routes = {f"{route.method} {route.path}" for route in guarded_routes(house.app)}
    assert routes == set(_table())


async def test_nobody_is_let_in_without_credentials(house: House) -> None:
    for route, (needs, *_) in _table().items():
        house.clock.at += 60_000  # so that there are never too many requests of a stranger
        status = await _status(house, route, {}, IDS)
        assert (status == 401) == (needs != "nothing") or "/sign-in" in route, route
        wrong = await _status(house, route, {"Authorization": "Bearer x"}, IDS)
        assert (wrong == 401) == (needs != "nothing") or "/sign-in" in route, route


@pytest.mark.parametrize("role", Role)
async def test_every_route_as_every_role(house: House, role: Role) -> None:
    headers = await house.sign_in(role)
    for route, (needs, _, people, _) in _table().items():
        if needs != "nothing":
            status = await _status(house, route, headers, IDS)
            assert (status not in REFUSED) == _may(people, role), (route, role, status)


@pytest.mark.parametrize("role", Role)
async def test_every_route_as_an_api_key_of_every_role(house: House, role: Role) -> None:
    key = await _key(house, role)
    for route, (needs, _, _, keys) in _table().items():
        if needs != "nothing":
            status = await _status(house, route, key, IDS)
            assert (status not in REFUSED) == _may(keys, role), (route, role, status)


async def test_no_route_shows_anything_of_another_tenant(house: House) -> None:
    stranger, owner = await house.sign_in("stranger"), await house.sign_in("owner")
    for route in _table():
        if any(f"{{{name}}}" in route for name in IDS):
            assert await _status(house, route, stranger, IDS) == 404, route
            assert await _status(house, route, owner, THEIR_IDS) == 404, route


async def test_no_route_shows_anything_of_another_store(house: House) -> None:
    """Who has a role in one environment: 404 for the others, 403 or less for what lies around."""
    pilot = await house.sign_in("pilot")
    for route in _table():
        if "{environment_id}" in route:
            assert await _status(house, route, pilot, IDS) == 404, route
            assert await _status(house, route, pilot, IDS | {"environment_id": STAGING}) != 404 or (
                "{" in route.partition("{environment_id}")[2]
            ), route


@pytest.mark.parametrize(
    ("guards", "said"),
    [
        ([], "0 guards"),
        ([Depends(public()), Depends(signed_in())], "2 guards"),
        ([Depends(allowed(Permission.RUNS_READ))], "names no place"),
    ],
)
def test_a_route_that_is_not_guarded_once_lets_no_application_be(
    guards: list[Any], said: str
) -> None:
    app = FastAPI(docs_url=None, redoc_url=None)

    @app.get("/thing", dependencies=guards)
    async def thing() -> None: ...

    with pytest.raises(InternalError, match=said):
        guarded_routes(app)


def test_a_guard_is_found_wherever_it_is_declared() -> None:
    app = FastAPI(docs_url=None, redoc_url=None)

    async def inner(_: Annotated[Principal, Depends(signed_in())]) -> None: ...

    @app.get("/thing", dependencies=[Depends(inner)])
    async def thing() -> None: ...

    (route,) = guarded_routes(app)
    assert isinstance(route.guard, Guard)
