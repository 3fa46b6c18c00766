import ssl
from pathlib import Path
from typing import Any

import httpx2
import pytest

from auterity_sdk.connections import guarded_web
from auterity_sdk.connections.authorities import authorities
from auterity_sdk.connections.guarded_web import GuardedWeb
from auterity_sdk.connections.pinned_transport import PinnedTransport
from auterity_sdk.connections.secret import SecretReference
from auterity_sdk.connections.web import WebRequest
from auterity_sdk.errors import StepError

from .web_server import WebServer, answer, serving

CERTIFICATE = Path(__file__).parent / "certificate.pem"
PUBLIC = "93.184.215.14"


class Names:
    """A resolver whose answers are given: each question takes the next one, the last for ever."""

    def __init__(self, **answers: list[str]) -> None:
        self.answers = {name.replace("_", "."): found for name, found in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        found = self.answers[host]
        return [found.pop(0) if len(found) > 1 else found[0]]


def inside(server: WebServer, **more: Any) -> GuardedWeb:
    return GuardedWeb(named=frozenset({("http", "127.0.0.1", server.port)}), **more)


async def refused(web: GuardedWeb, url: str, **more: Any) -> StepError:
    with pytest.raises(StepError) as raised:
        await web.send(WebRequest("GET", url, **more))
    return raised.value


async def test_loopback_is_refused() -> None:
    async with serving(answer(body=b"secret")) as server:
        error = await refused(GuardedWeb(), f"http://127.0.0.1:{server.port}/")
        assert error.type == "address_refused"
        assert server.requests == []


async def test_the_certificate_authorities_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds up the event loop: in a worker that makes many attempts, for so long that it loses them."""
    read: list[ssl.SSLContext] = []
    load = ssl.SSLContext.load_verify_locations

    def counted(context: ssl.SSLContext, *given: Any, **more: Any) -> None:
        read.append(context)
        load(context, *given, **more)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", counted)
    authorities.cache_clear()
    async with serving(answer()) as server:
        url = f"http://127.0.0.1:{server.port}/"
        for _ in range(3):
            await inside(server).send(WebRequest("GET", url))
    assert len(read) == 1


async def test_a_named_host_inside_is_spoken_with() -> None:
    async with serving(answer(body=b"hello", x_kind="y")) as server:
        response = await inside(server).send(
            WebRequest("POST", f"http://127.0.0.1:{server.port}/a?b=c", {"x-a": "1"}, b"body")
        )
    assert (response.status, response.body, response.headers["x-kind"]) == (200, b"hello", "y")
    assert server.requests[0].startswith("POST /a?b=c HTTP/1.1\r\n")
    assert "x-a: 1\r\n" in server.requests[0]
    assert server.requests[0].endswith("\r\n\r\nbody")


async def test_a_name_covers_its_port_alone() -> None:
    async with serving(answer()) as server, serving(answer()) as other:
        error = await refused(inside(server), f"http://127.0.0.1:{other.port}/")
    assert error.type == "address_refused"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_to_loopback_is_refused(status: int) -> None:
    async with serving(answer(body=b"secret")) as target:
        where = f"http://127.0.0.1:{target.port}/"
        async with serving(answer(status, location=where)) as server:
            error = await refused(inside(server), f"http://127.0.0.1:{server.port}/")
    assert error.type == "address_refused"
    assert target.requests == []


async def test_a_redirect_to_a_host_that_another_connection_names_is_refused() -> None:
    async with serving(answer(body=b"secret")) as target:
        where = f"http://127.0.0.1:{target.port}/"
        async with serving(answer(302, location=where)) as server:
            named = frozenset(("http", "127.0.0.1", s.port) for s in (server, target))
            error = await refused(GuardedWeb(named=named), f"http://127.0.0.1:{server.port}/")
    assert error.type == "address_refused"
    assert target.requests == []


async def test_a_redirect_on_the_same_host_is_followed_as_a_get() -> None:
    async with serving(answer(303, location="/b#c"), answer(body=b"there")) as server:
        response = await inside(server).send(
            WebRequest("POST", f"http://127.0.0.1:{server.port}/a", {"x-key": "s"}, b"body")
        )
    assert response.body == b"there"
    assert server.requests[1].startswith("GET /b HTTP/1.1\r\n")
    assert "x-key: s\r\n" in server.requests[1]


async def test_redirects_are_bounded() -> None:
    async with serving(answer(302, location="/again")) as server:
        error = await refused(inside(server), f"http://127.0.0.1:{server.port}/", redirects=3)
    assert error.type == "bad_response"
    assert len(server.requests) == 4


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[httpx2.Request]:
    """What reaches the network; its answers are `location` and then an empty 200."""
    seen: list[httpx2.Request] = []

    def network(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        if request.url.path == "/end":
            return httpx2.Response(200, stream=httpx2.ByteStream(b""))
        status, where = request.url.path.removeprefix("/").split("/", 1)
        return httpx2.Response(
            int(status), headers={"location": where}, stream=httpx2.ByteStream(b"")
        )

    monkeypatch.setattr(
        guarded_web.httpx2, "AsyncHTTPTransport", lambda **_: httpx2.MockTransport(network)
    )
    return seen


OUTSIDE = Names(a_test=[PUBLIC], b_test=["8.8.8.8"])
SECRETS = {"Authorization": "hush", "Cookie": "hush", "X-Api-Key": "hush", "Accept": "text/plain"}


async def test_another_host_sees_none_of_the_credentials(dialled: list[httpx2.Request]) -> None:
    await GuardedWeb(resolver=OUTSIDE).send(
        WebRequest("GET", "https://a.test/302/https://b.test/end", SECRETS)
    )
    first, second = dialled
    assert (first.url.host, second.url.host) == (PUBLIC, "8.8.8.8")
    assert first.headers["x-api-key"] == "hush"
    assert "hush" not in second.headers.values()
    assert second.headers["accept"] == "text/plain"


async def test_another_host_is_not_given_the_body(dialled: list[httpx2.Request]) -> None:
    with pytest.raises(StepError) as raised:
        await GuardedWeb(resolver=OUTSIDE).send(
            WebRequest("POST", "https://a.test/307/https://b.test/end", {}, b"personal")
        )
    assert raised.value.type == "address_refused"
    assert len(dialled) == 1


async def test_a_redirect_does_not_give_up_encryption(dialled: list[httpx2.Request]) -> None:
    error = await refused(GuardedWeb(resolver=OUTSIDE), "https://a.test/302/http://a.test/end")
    assert error.type == "address_refused"
    assert len(dialled) == 1


async def test_a_redirect_back_from_another_host_finds_no_trust_and_no_credentials(
    dialled: list[httpx2.Request],
) -> None:
    web = GuardedWeb(
        named=frozenset({("https", "inside.test", 443)}),
        address="https://inside.test",
        resolver=Names(inside_test=["10.0.0.1"], b_test=["8.8.8.8"]),
    )
    error = await refused(web, "/302/https://b.test/302/https://inside.test/end")
    assert error.type == "address_refused"
    assert [request.url.host for request in dialled] == ["10.0.0.1", "8.8.8.8"]


async def test_a_connections_headers_do_not_come_back_from_another_host(
    dialled: list[httpx2.Request],
) -> None:
    web = GuardedWeb(address="https://a.test", headers={"X-Dealer": "7"}, resolver=OUTSIDE)
    await web.send(WebRequest("GET", "/302/https://b.test/302/https://a.test/end"))
    assert ["x-dealer" in request.headers for request in dialled] == [True, False, False]


@pytest.mark.parametrize("where", ["file:///etc/passwd", "http://[", "ftp://b.test/"])
async def test_a_redirect_elsewhere_than_to_http_is_refused(
    dialled: list[httpx2.Request], where: str
) -> None:
    error = await refused(GuardedWeb(resolver=OUTSIDE), f"http://a.test/302/{where}")
    assert error.type in ("bad_input", "bad_response")
    assert len(dialled) == 1


async def test_the_address_that_was_checked_is_the_one_connected_to() -> None:
    names = Names(shop_test=[PUBLIC, "127.0.0.1"])
    seen: list[httpx2.Request] = []

    def network(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200)

    transport = PinnedTransport(
        httpx2.MockTransport(network), trusts=lambda _: False, resolver=names
    )
    async with httpx2.AsyncClient(transport=transport) as client:
        await client.get("https://shop.test/a")
    assert names.asked == ["shop.test"]
    assert seen[0].url.host == PUBLIC
    assert seen[0].headers["host"] == "shop.test"
    assert seen[0].extensions["sni_hostname"] == "shop.test"


async def test_a_name_that_turns_inside_between_two_redirects_is_refused() -> None:
    names = Names(shop_test=[PUBLIC, "127.0.0.1"])
    transport = PinnedTransport(
        httpx2.MockTransport(lambda _: httpx2.Response(302, headers={"location": "/b"})),
        trusts=lambda _: False,
        resolver=names,
    )
    async with httpx2.AsyncClient(transport=transport, follow_redirects=True) as client:
        with pytest.raises(StepError) as raised:
            await client.get("https://shop.test/a")
    assert raised.value.type == "address_refused"
    assert names.asked == ["shop.test", "shop.test"]


async def test_the_next_address_is_tried_when_one_takes_no_connection() -> None:
    async def both(host: str, port: int) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    async with serving(answer(body=b"hello")) as server:
        web = GuardedWeb(named=frozenset({("http", "two.test", server.port)}), resolver=both)
        response = await web.send(WebRequest("GET", f"http://two.test:{server.port}/"))
    assert response.body == b"hello"
    assert f"host: two.test:{server.port}\r\n" in server.requests[0].lower()


def tls() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(CERTIFICATE)
    client = ssl.create_default_context(cafile=str(CERTIFICATE))
    return server, client


async def test_tls_is_checked_against_the_name_and_not_the_address() -> None:
    server_side, client_side = tls()
    async with serving(answer(body=b"hello"), tls=server_side) as server:
        named = frozenset(("https", f"{name}.test", server.port) for name in ("shop", "else"))
        names = Names(shop_test=["127.0.0.1"], else_test=["127.0.0.1"])
        web = GuardedWeb(named=named, resolver=names, verify=client_side)
        response = await web.send(WebRequest("GET", f"https://shop.test:{server.port}/"))
        assert response.body == b"hello"
        error = await refused(web, f"https://else.test:{server.port}/")
    assert error.type == "network"
    assert len(server.requests) == 1


async def test_a_certificate_that_nobody_signed_is_refused() -> None:
    server_side, _ = tls()
    async with serving(answer(body=b"hello"), tls=server_side) as server:
        named = frozenset({("https", "shop.test", server.port)})
        web = GuardedWeb(named=named, resolver=Names(shop_test=["127.0.0.1"]))
        error = await refused(web, f"https://shop.test:{server.port}/")
    assert error.type == "network"
    assert server.requests == []


async def test_a_large_answer_is_cut_off() -> None:
    async with serving(answer(body=b"x" * 1001)) as server:
        error = await refused(inside(server, largest=1000), f"http://127.0.0.1:{server.port}/")
    assert (error.type, error.retryable) == ("bad_response", False)


async def test_a_compressed_answer_is_refused() -> None:
    async with serving(answer(body=b"x", content_encoding="gzip")) as server:
        error = await refused(inside(server), f"http://127.0.0.1:{server.port}/")
    assert error.type == "bad_response"
    assert "accept-encoding: identity" in server.requests[0].lower()


async def test_silence_ends_in_a_timeout_that_may_be_tried_again() -> None:
    async with serving(b"") as server:
        url = f"http://127.0.0.1:{server.port}/a?token=hush"
        error = await refused(inside(server), url, timeout=0.05)
    assert (error.type, error.retryable) == ("timeout", True)
    assert "hush" not in error.message


async def test_a_closed_port_may_be_tried_again_and_the_error_tells_no_query() -> None:
    async with serving(answer()) as server:
        web, url = inside(server), f"http://127.0.0.1:{server.port}/a?token=hush"
    error = await refused(web, url)
    assert (error.type, error.retryable) == ("network", True)
    assert "hush" not in error.message
    assert "127.0.0.1" in error.message


async def test_a_broken_answer_is_a_network_error() -> None:
    async with serving(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc") as server:
        error = await refused(inside(server), f"http://127.0.0.1:{server.port}/")
    assert error.type == "network"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://x.test/", "//x.test/", "/relative", "", "http://", "http:///x",
        "http://user:hush@x.test/", "gopher://x.test", "http://[::1", "http://x.test:99999/", "http://a b/",
    ],
)  # fmt: skip
async def test_other_urls_are_bad_input(url: str) -> None:
    error = await refused(GuardedWeb(resolver=Names()), url)
    assert error.type == "bad_input"
    assert "hush" not in error.message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-a", "b\r\nevil: 1"), ("x-a", "b\x00"), ("x-a", "\x1b[31m"), ("x a", "b"), ("x\r\ny", "b"), ("", "b"),
        ("Host", "inside"), ("Content-Length", "3"), ("Transfer-Encoding", "chunked"), ("x-a", "é"),
    ],
)  # fmt: skip
async def test_headers_cannot_be_smuggled(name: str, value: str) -> None:
    async with serving(answer()) as server:
        error = await refused(
            inside(server), f"http://127.0.0.1:{server.port}/", headers={name: value}
        )
    assert error.type == "bad_input"
    assert server.requests == []


async def test_a_connection_adds_its_path_and_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_TOKEN", "hush")
    async with serving(answer()) as server:
        web = inside(
            server,
            address=f"http://127.0.0.1:{server.port}/api/v1/",
            headers={"Authorization": SecretReference("env:CRM_TOKEN"), "X-Dealer": "7"},
        )
        await web.send(WebRequest("GET", "/leads?open=true"))
    assert server.requests[0].startswith("GET /api/v1/leads?open=true HTTP/1.1\r\n")
    assert "authorization: hush\r\n" in server.requests[0].lower()
    assert "x-dealer: 7\r\n" in server.requests[0].lower()


async def test_a_connections_headers_go_to_its_own_host_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CRM_TOKEN", "hush")
    async with serving(answer()) as server, serving(answer()) as other:
        web = GuardedWeb(
            named=frozenset(("http", "127.0.0.1", s.port) for s in (server, other)),
            address=f"http://127.0.0.1:{server.port}",
            headers={"Authorization": SecretReference("env:CRM_TOKEN")},
        )
        await web.send(WebRequest("GET", f"http://127.0.0.1:{other.port}/"))
    assert "hush" not in other.requests[0]


async def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(answer(body=b"proxy")) as proxy, serving(answer(body=b"direct")) as server:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
        response = await inside(server).send(WebRequest("GET", f"http://127.0.0.1:{server.port}/"))
    assert response.body == b"direct"
    assert proxy.requests == []
