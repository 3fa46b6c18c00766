"""Outside events for the runs of an environment."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Header

from auterity_sdk.hosted.schemas.message import MessageTaken, NewMessage
from auterity_sdk.runtime.local import LIFETIME
from auterity_server.access.guard import allowed
from auterity_server.access.permissions import Permission
from auterity_server.access.principal import Principal
from auterity_server.database.auditing import record
from auterity_server.plain_values import must_be_plain
from auterity_server.wiring import Wired

router = APIRouter(prefix="/environments/{environment_id}/messages", tags=["messages"])


@router.post("")
async def send(
    environment_id: str,
    asked: NewMessage,
    wiring: Wired,
    principal: Annotated[Principal, Depends(allowed(Permission.MESSAGES_SEND))],
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=200,
            description="Stands for `id`, where the message has none.",
        ),
    ] = None,
) -> MessageTaken:
    """Bring in an outside event: the run that has waited longest for it takes it; else it is kept for one that will.

    Beside that it starts a run of each live workflow that it fires.
    """
    must_be_plain(asked.data, "body/data")
    here = await wiring.runs_of(principal.organisation, environment_id)
    kept = LIFETIME if asked.lifetime_seconds is None else round(asked.lifetime_seconds * 1000)
    event = asked.id or key or uuid.uuid4().hex
    new, run_id = await here.runtime.send(asked.type, asked.data, id=event, lifetime=kept)
    if new:
        async with wiring.database.writing() as connection:
            await record(
                connection,
                organisation_id=principal.organisation,
                at=wiring.clock.now(),
                actor=principal.actor,
                action="messages:send",
                noun=f"environment/{environment_id}",
                environment_id=environment_id,
                run=run_id or "",
            )
    fired = await here.runtime.store.fired_by(event) if new else []
    return MessageTaken(new=new, run_id=run_id, may_start=tuple(fired))
