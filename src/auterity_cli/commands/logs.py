"""`auterity logs`: what happened in runs, and what happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
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
from auterity_cli.local_runs import finish, local_runtime
from auterity_cli.options import HERE, ColorOption, JsonLinesOption, ProjectOption
from auterity_cli.output.console import Color
from auterity_cli.output.events import print_logged
from auterity_cli.run_choice import RevealOption
from auterity_cli.since import since_time
from auterity_sdk.errors import UsageError
from auterity_sdk.runs.event_form import event_data
from auterity_sdk.runs.journal import KINDS
from auterity_sdk.runtime.following import PAUSE, follow
from auterity_sdk.runtime.inspection import inspect
from auterity_sdk.runtime.live_text import TextPart
from auterity_sdk.runtime.local import LocalRuntime
from auterity_sdk.runtime.project import Project
from auterity_sdk.runtime.recorded import AskedEvents, RecordedEvents, recorded_data

Events = AsyncGenerator[dict[str, Any], None]

app = typer.Typer(add_completion=False)

_USUAL = 100


@app.command()
def logs(
    run: Annotated[
        str | None,
        typer.Argument(help="A run's id, or how it begins; without, all runs.", metavar="[RUN]"),
    ] = None,
    follows: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with each event as it is recorded.")
    ] = False,
    workflow: Annotated[
        str, typer.Option("--workflow", "-w", help="Only of the runs of this workflow.")
    ] = "",
    kind: Annotated[
        list[str] | None,
        typer.Option(help="Only these events, such as RunEnded.", show_default=False),
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="How far back: 10m, 12h, 7d.", show_default=False)
    ] = None,
    last: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=10_000,
            help=f"Only the last so many that there are; {_USUAL} of all runs, without --since.",
            show_default=False,
        ),
    ] = None,
    reveal: RevealOption = False,
    context: WhereOption = None,
    environment: EnvironmentOption = None,
    project: ProjectOption = HERE,
    as_json: JsonLinesOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Print what happened in runs, an event a line, in the order in which it was recorded: time, run, event, step, and what
    it tells.

    With -f it goes on with each event, by whatever process, until Ctrl-C, or until the RUN is over. A server that cannot be
    reached for a while is asked again from where it was: nothing is missed. Personal data is masked by its class, unless
    --reveal asks for it.

    Exit code: with -f and a RUN, 0 the run succeeded, 1 it failed or was cancelled; 130 Ctrl-C.
    """
    if run is not None and workflow:
        raise UsageError("a run is of one workflow", help="leave out RUN, or --workflow")
    if run is None and since is None and last is None:
        last = _USUAL
    asked = _asked(workflow, kind or (), since, last)
    here = Project.find(project)
    place = place_if_hosted(context, environment, here)
    shown = _Shown(run, asked, follows, color, as_json)
    if place is not None:
        only_here(place, reveal=reveal)
        raise typer.Exit(finish(_on_server(place, shown)))
    with local_runtime(here) as runtime:
        raise typer.Exit(finish(_here(runtime, shown, reveal=reveal)))


def _asked(workflow: str, kinds: Sequence[str], since: str | None, last: int | None) -> AskedEvents:
    unknown = sorted({*kinds} - KINDS.keys())
    if unknown:
        raise UsageError(f"--kind: there is no event {unknown[0]}", help=", ".join(sorted(KINDS)))
    return AskedEvents(workflow, tuple(kinds), None if since is None else since_time(since), last)


class _Shown(Struct):
    """What is shown, and how. `status` is that with which the run ended that is shown, if it is one and has."""

    run: str | None
    asked: AskedEvents
    follows: bool
    color: Color
    as_json: bool
    status: str | None = None

    async def print(self, events: Events) -> ExitCode:
        """Print them as they come. Raises `KeyboardInterrupt` where Ctrl-C ends that."""
        try:
            async with aclosing(events):
                async for each in events:
                    print_logged(each, self.color, as_json=self.as_json)
        except asyncio.CancelledError:
            typer.echo("\nno longer following; the runs are as they were", err=True)
            raise KeyboardInterrupt from None
        followed_badly = self.follows and self.run is not None and self.status != "succeeded"
        return ExitCode.FINDINGS if followed_badly else ExitCode.OK

    def of_run(
        self, events: Sequence[dict[str, Any]], *, is_new: bool = False
    ) -> list[dict[str, Any]]:
        """Those of one run that are asked for; all kinds of them that there are, where they are new."""
        for each in events:
            if each["event"] == "RunEnded":
                self.status = each["status"]
        since, kinds, last = self.asked.since, self.asked.kinds, self.asked.last
        moment = 0 if since is None else since.timestamp() * 1000
        found = [each for each in events if is_new or each["at"] >= moment]
        found = [each for each in found if not kinds or each["event"] in kinds]
        return found if last is None or is_new else found[max(0, len(found) - last) :]


async def _here(runtime: LocalRuntime, shown: _Shown, *, reveal: bool) -> ExitCode:
    if shown.run is not None:
        return await shown.print(_run_here(runtime, shown, reveal=reveal))
    return await shown.print(_all_here(runtime, shown, reveal=reveal))


async def _all_here(runtime: LocalRuntime, shown: _Shown, *, reveal: bool) -> Events:
    found = RecordedEvents(runtime, shown.asked, reveal)
    upto = await found.beginning()
    while True:
        part = await found.behind(upto)
        for each in part.events:
            yield recorded_data(each)
        if part.upto == upto:
            if not shown.follows:
                return
            await asyncio.sleep(PAUSE)
        upto = part.upto


async def _run_here(runtime: LocalRuntime, shown: _Shown, *, reveal: bool) -> Events:
    run_id = await runtime.find(shown.run or "")
    found = (await inspect(runtime, run_id, reveal=reveal)).events
    for data in shown.of_run([event_data(run_id, *each) for each in enumerate(found, start=1)]):
        yield data
    if not shown.follows:
        return
    async for seen in follow(runtime, run_id, reveal=reveal):
        if not isinstance(seen, TextPart) and seen[0] > len(found):
            for data in shown.of_run([event_data(run_id, *seen)], is_new=True):
                yield data


async def _on_server(place: Place, shown: _Shown) -> ExitCode:
    from auterity_cli.hosted_runs import data, found  # here: most runs are on this machine

    async with place.profile.in_environment() as environment:

        async def all_runs() -> Events:
            asked, follows = shown.asked, shown.follows
            events: AsyncIterator[Any] = (
                environment.follow_recorded(asked) if follows else environment.recorded(asked)
            )
            async for each in events:
                yield data(each)

        async def one_run() -> Events:
            run_id = await found(environment, shown.run)
            before = [data(each) async for each in environment.events(run_id)]
            for each in shown.of_run(before):
                yield each
            if shown.follows:
                async for event in environment.follow(run_id, after=len(before)):
                    for each in shown.of_run([data(event)], is_new=True):
                        yield each

        return await shown.print(all_runs() if shown.run is None else one_run())
