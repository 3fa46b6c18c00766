"""Renewing tokens, and the keys that they are signed with."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response

from auterity_sdk.hosted.schemas.sign_in import Jwk, Jwks, RefreshTokens, Tokens
from auterity_server.access.access import Accessed
from auterity_server.access.guard import public
from auterity_server.access.token_answer import tokens_of

router = APIRouter(tags=["sign-in"], dependencies=[Depends(public())])
well_known = APIRouter(tags=["sign-in"], dependencies=[Depends(public())])
"""Routes that have their place at the root of the server, and not below the API's prefix."""


@router.post("/tokens/refresh")
async def refresh(asked: RefreshTokens, access: Accessed) -> Tokens:
    """New tokens for a refresh token, which is good once: used again, it ends the session."""
    return tokens_of(await access.sessions.refresh(asked.refresh_token.get_secret_value()))


@well_known.get("/.well-known/jwks.json")
async def keys(access: Accessed, response: Response) -> Jwks:
    """The public keys of access tokens (RFC 7517), the one that signs now first."""
    response.headers["Cache-Control"] = "public, max-age=60"
    published = await access.signing_keys.published()
    return Jwks(keys=tuple(Jwk.model_validate(key) for key in published))
