"""`evolve`: what an event changes. It evaluates nothing, and takes every fact from the event."""

from __future__ import annotations

from typing import assert_never

from auterity_sdk.runs import events as e
from auterity_sdk.runs.evolve_approvals import alarms_of, approval
from auterity_sdk.runs.evolve_bodies import body_ended, body_started, gathered, loop_started
from auterity_sdk.runs.evolve_budgets import budget
from auterity_sdk.runs.evolve_run import run_began, run_over
from auterity_sdk.runs.evolve_watches import watch_moved, watches_dropped
from auterity_sdk.runs.gate import Known, inbound
from auterity_sdk.runs.plan import Approve, Call, StepPlan
from auterity_sdk.runs.state import (
    COMPENSATE,
    ENDED,
    INPUT,
    NOT_REACHED,
    RETRY,
    RUNNING,
    SETTLED,
    WAITING,
    LoopRun,
    Phase,
    RunState,
    Scope,
    Status,
    StepRun,
    Undo,
)


def evolve(state: RunState, event: e.Event) -> RunState:
    """The state after the event: the same object, changed."""
    state.seq += 1
    state.at = event.at
    match event:
        case e.StepEnded():
            step_ended(state, event, *state.place(event.step))
        case e.StepStarted():
            step_started(state, event, *state.place(event.step))
        case e.StepNotReached():
            step_not_reached(event, *state.place(event.step))
        case e.JoinMet():
            state.scopes[event.scope].taken[event.join] = event.edges
        case e.RunStarted():
            run_began(state, event)
        case e.RunEnded():
            run_over(state, event)
        case _:
            _seldom(state, event)
    return state


def _seldom(state: RunState, event: _Seldom) -> None:
    match event:
        case e.AttemptEnded() | e.AttemptStarted() | e.AttemptStopping() | e.RoundPaused():
            _attempt(state, event)
        case e.StepStopping():
            _step_stopping(state, event)
        case e.LockAsked() | e.CacheAsked() | e.QueueAsked():
            _passing(state, event)
        case e.AttemptLost():
            _run(state, event.step).lost += 1
        case e.StepUncertain() | e.StepSettled() | e.BudgetAsked() | e.BudgetAnswered():
            _word(state, event)
        case e.BodyStarted():
            body_started(state, event)
        case e.BodyEnded():
            body_ended(state, event)
        case e.ApprovalRecorded() | e.PeopleAsked() | e.PeopleReminded() | e.ApprovalEscalated():
            run = _run(state, event.step)
            approval(run, event)
            _set_alarm(state, event.step, run)
        case e.CompensationStarted() | e.CompensationEnded():
            _compensation(state, event)
        case e.EventTaken():
            _run(state, event.step).detail = event.event
            state.known = [*state.known, inbound(event.at)]
        case e.GuaranteeWatched() | e.GuaranteeKept() | e.GuaranteeBreached():
            watch_moved(state, event)
        case _:
            _whole(state, event)


_Whole = (
    e.RunEntered
    | e.RunBegun
    | e.ScopeStopping
    | e.EndMet
    | e.CancelAsked
    | e.RunForked
    | e.RunMigrated
)
_Seldom = (
    _Whole
    | e.LockAsked
    | e.CacheAsked
    | e.QueueAsked
    | e.AttemptEnded
    | e.AttemptStarted
    | e.AttemptStopping
    | e.RoundPaused
    | e.AttemptLost
    | e.StepUncertain
    | e.StepSettled
    | e.BudgetAsked
    | e.BudgetAnswered
    | e.StepStopping
    | e.BodyStarted
    | e.BodyEnded
    | e.ApprovalRecorded
    | e.PeopleAsked
    | e.PeopleReminded
    | e.ApprovalEscalated
    | e.CompensationStarted
    | e.CompensationEnded
    | e.EventTaken
    | e.GuaranteeWatched
    | e.GuaranteeKept
    | e.GuaranteeBreached
)


def _run(state: RunState, path: str) -> StepRun:
    run = state.run_of(path)
    if run is None:
        raise KeyError(path)
    return run


