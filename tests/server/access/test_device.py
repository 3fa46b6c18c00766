"""The device flow: a terminal asks, a person approves or denies, by the API or on the page."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from sqlalchemy import delete, select

from auterity_server.database.tables.audit import audit
from auterity_server.database.tables.device_codes import device_codes
from auterity_server.database.tables.grants import grants
from tests.server.access.conftest import OURS, PASSWORD, STAGING, House, owner_of

OWNER = {"email": "owner@example.com", "password": PASSWORD}


async def _start(house: House, client: str = "auterity on dana-mac") -> dict[str, Any]:
    answer = await house.client.post("/api/v1/device/start", json={"client": client})
    assert answer.status_code == 200
    return answer.json()


async def _poll(house: House, started: dict[str, Any]) -> dict[str, Any]:
    answer = await house.client.post(
        "/api/v1/device/poll", json={"device_code": started["device_code"]}
    )
    assert answer.status_code == 200
    return answer.json()


async def _answer(
    house: House, started: dict[str, Any], name: str, *, approved: bool, later: int = 0
) -> int:
    headers = await house.sign_in(name)
    house.clock.at += later
    answer = await house.client.post(
        "/api/v1/device/approve",
        json={"user_code": started["user_code"], "approved": approved},
        headers=headers,
    )
    return answer.status_code


async def test_a_device_signs_in_when_a_person_approves(house: House) -> None:
    started = await _start(house)
    assert re.fullmatch(
        r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", started["user_code"]
    )
    assert started["verification_uri"] == "http://auterity.test/device"
    assert (await _poll(house, started))["status"] == "pending"
    assert await _answer(house, started, "developer", approved=True) == 200
    house.clock.at += 5_000
    polled = await _poll(house, started)
    assert polled["status"] == "approved"
    me = await house.me({"Authorization": f"Bearer {polled['tokens']['access_token']}"})
    assert me.json()["email"] == "developer@example.com"


async def test_the_tokens_are_given_once(house: House) -> None:
    started = await _start(house)
    await _answer(house, started, "developer", approved=True)
    polled = await asyncio.gather(*(_poll(house, started) for _ in range(3)))
    assert sorted(each["status"] for each in polled) == ["approved", "expired", "expired"]
    assert sum(each["tokens"] is not None for each in polled) == 1


async def test_a_denied_device_is_told(house: House) -> None:
    started = await _start(house)
    assert await _answer(house, started, "developer", approved=False) == 200
    assert await _poll(house, started) == {"status": "denied", "tokens": None}
    assert await _answer(house, started, "developer", approved=True) == 404


async def test_who_asks_too_often_is_slowed_down(house: House) -> None:
    started = await _start(house)
    said = []
    for seconds in (0, 5, 4, 10, 9, 15):
        house.clock.at += seconds * 1000
        said.append((await _poll(house, started))["status"])
    assert said == ["pending", "pending", "slow_down", "pending", "slow_down", "pending"]


async def test_a_code_ends_by_itself(house: House) -> None:
    started = await _start(house)
    assert await _answer(house, started, "developer", approved=True, later=600_000) == 404
    assert (await _poll(house, started))["status"] == "expired"


async def test_a_device_code_that_was_never_given_is_not_there(house: House) -> None:
    answer = await house.client.post("/api/v1/device/poll", json={"device_code": "aut_dc_made_up"})
    assert answer.status_code == 404


async def test_a_code_may_be_typed_in_any_form(house: House) -> None:
    started = await _start(house)
    typed = f" {started['user_code'].replace('-', ' ').lower()} "
    answer = await house.client.post(
        "/api/v1/device/approve", json={"user_code": typed}, headers=await house.sign_in("owner")
    )
    assert answer.json() == {"client": "auterity on dana-mac", "approved": True}


async def test_who_guesses_codes_waits(house: House) -> None:
    headers = await house.sign_in("owner")
    codes = [
        (
            await house.client.post(
                "/api/v1/device/approve", json={"user_code": f"BBBB-BB{n:02}"}, headers=headers
            )
        ).status_code
        for n in range(11)
    ]
    assert codes == [404] * 10 + [429]


async def test_no_api_key_and_nobody_approves(house: House) -> None:
    started = await _start(house)
    body = {"user_code": started["user_code"]}
    assert (await house.client.post("/api/v1/device/approve", json=body)).status_code == 401
    made = await house.client.post(
        f"/api/v1/organisations/{OURS}/api-keys",
        json={"name": "CI", "role": "owner", "scope": {"kind": "organisation", "id": OURS}},
        headers=await house.sign_in("owner"),
    )
    headers = {"Authorization": f"Bearer {made.json()['secret']}"}
    answer = await house.client.post("/api/v1/device/approve", json=body, headers=headers)
    assert answer.status_code == 403


async def test_who_is_removed_before_the_device_asks_signs_nothing_in(house: House) -> None:
    started = await _start(house)
    await _answer(house, started, "viewer", approved=True)
    await house.access.membership.remove(owner_of(OURS), house.users["viewer"])
    answer = await house.client.post(
        "/api/v1/device/poll", json={"device_code": started["device_code"]}
    )
    assert answer.status_code == 404


async def test_who_has_no_role_when_the_device_asks_signs_nothing_in(house: House) -> None:
    started = await _start(house)
    await _answer(house, started, "pilot", approved=True)
    async with house.database.writing() as connection:
        await connection.execute(delete(grants).where(grants.c.place == STAGING))
    assert (await _poll(house, started))["status"] == "denied"


async def test_a_new_password_forgets_devices_that_were_approved_before(house: House) -> None:
    started = await _start(house)
    await _answer(house, started, "viewer", approved=True)
    link = (await house.access.membership.new_link(owner_of(OURS), house.users["viewer"])).link
    await house.access.sign_in.choose_password(link, "another good password")
    answer = await house.client.post(
        "/api/v1/device/poll", json={"device_code": started["device_code"]}
    )
    assert answer.status_code == 404


async def test_codes_are_kept_as_hashes_and_the_answer_is_in_the_audit(house: House) -> None:
    started = await _start(house)
    await _answer(house, started, "developer", approved=True)
    async with house.database.reading() as connection:
        whole = str((await connection.execute(select(device_codes))).all())
        actions = (await connection.execute(select(audit.c.action))).scalars().all()
    assert started["device_code"] not in whole
    assert started["user_code"].replace("-", "") not in whole
    assert "device:approved" in actions


async def _send(house: House, started: dict[str, Any], **fields: str) -> Any:
    form = {"code": started["user_code"], "answer": "approve", **OWNER, **fields}
    return await house.client.post("/device", data=form)


async def test_the_page_asks_for_a_code_or_tells_of_the_device(house: House) -> None:
    started = await _start(house, "<script>alert(1)</script>")
    empty = await house.client.get("/device")
    assert 'name="code"' in empty.text
    page = await house.client.get(
        started["verification_uri_complete"].removeprefix("http://auterity.test")
    )
    assert started["user_code"] in page.text
    assert "&lt;script&gt;alert(1)" in page.text
    assert "<script>alert" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "set-cookie" not in page.headers


async def test_a_person_approves_on_the_page(house: House) -> None:
    started = await _start(house)
    answer = await _send(house, started)
    assert answer.status_code == 200
    assert "Approved" in answer.text
    assert (await _poll(house, started))["status"] == "approved"


async def test_a_person_denies_on_the_page(house: House) -> None:
    started = await _start(house)
    assert "Denied" in (await _send(house, started, answer="deny")).text
    assert (await _poll(house, started))["status"] == "denied"


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"password": "wrong"}, 401, "This does not sign anybody in"),
        ({"code": "BBBB-BBBB"}, 404, "This code is not waited for"),
        ({"password": "é" * 37}, 422, "more than 72 bytes"),
    ],
)
async def test_the_page_tells_what_is_wrong(
    house: House, fields: dict[str, str], status: int, said: str
) -> None:
    started = await _start(house)
    answer = await _send(house, started, **fields)
    assert answer.status_code == status
    assert said in answer.text
    assert PASSWORD not in answer.text
    assert (await _poll(house, started))["status"] == "pending"


async def test_a_guess_on_the_page_counts_as_any_other(house: House) -> None:
    started = await _start(house)
    codes = [(await _send(house, started, password="wrong")).status_code for _ in range(6)]
    assert codes == [401] * 5 + [429]


async def test_a_form_of_another_site_is_refused(house: House) -> None:
    started = await _start(house)
    form = {"code": started["user_code"], "answer": "approve", **OWNER}
    for site in ("cross-site", "same-site"):
        answer = await house.client.post("/device", data=form, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 403
    answer = await house.client.post("/device", json=form)
    assert answer.status_code == 422
    assert (await _poll(house, started))["status"] == "pending"


async def test_the_link_page_sets_a_password(house: House) -> None:
    link = (await house.access.membership.new_link(owner_of(OURS), house.users["viewer"])).link
    page = await house.client.get("/sign-in")
    assert "script-src 'sha256-" in page.headers["content-security-policy"]
    short = await house.client.post("/sign-in", data={"token": link, "password": "short"})
    assert (short.status_code, "fewer than 12 characters" in short.text) == (422, True)
    chosen = {"token": link, "password": "another good password"}
    good = await house.client.post("/sign-in", data=chosen)
    assert "Sign in as viewer@example.com" in good.text
    again = await house.client.post("/sign-in", data=chosen)
    assert (again.status_code, "used already" in again.text) == (401, True)
    body = {"email": "viewer@example.com", "password": chosen["password"]}
    assert (await house.client.post("/api/v1/sign-in/password", json=body)).status_code == 200
