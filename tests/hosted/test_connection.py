"""The client over a real, scripted server: whom it tells its token, what it asks twice, what it raises."""

from __future__ import annotations

import pytest

from auterity_sdk.errors import (
    HostedError,
    NotAllowed,
    NotOnServer,
    PushRefused,
    ServerConflict,
    ServerUnavailable,
    SignInNeeded,
    UsageError,
)
from auterity_sdk.hosted.address import Address
from auterity_sdk.hosted.client import HostedClient, in_script
from auterity_sdk.hosted.credentials import ApiKey
from auterity_sdk.hosted.retrying import Patience
from auterity_sdk.hosted.schemas.message import NewMessage
from auterity_sdk.hosted.schemas.push import Push, PushedFile
from auterity_sdk.hosted.schemas.store import NewStore
from tests.connections.web_server import WebServer, answer, serving
from tests.hosted.answers import WHO, of_headers, problem, told

KEY = "autk_secret"
QUICK = Patience(first=0.001, most=0.002)


def client_of(server: WebServer, patience: Patience = QUICK) -> HostedClient:
    return HostedClient(f"http://127.0.0.1:{server.port}", ApiKey(KEY), patience=patience)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://auterity.example", "https://auterity.example"),
        (" https://auterity.example/ ", "https://auterity.example"),
        ("https://dealer.example/auterity/", "https://dealer.example/auterity"),
        ("http://127.0.0.1:8321", "http://127.0.0.1:8321"),
        ("http://127.3.2.1", "http://127.3.2.1"),
        ("http://localhost:8321", "http://localhost:8321"),
        ("http://[::1]:8321", "http://[::1]:8321"),
    ],
)
def test_addresses_that_are_safe(written: str, read: str) -> None:
    assert Address.read(written).url == read


@pytest.mark.parametrize(
    "written",
    [
        "",
        "auterity.example",
        "ftp://auterity.example",
        "http://auterity.example",
        "http://127.0.0.1.example",
        "http://localhost.example",
        "http://10.0.0.7:8321",
        "https://127.0.0.1@evil.example",
        "https://user:hunter22@auterity.example",
        "https://auterity.example/?a=b",
        "https://auterity.example/#a",
        "https://",
        "http://[::1",
    ],
)
def test_addresses_that_are_not(written: str) -> None:
    with pytest.raises(UsageError) as refused:
        Address.read(written)
    assert "hunter22" not in refused.value.message


async def test_the_key_is_sent_to_the_server_and_not_where_it_redirects() -> None:
    async with serving(told(WHO)) as other:
        moved = answer(307, location=f"http://127.0.0.1:{other.port}/api/v1/me")
        async with serving(moved) as server, client_of(server) as client:
            with pytest.raises(HostedError, match="sends elsewhere"):
                await client.me()
        assert of_headers(server.requests[0], "authorization") == f"Bearer {KEY}"
        assert other.requests == []


async def test_a_server_below_a_path_is_asked_there() -> None:
    async with (
        serving(told(WHO)) as server,
        HostedClient(f"http://127.0.0.1:{server.port}/auterity/", ApiKey(KEY)) as client,
    ):
        assert (await client.me()).name == "Dana"
    assert server.requests[0].startswith("GET /auterity/api/v1/me ")


def test_a_script_needs_no_loop() -> None:
    with pytest.raises(ServerUnavailable, match="cannot be reached"):
        in_script(
            HostedClient("http://127.0.0.1:9", ApiKey(KEY), patience=QUICK),
            lambda client: client.me(),
        )


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_reading_is_tried_again(status: int) -> None:
    async with serving(answer(status), told(WHO)) as server, client_of(server) as client:
        assert (await client.me()).id == "u1"
    assert len(server.requests) == 2


async def test_what_counts_once_is_tried_again_under_the_same_key() -> None:
    taken = told({"new": True, "run_id": "r1"})
    async with serving(answer(502), taken) as server, client_of(server) as client:
        await client.environment("e1").send(NewMessage(type="sms.received"))
    keys = [of_headers(each, "idempotency-key") for each in server.requests]
    assert len(keys) == 2
    assert keys[0]
    assert keys[0] == keys[1]


