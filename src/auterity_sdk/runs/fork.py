"""A new run that begins with what another one did before a step."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from auterity_sdk.runs.events import (
    Event,
    JoinMet,
    RunEntered,
    RunForked,
    RunStarted,
    ScopeStopping,
    StepNotReached,
)
from auterity_sdk.runs.onward import onward
from auterity_sdk.runs.plan import GraphPlan, Plan
from auterity_sdk.runs.replay import folded
from auterity_sdk.runs.state import COMPENSATE, RunState, Status


class Fork(Struct, frozen=True):
    """The journal of a new run, with the state after it. `kept` are the steps that it does not run again."""

    events: tuple[Event, ...]
    state: RunState
    kept: tuple[str, ...]


def kept_steps(
    state: RunState, events: Sequence[Event], plan: Plan, changed: Collection[str], step: str
) -> tuple[str, ...]:
    """The steps that a fork from `step` keeps as they are: those that are settled, and not `changed` in the plan.

    What comes behind `step` or behind a changed step is run again, and so is what failed without being provided for,
    was cancelled, or was undone.
    """
    graph = plan.graph
    before = _predecessors(graph)
    unreached = {event.step for event in events if isinstance(event, StepNotReached)}
    kept: set[int] = set()
    for planned in graph.steps:
        if planned.id == step or planned.id in changed or before[planned.index] - kept:
            continue
        if planned.id in unreached or _stays(state, planned.id):
            kept.add(planned.index)
    return tuple(graph.steps[index].id for index in sorted(kept))


def _predecessors(graph: GraphPlan) -> list[set[int]]:
    before: list[set[int]] = [set() for _ in graph.steps]
    for step in graph.steps:
        for follower in step.followers:
            before[follower].add(step.index)
    return before


def _stays(state: RunState, step: str) -> bool:
    scope = state.scopes[""]
    if step not in scope.plan.index:
        return False
    planned = scope.plan.steps[scope.plan.index[step]]
    run = scope.runs[planned.index]
    if run is None or run.status is not Status.ENDED or run.outcome == "cancelled":
        return False
    if any(root_of(path) == step for path in _undone(state)):
        return False
    return run.outcome != "failed" or planned.handled


def _undone(state: RunState) -> Iterator[str]:
    for scope in state.ranked:
        for planned, run in zip(scope.plan.steps, scope.runs, strict=True):
            if run is not None and run.compensation:
                yield scope.path(planned)


def fork(
    old: Plan,
    events: Sequence[Event],
    new: Plan,
    kept: Collection[str],
    forked: RunForked,
    run_id: str,
    input: Mapping[str, Any],
) -> Fork:
    """The new run's journal. Times of what is kept stay, so that no fact is younger than it is."""
    joins = same_joins(old.graph, new.graph, {name: name for name in kept})
    start = _start(events[0], new, forked.at, run_id, input)
    copied = [start, *_copied(events, kept, joins)]
    state = folded(new, copied)
    decided = onward(new, state, forked)
    return Fork((*copied, *decided), state, tuple(kept))


def _start(started: Event, new: Plan, at: int, run_id: str, input: Mapping[str, Any]) -> RunStarted:
    if not isinstance(started, RunStarted):
        raise TypeError(type(started))
    deadline = None if new.timeout is None else at + new.timeout
    return replace(
        started,
        run_id=run_id,
        version=new.version,
        input=input,
        parent_run="",
        parent="",
        attempt=1,
        deadline=deadline,
    )


def _copied(
    events: Iterable[Event], kept: Collection[str], joins: Mapping[int, int]
) -> Iterator[Event]:
    for event in events:
        match event:
            case JoinMet(scope=""):
                if event.join in joins:
                    yield replace(event, join=joins[event.join])
            case ScopeStopping(scope=""):
                continue
            case RunEntered() if event.priority or event.fresh:
                yield replace(event, once="", queue="")
            case _:
                path = str(getattr(event, "step", "") or getattr(event, "scope", ""))
                if root_of(path) in kept and not path.endswith(COMPENSATE):
                    yield event


def root_of(path: str) -> str:
    """The step of the workflow's own graph in which a path lies: `lenders` of `lenders[2]/submit`."""
    return path.partition("/")[0].partition("[")[0]


def same_joins(old: GraphPlan, new: GraphPlan, names: Mapping[str, str]) -> dict[int, int]:
    """The numbers of the joins of steps that both have, by the old ones. `names` are their ids, by the old ones."""
    found: dict[int, int] = {}
    for name, now in names.items():
        if name in old.index and now in new.index:
            before, after = old.steps[old.index[name]].joins, new.steps[new.index[now]].joins
            pairs = zip(before, after, strict=False)
            found.update(pair for pair in pairs if _same_join(old, new, names, *pair))
    return found


def _same_join(
    old: GraphPlan, new: GraphPlan, names: Mapping[str, str], before: int, after: int
) -> bool:
    """Whether the positions of edges mean the same in both."""
    one, other = old.joins[before], new.joins[after]
    edges = [(old.steps[source].id, edge) for source, edge in one.edges]
    now = [(new.steps[source].id, edge) for source, edge in other.edges]
    return one.rule == other.rule and now == [(names.get(name, name), edge) for name, edge in edges]