def step_started(state: RunState, event: e.StepStarted, scope: Scope, step: StepPlan) -> None:
    """What `StepStarted` changes, of the step at its place."""
    if step.is_plain:
        attempt_started(state, event, scope, step)
        return
    waits = event.wake is not None or step.waits_for_others
    before = None if step.admission is None else state.active.get(event.step)
    run = scope.runs[step.index] = state.active[event.step] = StepRun(
        WAITING if waits else RUNNING,
        event.at,
        1,
        arguments=event.arguments,
        deadline=event.deadline,
        limit=event.limit,
        wake=event.wake,
    )
    if step.is_loop:
        run.loop = loop_started(event)
    else:
        run.detail = event.detail
    if step.admission is not None:
        state.asking.discard(event.step)
        run.cache = "" if before is None else before.cache
    if step.listens:
        state.listening[event.step] = step.listens
    elif isinstance(step.work, Approve):
        state.approving.add(event.step)
    if event.count is not None:
        run.count = event.count
    if event.limit is not None and isinstance(step.work, Call):
        run.wake = event.at + event.limit
    if event.deadline is not None or run.wake is not None:
        _set_alarm(state, event.step, run)


def attempt_started(state: RunState, event: e.StepStarted, scope: Scope, step: StepPlan) -> None:
    """What `StepStarted` changes of a step that begins with an attempt, and with nothing else."""
    path, deadline = event.step, event.deadline
    scope.runs[step.index] = state.active[path] = StepRun(
        RUNNING,
        event.at,
        1,
        arguments=event.arguments,
        deadline=deadline,
        limit=event.limit,
    )
    if deadline is not None:
        state.alarms[path] = deadline


def step_ended(state: RunState, event: e.StepEnded, scope: Scope, step: StepPlan) -> None:
    """What `StepEnded` changes, of the step at its place."""
    run = ended_plainly(state, event, scope, step)
    run.origin = event.origin
    if event.gathered:
        run.output = gathered(step.work, run.loop or LoopRun())
        if step.is_read:
            scope.values[step.id] = run.output
    if event.facts or event.withdrawn:
        kept = [
            fact for fact in state.known if not any(fact.is_of(*each) for each in event.withdrawn)
        ]
        state.known = [*kept, *(Known(**fact) for fact in event.facts)]
    if event.undo is not None and step.undo is not None:
        state.ends += 1
        scope.undo.append(Undo(state.ends, event.step, step.undo, event.undo, run))


def ended_plainly(state: RunState, event: e.StepEnded, scope: Scope, step: StepPlan) -> StepRun:
    """What each `StepEnded` changes, and all that one does which has an outcome and an output alone; gives how the step
    stands."""
    run = scope.runs[step.index]
    if run is None:
        run = scope.runs[step.index] = StepRun(ENDED, event.at)
    else:
        path, run.status = event.step, ENDED
        state.active.pop(path, None)
        if state.alarms:
            state.alarms.pop(path, None)
        if not step.is_plain:
            state.asking.discard(path)
            state.listening.pop(path, None)
            state.approving.discard(path)
    outcome = event.outcome
    run.ended_at, run.outcome, run.output = event.at, outcome, event.output
    if event.error is not run.error:
        run.error = event.error
    if step.is_read and step.has_value(outcome):
        scope.values[step.id] = {} if event.output is None else event.output
    _settle(scope, step, outcome)
    return run


def step_not_reached(event: e.StepNotReached, scope: Scope, step: StepPlan) -> None:
    """What `StepNotReached` changes, of the step at its place."""
    scope.runs[step.index] = StepRun(NOT_REACHED, event.at, ended_at=event.at)
    _settle(scope, step, None)


def _settle(scope: Scope, step: StepPlan, outcome: str | None) -> None:
    scope.left -= 1
    for join, edge in step.edges:
        if edge == outcome or (edge == "done" and outcome is not None):
            scope.met[join] += 1
        else:
            scope.unmet[join] += 1
    if step.waiters:
        waits = scope.waits
        for waiter in step.waiters:
            waits[waiter] -= 1


def _set_alarm(state: RunState, path: str, run: StepRun) -> None:
    due = run.deadline
    if run.wake is not None and (due is None or run.wake < due):
        due = run.wake
    if run.asked is not None:
        due = min(
            alarms_of(run.asked) if due is None else [due, *alarms_of(run.asked)], default=None
        )
    if due is None:
        state.alarms.pop(path, None)
    else:
        state.alarms[path] = due


def _attempt(
    state: RunState, event: e.AttemptEnded | e.AttemptStarted | e.AttemptStopping | e.RoundPaused
) -> None:
    run = _run(state, event.step)
    match event:
        case e.AttemptEnded():
            run.status, run.wake, run.error = Status.PAUSED, event.retry_at, event.error
            run.ending = None
        case e.AttemptStarted():
            run.status, run.wake, run.attempt = Status.RUNNING, None, event.attempt
            run.lost, run.queue, run.held = 0, "", None
            state.asking.discard(event.step)
            if run.limit is not None and _is_call(state, event.step):
                run.wake = event.at + run.limit
        case e.AttemptStopping():
            run.status, run.wake, run.ending = Status.STOPPING, None, (RETRY, event.error)
        case e.RoundPaused():
            run.status, run.wake = Status.PAUSED, event.wake
    _set_alarm(state, event.step, run)


