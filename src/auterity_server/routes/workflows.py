"""Workflows of an environment, and their versions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from auterity_sdk.hosted.schemas.shape import Page, VersionId
from auterity_sdk.hosted.schemas.workflow import Version, WorkflowDetails, WorkflowSummary
from auterity_server.access.guard import allowed
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Principal
from auterity_server.answers import deployment_answer, version_answer
from auterity_server.database.deployed import Deployed
from auterity_server.etags import Shows
from auterity_server.paging import MOST, AskedPage, cursor_of
from auterity_server.problems import not_found
from auterity_server.wiring import Wired
from auterity_server.workflows.checking import read_workflow

router = APIRouter(prefix="/environments/{environment_id}/workflows", tags=["workflows"])

Reads = Annotated[Principal, Depends(allowed(Permission.WORKFLOWS_READ))]


@router.get("")
async def workflows(
    environment_id: str,
    wiring: Wired,
    principal: Reads,
    limit: Annotated[int, Query(ge=1, le=MOST, description="So many items at most.")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=200, description="`next` of the page before.")
    ] = None,
) -> Page[WorkflowSummary]:
    """The workflows that were ever pushed here, by name."""
    async with wiring.database.reading() as connection:
        here = Deployed(connection, principal.organisation, environment_id)
        names = await here.names(after=cursor or "", limit=limit + 1)
        items = [await _details(here, name) for name in names[:limit]]
    behind = names[limit - 1] if len(names) > limit else None
    return Page(items=tuple(map(_summary, items)), next=behind)


@router.get("/{name}")
async def workflow(
    environment_id: str, name: str, wiring: Wired, principal: Reads, tag: Shows
) -> WorkflowDetails:
    """A workflow with its live version. A change that names its ETag is refused once another deployment is live, or waits."""
    async with wiring.database.reading() as connection:
        here = Deployed(connection, principal.organisation, environment_id)
        found, standing = await _details(here, name), await here.standing(name)
    if standing is None:
        raise not_found("workflow")
    return tag.tell(found, standing)


@router.get("/{name}/versions")
async def versions(
    environment_id: str, name: str, wiring: Wired, principal: Reads, asked: AskedPage
) -> Page[Version]:
    """The versions that were deployed here, the last to be pushed first."""
    before = None if asked.at < 0 else (asked.at, asked.id)
    async with wiring.database.reading() as connection:
        here = Deployed(connection, principal.organisation, environment_id)
        rows = await here.versions_of(name, before=before, limit=asked.limit + 1)
    if not rows and before is None:
        raise not_found("workflow")
    part = rows[: asked.limit]
    more = len(rows) > asked.limit
    behind = cursor_of(part[-1].pushed_at, part[-1].version) if more else None
    return Page(items=tuple(map(version_answer, part)), next=behind)


@router.get("/{name}/versions/{version}")
async def version(
    environment_id: str,
    name: str,
    version: VersionId,
    wiring: Wired,
    principal: Reads,
    tag: Shows,
) -> Version:
    """One version."""
    async with wiring.database.reading() as connection:
        here = Deployed(connection, principal.organisation, environment_id)
        found = await here.version(name, version)
    if found is None:
        raise not_found("version")
    return tag.tell(version_answer(found))


async def _details(here: Deployed, name: str) -> WorkflowDetails:
    live = await here.in_state(name, "live")
    pending = await here.in_state(name, "pending")
    stored = None if live is None else await here.version(name, live.version)
    read = None if stored is None else read_workflow(stored.text, stored.path)
    return WorkflowDetails(
        name=name,
        description=read.description or "" if read else "",
        live=None if live is None else deployment_answer(live),
        pending=None if pending is None else deployment_answer(pending),
        version=None if stored is None else version_answer(stored),
    )


def _summary(found: WorkflowDetails) -> WorkflowSummary:
    return WorkflowSummary(
        name=found.name,
        description=found.description,
        live=found.live,
        pending=found.pending,
    )
