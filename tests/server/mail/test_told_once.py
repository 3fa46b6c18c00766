"""Nobody is told twice, nobody is missed, and several matters come in one mail, by processes that work side by side."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from auterity_sdk.connections.mail import Mail
from auterity_sdk.errors import StoreUnavailable
from auterity_sdk.runtime.seal import SealKey
from auterity_server.database.notifications import Kind, Notification, notify
from auterity_server.database.tables.mails import mails
from auterity_server.database.tables.notifications import notification_readers, notifications
from auterity_server.database.tables.users import users
from auterity_server.mail.post import Post, opened
from auterity_server.mail.texts import Matter, notification
from auterity_server.notifications import reading as module
from auterity_server.notifications.about_approvals import ReadRuns
from auterity_server.notifications.digests import Digests
from auterity_server.notifications.reading import HELD, Reading
from tests.server.conftest import Owned, RunningServer
from tests.server.files import DESK, push
from tests.server.mail.conftest import PUBLIC

DAY = 86_400_000
KEY = SealKey("test", lambda: b"k" * 32, lambda: b"k" * 32)
ASKED = {"input": {"customer": "Ann Zuckerman", "amount": 14200}}


class Desk:
    """An environment with the workflow `desk`, read by as many as a test likes; `at` is the time of all of them."""

    def __init__(self, server: RunningServer, owned: Owned) -> None:
        self.server, self.owned, self.at = server, owned, 1_900_000_000_000
        self.path = f"/environments/{owned.staging}"
        owned.owner.done(f"{self.path}/pushes", push(DESK), 201)

    def start(self) -> None:
        self.owned.owner.done(f"{self.path}/workflows/desk/runs", ASKED, 201)

    def reading(self) -> Reading:
        return Reading(self.server.wiring.database, lambda: self.at)

    def read(self, *readings: Reading) -> None:
        async def all_of() -> None:
            wiring = self.server.wiring
            runs = await wiring.runs_of(self.owned.organisation, self.owned.staging)
            journal = wiring.runs.stores.of(self.owned.staging)
            read = ReadRuns(runs.environment, runs.runtime, journal)
            await asyncio.gather(*(each.read_all([read]) for each in readings))

        self.server.do(all_of())

    def told(self) -> list[Any]:
        query = select(notifications)
        return self._rows(query.where(notifications.c.environment_id == self.owned.staging))

    def _rows(self, query: Any) -> list[Any]:
        async def found() -> list[Any]:
            async with self.server.wiring.database.reading() as connection:
                return list(await connection.execute(query))

        return self.server.do(found())

    def begin_anew(self) -> None:
        async def reset() -> None:
            async with self.server.wiring.database.writing() as connection:
                here = notification_readers.c.environment_id == self.owned.staging
                anew = update(notification_readers).where(here).values(position=0)
                await connection.execute(anew)

        self.server.do(reset())


@pytest.fixture
def desk(hosted: RunningServer, owned: Owned) -> Desk:
    return Desk(hosted, owned)


def test_of_several_processes_each_approval_is_told_of_once(desk: Desk) -> None:
    desk.start()
    desk.read(desk.reading())  # what waits already
    assert len(desk.told()) == 1
    for _ in range(3):
        desk.start()
    desk.read(*(desk.reading() for _ in range(4)))
    assert len(desk.told()) == 4
    desk.begin_anew()
    desk.read(desk.reading())
    assert len(desk.told()) == 4


def test_the_first_look_finds_what_the_last_events_tell_of(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What asks and has no index, as a budget does, may have begun before an environment was looked at first."""

    async def no_index(*_: object) -> list[str]:
        return []

    desk.start()
    journal = desk.server.wiring.runs.stores.of(desk.owned.staging)
    with monkeypatch.context() as first:
        first.setattr(journal, "listening", no_index)
        desk.read(desk.reading())
    assert desk.told() == []
    desk.read(desk.reading())
    assert len(desk.told()) == 1


