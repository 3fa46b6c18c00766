"""Runs on a server, as the commands show those of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

import typer

from auterity_cli.hosted_place import Place
from auterity_cli.local_runs import Display
from auterity_cli.output.progress import line
from auterity_sdk.errors import UsageError
from auterity_sdk.hosted.environment import HostedEnvironment
from auterity_sdk.hosted.schemas.event import RunEvent
from auterity_sdk.hosted.schemas.run import OVER, Run, RunSummary
from auterity_sdk.runs.event_form import event_from
from auterity_sdk.runtime.ports import Summary
from auterity_sdk.runtime.view import RunView, view_of

LULL = 0.3
"""Seconds without an event after which the run is looked at: it may wait."""

LONGEST_LULL = 3.0
_STOPPED = frozenset({"waiting", "uncertain"})


async def summaries(place: Place, statuses: Sequence[str], limit: int) -> list[Summary]:
    """Runs at a glance, the last to start first."""
    async with place.profile.in_environment() as environment:
        return [_summary(each) async for each in environment.runs(statuses=statuses, limit=limit)]


async def shown(place: Place, run: str | None) -> RunView:
    """A run with all its steps."""
    async with place.profile.in_environment() as environment:
        return seen(await environment.run(await found(environment, run)))


async def events(place: Place, run: str | None) -> list[dict[str, Any]]:
    """The journal of a run, as `event_data` has it."""
    async with place.profile.in_environment() as environment:
        return [data(each) async for each in environment.events(await found(environment, run))]


async def tail(place: Place, run: str | None) -> AsyncIterator[dict[str, Any]]:
    """The same, and what comes, to the run's end."""
    async with place.profile.in_environment() as environment:
        async for each in environment.follow(await found(environment, run)):
            yield data(each)


async def found(environment: HostedEnvironment, run: str | None) -> str:
    """The id of the run that is meant: the last to start where none is. Raises `UsageError`."""
    near = [each.run_id async for each in environment.runs(id=run or "", limit=2)]
    if run is None and not near:
        raise UsageError("there is no run yet", help="auterity trigger WORKFLOW starts one")
    if run is None or len(near) == 1 or run in near:
        return run if run in near and run else near[0]
    said = f"several runs begin with {run}" if near else f"there is no run {run}"
    raise UsageError(said, help="`auterity runs list` shows all")


async def outermost(environment: HostedEnvironment, run_id: str) -> str:
    """The run that called it, or called the run that did; itself if none."""
    while parent := (await environment.run(run_id)).parent_run:
        run_id = parent
    return run_id


async def watched(
    environment: HostedEnvironment, run_id: str, display: Display, *, after: int = 0, stay: bool
) -> RunView:
    """Follow a run with its progress on standard error, until it is over, or only waits are left unless `stay`."""
    if display.told and not display.as_json and not after:
        typer.echo(f"run {run_id}", err=True)
    lull, last = LULL, after
    stream = environment.follow(run_id, after)
    try:
        coming = asyncio.ensure_future(anext(stream, None))
        while True:
            done, _ = await asyncio.wait({coming}, timeout=None if stay else lull)
            if done:
                event = coming.result()
                if event is None or event.event == "RunEnded":
                    break
                last, lull = event.seq, LULL
                _tell(event, display)
                coming = asyncio.ensure_future(anext(stream, None))
            elif await _waits(environment, run_id, last):
                break
            else:
                lull = min(LONGEST_LULL, lull * 1.5)
    except asyncio.CancelledError:
        options = display.place or ""
        typer.echo(
            f"\nthe run goes on; `auterity runs tail {run_id}{options}` follows it", err=True
        )
        raise KeyboardInterrupt from None
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        await stream.aclose()
    return seen(await environment.run(run_id))


def seen(run: Run) -> RunView:
    """A run as the commands show it."""
    return view_of(run.model_dump())


def data(event: RunEvent) -> dict[str, Any]:
    """An event as `event_data` makes it, times written alike."""
    return event.model_dump() | {"time": event.time.isoformat(timespec="milliseconds")}


async def _waits(environment: HostedEnvironment, run_id: str, last: int) -> bool:
    """Whether the run waits, or is over, and all its events have come."""
    run = await environment.run(run_id)
    return run.events <= last and run.status in _STOPPED | OVER


def _tell(event: RunEvent, display: Display) -> None:
    known = event_from(event.model_dump())
    text = line(known) if known is not None and display.told and not display.as_json else None
    if text:
        typer.echo(f"  {text}", err=True)


def _summary(run: RunSummary) -> Summary:
    def moment(time: datetime | None) -> int | None:
        return None if time is None else round(time.timestamp() * 1000)

    return Summary(
        run.run_id,
        run.workflow,
        run.version,
        run.status,
        round(run.started_at.timestamp() * 1000),
        moment(run.ended_at),
        moment(run.due),
        run.parent_run,
        run.parent,
        tuple(run.listens),
        run.breaches,
        run.priority,
    )
