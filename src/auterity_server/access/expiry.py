"""Forgets what is over: tokens, links, codes and attempts that can be of no use to anybody."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import and_, delete, literal, or_, select

from auterity_server.access.lock_out import ACCOUNT
from auterity_server.database.database import Database
from auterity_server.database.kept_answers import forget_answers
from auterity_server.database.tables.api_keys import api_keys
from auterity_server.database.tables.attempts import attempts
from auterity_server.database.tables.browsers import browsers
from auterity_server.database.tables.device_codes import device_codes
from auterity_server.database.tables.grants import grants
from auterity_server.database.tables.links import links
from auterity_server.database.tables.refresh_tokens import refresh_tokens
from auterity_server.database.tables.sessions import sessions

_KEPT = 7 * 86_400_000
_KEY = literal("api_key:") + api_keys.c.id
"""As grants name the holder."""


class Expiry:
    """A used refresh token is known as long as it would be good, sessions and codes for a week after their end."""

    def __init__(self, database: Database, now: Callable[[], int]) -> None:
        self._database = database
        self._now = now

    async def forget(self) -> None:
        """Delete what is over. Called from time to time, by any process."""
        now = self._now()
        before = now - _KEPT
        over = or_(sessions.c.expires_at < before, sessions.c.ended_at < before)
        of_these = refresh_tokens.c.session_id.in_(select(sessions.c.id).where(over))
        of_trusts = and_(api_keys.c.trust_id != "", api_keys.c.expires_at < before)
        async with self._database.writing() as connection:
            await forget_answers(connection, now)
            for gone in (
                delete(refresh_tokens).where(or_(of_these, refresh_tokens.c.expires_at < now)),
                delete(sessions).where(over),
                delete(browsers).where(browsers.c.expires_at < now),
                delete(device_codes).where(device_codes.c.expires_at < before),
                delete(links).where(links.c.expires_at < before),
                delete(grants).where(grants.c.holder.in_(select(_KEY).where(of_trusts))),
                delete(api_keys).where(of_trusts),
                delete(attempts).where(attempts.c.last_at < now - ACCOUNT.forgotten_after),
            ):
                await connection.execute(gone)
