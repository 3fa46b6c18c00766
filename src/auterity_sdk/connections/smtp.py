"""E-mail by SMTP: only where it is configured, and encrypted unless told otherwise."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Any, Literal, Protocol

from auterity_sdk.connections.harmless import harmless_line, mailbox
from auterity_sdk.connections.mail import Mail
from auterity_sdk.connections.outbox import Message, mail_as_kept, message_id
from auterity_sdk.connections.public_address import Resolver, checked_addresses
from auterity_sdk.connections.secret import SecretReference
from auterity_sdk.errors import StepError

Security = Literal["starttls", "tls", "none"]


class Ledger(Protocol):
    """Knows what was sent, such as an `Outbox`."""

    async def kept(self, channel: str, key: str) -> str | None:
        """The id of the message with that key, or None."""
        ...

    async def keep(self, message: Message, key: str) -> str:
        """Keep a message unless its key was used on its channel; gives the id of the first one."""
        ...


@dataclass(frozen=True)
class SmtpMailer:
    """Sends by the server at `host`. What was sent is kept in `ledger`, which knows a repeated key.

    A crash between the server's yes and the ledger can repeat a mail, with the same Message-ID.
    """

    host: str
    sender: str
    ledger: Ledger
    port: int = 587
    security: Security = "starttls"
    sender_name: str = ""
    username: str | None = None
    password: SecretReference | None = None
    timeout: float = 30.0
    verify: ssl.SSLContext | None = None
    """Whom TLS trusts; None: the system's certificate authorities."""
    guard: Resolver | None = None
    """The server has to be on the public Internet, as this resolves its name; and that address is spoken with."""

    async def send_mail(self, mail: Mail, *, key: str, at: datetime) -> str:
        """Send once for a key; gives the id. Raises `StepError`: `network` and `rate_limit` may be tried again."""
        sent = await self.ledger.kept("email", key)
        if sent is not None:
            return sent
        address = self.host if self.guard is None else await self._checked(self.guard)
        await asyncio.to_thread(self._deliver, mail.to, self._composed(mail, key, at), address)
        return await self.ledger.keep(mail_as_kept(mail, key=key, at=at, via="smtp"), key)

    def _composed(self, mail: Mail, key: str, at: datetime) -> bytes:
        domain = mailbox(self.sender).rpartition("@")[2]
        headers = {
            "From": formataddr((harmless_line(self.sender_name, "the sender's name"), self.sender)),
            "To": mail.to,
            "Subject": _encoded(mail.subject),
            "Date": format_datetime(at),
            "Message-ID": f"<{message_id('email', key)}@{domain}>",
        }
        content = EmailMessage(policy=SMTP)
        content.set_content(mail.body)
        lines = "".join(f"{name}: {text}\r\n" for name, text in headers.items())
        return lines.encode("ascii") + content.as_bytes()

    async def _checked(self, guard: Resolver) -> str:
        found = await checked_addresses(self.host, self.port, trusted=False, resolver=guard)
        return found[0]

    def _deliver(self, to: str, message: bytes, address: str) -> None:
        try:
            with self._connected(address) as server:
                if self.username is not None and self.password is not None:
                    server.login(self.username, self.password.reveal())
                server.sendmail(self.sender, [to], message)
        except (smtplib.SMTPException, OSError) as error:
            raise _failure(self.host, error) from None

    def _connected(self, address: str) -> smtplib.SMTP:
        context = self.verify or ssl.create_default_context()
        # Left to itself, smtplib asks the DNS for this machine's name, and tells it to the server.
        name = self.sender.rpartition("@")[2]
        if self.security == "tls":
            return _PinnedTls(
                address, self.host, self.port, name, timeout=self.timeout, context=context
            )
        server = _Pinned(address, self.host, self.port, name, timeout=self.timeout)
        if self.security == "starttls":
            try:
                server.starttls(context=context)
            except (smtplib.SMTPException, OSError):
                server.close()
                raise
        return server


class _Pinned(smtplib.SMTP):
    """Connects to an address; certificates are held against the host's name."""

    def __init__(self, address: str, *arguments: Any, **options: Any) -> None:
        self._address = address
        super().__init__(*arguments, **options)

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:  # noqa: ARG002 - the base's signature
        return super()._get_socket(self._address, port, timeout)  # type: ignore[misc]


class _PinnedTls(smtplib.SMTP_SSL, _Pinned):
    """The same, encrypted from the first byte."""

    def __init__(self, address: str, *arguments: Any, **options: Any) -> None:
        self._address = address
        smtplib.SMTP_SSL.__init__(self, *arguments, **options)


def _encoded(subject: str) -> str:
    # EmailMessage would decode `=?utf-8?q?=0ABcc:?=`, and write the line break that is in it. So whatever looks
    # like an encoded word is encoded itself.
    charset = "us-ascii" if subject.isascii() and "=?" not in subject else "utf-8"
    return Header(subject, charset, header_name="Subject").encode(linesep="\r\n")


def _failure(host: str, error: Exception) -> StepError:
    # A server's own text may quote addresses, so only its code is told.
    code = _code(error)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return StepError(f"{host} refuses the user name or password ({code})", type="denied")
    if isinstance(error, ssl.SSLError | smtplib.SMTPNotSupportedError):
        return StepError(f"{host} offers no encryption that can be trusted", type="insecure")
    if code is None:
        return StepError(f"cannot speak with {host}", type="network", retryable=True)
    if code < 500:
        return StepError(f"{host} takes no mail now ({code})", type="rate_limit", retryable=True)
    return StepError(f"{host} refuses the mail ({code})", type="refused")


def _code(error: Exception) -> int | None:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return min((code for code, _ in error.recipients.values()), default=None)
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None
