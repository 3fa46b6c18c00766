"""When each step of one run starts and ends, and which step it waited for last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from auterity_sdk.checks.facts.happening import Happening
from auterity_sdk.checks.guarantees.lateness import Lateness
from auterity_sdk.checks.soundness.model import Model, Step
from auterity_sdk.workflow.graph import NeedGroup
from auterity_sdk.workflow.needs import Edge, JoinKind
from auterity_sdk.workflow.signature import DONE


class Instant(Struct, frozen=True):
    """Milliseconds since what is counted from; `after` is the step whose end brought it about."""

    at: float
    after: str | None = None


class Leg(Struct, frozen=True):
    """A step on the way, how it ended, and how long that took; `outcome` None: not reached."""

    step: str
    outcome: str | None
    length: float


class Timeline:
    """Of the run on which the steps are settled as `settled` says (None: not reached)."""

    def __init__(self, model: Model, lateness: Lateness, settled: Mapping[str, str | None]) -> None:
        self._lateness = lateness
        self._settled = settled
        self._starts: dict[str, Instant] = {}
        self._ends: dict[str, float] = {}
        for step in model.steps.values():
            self._place(step)

    def when(self, what: Happening) -> float:
        """When it happens on this run."""
        if what.step is None:
            return 0.0
        return self._starts[what.step].at if what.outcome is None else self._ends[what.step]

    def way(self, what: Happening) -> tuple[Leg, ...]:
        """The steps that it waited for, first to last, that took time."""
        legs: list[Leg] = []
        step = what.step
        if step is not None and what.outcome is None:
            step = self._starts[step].after
        while step is not None and not self._lateness.past(step):
            outcome = self._settled[step]
            length = self._lateness.length(step, outcome) if outcome is not None else 0.0
            if length:
                legs.append(Leg(step, outcome, length))
            step = self._starts[step].after
        return tuple(reversed(legs))

    def _place(self, step: Step) -> None:
        outcome = self._settled[step.id]
        if self._lateness.past(step.id) or not self._lateness.counts(step.id):
            self._starts[step.id], self._ends[step.id] = Instant(0.0), 0.0
            return
        if self._lateness.begins_with(step.id):
            start = Instant(0.0)
        elif outcome is None:
            start = min((self._unmet(group) for group in step.needs), key=_when, default=Instant(0))
        else:
            reads = [Instant(self._ends[read], read) for read in step.waits]
            groups = [self._met(group) for group in step.needs]
            start = max([*groups, *reads, *self._begun(step)], key=_when, default=Instant(0.0))
        self._starts[step.id] = start
        length = 0.0 if outcome is None else self._lateness.length(step.id, outcome)
        self._ends[step.id] = start.at + length

    def _begun(self, step: Step) -> Iterator[Instant]:
        """When a `watch` begins."""
        if not self._lateness.longest:
            return
        for each in step.since:
            if each.step is not None and self._settled[each.step] is not None:
                yield Instant(self._ends[each.step] if each.inside else self.when(each), each.step)

    def _met(self, group: NeedGroup) -> Instant:
        settled = [Instant(self._ends[edge.step], edge.step) for edge in group.edges]
        if group.kind in (None, JoinKind.ANY):
            return max(settled, key=_when)
        met = [each for edge, each in zip(group.edges, settled, strict=True) if self._meets(edge)]
        return sorted(met, key=_when)[group.count - 1] if len(met) >= group.count else Instant(0.0)

    def _unmet(self, group: NeedGroup) -> Instant:
        missed = [
            Instant(self._ends[edge.step], edge.step)
            for edge in group.edges
            if not self._meets(edge)
        ]
        wanted = group.count if group.kind is JoinKind.AT_LEAST else 1
        needed = len(group.edges) - wanted + 1
        if len(missed) < needed:
            return Instant(float("inf"))
        return sorted(missed, key=_when)[needed - 1]

    def _meets(self, edge: Edge) -> bool:
        outcome = self._settled[edge.step]
        return outcome is not None and edge.outcome in (outcome, DONE)


def _when(instant: Instant) -> float:
    return instant.at
