"""The step type `consent.check`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from auterity_sdk.connections.consents import stored_consents
from auterity_sdk.connections.records import Records
from auterity_sdk.dealership.consent import (
    Channel,
    ConsentDecision,
    ConsentRecord,
    Purpose,
    decide,
)
from auterity_sdk.dealership.customer import Customer
from auterity_sdk.dealership.lead import Lead
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Outcome, Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import argument, declare, fact

INQUIRY_LASTS = timedelta(days=90)
"""How long somebody's question may be answered: three months, as for the relationship of 47 CFR 64.1200(f)(5)."""

Basis = Literal["record", "inquiry", "opt_out", "expired", "none"]


class Checked(Output):
    """May a message go out, and why."""

    granted: ClassVar[Outcome] = Outcome("a message may go out")
    denied: ClassVar[Outcome] = Outcome("no message may go out")

    reason: str
    basis: Basis


_PHONE = {"channel": ("sms", "voice")}
_MAIL = {"channel": "email"}


@step(
    name="consent.check",
    declares=declare(
        gives=[
            fact(
                "consent",
                subject,
                on="granted",
                when=when,
                channel=argument("channel"),
                purpose=argument("purpose"),
            )
            for subject, when in (("customer.phone", _PHONE), ("customer.email", _MAIL))
        ]
        + [
            fact("optout.clear", subject, lifetime="10m", on="granted", when=when)
            for subject, when in (("customer.phone", _PHONE), ("customer.email", _MAIL))
        ],
        passes=(),
    ),
)
async def check(
    context: StepContext,
    channel: Channel,
    customer: Customer,
    purpose: Purpose = "conversational",
    lead: Lead | None = None,
) -> Checked:
    """May this customer be contacted on a channel, now and for this purpose?

    Counted are the project's own consent records, those of the customer, and, for anything but marketing, the
    customer's question in `lead` for 90 days. An opt-out on record wins over everything but a later grant on
    record; what a lead's document states never overrules it. This is engineering, not legal advice.
    """
    address = customer.email if channel == "email" else customer.phone
    if address is None:
        return _denied("the customer gave no address of that kind", "none")
    stored = await stored_consents(context.connections.get(Records), channel, address)
    on_record = decide(stored, channel, purpose, context.now)
    if _opted_out(on_record):
        return _denied(on_record.reason, "opt_out")
    stated = [*stored, *customer.consents]
    decision = decide(stated, channel, purpose, context.now)
    if decision.outcome == "granted":
        return Checked.granted(Checked(reason=decision.reason, basis="record"))
    if _opted_out(decision) or _ever_revoked(stated, channel, context.now):
        return _denied(decision.reason, "opt_out")
    if purpose != "marketing" and lead is not None and _asked(lead, address, context.now):
        return Checked.granted(
            Checked(reason="answers the customer's own question", basis="inquiry")
        )
    return _denied(decision.reason, "expired" if decision.record else "none")


def _denied(reason: str, basis: Basis) -> Checked:
    return Checked.denied(Checked(reason=reason, basis=basis))


def _opted_out(decision: ConsentDecision) -> bool:
    found = decision.record
    return decision.outcome == "denied" and found is not None and found.revoked_at is not None


def _ever_revoked(records: Sequence[ConsentRecord], channel: Channel, now: datetime) -> bool:
    """A question is no grant: it opens nothing that somebody closed for this channel, for whatever purpose."""
    return any(
        record.channel == channel and record.revoked_at is not None and record.revoked_at <= now
        for record in records
    )


def _asked(lead: Lead, address: str, now: datetime) -> bool:
    given = {lead.customer.phone, lead.customer.email}
    asked = lead.requested_at or lead.received_at
    return address in given and timedelta(0) <= now - asked <= INQUIRY_LASTS
