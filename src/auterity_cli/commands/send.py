"""`auterity send`: an outside event for the runs that wait for it."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Annotated, Any

import typer

from auterity_cli.exit_codes import ExitCode
from auterity_cli.local_runs import Display, carry_on_elsewhere, finish, local_runtime, tell_end
from auterity_cli.options import HERE, ColorOption, JsonOption, ProjectOption
from auterity_cli.output.console import Color
from auterity_cli.pairs import read_pairs
from auterity_sdk.errors import UsageError
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.run_input import read_data
from auterity_sdk.runtime.view import RunView
from auterity_sdk.workflow.duration import Duration

_KEPT = "is kept: no run waits for it now"
_KNOWN = "came before; nothing was done"

app = typer.Typer(add_completion=False)


@app.command()
def send(
    type: Annotated[str, typer.Argument(help="The type of the event, such as sms.received.")],
    pairs: Annotated[
        list[str] | None,
        typer.Argument(help="Its data: key=text, or key:=value for numbers, lists and the like."),
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="A JSON or YAML file with its data; pairs win over it.")
    ] = None,
    event_id: Annotated[
        str | None,
        typer.Option("--id", help="Its own id; one that came before counts no second time."),
    ] = None,
    lifetime: Annotated[
        str | None,
        typer.Option(
            help="How long it is kept for a step that waits later: 2d. Else by [store] event_lifetime."
        ),
    ] = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Send an outside event to the runs that wait for it, and carry on the one that takes it.

    It also starts a run of each workflow with a matching trigger that an `auterity worker` serves. One run takes an event at most: the one whose step has waited longest. What nobody takes now is kept for
    a step that begins to wait later. Exit code: 0 succeeded or kept, 1 failed, 6 the run waits.
    """
    found = Project.find(project)
    kept = found.settings.store.event_lifetime if lifetime is None else _duration(lifetime)
    with local_runtime(found) as runtime:
        display = Display(color, as_json)
        values = {**_file(data), **read_pairs(pairs or [])}

        async def whole() -> RunView | None:
            event = event_id or uuid.uuid4().hex
            new, run_id = await runtime.send(type, values, id=event, lifetime=kept.milliseconds)
            fired = await runtime.store.fired_by(event) if new else []
            if fired:
                said = f"the event may start runs of {', '.join(fired)}, which a worker begins"
                typer.echo(said, err=True)
            if run_id is None:
                if not fired:
                    typer.echo(f"the event {_KEPT if new else _KNOWN}", err=True)
                return None
            outermost = await runtime.outermost(run_id)
            return await carry_on_elsewhere(runtime, outermost, display=display)

        shown = finish(whole())
        raise typer.Exit(ExitCode.OK if shown is None else tell_end(shown, display))


def _duration(text: str) -> Duration:
    try:
        return Duration.parse(text)
    except ValueError as error:
        raise UsageError(f"--lifetime: {error}", help="write it as 2d or 12h") from None


def _file(data: Path | None) -> dict[str, Any]:
    if data is None:
        return {}
    found = read_data(str(data))
    if not isinstance(found, dict):
        raise UsageError(f"{data} is no map", help="write it as key: value")
    return found
