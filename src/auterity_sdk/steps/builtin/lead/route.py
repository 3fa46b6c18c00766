"""The step type `lead.route`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from auterity_sdk.dealership.lead import Lead
from auterity_sdk.errors import StepError
from auterity_sdk.steps.context import StepContext
from auterity_sdk.steps.output import Output
from auterity_sdk.steps.step_type import step
from auterity_sdk.workflow.declaration import declare
from auterity_sdk.workflow.duration import Duration

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Kind = Literal["new", "used", "lease", "trade", "test_drive"]
OpenHours = Annotated[
    str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")
]
"""The hours of a day, such as `09:00-19:30`."""

_DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Teammate(BaseModel):
    """Somebody who takes leads, and for which roles."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    roles: list[str] = Field(min_length=1)


class Routed(Output):
    """Who answers a lead, and until when."""

    role: str
    owner: str = ""
    """The teammate; empty where the roster has nobody for the role."""
    kind: Kind
    due_at: AwareDatetime
    open_now: bool
    """Whether the dealer is open at this time."""


@step(name="lead.route", declares=declare(passes=()))
async def route(
    context: StepContext,
    lead: Lead,
    roles: dict[Kind, str] | None = None,
    default_role: str = "bdc",
    roster: list[Teammate] | None = None,
    hours: dict[Day, OpenHours] | None = None,
    timezone: str | None = None,
    respond_within: Duration = Duration.parse("15m"),  # noqa: B008 - frozen
) -> Routed:
    """Choose a role and a person for a lead, and the time by which to answer.

    The role goes by what the shopper wants: `trade` where there is only a vehicle to sell, `test_drive`, `lease`,
    else `new` or `used`. A customer always meets the same teammate as long as the roster has them. While the
    dealer is closed, the time to answer counts from the next opening. `timezone` is the dealership's own if left out.
    """
    kind = _kind(lead)
    role = (roles or {}).get(kind, default_role)
    opened = _opening(context.now, hours or {}, _zone(timezone, context.dealership.get("timezone")))
    return Routed(
        role=role,
        owner=_owner(lead.customer.id, role, roster or []),
        kind=kind,
        due_at=opened + respond_within.timedelta,
        open_now=opened == context.now,
    )


def _kind(lead: Lead) -> Kind:
    wanted = [vehicle for vehicle in lead.vehicles_of_interest if not vehicle.is_trade]
    interests = {vehicle.interest for vehicle in wanted}
    if not wanted and lead.trade_ins:
        return "trade"
    if "test-drive" in interests:
        return "test_drive"
    if "lease" in interests:
        return "lease"
    return "used" if any(vehicle.status == "used" for vehicle in wanted) else "new"


def _owner(customer: str, role: str, roster: Sequence[Teammate]) -> str:
    """Rendezvous hashing: who joins or leaves the roster moves no one else's customers."""
    able = [mate.name for mate in roster if role in mate.roles]
    return max(able, key=lambda name: _weight(customer, name), default="")


def _weight(customer: str, name: str) -> bytes:
    return hashlib.sha256(f"{customer}\x1f{name}".encode()).digest()


def _zone(asked: str | None, usual: Any) -> tzinfo:
    name = asked or usual or "UTC"
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise StepError(
            "the time zone is not one of IANA's",
            type="bad_input",
            help="write it as America/Chicago",
        ) from None


def _opening(now: datetime, hours: dict[Day, OpenHours], zone: tzinfo) -> datetime:
    """Now if the dealer is open now or gives no hours, else the next opening."""
    if not hours:
        return now
    today = now.astimezone(zone).date()
    spans = (_span(today + timedelta(days=ahead), hours, zone) for ahead in range(-1, 9))
    found = next(((start, end) for start, end in filter(None, spans) if end > now), None)
    if found is None:
        return now
    return max(now, found[0])


def _span(day: date, hours: dict[Day, OpenHours], zone: tzinfo) -> tuple[datetime, datetime] | None:
    text = hours.get(_DAYS[day.weekday()])
    if text is None:
        return None
    start, _, end = text.partition("-")
    opens, closes = time.fromisoformat(start), time.fromisoformat(end)
    # A closing time that is not after the opening is the next day's.
    last = day if closes > opens else day + timedelta(days=1)
    return (
        datetime.combine(day, opens, zone).astimezone(UTC),
        datetime.combine(last, closes, zone).astimezone(UTC),
    )
