"""`auterity runs settle`: say how an uncertain step ended."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

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
from auterity_cli.run_choice import ThisRunArgument
from auterity_sdk.errors import UsageError
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.view import RunView


def settle(
    run: ThisRunArgument,
    step: Annotated[
        str, typer.Argument(help="The uncertain step, such as `pay`, `each[2]/pay` or `call/pay`.")
    ],
    outcome: Annotated[
        str,
        typer.Argument(
            help="How it ended: an outcome of its type, `failed`, or `retry`, by which it is tried again."
        ),
    ],
    output: Annotated[
        str | None, typer.Option(help="Its output, as a JSON object.", metavar="JSON")
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", help="Who says so; else the user of this terminal.")
    ] = None,
    reason: Annotated[str, typer.Option(help="How that is known; kept in the journal.")] = "",
    attempt: Annotated[
        int | None,
        typer.Option(
            help="The attempt that you looked at; else the one that is in doubt now.", min=1
        ),
    ] = None,
    context: WhereOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Say how a step ended of which nobody knew whether it had its effect, and carry the run on.

    Look first whether the effect happened. `retry` makes it again: say so only if it did not. What is said of one
    `--attempt` changes nothing of a later one. Exit code: 0 succeeded, 1 failed, 6 the run waits.
    """
    here = Project.find(project)
    place = place_if_hosted(context, environment, here)
    given = None if output is None else _object(output)
    if place is not None:
        only_here(place, by=by)
        there = Display(color, as_json, place=place.options)
        said = {
            "step": step,
            "outcome": outcome,
            "output": given,
            "reason": reason,
            "attempt": attempt,
        }
        raise typer.Exit(tell_end(finish(_on_server(place, run, said, there)), there))
    display = Display(color, as_json)
    with local_runtime(here) as runtime:

        async def whole() -> RunView | None:
            run_id = await runtime.find(run)
            who = by or this_person()
            await runtime.settle(
                run_id, step, outcome, output=given, by=who, reason=reason, attempt=attempt
            )
            outermost = await runtime.outermost(run_id)
            return await carry_on_elsewhere(runtime, outermost, display=display)

        found = finish(whole())
        raise typer.Exit(ExitCode.OK if found is None else tell_end(found, display))


async def _on_server(place: Place, run: str, said: dict[str, Any], display: Display) -> RunView:
    from auterity_cli.hosted_runs import (
        found,
        outermost,
        watched,
    )  # here: most runs are on this machine
    from auterity_sdk.hosted.schemas.run_change import SettleStep

    async with place.profile.in_environment() as environment:
        run_id = await found(environment, run)
        settled = await environment.settle(run_id, SettleStep.model_validate(said))
        outer = await outermost(environment, run_id)
        after = settled.events if outer == run_id else (await environment.run(outer)).events
        return await watched(environment, outer, display, after=after, stay=False)


def _object(text: str) -> dict[str, Any]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"--output is no JSON: {error}", help="write it as --output '{\"id\": 7}'"
        ) from None
    if not isinstance(read, dict):
        raise UsageError("--output is no JSON object", help="write it as --output '{\"id\": 7}'")
    return read
