"""Forgotten passwords: who asks in somebody's name neither fills their mailbox nor keeps them from a new password."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from auterity_sdk.runtime.seal import SealKey
from auterity_server.access.forgotten import FROM_ADDRESS, Forgotten
from auterity_server.access.links import Links
from auterity_server.access.lock_out import LockOut
from auterity_server.access.refusals import TooMany
from auterity_server.access.rights import Rights
from auterity_server.database.tables.mails import mails
from auterity_server.mail.post import Post, opened
from tests.server.conftest import Owned, RunningServer
from tests.server.mail.conftest import PUBLIC

KEY = SealKey("test", lambda: b"k" * 32, lambda: b"k" * 32)
LIFETIME = 3_600_000


class Asking:
    """Asks for a new password of the owner; the time is moved by hand."""

    def __init__(self, server: RunningServer, owned: Owned) -> None:
        self.server, self.at = server, 1_900_000_000_000
        me = owned.owner.known("/me")
        self.user, self.email = me["id"], me["email"]
        database = server.wiring.database
        self.rights = Rights(database, self._now)
        self.links = Links(LIFETIME, self._now)
        post = Post(KEY, PUBLIC, LIFETIME, LIFETIME, lambda _: None)
        self.forgotten = Forgotten(
            self.rights, self.links, LockOut(database, KEY, self._now), self._now, post
        )

    def _now(self) -> int:
        return self.at

    def ask(self, times: int, since: str) -> None:
        async def all_of() -> None:
            for number in range(times):
                await self.forgotten.ask(self.email, f"{since}.{number}")
            await self.forgotten.settled()

        self.server.do(all_of())

    def tokens(self) -> list[str]:
        """Those that were mailed, in order."""
        query = select(mails).where(mails.c.user_id == self.user)

        async def found() -> list[Any]:
            async with self.server.wiring.database.reading() as connection:
                return list(await connection.execute(query.order_by(mails.c.created_at)))

        bodies = [opened(KEY, row.id, row.sealed).body for row in self.server.do(found())]
        return [re.findall(r"/sign-in#(\S+)", body)[0] for body in bodies]

    def redeem(self, token: str) -> str:
        async def used() -> str:
            async with self.rights.writing() as connection:
                return (await self.links.redeem(connection, token)).user

        return self.server.do(used())


@pytest.fixture
def asking(hosted: RunningServer, owned: Owned) -> Asking:
    return Asking(hosted, owned)


def test_whoever_asks_how_often_there_is_a_link_that_is_good(asking: Asking) -> None:
    asking.ask(50, "198.51.100")
    assert len(asking.tokens()) == 3
    asking.at += LIFETIME // 3 - 1
    asking.ask(50, "203.0.113")
    assert len(asking.tokens()) == 3
    asking.at += 1
    asking.ask(50, "192.0.2")
    assert len(asking.tokens()) == 4
    asking.at += LIFETIME * 2 // 3
    assert asking.redeem(asking.tokens()[-1]) == asking.user


def test_who_has_used_a_link_can_ask_for_another_at_once(asking: Asking) -> None:
    asking.ask(3, "198.51.100")
    asking.redeem(asking.tokens()[0])
    asking.at += 1
    asking.ask(1, "198.51.100")
    assert len(asking.tokens()) == 4


def test_who_asks_from_one_address_waits_in_the_end(asking: Asking) -> None:
    async def all_of() -> None:
        for _ in range(FROM_ADDRESS.free + 1):
            await asking.forgotten.ask("nobody@dealer.example", "203.0.113.200")

    with pytest.raises(TooMany):
        asking.server.do(all_of())
    asking.server.do(asking.forgotten.settled())
