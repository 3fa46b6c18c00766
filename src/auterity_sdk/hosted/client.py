"""The client of a server: who is signed in, and the way to an organisation or an environment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import TypeVar

import httpx2

from auterity_sdk.hosted.address import Address
from auterity_sdk.hosted.connection import Call, Connection
from auterity_sdk.hosted.credentials import Credentials, Nobody
from auterity_sdk.hosted.environment import HostedEnvironment
from auterity_sdk.hosted.organisation import HostedOrganisation
from auterity_sdk.hosted.retrying import Patience
from auterity_sdk.hosted.schemas.user import Me, MeChange
from auterity_sdk.hosted.signing_in import SigningIn

T = TypeVar("T")


class HostedClient:
    """Speaks with the server at `address`, as whom `credentials` say.

        async with HostedClient("https://auterity.example", ApiKey(secret)) as client:
            run = await client.environment(id).start("lead-response", {"lead": lead})

    Every method raises `HostedError`: `SignInNeeded`, `NotAllowed`, `NotOnServer`, `ServerConflict`, `PushRefused` or
    `ServerUnavailable`. What can be repeated without harm is, a few times, when the network or the server fails.
    """

    def __init__(
        self,
        address: str,
        credentials: Credentials | None = None,
        *,
        patience: Patience | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._connection = Connection(
            Address.read(address),
            credentials or Nobody(),
            patience=patience,
            transport=transport,
        )

    async def __aenter__(self) -> HostedClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of the connections."""
        await self._connection.close()

    @property
    def address(self) -> Address:
        """Where the server is."""
        return self._connection.address

    @property
    def signing_in(self) -> SigningIn:
        """Signing in and out, for which nobody need be signed in."""
        return SigningIn(self._connection)

    async def me(self) -> Me:
        """Who is signed in, and with which grants."""
        return await self._connection.ask(Call("GET", "/me"), Me)

    async def be_notified(self, *, notified: bool) -> Me:
        """Say whether mails tell one of what waits for one."""
        call = Call("PATCH", "/me", body=MeChange(notified=notified))
        return await self._connection.ask(call, Me)

    def organisation(self, id: str) -> HostedOrganisation:
        """The organisation of that id. Nothing is asked yet."""
        return HostedOrganisation(self._connection, id)

    def environment(self, id: str) -> HostedEnvironment:
        """The environment of that id. Nothing is asked yet."""
        return HostedEnvironment(self._connection, id)


def in_script(client: HostedClient, work: Callable[[HostedClient], Awaitable[T]]) -> T:
    """For scripts that are not async: `in_script(HostedClient(…), lambda client: client.me())`."""

    async def whole() -> T:
        async with client:
            return await work(client)

    return asyncio.run(whole())
