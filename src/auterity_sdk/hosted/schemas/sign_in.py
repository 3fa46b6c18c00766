"""Signing in and out, and the pair of tokens that it gives."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, SecretStr, StringConstraints

from auterity_sdk.hosted.schemas.shape import Answer, Request

Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, to_lower=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$"
    ),
]
Password = Annotated[SecretStr, Field(min_length=1, max_length=1024)]
"""Over 72 bytes of UTF-8 is refused by the server, since bcrypt would count only so many."""

OpaqueToken = Annotated[SecretStr, Field(min_length=1, max_length=4096)]


class PasswordSignIn(Request):
    """Sign in with a password."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"email": "dana@smith-auto.example", "password": "correct horse battery"}]
        }
    )

    email: Email
    password: Password


class LinkSignIn(Request):
    """Sign in with the token of a one-time link. `password` becomes the user's, if it is given."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"token": "aut_link_7Qd1"}]})

    token: OpaqueToken
    password: Password | None = None


class ForgottenPassword(Request):
    """Ask for a way to another password, by mail."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"email": "dana@smith-auto.example"}]}
    )

    email: Email


class PasswordChange(Request):
    """Change one's own password. All other sign-ins of the person end."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"current": "correct horse battery", "password": "four other words altogether"}
            ]
        }
    )

    current: Password
    password: Password


class RefreshTokens(Request):
    """Ask for a new pair of tokens. A refresh token counts once: used again, the whole family is revoked."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"refresh_token": "aut_rt_9f2c"}]})

    refresh_token: OpaqueToken


class SignOut(Request):
    """Revoke the family of a refresh token."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"refresh_token": "aut_rt_9f2c"}]})

    refresh_token: OpaqueToken


class Tokens(Answer):
    """The tokens of a session. `access_token` goes into `Authorization: Bearer …` for `expires_in` seconds."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "access_token": "eyJhbGciOiJSUzI1NiIs",
                    "token_type": "Bearer",
                    "expires_in": 600,
                    "refresh_token": "aut_rt_9f2c",
                }
            ]
        }
    )

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105
    expires_in: int = Field(ge=1)
    refresh_token: str


class Jwk(Answer):
    """A public key by RFC 7517."""

    kty: Literal["RSA"]
    use: Literal["sig"]
    alg: Literal["RS256"]
    kid: str
    n: str
    e: str


class Jwks(Answer):
    """The public keys that access tokens are signed with: the present one, and those that tokens still may have."""

    keys: tuple[Jwk, ...]
