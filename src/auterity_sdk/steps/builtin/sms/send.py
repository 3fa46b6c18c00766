"""The step type `sms.send`."""

from __future__ import annotations

from auterity_sdk.connections.sms import TextMessage, TextMessenger, segments
from auterity_sdk.dealership.address import E164
from auterity_sdk.dealership.consent import Purpose
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import argument, declare
from auterity_sdk.workflow.declaration import send as sends


class SentText(Output):
    """The text that was sent. `segments` is how many it is billed as."""

    message_id: str
    segments: int


@step(
    name="sms.send",
    idempotent=True,
    declares=declare(
        effects=[sends("sms", to="to", text="body", purpose=argument("purpose"))],
        passes=(),
    ),
)
async def send(
    context: StepContext,
    to: E164,
    body: str,
    purpose: Purpose = "conversational",
    connection: str | None = None,
) -> SentText:
    """Send a text to a phone number, by default to the local outbox.

    A body with control or hidden characters is refused, as is one over 1,600 characters.
    """
    message = TextMessage(to=to, body=body, purpose=purpose)
    messenger = context.connections.get(TextMessenger, connection)
    sent = await messenger.send_text(message, key=context.idempotency_key, at=context.now)
    return SentText(message_id=sent, segments=segments(body))
