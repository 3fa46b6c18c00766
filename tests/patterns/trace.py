"""The trace of a rehearsed run: how each step ended, in order, and how the run did."""

from __future__ import annotations

from auterity_sdk.runs.events import CompensationEnded, StepEnded, StepNotReached
from auterity_sdk.testing.rehearsal import Rehearsal


def trace(rehearsal: Rehearsal) -> list[str]:
    """Lines such as `inspect ok`, steps of called runs among them; the last is the run's: `run succeeded: signed`."""
    lines = [
        f"{rehearsal.stage.path(run_id, event.step)} {how_it_ended(event)}"
        for run_id, event in rehearsal.stage.recorded
        if isinstance(event, StepEnded | StepNotReached | CompensationEnded)
    ]
    run = rehearsal.run
    return [*lines, f"run {run.status}" + (f": {run.end}" if run.end else "")]


def how_it_ended(event: StepEnded | StepNotReached | CompensationEnded) -> str:
    """An outcome, `not reached`, or of a compensation `done` or `failed`."""
    match event:
        case StepEnded():
            return event.outcome
        case StepNotReached():
            return "not reached"
        case CompensationEnded():
            return "failed" if event.error else "done"
