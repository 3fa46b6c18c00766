"""A run for people and for programs: its tree of steps, what it waits for, how it ended."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import typer
from rich.text import Text

from auterity_cli.output.console import Color, console
from auterity_cli.output.printable import one_line, printable
from auterity_cli.output.run_values import length, step_lines, value_lines
from auterity_sdk.runtime.view import RunView, StepView, Waiting

FORMAT = "auterity-run-1"
"""The version of the JSON form of a run."""

_MARKS = {
    "not started": ("·", "dim"),
    "not reached": ("·", "dim"),
    "running": ("●", "bold blue"),
    "retrying": ("↻", "yellow"),
    "waiting": ("◷", "yellow"),
    "uncertain": ("?", "bold yellow"),
    "stopping": ("●", "yellow"),
    "failed": ("✗", "bold red"),
    "cancelled": ("✗", "red"),
    "skipped": ("○", "dim"),
    "timeout": ("◷", "yellow"),
}
_ENDED = ("✓", "green")
_WRITTEN = 160
"""Characters of what a step is writing that are shown below it."""


def tree(
    run: RunView,
    now: datetime,
    *,
    values: bool = False,
    mask: Callable[[str], str] = str,
    written: Mapping[str, str] = {},
) -> Iterator[Text]:
    """A line for each step: mark, id, state, time. Steps inside loops are indented. Errors are shown through `mask`.

    `values`: behind it lines for its attempts, where there were several, and for what it was given and gave.
    `written`: the end of what a step is writing, by its path.
    """
    yield Text.assemble(
        (printable(run.workflow), "bold"),
        f"  {run.run_id}  ",
        _status(run),
        _took(run.started_at, run.ended_at, now),
    )
    if values:
        yield from value_lines("  ", (("input", run.input),))
    waits = {wait.path: wait for wait in run.waiting}
    width = max((_depth(step) * 2 + len(_name(step)) for step in run.walk()), default=0)
    for step in run.walk():
        yield _line(step, waits.get(step.path), width, now, mask)
        if step.path in written:
            yield Text(f"{'  ' * (_depth(step) + 1)}{_end_of(written[step.path])}", "italic")
        if values:
            yield from step_lines(step, "  " * (_depth(step) + 1))
    for breach in run.breaches:
        where = f"{printable(breach.scope)}: " if breach.scope else ""
        said = f"{where}not kept by {breach.until:%Y-%m-%d %H:%M:%S} UTC"
        yield Text(f"! {said}: {printable(breach.guarantee)}", "bold red")


def _status(run: RunView) -> tuple[str, str]:
    style = {"succeeded": "bold green", "failed": "bold red", "cancelled": "red"}
    text = f"{run.status}: {printable(run.end)}" if run.end else run.status
    return text, style.get(run.status, "yellow")


def _line(
    step: StepView, wait: Waiting | None, width: int, now: datetime, mask: Callable[[str], str]
) -> Text:
    state = "waiting" if wait is not None and step.state != "uncertain" else step.state
    mark, style = _MARKS.get(state, _ENDED)
    indent = "  " * _depth(step)
    name = _name(step)
    text = Text.assemble(
        f"{indent}",
        (f"{mark} ", style),
        (f"{name:<{width - len(indent)}}  ", "" if step.started_at else "dim"),
        (f"{step.state if wait is None else waiting_text(wait)}", style),
    )
    if step.attempt > 1:
        text.append(f"  attempt {step.attempt}", "yellow")
    if step.origin is not None and step.ended_at is not None:
        age = length((step.ended_at - step.origin.at).total_seconds())
        text.append(f"  from the cache of {step.origin.run_id}, {age} old", "dim")
    if step.error is not None:
        text.append(f"  {one_line(mask(step.error.message), 100)}", "red")
    if step.compensation:
        text.append(f"  undone: {step.compensation}", "yellow")
    if step.started_at is not None:
        text.append(_took(step.started_at, step.ended_at, now)[0], "dim")
    return text


def _end_of(text: str) -> str:
    flat = one_line(text, len(text) * 6 + 1)
    return flat if len(flat) <= _WRITTEN else f"…{flat[1 - _WRITTEN :]}"


def _depth(step: StepView) -> int:
    return step.path.count("/")


def _name(step: StepView) -> str:
    if "/" not in step.path:
        return step.path
    loop, _, name = step.path.rpartition("/")
    return f"[{loop.rpartition('[')[2]} {name}"


def _took(start: datetime, end: datetime | None, now: datetime) -> tuple[str, str]:
    seconds = max(0.0, ((end or now) - start).total_seconds())
    if seconds < 0.001:
        return "", "dim"
    return f"  {length(seconds)}", "dim"


def waiting_text(wait: Waiting) -> str:
    """What one step waits for."""
    until = f", until {wait.until:%Y-%m-%d %H:%M:%S} UTC" if wait.until else ""
    if wait.reminders:
        until += f", reminded {wait.reminders} times" if wait.reminders > 1 else ", reminded once"
    what = {
        "approve": f"waits for an approval by {printable(wait.what)}",
        "budget": f"would pass a budget, and waits for a word of {printable(wait.what)}",
        "receive": f"waits for {printable(wait.what)}",
        "wait": "waits",
        "turn": "waits for its turn among the runs of its key",
        "lock": "waits for its turn with a lock",
        "queue": f"waits for its turn in the queue {printable(wait.what)}",
        "retry": "waits for the next attempt",
        "repeat": "waits for the next round",
        "call": f"waits for the run {wait.what}",
        "worker": f"waits for a worker with {printable(wait.what)}",
        "uncertain": "may have had its effect, and waits for a person who settles it",
    }
    # A newer server may send a kind that this version does not know.
    return what.get(wait.kind, "waits") + until


def commands(run: RunView, place: str | None = None) -> Iterator[str]:
    """The commands that carry a waiting run on, one for each thing it waits for. `place`: those for a server, which carries
    runs on by itself, with the options that name it."""
    for wait in run.waiting:
        match wait.kind:
            case "approve" | "budget":
                yield f"auterity approve {run.run_id} {wait.path}{place or ''}"
            case "receive":
                yield f"auterity send {printable(wait.what)} key=value …{place or ''}"
            case "call":
                yield f"auterity runs show {wait.what}{place or ''}"
            case _ if place is not None:
                yield f"auterity runs tail {run.run_id}{place}"
            case "uncertain":
                yield f"auterity runs settle {run.run_id} {wait.path} OUTCOME --attempt {wait.attempt}"
            case _:
                yield f"auterity runs resume {run.run_id} --wait"


def print_waits(run: RunView, color: Color, place: str | None = None) -> None:
    """What a run waits for, and how to go on (see `commands`)."""
    err = console("err", color)
    err.print(f"the run {run.run_id} waits:", style="bold")
    for wait in run.waiting:
        err.print(f"  {wait.path or 'it'}: {waiting_text(wait)}")
        if wait.title:
            err.print(f"    {one_line(wait.title)}")
        if wait.kind == "uncertain":
            err.print(f"    its OUTCOME is one of {printable(wait.what)}")
        if wait.proposed:
            err.print(f"    may be changed: {', '.join(map(printable, wait.proposed))}")
    for command in dict.fromkeys(commands(run, place)):
        err.print(f"  → {command}", style="cyan")


def print_end(run: RunView, color: Color, *, told: bool = True) -> None:
    """How a run ended; its output goes to standard output. `told` False: nothing else does, anywhere."""
    if not told:
        _echo_output(run)
        return
    if run.error is None:
        text, style = _status(run)
        console("err", color).print(text, style=style)
    print_output(run, color)


def print_output(run: RunView, color: Color) -> None:
    """The output of a run that ended well, on standard output; else why it failed."""
    if run.error is not None:
        at = f" at `{run.error.step}`" if run.error.step else ""
        text = f"{run.status}{at}: {run.error.type}: {printable(run.error.message)}"
        console("err", color).print(text, style="bold red")
    _echo_output(run)


def _echo_output(run: RunView) -> None:
    if run.status == "succeeded":
        typer.echo(json.dumps(run.output, indent=2, ensure_ascii=True, default=str))


def run_json(run: RunView) -> str:
    """A run with its input, its outputs and its steps. It may hold personal data."""
    return json.dumps(run_data(run), indent=2, default=_plain)


def run_data(run: RunView) -> dict[str, Any]:
    """The same as data; times stay times."""
    return {"format": FORMAT, **run.as_data()}


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
