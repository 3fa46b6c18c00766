"""`auterity webhooks create`: an address at which another system starts or wakes runs."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from auterity_cli.hosted_place import ContextOption, EnvironmentOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, JsonOption, ProjectOption
from auterity_cli.output.webhooks import print_made
from auterity_cli.secret_input import asked_secret
from auterity_sdk.errors import UsageError
from auterity_sdk.hosted.schemas.webhook import NewWebhook, WebhookMade
from auterity_sdk.runtime.project import Project
from auterity_sdk.workflow.duration import Duration


class Format(StrEnum):
    """How bodies are read."""

    JSON = "json"
    ADF = "adf"
    FORM = "form"


class Algorithm(StrEnum):
    """What signs."""

    SHA256 = "sha256"
    SHA512 = "sha512"
    SHA1 = "sha1"


class Encoding(StrEnum):
    """How a signature is written."""

    HEX = "hex"
    BASE64 = "base64"


def create(
    path: Annotated[
        str | None,
        typer.Argument(help="The path of `webhook` triggers; or --event.", show_default=False),
    ] = None,
    event: Annotated[
        str | None,
        typer.Option(help="Messages are outside events of this type instead.", show_default=False),
    ] = None,
    format: Annotated[Format, typer.Option(help="How bodies are read.")] = Format.JSON,
    hmac: Annotated[
        str | None,
        typer.Option(
            metavar="HEADER",
            help="A plain HMAC of the body is in this header; else Standard Webhooks.",
            show_default=False,
        ),
    ] = None,
    algorithm: Annotated[Algorithm, typer.Option(help="With --hmac.")] = Algorithm.SHA256,
    encoding: Annotated[Encoding, typer.Option(help="With --hmac.")] = Encoding.HEX,
    prefix: Annotated[
        str, typer.Option(help="With --hmac: what stands before it, such as sha256=.")
    ] = "",
    id_header: Annotated[
        str | None,
        typer.Option(
            metavar="HEADER", help="With --hmac: where the message's id is.", show_default=False
        ),
    ] = None,
    tolerance: Annotated[
        str, typer.Option(help="Without --hmac: how far away a message's time may be.")
    ] = "5m",
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
    """Make a webhook: an address at which another system leaves signed messages, which start or wake runs.

    Its secret is shown this once. ADF documents become leads; a form's fields are texts.
    """
    place = hosted_place(context, environment, Project.find(project, python=False))
    signing = None
    if hmac is not None:
        signing = {"header": hmac, "algorithm": algorithm.value, "encoding": encoding.value}
        signing |= {"prefix": prefix} if prefix else {}
        signing |= {"id_header": id_header} if id_header else {}
    asked: dict[str, Any] = {"path": path, "event": event, "hmac": signing, "format": format.value}
    asked["tolerance_seconds"] = _seconds(tolerance)
    asked["secret"] = asked_secret("Secret") if given_secret else None
    made = finish(_made(place, _webhook(asked)))
    if as_json:
        typer.echo(made.model_dump_json(indent=2))
    else:
        print_made(made)


def _webhook(asked: dict[str, Any]) -> NewWebhook:
    try:
        return NewWebhook.model_validate({k: v for k, v in asked.items() if v is not None})
    except ValidationError as error:
        # Pydantic's own text would quote the secret.
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        said = f"{place}: {first['msg']}" if place else str(first["msg"])
        raise UsageError(said, help="auterity webhooks create PATH, or --event TYPE") from None


def _seconds(text: str) -> int:
    try:
        return Duration.parse(text).milliseconds // 1000
    except ValueError as error:
        raise UsageError(f"--tolerance: {error}", help="write it as 5m") from None


async def _made(place: Place, webhook: NewWebhook) -> WebhookMade:
    async with place.profile.in_environment() as environment:
        return await environment.make_webhook(webhook)