def _word(
    state: RunState,
    event: e.StepUncertain | e.StepSettled | e.BudgetAsked | e.BudgetAnswered,
) -> None:
    """A step waits for a person's word, or is given it."""
    run = _run(state, event.step)
    match event:
        case e.StepUncertain():
            run.status, run.wake, run.error = Status.UNCERTAIN, None, event.error
            _set_alarm(state, event.step, run)
        case e.StepSettled():
            run.error = None
        case _:
            for path, each in budget(state, event, run):
                _set_alarm(state, path, each)


def _passing(state: RunState, event: e.LockAsked | e.CacheAsked | e.QueueAsked) -> None:
    """A step comes to its lock, its cache or its queue, or waits there again."""
    scope, step = state.place(event.step)
    run = scope.runs[step.index]
    if run is None:
        run = scope.runs[step.index] = StepRun(Status.WAITING, event.at)
        state.active[event.step] = run
    match event:
        case e.LockAsked():
            state.asking.add(event.step)
        case e.CacheAsked():
            run.status, run.cache = Status.LOOKING, event.key
            state.asking.discard(event.step)
        case e.QueueAsked():
            run.status, run.queue, run.wake = Status.WAITING, event.queue, None
            state.asking.add(event.step)
            _set_alarm(state, event.step, run)


def _is_call(state: RunState, path: str) -> bool:
    return path not in state.undoing and isinstance(state.place(path)[1].work, Call)


def _step_stopping(state: RunState, event: e.StepStopping) -> None:
    run = _run(state, event.step)
    run.status = Status.STOPPING
    run.ending = (event.outcome, event.error)
    run.wake, run.deadline = event.wake, None
    _set_alarm(state, event.step, run)


def _compensation(state: RunState, event: e.CompensationStarted | e.CompensationEnded) -> None:
    path = event.step.removesuffix(COMPENSATE)
    if isinstance(event, e.CompensationStarted):
        scope = state.scopes[event.scope]
        entry = scope.undo[-1]
        run = StepRun(Status.RUNNING, event.at, 1, arguments=entry.arguments)
        run.deadline, run.limit = event.deadline, event.limit
        scope.undoing = run
        entry.run.compensation = "running"
        state.undoing[event.step] = scope
        state.active[event.step] = run
        _set_alarm(state, event.step, run)
        return
    scope = state.undoing.pop(event.step)
    scope.undoing = None
    entry = scope.undo.pop()
    entry.run.compensation = "done" if event.error is None else "failed"
    if event.error is not None:
        state.not_undone.append((path, event.error))
    state.active.pop(event.step, None)
    state.alarms.pop(event.step, None)


def _whole(state: RunState, event: _Whole) -> None:
    match event:
        case e.RunEntered():
            state.queue, state.priority = event.queue, event.priority
            state.fresh = event.fresh
            if event.queue:
                state.asking.add("")
        case e.RunBegun():
            state.asking.discard("")
            if event.deadline is not None:
                state.alarms[""] = event.deadline
        case e.ScopeStopping():
            _scope_stopping(state, event)
        case e.EndMet():
            state.end = event.end
        case e.CancelAsked():
            state.cancel_asked, state.after_step = True, event.after_step
        case e.RunForked():
            state.forked_from, state.started_at = (event.run, event.step), event.at
        case e.RunMigrated():
            state.version, state.input = event.version, event.input
            for scope in state.ranked:
                scope.values[INPUT] = event.input
        case _:
            assert_never(event)


def _scope_stopping(state: RunState, event: e.ScopeStopping) -> None:
    scope = state.scopes[event.scope]
    scope.phase, scope.cause, scope.error = Phase.STOPPING, event.cause, event.error
    scope.undo.sort(key=lambda entry: entry.order)
    if event.cause != "end":
        watches_dropped(state, scope)
    if not event.scope:
        state.alarms.pop("", None)
        state.status = {"failed": "failing", "cancelled": "cancelling"}.get(event.cause, "running")
    for index, run in enumerate(scope.runs):
        if run is None:
            scope.runs[index] = StepRun(Status.NOT_REACHED, event.at, ended_at=event.at)
            scope.left -= 1


def is_settled(run: StepRun | None) -> bool:
    """The step has ended, or can never start."""
    return run is not None and run.status in SETTLED
