"""`decide`: what a command brings about. Pure: time and chance come with the command."""

from __future__ import annotations

from contextlib import suppress
from typing import assert_never

from auterity_sdk.errors import AuterityError, UsageError
from auterity_sdk.runs import admission, compensation, watches
from auterity_sdk.runs import commands as c
from auterity_sdk.runs.beginning import run_started
from auterity_sdk.runs.decision import Decision
from auterity_sdk.runs.events import (
    AttemptLost,
    CancelAsked,
    Event,
    RunBegun,
    RunEntered,
)
from auterity_sdk.runs.failure import PROCESS_DIED, TIMEOUT_ERROR, Failure
from auterity_sdk.runs.kinds import approvals, attempts, budgets, doubt, loops, settling, waits
from auterity_sdk.runs.locks import digest_of
from auterity_sdk.runs.plan import ONCE, Approve, Call, Plan, Retry, StepPlan, Uses
from auterity_sdk.runs.priority import priority_of
from auterity_sdk.runs.settle import settle
from auterity_sdk.runs.state import COMPENSATE, WATCH, Phase, RunState, Scope, Status, StepRun

MOST_LOST = 8
"""So many processes may die while one attempt runs; then it is taken to be the reason, and the step fails."""

_ANSWERING = (Status.RUNNING, Status.STOPPING)


def decide(plan: Plan, state: RunState, command: c.Command, run_id: str = "") -> list[Event]:
    """The events that a command brings about, none where it comes too late to count.

    The state is moved on with them: it is that after the events, and to be thrown away (and folded anew
    from the journal) where they cannot be appended. `run_id` names the run that `Start` begins.
    Raises `UsageError` for an approval that cannot be taken, and for a `Start` of a run that has started.
    """
    jitter = 1.0 if type(command) is c.AttemptSucceeded else getattr(command, "jitter", 1.0)
    decision = Decision(plan, state, max(command.at, state.at), jitter)
    if isinstance(command, c.Start):
        _begin(decision, command, run_id)
    elif not state.over:
        _happen(decision, command)
    settle(decision)
    return decision.events


def _begin(decision: Decision, command: c.Start, run_id: str) -> None:
    if decision.state.status != "new":
        raise UsageError(f"the run {run_id} has started already")
    plan = decision.plan
    decision.emit(run_started(plan, command, decision.at, run_id))
    root = decision.state.scopes[""]
    if plan.has_entry or command.priority or command.fresh:
        entered = _entered(decision, command)
        decision.emit(entered)
        if entered.queue:
            return
    decision.begin_graph(root)


def _entered(decision: Decision, command: c.Start) -> RunEntered:
    plan, lookup = decision.plan, decision.lookup(decision.state.scopes[""], None)
    once = digest_of(plan.once.key, lookup, "once", plan.name) if plan.once else ""
    limits, queue = plan.concurrency, ""
    if limits is not None:
        queue = digest_of(limits.key, lookup, "runs", plan.name)
    own = command.priority if plan.priority is None else priority_of(plan.priority, lookup)
    return RunEntered(decision.at, once, queue, own, command.fresh)


def _deadline(decision: Decision) -> int | None:
    timeout = decision.plan.timeout
    return None if timeout is None else decision.at + timeout


def _happen(decision: Decision, command: c.Command) -> None:
    match command:
        case c.AttemptSucceeded() | c.AttemptFailed() | c.AttemptStopped():
            _attempt(decision, command)
        case c.ChildEnded():
            _child_ended(decision, command)
        case c.TimerDue():
            _timers(decision)
        case c.ApprovalGiven() | c.Settle():
            _person(decision, command)
        case c.OutsideEvent():
            _outside_event(decision, command)
        case c.LockGranted():
            _lock_granted(decision, command.step)
        case c.CacheAnswered():
            _cache_answered(decision, command)
        case c.TurnRefused(error=error, step=step):
            _turn_refused(decision, step, error)
        case c.DriverDied():
            _driver_died(decision, command.steps)
        case c.Cancel():
            _cancel(decision, command)
        case c.Start():
            return
        case _:
            assert_never(command)


