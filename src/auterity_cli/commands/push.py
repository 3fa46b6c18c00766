"""`auterity push`: check workflows, and make them live on a server."""

from __future__ import annotations

from typing import Annotated

import typer

from auterity_cli.check_options import FormatsOption, PlacesArgument, ProfileOption
from auterity_cli.choosing import Choice
from auterity_cli.exit_codes import ExitCode
from auterity_cli.hosted_place import ContextOption, EnvironmentOption, Place, hosted_place
from auterity_cli.local_runs import finish
from auterity_cli.options import HERE, ColorOption, JsonOption, NoPythonOption, ProjectOption
from auterity_cli.output.console import Color
from auterity_cli.output.deployments import print_pushed
from auterity_cli.output.formats import TEXT, Wanted, wanted
from auterity_cli.output.printable import printable
from auterity_cli.output.reports import print_reports
from auterity_cli.output.results import Results
from auterity_cli.output.summary import summary
from auterity_cli.output.written import write_results
from auterity_cli.pushing import Checks
from auterity_sdk.errors import PushRefused, UsageError
from auterity_sdk.hosted.schemas.finding import FileFindings
from auterity_sdk.hosted.schemas.push import Push, Pushed
from auterity_sdk.runtime.policies import policy_of
from auterity_sdk.runtime.project import Project

app = typer.Typer(add_completion=False)


@app.command()
def push(
    places: PlacesArgument = None,
    message: Annotated[
        str, typer.Option("--message", "-m", help="What this push is for; kept with it.")
    ] = "",
    profile: ProfileOption = "",
    format: FormatsOption = None,
    no_python: NoPythonOption = False,
    context: ContextOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Check workflow files as validate does, and make them live in an environment of a server.

    Without a file, every workflow file of the project is pushed. All of them go live together, or none does: a file
    with an error is refused here, and what the server alone finds is shown in the same way. What has not changed is
    not pushed again. In a protected environment it waits for a second person: auterity confirm.

    Exit code: 0 pushed, 1 findings, 2 usage, 3 nothing to push, 4 not signed in, 5 the server cannot be reached.
    """
    outputs = wanted(format or ())
    here = Project.find(project, python=not no_python)
    place = hosted_place(context, environment, here)
    files = Choice().files(places, here)
    checks = Checks.of(files, here, policy_of(here, profile=profile))
    shown = _Shown(outputs, color, as_json)
    shown.tell(checks.results)
    if not checks.checked:
        typer.echo("there is nothing to push", err=True)
        raise typer.Exit(ExitCode.NOTHING)
    if checks.results.failed:
        typer.echo("nothing was pushed", err=True)
        raise typer.Exit(ExitCode.FINDINGS)
    rules = here.settings.rules | here.settings.profiles.get(profile, {})
    try:
        pushed = finish(_pushed(place, checks.push(rules, message)))
    except PushRefused as refused:
        _tell_refused(refused, checks, shown)
        raise typer.Exit(ExitCode.FINDINGS) from None
    if as_json:
        typer.echo(pushed.model_dump_json(indent=2))
    else:
        print_pushed(pushed, color, place.options)


class _Shown:
    """Tells findings in the formats that were asked for; as text on standard error where JSON goes to standard output."""

    def __init__(self, outputs: tuple[Wanted, ...], color: Color, as_json: bool) -> None:
        if as_json and any(each.file is None and each.format != TEXT for each in outputs):
            raise UsageError(
                "--json and --format both go to standard output", help="give one a file"
            )
        self._outputs = outputs
        self._color = color
        self._as_json = as_json

    def tell(self, results: Results) -> None:
        """Write what was found."""
        for output in self._outputs:
            if output.format != TEXT:
                write_results(output, results)
            elif any(True for _ in results):
                reports = [each.report for each in results.reports]
                print_reports(reports, self._color, "err" if self._as_json else "out")
                typer.echo(summary(results), err=self._as_json)


async def _pushed(place: Place, push: Push) -> Pushed:
    async with place.profile.in_environment() as environment:
        return await environment.push(push)


def _tell_refused(refused: PushRefused, checks: Checks, shown: _Shown) -> None:
    """Show what the server found and the check here did not: its rules may be newer, or other workflows are live there."""
    findings = [each for each in refused.findings if isinstance(each, FileFindings)]
    shown.tell(checks.results_there(findings))
    for each in findings:
        if each.path not in checks.paths:
            _tell_elsewhere(each)
    typer.echo(f"the server refused it: {refused.message}", err=True)
    typer.echo("nothing was pushed", err=True)


def _tell_elsewhere(found: FileFindings) -> None:
    """Findings of a file that is on the server alone, such as a live workflow that calls a pushed one."""
    for each in found.findings:
        at = each.place.at
        said = f"{found.path}:{at.line}:{at.column}: {each.severity} {each.code}: {each.message}"
        typer.echo(printable(said), err=True)
