"""Writes the mails: all that somebody is to be told of in one, and no second one within a minute."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_sdk.errors import StepError
from auterity_server.database.database import Database
from auterity_server.database.notifications import (
    Notification,
    begin_mail,
    take_all,
    users_to_tell,
)
from auterity_server.mail.post import Post
from auterity_server.notifications.matters import matters_of
from auterity_server.notifications.people import address_of_member

_LOG = logging.getLogger("auterity.mail")
_MINUTE = 60_000
_AT_ONCE = 100


class Digests:
    """Gives the post what people are to be told of. `now` gives milliseconds since 1970."""

    def __init__(self, database: Database, post: Post, now: Callable[[], int]) -> None:
        self._database = database
        self._post = post
        self._now = now

    async def write_due(self) -> None:
        """Write to each who is to be told of something, and was not written to within the last minute."""
        async with self._database.reading() as connection:
            found = await users_to_tell(connection, self._now() - _MINUTE, _AT_ONCE)
        for user in found:
            async with self._database.writing() as connection:
                mail = await self._written(connection, user)
            if mail is not None:
                self._post.tell(mail)

    async def _written(self, connection: AsyncConnection, user: str) -> str | None:
        """The id of the mail; None where another process has written it, or there is nothing to tell any more."""
        now = self._now()
        if not await begin_mail(connection, user, now - _MINUTE, now):
            return None
        told = await take_all(connection, user, now)
        organisations = {each.organisation_id for each in told}
        address, active_in = await address_of_member(connection, user, organisations)
        left = [each for each in told if each.organisation_id in active_in]
        if not left:
            return None
        return await self._put(connection, address, user, left, now)

    async def _put(
        self,
        connection: AsyncConnection,
        address: str,
        user: str,
        told: Sequence[Notification],
        now: int,
    ) -> str | None:
        matters = await matters_of(connection, told, self._post.url)
        organisations = {each.organisation_id for each in told}
        organisation = organisations.pop() if len(organisations) == 1 else ""
        try:
            return await self._post.notify(connection, address, user, organisation, matters, now)
        except StepError as error:
            # Its text may quote the address.
            _LOG.error("no mail can go to user:%s: %s", user, error.type)
            return None
