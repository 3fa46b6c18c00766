"""Tokens on this machine: who may read them, when they are renewed, and that a refresh token is used once."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from auterity_sdk.errors import ConfigurationError, SignInNeeded
from auterity_sdk.hosted.client import HostedClient
from auterity_sdk.hosted.kept_tokens import KeptTokens, TokenFile, TokenRing
from auterity_sdk.hosted.schemas.sign_in import Tokens
from auterity_sdk.hosted.session import MARGIN, Session, kept_tokens
from tests.connections.web_server import serving
from tests.hosted.answers import WHO, of_headers, problem, told

SERVER = "https://auterity.example"
Renew = Callable[[str], Awaitable[Tokens]]


class Rotating:
    """Renews as the server does: a refresh token that is used twice ends the sign-in."""

    def __init__(self) -> None:
        self.valid = "r0"
        self.used = 0

    async def __call__(self, refresh_token: str) -> Tokens:
        await asyncio.sleep(0)
        if refresh_token != self.valid:
            self.valid = ""
            raise SignInNeeded("the refresh token was used before")
        self.used += 1
        self.valid = f"r{self.used}"
        return Tokens(access_token=f"a{self.used}", expires_in=600, refresh_token=self.valid)


def session(folder: Path, renew: Renew, now: float = 1000.0, server: str = SERVER) -> Session:
    return Session(server, TokenFile(folder / "t.json"), folder / "t.lock", renew, lambda: now)


def keep(folder: Path, tokens: KeptTokens) -> TokenFile:
    vault = TokenFile(folder / "t.json")
    vault.write(tokens)
    return vault


SIGNED_IN = KeptTokens(server=SERVER, access_token="a0", refresh_token="r0", expires_at=1600)


async def test_a_token_that_lasts_is_sent_as_it_is(tmp_path: Path) -> None:
    keep(tmp_path, SIGNED_IN)
    renew = Rotating()
    assert await session(tmp_path, renew).token() == "a0"
    assert renew.used == 0


async def test_one_that_is_about_to_end_is_renewed_first(tmp_path: Path) -> None:
    vault = keep(tmp_path, SIGNED_IN)
    now = 1600 - MARGIN
    assert await session(tmp_path, Rotating(), now).token() == "a1"
    kept = vault.read()
    assert kept == kept_tokens(
        SERVER, Tokens(access_token="a1", expires_in=600, refresh_token="r1"), now
    )


async def test_many_at_once_renew_once(tmp_path: Path) -> None:
    keep(tmp_path, SIGNED_IN)
    renew = Rotating()
    one, other = session(tmp_path, renew, 1600), session(tmp_path, renew, 1600)
    found = await asyncio.gather(*(each.token() for each in (one, other) for _ in range(5)))
    assert (set(found), renew.used) == ({"a1"}, 1)


async def test_a_sign_in_that_was_ended_is_forgotten(tmp_path: Path) -> None:
    vault = keep(tmp_path, SIGNED_IN.model_copy(update={"refresh_token": "stolen"}))
    assert await session(tmp_path, Rotating(), 1600).token() is None
    assert vault.read() is None


async def test_tokens_are_for_the_server_that_gave_them(tmp_path: Path) -> None:
    keep(tmp_path, SIGNED_IN)
    elsewhere = session(tmp_path, Rotating(), server="https://evil.example")
    assert await elsewhere.token() is None
    assert await elsewhere.renewed("x") is None


async def test_an_api_key_is_never_renewed(tmp_path: Path) -> None:
    keep(tmp_path, KeptTokens(server=SERVER, api_key="autk_1"))
    renew = Rotating()
    assert await session(tmp_path, renew, 9e9).token() == "autk_1"
    assert await session(tmp_path, renew).renewed("autk_1") is None
    assert renew.used == 0


async def test_a_refused_token_is_renewed_and_the_request_made_again(tmp_path: Path) -> None:
    fresh = told({"access_token": "a1", "expires_in": 600, "refresh_token": "r1"})
    async with serving(problem(401, "sign-in-needed"), fresh, told(WHO)) as server:
        address = f"http://127.0.0.1:{server.port}"
        keep(tmp_path, SIGNED_IN.model_copy(update={"server": address}))
        async with HostedClient(address) as renewing:
            credentials = session(tmp_path, renewing.signing_in.renew, server=address)
            async with HostedClient(address, credentials) as client:
                assert (await client.me()).id == "u1"
    sent = [of_headers(each, "authorization") for each in server.requests]
    assert sent == ["Bearer a0", None, "Bearer a1"]


async def test_a_token_that_is_refused_twice_is_told(tmp_path: Path) -> None:
    fresh = told({"access_token": "a1", "expires_in": 600, "refresh_token": "r1"})
    refused = problem(401, "sign-in-needed")
    async with serving(refused, fresh, refused) as server:
        address = f"http://127.0.0.1:{server.port}"
        keep(tmp_path, SIGNED_IN.model_copy(update={"server": address}))
        async with HostedClient(address) as renewing:
            credentials = session(tmp_path, renewing.signing_in.renew, server=address)
            async with HostedClient(address, credentials) as client:
                with pytest.raises(SignInNeeded) as raised:
                    await client.me()
    assert raised.value.help == "auterity login signs you in"
    assert len(server.requests) == 3


_PROCESS = """
import asyncio, sys
from pathlib import Path
from auterity_sdk.hosted.client import HostedClient
from auterity_sdk.hosted.kept_tokens import TokenFile
from auterity_sdk.hosted.session import Session