def test_who_dies_between_reading_and_keeping_loses_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.read(desk.reading())
    desk.start()

    async def dies(*_: object) -> None:
        raise StoreUnavailable("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(module, "notify", dies)
        with pytest.raises(StoreUnavailable):
            desk.read(desk.reading())
    desk.read(desk.reading())
    assert desk.told() == []  # it may still be at work
    desk.at += HELD
    desk.read(desk.reading())
    assert len(desk.told()) == 1


def test_an_approval_that_was_answered_meanwhile_is_told_to_nobody(desk: Desk) -> None:
    desk.read(desk.reading())
    desk.start()
    (waits,) = desk.owned.owner.known(f"{desk.path}/approvals")["items"]
    answer = f"{desk.path}/approvals/{waits['run_id']}/{waits['step']}"
    desk.owned.owner.done(answer, {"approved": False})
    desk.read(desk.reading())
    assert desk.told() == []


class Told:
    """A person who is told of things, and the mails that were written; the time is moved by hand."""

    def __init__(self, server: RunningServer, owned: Owned) -> None:
        self.server, self.owned, self.at = server, owned, 1_900_000_000_000
        self.user = owned.owner.known("/me")["id"]
        self.post = Post(KEY, PUBLIC, 7 * DAY, DAY, lambda _: None)
        self.count = 0

    def tell(self, count: int = 1) -> None:
        told = [self._next() for _ in range(count)]

        async def keep() -> None:
            async with self.server.wiring.database.writing() as connection:
                await notify(connection, told)
                await notify(connection, told)

        self.server.do(keep())

    def _next(self) -> Notification:
        self.count += 1
        return Notification(
            f"{self.user}-{self.count}",
            self.user,
            self.owned.organisation,
            self.owned.staging,
            Kind.APPROVAL,
            f"flow-{self.count}",
            "run",
            created_at=self.at,
        )

    def write(self, processes: int = 3) -> None:
        database = self.server.wiring.database

        async def all_of() -> None:
            digests = [Digests(database, self.post, lambda: self.at) for _ in range(processes)]
            await asyncio.gather(*(each.write_due() for each in digests))

        self.server.do(all_of())

    def mails(self) -> list[Any]:
        query = select(mails).where(mails.c.user_id == self.user).order_by(mails.c.created_at)

        async def found() -> list[Any]:
            async with self.server.wiring.database.reading() as connection:
                rows = list(await connection.execute(query))
                return [opened(KEY, row.id, row.sealed) for row in rows]

        return self.server.do(found())


def test_what_comes_within_a_minute_is_one_mail(hosted: RunningServer, owned: Owned) -> None:
    lee = Told(hosted, owned)
    lee.tell()
    lee.write()
    for later in (0, 59_999):
        lee.tell()
        lee.at += later
        lee.write()
        assert len(lee.mails()) == 1
    lee.at += 1
    lee.write()
    first, second = lee.mails()
    assert first.subject == "An approval of flow-1 waits for you"
    assert second.subject == "2 matters on Auterity"
    assert "flow-2" in second.body
    assert "flow-3" in second.body
    assert "flow-1" not in second.body
    lee.at += DAY
    lee.write()
    assert len(lee.mails()) == 2


def test_many_matters_are_one_mail(hosted: RunningServer, owned: Owned) -> None:
    lee = Told(hosted, owned)
    lee.tell(1200)
    lee.write()
    (mail,) = lee.mails()
    assert mail.subject == "1200 matters on Auterity"
    assert "and 1170 more" in mail.body


def test_who_wants_no_more_is_not_told_what_was_kept(hosted: RunningServer, owned: Owned) -> None:
    lee = Told(hosted, owned)
    lee.tell()
    assert owned.owner.patch("/me", json={"notified": False}).json()["notified"] is False
    lee.write()
    owned.owner.patch("/me", json={"notified": True})
    lee.at += DAY
    lee.write()
    assert lee.mails() == []


def test_an_address_to_which_no_mail_can_go_holds_up_nobody(
    hosted: RunningServer, owned: Owned, another: Owned, caplog: pytest.LogCaptureFixture
) -> None:
    """As the first owner's, unless the server is told another."""
    nowhere, lee = Told(hosted, owned), Told(hosted, another)

    async def move() -> None:
        async with hosted.wiring.database.writing() as connection:
            one = update(users).where(users.c.id == nowhere.user)
            await connection.execute(one.values(email=f"{nowhere.user}@localhost"))

    hosted.do(move())
    nowhere.tell()
    lee.tell()
    lee.write()
    assert (len(nowhere.mails()), len(lee.mails())) == (0, 1)
    assert "@localhost" not in caplog.text


def test_an_api_key_has_no_mails(hosted: RunningServer, owned: Owned) -> None:
    scope = {"kind": "organisation", "id": owned.organisation}
    asked = {"name": "CI", "role": "viewer", "scope": scope}
    made = owned.owner.done(f"/organisations/{owned.organisation}/api-keys", asked, 201)
    key = {"Authorization": f"Bearer {made['secret']}"}
    assert owned.owner.get("/me", headers=key).json()["notified"] is False
    assert owned.owner.patch("/me", headers=key, json={"notified": True}).status_code == 403


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=3), st.text(max_size=30))
def test_whatever_things_are_called_a_mail_has_our_headers_alone(
    said: list[str], subject: str
) -> None:
    text = notification([Matter(subject, each, f"{PUBLIC}/x", each) for each in said])
    mail = Mail("lee@dealer.example", text.subject, text.body)
    assert len(mail.subject.splitlines()) <= 1
    links = [each for each in mail.body.splitlines() if each == f"  {PUBLIC}/x"]
    assert len(links) == len(said)
