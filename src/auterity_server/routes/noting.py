"""A change of what an environment goes by: counted, and written down in the audit."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from auterity_server.access.principal import Principal
from auterity_server.database.auditing import record
from auterity_server.database.changes import note_change
from auterity_server.wiring import Wiring


async def note(
    connection: AsyncConnection,
    wiring: Wiring,
    principal: Principal,
    environment_id: str,
    action: str,
    noun: str,
    **details: str,
) -> None:
    """Do both, in the transaction of the change. `details` are those of the audit."""
    await note_change(connection, environment_id)
    await record(
        connection,
        organisation_id=principal.organisation,
        at=wiring.clock.now(),
        actor=principal.actor,
        action=action,
        noun=noun,
        environment_id=environment_id,
        **details,
    )
