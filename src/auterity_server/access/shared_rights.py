"""The stamp of rights in Redis: who changes rights replaces it, and whoever sees another one looks rights up again."""

from __future__ import annotations

import logging
import secrets

from redis.asyncio import Redis
from redis.exceptions import RedisError

_LOG = logging.getLogger("auterity.server")

STAMP = "auterity.rights"
"""It says nothing about anybody. Who can write it can only let others ask the database more often."""
_PATIENCE = 0.5


class RedisStamp:
    """See `Stamp`."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE, retry=None
        )

    async def renew(self) -> None:
        """See `Stamp.renew`. Others that are not told notice by themselves, some seconds later."""
        try:
            await self._redis.set(STAMP, secrets.token_hex(8))
        except (RedisError, OSError) as error:
            _LOG.warning("a change of rights was not told: %s", type(error).__name__)

    async def close(self) -> None:
        """See `Stamp.close`."""
        await self._redis.aclose()
