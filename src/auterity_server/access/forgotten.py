"""Forgotten passwords: a mail with a way to another one. Who asks is told the same, whoever has an account."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_sdk.errors import StepError
from auterity_server.access.audit import record_of_user
from auterity_server.access.links import Links
from auterity_server.access.lock_out import LockOut, Policy, Subject
from auterity_server.access.refusals import Conflicting
from auterity_server.access.rights import Rights
from auterity_server.database.tables.members import members
from auterity_server.database.tables.users import users
from auterity_server.mail.post import Post

_LOG = logging.getLogger("auterity.server")
FREE = 3
"""So many mails go to one address however they are asked for; then one for each third of the time that a link is good."""
FROM_ADDRESS = Policy(free=20)
"""Of asking from one network address."""


class Forgotten:
    """Sends who asks a link, where there is an account."""

    def __init__(
        self,
        rights: Rights,
        links: Links,
        lock_out: LockOut,
        now: Callable[[], int],
        post: Post | None,
    ) -> None:
        self._rights = rights
        self._links = links
        self._lock_out = lock_out
        self._now = now
        self._post = post
        self._beside: set[asyncio.Task[None]] = set()

    async def settled(self) -> None:
        """Wait for what is still being written beside answers."""
        await asyncio.gather(*self._beside)

    async def ask(self, email: str, address: str) -> None:
        """Send a mail, beside the answer: it must not come later where there is a user.

        Raises `Conflicting` where the server sends no mail, and `TooMany` for a network address that asks too often. Whoever else
        asks for somebody's address keeps them from nothing.
        """
        post = self._post
        if post is None:
            raise Conflicting(
                "this server sends no mail", help="an owner of the organisation can make a link"
            )
        await self._lock_out.begin([Subject("forgotten from", address, FROM_ADDRESS)])
        task = asyncio.create_task(self._send(post, email))
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def _send(self, post: Post, email: str) -> None:
        try:
            mail = await self._written(post, email)
        except (SQLAlchemyError, StepError) as error:
            # Its text may quote the address.
            _LOG.error("a forgotten password: no mail was written: %s", type(error).__name__)
            return
        if mail is not None:
            post.tell(mail)

    async def _written(self, post: Post, email: str) -> str | None:
        """The id of the mail; None where the address is nobody's, or has links enough."""
        belongs = select(members.c.user_id).where(members.c.user_id == users.c.id)
        query = select(users.c.id).where(users.c.email == email, belongs.exists())
        query = query.with_for_update()  # who asks at the same time is counted, too
        async with self._rights.writing() as connection:
            user = (await connection.execute(query)).scalar()
            now = self._now()
            if user is None or await self._has_enough(connection, user, post.asked, now):
                return None
            token = await self._links.make_for_mail(connection, user, f"user:{user}", post.asked)
            await record_of_user(connection, user, "password:forgotten", at=now)
            return await post.renew_password(connection, email, user, token, now)

    async def _has_enough(
        self, connection: AsyncConnection, user: str, lifetime: int, now: int
    ) -> bool:
        """Whether the mailbox has links, of which the last is good for most of its time: so nobody can fill it, and whoever
        looks into it gets in."""
        made = await self._links.asked_for(connection, user)
        return len(made) >= FREE and made[0] > now - lifetime // 3
