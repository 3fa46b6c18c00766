"""`auterity schedule list`: the schedules of what is live in an environment."""

from __future__ import annotations

from functools import partial

from auterity_cli.hosted_place import ContextOption, EnvironmentOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color
from auterity_cli.output.listed import print_listed
from auterity_cli.output.schedules import print_schedules
from auterity_sdk.hosted.schemas.schedule import Schedule
from auterity_sdk.runtime.project import Project


def list_schedules(
    context: ContextOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """List the schedules of what is live, when they come due next, and what came of the last times.

    On this machine `auterity triggers` does.
    """
    place = hosted_place(context, environment, Project.find(project, python=False))
    found = finish(_listed(place))
    print_listed(found, "schedule", partial(print_schedules, color=color), as_json=as_json)


async def _listed(place: Place) -> list[Schedule]:
    async with place.profile.in_environment() as environment:
        return [each async for each in environment.schedules()]
