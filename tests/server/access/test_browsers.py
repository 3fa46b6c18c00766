"""Browsers that stay signed in: kept in the database or in Redis, by the same contract; and what ends them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
import redis

from auterity_sdk.runtime.seal import SealKey
from auterity_sdk.runtime.seal_key import FILE, seal_key
from auterity_server.access.access import Access, make_access
from auterity_server.access.access_tokens import Claims
from auterity_server.access.browsers import Browsers, BrowsersUnreachable, DatabaseBrowsers
from auterity_server.access.refusals import NotSignedIn
from auterity_server.access.secret_texts import digest
from auterity_server.access.shared_browsers import RedisBrowsers
from tests.server.access.conftest import OURS, PASSWORD, House, other_process, owner_of
from tests.services.redis import Redis, running_redis

CLAIMS, OTHER = Claims("usr_1", "ses_1"), Claims("usr_2", "ses_2")
KINDS = ("database", "redis")


def _seal(byte: bytes = b"k") -> SealKey:
    return SealKey("test", lambda: byte * 32, lambda: byte * 32)


@pytest.fixture(params=KINDS)
async def browsers(
    request: pytest.FixtureRequest, house: House, redis_url: str
) -> AsyncIterator[Browsers]:
    in_redis = request.param == "redis"
    made: Browsers = (
        RedisBrowsers(redis_url, _seal())
        if in_redis
        else DatabaseBrowsers(house.database, house.clock.now)
    )
    yield made
    await made.close()


async def test_a_browser_is_found_by_its_own_name_until_it_is_forgotten(browsers: Browsers) -> None:
    assert await browsers.find("a") is None
    await browsers.keep("a", CLAIMS, 60_000)
    await browsers.keep("b", OTHER, 60_000)
    assert (await browsers.find("a"), await browsers.find("b")) == (CLAIMS, OTHER)
    await browsers.forget("a")
    await browsers.forget("a")
    assert (await browsers.find("a"), await browsers.find("b")) == (None, OTHER)


async def test_a_browser_is_kept_for_its_time(
    browsers: Browsers, house: House, redis_url: str
) -> None:
    await browsers.keep("a", CLAIMS, 60_000)
    house.clock.at += 60_000
    if isinstance(browsers, DatabaseBrowsers):
        assert await browsers.find("a") is None
        await house.access.expiry.forget()
    else:
        with redis.Redis.from_url(redis_url) as client:
            assert 59_000 < client.pttl("auterity.browser.a") <= 60_000
            client.pexpire("auterity.browser.a", 0)
    assert await browsers.find("a") is None


async def test_a_line_that_somebody_else_wrote_signs_nobody_in(redis_url: str) -> None:
    own, strange = (RedisBrowsers(redis_url, _seal(each)) for each in (b"k", b"s"))
    await own.keep("a", CLAIMS, 60_000)
    await strange.keep("b", CLAIMS, 60_000)
    with redis.Redis.from_url(redis_url) as client:
        line = client.get("auterity.browser.a")
        for number, said in enumerate((line, b"usr_1 ses_1", b"", b"\xff\xfe x y", b"usr_1")):
            client.set(f"auterity.browser.moved{number}", said)
    found = [await own.find(name) for name in ("a", "b", *(f"moved{n}" for n in range(5)))]
    assert found == [CLAIMS, *[None] * 6]
    await own.close()
    await strange.close()


Process = Callable[[], Access]


@pytest.fixture(params=KINDS)
async def process(
    request: pytest.FixtureRequest, house: House, redis_url: str
) -> AsyncIterator[Process]:
    """Makes access as further processes of the house have it, which keep browsers there."""
    async with _processes(house, redis_url if request.param == "redis" else "") as found:
        yield found


@asynccontextmanager
async def _processes(house: House, url: str) -> AsyncIterator[Process]:
    settings = house.app.state.wiring.settings.model_copy(update={"broker_url": url})
    async with AsyncExitStack() as closing:

        def made() -> Access:
            seal = seal_key(FILE, settings.data)
            access = make_access(settings, house.database, seal, house.clock.now)
            closing.push_async_callback(access.close)
            return access

        yield made
        house.app.state.access = house.access


async def _started(house: House) -> str:
    answer = await house.client.post("/api/v1/device/start", json={"client": "auterity on a mac"})
    return str(answer.json()["user_code"])


async def _signed_in(house: House, access: Access, name: str = "viewer") -> str:
    """Approve a device with the password, and stay signed in; the text that own forms carry."""
    house.app.state.access = access
    form = {"code": await _started(house), "email": f"{name}@example.com", "password": PASSWORD}
    answer = await house.client.post("/device", data={**form, "answer": "approve", "stay": "yes"})
    assert "Approved" in answer.text
    said = answer.headers["set-cookie"]
    assert all(each in said for each in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age=28800"))
    page = await _page(house)
    assert f"You are {name}@example.com" in page.text
    return re.findall(r'name="form" value="(\w+)"', page.text)[0]


async def _page(house: House) -> Any:
    return await house.client.get("/device", params={"code": await _started(house)})


async def _is_asked_for_password(house: House) -> bool:
    page = await _page(house)
    return page.status_code == 200 and 'name="password"' in page.text


async def test_who_stays_signed_in_approves_without_the_password(
    house: House, process: Process
) -> None:
    form = await _signed_in(house, process())
    # At another process too.
    house.app.state.access = process()
    for answer, said in (("approve", "Approved"), ("deny", "Denied")):
        sent = {"code": await _started(house), "answer": answer, "form": form}
        assert said in (await house.client.post("/device", data=sent)).text
    assert (await house.client.get("/api/v1/me")).status_code == 401


async def test_a_form_without_the_text_of_the_page_does_nothing(house: House) -> None:
    await _signed_in(house, house.access)
    for form in ("", "guess"):
        sent = {"code": await _started(house), "answer": "approve", "form": form}
        answer = await house.client.post("/device", data=sent)
        assert (answer.status_code, "Approved" in answer.text) == (401, False)
        assert (await house.client.post("/sign-out", data={"form": form})).status_code == 401
    assert not await _is_asked_for_password(house)


async def test_who_does_not_ask_for_it_is_given_no_cookie(house: House) -> None:
    form = {"code": await _started(house), "email": "viewer@example.com", "password": PASSWORD}
    answer = await house.client.post("/device", data={**form, "answer": "approve"})
    assert "Approved" in answer.text
    assert "set-cookie" not in answer.headers


async def _by_password(house: House) -> None:
    user = house.users["viewer"]
    link = (await house.access.membership.new_link(owner_of(OURS), user)).link
    assert link is not None
    await house.access.sign_in.choose_password(link, "another good password")


async def _by_removal(house: House) -> None:
    await house.access.membership.remove(owner_of(OURS), house.users["viewer"])


async def _by_time(house: House) -> None:
    house.clock.at += 28_800_000


@pytest.mark.parametrize("ends", [_by_password, _by_removal, _by_time])
async def test_what_ends_a_sign_in_ends_that_of_a_browser_at_once(
    house: House, process: Process, ends: Callable[[House], Awaitable[None]]
) -> None:
    form = await _signed_in(house, process())
    # Told by a process that reaches no Redis: what counts is in the database.
    await ends(house)
    assert await _is_asked_for_password(house)
    sent = {"code": await _started(house), "answer": "approve", "form": form}
    assert (await house.client.post("/device", data=sent)).status_code == 401


@pytest.mark.parametrize("where", ["here", "everywhere"])
async def test_a_person_signs_out(house: House, process: Process, where: str) -> None:
    tokens = await house.tokens("viewer")
    access = process()
    form = await _signed_in(house, access)
    assert "You are viewer@example.com" in (await house.client.get("/device")).text
    cookie = house.client.cookies["auterity"]
    answer = await house.client.post("/sign-out", data={"form": form, "where": where})
    assert "Signed out" in answer.text
    assert "auterity" not in house.client.cookies
    assert await access.browsers.find(cookie) is None
    terminal = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await house.me(terminal)).status_code == (200 if where == "here" else 401)


async def test_over_tls_the_cookie_is_of_the_host_alone(house: House) -> None:
    settings = house.app.state.wiring.settings
    secure = settings.model_copy(update={"public_url": "https://auterity.test"})
    seal = seal_key(FILE, settings.data)
    house.app.state.access = make_access(secure, house.database, seal, house.clock.now)
    form = {"code": await _started(house), "email": "viewer@example.com", "password": PASSWORD}
    answer = await house.client.post("/device", data={**form, "answer": "deny", "stay": "yes"})
    house.app.state.access = house.access
    assert answer.headers["set-cookie"].startswith("__Host-auterity=aut_web_")
    assert "; Secure" in answer.headers["set-cookie"]


async def test_a_redis_that_was_emptied_signs_browsers_out_and_nothing_else(
    house: House, shared_redis: Redis, redis_url: str
) -> None:
    tokens = await house.tokens("viewer")
    async with _processes(house, redis_url) as process:
        await _signed_in(house, process())
        with redis.Redis.from_url(redis_url) as client:
            kept = b"".join(client.get(key) or b"" for key in client.keys("auterity.browser.*"))
        assert b"example.com" not in kept
        assert house.client.cookies["auterity"].encode() not in kept
        shared_redis.empty()
        assert await _is_asked_for_password(house)
        terminal = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert (await house.me(terminal)).status_code == 200
        house.client.cookies.clear()
        await _signed_in(house, process())


async def test_a_redis_that_is_away_lets_nobody_in_without_the_password(house: House) -> None:
    with running_redis() as own:
        async with _processes(house, own.url) as process:
            access = process()
            form = await _signed_in(house, access)
            own.kill()
            page = await _page(house)
            assert (page.status_code, 'name="password"' in page.text) == (503, True)
            assert "cannot be looked up" in page.text
            assert (await house.client.get("/device")).status_code == 503
            sent = {"code": await _started(house), "answer": "approve"}
            answer = await house.client.post("/device", data={**sent, "form": form})
            assert (answer.status_code, "Approved" in answer.text) == (503, False)
            assert (await house.client.post("/sign-out", data={"form": form})).status_code == 503
            with pytest.raises(BrowsersUnreachable):
                await access.browsers.acting(house.client.cookies["auterity"], form)
            known = {"email": "viewer@example.com", "password": PASSWORD, "stay": "yes"}
            answer = await house.client.post("/device", data={**sent, **known})
            assert "does not stay signed in" in answer.text
            assert "Approved" in answer.text


async def test_a_cookie_is_kept_as_a_digest_and_a_sign_in_is_in_the_audit(house: House) -> None:
    cookie = await house.access.browsers.open(house.users["viewer"])
    kept = await DatabaseBrowsers(house.database, house.clock.now).find(digest(cookie))
    assert kept is not None
    assert kept.user == house.users["viewer"]
    found = await house.client.get(
        f"/api/v1/organisations/{OURS}/audit", headers=await house.sign_in("owner")
    )
    assert '"how":"browser"' in found.text
    other = other_process(house)
    with pytest.raises(NotSignedIn):
        await other.browsers.acting("aut_web_made_up", "x")
