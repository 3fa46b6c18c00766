"""Deployments of an environment, and the second person's answer to one that waits."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from auterity_sdk.hosted.schemas.deployment import Deployment, DeploymentAnswer
from auterity_sdk.hosted.schemas.shape import Page
from auterity_server.access.access import Accessed
from auterity_server.access.guard import allowed
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Principal
from auterity_server.answers import deployment_answer
from auterity_server.database.deployed import Deployed
from auterity_server.paging import AskedPage, cursor_of
from auterity_server.problems import not_found
from auterity_server.wiring import Wired
from auterity_server.workflows.deploying import Actor, Asked

router = APIRouter(prefix="/environments/{environment_id}/deployments", tags=["deployments"])

Reads = Annotated[Principal, Depends(allowed(Permission.WORKFLOWS_READ))]
Confirms = Annotated[Principal, Depends(allowed(Permission.WORKFLOWS_CONFIRM))]


@router.get("")
async def deployments(
    environment_id: str,
    wiring: Wired,
    principal: Reads,
    asked: AskedPage,
    status: Annotated[
        Literal["pending", "live", "replaced", "rejected"] | None,
        Query(description="Only those that stand so."),
    ] = None,
    workflow: Annotated[str, Query(max_length=200, description="Only those of it.")] = "",
) -> Page[Deployment]:
    """Deployments, the last first."""
    before = None if asked.at < 0 else (asked.at, asked.id)
    async with wiring.database.reading() as connection:
        here = Deployed(connection, principal.organisation, environment_id)
        rows = await here.page(
            state=status or "", workflow=workflow, before=before, limit=asked.limit + 1
        )
    part = rows[: asked.limit]
    more = len(rows) > asked.limit
    behind = cursor_of(part[-1].asked_at, part[-1].id) if more else None
    return Page(items=tuple(map(deployment_answer, part)), next=behind)


@router.get("/{deployment_id}")
async def deployment(
    environment_id: str, deployment_id: str, wiring: Wired, principal: Reads
) -> Deployment:
    """One deployment."""
    async with wiring.database.reading() as connection:
        here = Deployed(connection, principal.organisation, environment_id)
        found = await here.find(deployment_id)
    if found is None:
        raise not_found("deployment")
    return deployment_answer(found)


@router.post("/{deployment_id}")
async def answer(
    environment_id: str,
    deployment_id: str,
    asked: DeploymentAnswer,
    wiring: Wired,
    access: Accessed,
    principal: Confirms,
) -> Deployment:
    """Let a pending deployment go live, or reject it: another person than asked for it."""
    environment = await wiring.environment(principal.organisation, environment_id)
    keys = await access.api_keys.made_by(principal)
    how = Asked(environment, Actor(principal.id, principal.actor, keys))
    found = await wiring.deploying.answer(how, deployment_id, approved=asked.approved)
    return deployment_answer(found)
