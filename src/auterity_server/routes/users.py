"""Members of an organisation."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, status

from auterity_sdk.hosted.schemas.shape import Page
from auterity_sdk.hosted.schemas.user import NewUser, User, UserChange, UserMade
from auterity_server.access.access import Access, Accessed
from auterity_server.access.answers import asked_grant, user_of
from auterity_server.access.guard import allowed
from auterity_server.access.membership import Invited
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Principal
from auterity_server.etags import IfMatch, Shows, Tag, Tells
from auterity_server.paging import AskedPage

router = APIRouter(prefix="/organisations/{organisation_id}/users", tags=["users"])

Sees = Annotated[Principal, Depends(allowed(Permission.USERS_READ, within=True))]
Invites = Annotated[Principal, Depends(allowed(Permission.USERS_MANAGE, within=True))]
Manages = Annotated[Principal, Depends(allowed(Permission.USERS_MANAGE))]


@router.get("")
async def users(access: Accessed, principal: Sees, asked: AskedPage) -> Page[User]:
    """The members that have a role where one may see it."""
    rows, behind = await access.listing.members(principal, asked)
    return Page(items=tuple(user_of(row) for row in rows), next=behind)


@router.post("", status_code=status.HTTP_201_CREATED)
async def invite(
    asked: NewUser, request: Request, access: Accessed, principal: Invites, tag: Tells
) -> UserMade:
    """Make somebody a member, with a first role. Who is new to the server gets a one-time link: by mail where the
    server sends it, else shown once."""
    grant = asked_grant(asked.role, asked.scope, asked.business_roles)
    invited = await access.membership.invite(principal, asked.email, asked.name, grant)
    return await _made(access, request, principal, invited, tag)


@router.get("/{user_id}")
async def user(
    user_id: str,
    access: Accessed,
    principal: Annotated[Principal, Depends(allowed(Permission.USERS_READ))],
    tag: Shows,
) -> User:
    """One member."""
    return tag.tell(user_of(await access.membership.of(principal.organisation, user_id)))


@router.patch("/{user_id}")
async def change(
    user_id: str,
    asked: UserChange,
    access: Accessed,
    principal: Manages,
    expected: IfMatch,
    tag: Tells,
) -> User:
    """Rename a member, or let none of their roles count for a time."""
    values = asked.model_dump(exclude_none=True)
    await access.membership.change(principal, user_id, values, expected)
    return tag.tell(user_of(await access.membership.of(principal.organisation, user_id)))


@router.delete("/{user_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove(user_id: str, access: Accessed, principal: Manages, expected: IfMatch) -> None:
    """Take all roles of a member, and the membership. An organisation keeps one owner at least."""
    await access.membership.remove(principal, user_id, expected)


@router.post("/{user_id}/sign-in-link", status_code=status.HTTP_201_CREATED)
async def new_link(
    user_id: str, request: Request, access: Accessed, principal: Manages, tag: Tells
) -> UserMade:
    """A one-time link for a member who has lost the password, or has not accepted yet: by mail where the server sends it;
    else shown, and for who belongs to this organisation alone."""
    invited = await access.membership.new_link(principal, user_id)
    return await _made(access, request, principal, invited, tag)


async def _made(
    access: Access, request: Request, principal: Principal, invited: Invited, tag: Tag
) -> UserMade:
    user = user_of(await access.membership.of(principal.organisation, invited.user))
    address = None if invited.link is None else access.link_url(request, invited.link)
    made = UserMade(user=user, sign_in_link=address, mailed=invited.mail is not None)
    return tag.tell(made, of=user)
