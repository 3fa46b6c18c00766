"""The step type `hours.gate`."""

from __future__ import annotations

from typing import ClassVar

from pydantic import AwareDatetime

from auterity_sdk.dealership.address import E164
from auterity_sdk.dealership.hours import allowed_at
from auterity_sdk.dealership.phone import time_zones
from auterity_sdk.dealership.us_states import STATE_ZONES, state_code
from auterity_sdk.errors import StepError
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Outcome, Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import declare, fact


class Gated(Output):
    """Whether a person may be called or texted now, and if not, from when on."""

    open: ClassVar[Outcome] = Outcome("now is a time for it")
    closed: ClassVar[Outcome] = Outcome("it must wait until `opens_at`")

    opens_at: AwareDatetime
    """This time if open."""
    reason: str


@step(
    name="hours.gate",
    declares=declare(
        gives=[fact("hours.ok", "phone", lifetime="15m", on="open", zones="all")],
        passes=(),
    ),
)
async def gate(context: StepContext, phone: E164, state: str | None = None) -> Gated:
    """Open while a call or text to this number is allowed by federal and state quiet hours.

    It must be allowed in every time zone that the number, or the customer's `state` (`OH`, `Ohio`), may be in; a
    number whose zone is unknown has 12:00 to 20:00 Eastern. Without `state`, state law is not looked at: give it
    where it is known. The table has its sources in `dealership.quiet_hours`; this is engineering, not legal advice.
    """
    code = None
    if state:
        code = state_code(state)
        if code is None:
            raise StepError("the state is not one of the United States", type="bad_input")
    zones = {*time_zones(phone), *STATE_ZONES.get(code or "", ())}
    decision = allowed_at(context.now, zones, code)
    if decision.next_open is None:
        raise StepError("no hour of the next two weeks is open", type="never_open")
    found = Gated(opens_at=decision.next_open, reason=decision.why)
    return Gated.open(found) if decision.open else Gated.closed(found)
