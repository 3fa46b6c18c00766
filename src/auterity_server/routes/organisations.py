"""An organisation, with its stores and environments."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, status

from auterity_sdk.hosted.schemas.organisation import NewOrganisation, Organisation
from auterity_sdk.hosted.schemas.shape import Page
from auterity_server.access.access import Accessed
from auterity_server.access.guard import allowed, signed_in, signed_in_person
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Principal
from auterity_server.answers import moment
from auterity_server.database.auditing import record
from auterity_server.database.places import Organisation as OrganisationRow
from auterity_server.database.places import add_organisation, organisation_of
from auterity_server.etags import Shows, Tells
from auterity_server.problems import conflict, not_found
from auterity_server.wiring import Wired

router = APIRouter(prefix="/organisations", tags=["organisations"])


@router.post("", status_code=status.HTTP_201_CREATED)
async def make(
    asked: NewOrganisation,
    wiring: Wired,
    access: Accessed,
    principal: Annotated[Principal, Depends(signed_in_person())],
    tag: Tells,
) -> Organisation:
    """Make an organisation, which the maker owns: somebody who owns one already."""
    at = wiring.clock.now()
    async with wiring.database.writing() as connection:
        made = await add_organisation(connection, asked.name, asked.title, at)
        if made is None:
            raise conflict(f"there is an organisation `{asked.name}` already")
        await access.membership.make_owner(connection, principal, made.id)
        await record(
            connection,
            organisation_id=made.id,
            at=at,
            actor=principal.actor,
            action="organisations:make",
            noun=f"organisation/{made.id}",
        )
    return tag.tell(_answer(made))


@router.get("")
async def organisations(
    access: Accessed, principal: Annotated[Principal, Depends(signed_in())]
) -> Page[Organisation]:
    """The organisations that one belongs to, all in one page."""
    known = await access.listing.about(principal)
    return Page(
        items=tuple(
            Organisation(
                id=row.id, name=row.name, title=row.title, created_at=moment(row.created_at)
            )
            for row in known.organisations
        )
    )


@router.get("/{organisation_id}")
async def organisation(
    wiring: Wired,
    principal: Annotated[Principal, Depends(allowed(Permission.ORGANISATION_READ, within=True))],
    tag: Shows,
) -> Organisation:
    """The organisation."""
    async with wiring.database.reading() as connection:
        found = await organisation_of(connection, principal.organisation)
    if found is None:
        raise not_found("organisation")
    return tag.tell(_answer(found))


def _answer(row: OrganisationRow) -> Organisation:
    return Organisation(
        id=row.id, name=row.name, title=row.title, created_at=moment(row.created_at)
    )
