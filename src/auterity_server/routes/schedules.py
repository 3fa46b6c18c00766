"""Schedules of the workflows that are live in an environment: look, let rest, start again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from auterity_sdk.hosted.schemas.schedule import Schedule
from auterity_sdk.hosted.schemas.shape import Id, Page
from auterity_sdk.runtime.triggers.service import Service
from auterity_server.access.guard import allowed
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Principal
from auterity_server.database.auditing import record
from auterity_server.database.changes import note_change
from auterity_server.database.schedule_pauses import Pause, SchedulePauses
from auterity_server.etags import Expected, IfMatch, Shows, Tells
from auterity_server.paging import MOST
from auterity_server.problems import not_found
from auterity_server.running.hosted_runs import EnvironmentRuns
from auterity_server.running.schedules import schedule_answer, schedules_of
from auterity_server.wiring import Wired, Wiring

router = APIRouter(prefix="/environments/{environment_id}/schedules", tags=["schedules"])

Reads = Annotated[Principal, Depends(allowed(Permission.WORKFLOWS_READ))]
Manages = Annotated[Principal, Depends(allowed(Permission.SCHEDULES_MANAGE))]


@router.get("")
async def schedules(
    environment_id: str,
    wiring: Wired,
    principal: Reads,
    limit: Annotated[int, Query(ge=1, le=MOST, description="So many items at most.")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=300, description="`next` of the page before.")
    ] = None,
) -> Page[Schedule]:
    """The schedules of what is live, by the workflows' names, with the times at which they come due next."""
    runs = await wiring.runs_of(principal.organisation, environment_id)
    found = [each for each in schedules_of(runs) if _place(each) > (cursor or "")]
    part = found[:limit]
    items = [await schedule_answer(runs, each) for each in part]
    return Page(items=tuple(items), next=_place(part[-1]) if len(found) > limit else None)


@router.get("/{schedule_id}")
async def schedule(
    environment_id: str, schedule_id: Id, wiring: Wired, principal: Reads, tag: Shows
) -> Schedule:
    """One schedule."""
    runs = await wiring.runs_of(principal.organisation, environment_id)
    service = _one(runs, schedule_id)
    return tag.tell(await schedule_answer(runs, service), [runs.pauses.get(service.key)])


@router.post("/{schedule_id}/pause")
async def pause(
    environment_id: str,
    schedule_id: Id,
    wiring: Wired,
    principal: Manages,
    expected: IfMatch,
    tag: Tells,
) -> Schedule:
    """Let it rest: it starts no run until it is resumed. What waited for its turn starts none either."""
    said = await _say(wiring, principal, environment_id, schedule_id, expected, paused=True)
    return tag.tell(*said)


@router.post("/{schedule_id}/resume")
async def resume(
    environment_id: str,
    schedule_id: Id,
    wiring: Wired,
    principal: Manages,
    expected: IfMatch,
    tag: Tells,
) -> Schedule:
    """Start it again, from now on: the times at which it rested start no run."""
    said = await _say(wiring, principal, environment_id, schedule_id, expected, paused=False)
    return tag.tell(*said)


async def _say(
    wiring: Wiring,
    principal: Principal,
    environment_id: str,
    schedule_id: str,
    expected: Expected,
    *,
    paused: bool,
) -> tuple[Schedule, list[Pause | None]]:
    """The schedule as it stands then, and the last word on it: what can be changed."""
    runs = await wiring.runs_of(principal.organisation, environment_id)
    service = _one(runs, schedule_id)
    async with wiring.database.writing() as connection:
        here = SchedulePauses(connection, principal.organisation, environment_id)
        last = (await here.all()).get(service.key)
        expected.must_be([last])
        new = (last is not None and last.paused) != paused
        if new:
            at = wiring.clock.now()
            last = Pause(service.key, paused, principal.id, at)
            await here.say(last)
            await note_change(connection, environment_id)
            await record(
                connection,
                organisation_id=principal.organisation,
                at=at,
                actor=principal.actor,
                action="schedules:pause" if paused else "schedules:resume",
                noun=f"schedule/{service.key}",
                environment_id=environment_id,
                workflow=service.name,
            )
    if new:
        await wiring.runs.changed(environment_id)
    return await schedule_answer(runs, service), [last]


def _one(runs: EnvironmentRuns, schedule_id: str) -> Service:
    for each in schedules_of(runs):
        if each.key == schedule_id:
            return each
    raise not_found("schedule")


def _place(service: Service) -> str:
    return f"{service.name} {service.key}"
