"""The port for e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from auterity_sdk.connections.harmless import harmless_line, harmless_text, mailbox


@dataclass(frozen=True, slots=True)
class Mail:
    """A plain text mail to one address. Raises `StepError` of type `bad_input` if it holds what is no text."""

    to: str
    subject: str
    body: str
    purpose: str = "conversational"

    def __post_init__(self) -> None:
        mailbox(self.to)
        harmless_line(self.subject, "the subject")
        harmless_text(self.body, "the mail")


class Mailer(Protocol):
    """Sends e-mail."""

    async def send_mail(self, mail: Mail, *, key: str, at: datetime) -> str:
        """Send, and give the message's id. A `key` that was used before sends nothing and gives the first id."""
        ...
