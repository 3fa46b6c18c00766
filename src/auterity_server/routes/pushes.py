"""What brings versions of workflows to life: pushes, promotions, rollbacks."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response, status

from auterity_sdk.hosted.schemas.deployment import Promotion, Rollback
from auterity_sdk.hosted.schemas.push import ProjectDeclarations, Push, Pushed, PushOne
from auterity_server.access.guard import allowed
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Place, Principal
from auterity_server.answers import pushed_answer
from auterity_server.database.deployed import How
from auterity_server.database.workers import living
from auterity_server.etags import ANY_STATE, Expected, IfMatch, IfMatchOrNew, Tells
from auterity_server.plain_values import must_be_plain
from auterity_server.problems import wrong_value
from auterity_server.webhooks.missing import missing_webhooks
from auterity_server.wiring import Wired, Wiring
from auterity_server.workflows.checking import Candidate, read_workflow
from auterity_server.workflows.deploying import Actor, Asked, Outcome
from auterity_server.workflows.lacking_workers import lacking_workers

router = APIRouter(prefix="/environments/{environment_id}", tags=["pushes"])

CHANGED: dict[int | str, dict[str, Any]] = {
    status.HTTP_201_CREATED: {"model": Pushed, "description": "Something changed."}
}
Pushes = Annotated[Principal, Depends(allowed(Permission.WORKFLOWS_PUSH))]


@router.post("/pushes", responses=CHANGED)
async def push(
    environment_id: str, asked: Push, wiring: Wired, principal: Pushes, response: Response
) -> Pushed:
    """Push files: all go live together, or none does. 201 where something changed, 200 where nothing did."""
    files = [_candidate(file.path, file.text, asked.project) for file in asked.files]
    how = await _asked(wiring, principal, environment_id, asked.message)
    return await _told(wiring, principal, how, await wiring.deploying.deploy(how, files), response)


@router.put("/workflows/{name}", responses=CHANGED)
async def push_one(
    environment_id: str,
    name: str,
    asked: PushOne,
    wiring: Wired,
    principal: Pushes,
    response: Response,
    expected: IfMatchOrNew,
    tag: Tells,
) -> Pushed:
    """Push one workflow. 201 where it is new or changed, 200 where the same version is live already."""
    workflow = read_workflow(asked.text, asked.path)
    if workflow is not None and workflow.name != name:
        raise wrong_value(
            "body/text", f"is the workflow `{workflow.name}`, and the address says `{name}`"
        )
    how = await _asked(wiring, principal, environment_id, asked.message, expected=expected)
    file = _candidate(asked.path, asked.text, asked.project)
    outcome = await wiring.deploying.deploy(how, [file])
    tag.name(outcome.standing)
    return await _told(wiring, principal, how, outcome, response)


@router.post("/promotions", responses=CHANGED)
async def promote(
    environment_id: str, asked: Promotion, wiring: Wired, principal: Pushes, response: Response
) -> Pushed:
    """Make live here what is live in another environment of the organisation, which one must be able to read."""
    source = await wiring.environment(principal.organisation, asked.source, "body/source")
    place = Place(source.organisation_id, source.store_id, source.id)
    if not principal.may(Permission.WORKFLOWS_READ, place):
        raise wrong_value("body/source", "is no environment that you may read")
    how = await _asked(wiring, principal, environment_id, asked.message, how="promote")
    return await _told(
        wiring,
        principal,
        how,
        await wiring.deploying.promote(how, source, asked.workflows),
        response,
    )


@router.post("/workflows/{name}/rollback", responses=CHANGED)
async def roll_back(
    environment_id: str,
    name: str,
    asked: Rollback,
    wiring: Wired,
    principal: Pushes,
    response: Response,
    expected: IfMatch,
    tag: Tells,
) -> Pushed:
    """Make an earlier version live again. Runs that go on stay with their version."""
    how = await _asked(
        wiring, principal, environment_id, asked.message, how="rollback", expected=expected
    )
    outcome = await wiring.deploying.roll_back(how, name, asked.to)
    tag.name(outcome.standing)
    return await _told(wiring, principal, how, outcome, response)


async def _asked(
    wiring: Wiring,
    principal: Principal,
    environment_id: str,
    message: str,
    *,
    how: How = "push",
    expected: Expected = ANY_STATE,
) -> Asked:
    environment = await wiring.environment(principal.organisation, environment_id)
    return Asked(environment, Actor(principal.id, principal.actor), how, message, expected)


def _candidate(path: str, text: str, project: ProjectDeclarations) -> Candidate:
    for name in project.model_fields_set:
        must_be_plain(getattr(project, name), f"body/project/{name}")
    return Candidate(path, text, project.model_dump(mode="json", exclude_defaults=True))


async def _told(
    wiring: Wiring, principal: Principal, asked: Asked, outcome: Outcome, response: Response
) -> Pushed:
    if any(each.change != "same" for each in outcome.deployments):
        response.status_code = status.HTTP_201_CREATED
    async with wiring.database.reading() as connection:
        workers = await living(connection, wiring.clock.now(), principal.organisation)
    workflows = [each.checked.workflow for each in outcome.verdicts if each.checked.workflow]
    missing = await missing_webhooks(wiring.database, asked.environment, workflows)
    return pushed_answer(outcome, (*lacking_workers(outcome, workers), *missing))
