"""The trace of a rehearsed run: how each step ended, in order, and how the run did."""

from __future__ import annotations

from collections.abc import Iterator

from auterity_sdk.runs.events import CompensationEnded, Event, StepEnded, StepNotReached
from auterity_sdk.testing.rehearsal import Rehearsal


def trace(rehearsal: Rehearsal) -> list[str]:
    """Lines such as `inspect ok`; those of called runs stand before what the caller does at the same moment."""
    stage = rehearsal.stage
    told: list[tuple[int, str]] = []
    for run_id in reversed(stage.store.run_ids()):
        for event in rehearsal.journal(run_id):
            told.extend(
                (event.at, f"{stage.path(run_id, step)} {how}") for step, how in ends(event)
            )
    run = rehearsal.run
    last = f"run {run.status}" + (f": {run.end}" if run.end else "")
    return [line for _, line in sorted(told, key=lambda line: line[0])] + [last]


def ends(event: Event) -> Iterator[tuple[str, str]]:
    """The step that an event ends, and how."""
    if isinstance(event, StepEnded):
        yield event.step, event.outcome
    elif isinstance(event, StepNotReached):
        yield event.step, "not reached"
    elif isinstance(event, CompensationEnded):
        yield event.step, "failed" if event.error else "done"
