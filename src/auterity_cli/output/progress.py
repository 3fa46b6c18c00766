"""The progress of a run on standard error: a live tree on a terminal, plain lines in a pipe."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer

from auterity_cli.output.console import Color, console, is_terminal
from auterity_cli.output.printable import one_line, printable
from auterity_sdk.dealership.personal_names import without_looks
from auterity_sdk.runs.events import (
    ApprovalEscalated,
    AttemptEnded,
    AttemptLost,
    BudgetAsked,
    Event,
    GuaranteeBreached,
    PeopleReminded,
    StepEnded,
    StepSettled,
    StepStarted,
    StepUncertain,
)
from auterity_sdk.runs.state import RunState
from auterity_sdk.runtime.inspection import Looking
from auterity_sdk.runtime.live_text import Shown, TextPart
from auterity_sdk.runtime.view import RunView, view

if TYPE_CHECKING:
    from rich.live import Live

FRAME = 0.05
"""Seconds between two pictures of the tree."""

_WIDEST = 2_000


class Progress:
    """Shows one run while it is driven, child runs only as the step that called them."""

    def __init__(self, run_id: str, color: Color, looking: Looking, *, live: bool) -> None:
        self._run_id = run_id
        self._looking = looking
        self._color = color
        self.is_tree = live and is_terminal("err")
        self._lines = live and not self.is_tree
        self._live: Live | None = None
        self._next: asyncio.TimerHandle | None = None
        self._picture: Callable[[], RunView] | None = None
        self._writing: dict[str, Shown] = {}
        self._last: dict[str, str] = {}
        self._written: dict[str, str] = {}

    @property
    def is_live(self) -> bool:
        """Whether anything is shown before the end."""
        return self.is_tree or self._lines

    def __enter__(self) -> Progress:
        if self.is_tree:
            from rich.live import Live

            self._live = Live(console=console("err", self._color), auto_refresh=False)
            self._live.start()
        elif self._lines:
            typer.echo(f"run {self._run_id}", err=True)
        return self

    def __exit__(self, *_: object) -> None:
        if self._next is not None:
            self._next.cancel()
        if self._live is not None:
            self._live.stop()

    def begin(self, shown: RunView) -> None:
        """The first picture: the run as it stands before it is carried on."""
        self._picture = lambda: shown
        self._draw_soon()

    def saw(self, run_id: str, event: Event, state: RunState) -> None:
        """Told of each event of the run and of the runs that it calls."""
        if run_id != self._run_id:
            return
        shown = self._looking.at_once(event)
        self._picture = lambda: view(state)
        if isinstance(event, StepEnded) and event.step in self._writing:
            self._end_writing(event)
        if self._lines:
            text = line(shown)
            if text:
                typer.echo(f"  {text}", err=True)
        self._draw_soon()

    def wrote(self, run_id: str, step: str, text: str) -> None:
        """Told of all that a step has written so far."""
        if run_id != self._run_id or not (self._lines or self._live):
            return
        writing = self._writing.setdefault(step, Shown(step, self._looking.written))
        self._last[step] = text
        for part in writing.more(text):
            self._tell(part)
        self._draw_soon()

    def _end_writing(self, event: StepEnded) -> None:
        writing, text = self._writing.pop(event.step), self._last.pop(event.step)
        if event.error is None:
            for part in writing.more(text, over=True):
                self._tell(part)
        self._written.pop(event.step, None)

    def _tell(self, part: TextPart) -> None:
        if self._lines:
            typer.echo(f"  {part_line(part)}", err=True)
        else:
            before = "" if part.void else self._written.get(part.step, "")
            self._written[part.step] = before + part.text

    def _draw_soon(self) -> None:
        if self._live is not None and self._next is None:
            # Drawn a little later, so that the last of many events is on the picture too.
            self._next = asyncio.get_running_loop().call_later(FRAME, self._draw_state)

    def _draw_state(self) -> None:
        self._next = None
        if self._picture is not None:
            self._draw(self._picture(), self._looking.runtime.clock.now())

    def end(self, shown: RunView) -> None:
        """The last picture, which stays."""
        if self._live is not None:
            ended = shown.ended_at or datetime.now(UTC)
            self._draw(shown, int(ended.timestamp() * 1000))

    def _draw(self, shown: RunView, at: int) -> None:
        from rich.text import Text

        from auterity_cli.output.run import tree

        if self._live is not None:
            now = datetime.fromtimestamp(at / 1000, UTC)
            lines: Any = Text("\n").join(
                tree(shown, now, mask=self._looking.text, written=self._written)
            )
            self._live.update(lines, refresh=True)


def part_line(part: TextPart) -> str:
    """A part of what a step writes."""
    if part.void:
        return f"{printable(part.step)}: begins to write again"
    return f"{printable(part.step)}> {one_line(part.text, _WIDEST)}"


def line(event: Event) -> str | None:
    """An event in words, None where it is not worth a line."""
    match event:
        case StepStarted():
            return f"{printable(event.step)}: started"
        case AttemptEnded() | StepUncertain() | BudgetAsked():
            return f"{printable(event.step)}: {_error(event)}"
        case AttemptLost():
            return f"{printable(event.step)}: the process died in which it ran"
        case StepSettled():
            return f"{printable(event.step)}: settled as {event.outcome}"
        case PeopleReminded():
            return f"{printable(event.step)}: still waits for {printable(event.role)}"
        case ApprovalEscalated():
            return f"{printable(event.step)}: asks {printable(event.role)} now"
        case GuaranteeBreached():
            where = f"{printable(event.scope)}: " if event.scope else ""
            return f"{where}not kept: {printable(event.guarantee)}"
        case StepEnded(error=None, origin=None):
            return f"{printable(event.step)}: {event.outcome}"
        case StepEnded(error=None, origin=Mapping() as origin):
            return f"{printable(event.step)}: {event.outcome}, from the cache of {origin['run']}"
        case StepEnded(error=error):
            said = one_line(without_looks(error.message)) if error else ""
            return f"{printable(event.step)}: {event.outcome}: {said}"
        case _:
            return None


def _error(event: AttemptEnded | StepUncertain | BudgetAsked) -> str:
    said = one_line(without_looks(event.error.message))
    match event:
        case StepUncertain():
            return f"uncertain: {said}"
        case BudgetAsked(role=role):
            return f"{said}; asks {printable(role)}"
        case _:
            return f"{said}; tried again"
