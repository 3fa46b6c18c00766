"""Stores of an organisation."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, status

from auterity_sdk.hosted.schemas.shape import Page
from auterity_sdk.hosted.schemas.store import NewStore, Store
from auterity_server.access.guard import allowed
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Place, Principal
from auterity_server.answers import store_answer
from auterity_server.database.auditing import record
from auterity_server.database.places import PlacesOf
from auterity_server.etags import Shows, Tells
from auterity_server.paging import AskedPage, cursor_of
from auterity_server.problems import conflict, not_found
from auterity_server.wiring import Wired

router = APIRouter(prefix="/organisations/{organisation_id}/stores", tags=["stores"])

Sees = Annotated[Principal, Depends(allowed(Permission.ORGANISATION_READ, within=True))]
Reads = Annotated[Principal, Depends(allowed(Permission.ORGANISATION_READ, within=True))]
Manages = Annotated[Principal, Depends(allowed(Permission.ORGANISATION_MANAGE))]


@router.get("")
async def stores(wiring: Wired, principal: Sees, asked: AskedPage) -> Page[Store]:
    """The stores that one may see, the first to be made first. A page may have fewer items than there are behind it."""
    async with wiring.database.reading() as connection:
        here = PlacesOf(connection, principal.organisation)
        rows = await here.stores((asked.at, asked.id), asked.limit + 1)
    part = rows[: asked.limit]
    seen = [row for row in part if principal.sees(Place(row.organisation_id, row.id))]
    more = len(rows) > asked.limit
    behind = cursor_of(part[-1].created_at, part[-1].id) if more else None
    return Page(items=tuple(map(store_answer, seen)), next=behind)


@router.post("", status_code=status.HTTP_201_CREATED)
async def make(asked: NewStore, wiring: Wired, principal: Manages, tag: Tells) -> Store:
    """Make a store."""
    at = wiring.clock.now()
    async with wiring.database.writing() as connection:
        here = PlacesOf(connection, principal.organisation)
        made = await here.add_store(asked.name, asked.title, at)
        if made is None:
            raise conflict(f"there is a store `{asked.name}` already")
        await record(
            connection,
            organisation_id=principal.organisation,
            at=at,
            actor=principal.actor,
            action="stores:make",
            noun=f"store/{made.id}",
        )
    return tag.tell(store_answer(made))


@router.get("/{store_id}")
async def store(store_id: str, wiring: Wired, principal: Reads, tag: Shows) -> Store:
    """One store."""
    async with wiring.database.reading() as connection:
        found = await PlacesOf(connection, principal.organisation).store(store_id)
    if found is None:
        raise not_found("store")
    return tag.tell(store_answer(found))
