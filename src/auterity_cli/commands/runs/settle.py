"""`auterity runs settle`: say how an uncertain step ended."""

from __future__ import annotations

import json
from typing import Annotated, Any

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
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Say how a step ended of which nobody knew whether it had its effect, and carry the run on.

    Look first whether the effect happened. `retry` makes it again: say so only if it did not. What is said of one
    `--attempt` changes nothing of a later one. Exit code: 0 succeeded, 1 failed, 6 the run waits.
    """
    with local_runtime(Project.find(project)) as runtime:
        display = Display(color, as_json)
        given = None if output is None else _object(output)

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
