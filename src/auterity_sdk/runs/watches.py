"""`E within D of E2`, watched while a run goes on: from when E2 happens, until E does or no longer can.

A guarantee says when, not whether: what can no longer happen is not late. So a watch that waits holds up nothing: it
is decided as soon as all steps are settled for which it waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auterity_sdk.runs.decision import Decision
from auterity_sdk.runs.events import (
    BodyStarted,
    Event,
    GuaranteeBreached,
    GuaranteeKept,
    GuaranteeWatched,
    RunBegun,
    RunStarted,
    ScopeStopping,
    StepEnded,
    StepNotReached,
    StepStarted,
)
from auterity_sdk.runs.evolve import is_settled
from auterity_sdk.runs.joins import edge_is_met
from auterity_sdk.runs.plan import ForEach, GraphPlan, Repeat, Seen, Sight, WatchPlan
from auterity_sdk.runs.state import WATCH, Phase, RunState, Scope, Status, StepRun, WatchRun
from auterity_sdk.workflow.signature import BREACHED, CANCELLED, FAILED, KEPT, SKIPPED


def look(decision: Decision, notice: Event | Scope) -> None:
    """Let the watches see what has happened; of an instance, all that has."""
    scopes = decision.state.scopes
    match notice:
        case Scope():
            _look_back(decision, notice)
        case RunStarted() | RunBegun():
            _look_back(decision, scopes[""])
        case BodyStarted(scope=key):
            _look_back(decision, scopes[key])
        case ScopeStopping(scope=key, cause="end"):
            _exhausted(decision, scopes[key], range(len(scopes[key].plan.watched.watches)))
        case StepStarted() | StepEnded() | StepNotReached():
            _of_a_step(decision, notice)
        case _:
            return


def due(decision: Decision, alarm: str) -> None:
    """The time of a watch is over."""
    key, _, number = alarm.rpartition(WATCH)
    _breached(decision, decision.state.scopes[key], int(number))


def _of_a_step(decision: Decision, event: StepStarted | StepEnded | StepNotReached) -> None:
    scope, step = decision.state.place(event.step)
    run, watched = scope.runs[step.index], scope.plan.watched
    for sight in watched.sights.get(step.index, ()):
        if _when(run, sight.outcome) == event.at and _is_of(event, sight, run):
            _seen(decision, _around(scope, sight.up), sight)
    if not isinstance(event, StepStarted):
        _exhausted(decision, scope, watched.around.get(step.index, ()))


def _is_of(event: Event, sight: Sight, run: StepRun | None) -> bool:
    """Whether it is this event by which it has happened: a step that ends had started before."""
    if isinstance(event, StepStarted):
        return sight.outcome is None
    return sight.outcome is not None or (run is not None and not run.attempt)


def _around(scope: Scope, levels: int) -> Scope:
    for _ in range(levels):
        if scope.parent is None:
            raise KeyError(scope.key)
        scope = scope.parent
    return scope


def _seen(decision: Decision, scope: Scope, sight: Sight) -> None:
    run = scope.watches.get(sight.watch)
    if sight.since:
        if run is None and scope.phase is Phase.RUNNING:
            _begin(decision, scope, sight.watch, sight.place, decision.at)
    elif run is not None and not run.over:
        watch = scope.plan.watched.watches[sight.watch]
        if sight.place in watch.counted[run.since]:
            _happened(decision, scope, sight.watch, run, decision.at)


def _look_back(decision: Decision, scope: Scope) -> None:
    """Take in what has happened in an instance before it was looked at."""
    for number, watch in enumerate(scope.plan.watched.watches):
        run = scope.watches.get(number)
        if run is not None:
            _catch_up(decision, scope, number, run)
            continue
        begun = [
            (at, place)
            for place, seen in enumerate(watch.since)
            if (at := _first(decision.state, scope, seen)) is not None
        ]
        if begun and scope.phase is Phase.RUNNING:
            at, place = min(begun)
            _begin(decision, scope, number, place, at)
        else:
            _exhausted(decision, scope, (number,))


def _begin(decision: Decision, scope: Scope, number: int, since: int, at: int) -> None:
    watch = scope.plan.watched.watches[number]
    until = at + watch.limit
    decision.emit(GuaranteeWatched(decision.at, scope.key, watch.guarantee, until, since))
    _catch_up(decision, scope, number, scope.watches[number])


def _catch_up(decision: Decision, scope: Scope, number: int, run: WatchRun) -> None:
    watch, state = scope.plan.watched.watches[number], decision.state
    if run.over:
        _tell(decision, scope, watch, _result(state, scope, watch))
        return
    times = (_first(state, scope, watch.events[place]) for place in watch.counted[run.since])
    found = min((at for at in times if at is not None), default=None)
    if found is not None:
        _happened(decision, scope, number, run, found)
        return
    _exhausted(decision, scope, (number,))
    if not scope.watches[number].over and run.until < decision.at:
        _breached(decision, scope, number)


def _result(state: RunState, scope: Scope, watch: WatchPlan) -> str:
    broken = (each for each in state.breaches if each.guarantee == watch.guarantee)
    return BREACHED if any(each.scope == scope.key for each in broken) else KEPT


def _happened(decision: Decision, scope: Scope, number: int, run: WatchRun, at: int) -> None:
    if at > run.until:
        _breached(decision, scope, number)
        return
    _kept(decision, scope, number, happened=True)


def _kept(decision: Decision, scope: Scope, number: int, *, happened: bool) -> None:
    watch = scope.plan.watched.watches[number]
    decision.emit(GuaranteeKept(decision.at, scope.key, watch.guarantee, happened))
    _tell(decision, scope, watch, KEPT)


def _breached(decision: Decision, scope: Scope, number: int) -> None:
    watch, until = scope.plan.watched.watches[number], scope.watches[number].until
    decision.emit(GuaranteeBreached(decision.at, scope.key, watch.guarantee, until))
    _tell(decision, scope, watch, BREACHED)


def _tell(decision: Decision, scope: Scope, watch: WatchPlan, outcome: str) -> None:
    """The step that stands for a watch ends as it does; not while the run still waits for its turn."""
    if watch.step < 0 or "" in decision.state.asking:
        return
    if not is_settled(scope.runs[watch.step]):
        decision.end(scope, scope.plan.steps[watch.step], outcome)


def _exhausted(decision: Decision, scope: Scope, numbers: Iterable[int]) -> None:
    """Decide those watches of whose names none can happen any more."""
    for number in numbers:
        watch, run = scope.plan.watched.watches[number], scope.watches.get(number)
        if run is None:
            over = all(_can_no_more(decision.state, scope, seen) for seen in watch.since)
            if over and watch.step >= 0 and scope.runs[watch.step] is None:
                decision.not_reached(scope, scope.plan.steps[watch.step])
        elif not run.over:
            events = (watch.events[place] for place in watch.counted[run.since])
            if all(_can_no_more(decision.state, scope, seen) for seen in events):
                _kept(decision, scope, number, happened=False)


def _can_no_more(state: RunState, scope: Scope, seen: Seen) -> bool:
    """It has not happened, and cannot any more. The start of the run always has, or will.

    One command may end several steps: what has happened by the later ones is looked at in its turn.
    """
    settled = bool(seen.path) and is_settled(scope.runs[seen.path[0]])
    return settled and _first(state, scope, seen) is None


def _first(state: RunState, scope: Scope, seen: Seen) -> int | None:
    """When it happened first in an instance, or inside of one of its bodies."""
    if not seen.path:
        return state.started_at
    index = seen.path[-1]
    times = (_when(each.runs[index], seen.outcome) for each in _instances(state, scope, seen))
    return min((at for at in times if at is not None), default=None)


def _instances(state: RunState, scope: Scope, seen: Seen) -> Iterator[Scope]:
    """The instances of the graph in which the step stands that is looked for."""
    if len(seen.path) == 1:
        yield scope
        return
    plan, levels = scope.plan, len(seen.path) - 1
    for index in seen.path[:-1]:
        plan = _body(plan, index)
    for each in state.ranked:
        if each.plan is plan and _around(each, levels) is scope:
            yield each


def _body(plan: GraphPlan, index: int) -> GraphPlan:
    work = plan.steps[index].work
    if not isinstance(work, ForEach | Repeat):
        raise TypeError(plan.steps[index].id)
    return work.body


def _when(run: StepRun | None, outcome: str | None) -> int | None:
    """When a step started, or ended so; None if it has not."""
    if run is None or run.status is Status.NOT_REACHED:
        return None
    if outcome is not None:
        met = run.status is Status.ENDED and edge_is_met(outcome, run.outcome)
        return run.ended_at if met else None
    if run.attempt:
        return run.started_at
    at_once = run.outcome not in (None, FAILED, SKIPPED, CANCELLED)
    return run.ended_at if at_once else None
