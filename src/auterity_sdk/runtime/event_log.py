"""The structured log: one JSON object a line for each event of the runs that this process carries on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from auterity_sdk.runs import events as e
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.state import RunState
from auterity_sdk.runtime.observing import Masks, step_words

FORMAT = "auterity-log-1"
"""Changed when a field is removed or gets another meaning; new fields may come at any time."""

_TOLD = ("outcome", "status", "end", "cause", "attempt", "by", "role", "approved", "guarantee")
"""Fields of events that are words of the workflow or of its people, and no data of a customer."""


class EventLog(Struct, eq=False):
    """Writes a line for each event. Inputs, arguments and outputs are in no line; errors are masked."""

    write: Callable[[str], None]
    masks: Masks

    def saw(self, run_id: str, event: e.Event, state: RunState) -> None:
        """Told of an event, with the state after it."""
        line = line_of(run_id, event, state, self.masks)
        self.write(json.dumps({**line, "format": FORMAT}))


def line_of(run_id: str, event: e.Event, state: RunState, masks: Masks) -> dict[str, Any]:
    """The fields of an event's line."""
    line: dict[str, Any] = {
        "time": datetime.fromtimestamp(event.at / 1000, UTC).isoformat(timespec="milliseconds"),
        "level": level_of(event),
        "event": type(event).__name__,
        "run_id": run_id,
        "workflow": state.plan.name,
        "version": state.version,
    }
    step = getattr(event, "step", "")
    if step:
        line |= {"step": step, **step_words(state, step)}
    line |= {name: getattr(event, name) for name in _TOLD if getattr(event, name, None)}
    duration = _duration(event, state)
    if duration is not None:
        line["duration_ms"] = duration
    error = getattr(event, "error", None)
    if isinstance(error, Failure):
        line["error"] = {"type": error.type, "message": masks.error(state, error)}
    return line


def level_of(event: e.Event) -> str:
    """How much it matters: info, warning or error."""
    match event:
        case e.RunEnded(status="failed") | e.CompensationEnded(error=Failure()):
            return "error"
        case e.AttemptLost() | e.GuaranteeBreached():
            return "warning"
        case _:
            return "warning" if getattr(event, "error", None) is not None else "info"


def _duration(event: e.Event, state: RunState) -> int | None:
    if isinstance(event, e.RunEnded):
        return event.at - state.started_at
    if isinstance(event, e.StepEnded):
        run = state.run_of(event.step)
        return None if run is None else event.at - run.started_at
    return None
