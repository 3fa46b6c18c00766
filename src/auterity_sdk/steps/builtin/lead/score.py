"""The step type `lead.score`."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from auterity_sdk.dealership.lead import Lead
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import declare

_FRESH = timedelta(hours=1)
_ASKS_TO_COME = re.compile(
    r"\b(?:test[ -]?drive|appointment|come (?:by|in)|visit|today|tomorrow|tonight|this week(?:end)?)\b",
    re.IGNORECASE,
)


class ScoreWeights(BaseModel):
    """What each sign counts. Only their proportions matter: the score is the share of all weights, in percent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    phone: float = Field(default=20, ge=0)
    email: float = Field(default=5, ge=0)
    name: float = Field(default=5, ge=0)
    exact_vehicle: float = Field(default=20, ge=0)
    model: float = Field(default=10, ge=0)
    trade_in: float = Field(default=10, ge=0)
    finance: float = Field(default=10, ge=0)
    asks_to_come: float = Field(default=15, ge=0)
    fresh: float = Field(default=5, ge=0)


_WORDS = {
    "phone": "can be called or texted",
    "email": "gave an e-mail address",
    "name": "gave a first and a last name",
    "exact_vehicle": "asks for one vehicle, by VIN or stock number",
    "model": "names a make and model",
    "trade_in": "has a trade-in",
    "finance": "speaks of payment or finance",
    "asks_to_come": "asks for a test drive, a visit or a day",
    "fresh": "asked within the last hour",
}


class Scored(Output):
    """How promising a lead is: 0 to 100, and the signs that were found."""

    score: int = Field(ge=0, le=100)
    reasons: list[str] = Field(default_factory=list)


@step(name="lead.score", declares=declare(passes=()))
async def score(context: StepContext, lead: Lead, weights: ScoreWeights | None = None) -> Scored:
    """Score a lead from 0 to 100 by plain rules on what it says.

    The score is the weight of the signs that are there, in percent of all weights. No model, no learning:
    the same lead at the same time has the same score.
    """
    signs = _signs(lead, context.now)
    counted = dict(weights or ScoreWeights())
    total = sum(counted.values())
    met = sum(counted[name] for name, found in signs.items() if found)
    return Scored(
        score=round(100 * met / total) if total else 0,
        reasons=[_WORDS[name] for name, found in signs.items() if found and counted[name]],
    )


def _signs(lead: Lead, now: datetime) -> dict[str, bool]:
    customer, vehicle = lead.customer, lead.vehicle
    asked = lead.requested_at or lead.received_at
    return {
        "phone": customer.phone is not None,
        "email": customer.email is not None,
        "name": bool(customer.first_name and customer.last_name),
        "exact_vehicle": vehicle is not None and bool(vehicle.vin or vehicle.stock),
        "model": vehicle is not None and bool(vehicle.make and vehicle.model),
        "trade_in": bool(lead.trade_ins),
        "finance": any(wanted.finance is not None for wanted in lead.vehicles_of_interest),
        "asks_to_come": bool(_ASKS_TO_COME.search(lead.comments)) or _wants_to_drive(lead),
        "fresh": timedelta(0) <= now - asked <= _FRESH,
    }


def _wants_to_drive(lead: Lead) -> bool:
    return any(vehicle.interest == "test-drive" for vehicle in lead.vehicles_of_interest)
