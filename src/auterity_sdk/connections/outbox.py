"""The outbox: messages and tasks kept in a local file instead of sent, so that nobody is texted by accident."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from auterity_sdk.connections.mail import Mail
from auterity_sdk.connections.private_database import transaction
from auterity_sdk.connections.sms import TextMessage
from auterity_sdk.connections.tasks import Task
from auterity_sdk.dealership.plain_text import clean_line, clean_text

FILE_NAME = "outbox.db"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, channel TEXT NOT NULL, key TEXT NOT NULL, at TEXT NOT NULL,
    recipient TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, via TEXT NOT NULL, details TEXT NOT NULL,
    UNIQUE (channel, key)
)
"""
_SELECT = """
SELECT id, channel, at, recipient, subject, body, via, details FROM message ORDER BY at, number
"""
_INSERT = """
INSERT INTO message (key, id, channel, at, recipient, subject, body, via, details)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (channel, key) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as kept. `channel` is sms, email or task; `to` a number, an address or a role.

    `at` is aware, in UTC. `via` tells which adapter took it: `outbox` means that it went nowhere.
    """

    id: str
    channel: str
    at: datetime
    to: str
    body: str
    subject: str = ""
    via: str = "outbox"
    details: Mapping[str, Any] = field(default_factory=dict)


def message_id(channel: str, key: str) -> str:
    """The id of the message that an idempotency key names: the same on every machine, and it tells nothing."""
    return f"{channel}-{hashlib.sha256(f'{channel}:{key}'.encode()).hexdigest()[:24]}"


def text_as_kept(message: TextMessage, *, key: str, at: datetime, via: str = "outbox") -> Message:
    """A text as a line of the outbox."""
    return Message(
        id=message_id("sms", key),
        channel="sms",
        at=at,
        to=message.to,
        body=message.body,
        via=via,
        details={"purpose": message.purpose},
    )


def mail_as_kept(mail: Mail, *, key: str, at: datetime, via: str = "outbox") -> Message:
    """A mail as a line of the outbox."""
    return Message(
        id=message_id("email", key),
        channel="email",
        at=at,
        to=mail.to,
        subject=mail.subject,
        body=mail.body,
        via=via,
        details={"purpose": mail.purpose},
    )


def task_as_kept(task: Task, *, key: str, at: datetime, via: str = "outbox") -> Message:
    """A task as a line of the outbox, cleaned: a bad character in a name must not cost the customer the call."""
    due = {"due_at": task.due_at.astimezone(UTC).isoformat()} if task.due_at else {}
    return Message(
        id=message_id("task", key),
        channel="task",
        at=at,
        to=clean_line(task.role),
        subject=clean_line(task.title),
        body=clean_text(task.details),
        via=via,
        details=due,
    )


class Outbox:
    """The outbox in the file `path`. Takes texts, mails and tasks, each once for each idempotency key."""

    def __init__(self, path: Path) -> None:
        self.path = path

    async def send_text(self, message: TextMessage, *, key: str, at: datetime) -> str:
        """Keep a text; gives its id."""
        return await self.keep(text_as_kept(message, key=key, at=at), key)

    async def send_mail(self, mail: Mail, *, key: str, at: datetime) -> str:
        """Keep a mail; gives its id."""
        return await self.keep(mail_as_kept(mail, key=key, at=at), key)

    async def assign(self, task: Task, *, key: str, at: datetime) -> str:
        """Keep a task; gives its id."""
        return await self.keep(task_as_kept(task, key=key, at=at), key)

    async def keep(self, message: Message, key: str) -> str:
        """Keep a message unless its key was used on its channel; gives the id of the first one."""
        return await asyncio.to_thread(self._keep, message, key)

    async def kept(self, channel: str, key: str) -> str | None:
        """The id of the message with that key, or None."""
        return await asyncio.to_thread(self._kept, channel, key)

    def messages(self, channel: str | None = None, since: datetime | None = None) -> list[Message]:
        """What was kept, oldest first; of one channel, or from a moment (aware) on."""
        if not self.path.exists():
            return []
        with transaction(self.path, _SCHEMA) as database:
            found = database.execute(_SELECT).fetchall()
        kept = [_read(row) for row in found]
        return [
            message
            for message in kept
            if channel in (None, message.channel) and (since is None or message.at >= since)
        ]

    def _keep(self, message: Message, key: str) -> str:
        with transaction(self.path, _SCHEMA) as database:
            database.execute(_INSERT, (key, *_row(message)))
        return message.id

    def _kept(self, channel: str, key: str) -> str | None:
        with transaction(self.path, _SCHEMA) as database:
            found = database.execute(
                "SELECT id FROM message WHERE channel = ? AND key = ?", (channel, key)
            ).fetchone()
        return found[0] if found else None


def _row(message: Message) -> tuple[str, ...]:
    return (
        message.id,
        message.channel,
        message.at.astimezone(UTC).isoformat(timespec="microseconds"),
        message.to,
        message.subject,
        message.body,
        message.via,
        json.dumps(dict(message.details)),
    )


def _read(row: tuple[str, ...]) -> Message:
    identity, channel, at, to, subject, body, via, details = row
    return Message(
        id=identity,
        channel=channel,
        at=datetime.fromisoformat(at),
        to=to,
        subject=subject,
        body=body,
        via=via,
        details=json.loads(details),
    )
