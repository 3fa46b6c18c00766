"""One transition being decided: the events so far, the state after them, and what is still to be looked at."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import timedelta
from heapq import heappush
from typing import Any

from msgspec.structs import asdict

from auterity_sdk.errors import AuterityError, ConfigurationError, ExpressionError, StepError
from auterity_sdk.expression.problem import AbsentValue
from auterity_sdk.runs.bindings import bindings
from auterity_sdk.runs.cache import CachedResult
from auterity_sdk.runs.events import (
    BodyStarted,
    Event,
    JoinMet,
    RunBegun,
    RunStarted,
    ScopeStopping,
    StepEnded,
    StepNotReached,
    StepStarted,
)
from auterity_sdk.runs.evolve import evolve, is_settled
from auterity_sdk.runs.failure import Failure
from auterity_sdk.runs.joins import Verdict, edge_is_met
from auterity_sdk.runs.plan import FREE_OUTCOMES, Count, Join, Plan, StepPlan, Uses
from auterity_sdk.runs.producer import (
    Constant,
    Lookup,
    Producer,
    milliseconds,
    of_timedelta,
    whole,
)
from auterity_sdk.runs.state import GOES_ON, RunState, Scope
from auterity_sdk.workflow.needs import JoinKind

_WATCHED = frozenset(
    {
        StepStarted,
        StepEnded,
        StepNotReached,
        RunStarted,
        RunBegun,
        BodyStarted,
        ScopeStopping,
    }
)
"""What watches of `within` look at."""


class Decision:
    """Events are applied as they are made, so that each next one is decided on the state after it.

    `jobs` is a heap of (rank of the instance, index of the step): what has to be looked at, in the order
    in which a transition settles. An index behind the last step stands for the instance as a whole.
    `stops` are steps that are to be stopped first, each with whether its result is awaited; before these, watches
    look at the `notices`: what has happened, or an instance at which to look as a whole.
    """

    __slots__ = ("at", "events", "jitter", "jobs", "notices", "plan", "state", "stops")

    def __init__(self, plan: Plan, state: RunState, at: int, jitter: float = 1.0) -> None:
        self.plan = plan
        self.state = state
        self.at = at
        self.jitter = jitter
        self.events: list[Event] = []
        self.jobs: list[tuple[int, int]] = []
        self.stops: deque[tuple[Scope, StepPlan, bool]] = deque()
        self.notices: deque[Event | Scope] = deque()

    def emit(self, event: Event) -> None:
        """Add a fact."""
        self.events.append(event)
        evolve(self.state, event)
        if self.plan.watches and type(event) in _WATCHED:
            self.notices.append(event)

    def look_at(self, scope: Scope, index: int) -> None:
        """Let a step be looked at again."""
        heappush(self.jobs, (scope.rank, index))

    def begin_graph(self, scope: Scope) -> None:
        """Let the steps of an instance be looked at that wait for nothing."""
        for root in scope.plan.roots:
            self.look_at(scope, root)

    def look_at_graph(self, scope: Scope) -> None:
        """Let it be seen whether an instance is over."""
        heappush(self.jobs, (scope.rank, len(scope.plan.steps)))

    def lookup(
        self, scope: Scope, viewer: StepPlan | None, extra: Mapping[str, Any] | None = None
    ) -> Lookup:
        """What expressions read."""
        return bindings(self.state, scope, viewer, self.at, extra)

    def due(self, scope: Scope, step: StepPlan, timeout: Producer | None) -> int | None:
        """When a timeout that begins now is over. Raises `ExpressionError`."""
        length = self.length(scope, step, timeout)
        return None if length is None else self.at + length

    def length(self, scope: Scope, step: StepPlan, duration: Producer | None) -> int | None:
        """A duration in milliseconds. Raises `ExpressionError`."""
        if duration is None:
            return None
        if isinstance(duration, Constant) and isinstance(duration.data, timedelta):
            return of_timedelta(duration.data)
        return milliseconds(duration.produce(self.lookup(scope, step)))

    def count(self, scope: Scope, step: StepPlan, count: Count | None) -> int | None:
        """The number that an expression gives; None where none does. Raises `ExpressionError`."""
        if count is None or isinstance(count, int):
            return None
        return whole(count.value(self.lookup(scope, step)))

    def end(
        self,
        scope: Scope,
        step: StepPlan,
        outcome: str,
        output: Any = None,
        error: Failure | None = None,
        earlier: CachedResult | None = None,
        *,
        gathered: bool = False,
    ) -> None:
        """A step ends, by a result of its own or an `earlier` one: what another run did is not this one's to undo.

        Every end comes here, so that no rule about ends is missed.
        """
        if step.named is not None and outcome not in FREE_OUTCOMES and outcome not in step.named:
            error = Failure("unhandled_outcome", f"nothing names the outcome `{outcome}`")
            outcome, output, gathered = "failed", None, False
        undo = None
        if step.undo is not None and earlier is None and step.has_value(outcome):
            try:
                undo = self._undo(scope, step, step.undo, output)
            except AuterityError as problem:
                outcome, output, error = "failed", None, failure_of(problem)
        path = scope.path(step)
        if error is not None:
            error = error.at(path)
        if earlier is None:
            facts, withdrawn = self._facts(scope, step, outcome)
            ended = StepEnded(
                self.at, path, outcome, output, error, undo, facts, withdrawn, gathered
            )
        else:
            ended = _taken(self.at, path, outcome, output, error, earlier)
        self.emit(ended)
        self.settled(scope, step, outcome)
        if outcome == "failed" and not step.handled:
            self.stop_graph(scope, "failed", error)

    def _facts(
        self, scope: Scope, step: StepPlan, outcome: str
    ) -> tuple[tuple[Mapping[str, Any], ...], tuple[list[str], ...]]:
        """What the step gave and withdrew by ending so."""
        run = scope.runs[step.index]
        if step.gate is None or run is None or not step.has_value(outcome):
            return (), ()
        known = step.gate.given(run.arguments, outcome, self.at)
        withdrawn = step.gate.withdrawn(run.arguments, outcome)
        return tuple(asdict(fact) for fact in known), tuple(withdrawn)

    def not_reached(self, scope: Scope, step: StepPlan) -> None:
        """A step can never start."""
        self.emit(StepNotReached(self.at, scope.path(step)))
        self.settled(scope, step, None)

    def fail(self, scope: Scope, step: StepPlan, error: AuterityError | Failure) -> None:
        """A step ends failed."""
        failure = error if isinstance(error, Failure) else failure_of(error)
        self.end(scope, step, "failed", error=failure)

    def stop_graph(self, scope: Scope, cause: str, error: Failure | None = None) -> None:
        """A graph fails, is cancelled, or has come to its end: all that is left of it stops."""
        if scope.phase is not GOES_ON:
            return
        self.emit(ScopeStopping(self.at, scope.key, cause, error))
        for index, run in enumerate(scope.runs):
            if not is_settled(run):
                self.stops.append((scope, scope.plan.steps[index], True))
        self.look_at_graph(scope)

    def settled(self, scope: Scope, step: StepPlan, outcome: str | None) -> None:
        """What the end of a step brings about in its graph."""
        if not scope.left or scope.plan.early:
            self.look_at_graph(scope)
        if scope.phase is not GOES_ON:
            return
        for number, edge in step.edges:
            join = scope.plan.joins[number]
            if join.recorded and edge_is_met(edge, outcome):
                self.join_met(scope, number, join)
                if scope.phase is not GOES_ON:
                    return  # it has failed by that: its other joins are for nothing
        for follower in step.followers:
            self.look_at(scope, follower)

    def join_met(self, scope: Scope, number: int, join: Join) -> None:
        """An edge was met of a join for which it counts when that was."""
        met = scope.met[number]
        if join.rule.kind is JoinKind.ONE and met > 1:
            error = Failure("join_conflict", "two edges of a `one` were met")
            self.stop_graph(scope, "failed", error.at(_needing(scope, join)))
            return
        if number in scope.taken or join.rule.verdict(met, 0) is not Verdict.MET:
            return
        edges = tuple(
            position
            for position, (source, edge) in enumerate(join.edges)
            if (run := scope.runs[source]) is not None and edge_is_met(edge, run.outcome)
        )
        self.emit(JoinMet(self.at, scope.key, number, edges))
        if join.cancel_rest:
            self.stops.extend((scope, scope.plan.steps[source], False) for source, _ in join.edges)

    def _undo(self, scope: Scope, step: StepPlan, work: Uses, output: Any) -> dict[str, Any]:
        """The compensation of a step that ends with `output`, evaluated now. Raises `ExpressionError`."""
        lookup = self.lookup(scope, step, {step.id: {} if output is None else output})
        arguments = None if work.arguments is None else work.arguments.produce(lookup)
        made = {"with": arguments}
        for name, duration in (("timeout", work.timeout), ("limit", work.retry.limit)):
            if duration is not None:
                made[name] = milliseconds(duration.produce(lookup))
        return made


def _taken(
    at: int, path: str, outcome: str, output: Any, error: Failure | None, earlier: CachedResult
) -> StepEnded:
    facts, withdrawn = ((), ()) if error else (earlier.facts, earlier.withdrawn)
    return StepEnded(
        at, path, outcome, output, error, None, facts, withdrawn, origin=earlier.origin
    )


def _needing(scope: Scope, join: Join) -> str:
    return scope.path(scope.plan.steps[join.step]) if join.step >= 0 else scope.key


def failure_of(error: AuterityError) -> Failure:
    """An error as the journal keeps it."""
    match error:
        case StepError():
            return Failure(error.type, error.message, error.retryable, error.retry_after)
        case AbsentValue():
            return Failure("value_absent", error.message)
        case ExpressionError():
            return Failure("expression", error.message)
        case ConfigurationError():
            return Failure("configuration", error.message)
        case _:
            return Failure("error", error.message)
