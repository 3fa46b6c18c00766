"""`auterity schedule pause`: let schedules of a live workflow rest."""

from __future__ import annotations

from auterity_cli.hosted_place import ContextOption, EnvironmentOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color
from auterity_cli.output.listed import print_json
from auterity_cli.output.schedules import print_schedules
from auterity_cli.schedule_choice import CronOption, WorkflowArgument, chosen_schedules
from auterity_sdk.hosted.schemas.schedule import Schedule
from auterity_sdk.runtime.project import Project


def pause(
    workflow: WorkflowArgument,
    cron: CronOption = None,
    context: ContextOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Let the schedules of a workflow rest: they start no runs until they are resumed.

    What waited for its turn (`rate_limit`) starts no run either. Runs that go on are left alone.
    """
    place = hosted_place(context, environment, Project.find(project, python=False))
    found = finish(_said(place, workflow, cron))
    if as_json:
        print_json(found)
    else:
        print_schedules(found, color)


async def _said(place: Place, workflow: str, cron: str | None) -> list[Schedule]:
    async with place.profile.in_environment() as environment:
        chosen = await chosen_schedules(environment, workflow, cron)
        return [await environment.pause_schedule(each.id) for each in chosen]
