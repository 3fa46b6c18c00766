"""A token of a trusted issuer for a key of a short life (RFC 8693): how jobs of a CI service sign in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jwt
from msgspec import Struct
from sqlalchemy import Row, insert

from auterity_server.access.granting import NewGrant, write_grant
from auterity_server.access.issuers import Issuers
from auterity_server.access.permissions import Role
from auterity_server.access.places_in_database import place
from auterity_server.access.principal import Kind
from auterity_server.access.refusals import TokenRefused
from auterity_server.access.rights import Rights
from auterity_server.access.secret_texts import SecretKind, digest, new_secret
from auterity_server.access.trusts import Trusts
from auterity_server.database.auditing import record
from auterity_server.database.ids import new_id
from auterity_server.database.tables.api_keys import api_keys

_ALGORITHMS = ("RS256", "ES256")
_FOREIGN = frozenset({"jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc"})
"""A header that brings a key along, or says where one is, or changes how it is read, is none that we go by."""

_REQUIRED = ("iss", "aud", "sub", "iat", "exp")
_LEEWAY = 30
_SHOWN = len(SecretKind.API_KEY) + 4


class Exchanged(Struct, frozen=True):
    """A key, and how many seconds it is good."""

    secret: str
    seconds: int


class TokenExchange:
    """Exchanges tokens."""

    def __init__(
        self, rights: Rights, trusts: Trusts, issuers: Issuers, now: Callable[[], int]
    ) -> None:
        self._rights = rights
        self._trusts = trusts
        self._issuers = issuers
        self._now = now

    async def exchange(self, trust_id: str, token: str) -> Exchanged:
        """A new key with the trust's role. Raises `TokenRefused`, and `IssuerUnreachable`."""
        trust = await self._trusts.named(trust_id)
        if trust is None:
            raise TokenRefused("there is no such trust, or the token is not of its issuer")
        said = await self._verified(trust, token)
        for name, texts in trust.conditions.items():
            if _text(said.get(name)) not in texts:
                raise TokenRefused(f"the token's claim `{name}` is not what the trust asks for")
        return await self._key(trust, said)

    async def _verified(self, trust: Row[Any], token: str) -> Mapping[str, Any]:
        refused = TokenRefused("there is no such trust, or the token is not of its issuer")
        try:
            header = jwt.get_unverified_header(token)
            algorithm, kid = header.get("alg"), header.get("kid")
            if algorithm not in _ALGORITHMS or not isinstance(kid, str) or _FOREIGN & {*header}:
                raise refused
            key = await self._issuers.key(trust.issuer, kid, algorithm)
            if key is None:
                raise refused
            said: Mapping[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                issuer=trust.issuer,
                audience=trust.audience,
                leeway=_LEEWAY,
                options={"require": list(_REQUIRED)},
            )
        except jwt.ExpiredSignatureError:
            raise TokenRefused("the token is over") from None
        except jwt.InvalidAudienceError:
            raise TokenRefused("the token is for another audience than the trust says") from None
        except (jwt.PyJWTError, ValueError, TypeError):
            raise refused from None
        return said

    async def _key(self, trust: Row[Any], said: Mapping[str, Any]) -> Exchanged:
        now = self._now()
        secret, id_ = new_secret(SecretKind.API_KEY), new_id("key")
        actor = f"trust:{trust.id}"
        async with self._rights.writing() as connection:
            where = await place(connection, trust.scope_kind, trust.scope_id)
            if where is None:
                raise TokenRefused("the place of the trust is no longer there")
            await connection.execute(
                insert(api_keys).values(
                    id=id_,
                    organisation_id=trust.organisation_id,
                    name=trust.name,
                    prefix=secret[:_SHOWN],
                    digest=digest(secret),
                    made_by=actor,
                    created_at=now,
                    expires_at=now + trust.lifetime * 1000,
                    trust_id=trust.id,
                )
            )
            grant = NewGrant(Role(trust.role), trust.scope_kind, trust.scope_id)
            await write_grant(connection, actor, Kind.API_KEY, id_, grant, where, now)
            await record(
                connection,
                organisation_id=trust.organisation_id,
                at=now,
                actor=actor,
                action="tokens:exchange",
                noun=f"api_key:{id_}",
                subject=str(said["sub"])[:200],
            )
        return Exchanged(secret, trust.lifetime)


def _text(value: Any) -> str | None:
    """A claim as a condition writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else None
