"""How every step is settled on the runs, as statements: the tables of the language, written once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, NamedTuple, TypeVar

from auterity_sdk.checks.facts.happening import Happening
from auterity_sdk.checks.soundness.algebra import Algebra, Plain, at_least
from auterity_sdk.checks.soundness.conditions import (
    Always,
    Condition,
    Free,
    HasValue,
    Not,
    OutcomeIs,
    Several,
)
from auterity_sdk.checks.soundness.model import Model, Step
from auterity_sdk.workflow.graph import NeedGroup
from auterity_sdk.workflow.needs import Edge, JoinKind
from auterity_sdk.workflow.signature import DONE, FAILED, SKIPPED

V = TypeVar("V")


class Truth(NamedTuple, Generic[V]):
    """On which runs a condition is true, and on which false; on the others it is an error."""

    yes: V
    no: V


class States(Generic[V]):
    """Of one graph that cancels nothing.

    `met[s]`: the needs of the step are met; `runs[s]`: its `when` is true as well; `ended[s][o]`: it ended
    in that outcome. `before[s][case]`: a switch has come to that case. `failing`: a failure that nothing
    handles ends the run.
    """

    def __init__(self, model: Model, algebra: Algebra[V]) -> None:
        self.model = model
        self.algebra = algebra
        self.met: dict[str, V] = {}
        self.runs: dict[str, V] = {}
        self.ended: dict[str, Mapping[str, V]] = {}
        self.before: dict[str, Mapping[str, V]] = {}
        self._failing: list[V] = []
        self._free: dict[Free, Truth[V]] = {
            free: self._fresh_truth(may_fail) for free, may_fail in model.free.items()
        }
        for step in model.steps.values():
            self._settle(step)
        self.failing: V = algebra.either(*self._failing)

    def edge(self, edge: Edge) -> V:
        """The edge is met."""
        ended = self.ended[edge.step]
        if edge.outcome == DONE:
            return self.algebra.either(*ended.values())
        return ended.get(edge.outcome or "ok", self.algebra.false)

    def group(self, group: NeedGroup) -> V:
        """A member of `needs` is met, once all is settled."""
        if group.kind is None:
            return self.edge(group.edges[0])
        wanted = group.count if group.kind is JoinKind.AT_LEAST else 1
        return at_least(self.algebra, wanted, [self.edge(edge) for edge in group.edges])

    def needs(self, groups: tuple[NeedGroup, ...]) -> V:
        """All members are met."""
        return self.algebra.both(*(self.group(group) for group in groups))

    def value(self, step: str) -> V:
        """The step has a value."""
        node = self.model.steps[step].node
        return self.algebra.either(
            *(held for outcome, held in self.ended[step].items() if node.has_value(outcome))
        )

    def truth(self, condition: Condition) -> Truth[V]:
        """On which runs a condition is true, and on which false."""
        algebra = self.algebra
        match condition:
            case Always(value=value):
                return Truth(*((algebra.true, algebra.false)[:: 1 if value else -1]))
            case Free():
                return self._free[condition]
            case OutcomeIs(step=step, outcome=outcome):
                others = (held for name, held in self.ended[step].items() if name != outcome)
                yes = self.ended[step].get(outcome, algebra.false)
                return Truth(yes, algebra.either(*others))
            case HasValue(step=step, free=free, direct=direct):
                there, asked = self.value(step), self._free[free]
                absent = algebra.negate(there) if direct else algebra.false
                yes = algebra.both(there, asked.yes)
                return Truth(yes, algebra.either(absent, algebra.both(there, asked.no)))
            case Not(inner=inner):
                return Truth(*self.truth(inner)[::-1])
            case Several(left=left, right=right, either=either):
                one, two = self.truth(left), self.truth(right)
                each, some = algebra.both, algebra.either
                if either:
                    return Truth(some(one.yes, two.yes), each(one.no, two.no))
                return Truth(each(one.yes, two.yes), some(one.no, two.no))

    def _fresh_truth(self, may_fail: bool) -> Truth[V]:
        no = self.algebra.fresh()
        yes = self.algebra.negate(no)
        if not may_fail:
            return Truth(yes, no)
        answered = self.algebra.negate(self.algebra.fresh())
        return Truth(self.algebra.both(answered, yes), self.algebra.both(answered, no))

    def _settle(self, step: Step) -> None:
        algebra = self.algebra
        met = runs = self.needs(step.needs) if step.needs else algebra.true
        if step.since:
            met = runs = algebra.both(met, algebra.either(*map(self._happens, step.since)))
        ended: dict[str, V] = {}
        failed: list[V] = []
        if step.when is not None:
            yes, no = self.truth(step.when)
            runs, ended[SKIPPED] = algebra.both(met, yes), algebra.both(met, no)
            failed.append(_neither(algebra, met, yes, no))
        if step.cases:
            failed.append(self._pick(step, runs, ended))
        else:
            self._choose(step, runs, ended)
        if FAILED in ended:
            failed.append(ended.pop(FAILED))
        if failed:
            by_failure = algebra.either(*failed)
            if step.handled:
                ended[FAILED] = by_failure
            else:
                self._failing.append(by_failure)
        self.met[step.id], self.runs[step.id], self.ended[step.id] = met, runs, ended

    def _happens(self, what: Happening) -> V:
        """It happens on the run; inside of a body it may, where the loop runs."""
        if what.step is None:
            return self.algebra.true
        if what.inside:
            return self.algebra.both(self.runs[what.step], self.algebra.fresh())
        if what.outcome is None:
            return self.runs[what.step]
        return self.edge(Edge(what.step, what.outcome))

    def _pick(self, step: Step, runs: V, ended: dict[str, V]) -> V:
        """The cases of a switch; the runs on which it fails."""
        algebra = self.algebra
        left, failed = runs, algebra.false
        before: dict[str, V] = {}
        for name, case in step.cases:
            before[name] = left
            if case is None:
                ended[name], left = left, algebra.false
                continue
            yes, no = self.truth(case)
            ended[name] = algebra.both(left, yes)
            failed = algebra.either(failed, _neither(algebra, left, yes, no))
            left = algebra.both(left, no)
        self.before[step.id] = before
        return algebra.either(failed, left)

    def _choose(self, step: Step, runs: V, ended: dict[str, V]) -> None:
        algebra, left = self.algebra, runs
        bits = [algebra.fresh() for _ in range((len(step.ends) - 1).bit_length())]
        for number, outcome in enumerate(step.ends[:-1]):
            code = [bit if number >> at & 1 else algebra.negate(bit) for at, bit in enumerate(bits)]
            ended[outcome] = algebra.both(runs, *code)
            left = algebra.both(left, algebra.negate(ended[outcome]))
        if step.ends:
            ended[step.ends[-1]] = left


def settled_states(model: Model, outcomes: Mapping[str, str | None]) -> States[bool]:
    """The states of one run that is over: how each step ended, None where it was not reached."""
    states = States.__new__(States)
    states.model, states.algebra = model, Plain()
    states.ended = {step: {} if how is None else {how: True} for step, how in outcomes.items()}
    states.met = {step: how is not None for step, how in outcomes.items()}
    return states


def _neither(algebra: Algebra[V], on: V, yes: V, no: V) -> V:
    return algebra.both(on, algebra.negate(yes), algebra.negate(no))
