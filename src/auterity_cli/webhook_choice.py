"""Which webhook of a server a command means."""

from __future__ import annotations

from typing import Annotated

import typer

from auterity_sdk.errors import UsageError
from auterity_sdk.hosted.environment import HostedEnvironment
from auterity_sdk.hosted.schemas.webhook import Webhook

WebhookArgument = Annotated[
    str, typer.Argument(help="Its path, its event, or how its id begins.", metavar="WEBHOOK")
]


async def chosen_webhook(environment: HostedEnvironment, named: str) -> Webhook:
    """The one that is meant. Raises `UsageError` where there is none, or several."""
    found = [
        each
        async for each in environment.webhooks()
        if named in (each.path, each.event) or each.id.startswith(named)
    ]
    if len(found) == 1:
        return found[0]
    said = f"several webhooks are `{named}`" if found else f"there is no webhook `{named}`"
    raise UsageError(said, help="auterity webhooks list shows their ids")
