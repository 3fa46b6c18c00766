"""What is told of a push whose workflows wait for requests that no webhook takes."""

from __future__ import annotations

from collections.abc import Iterable

from auterity_sdk.workflow.model import Workflow
from auterity_server.database.database import Database
from auterity_server.database.places import Environment
from auterity_server.database.webhooks import WebhooksOf


async def missing_webhooks(
    database: Database, environment: Environment, workflows: Iterable[Workflow]
) -> tuple[str, ...]:
    """A sentence for each path and format to which no webhook of the environment leads."""
    wanted = [
        (workflow.name, trigger.webhook)
        for workflow in workflows
        for trigger in workflow.triggers
        if trigger.webhook is not None
    ]
    if not wanted:
        return ()
    async with database.reading() as connection:
        here = WebhooksOf(connection, environment.organisation_id, environment.id)
        known = {each.type for each in await here.all()}
    return tuple(
        f"no webhook leads to `{webhook.path}` of {name} yet: "
        f"auterity webhooks create {webhook.path} --format {webhook.format}"
        for name, webhook in wanted
        if webhook.event not in known
    )
