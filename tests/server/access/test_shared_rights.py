"""Processes that share a Redis: what one takes away counts in the others with their next request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

import pytest

from auterity_sdk.runtime.seal_key import FILE, seal_key
from auterity_server.access.access import Access, make_access
from auterity_server.access.granting import NewGrant
from auterity_server.access.permissions import Role
from auterity_server.access.refusals import SignInRefused
from auterity_server.access.rights import REMEMBERED
from tests.server.access.conftest import OURS, House, owner_of
from tests.services.redis import Redis, running_redis


@asynccontextmanager
async def two_processes(house: House, url: str) -> AsyncIterator[tuple[Access, Access]]:
    settings = house.app.state.wiring.settings.model_copy(update={"broker_url": url})
    seal = seal_key(FILE, settings.data)
    one, other = (make_access(settings, house.database, seal, house.clock.now) for _ in range(2))
    try:
        yield one, other
    finally:
        house.app.state.access = house.access
        await one.close()
        await other.close()


async def _status(house: House, process: Access, headers: dict[str, str]) -> int:
    """What a process answers who asks for the stores of the organisation."""
    house.app.state.access = process
    path = f"/api/v1/organisations/{OURS}/stores"
    return (await house.client.get(path, headers=headers)).status_code


async def _viewer(house: House, process: Access) -> tuple[dict[str, str], str]:
    """The headers of a viewer whom the process knows, and the id of their grant."""
    headers = await house.sign_in("viewer")
    me = (await house.client.get("/api/v1/me", headers=headers)).json()
    assert await _status(house, process, headers) == HTTPStatus.OK
    return headers, me["memberships"][0]["grants"][0]["id"]


async def test_a_role_that_one_takes_counts_in_the_other_at_once(
    house: House, redis_url: str
) -> None:
    async with two_processes(house, redis_url) as (one, other):
        headers, grant = await _viewer(house, other)
        await one.granting.take(owner_of(OURS), grant)
        assert await _status(house, other, headers) == HTTPStatus.NOT_FOUND


async def test_a_session_and_a_key_that_one_ends_are_over_in_the_other_at_once(
    house: House, redis_url: str
) -> None:
    async with two_processes(house, redis_url) as (one, other):
        owner = owner_of(OURS)
        tokens = await house.tokens("viewer")
        person = {"Authorization": f"Bearer {tokens['access_token']}"}
        role = NewGrant(Role.VIEWER, "organisation", OURS)
        made = await one.api_keys.make(owner, "ci", role, None)
        program = {"Authorization": f"Bearer {made.secret}"}
        for headers in (person, program):
            assert await _status(house, other, headers) == HTTPStatus.OK
        await one.sessions.sign_out(tokens["refresh_token"])
        assert await _status(house, other, person) == HTTPStatus.UNAUTHORIZED
        assert await _status(house, other, program) == HTTPStatus.OK
        await one.api_keys.revoke(owner, made.id)
        assert await _status(house, other, program) == HTTPStatus.UNAUTHORIZED


async def test_a_redis_that_was_emptied_holds_nothing_back(
    house: House, shared_redis: Redis, redis_url: str
) -> None:
    async with two_processes(house, redis_url) as (one, other):
        headers, grant = await _viewer(house, other)
        shared_redis.empty()
        assert await _status(house, other, headers) == HTTPStatus.OK
        await one.granting.take(owner_of(OURS), grant)
        shared_redis.empty()
        assert await _status(house, other, headers) == HTTPStatus.NOT_FOUND


async def test_without_redis_a_change_counts_after_some_seconds(house: House) -> None:
    with running_redis() as redis:
        async with two_processes(house, redis.url) as (one, other):
            headers, grant = await _viewer(house, other)
            redis.kill()
            await one.granting.take(owner_of(OURS), grant)
            house.clock.at += REMEMBERED
            assert await _status(house, other, headers) == HTTPStatus.NOT_FOUND


async def test_what_changes_nobodys_rights_lets_nobody_be_looked_up_again(house: House) -> None:
    before = house.access.rights.changes
    await house.tokens("viewer")
    with pytest.raises(SignInRefused):
        await house.access.sign_in.with_password("viewer@example.com", "not that one", "::1")
    await house.access.sign_in.settled()
    assert house.access.rights.changes == before
