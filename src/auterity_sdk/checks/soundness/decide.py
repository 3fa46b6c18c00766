"""The decision: which faults some run has, and what no run comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from auterity_sdk.checks.soundness.algebra import all_runs, some_runs
from auterity_sdk.checks.soundness.clauses import Clauses, Search
from auterity_sdk.checks.soundness.conditions import Free
from auterity_sdk.checks.soundness.decision import Decision, Run
from auterity_sdk.checks.soundness.explore import Player
from auterity_sdk.checks.soundness.faults import (
    Fault,
    Reading,
    Statements,
    ended_well,
    failures,
    losses,
    reached,
)
from auterity_sdk.checks.soundness.model import Model
from auterity_sdk.checks.soundness.states import States

V = TypeVar("V")

MOST_IN_A_TABLE = 12
"""Yes-or-no choices up to which all runs are looked at together; above, a solver looks for one."""

_MOST_ALONE = 20
"""So many faults of a graph are looked at one by one; the rest is told once these are mended."""

CONFLICTS = 50_000
"""The solver gives up after so many contradictions: about two seconds."""


def decide_orderly(
    model: Model, readings: Sequence[Reading], at_the_end: frozenset[str], budget: int = CONFLICTS
) -> Decision:
    """Decide a graph in which no step is ever cancelled.

    `at_the_end` are the steps that are read once all is settled, in whatever way.
    """
    if model.choices <= MOST_IN_A_TABLE:
        tables = States(model, all_runs(model.choices))
        return _Asking(tables, look_up).decision(readings, at_the_end)
    sample = States(model, some_runs(model.choices))
    seen = {place for place, held in reached(sample).items() if held}
    clauses = Clauses()
    states = States(model, clauses)
    search = Search(clauses, budget)
    try:
        asking = _Asking(states, lambda any_of, all_of: searched(search, any_of, all_of))
        found = asking.decision(readings, at_the_end, frozenset(seen))
    finally:
        search.close()
    if search.exhausted:
        return Decision(found.faults, undecided=f"a search met {budget:,} contradictions")
    return found


Holds = Callable[[V], bool]
Look = Callable[[Sequence[V], Iterable[V]], Holds[V] | None]


def look_up(any_of: Sequence[int], all_of: Iterable[int]) -> Holds[int] | None:
    """The first run of a table with one of the first and all of the others."""
    found = 0
    for part in any_of:
        found |= part
    for part in all_of:
        found &= part
    if not found:
        return None
    first = found & -found
    return lambda held: bool(held & first)


def searched(search: Search, any_of: Sequence[int], all_of: Iterable[int]) -> Holds[int] | None:
    """The same by a solver; None also where its search was broken off."""
    found = search.run_with(any_of, all_of)
    return None if found is None else found.__contains__


class _Asking(Generic[V]):
    """Asks for runs until there are no more of a kind: as many questions as answers, and one."""

    def __init__(self, states: States[V], look: Look[V]) -> None:
        self._states = states
        self._look = look
        self._sound = states.algebra.negate(states.failing)

    def decision(
        self,
        readings: Sequence[Reading],
        at_the_end: frozenset[str],
        seen: frozenset[tuple[str, str]] = frozenset(),
    ) -> Decision:
        """Everything about the graph; `seen` is known to be reached."""
        wrong = failures(self._states, readings)
        faults = self._failing(wrong, Player(self._states.model, readings)) if wrong else {}
        also = self._left_over([each for each in wrong if each[0] not in faults])
        return Decision(faults | self._lost(wrong, at_the_end), also, self._never(seen))

    def _failing(self, wrong: Statements[V], player: Player) -> dict[Fault, Run]:
        """Each fault that comes first on some run: one that only follows others is mended with them."""
        negate = self._states.algebra.negate
        # What nothing names is seen without a look at runs.
        named = [negate(held) for fault, held in wrong if fault.kind == "unnamed"]
        left = [each for each in wrong if each[0].kind != "unnamed"]
        told = [self._sound, self._states.algebra.both(*named)]
        found: dict[Fault, Run] = {}
        while left and len(found) < _MOST_ALONE:
            holds = self._look([held for _, held in left], told)
            if holds is None:
                break
            fault, held = next(each for each in left if holds(each[1]))
            others = [negate(other) for each, other in wrong if each != fault]
            alone = self._look([held], [self._sound, *others])
            late = fault.reading.step if fault.reading else ""
            first, run = player.play(run_of(self._states, alone or holds), late)
            fault, held = next((each for each in left if each[0] == first), (fault, held))
            found[fault] = run
            left.remove((fault, held))
            told.append(negate(held))
        return found | self._before_a_failure(left, told[1:], player)

    def _before_a_failure(
        self, left: Statements[V], told: Sequence[V], player: Player
    ) -> dict[Fault, Run]:
        """Faults on runs that a failure would end, where they come before it."""
        found: dict[Fault, Run] = {}
        left = left[:_MOST_ALONE]
        while left and (holds := self._look([held for _, held in left], told)):
            fault = next(fault for fault, held in left if holds(held))
            for late in _last_steps(fault):
                first, run = player.play(run_of(self._states, holds), late)
                if first == fault:
                    found[fault] = run
                    break
            left = [each for each in left if each[0] != fault]
        return found

    def _left_over(self, left: Statements[V]) -> dict[Fault, Run]:
        """Mistakes of their own that only happen beside others, and would be found next."""
        left = [each for each in left if each[0].kind in ("conflict", "absent")]
        found: dict[Fault, Run] = {}
        for _ in range(_MOST_ALONE):
            holds = self._look([held for _, held in left], [self._sound]) if left else None
            if holds is None:
                break
            run = run_of(self._states, holds)
            found |= {fault: run for fault, held in left if holds(held)}
            left = [each for each in left if each[0] not in found]
        return found

    def _lost(self, wrong: Statements[V], at_the_end: frozenset[str]) -> dict[Fault, Run]:
        negate = self._states.algebra.negate
        well = [self._sound, ended_well(self._states), *(negate(held) for _, held in wrong)]
        left = losses(self._states, at_the_end)
        found: dict[Fault, Run] = {}
        for _ in range(_MOST_ALONE):
            holds = self._look([held for _, held in left], well) if left else None
            if holds is None:
                break
            run = run_of(self._states, holds)
            found |= {fault: run for fault, held in left if holds(held)}
            left = [each for each in left if each[0] not in found]
        return found

    def _never(self, seen: frozenset[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        left = {place: held for place, held in reached(self._states).items() if place not in seen}
        while left and (holds := self._look([*left.values()], [])):
            left = {place: held for place, held in left.items() if not holds(held)}
        return frozenset(left)


def run_of(states: States[V], holds: Holds[V]) -> Run:
    """The run on which those statements hold."""
    settled = {
        step: next((outcome for outcome, held in ended.items() if holds(held)), None)
        for step, ended in states.ended.items()
    }
    free: dict[Free, bool | None] = {}
    for part in states.model.free:
        truth = states.truth(part)
        free[part] = True if holds(truth.yes) else False if holds(truth.no) else None
    return Run(settled, free)


def _last_steps(fault: Fault) -> tuple[str, ...]:
    """The steps of which one, where it ends last, brings the fault about."""
    if fault.kind == "conflict" and fault.group:
        return tuple(dict.fromkeys(edge.step for edge in fault.group.edges))
    return (fault.reading.step if fault.reading else "",)
