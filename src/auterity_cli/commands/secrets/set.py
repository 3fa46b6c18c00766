"""`auterity secrets set`: a secret of an environment's workflows and connections."""

from __future__ import annotations

from typing import Annotated

import typer
from pydantic import SecretStr, ValidationError

from auterity_cli.hosted_place import ContextOption, EnvironmentOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, ProjectOption
from auterity_cli.secret_input import asked_secret
from auterity_sdk.errors import UsageError
from auterity_sdk.hosted.schemas.secret import Secret, SecretValue
from auterity_sdk.runtime.project import Project


def set_secret(
    name: Annotated[str, typer.Argument(help="As workflows write it: ${secrets.NAME}.")],
    context: ContextOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
) -> None:
    """Set a secret, from a prompt that shows nothing, or from standard input. Nobody is shown it again.

    Attempts that begin from now on are given it.
    """
    place = hosted_place(context, environment, Project.find(project, python=False))
    found = finish(_set(place, name, _value(asked_secret(name))))
    typer.echo(f"set {found.name}", err=True)


def _value(given: str) -> SecretValue:
    try:
        return SecretValue(value=SecretStr(given))
    except ValidationError as error:
        # Pydantic's own text would quote the secret.
        first = error.errors(include_input=False, include_url=False)[0]
        raise UsageError(f"the secret: {first['msg']}") from None


async def _set(place: Place, name: str, value: SecretValue) -> Secret:
    async with place.profile.in_environment() as environment:
        return await environment.set_secret(name, value)
