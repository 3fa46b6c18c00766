"""What the events of watches change: a `within` is watched, kept or breached."""

from __future__ import annotations

from auterity_sdk.runs.events import GuaranteeBreached, GuaranteeKept, GuaranteeWatched
from auterity_sdk.runs.state import WATCH, Breach, RunState, Scope, Status, StepRun, WatchRun


def watch_moved(
    state: RunState, event: GuaranteeWatched | GuaranteeKept | GuaranteeBreached
) -> None:
    """A watch began, or was decided. One that the version does not have any more changes nothing."""
    if isinstance(event, GuaranteeBreached):
        state.breaches.append(Breach(event.guarantee, event.scope, event.until, event.at))
    scope = state.scopes[event.scope]
    number = scope.plan.watched.numbers.get(event.guarantee)
    if number is None:
        return
    if isinstance(event, GuaranteeWatched):
        _began(state, scope, number, event)
    else:
        scope.watches[number].over = True
        state.alarms.pop(alarm_of(scope, number), None)


def _began(state: RunState, scope: Scope, number: int, event: GuaranteeWatched) -> None:
    scope.watches[number] = WatchRun(event.until, event.since)
    state.alarms[alarm_of(scope, number)] = event.until
    index = scope.plan.watched.watches[number].step
    if index >= 0 and scope.runs[index] is None:
        run = StepRun(Status.WAITING, event.at, 1, wake=event.until)
        scope.runs[index] = state.active[scope.path(scope.plan.steps[index])] = run


def watches_dropped(state: RunState, scope: Scope) -> None:
    """The graph fails or is cancelled: what was promised of runs that end well is no longer watched."""
    for number, watch in scope.watches.items():
        watch.over = True
        state.alarms.pop(alarm_of(scope, number), None)


def alarm_of(scope: Scope, number: int) -> str:
    """The name under which a watch's time is kept among those at which something is due."""
    return f"{scope.key}{WATCH}{number}"
