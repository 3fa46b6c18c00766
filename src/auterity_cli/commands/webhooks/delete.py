"""`auterity webhooks delete`: messages to it are taken no more."""

from __future__ import annotations

import typer

from auterity_cli.hosted_place import ContextOption, EnvironmentOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, ProjectOption
from auterity_cli.webhook_choice import WebhookArgument, chosen_webhook
from auterity_sdk.runtime.project import Project


def delete(
    webhook: WebhookArgument,
    context: ContextOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
) -> None:
    """Delete a webhook, with its secrets and what is known of its messages. Runs that it started go on."""
    place = hosted_place(context, environment, Project.find(project, python=False))
    typer.echo(f"deleted {finish(_deleted(place, webhook))}", err=True)


async def _deleted(place: Place, named: str) -> str:
    async with place.profile.in_environment() as environment:
        found = await chosen_webhook(environment, named)
        await environment.delete_webhook(found.id)
        return found.id
