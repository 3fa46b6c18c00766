"""Which schedules of a server a command means."""

from __future__ import annotations

from typing import Annotated

import typer

from auterity_sdk.errors import UsageError
from auterity_sdk.hosted.environment import HostedEnvironment
from auterity_sdk.hosted.schemas.schedule import Schedule

WorkflowArgument = Annotated[str, typer.Argument(help="The workflow's name.")]
CronOption = Annotated[
    str | None,
    typer.Option("--cron", help="Only its schedule of this cron line.", show_default=False),
]


async def chosen_schedules(
    environment: HostedEnvironment, workflow: str, cron: str | None
) -> list[Schedule]:
    """The schedules of a workflow, or those of a cron line. Raises `UsageError` where there is none."""
    found = [
        each
        async for each in environment.schedules()
        if each.workflow == workflow and cron in (None, each.cron)
    ]
    if not found:
        which = f" `{cron}`" if cron else ""
        raise UsageError(
            f"no schedule{which} of `{workflow}` is live", help="auterity schedule list shows all"
        )
    return found
