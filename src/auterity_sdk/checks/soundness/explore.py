"""Every order in which steps may end: the decision for graphs in which some are cancelled."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from auterity_sdk.checks.soundness.conditions import Free
from auterity_sdk.checks.soundness.decision import Decision, Run
from auterity_sdk.checks.soundness.faults import Fault, Reading, losses
from auterity_sdk.checks.soundness.machine import (
    NOT_REACHED,
    PENDING,
    RUNNING,
    STOPPING,
    Fell,
    Machine,
    Status,
    Truths,
    Unknown,
)
from auterity_sdk.checks.soundness.model import Model
from auterity_sdk.checks.soundness.states import settled_states
from auterity_sdk.checks.soundness.wiring import Wiring
from auterity_sdk.workflow.needs import JoinKind

MOST_MOMENTS = 10_000
"""So many different moments of runs are looked at."""

Move = tuple[int, str]

K = TypeVar("K")


class TooMany(Exception):
    """There are more moments than are looked at."""


class _Trail(Struct, frozen=True):
    """How a moment came about: the last step that ended, and the trail before."""

    move: Move
    before: _Trail | None


def decide_in_every_order(
    model: Model, readings: Sequence[Reading], at_the_end: frozenset[str], most: int = MOST_MOMENTS
) -> Decision:
    """Decide any graph, as long as its runs have few enough moments."""
    return _Exploration(model, readings, at_the_end).decision(most)


def first_runs(
    model: Model, wanted: Mapping[K, Callable[[Machine], bool]], most: int = MOST_MOMENTS
) -> Mapping[K, Run]:
    """A run to a moment of each kind, with as few ends of steps as can be. Raises `TooMany`."""
    return _Exploration(model, (), frozenset(model.steps)).runs_to(wanted, most)


def machine_of(
    model: Model, readings: Sequence[Reading], truths: Truths, forgiving: bool = False
) -> Machine:
    """A run that has not begun."""
    wiring = Wiring(model)
    by_step: dict[str, list[Reading]] = {}
    for reading in readings:
        by_step.setdefault(reading.by, []).append(reading)
    size, joins = len(wiring.wires), len(wiring.joins)
    waits = [wire.waits for wire in wiring.wires]
    none = [0] * joins
    return Machine(
        wiring,
        by_step,
        truths,
        [PENDING] * size,
        none,
        none[:],
        waits,
        left=size,
        forgiving=forgiving,
    )


class _Exploration:
    def __init__(
        self,
        model: Model,
        readings: Sequence[Reading],
        at_the_end: frozenset[str],
        forgiving: bool = False,
    ) -> None:
        self._model = model
        self._readings = readings
        self._at_the_end = at_the_end
        self._begun = machine_of(model, readings, {}, forgiving)
        self._faults: dict[Fault, Run] = {}
        self._seen: set[tuple[str, str]] = set()
        self._asked_by = _asked_by(model)

    def decision(self, most: int) -> Decision:
        """Everything about the graph."""
        if not self._look_at_moments(most):
            return Decision(self._faults, undecided=f"its runs have more than {most:,} moments")
        never = self._never()
        if self._faults and never:
            # What comes after a fault comes about once that is mended.
            mended = _Exploration(self._model, self._readings, self._at_the_end, forgiving=True)
            never = never - mended._seen if mended._look_at_moments(most) else frozenset()
        return Decision(self._faults, never=never)

    def _look_at_moments(self, most: int) -> bool:
        """Look at every moment once; false where there are more than so many."""
        known: set[object] = set()
        waiting: list[tuple[Machine, _Trail | None]] = []
        waiting.extend((after, None) for after in self._transition(self._begun, None, None))
        while waiting:
            moment, trail = waiting.pop()
            key = self._key(moment)
            if key in known:
                continue
            known.add(key)
            if len(known) > most:
                return False
            for index, status in enumerate(moment.status):
                if status in (RUNNING, STOPPING):
                    for outcome in moment.ways(index):
                        move = (index, outcome)
                        after = self._transition(moment, move, trail)
                        waiting.extend((each, _Trail(move, trail)) for each in after)
        return True

    def runs_to(self, wanted: Mapping[K, Callable[[Machine], bool]], most: int) -> Mapping[K, Run]:
        """The first run on which each thing is so; those that no run comes to are left out.

        Raises `TooMany` where there are more than so many moments and something is still looked for.
        """
        found: dict[K, Run] = {}
        known: set[object] = set()
        begun = self._moments(self._begun, None, None)
        left: deque[tuple[Machine, _Trail | None]] = deque((each, None) for each in begun)
        while left and len(found) < len(wanted):
            moment, trail = left.popleft()
            for name, holds in wanted.items():
                if name not in found and holds(moment):
                    found[name] = _run(moment, trail, None)
            key = self._key(moment)
            if moment.over or key in known:
                continue
            known.add(key)
            if len(known) > most:
                raise TooMany
            left.extend(self._after(moment, trail))
        return found

    def _after(
        self, moment: Machine, trail: _Trail | None
    ) -> Iterator[tuple[Machine, _Trail | None]]:
        """The moments after whichever step ends next, in whichever way."""
        for index, status in enumerate(moment.status):
            if status in (RUNNING, STOPPING):
                for outcome in moment.ways(index):
                    move = (index, outcome)
                    for after in self._moments(moment, move, trail):
                        yield after, _Trail(move, trail)

    def _transition(
        self, before: Machine, move: Move | None, trail: _Trail | None
    ) -> Iterator[Machine]:
        """The moments of a run that goes on after a step has ended."""
        for after in self._moments(before, move, trail):
            self._note(after, None)
            if after.over:
                self._lost(after, trail, move)
            else:
                yield after

    def _moments(
        self, before: Machine, move: Move | None, trail: _Trail | None
    ) -> Iterator[Machine]:
        """The moments after a step has ended, one for each way in which what is asked then comes out."""
        open_truths: list[Truths] = [before.truths]
        while open_truths:
            truths = open_truths.pop()
            after = before.copy(truths)
            try:
                if move is None:
                    after.start()
                else:
                    after.end(*move)
            except Unknown as unknown:
                answers = self._answers(unknown.free)
                open_truths.extend({**truths, unknown.free: answer} for answer in answers)
                continue
            except Fell as fell:
                self._note(after, fell.fault)
                if fell.fault is not None and fell.fault not in self._faults:
                    self._faults[fell.fault] = _run(after, trail, move)
                continue
            yield after

    def _answers(self, free: Free) -> tuple[bool | None, ...]:
        return (True, False, None) if self._model.free.get(free) else (True, False)

    def _note(self, moment: Machine, fault: Fault | None) -> None:
        """What the run has come to."""
        for wire, status in zip(moment.wiring.wires, moment.status, strict=True):
            if status not in (PENDING, NOT_REACHED):
                self._seen.add(("step", wire.step.id))
            if status in wire.step.unnamed:
                self._seen.add(("outcome", f"{wire.step.id}.{status}"))
        if fault is not None:
            self._seen.add(("step", fault.step))
            if fault.kind == "unnamed":
                self._seen.add(("outcome", f"{fault.step}.{fault.outcome}"))
            return
        if moment.ended_by:
            self._seen.add(("end", moment.ended_by))
            return
        for name, joins in moment.wiring.ends.items():
            if all(map(moment.is_met, joins)):
                self._seen.add(("end", name))
        until = self._model.until
        if until is not None and moment.over:
            self._seen.add(("until", ""))

    def _lost(self, moment: Machine, trail: _Trail | None, move: Move | None) -> None:
        states = settled_states(self._model, _outcomes(moment))
        for fault, held in losses(states, self._at_the_end):
            if held and fault not in self._faults:
                self._faults[fault] = _run(moment, trail, move)

    def _never(self) -> frozenset[tuple[str, str]]:
        model = self._model
        places = {("step", step) for step in model.steps} | {("end", end) for end in model.ends}
        for step in model.depending:
            own = step.unnamed & {*step.ends, *(name for name, _ in step.cases)}
            places |= {("outcome", f"{step.id}.{outcome}") for outcome in own}
        return frozenset(places - self._seen)

    def _key(self, moment: Machine) -> object:
        """What may still matter: an outcome that nobody is going to ask for is forgotten."""
        status, wires = moment.status, moment.wiring.wires
        keep = not self._model.ends
        steps: list[Status] = []
        for index, wire in enumerate(wires):
            now = status[index]
            asked = (
                keep or isinstance(now, int) or any(status[f] == PENDING for f in wire.followers)
            )
            steps.append(now if asked or wire.step.id in self._at_the_end else NOT_REACHED)
        joins = [
            (moment.met[join], moment.unmet[join])
            for end in moment.wiring.ends.values()
            for join in end
        ]
        # A second edge of a `one` fails the run even where its step is settled.
        joins += [
            (join, moment.met[join])
            for join, each in enumerate(moment.wiring.joins)
            if each.kind is JoinKind.ONE
        ]
        taken = frozenset(
            (join, edges)
            for join, edges in moment.taken.items()
            if (step := moment.wiring.joins[join].step)
            and status[moment.wiring.index[step]] == PENDING
        )
        truths = frozenset(
            (free, held)
            for free, held in moment.truths.items()
            if any(status[index] == PENDING for index in self._asked_by.get(free, ()))
        )
        return tuple(steps), tuple(joins), taken, truths


def _asked_by(model: Model) -> Mapping[Free, set[int]]:
    found: dict[Free, set[int]] = {}
    for place, step in enumerate(model.steps.values()):
        for free in step.asked():
            found.setdefault(free, set()).add(place)
    return found


def _outcomes(moment: Machine) -> dict[str, str | None]:
    steps = zip(moment.wiring.wires, moment.status, strict=True)
    return {wire.step.id: now if isinstance(now, str) else None for wire, now in steps}


def _run(moment: Machine, trail: _Trail | None, move: Move | None) -> Run:
    moves = [] if move is None else [move]
    while trail is not None:
        moves.append(trail.move)
        trail = trail.before
    names = [(moment.wiring.wires[index].step.id, outcome) for index, outcome in reversed(moves)]
    return Run(_outcomes(moment), dict(moment.truths), tuple(names))


class Player:
    """Plays runs of one graph, one step after another."""

    def __init__(self, model: Model, readings: Sequence[Reading]) -> None:
        self._begun = machine_of(model, readings, {})

    def play(self, run: Run, late: str) -> tuple[Fault | None, Run]:
        """The first fault of a run in which steps end in their order, `late` as late as it can."""
        machine = self._begun.copy(run.free)
        wires = machine.wiring.wires
        moves: list[tuple[str, str]] = []
        running: list[tuple[bool, int]] = []
        try:
            machine.start()
            while not machine.over:
                for index in machine.begun:
                    heappush(running, (wires[index].step.id == late, index))
                machine.begun.clear()
                while running and machine.status[running[0][1]] != RUNNING:
                    heappop(running)  # a `watch` that was kept by what ended
                step = wires[running[0][1]].step.id if running else ""
                outcome = run.settled[step] if running else None
                if outcome is None:
                    break
                moves.append((step, outcome))
                machine.end(heappop(running)[1], outcome)
        except Fell as fell:
            return fell.fault, replace(run, order=tuple(moves))
        except Unknown:
            pass
        return None, replace(run, order=tuple(moves))
