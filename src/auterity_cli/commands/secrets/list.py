"""`auterity secrets list`: the names of an environment's secrets."""

from __future__ import annotations

from auterity_cli.hosted_place import ContextOption, EnvironmentOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, JsonOption, ProjectOption
from auterity_cli.output.listed import by_lines, print_listed
from auterity_sdk.hosted.schemas.secret import Secret
from auterity_sdk.runtime.project import Project


def list_secrets(
    context: ContextOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """List the secrets by name, with who set each last and when. No command shows a value."""
    place = hosted_place(context, environment, Project.find(project, python=False))
    found = finish(_listed(place))
    print_listed(found, "secret", by_lines(_lines), as_json=as_json)


def _lines(secret: Secret) -> list[str]:
    return [f"{secret.name}  {secret.at:%Y-%m-%d %H:%M}  by {secret.by}"]


async def _listed(place: Place) -> list[Secret]:
    async with place.profile.in_environment() as environment:
        return [each async for each in environment.secrets()]
