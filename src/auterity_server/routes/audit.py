"""Who did what, when."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from auterity_sdk.hosted.schemas.audit import AuditEntry
from auterity_sdk.hosted.schemas.shape import Page
from auterity_server.access.guard import allowed
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Principal
from auterity_server.answers import moment
from auterity_server.database.auditing import entries
from auterity_server.paging import AskedPage, cursor_of
from auterity_server.wiring import Wired

router = APIRouter(prefix="/organisations/{organisation_id}/audit", tags=["audit"])


@router.get("")
async def audit(
    wiring: Wired,
    principal: Annotated[Principal, Depends(allowed(Permission.AUDIT_READ))],
    asked: AskedPage,
) -> Page[AuditEntry]:
    """The entries of the organisation, the first first."""
    async with wiring.database.reading() as connection:
        rows = await entries(connection, principal.organisation, asked.at, asked.limit + 1)
    part = rows[: asked.limit]
    behind = cursor_of(part[-1].seq, "") if len(rows) > asked.limit else None
    items = tuple(
        AuditEntry(
            id=f"{row.seq:012}",
            at=moment(row.at),
            actor=row.actor.partition(":")[2] or None,
            action=row.action,
            target=row.noun,
            details=dict(row.details),
        )
        for row in part
    )
    return Page(items=items, next=behind)
