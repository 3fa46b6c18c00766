"""The outbox: who sends a mail, what happens where it cannot be sent, and what is left of it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import func, select

from auterity_sdk.errors import ConfigurationError
from auterity_sdk.runtime.seal import SealKey
from auterity_server.database import mails as outbox
from auterity_server.database.database import Database
from auterity_server.database.mails import KEPT, LEASE, count_waiting, forget_mails
from auterity_server.database.tables.audit import audit
from auterity_server.database.tables.mails import mails
from auterity_server.mail.post import Post
from auterity_server.mail.sending import Sending, mailer_of
from auterity_server.mail.smtp_url import smtp_settings
from auterity_server.metrics.metrics import Metrics
from tests.connections.conftest import Mailbox, free_port
from tests.server.conftest import settings_for
from tests.server.mail.conftest import PUBLIC, mail_settings

TO = "lee@dealer.example"
DAY = 86_400_000
KEY = SealKey("test", lambda: b"k" * 32, lambda: b"k" * 32)


class Office:
    """An outbox with one who sends from it, and a clock that is moved by hand."""

    def __init__(self, folder: Path, port: int) -> None:
        self.at = 1_800_000_000_000
        self.database = Database(f"sqlite+aiosqlite:///{folder / 'control.db'}")
        self.metrics = Metrics()
        self.post = Post(KEY, PUBLIC, 7 * DAY, DAY // 24, lambda _: None)
        self.sending = self.another(port)

    def another(self, port: int) -> Sending:
        """One more process that sends."""
        found = smtp_settings(mail_settings(Path(), port))
        assert found is not None
        return Sending(self.database, mailer_of(found), KEY, self.metrics, lambda: self.at, 5)

    async def write(self) -> str:
        async with self.database.writing() as connection:
            return await self.post.invite(
                connection, TO, "usr_1", "org_1", "Smith\r\nBcc: all", "aut_link_1", self.at
            )

    async def row(self) -> Any:
        async with self.database.reading() as connection:
            return (await connection.execute(select(mails))).one()


@pytest.fixture
async def office(tmp_path: Path, mail_server: Controller) -> AsyncIterator[Office]:
    made = Office(tmp_path, mail_server.port)
    await made.database.migrate()
    yield made
    await made.database.close()


@pytest.fixture
def mail_server() -> Any:
    server = Controller(Mailbox(), hostname="127.0.0.1", port=free_port())
    server.start()
    yield server
    server.stop()


async def test_a_mail_is_sent_once_however_often_it_is_told_of(
    office: Office, mail_server: Controller
) -> None:
    mail = await office.write()
    other = office.another(mail_server.port)
    for sending in (office.sending, other):
        await sending.send(mail)
        await sending.send_due()
    (sent,) = mail_server.handler.mails
    assert sent["Bcc"] is None
    assert sent["Subject"] == "You are invited to Smith Bcc: all on Auterity"
    assert sent["Date"] == "Fri, 15 Jan 2027 08:00:00 +0000"
    assert office.metrics.mails_sent.labels("invitation")._value.get() == 1


async def test_a_mail_waits_sealed(office: Office, tmp_path: Path) -> None:
    await office.write()
    files = _all_bytes(tmp_path)
    assert TO.encode() not in files
    assert b"aut_link_1" not in files


def _all_bytes(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in folder.iterdir())


async def test_who_cannot_send_now_tries_later_each_time_after_twice_as_long(
    office: Office, mail_server: Controller
) -> None:
    mail_server.handler.answer = "450 busy"
    await office.write()
    pauses = []
    for _ in range(3):
        await office.sending.send_due()
        due = (await office.row()).due_at
        pauses.append(due - office.at)
        office.at = due - 1
        await office.sending.send_due()
        assert (await office.row()).due_at == due  # not before its time
        office.at = due
    assert pauses == [10_000, 20_000, 40_000]
    mail_server.handler.answer = ""
    await office.sending.send_due()
    assert len(mail_server.handler.mails) == 1
    assert (await office.row()).tries == 4


@pytest.mark.parametrize(("answer", "days", "why"), [("550 no", 0, "refused"), ("450 no", 2, "")])
async def test_what_cannot_be_sent_is_given_up_with_a_line_in_the_audit(
    office: Office,
    mail_server: Controller,
    caplog: pytest.LogCaptureFixture,
    answer: str,
    days: int,
    why: str,
) -> None:
    mail_server.handler.answer = answer
    await office.write()
    with caplog.at_level(logging.WARNING):
        await office.sending.send_due()
        office.at += days * DAY
        await office.sending.send_due()
    row = await office.row()
    assert (row.failure, row.sealed) == (why or "too_late", None)
    async with office.database.reading() as connection:
        line = (await connection.execute(select(audit))).one()
        assert await count_waiting(connection) == 0
    assert (line.organisation_id, line.action, line.noun) == (
        "org_1",
        "mail:give-up",
        "user:usr_1",
    )
    assert "dealer.example" not in caplog.text + str(line)
    assert office.metrics.mails_failed.labels("invitation")._value.get() == 1


class Hanging:
    """Takes a mail, and says nothing."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.began = threading.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.began.set()
        await server.loop.create_future()
        return "250 OK"


