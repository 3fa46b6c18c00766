"""The schedules of what is live in an environment: when they come due, and which of them rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from auterity_sdk.hosted.schemas.schedule import Schedule, Tick
from auterity_sdk.runs.producer import moment
from auterity_sdk.runtime.firings import Firing
from auterity_sdk.runtime.triggers.schedules import due_times, next_time
from auterity_sdk.runtime.triggers.service import Service
from auterity_sdk.workflow.trigger import Schedule as Written
from auterity_server.running.hosted_runs import EnvironmentRuns

UPCOMING = 3
"""So many of the next times are shown."""
LAST = 3
"""And so many of the last."""


def schedules_of(runs: EnvironmentRuns) -> list[Service]:
    """The triggers that are schedules, by their workflows' names and their ids."""
    found = (each for each in runs.services if each.plan.schedule is not None)
    return sorted(found, key=lambda each: (each.name, each.key))


async def schedule_answer(runs: EnvironmentRuns, service: Service) -> Schedule:
    """A schedule as it stands."""
    written, said = service.plan.schedule, runs.pauses.get(service.key)
    assert written is not None  # noqa: S101 - it is one of `schedules_of`
    paused, store, now = said is not None and said.paused, runs.runtime.store, _now(runs)
    standing = await store.standing(service.key)
    late = [] if standing is None else due_times(written, min(standing.seen, now), now)
    return Schedule(
        id=service.key,
        workflow=service.name,
        cron=written.cron,
        timezone=written.timezone,
        missed=written.missed,
        paused=paused,
        paused_by=said.by if paused and said else None,
        paused_at=moment(said.at) if paused and said else None,
        upcoming=() if paused else tuple(_upcoming(written, now)),
        to_make_up=len(late),
        last=_ticks(written, await store.latest_firings(service.key, LAST)),
    )


def _now(runs: EnvironmentRuns) -> int:
    return runs.runtime.clock.now()


def _upcoming(written: Written, now: int) -> Iterator[datetime]:
    due = next_time(written, now)
    for _ in range(UPCOMING):
        if due is None:
            return
        yield _local(written, due)
        due = next_time(written, due)


def _ticks(written: Written, firings: Sequence[Firing]) -> tuple[Tick, ...]:
    return tuple(
        Tick.model_validate(
            {
                "due": _local(written, each.came),
                "state": each.state,
                "run_id": each.run_id or None,
            }
        )
        for each in firings
    )


def _local(written: Written, at: int) -> datetime:
    return moment(at).astimezone(ZoneInfo(written.timezone))