@pytest.mark.parametrize("status", [500, 502])
async def test_what_may_have_been_done_is_not_done_again(status: int) -> None:
    async with serving(answer(status)) as server, client_of(server) as client:
        with pytest.raises(ServerUnavailable):
            await client.signing_in.renew("rt")
    assert len(server.requests) == 1


async def test_a_broken_answer_to_what_counts_each_time_is_told_as_such() -> None:
    cut = b"HTTP/1.1 200 X\r\ncontent-length: 100\r\n\r\n{"
    async with serving(cut) as server, client_of(server) as client:
        with pytest.raises(ServerUnavailable, match="broke") as broken:
            await client.signing_in.renew("rt-very-secret")
    assert "may have been done" in str(broken.value.help)
    assert len(server.requests) == 1


async def test_patience_ends() -> None:
    async with serving(answer(503)) as server, client_of(server) as client:
        with pytest.raises(ServerUnavailable, match="status 503"):
            await client.me()
    assert len(server.requests) == QUICK.attempts


async def test_a_server_that_names_a_long_time_is_not_waited_for() -> None:
    busy = answer(429, retry_after="86400")
    async with serving(busy) as server, client_of(server) as client:
        with pytest.raises(ServerUnavailable) as refused:
            await client.me()
    assert refused.value.retry_after == 86400
    assert len(server.requests) == 1


async def test_a_server_that_names_a_short_time_is_given_it() -> None:
    patience = Patience(first=100, most=100)
    async with (
        serving(answer(503, retry_after="0"), told(WHO)) as server,
        client_of(server, patience) as client,
    ):
        await client.me()
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "sign-in-needed", SignInNeeded),
        (401, "sign-in-refused", SignInNeeded),
        (403, "not-allowed", NotAllowed),
        (404, "not-found", NotOnServer),
        (409, "conflict", ServerConflict),
        (412, "changed-meanwhile", ServerConflict),
        (422, "invalid-workflow", PushRefused),
        (422, "invalid-request", HostedError),
        (403, "a-word-of-a-newer-server", NotAllowed),
        (500, "internal", ServerUnavailable),
    ],
)
async def test_a_problem_is_raised_as_its_kind(
    status: int, code: str, kind: type[HostedError]
) -> None:
    async with (
        serving(problem(status, code, "so it is", help="do that")) as server,
        client_of(server) as client,
    ):
        with pytest.raises(HostedError) as refused:
            await client.me()
    assert type(refused.value) is kind
    advice = "auterity login signs you in" if code == "sign-in-needed" else "do that"
    assert (refused.value.message, refused.value.help) == ("so it is", advice)
    assert (refused.value.code, refused.value.status) == (code, status)


async def test_wrong_values_are_named() -> None:
    errors = [{"location": "query/limit", "message": "is less than 1"}]
    async with (
        serving(problem(422, "invalid-request", "wrong values", errors=errors)) as server,
        client_of(server) as client,
    ):
        with pytest.raises(HostedError, match="wrong values: query/limit: is less than 1"):
            await client.me()


async def test_a_refused_push_brings_its_findings() -> None:
    at = {"line": 3, "column": 1, "end_line": 3, "end_column": 6}
    place = {"path": ["steps"], "part": "key", "at": at}
    finding = {"code": "AUT304", "name": "x", "severity": "error", "message": "m", "place": place}
    findings = [{"path": "a.yaml", "findings": [finding]}]
    async with (
        serving(problem(422, "invalid-workflow", findings=findings)) as server,
        client_of(server) as client,
    ):
        push = Push(files=(PushedFile(path="a.yaml", text="x"),))
        with pytest.raises(PushRefused) as refused:
            await client.environment("e1").push(push)
    assert [each.code for file in refused.value.findings for each in file.findings] == ["AUT304"]


