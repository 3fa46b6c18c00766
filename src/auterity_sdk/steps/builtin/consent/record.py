"""The step type `consent.record`."""

from __future__ import annotations

from typing import Literal

from auterity_sdk.connections.consents import store_consent
from auterity_sdk.connections.records import Records
from auterity_sdk.dealership.consent import Channel, ConsentRecord, Purpose
from auterity_sdk.dealership.plain_text import clean_line
from auterity_sdk.errors import StepError
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import argument, declare, duty, fact
from auterity_sdk.workflow.duration import Duration


class Recorded(Output):
    """What was written down."""

    record: ConsentRecord


@step(
    name="consent.record",
    declares=declare(
        gives=[
            fact(
                "consent",
                "address",
                when={"said": "yes"},
                channel=argument("channel"),
                purpose=argument("purpose"),
            )
        ],
        withdraws=[
            fact("consent", "address", when={"said": "stop"}),
            fact("optout.clear", "address", when={"said": "stop"}),
        ],
        discharges=[duty("opt_out", when={"said": "stop"})],
    ),
)
async def record(
    context: StepContext,
    channel: Channel,
    address: str,
    said: Literal["yes", "stop"],
    purpose: Purpose | None = None,
    evidence: str = "",
    expires: Duration | None = None,
) -> Recorded:
    """Write down that somebody agreed to be contacted (`yes`), or asked to be left alone (`stop`).

    `address` is the phone number or e-mail address. `yes` needs a `purpose`; `stop` without one is for every
    purpose. `evidence` are the words that were said or shown; `expires` ends a `yes` by itself.
    """
    if said == "yes" and purpose is None:
        raise StepError("a consent needs its purpose", type="bad_input")
    made = ConsentRecord(
        channel=channel,
        purpose=purpose,
        evidence=clean_line(evidence)[:500],
        granted_at=context.now if said == "yes" else None,
        revoked_at=context.now if said == "stop" else None,
        expires_at=context.now + expires.timedelta if said == "yes" and expires else None,
    )
    records = context.connections.get(Records)
    await store_consent(records, address, made, key=context.idempotency_key, at=context.now)
    return Recorded(record=made)
