"""The common transitions, decided without the general machine: a run starts; a step ends well, and what stands behind it
goes on; the run ends.

They bring about what `decide` would, event for event. Where that is not sure from the beginning, nothing is done. Where it
turns out on the way (an expression fails, a step begins that is no plain one, a graph is over), the general machine
goes on from there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from typing import Any

from auterity_sdk.errors import AuterityError
from auterity_sdk.runs.beginning import run_started
from auterity_sdk.runs.bindings import bindings
from auterity_sdk.runs.commands import AttemptSucceeded, Start
from auterity_sdk.runs.decision import Decision
from auterity_sdk.runs.events import Event, RunEnded, StepEnded, StepNotReached, StepStarted
from auterity_sdk.runs.evolve import attempt_started, ended_plainly, step_not_reached
from auterity_sdk.runs.evolve_run import run_began, run_over
from auterity_sdk.runs.joins import MET, PENDING, edge_is_met
from auterity_sdk.runs.orders import RunAttempt, granted_to
from auterity_sdk.runs.plan import Begin, Lane, Short, StepPlan, Uses
from auterity_sdk.runs.producer import Lookup
from auterity_sdk.runs.settle import end_of, settle, standing
from auterity_sdk.runs.state import GOES_ON, RUNNING, RunState, Scope
from auterity_sdk.workflow.signature import SKIPPED

Straight = tuple[list[Event], list[RunAttempt] | None]
"""What a transition brought about, and the attempts to run: None where more may be to be done than that."""


def straight(state: RunState, command: AttemptSucceeded) -> Straight | None:
    """End the step of an attempt, and go on behind it. None: nothing is done, it is for `decide`.

    The state is moved on with the events.
    """
    path = command.step
    run = state.active.get(path)
    if run is None or run.status is not RUNNING or run.attempt != command.attempt:
        return None
    if state.undoing or state.plan.watches or state.place(path)[0].phase is not GOES_ON:
        return None
    return straight_on(state, command)


def straight_on(state: RunState, command: AttemptSucceeded) -> Straight | None:
    """`straight` for an attempt that the last transition has begun, with which nothing was left to the general machine."""
    path, outcome, at = command.step, command.outcome, command.at
    place = state.places.pop(path, None)
    scope, step = place or state.place(path)
    short = scope.plan.short[step.index]
    if outcome not in short.ends:
        return None
    if at > state.at:
        state.at = at
    else:
        at = state.at
    ended = StepEnded(at, path, outcome, command.output)
    state.seq += 1
    ended_plainly(state, ended, scope, step)
    begun = None if short.lane is None else _begun_along(short.lane, state, scope)
    if begun is not None:
        started, attempt = begun
        return [ended, started], [attempt]
    way = _Way(state, scope, at)
    way.follow(step, short, ended)
    way.go_on()
    return way.events, way.attempts


def straight_start(state: RunState, command: Start, run_id: str) -> Straight | None:
    """Start a run of whose beginning nothing is asked, and begin its first steps. None: nothing is done, it is for `decide`.

    The state is moved on with the events.
    """
    plan = state.plan
    if state.status != "new" or plan.has_entry or plan.watches:
        return None
    if command.priority or command.fresh:
        return None
    started = run_started(plan, command, command.at, run_id)
    state.seq, state.at = state.seq + 1, command.at
    run_began(state, started)
    way = _Way(state, state.scopes[""], command.at)
    way.events.append(started)
    way.jobs += plan.graph.roots
    way.go_on()
    return way.events, way.attempts


_NOTHING: Mapping[str, int] = {}


Begun = tuple[StepStarted, RunAttempt]


def _begun_along(lane: Lane, state: RunState, scope: Scope) -> Begun | None:
    """Let the only step begin that may behind one that has ended: of all that `_Way` looks at, nothing else has to be.

    None: it does not, or not here, and `_Way` finds out which.
    """
    step, join = lane.step, lane.join
    index = step.index
    if scope.runs[index] is not None:
        return None
    if join >= 0:
        if not scope.met[join] or scope.waits[index]:
            return None
    elif standing(scope, index) is not MET:
        return None
    begin = lane.begin
    lookup = scope.values.get if begin.reads_values else bindings(state, scope, step, state.at)
    try:
        if step.when is None or step.when.holds(lookup):
            return _begun(state, scope, step, begin, lane.work, lookup)
    except AuterityError:
        pass  # it is looked at once more, and left to the general machine
    return None


def _begun(
    state: RunState,
    scope: Scope,
    step: StepPlan,
    begin: Begin,
    work: Uses,
    lookup: Lookup,
) -> Begun:
    """Let a step begin with an attempt. Raises an `AuterityError` where it cannot: then nothing is done."""
    arguments = until = None
    if work.arguments is not None:
        arguments = work.arguments.produce(lookup)
    if begin.gate is not None:
        begin.gate.check(arguments, state.known, state.at)
        until = begin.gate.until(arguments, state.known, state.at)
    path = f"{scope.key}/{step.id}" if scope.key else step.id
    at, limit, deadline = state.at, begin.limit, begin.deadline
    if deadline is not None:
        deadline += at
    event = StepStarted(at, path, arguments, deadline, limit)
    state.seq += 1
    state.places[path] = scope, step
    attempt_started(state, event, scope, step)
    granted = granted_to(state, path) if state.granted else _NOTHING
    return event, RunAttempt(path, 1, work, arguments, limit, until, granted)


class _Way:
    """A transition within one instance of a graph. `jobs` is a heap of the steps that have to be looked at."""

    __slots__ = ("at", "attempts", "events", "jobs", "scope", "state")

    def __init__(self, state: RunState, scope: Scope, at: int) -> None:
        self.state = state
        self.scope = scope
        self.at = at
        self.events: list[Event] = []
        self.jobs: list[int] = []
        self.attempts: list[RunAttempt] | None = []

    def go_on(self) -> None:
        """Look at all that the events so far have touched."""
        scope, jobs = self.scope, self.jobs
        runs, steps, short = scope.runs, scope.plan.steps, scope.plan.short
        while jobs:
            index = heappop(jobs) if len(jobs) > 1 else jobs.pop()
            if runs[index] is not None:
                continue
            verdict = standing(scope, index)
            if verdict is PENDING:
                continue
            if verdict is MET:
                if not self._is_begun(steps[index], short[index]):
                    heappush(jobs, index)
                    self._leave()
            else:
                self._not_reached(steps[index])
        if self.attempts is not None and (not scope.left or scope.plan.early):
            self._end_graph()

    def end(
        self, step: StepPlan, short: Short, path: str, outcome: str, output: Any = None
    ) -> None:
        """A step ends, and those behind it are to be looked at."""
        ended = StepEnded(self.at, path, outcome, output)
        self.state.seq += 1
        ended_plainly(self.state, ended, self.scope, step)
        self.follow(step, short, ended)

    def follow(self, step: StepPlan, short: Short, ended: StepEnded) -> None:
        """Those behind a step that has ended are to be looked at."""
        self.events.append(ended)
        outcome = ended.outcome
        if short.recorded and any(edge_is_met(edge, outcome) for _, edge in short.recorded):
            self._join(step, outcome)
            return
        if self.jobs:
            self._look_at(step.followers)
        else:
            self.jobs += step.followers  # they stand in order, as a heap may

    def _look_at(self, steps: Sequence[int]) -> None:
        for index in steps:
            heappush(self.jobs, index)

    def _join(self, step: StepPlan, outcome: str) -> None:
        """An edge is met of a join for which it counts when that was."""
        decision = self._decision()
        decision.settled(self.scope, step, outcome)
        if decision.stops or self.scope.phase is not GOES_ON:
            self._leave(decision)
        else:
            self._look_at(step.followers)

    def _not_reached(self, step: StepPlan) -> None:
        event = StepNotReached(self.at, self.scope.path(step))
        self.events.append(event)
        self.state.seq += 1
        step_not_reached(event, self.scope, step)
        self._look_at(step.followers)

    def _is_begun(self, step: StepPlan, short: Short) -> bool:
        """Let a step begin whose joins are met; false, and nothing is done, where the general machine has to."""
        begin, state, scope = short.begin, self.state, self.scope
        if begin is None:
            return False
        work = begin.work
        lookup = scope.values.get if begin.reads_values else bindings(state, scope, step, self.at)
        try:
            if step.when is not None and not step.when.holds(lookup):
                self.end(step, short, scope.path(step), SKIPPED)
                return True
            if work is None:
                return self._is_picked(step, short, begin, lookup)
            event, attempt = _begun(state, scope, step, begin, work, lookup)
        except AuterityError:
            return False
        self.events.append(event)
        if self.attempts is not None:
            self.attempts.append(attempt)
        return True

    def _is_picked(self, step: StepPlan, short: Short, begin: Begin, lookup: Lookup) -> bool:
        for name, case in begin.cases:
            if case is None or case.holds(lookup):
                if name in short.ends:
                    self.end(step, short, self.scope.path(step), name)
                    return True
                break
        return False

    def _end_graph(self) -> None:
        if self.scope.left or self.scope.parent is not None or not self._is_over():
            self._leave()

    def _is_over(self) -> bool:
        """Let the run end of which nothing is left; false, and nothing is done, where the general machine has to."""
        state = self.state
        end = state.end or end_of(self.scope)
        if end is None:
            return False
        try:
            lookup: Lookup = self.scope.values.get
            if not state.plan.ends_with_values:
                lookup = bindings(state, self.scope, None, self.at, {"run": {"end": end}})
            output = state.plan.output.produce(lookup)
        except AuterityError:
            return False
        event = RunEnded(self.at, "succeeded", end, output)
        self.events.append(event)
        state.seq += 1
        run_over(state, event)
        return True

    def _decision(self) -> Decision:
        decision = Decision(self.state.plan, self.state, self.at)
        decision.events = self.events
        return decision

    def _leave(self, decision: Decision | None = None) -> None:
        """Let the general machine do the rest."""
        decision = decision or self._decision()
        for index in self.jobs:
            decision.look_at(self.scope, index)
        if not self.scope.left or self.scope.plan.early:
            decision.look_at_graph(self.scope)
        settle(decision)
        self.jobs.clear()
        self.attempts = None
