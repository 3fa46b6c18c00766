"""Access tokens: short-lived JWTs, signed by RS256, that name a person and their sign-in, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jwt
from msgspec import Struct

from auterity_server.access.refusals import NotSignedIn
from auterity_server.access.signing_keys import SigningKeys
from auterity_server.database.ids import new_id

AUDIENCE = "auterity-api"
_ALGORITHM = "RS256"
_TYPE = "at+jwt"
_HEADER = frozenset({"alg", "kid", "typ"})
_CLAIMS = ("iss", "aud", "sub", "sid", "iat", "nbf", "exp", "jti")
_LONGEST = 4096
_LEEWAY = 10
_MOST = 10_000


class Claims(Struct, frozen=True):
    """What a token says: the ids of a user and of their session."""

    user: str
    session: str


class AccessTokens:
    """Writes and reads them. `issuer` is the server's address; `lifetime` is in milliseconds."""

    def __init__(
        self, keys: SigningKeys, issuer: str, lifetime: int, now: Callable[[], int]
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._lifetime = lifetime // 1000
        self._now = now
        self._read: dict[str, tuple[Claims, int]] = {}

    @property
    def seconds(self) -> int:
        """How long a token is good."""
        return self._lifetime

    async def issue(self, claims: Claims) -> str:
        """A token that is good from now on."""
        key = await self._keys.current()
        at = self._now() // 1000
        said = {
            "iss": self._issuer,
            "aud": AUDIENCE,
            "sub": claims.user,
            "sid": claims.session,
            "iat": at,
            "nbf": at,
            "exp": at + self._lifetime,
            "jti": new_id("tok"),
        }
        return jwt.encode(said, key.private, _ALGORITHM, headers={"kid": key.kid, "typ": _TYPE})

    async def read(self, token: str) -> Claims:
        """What it says. Raises `NotSignedIn` for one that this server did not sign, for this use, for now."""
        known = self._read.get(token)
        if known is not None and known[1] > self._now() // 1000:
            return known[0]
        if len(token) > _LONGEST:
            raise NotSignedIn
        said = await self._verified(token)
        claims = _claims(said)
        self._remember(token, claims, int(said["exp"]))
        return claims

    async def _verified(self, token: str) -> Mapping[str, Any]:
        try:
            key = await self._keys.public(_kid(jwt.get_unverified_header(token)))
            if key is None:
                raise NotSignedIn
            said: Mapping[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=AUDIENCE,
                issuer=self._issuer,
                leeway=_LEEWAY,
                options={"require": list(_CLAIMS), "strict_aud": True},
            )
        except jwt.PyJWTError:
            raise NotSignedIn from None
        return said

    def _remember(self, token: str, claims: Claims, until: int) -> None:
        """The same text says the same as long as it is good: a signature is looked at once."""
        if len(self._read) >= _MOST:
            self._read.clear()
        self._read[token] = (claims, until)


def _kid(header: Mapping[str, Any]) -> str:
    """The name of the key. A header with more than ours in it, such as a key of its own, is not ours."""
    if set(header) != _HEADER or header["alg"] != _ALGORITHM or header["typ"] != _TYPE:
        raise NotSignedIn
    kid = header["kid"]
    if not isinstance(kid, str):
        raise NotSignedIn
    return kid


def _claims(said: Mapping[str, Any]) -> Claims:
    user, session = said["sub"], said["sid"]
    if not isinstance(user, str) or not isinstance(session, str):
        raise NotSignedIn
    return Claims(user, session)
