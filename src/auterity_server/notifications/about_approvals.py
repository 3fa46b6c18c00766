"""Which approvals wait in a run, and for whom: as the run stands, whatever event led there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo

from msgspec import Struct

from auterity_sdk.errors import AuterityError, StoreUnavailable
from auterity_sdk.runs.kinds.approvals import counting, role_asked
from auterity_sdk.runs.plan import Approve
from auterity_sdk.runs.state import RunState, StepRun
from auterity_sdk.runtime.live import open_run
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.ports import Store
from auterity_server.database.notifications import Kind, Notification, notification_id
from auterity_server.database.places import Environment
from auterity_server.notifications.people import People, place_of


class ReadRuns(Struct, frozen=True):
    """The runs of an environment that are read: `journal` has their events as they are stored, with what is personal still
    sealed. `zone` is that of the times which people read."""

    environment: Environment
    runtime: LocalRuntime
    journal: Store
    zone: tzinfo = UTC


class Waits(Struct, frozen=True):
    """An approval, or a budget, that waits for people. `begun` tells one from the other that a step asks for at another time;
    `but` are who may not answer, or have."""

    run_id: str
    workflow: str
    step: str
    begun: str
    role: str
    reminders: int
    until: int | None
    but: frozenset[str]


async def waiting_in(runs: ReadRuns, run_id: str) -> list[Waits]:
    """The approvals for which a run waits; none where the run cannot be read. Raises `StoreUnavailable`."""
    try:
        live = await open_run(run_id, runs.runtime.store, runs.runtime.plans)
    except StoreUnavailable:
        raise
    except AuterityError:
        return []  # it is gone, or of a version that nobody can read: who looks at the run is told why
    return list(_waiting(live.state))


def told_of(runs: ReadRuns, waits: Waits, people: People, at: int) -> list[Notification]:
    """One for each who may answer. The same approval gives the same ones, until it is reminded of or passed on."""
    environment = runs.environment
    able = people.approvers(waits.role, place_of(environment), waits.but)
    asked = (waits.run_id, waits.step, waits.begun, waits.role, waits.reminders)
    return [
        Notification(
            id=notification_id(Kind.APPROVAL, environment.id, *asked, each.id),
            user_id=each.id,
            organisation_id=environment.organisation_id,
            environment_id=environment.id,
            kind=Kind.APPROVAL,
            workflow=waits.workflow,
            of_id=waits.run_id,
            step=waits.step,
            role=waits.role,
            reminders=waits.reminders,
            until=_readable(waits.until, runs.zone),
            created_at=at,
        )
        for each in able
    ]


def _waiting(state: RunState) -> Iterator[Waits]:
    for path in sorted(state.approving):
        run, step = state.run_of(path), state.place(path)[1]
        if run is not None and isinstance(step.work, Approve):
            yield _approval(state, path, step.work, run)
    for path, run in state.active.items():
        if run.held is not None:
            begun = f"{run.started_at}.{run.attempt}"
            name = state.plan.name
            yield Waits(state.run_id, name, path, begun, run.held.role, 0, run.wake, frozenset())


def _approval(state: RunState, path: str, work: Approve, run: StepRun) -> Waits:
    but = {vote.by for vote in counting(run)}
    if work.exclude_requester:
        but.add(state.requester)
    return Waits(
        state.run_id,
        state.plan.name,
        path,
        str(run.started_at),
        role_asked(work, run.asked),
        run.asked.reminders if run.asked else 0,
        run.wake,
        frozenset(but),
    )


def _readable(at: int | None, zone: tzinfo) -> str:
    if at is None:
        return ""
    return datetime.fromtimestamp(at / 1000, zone).strftime("%Y-%m-%d %H:%M %Z")
