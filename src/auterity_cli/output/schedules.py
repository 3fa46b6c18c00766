"""Schedules of a server, as lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from auterity_cli.output.console import Color, console
from auterity_cli.output.printable import printable
from auterity_sdk.hosted.schemas.schedule import Schedule


def print_schedules(schedules: Sequence[Schedule], color: Color) -> None:
    """Each workflow with its schedules: when they come due next, in their own time zone, and the last times."""
    out = console("out", color)
    for workflow, group in groupby(schedules, key=lambda each: each.workflow):
        out.print(printable(workflow), style="bold")
        for each in group:
            out.print("\n".join(_lines(each)), highlight=False)


def _lines(schedule: Schedule) -> Iterator[str]:
    yield f"  {printable(schedule.cron)} {printable(schedule.timezone)}  {_standing(schedule)}"
    for tick in schedule.last:
        run = f" {tick.run_id}" if tick.run_id else ""
        yield f"    {tick.due:%Y-%m-%d %H:%M:%S}  {tick.state}{run}"


def _standing(schedule: Schedule) -> str:
    if schedule.paused:
        since = f" since {schedule.paused_at:%Y-%m-%d %H:%M}" if schedule.paused_at else ""
        return f"paused{since} by {schedule.paused_by}"
    late = f", {schedule.to_make_up} to make up for" if schedule.to_make_up else ""
    return f"next {schedule.upcoming[0]:%Y-%m-%d %H:%M}{late}" if schedule.upcoming else "never"
