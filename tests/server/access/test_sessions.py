"""Refresh tokens that are good once, sessions that end as a whole, and rights that count at once."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import select

from auterity_server.access.secret_texts import SecretKind, digest, new_secret
from auterity_server.database.tables.audit import audit
from auterity_server.database.tables.refresh_tokens import refresh_tokens
from auterity_server.database.tables.sessions import sessions
from tests.server.access.conftest import DAY, OURS, House, owner_of


async def _refresh(house: House, token: str) -> Any:
    return await house.client.post("/api/v1/tokens/refresh", json={"refresh_token": token})


def _bearer(tokens: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


async def test_a_refresh_token_gives_the_next_pair(house: House) -> None:
    first = await house.tokens("owner")
    second = (await _refresh(house, first["refresh_token"])).json()
    third = (await _refresh(house, second["refresh_token"])).json()
    assert len({t["refresh_token"] for t in (first, second, third)}) == 3
    assert (await house.me(_bearer(third))).status_code == 200


async def test_a_refresh_token_that_is_used_again_ends_the_session(house: House) -> None:
    first = await house.tokens("owner")
    second = (await _refresh(house, first["refresh_token"])).json()
    again = await _refresh(house, first["refresh_token"])
    assert (again.status_code, again.json()["code"]) == (401, "sign-in-refused")
    assert (await _refresh(house, second["refresh_token"])).status_code == 401
    assert (await house.me(_bearer(second))).status_code == 401
    async with house.database.reading() as connection:
        why = (await connection.execute(select(sessions.c.why_ended))).scalars().all()
        told = select(audit.c.details).where(audit.c.action == "session:end")
        details = (await connection.execute(told)).scalars().all()
    assert why[-1] == "reuse"
    assert details[-1] == {"why": "reuse"}


async def test_other_sessions_of_the_person_go_on(house: House) -> None:
    stolen, other = await house.tokens("owner"), await house.tokens("owner")
    await _refresh(house, stolen["refresh_token"])
    await _refresh(house, stolen["refresh_token"])
    assert (await house.me(_bearer(other))).status_code == 200


async def test_of_two_uses_at_the_same_time_one_counts_at_most(house: House) -> None:
    tokens = await house.tokens("owner")
    answers = await asyncio.gather(*(_refresh(house, tokens["refresh_token"]) for _ in range(4)))
    good = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(good) == 1
    assert (await house.me(_bearer(good[0]))).status_code == 401


async def test_a_refresh_token_ends_by_itself(house: House) -> None:
    tokens = await house.tokens("owner")
    house.clock.at += 31 * DAY
    assert (await _refresh(house, tokens["refresh_token"])).status_code == 401


async def test_a_session_ends_however_often_it_is_renewed(house: House) -> None:
    tokens = await house.tokens("owner")
    codes = []
    for _ in range(5):
        house.clock.at += 20 * DAY
        answer = await _refresh(house, tokens["refresh_token"])
        codes.append(answer.status_code)
        tokens = answer.json()
    assert codes == [200, 200, 200, 200, 401]


async def test_a_made_up_refresh_token_is_refused(house: House) -> None:
    for token in (new_secret(SecretKind.REFRESH), "aut_rt_", "é", "x" * 4096):
        assert (await _refresh(house, token)).status_code == 401


async def test_signing_out_counts_at_once_and_twice_is_no_error(house: House) -> None:
    tokens = await house.tokens("owner")
    for _ in range(2):
        answer = await house.client.post(
            "/api/v1/sign-out", json={"refresh_token": tokens["refresh_token"]}
        )
        assert answer.status_code == 204
    assert (await house.me(_bearer(tokens))).status_code == 401
    assert (await _refresh(house, tokens["refresh_token"])).status_code == 401


async def test_a_removed_member_is_out_at_once(house: House) -> None:
    tokens = await house.tokens("viewer")
    await house.access.membership.remove(owner_of(OURS), house.users["viewer"])
    assert (await house.me(_bearer(tokens))).status_code == 401
    assert (await _refresh(house, tokens["refresh_token"])).status_code == 401


async def test_no_token_is_in_the_database_in_clear(house: House) -> None:
    tokens = await house.tokens("owner")
    async with house.database.reading() as connection:
        whole = str((await connection.execute(select(refresh_tokens))).all())
    assert tokens["refresh_token"] not in whole
    assert tokens["refresh_token"].removeprefix("aut_rt_")[:12] not in whole


async def test_a_used_token_is_known_as_long_as_it_would_be_good(house: House) -> None:
    first = await house.tokens("owner")
    second = (await _refresh(house, first["refresh_token"])).json()
    house.clock.at += 29 * DAY
    await house.access.expiry.forget()
    third = (await _refresh(house, second["refresh_token"])).json()
    house.clock.at += 2 * DAY
    await house.access.expiry.forget()
    async with house.database.reading() as connection:
        kept = (
            select(refresh_tokens.c.digest)
            .join(sessions)
            .where(sessions.c.user_id == house.users["owner"], sessions.c.ended_at.is_(None))
        )
        known = set((await connection.execute(kept)).scalars())
    assert known == {digest(third["refresh_token"])}


async def test_what_is_over_is_forgotten_a_week_later(house: House) -> None:
    tokens = await house.tokens("owner")
    await house.client.post("/api/v1/sign-out", json={"refresh_token": tokens["refresh_token"]})
    kept = await house.tokens("viewer")
    house.clock.at += 8 * DAY
    await house.access.expiry.forget()
    async with house.database.reading() as connection:
        people = set((await connection.execute(select(sessions.c.user_id))).scalars())
    assert house.users["owner"] not in people
    assert (await _refresh(house, kept["refresh_token"])).status_code == 200
