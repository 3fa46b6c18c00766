"""`auterity send`: an outside event for the runs that wait for it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import Struct

from auterity_cli.exit_codes import ExitCode
from auterity_cli.hosted_place import EnvironmentOption, Place, WhereOption, place_if_hosted
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
    context: WhereOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Send an outside event to the runs that wait for it, and carry on the one that takes it.

    It also starts a run of each workflow with a matching trigger that an `auterity worker` serves. One run takes an event at most: the one whose step has waited longest. What nobody takes now is kept for
    a step that begins to wait later. Exit code: 0 succeeded or kept, 1 failed, 6 the run waits.
    """
    here = Project.find(project)
    place = place_if_hosted(context, environment, here)
    display = Display(color, as_json, place=place.options if place else None)
    kept = None if lifetime is None else _duration(lifetime)
    event = _Event(
        type, {**_file(data), **read_pairs(pairs or [])}, event_id or uuid.uuid4().hex, kept
    )
    if place is None:
        shown = _here(here, event, display)
    else:
        shown = finish(_on_server(place, event, display))
    raise typer.Exit(ExitCode.OK if shown is None else tell_end(shown, display))


class _Event(Struct, frozen=True):
    """An outside event. Without a `lifetime` it is kept as the settings say."""

    type: str
    data: dict[str, Any]
    id: str
    lifetime: Duration | None


def _here(project: Project, event: _Event, display: Display) -> RunView | None:
    kept = event.lifetime or project.settings.store.event_lifetime
    with local_runtime(project) as runtime:

        async def whole() -> RunView | None:
            new, run_id = await runtime.send(
                event.type, event.data, id=event.id, lifetime=kept.milliseconds
            )
            fired = await runtime.store.fired_by(event.id) if new else []
            _tell(fired, new=new, taken=run_id is not None)
            if run_id is None:
                return None
            outermost = await runtime.outermost(run_id)
            return await carry_on_elsewhere(runtime, outermost, display=display)

        return finish(whole())


async def _on_server(place: Place, event: _Event, display: Display) -> RunView | None:
    # Here: most runs are on this machine.
    from auterity_cli.hosted_runs import outermost, watched
    from auterity_sdk.hosted.schemas.message import NewMessage

    kept = None if event.lifetime is None else event.lifetime.milliseconds / 1000
    message = NewMessage(type=event.type, data=event.data, id=event.id, lifetime_seconds=kept)
    async with place.profile.in_environment() as environment:
        taken = await environment.send(message)
        _tell(taken.may_start, new=taken.new, taken=taken.run_id is not None)
        if taken.run_id is None:
            return None
        top = await outermost(environment, taken.run_id)
        return await watched(environment, top, display, stay=False)


def _tell(fired: Sequence[str], *, new: bool, taken: bool) -> None:
    if fired:
        said = f"the event may start runs of {', '.join(fired)}, which a worker begins"
        typer.echo(said, err=True)
    elif not taken:
        typer.echo(f"the event {_KEPT if new else _KNOWN}", err=True)


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
