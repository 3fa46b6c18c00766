"""`auterity validate`: check workflow files."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import typer
from msgspec.structs import replace

from auterity_cli.check_options import (
    AsOfOption,
    BaselineOption,
    ChangedSinceOption,
    DiffOption,
    FixOption,
    FormatsOption,
    JurisdictionOption,
    NoCacheOption,
    NoSuppressionsOption,
    OnlyWorkflowsOption,
    PlacesArgument,
    ProfileOption,
    StrictOption,
    UnsafeOption,
    WriteBaselineOption,
)
from auterity_cli.checking import check
from auterity_cli.choosing import Choice
from auterity_cli.exit_codes import ExitCode
from auterity_cli.options import HERE, ColorOption, NoPythonOption, ProjectOption
from auterity_cli.output.console import Color
from auterity_cli.output.formats import TEXT, wanted
from auterity_cli.output.reports import print_reports
from auterity_cli.output.results import Results
from auterity_cli.output.summary import count, summary
from auterity_cli.output.worst_cases import lines as worst_cases
from auterity_cli.output.written import write_results
from auterity_sdk.checks.policy import Policy
from auterity_sdk.diagnostics import Severity
from auterity_sdk.errors import UsageError
from auterity_sdk.runtime.policies import policy_of
from auterity_sdk.runtime.project import Project

app = typer.Typer(add_completion=False)

_STRICT = frozenset({Severity.ERROR, Severity.WARNING})


@app.command()
def validate(
    places: PlacesArgument = None,
    project: ProjectOption = HERE,
    format: FormatsOption = None,
    strict: StrictOption = False,
    profile: ProfileOption = "",
    as_of: AsOfOption = None,
    jurisdiction: JurisdictionOption = None,
    no_suppressions: NoSuppressionsOption = False,
    baseline: BaselineOption = None,
    write_baseline: WriteBaselineOption = None,
    fix: FixOption = False,
    unsafe: UnsafeOption = False,
    diff: DiffOption = False,
    only_workflows: OnlyWorkflowsOption = False,
    changed_since: ChangedSinceOption = None,
    no_cache: NoCacheOption = False,
    no_python: NoPythonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Check workflow files, and show what to mend.

    Without a file, every workflow file of the project is checked. Nothing is run, and neither network nor
    secrets are needed; but a Python file, and the project's step modules, are imported, unless --no-python.

    Exit code: 0 clean (warnings alone too), 1 findings, 2 usage, 3 nothing to check.
    """
    begun = time.perf_counter()
    outputs = wanted(format or ())
    found = Project.find(project, python=not no_python)
    policy = policy_of(
        found,
        as_of=as_of.date() if as_of else None,
        profile=profile,
        suppressions=not no_suppressions,
        jurisdictions=jurisdiction or (),
    )
    choice = Choice(only_workflows, changed_since)
    files = choice.files(places, found)
    if unsafe and not (fix or diff):
        raise UsageError("--unsafe goes with --fix or --diff")
    if fix or diff:
        _fix(files, found, policy, unsafe=unsafe, only_shown=diff)
    results = check(files, found, policy, remembered=not no_cache)
    results = replace(results, failing=_STRICT if strict else results.failing)
    results = _without_known(results, baseline, write_baseline)
    results = replace(results, seconds=time.perf_counter() - begun)
    for output in () if diff else outputs:
        if output.format == TEXT:
            _print(results, color, choice)
        else:
            write_results(output, results)
    raise typer.Exit(_code(results, choice))


def _fix(
    files: Sequence[Path], project: Project, policy: Policy, *, unsafe: bool, only_shown: bool
) -> None:
    from auterity_cli.output.changes import show
    from auterity_cli.rewriting import fix, write

    rewritten = list(fix(files, project, policy, unsafe=unsafe))
    made = count(sum(each.made for each in rewritten), "fix", "fixes")
    where = count(len(rewritten), "file")
    if only_shown:
        for each in rewritten:
            typer.echo(show(each), nl=False)
        typer.echo(f"{made} would change {where}", err=True)
        return
    for each in rewritten:
        write(each)
    typer.echo(f"{made} changed {where}", err=True)


def _without_known(results: Results, baseline: Path | None, written: Path | None) -> Results:
    if baseline is None and written is None:
        return results
    from auterity_cli.baseline import Baseline, write_baseline

    if written is not None:
        made = write_baseline(written, results)
        typer.echo(f"{count(len(made.known), 'finding')} written to {written}", err=True)
        return made.without_known(results)
    known = Baseline.read(baseline or Path())
    stale = known.stale(results)
    if stale:
        gone = count(stale, "finding")
        verb = "is" if stale == 1 else "are"
        typer.echo(f"{gone} of {baseline} {verb} no longer there", err=True)
        typer.echo("  help: write it anew with --write-baseline", err=True)
    return known.without_known(results)


def _print(results: Results, color: Color, choice: Choice) -> None:
    print_reports([each.report for each in results.reports], color)
    for line in worst_cases(results):
        typer.echo(line)
    typer.echo(f"{summary(results)}, {results.seconds * 1000:.0f} ms")
    if not results.files and not choice.may_be_none:
        typer.echo(
            "help: a workflow file has the top key `auterity: 1`; `auterity init` makes one",
            err=True,
        )


def _code(results: Results, choice: Choice) -> ExitCode:
    if not results.reports:
        return ExitCode.OK if choice.may_be_none else ExitCode.NOTHING
    return ExitCode.FINDINGS if results.failed else ExitCode.OK
