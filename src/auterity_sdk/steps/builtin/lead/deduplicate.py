"""The step type `lead.deduplicate`."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from auterity_sdk.connections.records import Claim, Claimed, Records
from auterity_sdk.dealership.customer import Customer
from auterity_sdk.dealership.lead import Lead
from auterity_sdk.dealership.vehicle import Vehicle
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Outcome, Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import declare, fact
from auterity_sdk.workflow.duration import Duration

_COLLECTION = "lead"
_REASONS = {
    "lead": "the same lead was sent again",
    "email": "the same e-mail address",
    "phone-last": "the same phone number and last name",
    "phone-nameless": "the same phone number, and no name to tell them apart",
    "phone": "the same phone number, and no name to tell them apart",
}


class Deduplicated(Output):
    """Whether this shopper was here before, and as whom."""

    new: ClassVar[Outcome] = Outcome("nobody like this within the window")
    duplicate: ClassVar[Outcome] = Outcome("the same shopper within the window")

    customer_id: str
    """The customer's id: that of the earlier lead if this is a duplicate."""
    lead_id: str
    """The lead to go on with: the earlier one if this is a duplicate, else this one."""
    reasons: list[str] = Field(default_factory=list)


@step(
    name="lead.deduplicate",
    declares=declare(gives=[fact("lead.deduplicated", "lead", on="new")], passes=()),
)
async def deduplicate(
    context: StepContext,
    lead: Lead,
    window: Duration = Duration.parse("30d"),  # noqa: B008 - frozen
) -> Deduplicated:
    """Tell a new shopper from one whose lead came before, from whichever source.

    The same are: one lead id; one e-mail address; one phone number with the same last name, or without a name
    on either side. Remembered by the project, so it holds over runs and processes; of two runs at once, one
    is `new`. The window is counted back from now to the first lead of that shopper within it.
    """
    found = await context.connections.get(Records).claim(
        _COLLECTION,
        Claim(
            key=context.idempotency_key,
            look=list(_looked_for(lead)),
            leave=list(_left(lead)),
            value=_remembered(lead),
            at=context.now,
        ),
        since=context.now - window.timedelta,
    )
    if found.first:
        return Deduplicated.new(Deduplicated(customer_id=lead.customer.id, lead_id=lead.id))
    return Deduplicated.duplicate(
        Deduplicated(
            customer_id=str(found.value["customer_id"]),
            lead_id=str(found.value["lead_id"]),
            reasons=_reasons(found, lead),
        )
    )


def _looked_for(lead: Lead) -> Iterator[str]:
    """Names under which an earlier lead of this shopper would be, the surest first."""
    customer = lead.customer
    yield f"lead:{lead.source.casefold()}:{lead.id}"
    if customer.email:
        yield f"email:{_folded(customer.email)}"
    last = _folded(customer.last_name)
    for number in _numbers(customer):
        if last:
            yield f"phone-last:{number}:{last}"
            yield f"phone-nameless:{number}"
        else:
            yield f"phone:{number}"


def _left(lead: Lead) -> Iterator[str]:
    """Names under which later leads of this shopper look."""
    customer = lead.customer
    yield f"lead:{lead.source.casefold()}:{lead.id}"
    if customer.email:
        yield f"email:{_folded(customer.email)}"
    last = _folded(customer.last_name)
    for number in _numbers(customer):
        yield f"phone:{number}"
        yield f"phone-last:{number}:{last}" if last else f"phone-nameless:{number}"


def _numbers(customer: Customer) -> list[str]:
    return [phone.number for phone in customer.phones if phone.kind in ("cellphone", "voice")]


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _remembered(lead: Lead) -> dict[str, str]:
    return {
        "customer_id": lead.customer.id,
        "lead_id": lead.id,
        "vehicle": _vehicle_key(lead.vehicle),
    }


def _vehicle_key(vehicle: Vehicle | None) -> str:
    if vehicle is None:
        return ""
    named = vehicle.vin or vehicle.stock
    return _folded(named or f"{vehicle.year or ''} {vehicle.make or ''} {vehicle.model or ''}")


def _reasons(found: Claimed, lead: Lead) -> list[str]:
    kind = (found.name or "").partition(":")[0]
    earlier, now = found.value.get("vehicle"), _vehicle_key(lead.vehicle)
    vehicle = [("the same vehicle" if earlier == now else "another vehicle")] if now else []
    return [_REASONS[kind], *vehicle]
