"""Roles of members and API keys: who has which, where."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, status

from auterity_sdk.hosted.schemas.grant import Grant, NewGrant
from auterity_sdk.hosted.schemas.shape import Id, Page
from auterity_server.access.access import Accessed
from auterity_server.access.answers import asked_grant, grant_of
from auterity_server.access.granted import holder_name
from auterity_server.access.guard import allowed
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Kind, Principal
from auterity_server.access.refusals import Unfit
from auterity_server.paging import AskedPage

router = APIRouter(prefix="/organisations/{organisation_id}/grants", tags=["grants"])

Manages = Annotated[Principal, Depends(allowed(Permission.USERS_MANAGE, within=True))]


@router.get("")
async def grants(
    access: Accessed,
    principal: Annotated[Principal, Depends(allowed(Permission.USERS_READ, within=True))],
    asked: AskedPage,
    user: Annotated[Id | None, Query(description="Only those of this member.")] = None,
    api_key: Annotated[Id | None, Query(description="Only those of this API key.")] = None,
) -> Page[Grant]:
    """The roles in places where one may see them."""
    every = user is None and api_key is None
    holder = None if every else holder_name(*_holder(user, api_key, "query"))
    rows, behind = await access.listing.grants(principal, asked, holder)
    return Page(items=tuple(grant_of(row) for row in rows), next=behind)


@router.post("", status_code=status.HTTP_201_CREATED)
async def give(asked: NewGrant, access: Accessed, principal: Manages) -> Grant:
    """Give a member or an API key a role. One gives roles only where one may manage users, or keys."""
    kind, holder = _holder(asked.user, asked.api_key, "body")
    grant = asked_grant(asked.role, asked.scope, asked.business_roles)
    return grant_of(await access.granting.give(principal, kind, holder, grant))


@router.delete("/{grant_id}", status_code=status.HTTP_204_NO_CONTENT)
async def take(grant_id: str, access: Accessed, principal: Manages) -> None:
    """Take a role. An organisation keeps one owner at least."""
    await access.granting.take(principal, grant_id)


def _holder(user: str | None, api_key: str | None, where: str) -> tuple[Kind, str]:
    if user is not None and api_key is None:
        return Kind.USER, user
    if api_key is not None and user is None:
        return Kind.API_KEY, api_key
    raise Unfit(f"{where}/user", "name a user or an API key, one of both")
