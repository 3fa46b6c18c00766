"""The keys that access tokens are signed with: in the database, private halves sealed, replaced in time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import RSAAlgorithm
from msgspec import Struct
from sqlalchemy import Row, insert, or_, select, update

from auterity_sdk.errors import StoreUnavailable
from auterity_sdk.runtime.seal import SealKey
from auterity_server.database.database import Database
from auterity_server.database.ids import new_id
from auterity_server.database.tables.signing_keys import signing_keys

_DAY = 86_400_000
AGE = 30 * _DAY
"""Milliseconds after which a key is replaced by a new one."""
_BITS = 2048
_FRESH = 60_000
_MARGIN = 5 * 60_000


class SigningKey(Struct, frozen=True):
    """A key that signs. `kid` names it in the header of a token."""

    kid: str
    private: rsa.RSAPrivateKey


class SigningKeys:
    """The keys of one server. `good_for` is the lifetime of a token, in milliseconds: so long a retired key is good."""

    def __init__(
        self, database: Database, seal: SealKey, good_for: int, now: Callable[[], int]
    ) -> None:
        self._database = database
        self._seal = seal
        self._good_for = good_for
        self._now = now
        self._signing: SigningKey | None = None
        self._public: dict[str, rsa.RSAPublicKey] = {}
        self._read_at: int | None = None
        self._making = asyncio.Lock()

    async def current(self) -> SigningKey:
        """The key that signs now; made where there is none, and where the last one is old."""
        if self._signing is None or self._is_stale():
            async with self._making:
                await self._read()
                if self._signing is None:
                    await self._rotate()
        if self._signing is None:
            raise StoreUnavailable("the key that signs tokens is gone")
        return self._signing

    async def public(self, kid: str) -> rsa.RSAPublicKey | None:
        """The public half of a key that is good; None if there is none of that name."""
        if kid not in self._public or self._is_stale():
            await self._read()
        return self._public.get(kid)

    async def published(self) -> list[dict[str, Any]]:
        """The public halves that tokens may be signed with, as JWKs; the newest first."""
        await self.current()
        return [dict(row.public) for row in await self._good()]

    async def _rotate(self) -> None:
        """Sign with a new key from now on. Tokens that the last one signed stay good until they are over."""
        kid = new_id("sig")
        made = await asyncio.to_thread(rsa.generate_private_key, 65537, _BITS)
        pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        jwk = RSAAlgorithm.to_jwk(made.public_key(), as_dict=True)
        public = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid}
        async with self._database.writing() as connection:
            now = self._now()
            await connection.execute(
                update(signing_keys)
                .where(signing_keys.c.retired_at.is_(None))
                .values(retired_at=now)
            )
            await connection.execute(
                insert(signing_keys).values(
                    kid=kid,
                    public=public | {"n": jwk["n"], "e": jwk["e"]},
                    sealed=self._seal.seal(pem, _bound(kid)),
                    made_at=now,
                )
            )
        await self._read()

    async def _read(self) -> None:
        rows = await self._good()
        self._public = {row.kid: self._public.get(row.kid) or _parsed(row.public) for row in rows}
        young = [row for row in rows if row.retired_at is None and row.made_at + AGE > self._now()]
        self._signing = self._opened(young[0]) if young else None
        self._read_at = self._now()

    async def _good(self) -> list[Row[Any]]:
        until = self._now() - self._good_for - _MARGIN
        good = or_(signing_keys.c.retired_at.is_(None), signing_keys.c.retired_at > until)
        query = select(signing_keys).where(good).order_by(signing_keys.c.made_at.desc())
        async with self._database.reading() as connection:
            return list(await connection.execute(query))

    def _opened(self, row: Row[Any]) -> SigningKey:
        if self._signing is not None and self._signing.kid == row.kid:
            return self._signing
        pem = self._seal.open(row.sealed, _bound(row.kid))
        # It was sealed by us: looking for its primes again would take a tenth of a second.
        private = load_pem_private_key(
            pem.encode(), password=None, unsafe_skip_rsa_key_validation=True
        )
        if not isinstance(private, rsa.RSAPrivateKey):
            raise StoreUnavailable("the key that signs tokens is of another kind than RSA")
        return SigningKey(row.kid, private)

    def _is_stale(self) -> bool:
        # Other processes rotate too, and a key grows old.
        return self._read_at is None or self._read_at + _FRESH <= self._now()


def _bound(kid: str) -> str:
    return f"the signing key {kid}"


def _parsed(public: dict[str, Any]) -> rsa.RSAPublicKey:
    key = RSAAlgorithm.from_jwk(public)
    if not isinstance(key, rsa.RSAPublicKey):
        raise StoreUnavailable("a published key of tokens is a private one")
    return key
