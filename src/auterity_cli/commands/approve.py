"""`auterity approve`: answer what a run asks people for."""

from __future__ import annotations

from typing import Annotated

import typer

from auterity_cli.exit_codes import ExitCode
from auterity_cli.local_runs import (
    Display,
    carry_on_elsewhere,
    finish,
    local_runtime,
    tell_end,
    this_person,
)
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color
from auterity_cli.pairs import read_pairs
from auterity_sdk.errors import UsageError
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.view import RunView, Waiting

app = typer.Typer(add_completion=False)


@app.command()
def approve(
    run: Annotated[str, typer.Argument(help="The run's id, or how it begins.", metavar="RUN")],
    step: Annotated[
        str | None, typer.Argument(help="The step that asks; may be left out if only one does.")
    ] = None,
    form: Annotated[
        list[str] | None,
        typer.Argument(
            help="Fields of its form: key=text, or key:=value for numbers and the like."
        ),
    ] = None,
    reject: Annotated[bool, typer.Option("--reject", help="Reject instead.")] = False,
    by: Annotated[
        str | None, typer.Option("--as", help="Who answers; else the user of this terminal.")
    ] = None,
    role: Annotated[
        list[str] | None, typer.Option(help="A role of who answers; else the role that is asked.")
    ] = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Approve or reject what a run asks for, and carry the run on.

    A budget that is approved counts once more; rejected, the step ends `over_budget`.

    On one machine nobody signs in: who answers, and in which role, is what you say. The answer is kept
    with that name. Exit code: 0 succeeded, 1 failed, 6 the run waits.
    """
    with local_runtime(Project.find(project)) as runtime:
        display = Display(color, as_json)
        values = read_pairs([step, *(form or [])] if step and "=" in step else form or [])

        async def whole() -> RunView | None:
            run_id = await runtime.find(run)
            asked = await _asked(runtime, run_id, None if step and "=" in step else step)
            await runtime.approve(
                run_id,
                asked.path,
                by=by or this_person(),
                roles=role or [asked.what],
                approved=not reject,
                form=values,
            )
            outermost = await runtime.outermost(run_id)
            return await carry_on_elsewhere(runtime, outermost, display=display)

        found = finish(whole())
        raise typer.Exit(ExitCode.OK if found is None else tell_end(found, display))


async def _asked(runtime: LocalRuntime, run_id: str, step: str | None) -> Waiting:
    shown = await runtime.show(run_id)
    asking = [wait for wait in shown.waiting if wait.kind in ("approve", "budget")]
    named = [wait for wait in asking if step in (None, wait.path)]
    if len(named) == 1:
        return named[0]
    if not asking:
        raise UsageError(f"the run {run_id} asks nobody", help=f"it is {shown.status}")
    names = ", ".join(wait.path for wait in asking)
    raise UsageError("which step is answered is not clear", help=f"these ask: {names}")
