"""Sends what is in the outbox: each mail by who has claimed it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from auterity_sdk.connections.mail import Mailer
from auterity_sdk.connections.outbox import Message
from auterity_sdk.connections.settings import SmtpSettings
from auterity_sdk.connections.smtp import SmtpMailer
from auterity_sdk.errors import AuterityError, StepError
from auterity_sdk.runtime.seal import SealKey
from auterity_server.database import mails
from auterity_server.database.auditing import record
from auterity_server.database.database import Database
from auterity_server.database.mails import Claimed
from auterity_server.database.places import organisations_of_user
from auterity_server.mail.post import opened
from auterity_server.metrics.metrics import Metrics

_LOG = logging.getLogger("auterity.mail")
_AT_ONCE = 20
_FIRST, _LONGEST = 10_000, 3_600_000
"""Milliseconds until a mail is tried again: twice as long each time."""
_FOR_GOOD = frozenset({"refused", "bad_input"})
"""What no further try changes. A wrong password of the mail server is mended by who runs this one."""


class _Row:
    """The ledger of a mailer whose mails have rows of their own: a claim says already that a mail was not sent."""

    async def kept(self, channel: str, key: str) -> str | None:  # noqa: ARG002 - the port's
        """See `Ledger.kept`."""
        return None

    async def keep(self, message: Message, key: str) -> str:  # noqa: ARG002 - the port's
        """See `Ledger.keep`."""
        return message.id


def mailer_of(settings: SmtpSettings) -> SmtpMailer:
    """Sends by the operator's mail server, wherever it is."""
    return SmtpMailer(ledger=_Row(), **dict(settings))


class Sending:
    """Sends mails, with pauses that grow, until they are no longer good. `now` gives milliseconds since 1970; the outbox is
    looked at anew every so many seconds."""

    def __init__(
        self,
        database: Database,
        mailer: Mailer,
        seal: SealKey,
        metrics: Metrics,
        now: Callable[[], int],
        every: float,
    ) -> None:
        self._database = database
        self._mailer = mailer
        self._seal = seal
        self._metrics = metrics
        self._now = now
        self._every = every
        self._woken = asyncio.Event()

    def wake(self, id: str) -> None:  # noqa: ARG002 - all that is due is sent
        """There is a new mail, told of in the loop of this process."""
        self._woken.set()

    async def work(self, stopping: asyncio.Event) -> None:
        """Send what is due, now and then, until `stopping` is set."""
        ended = asyncio.create_task(stopping.wait())
        while not stopping.is_set():
            self._woken.clear()
            try:
                await self.send_due()
            except (SQLAlchemyError, AuterityError) as error:
                _LOG.error("mail waits: %s", type(error).__name__)
            woken = asyncio.create_task(self._woken.wait())
            await asyncio.wait(
                {ended, woken}, timeout=self._every, return_when=asyncio.FIRST_COMPLETED
            )
            woken.cancel()
        ended.cancel()

    async def send_due(self) -> None:
        """Send what may be sent, so many at once."""
        async with self._database.reading() as connection:
            found = await mails.due(connection, self._now(), _AT_ONCE)
        await asyncio.gather(*map(self.send, found))

    async def send(self, id: str) -> None:
        """Send one, unless it was sent, is not due, or another process has it. What it comes to stands in its row."""
        async with self._database.writing() as connection:
            claimed = await mails.claim(connection, id, self._now())
        if claimed is None:
            return
        if claimed.good_until <= self._now():
            await self._give_up(claimed, "too_late")
            return
        at = datetime.fromtimestamp(claimed.created_at / 1000, UTC)
        try:
            await self._mailer.send_mail(opened(self._seal, id, claimed.sealed), key=id, at=at)
        except StepError as error:
            await self._failed(claimed, error.type)
        else:
            await self._sent(claimed)

    async def _sent(self, mail: Claimed) -> None:
        self._metrics.mails_sent.labels(mail.kind).inc()
        async with self._database.writing() as connection:
            if not await mails.end(connection, mail, self._now()):
                _LOG.warning(
                    "the mail %s took longer than its lease: it may be sent twice", mail.id
                )

    async def _failed(self, mail: Claimed, kind: str) -> None:
        again = self._now() + min(_LONGEST, _FIRST << min(mail.tries - 1, 20))
        if kind in _FOR_GOOD or again >= mail.good_until:
            await self._give_up(mail, kind)
            return
        _LOG.warning("the mail %s was not sent: %s; it is tried again", mail.id, kind)
        async with self._database.writing() as connection:
            await mails.try_later(connection, mail, again)

    async def _give_up(self, mail: Claimed, kind: str) -> None:
        _LOG.error("the mail %s is given up: %s", mail.id, kind)
        self._metrics.mails_failed.labels(mail.kind).inc()
        now = self._now()
        async with self._database.writing() as connection:
            if not await mails.end(connection, mail, now, kind):
                return
            own = [mail.organisation] if mail.organisation else None
            for organisation in own or await organisations_of_user(connection, mail.user):
                await record(
                    connection,
                    organisation_id=organisation,
                    at=now,
                    actor="server",
                    action="mail:give-up",
                    noun=f"user:{mail.user}",
                    mail=mail.kind,
                    why=kind,
                )
