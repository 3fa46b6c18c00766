"""`auterity webhooks rotate`: another secret for a webhook."""

from __future__ import annotations

from typing import Annotated

import typer
from pydantic import SecretStr, ValidationError

from auterity_cli.hosted_place import ContextOption, EnvironmentOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, JsonOption, ProjectOption
from auterity_cli.output.webhooks import print_made
from auterity_cli.secret_input import asked_secret
from auterity_cli.webhook_choice import WebhookArgument, chosen_webhook
from auterity_sdk.errors import UsageError
from auterity_sdk.hosted.schemas.webhook import NewWebhookSecret, WebhookMade
from auterity_sdk.runtime.project import Project
from auterity_sdk.workflow.duration import Duration


def rotate(
    webhook: WebhookArgument,
    overlap: Annotated[
        str, typer.Option(help="So long the secret before is still good; 0s ends it at once.")
    ] = "1d",
    given_secret: Annotated[
        bool,
        typer.Option(
            "--given-secret",
            help="The other system made the secret: it is typed, or read from standard input.",
        ),
    ] = False,
    context: ContextOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Give a webhook another secret, which is shown this once. Two are good at most: the last, and the one before."""
    place = hosted_place(context, environment, Project.find(project, python=False))
    asked = _secret(overlap, asked_secret("Secret") if given_secret else None)
    made = finish(_rotated(place, webhook, asked))
    if as_json:
        typer.echo(made.model_dump_json(indent=2))
    else:
        print_made(made)


def _secret(overlap: str, given: str | None) -> NewWebhookSecret:
    try:
        seconds = Duration.parse(overlap).milliseconds // 1000
        secret = None if given is None else SecretStr(given)
        return NewWebhookSecret(secret=secret, overlap_seconds=seconds)
    except ValidationError as error:
        # Pydantic's own text would quote the secret.
        first = error.errors(include_input=False, include_url=False)[0]
        raise UsageError(f"{first['loc'][0]}: {first['msg']}") from None
    except ValueError as error:
        raise UsageError(f"--overlap: {error}", help="write it as 1d or 12h") from None


async def _rotated(place: Place, named: str, asked: NewWebhookSecret) -> WebhookMade:
    async with place.profile.in_environment() as environment:
        found = await chosen_webhook(environment, named)
        return await environment.rotate_webhook(found.id, asked)
