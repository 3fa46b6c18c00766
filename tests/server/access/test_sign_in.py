"""Signing in by password and by link, lock-out, and what an answer does not tell."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import select, update

from auterity_server.access.passwords import Passwords
from auterity_server.database.tables.attempts import attempts
from auterity_server.database.tables.audit import audit
from auterity_server.database.tables.users import users
from tests.server.access.conftest import DAY, OURS, PASSWORD, House, owner_of

SIGN_IN = "/api/v1/sign-in/password"


async def _try(house: House, email: str, password: str) -> Any:
    return await house.client.post(SIGN_IN, json={"email": email, "password": password})


async def test_a_password_signs_in(house: House) -> None:
    answer = await _try(house, "Owner@Example.com ", PASSWORD)
    tokens = answer.json()
    me = await house.me({"Authorization": f"Bearer {tokens['access_token']}"})
    assert me.json()["email"] == "owner@example.com"
    assert tokens["expires_in"] == 600
    assert answer.headers["cache-control"] == "no-store"


async def test_a_wrong_password_and_no_such_person_look_the_same(house: House) -> None:
    wrong = await _try(house, "owner@example.com", "not the password")
    nobody = await _try(house, "nobody@example.com", "not the password")
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.content == nobody.content
    assert wrong.json()["code"] == "sign-in-refused"
    assert wrong.headers["www-authenticate"] == nobody.headers["www-authenticate"] == "Bearer"


async def test_a_password_is_compared_where_there_is_no_person(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    verify = Passwords._verify

    def counted(self: Passwords, plain: str, hashed: str | None) -> bool:
        compared.append(plain)
        return verify(self, plain, hashed)

    monkeypatch.setattr(Passwords, "_verify", counted)
    await _try(house, "nobody@example.com", "one")
    await _try(house, "owner@example.com", "two")
    assert compared == ["one", "two"]


@pytest.mark.parametrize("email", ["owner@example.com", "nobody@example.com"])
async def test_more_than_72_bytes_are_told_of_whoever_it_is(house: House, email: str) -> None:
    answer = await _try(house, email, "é" * 37)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"location": "body/password", "message": "the password has more than 72 bytes"}
    ]


async def test_nobody_has_the_password_of_who_has_none(house: House) -> None:
    async with house.database.writing() as connection:
        await connection.execute(update(users).values(password=None))
    assert (await _try(house, "owner@example.com", "nobody")).status_code == 401


@pytest.mark.parametrize("email", ["owner@example.com", "nobody@example.com"])
async def test_who_guesses_waits_whoever_it_is(house: House, email: str) -> None:
    codes = [(await _try(house, email, f"guess {n}")).status_code for n in range(6)]
    assert codes == [401] * 5 + [429]
    locked = await _try(house, email, PASSWORD)
    assert locked.status_code == 429
    assert locked.headers["retry-after"] == "30"
    house.clock.at += 30_000
    expected = 200 if email.startswith("owner") else 401
    assert (await _try(house, email, PASSWORD)).status_code == expected


async def test_guesses_at_the_same_time_are_no_more_than_one_after_another(house: House) -> None:
    answers = await asyncio.gather(
        *(_try(house, "owner@example.com", f"guess {n}") for n in range(12))
    )
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 7


async def test_each_further_guess_waits_twice_as_long(house: House) -> None:
    for n in range(5):
        await _try(house, "owner@example.com", f"guess {n}")
    waits = []
    for n in range(7):
        answer = await _try(house, "owner@example.com", f"further {n}")
        waits.append(int(answer.headers["retry-after"]))
        house.clock.at += waits[-1] * 1000
        await _try(house, "owner@example.com", f"after {n}")
    assert waits == [30, 60, 120, 240, 480, 900, 900]


async def test_a_right_password_forgets_the_wrong_ones(house: House) -> None:
    for _ in range(3):
        for n in range(4):
            assert (await _try(house, "owner@example.com", f"guess {n}")).status_code == 401
        assert (await _try(house, "owner@example.com", PASSWORD)).status_code == 200


async def test_guesses_at_many_accounts_from_one_address_wait_too(house: House) -> None:
    codes = [(await _try(house, f"n{n}@example.com", "guess")).status_code for n in range(41)]
    assert codes == [401] * 40 + [429]


async def test_a_sign_in_of_ones_own_gives_back_no_other_guess(house: House) -> None:
    for n in range(39):
        await _try(house, f"n{n}@example.com", "guess")
    assert (await _try(house, "owner@example.com", PASSWORD)).status_code == 200
    assert (await _try(house, "n40@example.com", "guess")).status_code == 401
    assert (await _try(house, "n41@example.com", "guess")).status_code == 429


async def test_old_guesses_are_forgotten(house: House) -> None:
    for n in range(4):
        await _try(house, "owner@example.com", f"guess {n}")
    house.clock.at += 61 * 60_000
    codes = [(await _try(house, "owner@example.com", f"g {n}")).status_code for n in range(5)]
    assert codes == [401] * 5
    await house.access.expiry.forget()
    house.clock.at += 61 * 60_000
    await house.access.expiry.forget()
    async with house.database.reading() as connection:
        assert (await connection.execute(select(attempts))).all() == []


async def test_a_hash_of_another_cost_is_made_anew(house: House) -> None:
    old = await Passwords(5).hash(PASSWORD)
    one = users.c.id == house.users["owner"]
    async with house.database.writing() as connection:
        await connection.execute(update(users).where(one).values(password=old))
    assert (await _try(house, "owner@example.com", PASSWORD)).status_code == 200
    async with house.database.reading() as connection:
        kept = (await connection.execute(select(users.c.password).where(one))).scalar_one()
    assert kept.startswith("$2b$04$")
    assert (await _try(house, "owner@example.com", PASSWORD)).status_code == 200


async def test_a_password_is_the_same_in_both_spellings_of_unicode() -> None:
    passwords = Passwords(4)
    hashed = await passwords.hash("crème brûlée crème")
    assert await passwords.matches("cre\u0300me bru\u0302le\u0301e cre\u0300me", hashed)
    assert not await passwords.matches("creme brulee creme", hashed)


async def test_a_link_signs_in_once_and_sets_the_password(house: House) -> None:
    link = (await house.access.membership.new_link(owner_of(OURS), house.users["viewer"])).link
    chosen = {"token": link, "password": "another good password"}
    first = await house.client.post("/api/v1/sign-in/link", json=chosen)
    second = await house.client.post("/api/v1/sign-in/link", json=chosen)
    assert (first.status_code, second.status_code) == (200, 401)
    assert (await _try(house, "viewer@example.com", "another good password")).status_code == 200
    assert (await _try(house, "viewer@example.com", PASSWORD)).status_code == 401


async def test_a_new_password_ends_the_sessions_of_the_old_one(house: House) -> None:
    before = await house.sign_in("viewer")
    link = (await house.access.membership.new_link(owner_of(OURS), house.users["viewer"])).link
    await house.client.post(
        "/api/v1/sign-in/link", json={"token": link, "password": "another good password"}
    )
    assert (await house.me(before)).status_code == 401


async def _change(house: House, headers: dict[str, str], current: str, password: str) -> int:
    answer = await house.client.post(
        "/api/v1/me/password", json={"current": current, "password": password}, headers=headers
    )
    return answer.status_code


async def test_a_person_changes_their_password_and_ends_their_other_sessions(house: House) -> None:
    here, elsewhere = await house.sign_in("viewer"), await house.sign_in("viewer")
    assert await _change(house, here, PASSWORD, "another good password") == 204
    assert (await house.me(here)).status_code == 200
    assert (await house.me(elsewhere)).status_code == 401
    assert (await _try(house, "viewer@example.com", "another good password")).status_code == 200
    assert (await _try(house, "viewer@example.com", PASSWORD)).status_code == 401


async def test_a_token_that_was_found_is_no_way_to_guess_the_password(house: House) -> None:
    headers = await house.sign_in("viewer")
    codes = [await _change(house, headers, f"guess {n}", "a good password") for n in range(6)]
    assert codes == [401] * 5 + [429]
    assert (await _try(house, "viewer@example.com", PASSWORD)).status_code == 429


async def test_a_new_password_is_held_to_the_same_rules(house: House) -> None:
    headers = await house.sign_in("viewer")
    assert await _change(house, headers, PASSWORD, "short") == 422
    assert await _change(house, headers, PASSWORD, "x" * 73) == 422
    assert (await _try(house, "viewer@example.com", PASSWORD)).status_code == 200


async def test_a_bad_password_does_not_use_the_link_up(house: House) -> None:
    link = (await house.access.membership.new_link(owner_of(OURS), house.users["viewer"])).link
    for bad in ("short", "x" * 73):
        refused = await house.client.post(
            "/api/v1/sign-in/link", json={"token": link, "password": bad}
        )
        assert refused.status_code == 422
    assert (await house.client.post("/api/v1/sign-in/link", json={"token": link})).is_success


async def test_a_link_ends_by_itself_and_by_the_next_one(house: House) -> None:
    first = (await house.access.membership.new_link(owner_of(OURS), house.users["viewer"])).link
    second = (await house.access.membership.new_link(owner_of(OURS), house.users["viewer"])).link
    codes = []
    for token, passed in ((first, 0), (second, DAY)):
        house.clock.at += passed
        answer = await house.client.post("/api/v1/sign-in/link", json={"token": token})
        codes.append(answer.status_code)
    assert codes == [401, 401]


async def test_who_is_active_nowhere_cannot_sign_in(house: House) -> None:
    await house.access.membership.change(owner_of(OURS), house.users["viewer"], {"active": False})
    assert (await _try(house, "viewer@example.com", PASSWORD)).status_code == 401


async def test_the_audit_tells_of_sign_ins_and_names_nobody(house: House) -> None:
    await _try(house, "viewer@example.com", "a guess at it")
    await _try(house, "viewer@example.com", PASSWORD)
    await house.access.sign_in.settled()
    async with house.database.reading() as connection:
        mine = audit.c.noun == f"user:{house.users['viewer']}"
        rows = (await connection.execute(select(audit).where(mine).order_by(audit.c.seq))).all()
    actions = [row.action for row in rows]
    assert actions[-2:] == ["session:refused", "session:open"] or actions[-2:] == [
        "session:open",
        "session:refused",
    ]
    whole = json.dumps([row._asdict() for row in rows])
    assert "viewer@example.com" not in whole
    assert "Viewer" not in whole
    assert "127.0.0.1" not in whole
    assert "guess" not in whole


async def test_no_address_is_kept_in_clear_where_attempts_are_counted(house: House) -> None:
    await _try(house, "nobody@example.com", "guess")
    async with house.database.reading() as connection:
        subjects = (await connection.execute(select(attempts.c.subject))).scalars().all()
    assert len(subjects) == 2
    assert not any("nobody" in subject or "127.0.0.1" in subject for subject in subjects)
