"""Signing in with a password or a one-time link, and signing out."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, status

from auterity_sdk.hosted.schemas.sign_in import (
    ForgottenPassword,
    LinkSignIn,
    PasswordSignIn,
    SignOut,
    Tokens,
)
from auterity_server.access.access import Accessed
from auterity_server.access.guard import address_of, public
from auterity_server.access.token_answer import tokens_of

router = APIRouter(tags=["sign-in"], dependencies=[Depends(public())])


@router.post("/sign-in/password")
async def with_password(asked: PasswordSignIn, request: Request, access: Accessed) -> Tokens:
    """Sign in with an e-mail address and a password. After some failures one has to wait, longer each time."""
    password = asked.password.get_secret_value()
    issued = await access.sign_in.with_password(asked.email, password, address_of(request))
    return tokens_of(issued)


@router.post("/sign-in/link")
async def with_link(asked: LinkSignIn, access: Accessed) -> Tokens:
    """Sign in with the token of a one-time link, and set a password. The link is good no more after it."""
    password = None if asked.password is None else asked.password.get_secret_value()
    return tokens_of(await access.sign_in.with_link(asked.token.get_secret_value(), password))


@router.post("/sign-in/forgotten", status_code=status.HTTP_202_ACCEPTED)
async def forgotten(asked: ForgottenPassword, request: Request, access: Accessed) -> None:
    """Mail a one-time link to the address, if somebody signs in with it. The answer is the same if nobody does."""
    await access.forgotten.ask(asked.email, address_of(request))


@router.post("/sign-out", status_code=status.HTTP_204_NO_CONTENT)
async def sign_out(asked: SignOut, access: Accessed) -> None:
    """End the session of a refresh token, and with it all of its tokens."""
    await access.sessions.sign_out(asked.refresh_token.get_secret_value())