async def main(address, folder):
    async with HostedClient(address) as client:
        vault = TokenFile(folder / "t.json")
        session = Session(address, vault, folder / "t.lock", client.signing_in.renew)
        print(await session.token())

asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
"""


async def test_processes_side_by_side_renew_once(tmp_path: Path) -> None:
    used: list[str] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = await reader.read(10_000)
        used.append(json.loads(body)["refresh_token"])
        await asyncio.sleep(0.2)
        made = {"access_token": "a1", "expires_in": 600, "refresh_token": "r1"}
        writer.write(told(made))
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with listening:
        address = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        keep(tmp_path, SIGNED_IN.model_copy(update={"server": address}))
        command = [sys.executable, "-c", _PROCESS, address, str(tmp_path)]
        processes = [
            await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE) for _ in range(3)
        ]
        outputs = [(await each.communicate())[0].decode().strip() for each in processes]
    assert (outputs, used) == (["a1"] * 3, ["r0"])


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    vault = TokenFile(tmp_path / "deep" / "t.json")
    vault.write(SIGNED_IN)
    assert vault.read() == SIGNED_IN
    if os.name == "posix":
        assert (tmp_path / "deep" / "t.json").stat().st_mode & 0o777 == 0o600
        assert (tmp_path / "deep").stat().st_mode & 0o777 == 0o700
    assert [each.name for each in (tmp_path / "deep").iterdir()] == ["t.json"]
    vault.forget()
    vault.forget()
    assert vault.read() is None


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    keep(tmp_path, SIGNED_IN)
    (tmp_path / "t.json").chmod(0o640)
    with pytest.raises(ConfigurationError, match="others may read"):
        TokenFile(tmp_path / "t.json").read()


@pytest.mark.parametrize("text", ["", "{", '{"server": 1}', '{"server": "x", "more": 1}'])
def test_a_file_that_is_none_of_ours_is_told_without_its_content(tmp_path: Path, text: str) -> None:
    file = tmp_path / "t.json"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    with pytest.raises(ConfigurationError, match="no tokens of this version"):
        TokenFile(file).read()


def test_tokens_are_not_shown() -> None:
    assert "r0" not in f"{SIGNED_IN} {SIGNED_IN!r}"


def test_a_keyring_keeps_them_too(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = pytest.importorskip("keyring")
    from keyring.backend import KeyringBackend

    class InMemory(KeyringBackend):
        priority = 1
        kept: dict[tuple[str, str], str] = {}  # noqa: RUF012

        def get_password(self, service: str, username: str) -> str | None:
            return self.kept.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            self.kept[service, username] = password

        def delete_password(self, service: str, username: str) -> None:
            del self.kept[service, username]

    before = keyring.get_keyring()
    keyring.set_keyring(InMemory())
    try:
        ring = TokenRing("smith")
        assert ring.works()
        assert ring.read() is None
        ring.write(SIGNED_IN)
        assert ring.read() == SIGNED_IN
        assert list(InMemory.kept) == [("auterity", "login:smith")]
        ring.forget()
        ring.forget()
        assert not InMemory.kept
    finally:
        keyring.set_keyring(before)


def test_without_a_keyring_there_is_none() -> None:
    keyring = pytest.importorskip("keyring")
    from keyring.backends.fail import Keyring

    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())
    try:
        assert not TokenRing("smith").works()
        with pytest.raises(ConfigurationError, match="does not answer"):
            TokenRing("smith").read()
    finally:
        keyring.set_keyring(before)
