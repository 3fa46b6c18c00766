"""The step type `event.send`."""

from __future__ import annotations

import asyncio
from typing import Any

from auterity_sdk.connections.events import Events
from auterity_sdk.errors import StepError
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import argument, declare, effect

_LONGEST_TYPE = 200


class Sent(Output):
    """The event that was sent: the same for all attempts of the step."""

    event_id: str


@step(
    name="event.send",
    idempotent=True,
    declares=declare(effects=[effect("event", type=argument("type"))], passes=()),
)
async def send(context: StepContext, type: str, data: dict[str, Any] | None = None) -> Sent:
    """Send an outside event to the workflows of the same project, or of the same environment of a server.

    It starts a run of each workflow that has an `event` trigger for it, and beside that wakes one run whose `receive` waits
    for it. Workflows that start each other in a ring never end: bound such a trigger by `rate_limit`.
    """
    if not 0 < len(type) <= _LONGEST_TYPE:
        raise StepError(
            f"the type of an event has 1 to {_LONGEST_TYPE} characters", type="bad_input"
        )
    # What the event does to other runs is none of this run's turn.
    await asyncio.sleep(0)
    event_id = f"step/{context.idempotency_key}"
    await context.connections.get(Events).send(type, data or {}, key=event_id)
    return Sent(event_id=event_id)
