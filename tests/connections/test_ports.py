"""What each port promises, held against every adapter of it."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from aiosmtpd.controller import Controller

from auterity_sdk.connections.mail import Mail, Mailer
from auterity_sdk.connections.memory import MemoryOutbox, MemoryRecords
from auterity_sdk.connections.outbox import Message, Outbox
from auterity_sdk.connections.records import Claim, Records
from auterity_sdk.connections.sms import TextMessage, TextMessenger
from auterity_sdk.connections.smtp import SmtpMailer
from auterity_sdk.connections.sqlite_records import SqliteRecords
from auterity_sdk.connections.tasks import Task, TaskList

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


class AnyOutbox(TextMessenger, Mailer, TaskList, Protocol):
    def messages(
        self, channel: str | None = None, since: datetime | None = None
    ) -> list[Message]: ...


@pytest.fixture(params=["file", "memory"])
def outbox(request: pytest.FixtureRequest, tmp_path: Path) -> AnyOutbox:
    return Outbox(tmp_path / "outbox.db") if request.param == "file" else MemoryOutbox()


@pytest.fixture(params=["file", "memory"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Records:
    return SqliteRecords(tmp_path / "records.db") if request.param == "file" else MemoryRecords()


@pytest.fixture(params=["file", "memory", "smtp"])
def mailer(request: pytest.FixtureRequest, tmp_path: Path, mail_server: Controller) -> Mailer:
    ledger = Outbox(tmp_path / "outbox.db")
    return {
        "file": ledger,
        "memory": MemoryOutbox(),
        "smtp": SmtpMailer(
            host="127.0.0.1",
            port=mail_server.port,
            security="none",
            sender="bdc@dealer.test",
            ledger=ledger,
        ),
    }[request.param]


async def test_a_text_is_kept_with_its_number_words_and_time(outbox: AnyOutbox) -> None:
    sent = await outbox.send_text(TextMessage("+14195550188", "Hi Jo"), key="run/text", at=NOW)
    (kept,) = outbox.messages()
    assert (kept.id, kept.channel, kept.to, kept.body, kept.at, kept.via) == (
        sent, "sms", "+14195550188", "Hi Jo", NOW, "outbox",
    )  # fmt: skip


async def test_a_repeated_key_sends_nothing_and_gives_the_first_id(outbox: AnyOutbox) -> None:
    first = await outbox.send_text(TextMessage("+14195550188", "one"), key="k", at=NOW)
    again = await outbox.send_text(TextMessage("+14195550188", "two"), key="k", at=NOW)
    other = await outbox.send_text(TextMessage("+14195550188", "one"), key="l", at=NOW)
    assert again == first != other
    assert [message.body for message in outbox.messages()] == ["one", "one"]


async def test_one_key_serves_each_channel_once(outbox: AnyOutbox) -> None:
    ids = {
        await outbox.send_text(TextMessage("+14195550188", "x"), key="k", at=NOW),
        await outbox.send_mail(Mail("jo@example.com", "x", "x"), key="k", at=NOW),
        await outbox.assign(Task("bdc", "x"), key="k", at=NOW),
    }
    assert len(ids) == len(outbox.messages()) == 3


async def test_messages_are_read_by_channel_and_from_a_moment_on(outbox: AnyOutbox) -> None:
    later = NOW + timedelta(hours=1)
    await outbox.assign(Task("bdc", "later", due_at=later), key="b", at=later)
    await outbox.send_text(TextMessage("+14195550188", "now"), key="a", at=NOW)
    assert [m.channel for m in outbox.messages()] == ["sms", "task"]
    assert [m.subject for m in outbox.messages(channel="task")] == ["later"]
    assert [m.subject for m in outbox.messages(since=later)] == ["later"]
    assert outbox.messages("task")[0].details == {"due_at": later.isoformat()}


async def test_a_task_is_cleaned_rather_than_lost(outbox: AnyOutbox) -> None:
    await outbox.assign(
        Task("bdc", "Call \x1b[31mJo\r\nBcc: x", "[red]a[/red]\x1b]0;t\x07"), key="k", at=NOW
    )
    (kept,) = outbox.messages()
    assert kept.subject == "Call [31mJo Bcc: x"
    assert kept.body == "[red]a[/red]]0;t"


async def test_a_mail_has_the_same_id_for_the_same_key(mailer: Mailer) -> None:
    first = await mailer.send_mail(Mail("jo@example.com", "Hi", "there"), key="k", at=NOW)
    again = await mailer.send_mail(Mail("jo@example.com", "Hi", "again"), key="k", at=NOW)
    other = await mailer.send_mail(Mail("jo@example.com", "Hi", "there"), key="l", at=NOW)
    assert first == again != other


def claim(key: str, *names: str, at: datetime = NOW, who: str = "") -> Claim:
    return Claim(key=key, look=names, leave=names, value={"who": who or key}, at=at)


SINCE = NOW - timedelta(days=30)


async def test_the_first_claim_wins_and_the_next_learns_who(records: Records) -> None:
    first = await records.claim("lead", claim("a", "phone", "mail"), since=SINCE)
    second = await records.claim("lead", claim("b", "other", "mail"), since=SINCE)
    assert first.first
    assert (second.first, second.value, second.name, second.at) == (
        False,
        {"who": "a"},
        "mail",
        NOW,
    )


async def test_a_loser_adds_its_names_to_the_winner(records: Records) -> None:
    await records.claim("lead", claim("a", "phone"), since=SINCE)
    await records.claim("lead", claim("b", "phone", "mail"), since=SINCE)
    third = await records.claim("lead", claim("c", "mail"), since=SINCE)
    assert (third.first, third.value) == (False, {"who": "a"})


async def test_a_claim_before_the_window_is_taken_over(records: Records) -> None:
    old = NOW - timedelta(days=31)
    await records.claim("lead", claim("a", "phone", at=old), since=old)
    assert (await records.claim("lead", claim("b", "phone"), since=SINCE)).first
    third = await records.claim("lead", claim("c", "phone"), since=SINCE)
    assert third.value == {"who": "b"}


async def test_a_repeated_claim_has_its_first_answer_for_ever(records: Records) -> None:
    await records.claim("lead", claim("a", "phone"), since=SINCE)
    await records.claim("lead", claim("b", "phone"), since=SINCE)
    later = NOW + timedelta(days=400)
    assert (await records.claim("lead", claim("a", "phone", at=later), since=later)).first
    again = await records.claim("lead", claim("b", "phone", at=later), since=later)
    assert (again.first, again.value) == (False, {"who": "a"})


async def test_of_many_claims_at_once_one_wins(records: Records) -> None:
    answers = await asyncio.gather(
        *(records.claim("lead", claim(str(n), "phone"), since=SINCE) for n in range(20))
    )
    assert sum(answer.first for answer in answers) == 1
    assert len({str(answer.value) for answer in answers}) == 1


async def test_collections_are_apart(records: Records) -> None:
    await records.claim("lead", claim("a", "phone"), since=SINCE)
    assert (await records.claim("call", claim("a", "phone"), since=SINCE)).first
    await records.append("consent", "+1", {"n": 1}, key="a", at=NOW)
    assert not await records.entries("other", "+1")
    assert not await records.entries("consent", "+2")


async def test_a_log_is_read_oldest_first_and_holds_a_key_once(records: Records) -> None:
    await records.append("consent", "+1", {"n": 2}, key="b", at=NOW)
    await records.append("consent", "+1", {"n": 1}, key="a", at=NOW - timedelta(days=1))
    await records.append("consent", "+1", {"n": 3}, key="b", at=NOW)
    assert [entry.value for entry in await records.entries("consent", "+1")] == [{"n": 1}, {"n": 2}]
