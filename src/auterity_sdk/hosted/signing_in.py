"""Signing in by password, one-time link or device code; renewing tokens; signing out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from msgspec import Struct
from pydantic import BaseModel, SecretStr

from auterity_sdk.errors import HostedError, SignInNeeded
from auterity_sdk.hosted.connection import Call, Connection, Model
from auterity_sdk.hosted.schemas.device import (
    DeviceApproval,
    DeviceApproved,
    DeviceCode,
    DevicePoll,
    DevicePolled,
    DeviceStart,
)
from auterity_sdk.hosted.schemas.sign_in import (
    ForgottenPassword,
    LinkSignIn,
    PasswordSignIn,
    RefreshTokens,
    SignOut,
    Tokens,
)
from auterity_sdk.hosted.schemas.trust import ExchangedToken, TokenExchange

SLOWER = 5
"""Seconds by which a device asks less often once it is told to (RFC 8628, 3.5)."""

Sleep = Callable[[float], Awaitable[None]]


class SigningIn(Struct, frozen=True):
    """What a server does for those who are not signed in. None of it is made twice by itself: each counts."""

    connection: Connection

    async def by_password(self, email: str, password: str) -> Tokens:
        """Raises `SignInNeeded` where they do not fit."""
        body = PasswordSignIn(email=email, password=SecretStr(password))
        return await self._ask("/sign-in/password", body, Tokens)

    async def by_link(self, token: str, password: str | None = None) -> Tokens:
        """With the token of a one-time link; `password` becomes the user's, if it is given."""
        new = None if password is None else SecretStr(password)
        body = LinkSignIn(token=SecretStr(token), password=new)
        return await self._ask("/sign-in/link", body, Tokens)

    async def forgotten(self, email: str) -> None:
        """Have a link to a new password mailed. Nobody learns by it whether somebody signs in with the address."""
        body = ForgottenPassword(email=email)
        await self.connection.send(Call("POST", "/sign-in/forgotten", body=body, signed=False))

    async def renew(self, refresh_token: str) -> Tokens:
        """A new pair of tokens. The old refresh token is used up, although the answer may be lost."""
        body = RefreshTokens(refresh_token=SecretStr(refresh_token))
        return await self._ask("/tokens/refresh", body, Tokens)

    async def exchange(self, asked: TokenExchange) -> ExchangedToken:
        """A token of the server for one of a CI service that an organisation trusts."""
        return await self._ask("/tokens/exchange", asked, ExchangedToken)

    async def sign_out(self, refresh_token: str) -> None:
        """End the sign-in to which the token belongs."""
        body = SignOut(refresh_token=SecretStr(refresh_token))
        await self.connection.send(Call("POST", "/sign-out", body=body, signed=False))

    async def start_device(self, client: str) -> DeviceCode:
        """Begin the device flow; `client` is what the person who approves is shown."""
        return await self._ask("/device/start", DeviceStart(client=client), DeviceCode)

    async def approve_device(self, user_code: str, *, approved: bool = True) -> DeviceApproved:
        """Answer a device's code, as who is signed in."""
        body = DeviceApproval(user_code=user_code, approved=approved)
        return await self.connection.ask(Call("POST", "/device/approve", body=body), DeviceApproved)

    async def poll_device(self, code: DeviceCode, sleep: Sleep = asyncio.sleep) -> Tokens:
        """Wait until a person has approved the code. Raises `SignInNeeded` where they refuse, or nobody answers in time."""
        body = DevicePoll(device_code=SecretStr(code.device_code))
        interval, waited = float(code.interval), 0.0
        while waited < code.expires_in:
            await sleep(interval)
            waited += interval
            polled = await self._ask("/device/poll", body, DevicePolled)
            match polled.status:
                case "approved" if polled.tokens is not None:
                    return polled.tokens
                case "approved":
                    raise HostedError("the server approved the code, and sent no tokens")
                case "denied":
                    raise SignInNeeded("the sign-in was refused in the browser")
                case "expired":
                    break
                case "slow_down":
                    interval += SLOWER
                case "pending":
                    pass
        raise SignInNeeded(
            "nobody approved the code in time", help="auterity login shows another one"
        )

    async def _ask(self, path: str, body: BaseModel, answer: type[Model]) -> Model:
        call = Call("POST", path, body=body, signed=False)
        return await self.connection.ask(call, answer)
