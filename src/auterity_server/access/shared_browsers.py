"""Which browser belongs to which sign-in, in the Redis that processes share."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.exceptions import RedisError

from auterity_sdk.runtime.seal import SealKey
from auterity_server.access.access_tokens import Claims
from auterity_server.access.browsers import BrowsersUnreachable

_PATIENCE = 2.0


class RedisBrowsers:
    """See `Browsers`. What is kept are two ids, and a keyed digest: a line that somebody else wrote signs nobody in."""

    def __init__(self, url: str, seal: SealKey) -> None:
        self._redis = Redis.from_url(
            url, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE, retry=None
        )
        self._seal = seal

    async def keep(self, name: str, claims: Claims, lifetime: int) -> None:
        """See `Browsers.keep`."""
        async with self._reached():
            await self._redis.set(_key(name), self._line(name, claims), px=lifetime)

    async def find(self, name: str) -> Claims | None:
        """See `Browsers.find`."""
        async with self._reached():
            found = await self._redis.get(_key(name))
        if not isinstance(found, bytes):
            return None
        user, _, rest = found.decode(errors="replace").partition(" ")
        claims = Claims(user, rest.partition(" ")[0])
        own = self._line(name, claims).encode()
        return claims if hmac.compare_digest(found, own) else None

    async def forget(self, name: str) -> None:
        """See `Browsers.forget`."""
        async with self._reached():
            await self._redis.delete(_key(name))

    async def close(self) -> None:
        """See `Browsers.close`."""
        await self._redis.aclose()

    def _line(self, name: str, claims: Claims) -> str:
        said = f"{claims.user} {claims.session}"
        return f"{said} {self._seal.fingerprint(f'browser {name} {said}')}"

    @asynccontextmanager
    async def _reached(self) -> AsyncIterator[None]:
        try:
            yield
        except (RedisError, OSError):
            raise BrowsersUnreachable from None


def _key(name: str) -> str:
    return f"auterity.browser.{name}"
