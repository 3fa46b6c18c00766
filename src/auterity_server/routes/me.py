"""Who one is, for the server."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, status

from auterity_sdk.hosted.schemas.organisation import Organisation
from auterity_sdk.hosted.schemas.sign_in import PasswordChange
from auterity_sdk.hosted.schemas.user import Me, MeChange, Membership
from auterity_server.access.access import Access, Accessed
from auterity_server.access.answers import grant_of, moment
from auterity_server.access.guard import address_of, signed_in, signed_in_person
from auterity_server.access.principal import Principal
from auterity_server.etags import IfMatch, Shows, Tells

router = APIRouter(tags=["me"])


@router.get("/me")
async def me(
    access: Accessed, principal: Annotated[Principal, Depends(signed_in())], tag: Shows
) -> Me:
    """The user or the API key that asks, with its organisations and what it may do there."""
    found = await _me(access, principal)
    return tag.tell(found, found.notified)


@router.patch("/me")
async def change(
    asked: MeChange,
    access: Accessed,
    principal: Annotated[Principal, Depends(signed_in_person())],
    expected: IfMatch,
    tag: Tells,
) -> Me:
    """Say whether mails tell one of approvals and deployments that wait for one."""
    await access.notified.choose(principal, expected, notified=asked.notified)
    found = await _me(access, principal)
    return tag.tell(found, found.notified)


@router.post("/me/password", status_code=status.HTTP_204_NO_CONTENT)
async def change_password(
    asked: PasswordChange,
    request: Request,
    access: Accessed,
    principal: Annotated[Principal, Depends(signed_in_person())],
) -> None:
    """Change one's own password. All other sign-ins of the person end."""
    await access.sign_in.change_password(
        principal,
        asked.current.get_secret_value(),
        asked.password.get_secret_value(),
        address_of(request),
    )


async def _me(access: Access, principal: Principal) -> Me:
    known = await access.listing.about(principal)
    return Me(
        id=principal.id,
        kind=principal.kind.value,
        name=known.name,
        email=known.email,
        notified=known.notified,
        memberships=tuple(
            Membership(
                organisation=Organisation(
                    id=row.id, name=row.name, title=row.title, created_at=moment(row.created_at)
                ),
                grants=tuple(grant_of(g) for g in known.grants if g.organisation_id == row.id),
            )
            for row in known.organisations
        ),
    )
