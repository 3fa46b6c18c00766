"""The results of one transition that are kept for other runs."""

from __future__ import annotations

from collections.abc import Sequence

from auterity_sdk.runs.cache import CachedResult
from auterity_sdk.runs.events import Event, StepEnded
from auterity_sdk.runs.state import RunState


def results_to_keep(state: RunState, events: Sequence[Event]) -> dict[str, CachedResult]:
    """What steps with a `cache` have made, by the digest of their key; `state` is that after the events."""
    found: dict[str, CachedResult] = {}
    for event in events:
        if isinstance(event, StepEnded) and event.error is None and event.origin is None:
            scope, step = state.place(event.step)
            run, admission = scope.runs[step.index], step.admission
            cache = None if admission is None else admission.cache
            if (
                run is not None
                and run.cache
                and cache is not None
                and step.has_value(event.outcome)
            ):
                found[run.cache] = _result(state, event, event.at + cache.age)
    return found


def _result(state: RunState, event: StepEnded, until: int) -> CachedResult:
    return CachedResult(
        run_id=state.run_id,
        version=state.version,
        step=event.step,
        at=event.at,
        until=until,
        outcome=event.outcome,
        output=event.output,
        facts=event.facts,
        withdrawn=event.withdrawn,
    )
