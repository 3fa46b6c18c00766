"""Runs that come to a certain place: the choices that lead there, or that none does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from auterity_sdk.checks.soundness.account import chooses
from auterity_sdk.checks.soundness.algebra import all_runs
from auterity_sdk.checks.soundness.clauses import Clauses, Search
from auterity_sdk.checks.soundness.decide import (
    CONFLICTS,
    MOST_IN_A_TABLE,
    Look,
    look_up,
    run_of,
    searched,
)
from auterity_sdk.checks.soundness.decision import Run
from auterity_sdk.checks.soundness.explore import TooMany, first_runs
from auterity_sdk.checks.soundness.faults import ended_well
from auterity_sdk.checks.soundness.machine import NOT_REACHED, PENDING, Machine
from auterity_sdk.checks.soundness.model import Model
from auterity_sdk.checks.soundness.states import States
from auterity_sdk.workflow.graph import NeedGroup
from auterity_sdk.workflow.needs import Edge, JoinKind
from auterity_sdk.workflow.signature import DONE


class Aim(Struct, frozen=True):
    """What a run is to come to: `step` starts or, with an `outcome`, ends so; with a `target`, that is what a step
    or (`is_end`) an end takes up."""

    step: str
    outcome: str = ""
    target: str = ""
    is_end: bool = False


Choices = tuple[tuple[str, str], ...]
"""Steps that decide, each with how it ends, in order."""


def ways(model: Model, aims: Iterable[Aim]) -> Mapping[Aim, Choices | None]:
    """The choices that lead to each aim; None where no run comes there. What was not found out is left out."""
    aims = tuple(dict.fromkeys(aims))
    found = _in_one_order(model, aims) if model.orderly else _in_every_order(model, aims)
    return {aim: None if run is None else _choices(model, run, aim) for aim, run in found.items()}


def _in_one_order(model: Model, aims: Sequence[Aim]) -> Mapping[Aim, Run | None]:
    if model.choices <= MOST_IN_A_TABLE:
        states = States(model, all_runs(model.choices))
        return dict(_runs(states, aims, look_up))
    clauses = Clauses()
    search = Search(clauses, CONFLICTS)
    large = States(model, clauses)
    found: dict[Aim, Run | None] = {}
    try:
        for each in _runs(large, aims, lambda any_of, all_of: searched(search, any_of, all_of)):
            if search.exhausted:
                break
            found.update([each])
    finally:
        search.close()
    return found


def _runs(
    states: States[int], aims: Iterable[Aim], look: Look[int]
) -> Iterator[tuple[Aim, Run | None]]:
    """For each aim a run that ends well, if there is one; nothing of what only runs come to that fail on the way."""
    sound = states.algebra.negate(states.failing)
    for aim in aims:
        wanted = _held(states, aim)
        for others in ([sound, ended_well(states)], [sound], []):
            holds = look([wanted], others)
            if holds is not None:
                break
        if holds is None:
            yield aim, None
        elif others:
            yield aim, run_of(states, holds)


def _held(states: States[int], aim: Aim) -> int:
    algebra = states.algebra
    if not aim.outcome:
        return states.runs[aim.step]
    edge = states.edge(Edge(aim.step, aim.outcome))
    if not aim.target:
        return edge
    if not aim.is_end:
        return algebra.both(edge, states.met[aim.target])
    before = []  # ends are read in order, and the first that is met counts
    for name, groups in states.model.ends.items():
        if name == aim.target:
            break
        before.append(algebra.negate(states.needs(groups)))
    return algebra.both(edge, states.needs(states.model.ends[aim.target]), *before)


def _in_every_order(model: Model, aims: Sequence[Aim]) -> Mapping[Aim, Run | None]:
    try:
        found = first_runs(model, {aim: _reached(model, aim) for aim in aims})
    except TooMany:
        return {}
    return {aim: found.get(aim) for aim in aims}


def _reached(model: Model, aim: Aim) -> Callable[[Machine], bool]:
    place = model.places[aim.step]

    def holds(moment: Machine) -> bool:
        status = moment.status[place]
        if not aim.outcome:
            return status not in (PENDING, NOT_REACHED)
        if not isinstance(status, str) or aim.outcome not in (status, DONE):
            return False
        if not aim.target:
            return True
        if not aim.is_end:
            return moment.status[model.places[aim.target]] not in (PENDING, NOT_REACHED)
        return moment.over and _end(moment) == aim.target

    return holds


def _end(moment: Machine) -> str:
    if moment.ended_by:
        return moment.ended_by
    ends = moment.wiring.ends.items()
    return next((name for name, joins in ends if all(map(moment.is_met, joins))), "")


def _choices(model: Model, run: Run, aim: Aim) -> Choices:
    """Of all that a run decides, what it takes to come there."""
    needed: set[str] = set()
    _need(model, run, aim.step, needed)
    if aim.is_end:
        _need_groups(model, run, model.ends[aim.target], needed)
    elif aim.target:
        _need(model, run, aim.target, needed)
    needed.discard(aim.target)
    if not aim.outcome:
        needed.discard(aim.step)
    steps = [step for step in model.steps if step in needed]
    if run.order:
        ended = {step: place for place, (step, _) in enumerate(run.order)}
        steps.sort(key=lambda step: ended.get(step, -1))
    return tuple(
        (step, outcome)
        for step in steps
        if (outcome := run.settled[step]) and (chooses(model.steps[step]) or step == aim.step)
    )


def _need(model: Model, run: Run, step: str, needed: set[str]) -> None:
    if step not in needed:
        needed.add(step)
        _need_groups(model, run, model.steps[step].needs, needed)


def _need_groups(model: Model, run: Run, groups: Iterable[NeedGroup], needed: set[str]) -> None:
    for group in groups:
        met = [edge for edge in group.edges if run.meets(edge)]
        wanted = len(met) if group.kind in (None, JoinKind.ANY) else group.count
        for edge in met[:wanted]:
            _need(model, run, edge.step, needed)
