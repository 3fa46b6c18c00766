"""Environments of an organisation and of its stores."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, status

from auterity_sdk.hosted.schemas.environment import (
    Environment,
    EnvironmentChange,
    NewEnvironment,
)
from auterity_sdk.hosted.schemas.shape import Id, Page
from auterity_server.access.guard import allowed
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Place, Principal
from auterity_server.answers import environment_answer
from auterity_server.database.auditing import record
from auterity_server.database.places import Environment as Row
from auterity_server.database.places import PlacesOf
from auterity_server.etags import IfMatch, Shows, Tells
from auterity_server.paging import AskedPage, cursor_of
from auterity_server.problems import conflict, not_found, wrong_value
from auterity_server.wiring import Wired

router = APIRouter(tags=["environments"])

_ALL = "/organisations/{organisation_id}/environments"
_ONE = "/environments/{environment_id}"

Sees = Annotated[Principal, Depends(allowed(Permission.ORGANISATION_READ, within=True))]
Reads = Annotated[Principal, Depends(allowed(Permission.ORGANISATION_READ))]
Manages = Annotated[Principal, Depends(allowed(Permission.ORGANISATION_MANAGE))]


@router.get(_ALL)
async def environments(
    wiring: Wired,
    principal: Sees,
    asked: AskedPage,
    store: Annotated[Id | None, Query(description="Only those of this store.")] = None,
) -> Page[Environment]:
    """The environments that one may see, the first to be made first. A page may have fewer items than asked for."""
    async with wiring.database.reading() as connection:
        here = PlacesOf(connection, principal.organisation)
        rows = await here.environments((asked.at, asked.id), asked.limit + 1, store=store)
    part = rows[: asked.limit]
    seen = [row for row in part if principal.sees(Place(row.organisation_id, row.store_id, row.id))]
    more = len(rows) > asked.limit
    behind = cursor_of(part[-1].created_at, part[-1].id) if more else None
    return Page(items=tuple(map(environment_answer, seen)), next=behind)


@router.post(_ALL, status_code=status.HTTP_201_CREATED)
async def make(asked: NewEnvironment, wiring: Wired, principal: Manages, tag: Tells) -> Environment:
    """Make an environment, of a store or of the organisation itself."""
    at = wiring.clock.now()
    async with wiring.database.writing() as connection:
        here = PlacesOf(connection, principal.organisation)
        if asked.store is not None and await here.store(asked.store) is None:
            raise wrong_value("body/store", "is no store of this organisation")
        made = await here.add_environment(asked.name, asked.store, at, protected=asked.protected)
        if made is None:
            raise conflict(f"there is an environment `{asked.name}` already")
        await record(
            connection,
            organisation_id=principal.organisation,
            at=at,
            actor=principal.actor,
            action="environments:make",
            noun=f"environment/{made.id}",
            environment_id=made.id,
            protected=made.protected,
        )
    return tag.tell(environment_answer(made))


@router.get(_ONE)
async def environment(
    environment_id: str, wiring: Wired, principal: Reads, tag: Shows
) -> Environment:
    """One environment."""
    found = await wiring.environment(principal.organisation, environment_id)
    return tag.tell(environment_answer(found))


@router.patch(_ONE)
async def change(
    environment_id: str,
    asked: EnvironmentChange,
    wiring: Wired,
    principal: Manages,
    expected: IfMatch,
    tag: Tells,
) -> Environment:
    """Say whether what is pushed there waits for a second person."""
    async with wiring.database.writing() as connection:
        here = PlacesOf(connection, principal.organisation)
        expected.must_be(_answer(await here.environment(environment_id)))
        if asked.protected is not None:
            await here.protect(environment_id, protected=asked.protected)
            await record(
                connection,
                organisation_id=principal.organisation,
                at=wiring.clock.now(),
                actor=principal.actor,
                action="environments:protect",
                noun=f"environment/{environment_id}",
                environment_id=environment_id,
                protected=asked.protected,
            )
        return tag.tell(_answer(await here.environment(environment_id)))


def _answer(found: Row | None) -> Environment:
    if found is None:
        raise not_found("environment")
    return environment_answer(found)
