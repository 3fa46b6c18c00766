"""How the triggers of workflows stand: when each fires next, and what the last firings came to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from auterity_sdk.runs.producer import moment
from auterity_sdk.runtime.firings import Firing
from auterity_sdk.runtime.ports import Store
from auterity_sdk.runtime.triggers.schedules import due_times, next_time
from auterity_sdk.runtime.triggers.service import Service
from auterity_sdk.workflow.trigger import Schedule


class TriggerView(Struct, frozen=True):
    """One trigger. `fires` is its type of event, or its cron line, with the `timezone` of that.

    `served`: a worker has served it, so that it counts. `next` is when it comes due next, `to_make_up` at how many times
    it has come due since that start runs once a worker is there; an event comes when it comes. `firings` are the last
    ones, the last first.
    """

    workflow: str
    kind: str
    fires: str
    timezone: str
    served: bool
    next: datetime | None
    to_make_up: int
    firings: Sequence[Firing]


async def overview(
    services: Sequence[Service], store: Store, now: int, last: int
) -> list[TriggerView]:
    """The triggers in the order of their workflows, with so many of their `last` firings."""
    return [await _view(service, store, now, last) for service in services]


async def _view(service: Service, store: Store, now: int, last: int) -> TriggerView:
    schedule, standing = service.plan.schedule, await store.standing(service.key)
    firings = await store.latest_firings(service.key, last)
    served = standing is not None
    if schedule is None:
        event = service.plan.event
        return TriggerView(service.name, "event", event, "", served, None, 0, firings)
    missed = [] if standing is None else due_times(schedule, min(standing.seen, now), now)
    return TriggerView(
        service.name,
        "schedule",
        schedule.cron,
        schedule.timezone,
        served,
        _next(schedule, now),
        len(missed),
        firings,
    )


def _next(schedule: Schedule, now: int) -> datetime | None:
    at = next_time(schedule, now)
    return None if at is None else moment(at).astimezone(ZoneInfo(schedule.timezone))


def came(firing: Firing, trigger: TriggerView) -> datetime:
    """When a firing came, in the time zone of its schedule."""
    zone = ZoneInfo(trigger.timezone) if trigger.timezone else UTC
    return moment(firing.came).astimezone(zone)
