"""API keys: what programs sign in with."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, status

from auterity_sdk.hosted.schemas.api_key import ApiKey, ApiKeyMade, NewApiKey
from auterity_sdk.hosted.schemas.shape import Page
from auterity_server.access.access import Accessed
from auterity_server.access.answers import asked_grant, key_of, key_state, milliseconds
from auterity_server.access.guard import allowed
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Principal
from auterity_server.etags import IfMatch, Shows, Tells
from auterity_server.paging import AskedPage

router = APIRouter(prefix="/organisations/{organisation_id}/api-keys", tags=["api-keys"])


@router.get("")
async def keys(
    access: Accessed,
    principal: Annotated[Principal, Depends(allowed(Permission.USERS_READ, within=True))],
    asked: AskedPage,
) -> Page[ApiKey]:
    """The keys that have a role where one may see it, those that are revoked or over too."""
    rows, behind = await access.listing.keys(principal, asked)
    return Page(items=tuple(key_of(row) for row in rows), next=behind)


@router.post("", status_code=status.HTTP_201_CREATED)
async def make(
    asked: NewApiKey,
    access: Accessed,
    principal: Annotated[Principal, Depends(allowed(Permission.KEYS_MANAGE, within=True))],
    tag: Tells,
) -> ApiKeyMade:
    """Make a key, with a first role. Its secret is in this answer, and nowhere again."""
    grant = asked_grant(asked.role, asked.scope, asked.business_roles)
    until = None if asked.expires_at is None else milliseconds(asked.expires_at)
    made = await access.api_keys.make(principal, asked.name, grant, until)
    key = key_of(await access.api_keys.of(principal.organisation, made.id))
    return tag.tell(ApiKeyMade(api_key=key, secret=made.secret), key_state(key), of=key)


@router.get("/{key_id}")
async def key(
    key_id: str,
    access: Accessed,
    principal: Annotated[Principal, Depends(allowed(Permission.USERS_READ))],
    tag: Shows,
) -> ApiKey:
    """One key."""
    found = key_of(await access.api_keys.of(principal.organisation, key_id))
    return tag.tell(found, key_state(found))


@router.delete("/{key_id}", status_code=status.HTTP_204_NO_CONTENT)
async def revoke(
    key_id: str,
    access: Accessed,
    principal: Annotated[Principal, Depends(allowed(Permission.KEYS_MANAGE, within=True))],
    expected: IfMatch,
) -> None:
    """Refuse a key from now on. One may where one manages the keys of every place in which it has a role."""
    await access.api_keys.revoke(principal, key_id, expected)
