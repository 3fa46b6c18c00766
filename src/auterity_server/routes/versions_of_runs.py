"""What a new version means for the runs that there are, and moving them to the live one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends
from msgspec.structs import replace

from auterity_sdk.hosted.schemas.run_change import (
    Moved,
    MoveRuns,
    PlanChange,
    PlannedRun,
    PlanOfChange,
)
from auterity_sdk.runs.movable import Move, Verdict
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.migrating import Migration
from auterity_sdk.runtime.ports import Summary
from auterity_sdk.workflow.model import Workflow
from auterity_server.access.guard import allowed
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Principal
from auterity_server.answers import moment
from auterity_server.database.auditing import record
from auterity_server.plain_values import must_be_plain
from auterity_server.problems import not_found, wrong_value
from auterity_server.running.hosted_runs import EnvironmentRuns
from auterity_server.wiring import Wired
from auterity_server.workflows.checking import read_workflow
from auterity_server.workflows.declarations import declared_in

router = APIRouter(prefix="/environments/{environment_id}", tags=["runs"])

Changes = Annotated[Principal, Depends(allowed(Permission.RUNS_CHANGE))]
Reads = Annotated[Principal, Depends(allowed(Permission.RUNS_READ))]


@router.post("/plans")
async def plan(
    environment_id: str, asked: PlanChange, wiring: Wired, principal: Reads
) -> PlanOfChange:
    """What a workflow would mean, if it were pushed, for the runs that go by other versions of it. Nothing is changed."""
    for name in asked.project.model_fields_set:
        must_be_plain(getattr(asked.project, name), f"body/project/{name}")
    workflow = read_workflow(asked.text, asked.path)
    if workflow is None:
        raise wrong_value("body/text", "is no workflow", help="auterity validate says why")
    here = await wiring.runs_of(principal.organisation, environment_id)
    declared = asked.project.model_dump(mode="json", exclude_defaults=True)
    migration = Migration(_with(here, declared), workflow, asked.names)
    planned = await migration.runs()
    runs = tuple(_planned(each.run, each.verdict) for each in planned)
    versions = dict.fromkeys(each.run.version for each in planned)
    if not versions:
        last = await here.runtime.store.runs(workflow=workflow.name, limit=1)
        versions = dict.fromkeys(each.version for each in last)
    return PlanOfChange(workflow=workflow.name, versions=tuple(versions), runs=runs)


@router.post("/workflows/{name}/moves")
async def move(
    environment_id: str, name: str, asked: MoveRuns, wiring: Wired, principal: Changes
) -> Moved:
    """Move runs that wait to the live version of their workflow, where that is safe."""
    here = await wiring.runs_of(principal.organisation, environment_id)
    workflow = here.workflow(name)
    if workflow is None:
        raise not_found("workflow")
    migration = Migration(here.runtime, workflow, asked.names, principal.actor)
    found = await _moved(here, migration, asked.runs, workflow)
    moved = [each.run_id for each in found if each.move == Move.SAFE.value]
    for run_id in moved:
        await here.runtime.look_again(run_id)
    if moved:
        async with wiring.database.writing() as connection:
            await record(
                connection,
                organisation_id=principal.organisation,
                at=wiring.clock.now(),
                actor=principal.actor,
                action="runs:move",
                noun=f"workflow/{name}",
                environment_id=environment_id,
                runs=moved,
            )
    return Moved(runs=tuple(found))


async def _moved(
    here: EnvironmentRuns, migration: Migration, runs: tuple[str, ...], workflow: Workflow
) -> list[PlannedRun]:
    store, found = here.runtime.store, []
    chosen = runs or tuple(each.run.run_id for each in await migration.runs())
    for run_id in chosen:
        before = await store.run(run_id)
        if before is None or before.workflow != workflow.name:
            raise wrong_value("body/runs", f"`{run_id}` is no run of {workflow.name}")
    for run_id in chosen:
        verdict = await migration.move(run_id)
        after = await store.run(run_id)
        if after is not None:
            found.append(_planned(after, verdict))
    return found


def _with(here: EnvironmentRuns, declared: Mapping[str, object]) -> LocalRuntime:
    """The runs, looked at with the step types that a project declares."""
    runtime = here.runtime
    world = replace(runtime.world, registry=declared_in(declared, runtime.world.registry))
    return LocalRuntime(world, runtime.store, runtime.clock)


def _planned(run: Summary, verdict: Verdict) -> PlannedRun:
    return PlannedRun.model_validate(
        {
            "run_id": run.run_id,
            "version": run.version,
            "status": run.status,
            "started_at": moment(run.started_at),
            "move": verdict.move.value,
            "reason": verdict.reason,
        }
    )
