"""The step type `email.send`."""

from __future__ import annotations

from auterity_sdk.connections.mail import Mail, Mailer
from auterity_sdk.dealership.address import Email
from auterity_sdk.dealership.consent import Purpose
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import argument, declare
from auterity_sdk.workflow.declaration import send as sends


class SentMail(Output):
    """The mail that was sent."""

    message_id: str


@step(
    name="email.send",
    idempotent=True,
    declares=declare(
        effects=[
            sends(
                "email",
                to="to",
                text="body",
                purpose=argument("purpose"),
                subject_line=argument("subject"),
            )
        ],
        passes=(),
    ),
)
async def send(
    context: StepContext,
    to: Email,
    subject: str,
    body: str,
    purpose: Purpose = "conversational",
    connection: str | None = None,
) -> SentMail:
    """Send a plain text mail to one address, by default to the local outbox.

    A subject of more than one line is refused, as are control and hidden characters: no text can become a header.
    """
    mail = Mail(to=to, subject=subject, body=body, purpose=purpose)
    mailer = context.connections.get(Mailer, connection)
    sent = await mailer.send_mail(mail, key=context.idempotency_key, at=context.now)
    return SentMail(message_id=sent)
