"""A run just before and just after one thing happens: what has started and ended, as statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Generic, TypeVar

from msgspec import Struct, field

from auterity_sdk.checks.facts.happening import Happening
from auterity_sdk.checks.guarantees.precedence import Precedence
from auterity_sdk.checks.soundness.algebra import at_least
from auterity_sdk.checks.soundness.conditions import Condition, free_parts
from auterity_sdk.checks.soundness.model import Step
from auterity_sdk.checks.soundness.states import States
from auterity_sdk.workflow import occurrences
from auterity_sdk.workflow.duration import Duration
from auterity_sdk.workflow.graph import NeedGroup
from auterity_sdk.workflow.needs import Edge, JoinKind
from auterity_sdk.workflow.signature import DONE, FAILED
from auterity_sdk.workflow.step import ForEachStep, RepeatStep, SwitchStep, WaitStep, WatchStep

V = TypeVar("V")


class Moment(Struct, Generic[V]):
    """What is known of each step then. `failing`: it has failed at once, and nothing handles that."""

    begun: V
    started: dict[str, V] = field(default_factory=dict)
    ended: dict[str, V] = field(default_factory=dict)
    settled: dict[str, V] = field(default_factory=dict)
    failing: dict[str, V] = field(default_factory=dict)
    inside: dict[Happening, V] = field(default_factory=dict)


class Moments(Generic[V]):
    """Two moments of one run with nothing between: one step ends, or the run starts, and all that follows at once
    from it has happened in the second.

    Which steps have ended is free, but for what the graph forces: a step starts as soon as its needs are met and
    what it reads is settled, and a `switch` takes no time. Any other step may take any time.
    """

    def __init__(self, states: States[V], *, in_body: bool) -> None:
        self.states = states
        self._algebra = algebra = states.algebra
        steps = states.model.steps
        self._errors = {
            free: algebra.fresh() for free, may_fail in states.model.free.items() if not may_fail
        }
        self._at_once = {step.id: self._may_end_at_once(step) for step in steps.values()}
        done = {step: algebra.negate(algebra.fresh()) for step in steps}
        self.next = {step: algebra.fresh() for step in steps}
        self._in_body = in_body
        self.precedence = Precedence(states.model)
        self._sometime: dict[Happening, tuple[V, V, V]] = {}
        self.before: Moment[V] = Moment(algebra.negate(algebra.fresh()))
        self._settle(self.before, done)
        ended = {
            step: algebra.both(
                self.before.started[step], algebra.either(done[step], self.next[step])
            )
            for step in steps
        }
        self.after: Moment[V] = Moment(algebra.true)
        self._settle(self.after, ended)

    @cached_property
    def possible(self) -> list[V]:
        """At most one step ends between the two, and the run has not failed before."""
        algebra = self._algebra
        several = at_least(algebra, 2, [*self.next.values()])
        failed = algebra.either(*self.before.failing.values())
        return [algebra.negate(several), algebra.negate(failed)]

    def happened(self, what: Happening) -> V:
        """It has happened in the second moment."""
        return self._algebra.either(self._in(self.before, what), self.happens(what))

    def happens(self, what: Happening) -> V:
        """It happens between the two moments, where no failure comes first."""
        algebra = self._algebra
        causes = self.precedence.causes(what.step) if what.step is not None else frozenset[str]()
        stopped = algebra.either(*(self.after.failing[step] for step in sorted(causes)))
        return algebra.both(
            self._in(self.after, what),
            algebra.negate(self._in(self.before, what)),
            algebra.negate(stopped),
        )

    def comes_after(self, what: Happening, earlier: Happening) -> V:
        """`earlier` has happened before `what`, which happens between the two moments."""
        known = self._in(self.before, earlier)
        if not self.precedence.leads_to(earlier, what):
            return known
        return self._algebra.either(known, self._in(self.after, earlier))

    def ends_late(self, what: Happening) -> V:
        """A step ends so although a failure at the second moment stops the run: it was running then.

        What runs is told to stop, and its result still counts.
        """
        algebra, after, step = self._algebra, self.after, what.step
        if step is None or what.outcome is None or what.outcome == FAILED or not self.stoppers:
            return algebra.false
        stopped = algebra.either(
            *(after.failing[each] for each in sorted(self.precedence.causes(step)))
        )
        ended = algebra.either(after.ended[step], after.failing[step], stopped)
        own = algebra.true
        if what.outcome != DONE:
            own = self.states.ended[step].get(what.outcome, algebra.false)
        fails = algebra.either(*(after.failing[each] for each in self.stoppers))
        return algebra.both(fails, after.started[step], algebra.negate(ended), own)

    def stopped_before(self, what: Happening, earlier: Sequence[Happening]) -> V:
        """A step ends late, and nothing of `earlier` came before the failure that stops the run."""
        algebra, late = self._algebra, self.ends_late(what)
        return algebra.either(
            *(
                algebra.both(late, self.after.failing[stopper], algebra.negate(known))
                for stopper in self.stoppers
                for known in [algebra.either(*self._came(what, earlier, stopper))]
            )
        )

    def _came(self, what: Happening, earlier: Sequence[Happening], stopper: str) -> Iterator[V]:
        before_it = self.precedence.causes(stopper) | {stopper}
        for each in earlier:
            surely = each.step in before_it or self.precedence.leads_to(each, what)
            yield self._in(self.after if surely else self.before, each)

    @cached_property
    def stoppers(self) -> tuple[str, ...]:
        """The steps that can fail at once, with nothing that handles it."""
        steps = self.states.model.steps.values()
        return tuple(s.id for s in steps if not s.handled and (s.when or s.cases))

    def _in(self, moment: Moment[V], what: Happening) -> V:
        if what.step is None:
            return self._algebra.true if self._in_body else moment.begun
        if what.inside:
            return self._inside(moment, what, what.step)
        if what.outcome is None:
            return moment.started[what.step]
        if what.outcome == DONE:
            return self._algebra.either(moment.ended[what.step], moment.failing[what.step])
        held = self.states.ended[what.step].get(what.outcome, self._algebra.false)
        return self._algebra.both(moment.ended[what.step], held)

    def _inside(self, moment: Moment[V], what: Happening, step: str) -> V:
        """It may have happened once the step has started, and it never does on some runs."""
        if what not in moment.inside:
            algebra = self._algebra
            if what not in self._sometime:
                self._sometime[what] = (algebra.fresh(), algebra.fresh(), algebra.fresh())
            ever, early, late = self._sometime[what]
            soon = early if moment is self.before else algebra.either(early, late)
            at_last = algebra.either(moment.ended.get(step, algebra.false), soon)
            moment.inside[what] = algebra.both(moment.started[step], ever, at_last)
        return moment.inside[what]

    def _may_end_at_once(self, step: Step) -> V:
        """A loop over nothing, a time gone by, an argument that cannot be evaluated."""
        algebra, kind = self._algebra, step.node.step
        if isinstance(kind, SwitchStep):
            return algebra.true
        if isinstance(kind, ForEachStep | RepeatStep | WatchStep):
            return algebra.fresh()
        if isinstance(kind, WaitStep) and (
            not isinstance(kind.wait, Duration) or not kind.wait.milliseconds
        ):
            return algebra.fresh()
        failed = self.states.ended[step.id].get(FAILED)
        if failed is None or kind is None:
            return algebra.false
        if not any(found.expressions() for found in occurrences.of_step(kind, step.node.path)):
            return algebra.false
        return algebra.both(failed, algebra.fresh())

    def _settle(self, moment: Moment[V], done: Mapping[str, V]) -> None:
        algebra = self._algebra
        for step in self.states.model.steps.values():
            ready = algebra.both(moment.begun, *(self._met(moment, g) for g in step.needs))
            ready = algebra.both(ready, *(moment.settled[read] for read in step.waits))
            if step.since:
                begun = (self._in(moment, each) for each in step.since)
                ready = algebra.both(ready, algebra.either(*begun))
            runs, ends = self.states.runs[step.id], self.states.ended[step.id].values()
            unread, undecided = self._error(step.when), self._error(*(c for _, c in step.cases))
            somehow = algebra.both(
                algebra.either(*ends), algebra.negate(unread), algebra.negate(undecided)
            )
            at_last = algebra.either(algebra.negate(runs), self._at_once[step.id], done[step.id])
            moment.started[step.id] = algebra.both(ready, runs, algebra.negate(unread))
            moment.ended[step.id] = algebra.both(ready, somehow, at_last)
            moment.failing[step.id] = algebra.both(ready, algebra.negate(somehow))
            never = algebra.either(*(self._unmet(moment, group) for group in step.needs))
            if step.since and all(each.step is not None for each in step.since):
                over = (moment.settled[each.step] for each in step.since if each.step is not None)
                never = algebra.both(algebra.negate(runs), *over)
            moment.settled[step.id] = algebra.either(moment.ended[step.id], never)

    def _error(self, *conditions: Condition | None) -> V:
        """A condition cannot be evaluated, and nothing handles that. Equal conditions err alike."""
        parts = (part for each in conditions if each is not None for part in free_parts(each))
        return self._algebra.either(*(self._errors[p] for p in parts if p in self._errors))

    def _met(self, moment: Moment[V], group: NeedGroup) -> V:
        algebra = self._algebra
        met = [
            algebra.both(moment.settled[edge.step], self.states.edge(edge)) for edge in group.edges
        ]
        if group.kind is None:
            return met[0]
        if group.kind is JoinKind.ANY:
            return algebra.both(
                algebra.either(*met), *(moment.settled[edge.step] for edge in group.edges)
            )
        return at_least(algebra, group.count, met)

    def _unmet(self, moment: Moment[V], group: NeedGroup) -> V:
        unmet = [self._missed(moment, edge) for edge in group.edges]
        wanted = group.count if group.kind is JoinKind.AT_LEAST else 1
        return at_least(self._algebra, len(unmet) - wanted + 1, unmet)

    def _missed(self, moment: Moment[V], edge: Edge) -> V:
        missed = self._algebra.negate(self.states.edge(edge))
        return self._algebra.both(moment.settled[edge.step], missed)
