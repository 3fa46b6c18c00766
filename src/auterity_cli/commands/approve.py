"""`auterity approve`: answer what a run asks people for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from msgspec import Struct

from auterity_cli.exit_codes import ExitCode
from auterity_cli.hosted_place import (
    EnvironmentOption,
    Place,
    WhereOption,
    only_here,
    place_if_hosted,
)
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
    context: WhereOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Approve or reject what a run asks for, and carry the run on.

    A budget that is approved counts once more; rejected, the step ends `over_budget`.

    On one machine nobody signs in: who answers, and in which role, is what you say. On a server it is who is signed in,
    and the role has to be one of theirs. The answer is kept with that name.

    Exit code: 0 succeeded, 1 failed, 6 the run waits.
    """
    here = Project.find(project)
    place = place_if_hosted(context, environment, here)
    only_here(place, **{"as": by})
    display = Display(color, as_json, place=place.options if place else None)
    values = read_pairs([step, *(form or [])] if step and "=" in step else form or [])
    answer = _Answer(run, None if step and "=" in step else step, not reject, values, role or [])
    if place is None:
        found = _here(here, answer, by or this_person(), display)
    else:
        found = finish(_on_server(place, answer, display))
    raise typer.Exit(ExitCode.OK if found is None else tell_end(found, display))


class _Answer(Struct, frozen=True):
    """What is answered: `run` and `step` as they were given, the step None where only one may be meant."""

    run: str
    step: str | None
    approved: bool
    form: dict[str, Any]
    roles: Sequence[str]


def _here(project: Project, answer: _Answer, by: str, display: Display) -> RunView | None:
    with local_runtime(project) as runtime:

        async def whole() -> RunView | None:
            run_id = await runtime.find(answer.run)
            asked = _asked(await runtime.show(run_id), answer.step)
            await runtime.approve(
                run_id,
                asked.path,
                by=by,
                roles=answer.roles or [asked.what],
                approved=answer.approved,
                form=answer.form,
            )
            outermost = await runtime.outermost(run_id)
            return await carry_on_elsewhere(runtime, outermost, display=display)

        return finish(whole())


async def _on_server(place: Place, answer: _Answer, display: Display) -> RunView:
    # Here: most runs are on this machine.
    from auterity_cli.hosted_runs import found, outermost, seen, watched
    from auterity_sdk.hosted.schemas.approval import ApprovalAnswer

    if len(answer.roles) > 1:
        raise UsageError("an answer on a server is given in one role", help="name --role once")
    given = ApprovalAnswer(
        approved=answer.approved, form=answer.form, role=next(iter(answer.roles), None)
    )
    async with place.profile.in_environment() as environment:
        run_id = await found(environment, answer.run)
        top = await outermost(environment, run_id)
        before = (await environment.run(top)).events
        asked = _asked(seen(await environment.run(run_id)), answer.step)
        await environment.answer(run_id, asked.path, given)
        return await watched(environment, top, display, after=before, stay=False)


def _asked(shown: RunView, step: str | None) -> Waiting:
    asking = [wait for wait in shown.waiting if wait.kind in ("approve", "budget")]
    named = [wait for wait in asking if step in (None, wait.path)]
    if len(named) == 1:
        return named[0]
    if not asking:
        raise UsageError(f"the run {shown.run_id} asks nobody", help=f"it is {shown.status}")
    names = ", ".join(wait.path for wait in asking)
    raise UsageError("which step is answered is not clear", help=f"these ask: {names}")
