"""What can come about while one step has not ended yet."""

from __future__ import annotations

from typing import Generic, TypeVar

from auterity_sdk.checks.soundness.algebra import at_least
from auterity_sdk.checks.soundness.model import Step
from auterity_sdk.checks.soundness.states import States
from auterity_sdk.workflow.graph import NeedGroup
from auterity_sdk.workflow.needs import Edge, JoinKind

V = TypeVar("V")


class Meanwhile(Generic[V]):
    """The runs on which steps start, and are settled, before the step `pending` is."""

    def __init__(self, states: States[V], pending: str) -> None:
        self._states = states
        false, true = states.algebra.false, states.algebra.true
        self._settled: dict[str, V] = {pending: false}
        algebra = states.algebra
        for step in self._after(pending):
            waits = [self._settled.get(read, true) for read in step.waits]
            started = algebra.both(*waits, *(self._met(group) for group in step.needs))
            left_out = algebra.either(*(self._unmet(group) for group in step.needs))
            if step.since:
                started = algebra.both(started, self._begun(step))
                left_out = algebra.negate(states.met[step.id])
            self._settled[step.id] = algebra.either(started, left_out)

    def _begun(self, step: Step) -> V:
        """A `watch` begins by then: with a step that has ended, or one that may have started."""
        algebra, true = self._states.algebra, self._states.algebra.true
        return algebra.either(
            *(
                true
                if each.step is None or each.outcome is None
                else self._settled.get(each.step, true)
                for each in step.since
            )
        )

    def edge(self, edge: Edge) -> V:
        """The edge is met by then."""
        algebra = self._states.algebra
        settled = self._settled.get(edge.step, algebra.true)
        return algebra.both(settled, self._states.edge(edge))

    def _after(self, pending: str) -> list[Step]:
        model = self._states.model
        seen, waiting = {pending}, [pending]
        while waiting:
            for after in model.after[waiting.pop()]:
                if after not in seen:
                    seen.add(after)
                    waiting.append(after)
        return [
            model.steps[step] for step in sorted(seen - {pending}, key=model.places.__getitem__)
        ]

    def _not_met(self, edge: Edge) -> V:
        algebra = self._states.algebra
        settled = self._settled.get(edge.step, algebra.true)
        return algebra.both(settled, algebra.negate(self._states.edge(edge)))

    def _met(self, group: NeedGroup) -> V:
        algebra = self._states.algebra
        met = [self.edge(edge) for edge in group.edges]
        if group.kind is JoinKind.ANY:
            true = algebra.true
            settled = (self._settled.get(edge.step, true) for edge in group.edges)
            return algebra.both(*settled, algebra.either(*met))
        wanted = group.count if group.kind is JoinKind.AT_LEAST else 1
        return at_least(algebra, wanted, met)

    def _unmet(self, group: NeedGroup) -> V:
        missing = [self._not_met(edge) for edge in group.edges]
        wanted = group.count if group.kind is JoinKind.AT_LEAST else 1
        return at_least(self._states.algebra, len(group.edges) - wanted + 1, missing)
