"""A CI job's token: from a variable or of GitHub Actions, exchanged once, and again where it is refused."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from auterity_sdk.errors import SignInNeeded
from auterity_sdk.hosted.ci_token import CiToken
from auterity_sdk.hosted.schemas.trust import ExchangedToken, TokenExchange

SERVER = "https://auterity.example/"


class Exchanging:
    def __init__(self) -> None:
        self.given: list[str] = []

    async def __call__(self, asked: TokenExchange) -> ExchangedToken:
        assert asked.trust == "trs_1"
        self.given.append(asked.subject_token.get_secret_value())
        return ExchangedToken(access_token=f"key-{len(self.given)}", expires_in=60)


@contextmanager
def actions(body: bytes, status: int = 200) -> Iterator[tuple[str, list[str]]]:
    """Where a runner of GitHub Actions gives out tokens."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.headers['Authorization']} {self.path}")
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/token?api-version=2", asked
    finally:
        server.shutdown()
        server.server_close()


async def test_a_token_in_a_variable_is_exchanged_once() -> None:
    exchange = Exchanging()
    found = CiToken(
        SERVER, exchange, {"AUTERITY_OIDC_TRUST": "trs_1", "AUTERITY_OIDC_TOKEN": " abc\n"}
    )
    assert [await found.token(), await found.token()] == ["key-1", "key-1"]
    assert exchange.given == ["abc"]
    assert await found.renewed("another") == "key-1"
    assert await found.renewed("key-1") == "key-2"


@pytest.mark.parametrize(
    ("audience", "asked"), [("", "https%3A%2F%2Fauterity.example"), ("us", "us")]
)
async def test_a_token_of_github_actions_is_for_the_server(audience: str, asked: str) -> None:
    exchange = Exchanging()
    with actions(b'{"value": "of-actions"}') as (url, seen):
        environment = {
            "AUTERITY_OIDC_TRUST": "trs_1",
            "AUTERITY_OIDC_AUDIENCE": audience,
            "ACTIONS_ID_TOKEN_REQUEST_URL": url,
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner",
        }
        assert await CiToken(SERVER, exchange, environment).token() == "key-1"
    assert exchange.given == ["of-actions"]
    assert seen == [f"bearer runner /token?api-version=2&audience={asked}"]


@pytest.mark.parametrize(("body", "status"), [(b"no", 200), (b"{}", 200), (b"{}", 403)])
async def test_without_a_token_it_is_said_what_is_missing(body: bytes, status: int) -> None:
    with pytest.raises(SignInNeeded, match="no token to exchange"):
        await CiToken(SERVER, Exchanging(), {"AUTERITY_OIDC_TRUST": "trs_1"}).token()
    with actions(body, status) as (url, _):
        environment = {
            "AUTERITY_OIDC_TRUST": "trs_1",
            "ACTIONS_ID_TOKEN_REQUEST_URL": url,
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner",
        }
        with pytest.raises(SignInNeeded, match="GitHub Actions gave no token"):
            await CiToken(SERVER, Exchanging(), environment).token()
