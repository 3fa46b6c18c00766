"""One run of a graph, step by step: what happens when, in the order of the engine.

For graphs in which steps are cancelled, where the order in which steps end decides how they end; and to see
which of several faults comes first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from typing import Final

from msgspec import Struct, field

from auterity_sdk.checks.facts.happening import Happening
from auterity_sdk.checks.soundness.conditions import (
    Always,
    Condition,
    Free,
    HasValue,
    Not,
    OutcomeIs,
    Several,
)
from auterity_sdk.checks.soundness.faults import Fault, Reading
from auterity_sdk.checks.soundness.model import Step
from auterity_sdk.checks.soundness.wiring import Wire, Wiring
from auterity_sdk.workflow.needs import JoinKind
from auterity_sdk.workflow.occurrences import Role
from auterity_sdk.workflow.signature import BREACHED, CANCELLED, FAILED, KEPT, SKIPPED
from auterity_sdk.workflow.step import CallStep, ForEachStep, RepeatStep

PENDING: Final = 0
RUNNING: Final = 1
STOPPING: Final = 2
NOT_REACHED: Final = 3
Status = int | str
"""One of the above, or the outcome in which the step ended."""

Truths = Mapping[Free, bool | None]


class Unknown(Exception):
    """How a free condition comes out has to be chosen first."""

    def __init__(self, free: Free) -> None:
        super().__init__(free)
        self.free = free


class Fell(Exception):
    """The run goes wrong here."""

    def __init__(self, fault: Fault | None) -> None:
        super().__init__(fault)
        self.fault = fault


class Machine(Struct):
    """`status` by step, `met` and `unmet` edges by join, `taken`: the edges by which a join was met.

    `ended_by`: the end that has cancelled the rest. `begun` are the steps that have started to run since somebody last looked.
    `forgiving`: the run goes on after a fault, as it would once that is mended.
    """

    wiring: Wiring
    readings: Mapping[str, Sequence[Reading]]
    truths: Truths
    status: list[Status]
    met: list[int]
    unmet: list[int]
    waits: list[int]
    taken: dict[int, tuple[int, ...]] = field(default_factory=dict)
    left: int = 0
    over: bool = False
    forgiving: bool = False
    ended_by: str = ""
    begun: list[int] = field(default_factory=list)
    _jobs: list[int] = field(default_factory=list)
    _stops: deque[int] = field(default_factory=deque)

    def copy(self, truths: Truths) -> Machine:
        """The same moment, to go on from in another way. Only between two transitions."""
        return Machine(
            self.wiring,
            self.readings,
            truths,
            self.status[:],
            self.met[:],
            self.unmet[:],
            self.waits[:],
            dict(self.taken),
            self.left,
            self.over,
            self.forgiving,
        )

    def start(self) -> None:
        """The run begins. Raises `Fell` and `Unknown`, as all transitions do."""
        for index, wire in enumerate(self.wiring.wires):
            if not wire.joins and not wire.waits:
                heappush(self._jobs, index)
        self._settle()

    def end(self, index: int, outcome: str) -> None:
        """A step that runs ends."""
        self._end(index, outcome)
        self._settle()

    def ways(self, index: int) -> tuple[str, ...]:
        """How a step that runs may end."""
        step = self.wiring.wires[index].step
        if step.keeps is not None:
            return (BREACHED,)
        if self.status[index] != STOPPING:
            return step.ends
        own = step.ends if isinstance(step.node.step, CallStep) else ()
        return (*(outcome for outcome in own if outcome != FAILED), CANCELLED)

    def is_met(self, join: int) -> bool:
        """The join is met."""
        return self.wiring.joins[join].rule.verdict(self.met[join], self.unmet[join]) == "met"

    def _settle(self) -> None:
        graph = len(self.wiring.wires)
        while self._stops or self._jobs:
            if self._stops:
                self._stop(self._stops.popleft())
                continue
            index = heappop(self._jobs)
            if index == graph:
                self._look_at_graph()
            elif self.status[index] == PENDING:
                self._look_at(index, self.wiring.wires[index])
            elif self.status[index] == RUNNING and self.wiring.wires[index].step.keeps is not None:
                self._look_at_keeping(index, self.wiring.wires[index].step.keeps or ())

    def _look_at_graph(self) -> None:
        if self.left:
            met = (name for name, end in self.wiring.early.items() if all(map(self.is_met, end)))
            self.ended_by = next(met, "")
            self.over = bool(self.ended_by)
        if self.over or not self.left:
            self.over = True
            self._jobs.clear()
            ends = self.wiring.ends
            if ends and not any(all(map(self.is_met, end)) for end in ends.values()):
                self._fall(Fault("no_end"))
            for reading in self.readings.get("", ()) if not self.left else ():
                if not self._sees(reading.step, None):
                    self._fall(Fault("absent", reading=reading))

    def _look_at(self, index: int, wire: Wire) -> None:
        if wire.step.since:
            self._look_at_watch(index, wire.step)
            return
        ready = not self.waits[index]
        for number in wire.joins:
            verdict = self.wiring.joins[number].rule.verdict(self.met[number], self.unmet[number])
            if verdict == "unmet":
                self._settled(index, NOT_REACHED)
                return
            ready = ready and verdict == "met"
        if ready:
            self._begin(index, wire.step)

    def _look_at_watch(self, index: int, step: Step) -> None:
        """A `watch` begins with what comes first, or never."""
        if any(map(self._has_happened, step.since)):
            self._run(index)
            if step.keeps is not None:
                self._look_at_keeping(index, step.keeps)
        elif all(each.step is not None and self._is_settled(each.step) for each in step.since):
            self._settled(index, NOT_REACHED)

    def _look_at_keeping(self, index: int, keeps: Sequence[Happening]) -> None:
        """It is kept by what has happened, and by what can no longer happen."""
        never = all(each.step is not None and self._is_settled(each.step) for each in keeps)
        if never or any(map(self._has_happened, keeps)):
            self._end(index, KEPT)

    def _has_happened(self, what: Happening) -> bool:
        if what.step is None:
            return True
        status = self.status[self.wiring.index[what.step]]
        if status in (PENDING, NOT_REACHED, SKIPPED):
            return False
        if what.inside:
            return bool(self._asked(Free(("inside", what.name))))
        return what.outcome is None or _meets(what.outcome, status)

    def _is_settled(self, step: str) -> bool:
        status = self.status[self.wiring.index[step]]
        return isinstance(status, str) or status == NOT_REACHED

    def _run(self, index: int) -> None:
        self.status[index] = RUNNING
        self.begun.append(index)
        for watcher in self.wiring.wires[index].watchers:
            heappush(self._jobs, watcher)

    def _begin(self, index: int, step: Step) -> None:
        readings = self.readings.get(step.id, ())
        self._read(step, [each for each in readings if each.role is Role.WHEN])
        held = True if step.when is None else self._truth(step.when)
        if held is not True:
            self._end(index, FAILED if held is None else SKIPPED)
            return
        own = (Role.WHEN, Role.CASE)
        self._read(step, [each for each in readings if each.role not in own])
        if step.cases:
            self._end(index, self._pick(step, readings))
        elif step.instant and self._asked(Free(("at once", step.id))):
            self._end(index, step.instant)
        else:
            self._run(index)

    def _pick(self, step: Step, readings: Sequence[Reading]) -> str:
        for name, case in step.cases:
            here = [each for each in readings if each.at.path[-1:] == (name,)]
            self._read(step, [each for each in here if each.role is Role.CASE])
            held = True if case is None else self._truth(case)
            if held is not False:
                return FAILED if held is None else name
        return FAILED

    def _read(self, step: Step, readings: Sequence[Reading]) -> None:
        for reading in readings:
            if not self._sees(reading.step, step):
                self._fall(Fault("absent", step.id, reading=reading))

    def _sees(self, read: str, reader: Step | None) -> bool:
        index = self.wiring.index[read]
        status = self.status[index]
        if not isinstance(status, str) or not self.wiring.wires[index].step.node.has_value(status):
            return False
        if reader is None or read not in reader.hidden:
            return True
        joins = self.wiring.wires[self.wiring.index[reader.id]].joins
        return any(
            self.wiring.joins[join].edges[position][0] == index
            for join in joins
            for position in self.taken.get(join, ())
        )

    def _end(self, index: int, outcome: str) -> None:
        step = self.wiring.wires[index].step
        self.status[index] = outcome
        if outcome in step.unnamed:
            self._fall(Fault("unnamed", step.id, outcome=outcome))
        if outcome == FAILED and not step.handled:
            raise Fell(None)
        self._settled(index, outcome)

    def _settled(self, index: int, status: Status) -> None:
        self.status[index] = status
        self.left -= 1
        wire = self.wiring.wires[index]
        for join, edge in wire.edges:
            (self.met if _meets(edge, status) else self.unmet)[join] += 1
        for waiter in wire.waiters:
            self.waits[waiter] -= 1
        if not self.left or self.wiring.early:
            heappush(self._jobs, len(self.wiring.wires))
        for join, edge in wire.edges:
            if _meets(edge, status):
                self._count(join)
        for follower in wire.followers:
            heappush(self._jobs, follower)

    def _count(self, number: int) -> None:
        """An edge of a join was met."""
        join = self.wiring.joins[number]
        if join.kind is JoinKind.ONE and self.met[number] > 1:
            self._fall(Fault("conflict", join.step, join.end, join.group))
        if not join.counted or number in self.taken or not self.is_met(number):
            return
        self.taken[number] = tuple(
            position
            for position, (source, edge) in enumerate(join.edges)
            if _meets(edge, self.status[source])
        )
        if join.cancel_rest:
            self._stops.extend(source for source, _ in join.edges)

    def _fall(self, fault: Fault) -> None:
        if not self.forgiving:
            raise Fell(fault)

    def _stop(self, index: int) -> None:
        status = self.status[index]
        if status == PENDING:
            self._settled(index, NOT_REACHED)
        elif status == RUNNING:
            step = self.wiring.wires[index].step
            if _takes_time_to_stop(step) and not self._pausing(step):
                self.status[index] = STOPPING
            else:
                self._settled(index, CANCELLED)

    def _pausing(self, step: Step) -> bool:
        """Between two attempts or rounds there is nothing to stop."""
        own = step.node.step
        may = (isinstance(own, CallStep) and own.retry is not None) or (
            isinstance(own, RepeatStep) and own.repeat.every is not None
        )
        return may and bool(self._asked(Free(("pausing", step.id))))

    def _asked(self, free: Free) -> bool | None:
        if free not in self.truths:
            raise Unknown(free)
        return self.truths[free]

    def _truth(self, condition: Condition) -> bool | None:
        match condition:
            case Always(value=value):
                return value
            case Free():
                return self._asked(condition)
            case OutcomeIs(step=step, outcome=outcome):
                status = self.status[self.wiring.index[step]]
                return status == outcome if isinstance(status, str) else None
            case HasValue(step=step, free=free, direct=direct):
                there = self._sees(step, None)
                return self._asked(free) if there else False if direct else None
            case Not(inner=inner):
                held = self._truth(inner)
                return None if held is None else not held
            case Several(left=left, right=right, either=either):
                sides = {self._truth(left), self._truth(right)}
                return either if either in sides else None if None in sides else not either


def _meets(edge: str, status: Status) -> bool:
    return isinstance(status, str) and edge in (status, "done")


def _takes_time_to_stop(step: Step) -> bool:
    return isinstance(step.node.step, CallStep | ForEachStep | RepeatStep)