def _person(decision: Decision, command: c.ApprovalGiven | c.Settle) -> None:
    scope, step = _place(decision.state, command.step)
    if isinstance(command, c.Settle):
        settling.settle_step(decision, scope, step, command)
        return
    run = scope.runs[step.index]
    if run is not None and run.held is not None and run.status is Status.WAITING:
        budgets.answer(decision, run.held, command)
    else:
        approvals.answer(decision, scope, step, command)


def _place(state: RunState, path: str) -> tuple[Scope, StepPlan]:
    try:
        return state.place(path)
    except KeyError:
        raise UsageError(
            f"the run {state.run_id} has no step `{path}`",
            help=f"`auterity runs show {state.run_id}` lists its steps",
        ) from None


def _answering(state: RunState, path: str, attempt: int) -> tuple[Scope, StepPlan, StepRun] | None:
    """The step whose attempt answers; None where the answer comes too late."""
    scope, step = _place(state, path)
    run = scope.runs[step.index]
    if run is None or run.attempt != attempt or run.status not in _ANSWERING:
        return None
    return scope, step, run


def _attempt(
    decision: Decision, command: c.AttemptSucceeded | c.AttemptFailed | c.AttemptStopped
) -> None:
    if command.step.endswith(COMPENSATE):
        _compensation_attempt(decision, command)
        return
    found = _answering(decision.state, command.step, command.attempt)
    if found is None:
        return
    scope, step, run = found
    match command:
        case c.AttemptSucceeded(outcome=outcome, output=output):
            attempts.succeeded(decision, scope, step, run, outcome, output)
        case c.AttemptFailed(error=error):
            _attempt_failed(decision, scope, step, run, error)
        case c.AttemptStopped(lost=True) if run.status is Status.RUNNING:
            doubt.lost(decision, scope, step, run)
        case c.AttemptStopped(lost=lost):
            (attempts.lost if lost else attempts.stopped)(decision, scope, step, run)


def _attempt_failed(
    decision: Decision, scope: Scope, step: StepPlan, run: StepRun, error: Failure
) -> None:
    bound = budgets.pausing(step, error)
    if bound is None or run.status is not Status.RUNNING or scope.phase is not Phase.RUNNING:
        attempts.failed(decision, scope, step, run, error, _retry(step))
    else:
        budgets.ask(decision, scope, step, error, bound)


def _retry(step: StepPlan) -> Retry:
    return step.work.retry if isinstance(step.work, Uses | Call) else ONCE


def _compensation_attempt(
    decision: Decision, command: c.AttemptSucceeded | c.AttemptFailed | c.AttemptStopped
) -> None:
    scope = decision.state.undoing.get(command.step)
    run = None if scope is None else scope.undoing
    if scope is None or run is None or run.attempt != command.attempt:
        return
    if run.status is not Status.RUNNING:
        return
    match command:
        case c.AttemptSucceeded():
            compensation.ended(decision, scope, command.step)
        case c.AttemptFailed(error=error):
            compensation.failed(decision, scope, command.step, error)
        case c.AttemptStopped(lost=lost):
            if lost:
                compensation.lost(decision, scope, command.step)


def _child_ended(decision: Decision, command: c.ChildEnded) -> None:
    found = _answering(decision.state, command.step, command.attempt)
    if found is None:
        return
    scope, step, run = found
    if command.status == "succeeded":
        output = {} if command.output is None else command.output
        attempts.succeeded(decision, scope, step, run, command.end or "ok", output)
        return
    said = f"the child run was {command.status}"
    if command.error is not None:
        said = f"the child run failed with {command.error.type}: {command.error.message}"
    error = Failure(f"child_{command.status}", said, retryable=command.status == "failed")
    attempts.failed(decision, scope, step, run, error, _retry(step))


def _lock_granted(decision: Decision, path: str) -> None:
    if path not in decision.state.asking:
        return
    if not path:
        decision.emit(RunBegun(decision.at, _deadline(decision)))
        decision.begin_graph(decision.state.scopes[""])
        return
    scope, step = decision.state.place(path)
    run = scope.runs[step.index]
    if run is None:
        return
    try:
        admission.granted(decision, scope, step, run)
    except AuterityError as error:
        decision.fail(scope, step, error)


