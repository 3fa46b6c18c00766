"""Who asked a moment ago is remembered: a change here counts at once, one of another process after some seconds."""

from __future__ import annotations

import pytest

from auterity_server.access.access import Access
from auterity_server.access.permissions import Permission, Role
from auterity_server.access.principal import Grant, Kind, Place, Principal
from auterity_server.access.refusals import NotSignedIn
from auterity_server.access.rights import REMEMBERED, Rights
from auterity_server.access.sessions import How
from tests.server.access.conftest import OURS, House, grow_old, other_process, owner_of

READS = Permission.RUNS_READ


async def _who(access: Access, token: str) -> Principal:
    return await access.door.authenticator.principal(token)


async def _token(house: House, name: str) -> str:
    return (await house.sign_in(name))["Authorization"].removeprefix("Bearer ")


async def _grant_of(house: House, name: str) -> str:
    listed = await house.client.get(
        f"/api/v1/organisations/{OURS}/grants",
        params={"user": house.users[name]},
        headers=await house.sign_in("owner"),
    )
    return str(listed.json()["items"][0]["id"])


async def test_a_role_that_is_taken_counts_no_more_at_once(house: House) -> None:
    token, grant = await _token(house, "viewer"), await _grant_of(house, "viewer")
    assert (await _who(house.access, token)).may(READS, Place(OURS))
    await house.access.granting.take(owner_of(OURS), grant)
    assert not (await _who(house.access, token)).may(READS, Place(OURS))


async def test_a_change_of_another_process_counts_after_some_seconds(house: House) -> None:
    token, grant = await _token(house, "viewer"), await _grant_of(house, "viewer")
    other = other_process(house)
    assert (await _who(other, token)).may(READS, Place(OURS))
    await house.access.granting.take(owner_of(OURS), grant)
    house.clock.at += REMEMBERED
    assert not (await _who(other, token)).may(READS, Place(OURS))


async def test_a_session_that_another_process_ended_ends_after_some_seconds(house: House) -> None:
    tokens = await house.tokens("viewer")
    other = other_process(house)
    await _who(other, tokens["access_token"])
    await house.access.sessions.sign_out(tokens["refresh_token"])
    house.clock.at += REMEMBERED
    with pytest.raises(NotSignedIn):
        await _who(other, tokens["access_token"])


async def test_tokens_of_each_process_are_good_for_the_others(house: House) -> None:
    other = other_process(house)
    first = await house.access.signing_keys.current()
    await grow_old(house)
    async with house.database.writing() as connection:
        opened = await other.sessions.open(connection, house.users["viewer"], How.PASSWORD)
    issued = await other.sessions.issue(opened)
    made = await other.signing_keys.current()
    assert made.kid != first.kid
    assert (await _who(house.access, issued.access)).id == house.users["viewer"]


class _Moment:
    at = 0

    def now(self) -> int:
        return self.at


FOUND = Principal("u", Kind.USER, (Grant(Role.VIEWER, Place(OURS)),))


def _rights() -> tuple[Rights, _Moment]:
    moment = _Moment()
    return Rights(None, moment.now), moment  # type: ignore[arg-type]


def test_what_was_looked_up_while_rights_changed_is_not_remembered() -> None:
    rights, _ = _rights()
    before = rights.changes
    rights.forget()
    rights.remember("u", FOUND, 10**9, before)
    assert rights.remembered("u") is None
    rights.remember("u", FOUND, 10**9, rights.changes)
    assert rights.remembered("u") is FOUND


def test_nobody_is_remembered_longer_than_their_credentials_are_good() -> None:
    rights, moment = _rights()
    rights.remember("u", FOUND, 1_000, rights.changes)
    moment.at = 999
    assert rights.remembered("u") is FOUND
    moment.at = 1_000
    assert rights.remembered("u") is None
