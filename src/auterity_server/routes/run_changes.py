"""What is done to a run by hand: carried on, settled, forked, decided again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, status

from auterity_sdk.hosted.schemas.run import Run
from auterity_sdk.hosted.schemas.run_change import Divergence, Forked, ForkRun, Replayed, SettleStep
from auterity_sdk.runs.replay import Divergence as FoundDivergence
from auterity_sdk.runtime.forking import fork_run
from auterity_sdk.runtime.inspection import inspect
from auterity_sdk.workflow.model import Workflow
from auterity_server.access.guard import allowed
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Principal
from auterity_server.answers import run_answer, run_answer_at
from auterity_server.database.auditing import record
from auterity_server.database.deployed import Deployed
from auterity_server.plain_values import must_be_plain
from auterity_server.problems import not_found
from auterity_server.repeats.once import id_by_key
from auterity_server.running.hosted_runs import EnvironmentRuns
from auterity_server.wiring import Wired, Wiring
from auterity_server.workflows.checking import read_workflow

router = APIRouter(prefix="/environments/{environment_id}/runs/{run_id}", tags=["runs"])

Changes = Annotated[Principal, Depends(allowed(Permission.RUNS_CHANGE))]
Reads = Annotated[Principal, Depends(allowed(Permission.RUNS_READ))]


@router.post("/resume")
async def resume(environment_id: str, run_id: str, wiring: Wired, principal: Changes) -> Run:
    """Let a worker look at the run again: at what it waits for, and at what was left of it."""
    here = await _runs(wiring, principal, environment_id, run_id)
    await here.runtime.look_again(run_id)
    await _record(wiring, principal, here, run_id, "resume")
    return run_answer(await inspect(here.runtime, run_id))


@router.post("/settle")
async def settle(
    environment_id: str, run_id: str, asked: SettleStep, wiring: Wired, principal: Changes
) -> Run:
    """Say how a step ended of which nobody knew whether it had its effect; the run goes on by that."""
    must_be_plain(asked.output, "body/output")
    must_be_plain(asked.reason, "body/reason")
    here = await _runs(wiring, principal, environment_id, run_id)
    await here.runtime.settle(
        run_id,
        asked.step,
        asked.outcome,
        output=asked.output,
        by=principal.actor,
        reason=asked.reason,
        attempt=asked.attempt,
    )
    await _record(wiring, principal, here, run_id, "settle", step=asked.step, outcome=asked.outcome)
    return run_answer(await inspect(here.runtime, run_id))


@router.post("/fork", status_code=status.HTTP_201_CREATED)
async def fork(
    environment_id: str,
    run_id: str,
    asked: ForkRun,
    request: Request,
    wiring: Wired,
    principal: Changes,
) -> Forked:
    """Begin a new run that keeps what a run did before a step, and runs that step and all behind it again."""
    here = await _runs(wiring, principal, environment_id, run_id)
    workflow = (
        None if asked.version is None else await _version(wiring, here, run_id, asked.version)
    )
    fresh = id_by_key(request)
    made = await fork_run(
        here.runtime, run_id, asked.step, workflow, by=principal.actor, fresh=fresh
    )
    await here.runtime.look_again(made.run_id)
    await _record(wiring, principal, here, run_id, "fork", step=asked.step, made=made.run_id)
    return Forked(run_id=made.run_id, kept=made.kept, again=made.again)


@router.get("/replay")
async def replay(
    environment_id: str,
    run_id: str,
    wiring: Wired,
    principal: Reads,
    to: Annotated[
        int | None, Query(ge=1, le=2**53, description="The last event that counts; else all do.")
    ] = None,
) -> Replayed:
    """The run as it stood after one of its events, and the first event that would be another one today."""
    here = await _runs(wiring, principal, environment_id, run_id)
    found = await inspect(here.runtime, run_id)
    return Replayed(
        run=run_answer_at(found, to),
        event=to or len(found.events),
        events=len(found.events),
        divergence=_divergence(found.divergence()),
    )


async def _version(wiring: Wiring, here: EnvironmentRuns, run_id: str, version: str) -> Workflow:
    """A version of the run's workflow, which was deployed there. Raises a problem."""
    name = (await here.runtime.show(run_id)).workflow
    place = here.environment
    async with wiring.database.reading() as connection:
        deployed = Deployed(connection, place.organisation_id, place.id)
        stored = await deployed.version(name, version)
    workflow = None if stored is None else read_workflow(stored.text, stored.path)
    if workflow is None:
        raise not_found("version of the workflow")
    return workflow


def _divergence(found: FoundDivergence | None) -> Divergence | None:
    if found is None:
        return None
    # The names alone: the values of an event that was never recorded have been masked by nobody.
    recorded, decided = (
        "nothing" if event is None else type(event).__name__
        for event in (found.recorded, found.decided)
    )
    return Divergence(
        event=found.seq, recorded=recorded, decided=decided, fields=tuple(found.fields)
    )


async def _runs(
    wiring: Wiring, principal: Principal, environment_id: str, run_id: str
) -> EnvironmentRuns:
    """The runs of the environment, which has this one. Raises a problem."""
    here = await wiring.runs_of(principal.organisation, environment_id)
    if await here.runtime.store.run(run_id) is None:
        raise not_found("run")
    return here


async def _record(
    wiring: Wiring,
    principal: Principal,
    here: EnvironmentRuns,
    run_id: str,
    verb: str,
    **more: str,
) -> None:
    async with wiring.database.writing() as connection:
        await record(
            connection,
            organisation_id=principal.organisation,
            at=wiring.clock.now(),
            actor=principal.actor,
            action=f"runs:{verb}",
            noun=f"run/{run_id}",
            environment_id=here.environment.id,
            **more,
        )
