"""Runs of an environment: start, list, look at, cancel."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Response, status

from auterity_sdk.hosted.schemas.run import (
    CancelAnswer,
    CancelRun,
    NewRun,
    Run,
    RunSummary,
    Status,
)
from auterity_sdk.hosted.schemas.shape import Page
from auterity_sdk.runtime.inspection import inspect
from auterity_server.access.guard import allowed
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Principal
from auterity_server.answers import run_answer, summary_answer
from auterity_server.paging import AskedPage, cursor_of
from auterity_server.plain_values import must_be_plain
from auterity_server.problems import not_found
from auterity_server.running.starting import start
from auterity_server.wiring import Wired

router = APIRouter(prefix="/environments/{environment_id}", tags=["runs"])

Reads = Annotated[Principal, Depends(allowed(Permission.RUNS_READ))]
Starts = Annotated[Principal, Depends(allowed(Permission.RUNS_START))]
Cancels = Annotated[Principal, Depends(allowed(Permission.RUNS_CANCEL))]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="Sent again with the same key, the request starts nothing, and is given the same run.",
    ),
]


@router.post(
    "/workflows/{name}/runs",
    status_code=status.HTTP_201_CREATED,
    responses={
        status.HTTP_200_OK: {"model": RunSummary, "description": "The run that the key started."}
    },
)
async def begin(
    environment_id: str,
    name: str,
    asked: NewRun,
    wiring: Wired,
    principal: Starts,
    response: Response,
    key: Key = None,
) -> RunSummary:
    """Start a run of the live version. 201 with a new run; 200 with the one that the same key started before."""
    must_be_plain(asked.input, "body/input")
    runs = await wiring.runs_of(principal.organisation, environment_id)
    workflow = runs.workflow(name)
    if workflow is None:
        raise not_found("workflow")
    found, is_new = await start(
        runs, workflow, asked.input, requester=principal.actor, key=key, fresh=asked.fresh
    )
    if is_new:
        await wiring.audit.record(
            organisation_id=principal.organisation,
            at=wiring.clock.now(),
            actor=principal.actor,
            action="runs:start",
            noun=f"run/{found.run_id}",
            environment_id=environment_id,
            workflow=name,
        )
    else:
        response.status_code = status.HTTP_200_OK
    return summary_answer(found)


@router.get("/runs")
async def runs(
    environment_id: str,
    wiring: Wired,
    principal: Reads,
    asked: AskedPage,
    status: Annotated[list[Status] | None, Query(description="Only runs that stand so.")] = None,
    workflow: Annotated[str, Query(max_length=200, description="Only runs of it.")] = "",
    prefix: Annotated[
        str, Query(alias="id", max_length=64, description="How their ids begin.")
    ] = "",
) -> Page[RunSummary]:
    """Runs, the last to start first."""
    here = await wiring.runs_of(principal.organisation, environment_id)
    rows = await here.runtime.store.runs(
        statuses=status or (),
        workflow=workflow,
        prefix=prefix,
        before=None if asked.at < 0 else (asked.at, asked.id),
        limit=asked.limit + 1,
    )
    part = rows[: asked.limit]
    more = len(rows) > asked.limit
    behind = cursor_of(part[-1].started_at, part[-1].run_id) if more else None
    return Page(items=tuple(map(summary_answer, part)), next=behind)


@router.get("/runs/{run_id}")
async def run(environment_id: str, run_id: str, wiring: Wired, principal: Reads) -> Run:
    """A run with its steps and what it waits for. Personal data is masked by its class."""
    here = await wiring.runs_of(principal.organisation, environment_id)
    return run_answer(await inspect(here.runtime, run_id))


@router.post("/runs/{run_id}/cancel")
async def cancel(
    environment_id: str, run_id: str, asked: CancelRun, wiring: Wired, principal: Cancels
) -> CancelAnswer:
    """End a run early: what runs is stopped, what is done and can be undone is undone."""
    here = await wiring.runs_of(principal.organisation, environment_id)
    accepted = await here.runtime.cancel(run_id, by=principal.actor, after_step=asked.after_step)
    if accepted:
        await wiring.audit.record(
            organisation_id=principal.organisation,
            at=wiring.clock.now(),
            actor=principal.actor,
            action="runs:cancel",
            noun=f"run/{run_id}",
            environment_id=environment_id,
        )
    return CancelAnswer(accepted=accepted)
