"""`auterity trigger`: start a run on a server."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from auterity_cli.exit_codes import ExitCode
from auterity_cli.hosted_place import ContextOption, EnvironmentOption, Place, hosted_place
from auterity_cli.hosted_runs import watched
from auterity_cli.local_runs import Display, finish, now, tell_end
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color
from auterity_sdk.errors import UsageError
from auterity_sdk.hosted.environment import HostedEnvironment
from auterity_sdk.hosted.schemas.workflow import Version
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.run_input import InputReader
from auterity_sdk.runtime.view import RunView
from auterity_sdk.workflow.document import load_document
from auterity_sdk.workflow.model import load

app = typer.Typer(add_completion=False)


@app.command()
def trigger(
    workflow: Annotated[str, typer.Argument(help="The name of a workflow that is live.")],
    input: Annotated[
        list[str] | None,
        typer.Option(
            "--input",
            "-i",
            help="A file (JSON, YAML, ADF XML), - for standard input, key=value, or key=@file.",
        ),
    ] = None,
    lead: Annotated[
        int | None, typer.Option(min=1, help="Which lead of an ADF document that holds several.")
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            help="A key of your own: with the same one a run is started once, however often you ask."
        ),
    ] = None,
    no_cache: Annotated[
        bool,
        typer.Option("--no-cache", help="Take no earlier result of a step that has `cache`."),
    ] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Stay until the run has ended, however long it waits.")
    ] = False,
    detach: Annotated[
        bool, typer.Option("--detach", help="Print the run's id, and do not follow it.")
    ] = False,
    context: ContextOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Start a run of a workflow that is live in an environment of a server, and follow it there.

    Progress goes to standard error, the output of the run to standard output, as with auterity run. Where only waits are
    left, the command says what for; Ctrl-C ends the following, and not the run.

    Exit code: 0 succeeded, 1 failed, 4 not signed in, 5 the server cannot be reached, 6 the run waits.
    """
    if wait and detach:
        raise UsageError("--wait and --detach say opposite things")
    place = hosted_place(context, environment, Project.find(project, python=False))
    display = Display(color, as_json, place=place.options)

    async def whole() -> RunView | None:
        async with place.profile.in_environment() as there:
            values = _values(await _live(there, workflow, place), input or [], lead)
            started = await there.start(workflow, values, fresh=no_cache, key=key)
            if detach:
                typer.echo(started.model_dump_json(indent=2) if as_json else started.run_id)
                return None
            return await watched(there, started.run_id, display, stay=wait)

    found = finish(whole())
    raise typer.Exit(ExitCode.OK if found is None else tell_end(found, display))


async def _live(environment: HostedEnvironment, workflow: str, place: Place) -> Version:
    details = await environment.workflow(workflow)
    if details.version is None:
        pending = details.pending is not None
        advice = f"auterity confirm {workflow}{place.options}" if pending else "auterity push"
        raise UsageError(f"no version of `{workflow}` is live there", help=advice)
    return details.version


def _values(version: Version, given: list[str], lead: int | None) -> dict[str, Any]:
    """The inputs, read as the live version types them; times of a lead without a zone are the store's."""
    found = load(load_document(version.text, file=version.path).data)
    here = now().astimezone(_zone(version))
    return InputReader(found, here, lead, lambda text: typer.echo(text, err=True)).read(given)


def _zone(version: Version) -> tzinfo:
    name = version.project.dealership.get("timezone", "")
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC
