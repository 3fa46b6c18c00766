"""A trust: tokens of a CI service by which its jobs sign in, without a secret that is kept anywhere."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, SecretStr, StringConstraints

from auterity_sdk.hosted.schemas.grant import Role, Scope
from auterity_sdk.hosted.schemas.shape import Answer, Id, Moment, Request, Title

LONGEST = 3600
"""Seconds that what a token is exchanged for is good at most."""

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
JWT = "urn:ietf:params:oauth:token-type:jwt"

Claim = Annotated[
    str, StringConstraints(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_.:/-]+$")
]
ClaimText = Annotated[
    str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f]+$")
]
Issuer = Annotated[
    str, StringConstraints(max_length=300, pattern=r"^https?://[A-Za-z0-9.:\[\]-]+(/[^\s?#]*)?$")
]

_ACTIONS: dict[str, Any] = {
    "name": "GitHub Actions of the workflows repository",
    "issuer": "https://token.actions.githubusercontent.com",
    "audience": "https://auterity.smith-auto.example",
    "conditions": {
        "repository": ["smith-auto/workflows"],
        "ref": ["refs/heads/main"],
    },
    "role": "developer",
    "scope": {"kind": "environment", "id": "e1x5c3"},
    "lifetime": 900,
}


class NewTrust(Request):
    """Who is trusted: tokens of an issuer (OpenID Connect) for an audience, whose claims are what `conditions` say.

    Each claim that is named has to be one of its texts, to the letter. `lifetime` is in seconds.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_ACTIONS]})

    name: Title
    issuer: Issuer
    audience: ClaimText
    conditions: dict[
        Claim, Annotated[tuple[ClaimText, ...], Field(min_length=1, max_length=50)]
    ] = Field(min_length=1, max_length=20)
    role: Role
    scope: Scope
    lifetime: int = Field(default=900, ge=60, le=LONGEST)


class Trust(Answer):
    """A trust."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"id": "trs_9c2e", **_ACTIONS, "created_at": "2026-11-29T15:00:00Z"}]
        }
    )

    id: Id
    name: str
    issuer: str
    audience: str
    conditions: dict[str, tuple[str, ...]]
    role: Role
    scope: Scope
    lifetime: int
    created_at: Moment


class TokenExchange(Request):
    """A token of a trusted issuer, to be exchanged (RFC 8693) for one of this server."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"trust": "trs_9c2e", "subject_token": "eyJhbGciOi"}]}
    )

    trust: Id
    subject_token: SecretStr = Field(max_length=16_384)
    grant_type: Literal["urn:ietf:params:oauth:grant-type:token-exchange"] = EXCHANGE  # type: ignore[assignment]
    subject_token_type: Literal[
        "urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:id_token"
    ] = JWT  # type: ignore[assignment]


class ExchangedToken(Answer):
    """What goes into `Authorization: Bearer …` for so many seconds. It has the role of the trust."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "access_token": "aut_key_3Hq8vT0u",
                    "expires_in": 900,
                    "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
                    "token_type": "Bearer",
                }
            ]
        }
    )

    access_token: str
    expires_in: int
    issued_token_type: str = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a name, no secret
    token_type: str = "Bearer"  # noqa: S105