SENDER = """
import asyncio, sys
from pathlib import Path
from tests.server.mail.test_sending import Office
office = Office(Path(sys.argv[1]), int(sys.argv[2]))
asyncio.run(office.sending.send_due())
"""


def _send_until_killed(folder: Path, hanging: Controller) -> None:
    command = [sys.executable, "-c", SENDER, str(folder), str(hanging.port)]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(Path.cwd())})
    try:
        assert hanging.handler.began.wait(30)
    finally:
        process.kill()
        process.wait()
        hanging.stop()


async def test_kill_9_between_claim_and_answer_lets_another_send_it_under_the_same_id(
    office: Office, mail_server: Controller, tmp_path: Path
) -> None:
    await office.write()
    hanging = Controller(Hanging(), hostname="127.0.0.1", port=free_port())
    hanging.start()
    _send_until_killed(tmp_path, hanging)
    await office.sending.send_due()
    assert mail_server.handler.mails == []  # it may still be the other's
    office.at += LEASE
    await office.sending.send_due()
    (first,), (second,) = hanging.handler.mails, mail_server.handler.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first.as_bytes() == second.as_bytes()


async def test_who_was_too_slow_ends_nothing(office: Office, mail_server: Controller) -> None:
    """Its lease was over, and another process has the mail: only that one's word counts."""
    mail = await office.write()
    async with office.database.writing() as connection:
        slow = await outbox.claim(connection, mail, office.at)
        assert slow is not None
        assert await outbox.claim(connection, mail, office.at + LEASE - 1) is None
        quick = await outbox.claim(connection, mail, office.at + LEASE)
        assert quick is not None
        assert not await outbox.end(connection, slow, office.at)
        await outbox.try_later(connection, slow, 0)
        assert await outbox.claim(connection, mail, office.at + LEASE) is None
        assert await outbox.end(connection, quick, office.at)


async def test_what_was_sent_long_ago_is_forgotten(office: Office) -> None:
    await office.write()
    await office.sending.send_due()
    for later, left in ((KEPT, 1), (KEPT + 1, 0)):
        async with office.database.writing() as connection:
            await forget_mails(connection, office.at + later)
            found = await connection.execute(select(func.count()).select_from(mails))
            assert found.scalar_one() == left


@pytest.mark.parametrize(
    ("url", "more", "said"),
    [
        ("smtp://u:hush@mail.example", {"public_url": ""}, "AUTERITY_PUBLIC_URL is not"),
        ("smtp://u:hush@mail.example", {"mail_from": "a@b.example,c@d.example"}, "MAIL_FROM"),
        ("http://u:hush@mail.example", {}, "AUTERITY_SMTP_URL"),
        ("smtp://u:hush@mail.example/inbox", {}, "AUTERITY_SMTP_URL"),
        ("smtp://u:hush@mail.example:nine", {}, "AUTERITY_SMTP_URL"),
        ("smtp://:hush@mail.example", {}, "AUTERITY_SMTP_URL"),
        ("smtp://", {}, "AUTERITY_SMTP_URL"),
    ],
)
def test_a_setting_that_cannot_be_is_told_without_the_password(
    tmp_path: Path, url: str, more: dict[str, str], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said) as refused:
        smtp_settings(mail_settings(tmp_path, 1, smtp_url=url, **more))
    assert "hush" not in str(refused.value) + str(refused.value.help)


def test_mail_is_encrypted_but_on_this_machine(tmp_path: Path) -> None:
    def found(url: str) -> tuple[str, int]:
        made = smtp_settings(mail_settings(tmp_path, 1, smtp_url=url))
        assert made is not None
        return made.security, made.port

    assert found("smtp://mail.example") == ("starttls", 587)
    assert found("smtps://mail.example") == ("tls", 465)
    assert found("smtp://localhost:25") == ("none", 25)
    made = smtp_settings(mail_settings(tmp_path, 1, smtp_url="smtp://u%40x:hu%2Fsh@mail.example"))
    assert made is not None
    assert made.password is not None
    assert (made.username, made.password.reveal()) == ("u@x", "hu/sh")
    assert "hu/sh" not in repr(made) + str(made)
    assert smtp_settings(settings_for(tmp_path)) is None
