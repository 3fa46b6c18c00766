"""`auterity webhooks deliveries`: what came by a webhook."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from auterity_cli.hosted_place import ContextOption, EnvironmentOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color
from auterity_cli.output.listed import print_listed
from auterity_cli.output.webhooks import print_deliveries
from auterity_cli.webhook_choice import WebhookArgument, chosen_webhook
from auterity_sdk.hosted.schemas.webhook import WebhookDelivery
from auterity_sdk.runtime.project import Project


def deliveries(
    webhook: WebhookArgument,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 20,
    context: ContextOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Show what came by a webhook in the last 31 days, the last first: what was taken, and why the rest was not.

    Of what a message says nothing is shown; `auterity runs show` tells of the runs that it started.
    """
    place = hosted_place(context, environment, Project.find(project, python=False))
    found = finish(_came(place, webhook, limit))
    print_listed(found, "message", partial(print_deliveries, color=color), as_json=as_json)


async def _came(place: Place, named: str, limit: int) -> list[WebhookDelivery]:
    async with place.profile.in_environment() as environment:
        found = await chosen_webhook(environment, named)
        return [each async for each in environment.deliveries(found.id, limit)]
