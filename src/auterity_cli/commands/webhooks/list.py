"""`auterity webhooks list`: the webhooks of an environment."""

from __future__ import annotations

from functools import partial

from auterity_cli.hosted_place import ContextOption, EnvironmentOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color
from auterity_cli.output.listed import print_listed
from auterity_cli.output.webhooks import print_webhooks
from auterity_sdk.hosted.schemas.webhook import Webhook
from auterity_sdk.runtime.project import Project


def list_webhooks(
    context: ContextOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """List the webhooks, with what each leads to and starts. Nobody is shown a secret again."""
    place = hosted_place(context, environment, Project.find(project, python=False))
    found = finish(_listed(place))
    print_listed(found, "webhook", partial(print_webhooks, color=color), as_json=as_json)


async def _listed(place: Place) -> list[Webhook]:
    async with place.profile.in_environment() as environment:
        return [each async for each in environment.webhooks()]