def _turn_refused(decision: Decision, path: str, error: Failure) -> None:
    if path not in decision.state.asking:
        return
    if path:
        decision.fail(*decision.state.place(path), error)
    else:
        decision.stop_graph(decision.state.scopes[""], "failed", error)


def _cache_answered(decision: Decision, command: c.CacheAnswered) -> None:
    scope, step = _place(decision.state, command.step)
    run = scope.runs[step.index]
    if run is None or run.status is not Status.LOOKING:
        return
    if command.found is not None:
        found = command.found
        decision.end(scope, step, found.outcome, found.output, earlier=found)
        return
    try:
        admission.queue_up(decision, scope, step)
    except AuterityError as error:
        decision.fail(scope, step, error)


def _driver_died(decision: Decision, steps: frozenset[str] | None) -> None:
    """Attempts that ran are lost. They run again, but for those that may not; one with which so many died has failed."""
    state = decision.state
    for path, run in tuple(state.active.items()):
        if run.status is not Status.RUNNING or (steps is not None and path not in steps):
            continue
        undone = state.undoing.get(path)
        if undone is not None:
            decision.emit(AttemptLost(decision.at, path))
            if not compensation.lost(decision, undone, path) and run.lost >= MOST_LOST:
                compensation.failed(decision, undone, path, _too_many(run))
            continue
        scope, step = state.place(path)
        if isinstance(step.work, Uses):
            decision.emit(AttemptLost(decision.at, path))
            if not doubt.lost(decision, scope, step, run) and run.lost >= MOST_LOST:
                decision.fail(scope, step, _too_many(run))


def _too_many(run: StepRun) -> Failure:
    return Failure(PROCESS_DIED, f"{run.lost} processes died while the attempt ran")


def _timers(decision: Decision) -> None:
    state, at = decision.state, decision.at
    # Watches come last: what happens at the very end of a limit is in time.
    due = sorted((when, WATCH in path, path) for path, when in state.alarms.items() if when <= at)
    for _, _, path in due:
        if state.alarms.get(path, at + 1) <= at:
            _timer(decision, path)
            settle(decision)


def _timer(decision: Decision, path: str) -> None:
    state = decision.state
    if not path:
        error = Failure(TIMEOUT_ERROR, "the run took longer than the workflow's `timeout`")
        decision.stop_graph(state.scopes[""], "failed", error)
        return
    if WATCH in path:
        watches.due(decision, path)
        return
    if path in state.undoing:
        compensation.due(decision, state.undoing[path], path)
        return
    scope, step = state.place(path)
    run = scope.runs[step.index]
    if run is None:
        return
    if step.is_loop:
        loops.due(decision, scope, step, run)
    elif isinstance(step.work, Approve):
        approvals.due(decision, scope, step, step.work, run)
    elif step.waits_for_others:
        waits.due(decision, scope, step)
    elif run.held is not None:
        budgets.over(decision, scope, step, run)
    else:
        attempts.due(decision, scope, step, run)


def listens_since(plan: Plan, state: RunState, event: c.OutsideEvent) -> int | None:
    """When the `receive` began to wait that would take an outside event; None if none would."""
    decision = Decision(plan, state, max(event.at, state.at))
    for path in state.listening:
        scope, step = state.place(path)
        run = scope.runs[step.index]
        with suppress(AuterityError):
            if run is not None and waits.matches(decision, scope, step, event):
                return run.started_at
    return None


def _outside_event(decision: Decision, command: c.OutsideEvent) -> None:
    # Those that listen stand in the order in which they began to.
    for path in tuple(decision.state.listening):
        scope, step = decision.state.place(path)
        try:
            if waits.matches(decision, scope, step, command):
                waits.take(decision, scope, step, command)
                return
        except AuterityError as error:
            decision.fail(scope, step, error)


def _cancel(decision: Decision, command: c.Cancel) -> None:
    """A second cancel changes nothing, but that one at once also stops what another has let run."""
    state, first = decision.state, not decision.state.cancel_asked
    if not first and (command.after_step or not state.after_step):
        return
    decision.emit(CancelAsked(decision.at, command.by, command.after_step))
    if first:
        decision.stop_graph(state.scopes[""], "cancelled")
        return
    for path in state.active:
        if path not in state.undoing:
            decision.stops.append((*state.place(path), True))