async def test_the_text_of_a_proxy_is_not_shown() -> None:
    page = answer(403, b"<html>secret of a proxy</html>", content_type="text/html")
    async with serving(page) as server, client_of(server) as client:
        with pytest.raises(NotAllowed) as refused:
            await client.me()
    assert refused.value.message == "the server answered with status 403"


@pytest.mark.parametrize("body", [b"", b"{}", b"<html>", b"[1]"])
async def test_an_answer_of_another_form_is_told(body: bytes) -> None:
    async with serving(answer(200, body)) as server, client_of(server) as client:
        with pytest.raises(HostedError, match="is not what this version of auterity knows"):
            await client.me()


async def test_names_cannot_leave_their_place_in_the_path() -> None:
    async with serving(problem(404, "not-found")) as server, client_of(server) as client:
        with pytest.raises(NotOnServer):
            await client.environment("../e?x").run("a/../../me#")
    target = server.requests[0].split()[1]
    assert target == "/api/v1/environments/..%2Fe%3Fx/runs/a%2F..%2F..%2Fme%23"


async def test_passwords_are_sent_and_not_shown() -> None:
    tokens = {"access_token": "a", "expires_in": 600, "refresh_token": "r"}
    async with serving(told(tokens)) as server, client_of(server) as client:
        await client.signing_in.by_password("Dana@X.example", "hunter22")
    assert '"password":"hunter22"' in server.requests[0]
    assert '"email":"dana@x.example"' in server.requests[0]
    assert of_headers(server.requests[0], "authorization") is None


async def test_pages_are_read_as_far_as_they_are_wanted() -> None:
    def page(names: list[str], next: str | None) -> bytes:
        made = "2026-11-28T15:00:00Z"
        rows = [
            {"id": n, "organisation": "o", "name": n, "title": n, "created_at": made} for n in names
        ]
        return told({"items": rows, "next": next})

    pages = (page(["a", "b"], "c/ur+sor"), page(["c"], None))
    async with serving(*pages) as server, client_of(server) as client:
        assert [each.name async for each in client.organisation("o").stores()] == ["a", "b", "c"]
    assert "cursor=c%2Fur%2Bsor" in server.requests[1]
    async with serving(*pages) as server, client_of(server) as client:
        async for _ in client.organisation("o").stores():
            break
    assert len(server.requests) == 1


async def test_a_post_that_makes_something_has_a_key_of_its_own() -> None:
    store = {"id": "s1", "organisation": "o1", "name": "s", "title": "S"}
    made = told({**store, "created_at": "2026-11-29T15:00:00Z"})
    async with serving(answer(502), made, made) as server, client_of(server) as client:
        here = client.organisation("o1")
        await here.make_store(NewStore(name="s", title="S"))
        await here.make_store(NewStore(name="s", title="S"))
    keys = [of_headers(each, "idempotency-key") for each in server.requests]
    assert keys[0]
    assert keys[0] == keys[1] != keys[2]


async def test_a_change_names_the_state_that_was_looked_at_and_is_made_once() -> None:
    shown = {"name": "CRM", "by": "u1", "at": "2026-11-28T15:00:00Z"}
    tagged = told(shown, etag='"1.2"')
    async with serving(tagged, answer(502)) as server, client_of(server) as client:
        here = client.environment("e1")
        found = await here.secret("CRM")
        assert (found.shown.name, found.etag) == ("CRM", '"1.2"')
        # Had it been done, the second one would be told that somebody else did it.
        with pytest.raises(ServerUnavailable):
            await here.delete_secret("CRM", etag=found.etag)
    assert [of_headers(each, "if-match") for each in server.requests] == [None, '"1.2"']


async def test_a_change_of_an_older_state_is_a_conflict() -> None:
    refused = problem(412, code="changed-meanwhile")
    async with serving(refused) as server, client_of(server) as client:
        with pytest.raises(ServerConflict):
            await client.organisation("o1").remove_user("u1", etag='"1.2"')
    assert len(server.requests) == 1
